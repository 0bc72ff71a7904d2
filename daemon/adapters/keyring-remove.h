/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deleting one item.
 */
#pragma once

#include "adapters/keyring-watch.h"
#include "adapters/keyring.h"

void cvg_keyring_remove_async (CvgKeyring *keyring,
                               CvgKeyringWatch *watch,
                               const char *kind,
                               const char *id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cvg_keyring_remove_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error);
