/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people, crashes and other programs do with a GNOME Keyring.
 */
#include "gnome-keyring.h"

#include <string.h>

void
gnome_keyring_spawn_unlocked (KeyringFixture *fixture)
{
  const char *const argv[] = { "gnome-keyring-daemon", "--foreground", "--unlock",
                               "--components=secrets", NULL };

  keyring_fixture_spawn (fixture, argv, "password");
}

/* Never unlocked since it was started: its items have lost their schemas. */
void
gnome_keyring_spawn_cold (KeyringFixture *fixture)
{
  const char *const argv[] = { "gnome-keyring-daemon", "--start", "--foreground",
                               "--components=secrets", NULL };

  keyring_fixture_spawn (fixture, argv, NULL);
}

void
gnome_keyring_lock (KeyringFixture *fixture)
{
  g_autoptr (GVariant) reply =
      keyring_fixture_call (fixture, GNOME_KEYRING_PATH, GNOME_KEYRING_SERVICE, "Lock",
                            g_variant_new_parsed ("([objectpath '" GNOME_KEYRING_LOGIN "'],)"));
}

gsize
gnome_keyring_count_items (KeyringFixture *fixture)
{
  g_autoptr (GVariant) reply =
      keyring_fixture_call (fixture, GNOME_KEYRING_PATH, GNOME_KEYRING_SERVICE, "SearchItems",
                            g_variant_new_parsed ("({'application': 'org.claviger'},)"));
  g_autoptr (GVariant) unlocked = g_variant_get_child_value (reply, 0);
  g_autoptr (GVariant) locked = g_variant_get_child_value (reply, 1);

  return g_variant_n_children (unlocked) + g_variant_n_children (locked);
}

/* An item as another program, or a crash, would leave it. */
void
gnome_keyring_put (KeyringFixture *fixture, const char *id, const char *extra, const char *secret)
{
  g_autoptr (GVariant) opened =
      keyring_fixture_call (fixture, GNOME_KEYRING_PATH, GNOME_KEYRING_SERVICE, "OpenSession",
                            g_variant_new_parsed ("('plain', <''>)"));
  g_autoptr (GVariant) created = NULL;
  const char *session = NULL;

  g_variant_get (opened, "(v&o)", NULL, &session);
  created = keyring_fixture_call (
      fixture, GNOME_KEYRING_LOGIN, "org.freedesktop.Secret.Collection", "CreateItem",
      g_variant_new_parsed (
          "({'org.freedesktop.Secret.Item.Label': <'raw'>, "
          "'org.freedesktop.Secret.Item.Attributes': <{'application': 'org.claviger', "
          "'kind': 'credentials', 'id': %s, 'extra': %s}>}, (%o, @ay [], %^ay, 'text/plain'), "
          "true)",
          id, extra, session, secret));
}

/** gnome_keyring_unlock: as if at its prompt, which no test can answer */
void
gnome_keyring_unlock (KeyringFixture *fixture)
{
  g_autoptr (GVariant) opened =
      keyring_fixture_call (fixture, GNOME_KEYRING_PATH, GNOME_KEYRING_SERVICE, "OpenSession",
                            g_variant_new_parsed ("('plain', <''>)"));
  g_autoptr (GVariant) reply = NULL;
  GVariant *password = NULL;
  const char *session = NULL;

  g_variant_get (opened, "(v&o)", NULL, &session);
  password = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "password", strlen ("password"), 1);
  reply = keyring_fixture_call (
      fixture, GNOME_KEYRING_PATH, "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
      "UnlockWithMasterPassword",
      g_variant_new ("(o(o@ay@ays))", GNOME_KEYRING_LOGIN, session,
                     g_variant_new_array (G_VARIANT_TYPE_BYTE, NULL, 0), password, "text/plain"));
}

/** gnome_keyring_delete: another program deletes the item of @id */
void
gnome_keyring_delete (KeyringFixture *fixture, const char *id)
{
  g_autoptr (GVariant) found = keyring_fixture_call (
      fixture, GNOME_KEYRING_PATH, GNOME_KEYRING_SERVICE, "SearchItems",
      g_variant_new_parsed ("({'application': 'org.claviger', 'id': %s},)", id));
  g_autoptr (GVariant) reply = NULL;
  g_autofree const char **paths = NULL;

  g_variant_get (found, "(^a&oao)", &paths, NULL);
  g_assert_nonnull (paths[0]);
  reply = keyring_fixture_call (fixture, paths[0], "org.freedesktop.Secret.Item", "Delete", NULL);
}
