/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/scopes.h"

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    const char *joined;
  } vectors[] = {
    { NULL, "" },                                 /* nothing asked */
    { "", "" },                                   /* nothing asked, politely */
    { "read:me", "read:me" },                     /* one */
    { "a b", "a b" },                             /* RFC 6749: spaces */
    { "a,b", "a b" },                             /* the reference: commas */
    { " a , b ,, c ", "a b c" },                  /* both, with litter */
    { "b a b a", "b a" },                         /* each once, first place wins */
    { "a\tb\nc\r\nd", "a b c d" },                /* other white space */
    { "search:confluence", "search:confluence" }, /* colons are part of a scope */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_auto (GStrv) scopes = cvg_scopes_parse (vectors[i].text);
      g_autofree char *joined = cvg_scopes_join ((const char *const *) scopes, ' ');

      g_assert_cmpstr (joined, ==, vectors[i].joined);
    }
}

static void
test_union_keeps_order (void)
{
  const char *const first[] = { "read", "write", NULL };
  const char *const second[] = { "write", "offline_access", NULL };
  g_auto (GStrv) both = cvg_scopes_union (first, second);
  g_auto (GStrv) none = cvg_scopes_union (NULL, NULL);
  const char *const expected[] = { "read", "write", "offline_access", NULL };

  g_assert_cmpstrv (both, expected);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

/* As many as a hostile answer can hold: looking at each for each took minutes. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new ("0");
  g_auto (GStrv) scopes = NULL;

  for (guint i = 1; i < 150000; i++)
    g_string_append_printf (text, ",%x", i);
  g_test_timer_start ();
  scopes = cvg_scopes_parse (text->str);
  g_assert_cmpfloat (g_test_timer_elapsed (), <, 5);
  g_assert_cmpuint (g_strv_length (scopes), ==, 150000);
}

static void
test_validity (void)
{
  static const struct
  {
    const char *scope;
    gboolean valid;
  } vectors[] = {
    { "read:page:confluence", TRUE },
    { "https://www.googleapis.com/auth/drive", TRUE },
    { "!#$%&'()*+-./:;<=>?@[]^_`{|}~", TRUE },
    { "a b", FALSE },       /* space separates */
    { "a\"b", FALSE },      /* RFC 6749 section 3.3 */
    { "a\\b", FALSE },      /* likewise */
    { "a\x7f", FALSE },     /* control */
    { "a\xc3\xa9", FALSE }, /* not ASCII */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const char *const scopes[] = { vectors[i].scope, NULL };
      const char *bad = NULL;

      g_assert_cmpint (cvg_scopes_are_valid (scopes, &bad), ==, vectors[i].valid);
      g_assert_cmpstr (bad, ==, vectors[i].valid ? NULL : vectors[i].scope);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scopes/parse", test_parse);
  g_test_add_func ("/scopes/union-keeps-order", test_union_keeps_order);
  g_test_add_func ("/scopes/many", test_many);
  g_test_add_func ("/scopes/validity", test_validity);
  return g_test_run ();
}
