/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "client/server-page.h"

static void
assert_page (const char *server, unsigned int columns, gboolean colours, const char *expected)
{
  g_autoptr (GVariant) parsed = g_variant_ref_sink (g_variant_new_parsed (server));
  g_autofree char *page = cvg_server_page_format (parsed, "ada l", columns, colours);

  g_assert_cmpstr (page, ==, expected);
}

static void
test_oauth2 (void)
{
  assert_page ("{'name': <'Some Desk'>, 'slug': <'some-desk'>, 'kind': <'oauth2'>,"
               " 'flows': <['loopback', 'paste', 'device']>, 'needs-client': <true>,"
               " 'redirect-uri': <'http://127.0.0.1:18417/callback/some-desk'>,"
               " 'create-url': <'https://desk/apps'>, 'scopes': <['read', 'write']>,"
               " 'documentation': <'https://desk/docs'>, 'manage-url': <'https://desk/connected'>}",
               60, FALSE,
               "Some Desk (some-desk)\n"
               "\n"
               "Sign in with OAuth 2.0\n"
               "  1. Register an application with the provider, once:\n"
               "     https://desk/apps\n"
               "     Its redirect URI (callback URL) is exactly:\n"
               "     http://127.0.0.1:18417/callback/some-desk\n"
               "  2. Tell Claviger its client id; you are asked for its\n"
               "     secret:\n"
               "     claviger client add 'Some Desk' CLIENT_ID\n"
               "  3. Sign in, once for each account:\n"
               "     claviger login 'Some Desk'\n"
               "  On a machine without a browser: with --device you type a\n"
               "  code on any other device; with --paste you paste the\n"
               "  address on which a browser elsewhere ends.\n"
               "  Asks for, unless --scope says otherwise: read write\n"
               "\n"
               "Its pages\n"
               "  The provider's documentation:\n"
               "     https://desk/docs\n"
               "  Where you can take access back:\n"
               "     https://desk/connected\n");
}

static void
test_oauth2_with_a_client (void)
{
  assert_page ("{'name': <'Desk'>, 'slug': <'desk'>, 'kind': <'oauth2'>, 'flows': <['device']>,"
               " 'default-client': <true>, 'scopes': <@as []>}",
               80, TRUE,
               "\033[1mDesk (desk)\033[0m\n"
               "\n"
               "\033[1mSign in with OAuth 2.0\033[0m\n"
               "  An OAuth client is set up already; steps 1 and 2 are for another one.\n"
               "  1. Register an application with the provider, once.\n"
               "  2. Tell Claviger its client id; you are asked for its secret:\n"
               "     claviger client add Desk CLIENT_ID\n"
               "  3. Sign in, once for each account:\n"
               "     claviger login Desk\n"
               "  On a machine without a browser: with --device you type a code on any other\n"
               "  device.\n");
}

/* The redirect goes where nobody of ours listens, and where exactly only the person knows. */
static void
test_oauth2_by_paste (void)
{
  assert_page ("{'name': <'Desk'>, 'slug': <'desk'>, 'kind': <'oauth2'>, 'flows': <['paste']>,"
               " 'needs-client': <true>, 'create-url': <'https://desk/apps'>}",
               100, FALSE,
               "Desk (desk)\n"
               "\n"
               "Sign in with OAuth 2.0\n"
               "  1. Register an application with the provider, once:\n"
               "     https://desk/apps\n"
               "     Its redirect URI (callback URL) is an https address of yours; nothing needs to"
               " answer there.\n"
               "  2. Tell Claviger its client id; you are asked for its secret:\n"
               "     claviger client add Desk CLIENT_ID --redirect-uri URI\n"
               "  3. Sign in, and paste the address on which the browser ends:\n"
               "     claviger login Desk\n");
}

static void
test_oauth2_without_registration (void)
{
  assert_page ("{'name': <'Desk'>, 'slug': <'desk'>, 'kind': <'oauth2'>,"
               " 'flows': <['loopback', 'paste']>, 'needs-client': <false>}",
               100, FALSE,
               "Desk (desk)\n"
               "\n"
               "Sign in with OAuth 2.0\n"
               "  No application needs to be registered: Claviger does that itself.\n"
               "  1. Sign in, once for each account:\n"
               "     claviger login Desk\n"
               "  On a machine without a browser: with --paste you paste the address on which a"
               " browser elsewhere\n"
               "  ends.\n");
}

static void
test_keys (void)
{
  static const struct
  {
    const char *kind;
    const char *heading;
    const char *thing;
  } vectors[] = {
    { "api-key", "Use an API key", "a key" },
    { "basic;api-key", "Use a user name and password", "credentials" },
    { "connection-string", "Use a connection string", "one" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *server = g_strdup_printf (
          "{'name': <'Desk'>, 'slug': <'desk'>, 'kind': <'%s'>,"
          " 'key-url': <'https://desk/keys'>, 'key-fields': <['user', 'password']>,"
          " 'key-header': <'X-Key: {password}'>}",
          vectors[i].kind);
      g_autofree char *page =
          g_strdup_printf ("Desk (desk)\n"
                           "\n"
                           "%s\n"
                           "  1. Get %s from the server:\n"
                           "     https://desk/keys\n"
                           "  2. Store %s; you are asked for user, password:\n"
                           "     claviger set --user 'ada l' Desk\n"
                           "  Programs send it as “X-Key: {password}”.\n",
                           vectors[i].heading, vectors[i].thing, vectors[i].thing);

      assert_page (server, 80, FALSE, page);
    }

  assert_page ("{'name': <'Desk'>, 'slug': <'desk'>, 'kind': <'api-key'>}", 80, FALSE,
               "Desk (desk)\n"
               "\n"
               "Use an API key\n"
               "  Store a key; you are asked for token:\n"
               "     claviger set --user 'ada l' Desk\n");
}

static void
test_nothing_needed (void)
{
  assert_page ("{'name': <'Desk'>, 'slug': <'desk'>, 'kind': <'none'>}", 80, FALSE,
               "Desk (desk)\n"
               "\n"
               "Open to everybody\n"
               "  There is nothing to do: it asks for no sign-in and no key.\n");
}

static void
test_tenant_parameters (void)
{
  assert_page ("{'name': <'Desk'>, 'slug': <'desk'>, 'kind': <'oauth2;api-key;next-year'>,"
               " 'needs-client': <false>, 'tenant': <["
               "{'name': <'sub-domain'>, 'pattern': <'[a-z]+'>,"
               " 'description': <'what stands before .desk.example'>},"
               "{'name': <'zone'>, 'default': <'eu'>}]>}",
               80, FALSE,
               "Desk (desk)\n"
               "\n"
               "Sign in with OAuth 2.0\n"
               "  No application needs to be registered: Claviger does that itself.\n"
               "  1. Sign in, once for each account:\n"
               "     claviger login Desk --tenant sub-domain=SUB_DOMAIN\n"
               "\n"
               "Use an API key\n"
               "  Store a key; you are asked for token:\n"
               "     claviger set --user 'ada l' Desk\n"
               "\n"
               "Which one of its addresses\n"
               "  --tenant sub-domain=SUB_DOMAIN: what stands before .desk.example\n"
               "     matches [a-z]+\n"
               "  --tenant zone=ZONE (without it: eu)\n");
}

/* A provider file is other people's text. */
static void
test_hostile (void)
{
  assert_page ("{'name': <'a\\u001b[2J; rm'>, 'slug': <'x\\ny'>, 'kind': <'api-key'>,"
               " 'key-url': <'https://\\u202e'>}",
               80, FALSE,
               "a\xef\xbf\xbd[2J; rm (x\xef\xbf\xbdy)\n"
               "\n"
               "Use an API key\n"
               "  1. Get a key from the server:\n"
               "     https://\xef\xbf\xbd\n"
               "  2. Store a key; you are asked for token:\n"
               "     claviger set --user 'ada l' 'a\xef\xbf\xbd[2J; rm'\n");
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/server-page/oauth2", test_oauth2);
  g_test_add_func ("/client/server-page/oauth2/with-a-client", test_oauth2_with_a_client);
  g_test_add_func ("/client/server-page/oauth2/by-paste", test_oauth2_by_paste);
  g_test_add_func ("/client/server-page/oauth2/without-registration",
                   test_oauth2_without_registration);
  g_test_add_func ("/client/server-page/keys", test_keys);
  g_test_add_func ("/client/server-page/nothing-needed", test_nothing_needed);
  g_test_add_func ("/client/server-page/tenant-parameters", test_tenant_parameters);
  g_test_add_func ("/client/server-page/hostile", test_hostile);
  return g_test_run ();
}
