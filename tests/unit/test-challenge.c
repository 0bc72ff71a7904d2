/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/challenge.h"

static void
test_values (void)
{
  static const struct
  {
    const char *challenge;
    const char *value; /* of "p" */
  } vectors[] = {
    { NULL, NULL },                                    /* no header */
    { "", NULL },                                      /* an empty one */
    { "Bearer", NULL },                                /* a scheme alone */
    { "Bearer p=\"x\"", "x" },                         /* a quoted text */
    { "Bearer p=x", "x" },                             /* a token */
    { "bearer P=\"x\"", "x" },                         /* names have no case */
    { "DPoP algs=\"ES256\", p=\"x\"", "x" },           /* another scheme */
    { "Bearer error=\"invalid_token\",p=\"x\"", "x" }, /* no blank after the comma */
    { "Bearer p = \"x\"", "x" },                       /* blanks that senders should not send */
    { "Bearer\tp=\"x\"", "x" },                        /* a tabulator */
    { "Basic realm=\"a\", Bearer p=\"x\"", "x" },      /* the second challenge */
    { "Negotiate abc/+==, Bearer p=\"x\"", "x" },      /* a token of its own before */
    { "Negotiate, Bearer p=\"x\"", "x" },              /* a scheme alone before */
    { "Bearer p=\"x\", p=\"y\"", "x" },                /* the first counts */
    { "Bearer p=\"a \\\"b\\\" c, d=e\"", "a \"b\" c, d=e" }, /* escapes, commas */
    { "Bearer p=\"\"", "" },                                 /* empty, but there */
    { "Bearer q=\"p=\\\"evil\\\"\", r=\"s\"", NULL },        /* inside of another */
    { "Bearer q=\"a\\\\\", p=\"x\"", "x" },                  /* an escaped escape ends it */
    { "\"p=evil\", Bearer p=x", "x" },                       /* a text of no name */
    { "Bearer xp=\"x\"", NULL },                             /* the end of another name */
    { "Bearer px=\"x\"", NULL },                             /* the beginning of another name */
    { "Bearer p", NULL },                                    /* a name alone */
    { "Bearer p=", "" },                                     /* nothing after it */
    { "Bearer p=\"x", "x" },                                 /* it does not end */
    { "Bearer p=\"x\\", "x\\" },                             /* likewise */
    { ",,, ;;; ()=<> p=x", "x" },                            /* nonsense before */
    { "=====", NULL },
    { "\xff\xfe p=x", "x" }, /* no ASCII */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *value = cvg_challenge_find (vectors[i].challenge, "p");

      g_test_message ("%s", vectors[i].challenge);
      g_assert_cmpstr (value, ==, vectors[i].value);
    }
}

static void
test_huge (void)
{
  g_autofree char *blanks = g_strnfill (100000, ' ');
  g_autofree char *challenge = g_strconcat (blanks, "Bearer p=x", NULL);

  g_assert_null (cvg_challenge_find (challenge, "p"));
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/challenge/values", test_values);
  g_test_add_func ("/challenge/huge", test_huge);
  return g_test_run ();
}
