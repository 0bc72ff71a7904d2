/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading every item at once.
 */
#pragma once

#include "adapters/keyring-watch.h"
#include "adapters/keyring.h"

void cvg_keyring_load_async (CvgKeyring *keyring,
                             CvgKeyringWatch *watch,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GPtrArray *cvg_keyring_load_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error);
