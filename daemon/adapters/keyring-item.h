/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How an item of the vault looks in the keyring.
 */
#pragma once

#include <gio/gio.h>

#define SECRET_API_SUBJECT_TO_CHANGE
#include <libsecret/secret.h>

#include "ports/vault.h"

GVariant *cvg_keyring_item_match (const char *kind, const char *id);
GVariant *cvg_keyring_item_properties (const char *kind, const char *id, const char *label);

SecretValue *cvg_keyring_item_wrap (const char *kind, const char *id, CvgSecret *secret);
CvgVaultItem *cvg_keyring_item_unwrap (SecretValue *value);

gboolean cvg_keyring_path_is_in (const char *path, const char *collection);
