/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A real GNOME Keyring, and what is done to it behind the vault's back.
 */
#pragma once

#include "keyring-fixture.h"

#define GNOME_KEYRING_LOGIN "/org/freedesktop/secrets/collection/login"
#define GNOME_KEYRING_PATH "/org/freedesktop/secrets"
#define GNOME_KEYRING_SERVICE "org.freedesktop.Secret.Service"

void gnome_keyring_spawn_unlocked (KeyringFixture *fixture);
void gnome_keyring_spawn_cold (KeyringFixture *fixture);
void gnome_keyring_lock (KeyringFixture *fixture);
void gnome_keyring_unlock (KeyringFixture *fixture);

gsize gnome_keyring_count_items (KeyringFixture *fixture);
void
gnome_keyring_put (KeyringFixture *fixture, const char *id, const char *extra, const char *secret);
void gnome_keyring_delete (KeyringFixture *fixture, const char *id);
