/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "adapters/keyring-ledger.h"

#include "adapters/keyring-item.h"

#define PATH "/org/freedesktop/secrets/collection/login/1"

static void
test_agrees (void)
{
  g_autoptr (CvgKeyringLedger) ledger = cvg_keyring_ledger_new ();
  SecretValue *old = secret_value_new ("old", -1, "text/plain");
  SecretValue *new = secret_value_new ("new", -1, "text/plain");

  g_assert_false (cvg_keyring_ledger_has (ledger, PATH));
  g_assert_false (cvg_keyring_ledger_agrees (ledger, PATH, old));
  cvg_keyring_ledger_note (ledger, PATH, old);
  g_assert_true (cvg_keyring_ledger_has (ledger, PATH));
  g_assert_true (cvg_keyring_ledger_agrees (ledger, PATH, old));
  g_assert_false (cvg_keyring_ledger_agrees (ledger, PATH, new));
  cvg_keyring_ledger_note (ledger, PATH, new);
  g_assert_true (cvg_keyring_ledger_agrees (ledger, PATH, new));
  g_assert_false (cvg_keyring_ledger_agrees (ledger, PATH "0", new));
  cvg_keyring_ledger_forget (ledger, PATH);
  g_assert_false (cvg_keyring_ledger_has (ledger, PATH));
  secret_value_unref (old);
  secret_value_unref (new);
}

static void
test_unreadable (void)
{
  g_autoptr (CvgKeyringLedger) ledger = cvg_keyring_ledger_new ();
  SecretValue *empty = secret_value_new ("", 0, "text/plain");

  /* One that is locked away is ours, and agrees with nothing, so that it is noticed once read. */
  cvg_keyring_ledger_note (ledger, PATH, NULL);
  g_assert_true (cvg_keyring_ledger_has (ledger, PATH));
  g_assert_false (cvg_keyring_ledger_agrees (ledger, PATH, empty));
  g_assert_false (cvg_keyring_ledger_agrees (ledger, PATH, NULL));
  secret_value_unref (empty);
}

static void
test_path_is_in (void)
{
  static const struct
  {
    const char *path;
    const char *collection;
    gboolean is_in;
  } vectors[] = {
    { "/c/login/1", "/c/login", TRUE }, { "/c/login2/1", "/c/login", FALSE }, /* begins alike */
    { "/c/login", "/c/login", FALSE }, /* the collection itself */
    { "/c", "/c/login", FALSE },        { "/c/login/1", "", FALSE },
    { "/c/login/1", NULL, FALSE }, /* there is no default collection */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_cmpint (cvg_keyring_path_is_in (vectors[i].path, vectors[i].collection), ==,
                     vectors[i].is_in);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keyring-ledger/agrees", test_agrees);
  g_test_add_func ("/keyring-ledger/unreadable", test_unreadable);
  g_test_add_func ("/keyring-item/path-is-in", test_path_is_in);
  return g_test_run ();
}
