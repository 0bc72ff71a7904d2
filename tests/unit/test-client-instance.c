/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "client/instance.h"

#include "client/server.h"
#include "client/site.h"
#include "client/vardict.h"
#include "dbus/error.h"

#define ALICE "11111111-aaaa-4aaa-8aaa-000000000001"
#define BOB "11111111-aaaa-4aaa-8aaa-000000000002"
#define DEAD "22222222-bbbb-4bbb-8bbb-000000000003"
#define NAMED "33333333-cccc-4ccc-8ccc-000000000004"

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static GVariant *
make_instances (void)
{
  return parse ("aa{sv}", "[{'instance-id': <'" ALICE "'>, 'server-name': <'Confluence'>,"
                          "  'user-id': <'alice'>, 'status': <'active'>, 'label': <'work'>},"
                          " {'instance-id': <'" BOB "'>, 'server-name': <'Confluence'>,"
                          "  'user-id': <'bob'>, 'status': <'signed-out'>, 'label': <'work'>},"
                          " {'instance-id': <'" DEAD "'>, 'server-name': <'Google Calendar'>,"
                          "  'user-id': <'alice'>, 'status': <'needs-sign-in'>},"
                          " {'instance-id': <'" NAMED "'>, 'server-name': <'GitHub'>,"
                          "  'user-id': <'alice'>, 'status': <'active'>, 'label': <'22222222'>}]");
}

static void
test_find (void)
{
  static const struct
  {
    const char *text;
    const char *id; /* or NULL for an error */
    gboolean ambiguous;
  } vectors[] = {
    { ALICE, ALICE, FALSE },
    { "11111111-AAAA-4AAA-8AAA-000000000002", BOB, FALSE },   /* a UUID in capitals */
    { "33333333", NAMED, FALSE },                             /* 8 characters of a UUID */
    { "3333333", NULL, FALSE },                               /* 7 are too few */
    { "11111111", NULL, TRUE },                               /* the beginning of two */
    { "11111111-aaaa-4aaa-8aaa-00000000000", NULL, TRUE },    /* all but the last */
    { "11111111-aaaa-4aaa-8aaa-0000000000011", NULL, FALSE }, /* longer than a UUID */
    { "22222222", NAMED, FALSE },                             /* a label goes before a beginning */
    { "22222222-", DEAD, FALSE },
    { "work", NULL, TRUE },     /* the label of two */
    { "Work", NULL, FALSE },    /* labels are exact */
    { "github", NAMED, FALSE }, /* any letter case */
    { "google-calendar", DEAD, FALSE },
    { "Google Calendar", DEAD, FALSE },
    { "google", NULL, FALSE },    /* no part of a name */
    { "confluence", NULL, TRUE }, /* two instances of it */
    { "", NULL, FALSE },          /* no label is no empty label */
  };
  g_autoptr (GVariant) instances = make_instances ();

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) found = cvg_instance_find (instances, vectors[i].text, &error);

      if (vectors[i].id != NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (cvg_vardict_get_string (found, "instance-id"), ==, vectors[i].id);
        }
      else if (vectors[i].ambiguous)
        {
          g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
          g_assert_nonnull (strstr (error->message, ALICE));
          g_assert_nonnull (strstr (error->message, BOB));
          g_assert_null (strstr (error->message, DEAD));
        }
      else
        g_assert_error (error, CVG_ERROR, CVG_ERROR_NOT_FOUND);
    }
}

/* A label with a line of its own would pass for another candidate. */
static void
test_candidates_are_lines (void)
{
  g_autoptr (GVariant) instances =
      parse ("aa{sv}", "[{'instance-id': <'" ALICE "'>, 'server-name': <'Confluence'>,"
                       "  'user-id': <'alice'>, 'status': <'active'>, 'label': <'a\\n  b\\u001b'>},"
                       " {'instance-id': <'" BOB "'>, 'server-name': <'Confluence'>,"
                       "  'user-id': <'bob'>, 'status': <'active'>}]");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_null (cvg_instance_find (instances, "Confluence", &error));
  lines = g_strsplit (error->message, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_true (g_str_has_suffix (lines[1], "label a\xef\xbf\xbd  b\xef\xbf\xbd"));
}

static void
test_is_id (void)
{
  g_assert_true (cvg_instance_is_id (ALICE));
  g_assert_false (cvg_instance_is_id ("11111111"));
  g_assert_false (cvg_instance_is_id ("11111111-aaaa-4aaa-8aaa-00000000000g"));
  g_assert_false (cvg_instance_is_id (""));
}

static void
test_abbreviate (void)
{
  g_autoptr (GVariant) instances = make_instances ();
  g_autofree char *alone = cvg_instance_abbreviate (instances, DEAD);
  g_autofree char *twin = cvg_instance_abbreviate (instances, ALICE);

  g_assert_cmpstr (alone, ==, "22222222");
  g_assert_cmpstr (twin, ==, ALICE); /* they differ in the last character only */
}

static void
test_reuse (void)
{
  static const struct
  {
    const char *instances;
    const char *label;
    const char *id; /* or NULL for a new one */
  } vectors[] = {
    { "[]", NULL, NULL },
    { "[{'instance-id': <'a'>, 'status': <'signed-out'>}]", NULL, "a" },
    /* signed in or not: who signs in twice means the same */
    { "[{'instance-id': <'a'>, 'status': <'active'>}]", NULL, "a" },
    { "[{'instance-id': <'a'>, 'status': <'active'>, 'label': <'work'>}]", "work", "a" },
    /* another label is another connection, and so is none */
    { "[{'instance-id': <'a'>, 'status': <'signed-out'>, 'label': <'work'>}]", NULL, NULL },
    { "[{'instance-id': <'a'>, 'status': <'signed-out'>}]", "work", NULL },
    /* of several, the only one that waits for a sign-in */
    { "[{'instance-id': <'a'>, 'status': <'active'>},"
      " {'instance-id': <'b'>, 'status': <'needs-sign-in'>}]",
      NULL, "b" },
    { "[{'instance-id': <'a'>, 'status': <'signed-out'>},"
      " {'instance-id': <'b'>, 'status': <'needs-sign-in'>}]",
      NULL, NULL },
    { "[{'instance-id': <'a'>, 'status': <'active'>},"
      " {'instance-id': <'b'>, 'status': <'unreachable'>}]",
      NULL, NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GVariant) instances = parse ("aa{sv}", vectors[i].instances);
      g_autoptr (GVariant) found = cvg_instance_find_reusable (instances, vectors[i].label);

      g_assert_cmpstr (found != NULL ? cvg_vardict_get_string (found, "instance-id") : NULL, ==,
                       vectors[i].id);
    }
}

static void
test_servers (void)
{
  static const struct
  {
    const char *text;
    const char *name; /* or NULL */
  } vectors[] = {
    { "Google Calendar", "Google Calendar" },
    { "gcalendar", "Google Calendar" }, /* the slug */
    { "GCALENDAR", "Google Calendar" },
    { "google-calendar", "Google Calendar" }, /* the name in other letters */
    { "google_calendar", "Google Calendar" },
    { "jira", "jira" }, /* exact goes before the other one's slug and letter case */
    { "Jira", "Jira" },
    { "google", NULL },
    { "", NULL },
  };
  g_autoptr (GVariant) servers =
      parse ("aa{sv}", "[{'name': <'Jira'>, 'slug': <'jira'>, 'kind': <'oauth2;api-key'>},"
                       " {'name': <'jira'>, 'slug': <'jira-2'>},"
                       " {'name': <'Google Calendar'>, 'slug': <'gcalendar'>}]");
  g_autoptr (GVariant) first = g_variant_get_child_value (servers, 0);

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) found = cvg_server_find (servers, vectors[i].text, &error);

      g_assert_cmpstr (found != NULL ? cvg_vardict_get_string (found, "name") : NULL, ==,
                       vectors[i].name);
      if (vectors[i].name == NULL)
        g_assert_error (error, CVG_ERROR, CVG_ERROR_UNKNOWN_SERVER);
    }

  g_assert_true (cvg_server_has_kind (first, "api-key"));
  g_assert_false (cvg_server_has_kind (first, "api"));
}

static void
test_sites (void)
{
  static const struct
  {
    const char *text;
    const char *id; /* or NULL */
  } vectors[] = {
    { "1", "1" },
    { "one", "1" },                 /* name, any letter case */
    { "https://two.example", "2" }, /* URL */
    { "TWO.example", "2" },         /* host */
    { "Same", NULL },               /* the name of two */
    { "three.example", NULL },
  };
  g_autoptr (GVariant) sites =
      parse ("aa{sv}", "[{'id': <'1'>, 'name': <'One'>, 'url': <'https://one.example'>},"
                       " {'id': <'2'>, 'name': <'Same'>, 'url': <'https://two.example'>},"
                       " {'id': <'3'>, 'name': <'Same'>, 'url': <'not a url'>}]");

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) found = cvg_site_find (sites, vectors[i].text, &error);

      g_assert_cmpstr (found != NULL ? cvg_vardict_get_string (found, "id") : NULL, ==,
                       vectors[i].id);
      g_assert_true ((found == NULL) == (error != NULL));
    }
}

static void
test_wrong_types (void)
{
  g_autoptr (GVariant) dict = parse ("a{sv}", "{'a': <1>, 'b': <'x'>, 'c': <int64 7>}");

  g_assert_cmpstr (cvg_vardict_get_string (dict, "a"), ==, "");
  g_assert_cmpstr (cvg_vardict_get_string (dict, "missing"), ==, "");
  g_assert_cmpint (cvg_vardict_get_int64 (dict, "a"), ==, 0); /* an int32 is no int64 */
  g_assert_cmpint (cvg_vardict_get_int64 (dict, "c"), ==, 7);
  g_assert_false (cvg_vardict_get_boolean (dict, "b"));
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/instance/find", test_find);
  g_test_add_func ("/client/instance/candidates-are-lines", test_candidates_are_lines);
  g_test_add_func ("/client/instance/is-id", test_is_id);
  g_test_add_func ("/client/instance/abbreviate", test_abbreviate);
  g_test_add_func ("/client/instance/reuse", test_reuse);
  g_test_add_func ("/client/server/find", test_servers);
  g_test_add_func ("/client/site/find", test_sites);
  g_test_add_func ("/client/vardict/wrong-types-read-as-empty", test_wrong_types);
  return g_test_run ();
}
