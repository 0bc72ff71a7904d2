/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asking the person to open the keyring.
 */
#pragma once

#include "adapters/keyring.h"

void cvg_keyring_unlock_async (CvgKeyring *keyring,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cvg_keyring_unlock_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error);
