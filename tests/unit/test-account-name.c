/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/account-name.h"

#include <string.h>

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *dict = NULL;

  if (text == NULL)
    return NULL;
  dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_assert_no_error (error);
  return dict;
}

static void
test_find (void)
{
  static const struct
  {
    const char *account; /* NULL: none */
    const char *members; /* likewise */
    const char *name;    /* NULL: not known */
  } vectors[] = {
    { "{'email': <'e'>, 'name': <'n'>, 'nickname': <'k'>}", NULL, "e" },
    { "{'login': <'octocat'>, 'name': <'The Cat'>, 'email': <''>}", NULL, "octocat" },
    { "{'displayName': <'N'>, 'mail': <'m@x'>, 'userPrincipalName': <'u@x'>}", NULL, "m@x" },
    { "{'displayName': <'N'>, 'userPrincipalName': <'u@x'>}", NULL, "u@x" },
    { "{'display_name': <'N'>, 'id': <'1'>}", NULL, "N" },
    { "{'username': <'u'>}", NULL, "u" },
    { "{'nickname': <'k'>}", NULL, "k" },
    /* wrapped */
    { "{'data': <{'email': <'e'>}>}", NULL, "e" },
    { "{'data': <{'viewer': <{'email': <'e'>}>}>}", NULL, "e" },
    { "{'data': <[<{'email': <'e'>}>, <{'email': <'f'>}>]>}", NULL, "e" },
    { "{'user': <{'username': <'u'>}>, 'data': <{'id': <1>}>}", NULL, "u" },
    { "{'name': <{'display_name': <'N'>}>}", NULL, "N" },
    /* what is at hand before what is wrapped */
    { "{'name': <'n'>, 'data': <{'email': <'e'>}>}", NULL, "n" },
    /* what came with the token, if there is nothing better */
    { NULL, "{'data': <{'id': <1>, 'email': <'e'>}>}", "e" },
    { "{'id': <'1'>}", "{'owner': <{'user': <{'name': <'n'>}>}>}", "n" },
    { "{'name': <'n'>}", "{'email': <'e'>}", "n" },
    { NULL, "{'username': <'u'>, 'password': <'hush'>}", "u" },
    /* nothing */
    { NULL, NULL, NULL },
    { "{}", "{}", NULL },
    { "{'account_id': <'1'>}", "{'token': <'hush'>}", NULL },
    { "{'email': <['e']>, 'name': <1>, 'login': <''>}", NULL, NULL },
    { "{'data': <@av []>, 'user': <'u'>, 'me': <[<'x'>]>}", NULL, NULL },
    /* deeper than it goes */
    { "{'data': <{'data': <{'data': <{'email': <'e'>}>}>}>}", NULL, "e" },
    { "{'data': <{'data': <{'data': <{'data': <{'email': <'e'>}>}>}>}>}", NULL, NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
      g_autofree char *name = NULL;

      g_test_message ("row %zu", i);
      credentials->account = parse (vectors[i].account);
      credentials->members = parse (vectors[i].members);
      name = cvg_account_name_find (credentials);
      g_assert_cmpstr (name, ==, vectors[i].name);
    }
}

static void
test_length (void)
{
  g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
  g_autofree char *longest = g_strnfill (254, 'e');
  g_autofree char *too_long = g_strnfill (255, 'e');
  g_autofree char *name = NULL;
  g_autofree char *other = NULL;

  credentials->account = g_variant_ref_sink (
      g_variant_new_parsed ("{'email': <%s>, 'login': <%s>}", too_long, longest));
  name = cvg_account_name_find (credentials);
  g_assert_cmpstr (name, ==, longest);

  g_variant_unref (credentials->account);
  credentials->account = g_variant_ref_sink (g_variant_new_parsed ("{'email': <%s>}", too_long));
  other = cvg_account_name_find (credentials);
  g_assert_null (other);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account-name/find", test_find);
  g_test_add_func ("/account-name/length", test_length);
  return g_test_run ();
}
