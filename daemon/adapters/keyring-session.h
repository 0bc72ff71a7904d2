/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The encrypted session with one keyring program.
 */
#pragma once

#include <gio/gio.h>

#define SECRET_API_SUBJECT_TO_CHANGE
#include <libsecret/secret.h>

void cvg_keyring_session_open_async (GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
SecretService *cvg_keyring_session_open_finish (GAsyncResult *result, GError **error);
