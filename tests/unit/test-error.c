/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <gio/gio.h>

#include "dbus/error.h"
#include "dbus/shell-word.h"

static void
test_names_go_both_ways (void)
{
  for (guint code = 0; code < CVG_ERROR_COUNT; code++)
    {
      const char *name = cvg_error_get_dbus_name (code);
      g_autoptr (GError) error = g_error_new_literal (CVG_ERROR, (int) code, "x");
      g_autofree char *encoded = g_dbus_error_encode_gerror (error);
      CvgError back = CVG_ERROR_COUNT;

      g_assert_true (g_str_has_prefix (name, "org.claviger.Auth1.Error."));
      g_assert_cmpstr (encoded, ==, name);
      g_assert_true (cvg_error_from_dbus_name (name, &back));
      g_assert_cmpuint (back, ==, code);
    }
}

static void
test_foreign_names_are_unknown (void)
{
  CvgError code = CVG_ERROR_FAILED;

  g_assert_false (cvg_error_from_dbus_name ("org.freedesktop.DBus.Error.NoReply", &code));
  g_assert_false (cvg_error_from_dbus_name ("org.claviger.Auth1.Error.", &code));
  g_assert_cmpuint (code, ==, CVG_ERROR_FAILED);
}

static void
test_quoting (void)
{
  static const struct
  {
    const char *text;
    const char *quoted;
  } vectors[] = {
    { "Confluence", "Confluence" },
    { "alice@example.com", "alice@example.com" },
    { "Google Calendar", "'Google Calendar'" },
    { "$(reboot)", "'$(reboot)'" },
    { "O'Brien", "'O'\\''Brien'" },
    { "", "''" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *quoted = cvg_shell_word (vectors[i].text);

      g_assert_cmpstr (quoted, ==, vectors[i].quoted);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/names-go-both-ways", test_names_go_both_ways);
  g_test_add_func ("/error/foreign-names-are-unknown", test_foreign_names_are_unknown);
  g_test_add_func ("/shell-word/quotes-where-needed", test_quoting);
  return g_test_run ();
}
