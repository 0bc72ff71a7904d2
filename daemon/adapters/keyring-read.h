/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the secrets of many items.
 */
#pragma once

#include "adapters/keyring.h"

/* @value: (nullable): NULL where it could not be decrypted. */
typedef void (*CvgKeyringReader) (const char *path, SecretValue *value, gpointer user_data);

void cvg_keyring_read_async (CvgKeyring *keyring,
                             SecretService *session,
                             GPtrArray *paths,
                             CvgKeyringReader reader,
                             gpointer reader_data,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cvg_keyring_read_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error);
