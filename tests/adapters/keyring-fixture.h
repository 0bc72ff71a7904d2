/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A private bus, a keyring program on it, and a vault that talks to it.
 */
#pragma once

#include "adapters/vault-secret.h"
#include "dbus/error.h"

#define ID_A "0b3d4c5e-1111-4222-8333-444455556666"
#define ID_B "1b3d4c5e-1111-4222-8333-444455556666"

typedef struct
{
  char *root;           /* (owned): the home of the keyring program */
  GSubprocess *program; /* (owned) (nullable) */
  GSubprocess *former;  /* (owned) (nullable): from which it took the name */
  GDBusConnection *bus; /* (owned) */
  CvgVault *vault;      /* (owned) */
  guint changes;        /* how often the state changed */
  GString *states;      /* (owned): to what: U unlocked, L locked, - unavailable */
  guint told;           /* how often items changed */
  gboolean illegible;   /* the last load found some that are */
  guint filter;         /* counts calls */
  int calls;            /* method calls that left this process; atomic */
} KeyringFixture;

int keyring_fixture_run_tests (gboolean activatable);

void keyring_fixture_set_up (KeyringFixture *fixture, gconstpointer data);
void keyring_fixture_tear_down (KeyringFixture *fixture, gconstpointer data);

void keyring_fixture_spawn (KeyringFixture *fixture, const char *const *argv, const char *input);
void
keyring_fixture_take_over (KeyringFixture *fixture, const char *const *argv, const char *input);
void keyring_fixture_spawn_mock (KeyringFixture *fixture, const char *words);
void keyring_fixture_set_words (KeyringFixture *fixture, const char *words);
void keyring_fixture_kill (KeyringFixture *fixture);
void keyring_fixture_signal (KeyringFixture *fixture, int number);
void keyring_fixture_set_activation (KeyringFixture *fixture, const char *command);
void keyring_fixture_kill_activated (KeyringFixture *fixture);
void keyring_fixture_wait_told (KeyringFixture *fixture, guint times);
void keyring_fixture_pass_time (KeyringFixture *fixture, guint milliseconds);
void keyring_fixture_wait_state (KeyringFixture *fixture, CvgVaultState state);

GVariant *keyring_fixture_call (KeyringFixture *fixture,
                                const char *path,
                                const char *interface_name,
                                const char *method,
                                GVariant *parameters);

void keyring_fixture_start (KeyringFixture *fixture);
gboolean
keyring_fixture_unlock (KeyringFixture *fixture, GCancellable *cancellable, GError **error);
GPtrArray *keyring_fixture_load (KeyringFixture *fixture, GError **error);
gboolean
keyring_fixture_store (KeyringFixture *fixture, const char *id, const char *text, GError **error);
gboolean keyring_fixture_remove (KeyringFixture *fixture, const char *id, GError **error);
char *keyring_fixture_load_one (KeyringFixture *fixture, const char *id);
