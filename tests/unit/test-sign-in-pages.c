/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/sign-in-pages.h"

#include <string.h>

#include "doubles/agent-world.h"

static GVariant *
parse (const char *type, const char *text)
{
  return text != NULL ? g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, NULL) : NULL;
}

static void
test_success (void)
{
  static const struct
  {
    const char *account;
    const char *sites;
    const char *chosen;
    const char *text; /* its beginning */
    gboolean must_choose;
  } vectors[] = {
    { NULL, NULL, NULL, "Your credentials are", FALSE },
    { "{'name': <'N'>}", NULL, NULL, "You are signed in as N. ", FALSE },
    { "{'email': <'e'>}", NULL, NULL, "You are signed in as e. ", FALSE },
    { "{'name': <'N'>, 'email': <'e'>}", NULL, NULL, "You are signed in as N (e). ", FALSE },
    { "{'id': <1>}", NULL, NULL, "Your credentials are", FALSE },
    { NULL, "[{'id': <'a'>, 'name': <'A'>}]", NULL, "You are signed in on A. ", FALSE },
    { NULL, "[{'id': <'a'>, 'url': <'https://a'>}]", NULL, "You are signed in on https://a. ",
      FALSE },
    { "{'name': <'N'>}", "[{'id': <'a'>, 'name': <'A'>}]", NULL, "You are signed in as N on A. ",
      FALSE },
    { NULL, "[{'id': <'a'>, 'name': <'A'>}, {'id': <'b'>}]", NULL, "Your credentials are", TRUE },
    { NULL, "[{'id': <'a'>, 'name': <'A'>}, {'id': <'b'>}]", "a", "You are signed in on A. ",
      FALSE },
    { NULL, "[{'id': <'a'>, 'name': <'A'>}, {'id': <'a'>}]", NULL, "You are signed in on A. ",
      FALSE },
    { NULL, "[]", NULL, "Your credentials are", FALSE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgInstance) instance = cvg_instance_new ();
      g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A", "hush-R", 3600);
      g_autoptr (CvgPage) page = NULL;

      g_test_message ("row %zu", i);
      instance->server_name = g_strdup ("Confluence");
      instance->resource_id = g_strdup (vectors[i].chosen);
      credentials->account = parse ("a{sv}", vectors[i].account);
      credentials->resources = parse ("aa{sv}", vectors[i].sites);
      page = cvg_sign_in_page_success (instance, credentials);
      g_assert_cmpuint (page->status, ==, 200);
      g_assert_cmpint (page->mood, ==, CVG_PAGE_SUCCESS);
      g_assert_cmpstr (page->title, ==, "Signed in to Confluence");
      if (!g_str_has_prefix (page->text, vectors[i].text))
        g_assert_cmpstr (page->text, ==, vectors[i].text);
      g_assert_nonnull (strstr (page->text, "in the system keyring"));
      g_assert_null (strstr (page->text, AGENT_WORLD_SECRET));
      g_assert_cmpint (strstr (page->hint, "claviger site") != NULL, ==, vectors[i].must_choose);
      g_assert_null (page->location);
    }
}

static void
test_failure (void)
{
  static const struct
  {
    CvgError code;
    const char *hint; /* a part of it */
  } vectors[] = {
    { CVG_ERROR_TRY_LATER, "network" },
    { CVG_ERROR_REFUSED, "claviger client list" },
    { CVG_ERROR_KEYRING_LOCKED, "keyring" },
    { CVG_ERROR_KEYRING_UNAVAILABLE, "keyring" },
    { CVG_ERROR_TIMED_OUT, "when you have" },
    { CVG_ERROR_CANCELLED, "Nothing was changed" },
    { CVG_ERROR_NOT_FOUND, "Nothing was changed" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = g_error_new (CVG_ERROR, (int) vectors[i].code, "So it went");
      g_autoptr (CvgPage) page = cvg_sign_in_page_failure ("Confluence", error);

      g_test_message ("row %zu", i);
      g_assert_cmpint (page->mood, ==, CVG_PAGE_FAILURE);
      g_assert_cmpstr (page->title, ==, "You are not signed in to Confluence");
      g_assert_cmpstr (page->text, ==, "So it went");
      g_assert_nonnull (strstr (page->hint, vectors[i].hint));
    }
}

static void
test_others (void)
{
  g_autoptr (CvgPage) locked = cvg_sign_in_page_waiting_for_keyring ("Confluence");
  g_autoptr (CvgPage) denied = cvg_sign_in_page_denied ("Confluence");
  g_autoptr (CvgPage) over = cvg_sign_in_page_over ("Confluence");
  g_autoptr (CvgPage) unknown = cvg_sign_in_page_unknown ();
  g_autoptr (CvgPage) malformed = cvg_sign_in_page_malformed ();

  g_assert_cmpint (locked->mood, ==, CVG_PAGE_NEUTRAL);
  g_assert_nonnull (strstr (locked->hint, "Unlock"));
  g_assert_cmpint (denied->mood, ==, CVG_PAGE_FAILURE);
  g_assert_cmpuint (over->status, ==, 200);
  /* What is not of a sign-in is not found to be fine. */
  g_assert_cmpuint (unknown->status, ==, 400);
  g_assert_cmpuint (malformed->status, ==, 400);
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/sign-in-pages/success", test_success);
  g_test_add_func ("/sign-in-pages/failure", test_failure);
  g_test_add_func ("/sign-in-pages/others", test_others);

  return g_test_run ();
}
