/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as an answer of a server. The first three choose content type, status, dialect and
 * grant; the rest is the body. What is taken must be fit to go over the bus and into a header; what
 * is refused must not kill a grant without the provider's word for it.
 */
#include <string.h>

#include "dbus/error.h"
#include "oauth/resources.h"
#include "oauth/token-response.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static const char *const content_types[] = {
  "application/json",
  "application/x-www-form-urlencoded",
  "text/html",
  NULL,
};
static const guint statuses[] = { 200, 400, 401, 403, 404, 429, 302, 503 };

/* D-Bus has no "maybe", and a variant that came from text is in normal form. */
static void
check_variant (GVariant *variant)
{
  g_assert_true (g_variant_is_normal_form (variant));
  g_assert_null (strchr (g_variant_get_type_string (variant), 'm'));
  if (!g_variant_is_container (variant))
    return;
  for (gsize i = 0; i < g_variant_n_children (variant); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (variant, i);

      check_variant (child);
    }
}

static void
check_error (const GError *error, CvgTokenGrant grant)
{
  g_assert_true (error->domain == CVG_ERROR);
  g_assert_true (g_str_is_ascii (error->message));
  g_assert_cmpuint (strlen (error->message), <, 200);
  if (error->code == CVG_ERROR_NEEDS_SIGN_IN)
    {
      g_assert_cmpint (grant, ==, CVG_TOKEN_GRANT_REFRESH);
      g_assert_nonnull (strstr (error->message, "invalid_grant"));
    }
}

static void
check_credentials (const CvgCredentials *credentials)
{
  g_autoptr (CvgCredentials) merged = cvg_token_response_merge (credentials, credentials);
  g_autoptr (GVariant) identity = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (CvgSecret) packed = cvg_credentials_pack (credentials, identity);
  g_autoptr (CvgCredentials) again = cvg_credentials_unpack (packed, NULL, NULL);

  for (const char *c = cvg_secret_peek (credentials->access_token); *c != '\0'; c++)
    g_assert_true (g_ascii_isprint (*c));
  g_assert_false (cvg_secret_is_empty (credentials->access_token));
  g_assert_true (credentials->expires_at == 0 || credentials->expires_at > 1000);
  g_assert_true (cvg_secret_equal (again->refresh_token, merged->refresh_token));
  if (credentials->members != NULL)
    check_variant (credentials->members);
}

static void
check_resources (const CvgHttpResponse *response)
{
  g_autoptr (GVariant) resources = cvg_resources_parse (response, NULL);
  g_autoptr (GVariant) account = cvg_account_parse (response, NULL);

  if (resources != NULL)
    check_variant (resources);
  if (account != NULL)
    check_variant (account);
}

static void
set_list (char ***where, const char *const *list)
{
  g_strfreev (*where);
  *where = g_strdupv ((char **) list);
}

/* One that wraps, renames and numbers whatever it can. */
static void
make_dialect (CvgProvider *provider)
{
  static const char *const objects[] = { "authed_user", "data.0", NULL };
  static const char *const types[] = { "bot", NULL };
  static const char *const errors[] = { "error.code", "status", NULL };
  static const char *const descriptions[] = { "error.message", NULL };

  set_list (&provider->token_objects, objects);
  set_list (&provider->token_types, types);
  set_list (&provider->error_members, errors);
  set_list (&provider->error_descriptions, descriptions);
  g_free (provider->refresh_token_member);
  provider->refresh_token_member = g_strdup ("access_token");
  provider->granted_scope_separator = ',';
}

static void
check_salvage (const CvgProvider *provider, const CvgHttpResponse *response)
{
  g_autoptr (CvgSecret) token = cvg_token_response_find_refresh_token (provider, response);

  if (token == NULL)
    return;
  g_assert_false (cvg_secret_is_empty (token));
  for (const char *c = cvg_secret_peek (token); *c != '\0'; c++)
    g_assert_true (g_ascii_isprint (*c));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();
  g_autoptr (CvgSecret) body = NULL;
  g_autoptr (CvgHttpResponse) response = NULL;
  g_autoptr (CvgCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;
  CvgTokenGrant grant = CVG_TOKEN_GRANT_CODE;

  if (size < 3)
    return 0;

  grant = (data[2] & 1) != 0 ? CVG_TOKEN_GRANT_REFRESH : CVG_TOKEN_GRANT_CODE;
  provider->name = g_strdup ("Example");
  if ((data[1] & G_N_ELEMENTS (statuses)) != 0)
    make_dialect (provider);
  body = cvg_secret_new_sized ((const char *) data + 3, size - 3);
  response = cvg_http_response_new (statuses[data[1] % G_N_ELEMENTS (statuses)],
                                    content_types[data[0] % G_N_ELEMENTS (content_types)],
                                    data[2] >> 1, body);
  credentials = cvg_token_response_parse (provider, grant, response, 1000, &error);

  g_assert_true ((credentials == NULL) == (error != NULL));
  if (credentials != NULL)
    check_credentials (credentials);
  else
    check_error (error, grant);
  check_salvage (provider, response);
  check_resources (response);
  return 0;
}
