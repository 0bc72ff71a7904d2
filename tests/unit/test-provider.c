/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/provider.h"

#include <string.h>

static void
test_defaults (void)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_assert_cmpuint (g_strv_length (provider->kinds), ==, 0);
  g_assert_cmpuint (g_strv_length (provider->scopes), ==, 0);
  g_assert_cmpuint (g_strv_length (provider->required_scopes), ==, 0);
  g_assert_cmpuint (g_strv_length (provider->authorize_parameters), ==, 0);
  g_assert_cmpuint (g_strv_length (provider->token_parameters), ==, 0);
  g_assert_cmpint (provider->scope_separator, ==, ' ');
  g_assert_cmpint (provider->token_request, ==, CVG_TOKEN_REQUEST_FORM);
  g_assert_cmpint (provider->client_authentication, ==, CVG_CLIENT_AUTHENTICATION_POST);
  g_assert_true (provider->pkce);
  g_assert_true (provider->redirect_port_exact);
  g_assert_false (provider->refresh_token_rotates);
  g_assert_null (provider->redirect_uri);
  g_assert_cmpstr (provider->resources_member, ==, "accessible_resources");
  g_assert_false (cvg_provider_has_kind (provider, "oauth2"));
}

static void
test_kinds (void)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_strfreev (provider->kinds);
  provider->kinds = g_strsplit ("oauth2;api-key", ";", -1);
  g_assert_true (cvg_provider_has_kind (provider, "oauth2"));
  g_assert_true (cvg_provider_has_kind (provider, "api-key"));
  g_assert_false (cvg_provider_has_kind (provider, "api"));
}

static void
test_dead_grant (void)
{
  static const struct
  {
    guint status;
    const char *error;
    const char *description;
    gboolean dead;
  } vectors[] = {
    { 403, "invalid_grant", "Unknown or invalid refresh token.", TRUE }, /* Atlassian's manual */
    { 403, "invalid_grant", NULL, TRUE },                                /* laconic */
    { 403, "unauthorized_client", "refresh_token is invalid", TRUE },    /* Atlassian, in fact */
    { 403, "unauthorized_client", "Refresh_Token is invalid", TRUE },    /* in any case */
    { 403, "unauthorized_client", "client is not allowed", FALSE },      /* the client's fault */
    { 403, "unauthorized_client", NULL, FALSE },                         /* nobody knows */
    { 400, "unauthorized_client", "refresh_token is invalid", FALSE },   /* another status */
    { 400, "invalid_grant", NULL, FALSE },                               /* not in this list */
    { 403, "Invalid_Grant", NULL, FALSE },                               /* codes are exact */
    { 403, "invalid_grant_type", NULL, FALSE },
    { 403, NULL, "refresh_token is invalid", FALSE }, /* no code */
    { 503, "invalid_grant", NULL, FALSE },            /* a gateway's page */
  };
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_ptr_array_set_size (provider->dead_grants, 0);
  g_ptr_array_add (provider->dead_grants, cvg_dead_grant_new (403, "invalid_grant", NULL));
  g_ptr_array_add (provider->dead_grants,
                   cvg_dead_grant_new (403, "unauthorized_client", "refresh_token"));

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_cmpint (cvg_provider_is_dead_grant (provider, vectors[i].status, vectors[i].error,
                                                 vectors[i].description),
                     ==, vectors[i].dead);
}

static void
test_dead_grant_default (void)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_assert_true (cvg_provider_is_dead_grant (provider, 400, "invalid_grant", NULL));
  g_assert_true (cvg_provider_is_dead_grant (provider, 401, "invalid_grant", "x"));
  g_assert_true (cvg_provider_is_dead_grant (provider, 403, "invalid_grant", NULL));
  g_assert_false (cvg_provider_is_dead_grant (provider, 500, "invalid_grant", NULL));
  g_assert_false (cvg_provider_is_dead_grant (provider, 400, "invalid_client", NULL));
}

/* What was discovered for a grant wins over the file, which may have been changed since. */
static void
test_with_server (void)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();
  g_autoptr (GVariant) server = g_variant_ref_sink (
      g_variant_new_parsed ("{'issuer': <'https://i'>, 'token-endpoint': <'https://t'>,"
                            " 'client-authentication': <int64 1>, 'other': <7>}"));
  g_autoptr (GVariant) odd = g_variant_ref_sink (
      g_variant_new_parsed ("{'issuer': <7>, 'client-authentication': <int64 9>}"));
  g_autoptr (CvgProvider) same = NULL;
  g_autoptr (CvgProvider) changed = NULL;
  g_autoptr (CvgProvider) unchanged = NULL;

  provider->name = g_strdup ("Example");
  provider->token_endpoint = g_strdup ("https://file");
  provider->revocation_endpoint = g_strdup ("https://file/revoke");
  same = cvg_provider_with_server (provider, NULL);
  changed = cvg_provider_with_server (provider, server);
  unchanged = cvg_provider_with_server (provider, odd);

  g_assert_true (same == provider);
  g_assert_cmpstr (changed->name, ==, "Example");
  g_assert_cmpstr (changed->issuer, ==, "https://i");
  g_assert_cmpstr (changed->token_endpoint, ==, "https://t");
  g_assert_cmpstr (changed->revocation_endpoint, ==, "https://file/revoke");
  g_assert_cmpint (changed->client_authentication, ==, CVG_CLIENT_AUTHENTICATION_BASIC);
  g_assert_cmpstr (provider->token_endpoint, ==, "https://file");
  g_assert_null (unchanged->issuer);
  g_assert_cmpint (unchanged->client_authentication, ==, CVG_CLIENT_AUTHENTICATION_POST);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/provider/defaults", test_defaults);
  g_test_add_func ("/provider/kinds", test_kinds);
  g_test_add_func ("/provider/with-server", test_with_server);
  g_test_add_func ("/provider/dead-grant", test_dead_grant);
  g_test_add_func ("/provider/dead-grant-default", test_dead_grant_default);
  return g_test_run ();
}
