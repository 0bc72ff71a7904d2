/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "client/exit-status.h"

#include <gio/gio.h>

#include "client/hint.h"
#include "client/sign-in.h"
#include "dbus/error.h"
#include "dbus/names.h"

static void
test_our_errors (void)
{
  static const struct
  {
    CvgError code;
    CvgExitStatus status;
  } vectors[] = {
    { CVG_ERROR_INVALID_ARGUMENT, CVG_EXIT_USAGE },
    { CVG_ERROR_UNKNOWN_SERVER, CVG_EXIT_NOT_FOUND },
    { CVG_ERROR_NOT_FOUND, CVG_EXIT_NOT_FOUND },
    { CVG_ERROR_ACCESS_DENIED, CVG_EXIT_FAILED }, /* the person denied nothing */
    { CVG_ERROR_NOT_SIGNED_IN, CVG_EXIT_NEEDS_SIGN_IN },
    { CVG_ERROR_NEEDS_SIGN_IN, CVG_EXIT_NEEDS_SIGN_IN },
    { CVG_ERROR_NO_CLIENT, CVG_EXIT_FAILED }, /* a sign-in would not help */
    { CVG_ERROR_KEYRING_LOCKED, CVG_EXIT_KEYRING },
    { CVG_ERROR_KEYRING_UNAVAILABLE, CVG_EXIT_KEYRING },
    { CVG_ERROR_TRY_LATER, CVG_EXIT_TRY_LATER },
    { CVG_ERROR_REFUSED, CVG_EXIT_FAILED },
    { CVG_ERROR_PORT_IN_USE, CVG_EXIT_FAILED },
    { CVG_ERROR_CANCELLED, CVG_EXIT_CANCELLED },
    { CVG_ERROR_TIMED_OUT, CVG_EXIT_TIMED_OUT },
    { CVG_ERROR_FAILED, CVG_EXIT_FAILED },
  };

  g_assert_cmpuint (G_N_ELEMENTS (vectors), ==, CVG_ERROR_COUNT);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (CVG_ERROR, (int) vectors[i].code, "x");

      g_assert_cmpint (cvg_exit_status_from_error (error), ==, vectors[i].status);
    }
}

/* What the bus says arrives as a name; GDBus turns it into the error that the client sees. */
static void
test_names_on_the_bus (void)
{
  static const struct
  {
    const char *name;
    CvgExitStatus status;
  } vectors[] = {
    { "org.claviger.Auth1.Error.NeedsSignIn", CVG_EXIT_NEEDS_SIGN_IN },
    { "org.claviger.Auth1.Error.KeyringLocked", CVG_EXIT_KEYRING },
    { "org.claviger.Auth1.Error.NotYetInvented", CVG_EXIT_FAILED }, /* a later daemon */
    { "org.freedesktop.DBus.Error.ServiceUnknown", CVG_EXIT_UNREACHABLE },
    { "org.freedesktop.DBus.Error.NameHasNoOwner", CVG_EXIT_UNREACHABLE },
    { "org.freedesktop.DBus.Error.NoReply", CVG_EXIT_UNREACHABLE },
    { "org.freedesktop.DBus.Error.Spawn.ChildExited", CVG_EXIT_UNREACHABLE },
    { "org.freedesktop.systemd1.NoSuchUnit", CVG_EXIT_UNREACHABLE },
    { "org.freedesktop.DBus.Error.UnknownMethod", CVG_EXIT_FAILED },
    { "org.freedesktop.DBus.Error.AccessDenied", CVG_EXIT_FAILED },
    { "com.example.Error", CVG_EXIT_FAILED },
  };

  (void) cvg_error_quark ();
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = g_dbus_error_new_for_dbus_error (vectors[i].name, "x");

      g_assert_cmpint (cvg_exit_status_from_error (error), ==, vectors[i].status);
    }
}

static void
test_other_domains (void)
{
  g_autoptr (GError) usage = g_error_new_literal (G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "x");
  g_autoptr (GError) closed = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "x");
  g_autoptr (GError) waited = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "x");
  g_autoptr (GError) foreign = g_error_new_literal (G_URI_ERROR, G_URI_ERROR_FAILED, "x");

  g_assert_cmpint (cvg_exit_status_from_error (usage), ==, CVG_EXIT_USAGE);
  g_assert_cmpint (cvg_exit_status_from_error (closed), ==, CVG_EXIT_UNREACHABLE);
  g_assert_cmpint (cvg_exit_status_from_error (waited), ==, CVG_EXIT_TIMED_OUT);
  g_assert_cmpint (cvg_exit_status_from_error (foreign), ==, CVG_EXIT_FAILED);
}

static void
test_outcomes (void)
{
  static const struct
  {
    const char *outcome;
    const char *error;
    int status;
  } vectors[] = {
    { "denied", "org.claviger.Auth1.Error.Refused", CVG_EXIT_CANCELLED }, /* the outcome wins */
    { "cancelled", "", CVG_EXIT_CANCELLED },
    { "timed-out", "", CVG_EXIT_TIMED_OUT },
    { "failed", "org.claviger.Auth1.Error.TryLater", CVG_EXIT_TRY_LATER },
    { "failed", "org.claviger.Auth1.Error.KeyringLocked", CVG_EXIT_KEYRING },
    { "failed", "com.example.Unknown", CVG_EXIT_FAILED },
    { "failed", "", CVG_EXIT_FAILED },
    { "not-yet-invented", "", CVG_EXIT_FAILED }, /* anything but "authorized" is no success */
  };
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  g_assert_true (cvg_sign_in_check_outcome ("authorized", none, NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GVariant) details = g_variant_ref_sink (
          g_variant_new_parsed ("{'error': <%s>, 'message': <'It ended so'>}", vectors[i].error));
      g_autoptr (GError) error = NULL;

      g_assert_false (cvg_sign_in_check_outcome (vectors[i].outcome, details, &error));
      g_assert_cmpint (cvg_exit_status_from_error (error), ==, vectors[i].status);
      g_assert_cmpstr (error->message, ==, "It ended so");
    }
}

static void
test_outcome_without_words (void)
{
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (GError) error = NULL;

  g_assert_false (cvg_sign_in_check_outcome ("denied", none, &error));
  g_assert_cmpstr (error->message, ==, "The sign-in was denied");
}

static void
test_hints (void)
{
  g_autoptr (GError) dead = g_error_new_literal (CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN, "x");
  g_autoptr (GError) refused = g_error_new_literal (CVG_ERROR, CVG_ERROR_REFUSED, "x");
  g_autoptr (GError) told =
      g_error_new_literal (CVG_ERROR, CVG_ERROR_NOT_SIGNED_IN, "Sign in with: claviger login Jira");
  CvgCli cli = { 0 };
  g_autofree char *bare = cvg_hint_for_error (&cli, dead);
  g_autofree char *by_server = NULL;
  g_autofree char *by_user = NULL;
  g_autofree char *by_instance = NULL;
  g_autofree char *own = NULL;

  g_assert_cmpstr (bare, ==, "Sign in with: claviger login SERVER");
  g_assert_null (cvg_hint_for_error (&cli, refused));

  cvg_cli_set_server (&cli, "Google Calendar");
  by_server = cvg_hint_for_error (&cli, dead);
  g_assert_cmpstr (by_server, ==, "Sign in with: claviger login 'Google Calendar'");

  cvg_cli_set_user (&cli, "ada l");
  by_user = cvg_hint_for_error (&cli, dead);
  g_assert_cmpstr (by_user, ==, "Sign in with: claviger login 'Google Calendar' --user 'ada l'");
  g_assert_null (cvg_hint_for_error (&cli, told));

  cvg_cli_set_instance (&cli, "3f2504e0-4f89-41d3-9a0c-0305e82c3301");
  by_instance = cvg_hint_for_error (&cli, dead);
  g_assert_cmpstr (by_instance, ==,
                   "Sign in with: claviger login --instance 3f2504e0-4f89-41d3-9a0c-0305e82c3301");

  cli.advice = g_strdup ("Do this");
  own = cvg_hint_for_error (&cli, refused);
  g_assert_cmpstr (own, ==, "Do this");
  cvg_cli_clear (&cli);
}

static void
test_countdown (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } vectors[] = {
    { 600, "10:00" },     { 599, "9:59" }, { 61, "1:01" },
    { 0, "0:00" },        { -5, "0:00" }, /* the daemon ends it, not the countdown */
    { 86400, "1440:00" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = cvg_sign_in_format_left (vectors[i].seconds);

      g_assert_cmpstr (text, ==, vectors[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/exit-status/our-errors", test_our_errors);
  g_test_add_func ("/client/exit-status/names-on-the-bus", test_names_on_the_bus);
  g_test_add_func ("/client/exit-status/other-domains", test_other_domains);
  g_test_add_func ("/client/exit-status/outcomes", test_outcomes);
  g_test_add_func ("/client/exit-status/outcome-without-words", test_outcome_without_words);
  g_test_add_func ("/client/hint/by-what-is-known", test_hints);
  g_test_add_func ("/client/sign-in/countdown", test_countdown);
  return g_test_run ();
}
