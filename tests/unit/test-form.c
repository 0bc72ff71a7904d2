/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/form.h"

#include <string.h>

static void
test_escape (void)
{
  static const struct
  {
    const char *text;
    const char *escaped;
  } vectors[] = {
    { "", "" },                                                  /* nothing */
    { "azAZ09-._~", "azAZ09-._~" },                              /* RFC 3986 unreserved */
    { "a b", "a+b" },                                            /* RFC 6749 appendix B */
    { " %&+\xc2\xa3\xe2\x82\xac", "+%25%26%2B%C2%A3%E2%82%AC" }, /* its very example */
    { "a=b&c", "a%3Db%26c" },                                    /* can't become another pair */
    { "\r\n\x7f", "%0D%0A%7F" },                                 /* can't become another line */
    { ":", "%3A" }, /* can't end the user name of Basic */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GString) form = g_string_new (NULL);

      cvg_form_append_escaped (form, vectors[i].text);
      g_assert_cmpstr (form->str, ==, vectors[i].escaped);
    }
}

static void
test_unescape (void)
{
  static const struct
  {
    const char *escaped;
    const char *text; /* NULL: refused */
  } vectors[] = {
    { "", "" },                      /* nothing */
    { "abc", "abc" },                /* nothing to do */
    { "a+b", "a b" },                /* form */
    { "a%20b", "a b" },              /* URI */
    { "%2B%2b", "++" },              /* hex digits in both cases */
    { "%E2%82%AC", "\xe2\x82\xac" }, /* UTF-8 */
    { "%25%32%35", "%25" },          /* once, not twice */
    { "%", NULL },                   /* cut off */
    { "%4", NULL },                  /* cut off */
    { "%zz", NULL },                 /* no hex */
    { "%+1", NULL },                 /* what strtol would take */
    { "%-1", NULL },                 /* likewise */
    { "a%00b", NULL },               /* NUL */
    { "%ff", NULL },                 /* not UTF-8 */
    { "%c0%af", NULL },              /* overlong "/" */
    { "%ed%a0%80", NULL },           /* surrogate */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      /* A copy of just that size lets the sanitizer see a read too far. */
      gsize length = strlen (vectors[i].escaped);
      g_autofree char *tight = g_memdup2 (vectors[i].escaped, length);
      g_autofree char *text = cvg_form_unescape (tight, length);

      g_assert_cmpstr (text, ==, vectors[i].text);
    }
}

static gboolean
note_pair (const char *name, const char *value, gsize length, gpointer user_data)
{
  g_string_append_printf (user_data, "[%s|%.*s]", name, (int) length, value);
  return strcmp (name, "stop") != 0;
}

static void
test_visit (void)
{
  static const struct
  {
    const char *form;
    const char *pairs;
    gboolean all;
  } vectors[] = {
    { "", "", TRUE },                             /* nothing */
    { "a=1&b=2", "[a|1][b|2]", TRUE },            /* in order */
    { "a=1&a=2", "[a|1][a|2]", TRUE },            /* repeated: both are seen */
    { "%61=%31", "[a|%31]", TRUE },               /* names decoded, values not yet */
    { "a", "[a|]", TRUE },                        /* no "=" */
    { "a=", "[a|]", TRUE },                       /* empty */
    { "=1&a=b=c", "[a|b=c]", TRUE },              /* no name; "=" in a value */
    { "&&a=1&&", "[a|1]", TRUE },                 /* litter */
    { "%zz=1&a=1", "[a|1]", TRUE },               /* a name that is none */
    { "a;b=1", "[a;b|1]", TRUE },                 /* ";" does not separate */
    { "a=1&stop=2&b=3", "[a|1][stop|2]", FALSE }, /* the visitor has seen enough */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GString) pairs = g_string_new (NULL);

      g_assert_cmpint (cvg_form_visit (vectors[i].form, note_pair, pairs), ==, vectors[i].all);
      g_assert_cmpstr (pairs->str, ==, vectors[i].pairs);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/form/escape", test_escape);
  g_test_add_func ("/form/unescape", test_unescape);
  g_test_add_func ("/form/visit", test_visit);
  return g_test_run ();
}
