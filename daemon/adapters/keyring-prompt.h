/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A prompt of the keyring: the one thing in which a person takes part.
 */
#pragma once

#include "adapters/keyring.h"

void cvg_keyring_prompt_async (CvgKeyring *keyring,
                               const char *path,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cvg_keyring_prompt_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error);

void cvg_keyring_prompt_dismiss (CvgKeyring *keyring, const char *path);
