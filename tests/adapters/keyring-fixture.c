/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One private bus for all tests of a program; for each test a keyring program of its own with an
 * empty home. No prompter can be started on this bus, as on a machine without a display.
 */
#include "keyring-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "private-bus.h"
#include "scratch-folder.h"
#include "wait-for.h"

#define BUS_NAME "org.freedesktop.secrets"

static GMainContext *const context = NULL;
static char *services; /* (owned): folder of what the bus can start */

/* The bus reads this once; what it runs can be changed all the time. */
static void
write_service_file (void)
{
  g_autofree char *path = g_build_filename (services, BUS_NAME ".service", NULL);
  g_autofree char *text =
      g_strdup_printf ("[D-BUS Service]\nName=" BUS_NAME "\nExec=/bin/sh %s/start\n", services);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/**
 * keyring_fixture_run_tests:
 * @activatable: whether the bus knows how to start a keyring
 *
 * g_test_run() with a bus around it.
 */
int
keyring_fixture_run_tests (gboolean activatable)
{
  GTestDBus *bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  int status;

  services = scratch_folder_new ();
  if (activatable)
    write_service_file ();
  g_test_dbus_add_service_dir (bus, services);
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  g_unsetenv ("GNOME_KEYRING_CONTROL");
  g_unsetenv ("SECRET_SERVICE_BUS_NAME");
  g_test_dbus_up (bus);
  status = g_test_run ();
  g_test_dbus_down (bus);
  g_object_unref (bus);
  scratch_folder_free (services);
  return status;
}

static gboolean
has_owner (KeyringFixture *fixture)
{
  g_autoptr (GVariant) reply =
      private_bus_call (fixture->bus, "NameHasOwner", g_variant_new ("(s)", BUS_NAME));
  gboolean owned = FALSE;

  g_variant_get (reply, "(b)", &owned);
  return owned;
}

/* In the library's thread. */
static GDBusMessage *
count_calls (GDBusConnection *bus, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  KeyringFixture *fixture = user_data;

  if (!incoming && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    g_atomic_int_inc (&fixture->calls);
  return message;
}

static void
on_state_changed (CvgVault *vault, gpointer user_data)
{
  KeyringFixture *fixture = user_data;

  fixture->changes++;
  g_string_append_c (fixture->states, "?UL-"[cvg_vault_get_state (vault)]);
}

static void
on_items_changed (CvgVault *vault, gpointer user_data)
{
  ((KeyringFixture *) user_data)->told++;
}

void
keyring_fixture_set_up (KeyringFixture *fixture, gconstpointer data)
{
  fixture->root = scratch_folder_new ();
  fixture->states = g_string_new (NULL);
  fixture->bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_assert_nonnull (fixture->bus);
  g_dbus_connection_set_exit_on_close (fixture->bus, FALSE);
  fixture->filter = g_dbus_connection_add_filter (fixture->bus, count_calls, fixture, NULL);
  fixture->vault = cvg_vault_secret_new (NULL);
  g_signal_connect (fixture->vault, "state-changed", G_CALLBACK (on_state_changed), fixture);
  g_signal_connect (fixture->vault, "items-changed", G_CALLBACK (on_items_changed), fixture);
}

void
keyring_fixture_tear_down (KeyringFixture *fixture, gconstpointer data)
{
  cvg_vault_secret_stop (CVG_VAULT_SECRET (fixture->vault));
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_finalize_object (fixture->vault);
  keyring_fixture_kill (fixture);
  while (has_owner (fixture))
    g_main_context_iteration (context, FALSE);
  g_dbus_connection_remove_filter (fixture->bus, fixture->filter);
  /* Replies and signals that nobody waits for any more. */
  while (g_main_context_iteration (context, FALSE))
    ;
  g_clear_object (&fixture->bus);
  scratch_folder_free (fixture->root);
  g_string_free (fixture->states, TRUE);
}

static void
spawn (KeyringFixture *fixture, const char *const *argv, const char *input)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                 G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  static const char *const variables[] = { "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME",
                                           "XDG_CACHE_HOME", "XDG_RUNTIME_DIR" };
  g_autoptr (GError) error = NULL;
  GOutputStream *stdin_pipe;

  /* All five may be one folder: what matters is that none is the real one. */
  for (size_t i = 0; i < G_N_ELEMENTS (variables); i++)
    g_subprocess_launcher_setenv (launcher, variables[i], fixture->root, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  g_subprocess_launcher_unsetenv (launcher, "MALLOC_PERTURB_");

  fixture->program = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  stdin_pipe = g_subprocess_get_stdin_pipe (fixture->program);
  if (input != NULL)
    g_output_stream_write_all (stdin_pipe, input, strlen (input), NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (stdin_pipe, NULL, NULL);
}

/** keyring_fixture_spawn: starts a keyring program and waits for it to have the name */
void
keyring_fixture_spawn (KeyringFixture *fixture, const char *const *argv, const char *input)
{
  spawn (fixture, argv, input);
  while (!has_owner (fixture))
    g_main_context_iteration (context, FALSE);
}

/* 0: nobody has the name. */
static guint32
get_owner_pid (KeyringFixture *fixture)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      fixture->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "GetConnectionUnixProcessID", g_variant_new ("(s)", BUS_NAME), G_VARIANT_TYPE ("(u)"),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  guint32 pid = 0;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &pid);
  return pid;
}

/** keyring_fixture_take_over: another program takes the name, and the first one lives on */
void
keyring_fixture_take_over (KeyringFixture *fixture, const char *const *argv, const char *input)
{
  guint32 pid = get_owner_pid (fixture);

  g_assert_null (fixture->former);
  fixture->former = g_steal_pointer (&fixture->program);
  spawn (fixture, argv, input);
  for (guint32 owner = pid; owner == 0 || owner == pid; owner = get_owner_pid (fixture))
    g_main_context_iteration (context, FALSE);
}

/** keyring_fixture_spawn_mock: one that does what @words say; with "replace" it takes the name over
 */
void
keyring_fixture_spawn_mock (KeyringFixture *fixture, const char *words)
{
  g_autofree char *script =
      g_test_build_filename (G_TEST_DIST, "adapters", "mock-keyring.py", NULL);
  g_autofree char *line = g_strdup_printf ("%s %s", script, words);
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (line, NULL, &argv, NULL));
  if (strstr (words, "replace") != NULL)
    keyring_fixture_take_over (fixture, (const char *const *) argv, NULL);
  else
    keyring_fixture_spawn (fixture, (const char *const *) argv, NULL);
}

/** keyring_fixture_set_words: it behaves in another way from now on */
void
keyring_fixture_set_words (KeyringFixture *fixture, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  g_autoptr (GVariant) reply =
      keyring_fixture_call (fixture, "/org/freedesktop/secrets", "org.claviger.Mock", "SetWords",
                            g_variant_new ("(^as)", list));
}

/** keyring_fixture_set_activation: what the bus starts as a keyring; %NULL: it fails to */
void
keyring_fixture_set_activation (KeyringFixture *fixture, const char *command)
{
  g_autofree char *path = g_build_filename (services, "start", NULL);
  g_autofree char *text = g_strconcat ("exec ", command != NULL ? command : "false", "\n", NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/** keyring_fixture_kill_activated: a keyring program that the bus has started dies */
void
keyring_fixture_kill_activated (KeyringFixture *fixture)
{
  guint32 pid = get_owner_pid (fixture);

  g_assert_cmpuint (pid, !=, 0);
  g_assert_cmpint (kill ((pid_t) pid, SIGKILL), ==, 0);
}

static void
end_program (GSubprocess **program)
{
  if (*program == NULL)
    return;

  g_subprocess_force_exit (*program);
  g_subprocess_wait (*program, NULL, NULL);
  g_clear_object (program);
}

/** keyring_fixture_kill: the keyring programs die, if there are any */
void
keyring_fixture_kill (KeyringFixture *fixture)
{
  end_program (&fixture->former);
  end_program (&fixture->program);
}

/** keyring_fixture_signal: as SIGSTOP, with which it stays and answers no more */
void
keyring_fixture_signal (KeyringFixture *fixture, int number)
{
  g_subprocess_send_signal (fixture->program, number);
}

/** keyring_fixture_wait_state: until the vault says so by itself */
void
keyring_fixture_wait_state (KeyringFixture *fixture, CvgVaultState state)
{
  while (cvg_vault_get_state (fixture->vault) != state)
    g_main_context_iteration (context, TRUE);
}

/** keyring_fixture_wait_told: until it was told so often that others changed items */
void
keyring_fixture_wait_told (KeyringFixture *fixture, guint times)
{
  while (fixture->told < times)
    g_main_context_iteration (context, TRUE);
}

static gboolean
on_time_passed (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/** keyring_fixture_pass_time: for what shall not happen */
void
keyring_fixture_pass_time (KeyringFixture *fixture, guint milliseconds)
{
  gboolean passed = FALSE;

  g_timeout_add (milliseconds, on_time_passed, &passed);
  while (!passed)
    g_main_context_iteration (context, TRUE);
}

/** keyring_fixture_call: Returns: (nullable): the reply of the keyring program to the test */
GVariant *
keyring_fixture_call (KeyringFixture *fixture,
                      const char *path,
                      const char *interface_name,
                      const char *method,
                      GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply =
      g_dbus_connection_call_sync (fixture->bus, BUS_NAME, path, interface_name, method, parameters,
                                   NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
  return reply;
}

void
keyring_fixture_start (KeyringFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_start_async (fixture->vault, NULL, wait_for_keep, &result);
  g_assert_true (cvg_vault_start_finish (fixture->vault, wait_for_result (&result), NULL));
}

gboolean
keyring_fixture_unlock (KeyringFixture *fixture, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_unlock_async (fixture->vault, cancellable, wait_for_keep, &result);
  return cvg_vault_unlock_finish (fixture->vault, wait_for_result (&result), error);
}

/** keyring_fixture_load: Returns: (transfer full): those that can be read */
GPtrArray *
keyring_fixture_load (KeyringFixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GPtrArray *items = NULL;

  cvg_vault_load_all_async (fixture->vault, NULL, wait_for_keep, &result);
  items = cvg_vault_load_all_finish (fixture->vault, wait_for_result (&result), error);
  fixture->illegible = FALSE;
  for (guint i = 0; items != NULL && i < items->len; i++)
    if (g_str_equal (((CvgVaultItem *) g_ptr_array_index (items, i))->kind, CVG_VAULT_ILLEGIBLE))
      {
        g_assert_cmpuint (i, ==, items->len - 1);
        g_ptr_array_remove_index (items, i);
        fixture->illegible = TRUE;
      }
  return items;
}

gboolean
keyring_fixture_store (KeyringFixture *fixture, const char *id, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgSecret) secret = cvg_secret_new (text);

  cvg_vault_store_async (fixture->vault, CVG_VAULT_CREDENTIALS, id, "Confluence", secret, NULL,
                         wait_for_keep, &result);
  return cvg_vault_store_finish (fixture->vault, wait_for_result (&result), error);
}

gboolean
keyring_fixture_remove (KeyringFixture *fixture, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_remove_async (fixture->vault, CVG_VAULT_CREDENTIALS, id, NULL, wait_for_keep, &result);
  return cvg_vault_remove_finish (fixture->vault, wait_for_result (&result), error);
}

/** keyring_fixture_load_one: Returns: (nullable): the secret of @id, after a load of all */
char *
keyring_fixture_load_one (KeyringFixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = keyring_fixture_load (fixture, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < items->len; i++)
    {
      const CvgVaultItem *item = g_ptr_array_index (items, i);

      if (g_str_equal (item->id, id))
        return g_strdup (cvg_secret_peek (item->secret));
    }
  return NULL;
}
