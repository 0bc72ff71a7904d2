/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/discovered.h"

#include <string.h>

#include "dbus/error.h"
#include "model/scopes.h"

typedef struct
{
  CvgProvider *provider;
  CvgServerFound *found;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  CvgMetadata *metadata = g_new0 (CvgMetadata, 1);

  metadata->issuer = g_strdup ("https://a.example");
  metadata->authorization_endpoint = g_strdup ("https://a.example/authorize");
  metadata->token_endpoint = g_strdup ("https://a.example/token");
  metadata->authentications = CVG_METADATA_TAKES_BASIC;
  metadata->names_pkce = TRUE;
  metadata->takes_s256 = TRUE;
  fixture->found = g_new0 (CvgServerFound, 1);
  fixture->found->metadata = metadata;
  fixture->found->scopes = g_new0 (char *, 1);

  fixture->provider = cvg_provider_new ();
  fixture->provider->name = g_strdup ("Example");
  fixture->provider->issuer = g_strdup ("https://a.example");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cvg_provider_unref (fixture->provider);
  cvg_server_found_free (fixture->found);
}

static CvgDiscovered *
combine (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  CvgDiscovered *discovered = cvg_discovered_new (fixture->provider, fixture->found, &error);

  g_assert_no_error (error);
  return discovered;
}

static void
assert_refused (Fixture *fixture, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cvg_discovered_new (fixture->provider, fixture->found, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "Example"));
  g_assert_nonnull (strstr (error->message, part));
}

static void
assert_server (const CvgDiscovered *discovered, const char *expected)
{
  g_autofree char *printed = g_variant_print (discovered->server, FALSE);

  g_assert_cmpstr (printed, ==, expected);
}

static void
assert_scopes (char **scopes, const char *expected)
{
  g_autofree char *joined = g_strjoinv (" ", scopes);

  g_assert_cmpstr (joined, ==, expected);
}

/* What the file leaves is filled, and the file is left as it was. */
static void
test_filled (Fixture *fixture, gconstpointer data)
{
  CvgMetadata *metadata = fixture->found->metadata;
  g_autoptr (CvgDiscovered) discovered = NULL;

  metadata->revocation_endpoint = g_strdup ("https://a.example/revoke");
  metadata->device_authorization_endpoint = g_strdup ("https://a.example/device");
  metadata->registration_endpoint = g_strdup ("https://a.example/register");
  metadata->issuer_in_answers = TRUE;
  discovered = combine (fixture);

  g_assert_cmpstr (discovered->provider->name, ==, "Example");
  g_assert_cmpstr (discovered->provider->issuer, ==, "https://a.example");
  g_assert_cmpstr (discovered->provider->authorization_endpoint, ==, "https://a.example/authorize");
  g_assert_cmpstr (discovered->provider->token_endpoint, ==, "https://a.example/token");
  g_assert_cmpstr (discovered->provider->revocation_endpoint, ==, "https://a.example/revoke");
  g_assert_cmpstr (discovered->provider->device_authorization_endpoint, ==,
                   "https://a.example/device");
  g_assert_cmpstr (discovered->provider->registration_endpoint, ==, "https://a.example/register");
  g_assert_cmpint (discovered->provider->client_authentication, ==,
                   CVG_CLIENT_AUTHENTICATION_BASIC);
  g_assert_true (discovered->provider->issuer_required);
  g_assert_cmpint (discovered->provider->pkce, ==, CVG_PKCE_S256);
  assert_server (discovered, "{'issuer': <'https://a.example'>, 'token-endpoint': "
                             "<'https://a.example/token'>, 'revocation-endpoint': "
                             "<'https://a.example/revoke'>, 'client-authentication': <int64 1>}");

  g_assert_null (fixture->provider->token_endpoint);
  g_assert_false (fixture->provider->issuer_required);
}

/* What it names stands, and is not kept with the grant: the file may be mended. */
static void
test_file_wins (Fixture *fixture, gconstpointer data)
{
  CvgProvider *provider = fixture->provider;
  g_autoptr (CvgDiscovered) discovered = NULL;

  provider->token_endpoint = g_strdup ("https://file.example/{t}/token");
  provider->revocation_endpoint = g_strdup ("https://file.example/revoke");
  provider->registration_endpoint = g_strdup ("https://file.example/register");
  fixture->found->metadata->revocation_endpoint = g_strdup ("https://a.example/revoke");
  fixture->found->metadata->registration_endpoint = g_strdup ("https://a.example/register");
  discovered = combine (fixture);

  g_assert_cmpstr (discovered->provider->token_endpoint, ==, "https://file.example/{t}/token");
  g_assert_cmpstr (discovered->provider->revocation_endpoint, ==, "https://file.example/revoke");
  g_assert_cmpstr (discovered->provider->registration_endpoint, ==,
                   "https://file.example/register");
  g_assert_cmpstr (discovered->provider->authorization_endpoint, ==, "https://a.example/authorize");
  g_assert_cmpint (discovered->provider->client_authentication, ==, CVG_CLIENT_AUTHENTICATION_POST);
  assert_server (discovered, "{'issuer': <'https://a.example'>}");
}

static void
test_endpoints_missing (Fixture *fixture, gconstpointer data)
{
  CvgMetadata *metadata = fixture->found->metadata;
  g_autoptr (CvgDiscovered) device_only = NULL;

  g_clear_pointer (&metadata->authorization_endpoint, g_free);
  assert_refused (fixture, "no authorization endpoint");
  metadata->device_authorization_endpoint = g_strdup ("https://a.example/device");
  device_only = combine (fixture);
  g_assert_null (device_only->provider->authorization_endpoint);
  g_clear_pointer (&metadata->token_endpoint, g_free);
  assert_refused (fixture, "no token endpoint");
}

static void
test_pkce (Fixture *fixture, gconstpointer data)
{
  CvgMetadata *metadata = fixture->found->metadata;

  /* Of an issuer that the file names: no word about it is no reason not to send it, */
  metadata->names_pkce = FALSE;
  metadata->takes_s256 = FALSE;
  {
    g_autoptr (CvgDiscovered) silent = combine (fixture);

    g_assert_cmpint (silent->provider->pkce, ==, CVG_PKCE_S256);
  }

  /* but other ones are. */
  metadata->names_pkce = TRUE;
  {
    g_autoptr (CvgDiscovered) other = combine (fixture);

    g_assert_cmpint (other->provider->pkce, ==, CVG_PKCE_NONE);
  }

  /* Of a server that was found through a resource it is wanted. */
  g_clear_pointer (&fixture->provider->issuer, g_free);
  assert_refused (fixture, "S256");
  metadata->names_pkce = FALSE;
  assert_refused (fixture, "S256");
  metadata->names_pkce = TRUE;
  metadata->takes_s256 = TRUE;
  {
    g_autoptr (CvgDiscovered) found = combine (fixture);

    g_assert_cmpint (found->provider->pkce, ==, CVG_PKCE_S256);
  }
}

static void
test_scopes (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *file;
    const char *required;
    const char *found;
    gboolean has_offline;
    const char *scopes_expected;
    const char *required_expected;
  } vectors[] = {
    { "", "", "", FALSE, "", "" },
    { "", "", "a b", FALSE, "a b", "" },
    { "c", "", "a b", FALSE, "c", "" }, /* the file wins */
    /* offline_access is for the authorization server to offer */
    { "", "", "a offline_access", FALSE, "a", "" },
    { "", "", "a offline_access", TRUE, "a", "offline_access" },
    { "c", "", "", TRUE, "c", "offline_access" },
    /* or for the file to say */
    { "", "offline_access", "a", FALSE, "a", "offline_access" },
    { "c offline_access", "", "a", FALSE, "c offline_access", "" },
    { "", "d", "a", TRUE, "a", "d" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgDiscovered) discovered = NULL;

      g_strfreev (fixture->provider->scopes);
      fixture->provider->scopes = cvg_scopes_parse (vectors[i].file);
      g_strfreev (fixture->provider->required_scopes);
      fixture->provider->required_scopes = cvg_scopes_parse (vectors[i].required);
      g_strfreev (fixture->found->scopes);
      fixture->found->scopes = cvg_scopes_parse (vectors[i].found);
      g_strfreev (fixture->found->metadata->scopes);
      fixture->found->metadata->scopes =
          vectors[i].has_offline ? cvg_scopes_parse ("openid offline_access") : NULL;
      discovered = combine (fixture);
      assert_scopes (discovered->provider->scopes, vectors[i].scopes_expected);
      assert_scopes (discovered->provider->required_scopes, vectors[i].required_expected);
    }
}

static void
test_complete (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgDiscovered) complete = cvg_discovered_new_complete (fixture->provider);
  g_autoptr (CvgDiscovered) same = cvg_discovered_ref (complete);

  g_assert_true (complete->provider == fixture->provider);
  g_assert_null (same->server);
  g_assert_cmpint (complete->registration, ==, CVG_CLIENT_AUTHENTICATION_NONE);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/discovered/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD ("filled", test_filled);
  ADD ("file-wins", test_file_wins);
  ADD ("endpoints-missing", test_endpoints_missing);
  ADD ("pkce", test_pkce);
  ADD ("scopes", test_scopes);
  ADD ("complete", test_complete);

  return g_test_run ();
}
