/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is read once after a sign-in. Neither is needed to be signed in: a caller may go on
 * without them, so that their errors say only whether asking again makes sense.
 */
#include "oauth/resources.h"

#include "dbus/error.h"
#include "model/scopes.h"
#include "oauth/error-code.h"
#include "oauth/json-body.h"

static CvgHttpRequest *
build_get (const char *endpoint, GVariant *tenant, const CvgCredentials *credentials)
{
  g_autofree char *url = NULL;
  CvgHttpRequest *request = NULL;

  if (endpoint == NULL || cvg_secret_is_empty (credentials->access_token))
    return NULL;

  url = cvg_tenant_expand_url (endpoint, tenant);
  request = cvg_http_request_new ("GET", url);
  request->authorization = cvg_secret_new_take (
      g_strconcat ("Bearer ", cvg_secret_peek (credentials->access_token), NULL));
  return request;
}

/**
 * cvg_resources_request:
 * @provider: whose endpoint
 * @tenant: (nullable): a{ss} for the {names} in the endpoint
 * @credentials: fresh ones
 *
 * Returns: (transfer full) (nullable): the request for the sites of the grant; %NULL if the
 *   provider has no such thing
 */
CvgHttpRequest *
cvg_resources_request (const CvgProvider *provider,
                       GVariant *tenant,
                       const CvgCredentials *credentials)
{
  return build_get (provider->resources_endpoint, tenant, credentials);
}

/**
 * cvg_account_request:
 * @provider: whose endpoint
 * @tenant: (nullable): a{ss} for the {names} in the endpoint
 * @credentials: fresh ones
 *
 * Returns: (transfer full) (nullable): the request for who signed in; %NULL if the provider has no
 *   such thing, or if the scope that it takes was not granted
 */
CvgHttpRequest *
cvg_account_request (const CvgProvider *provider,
                     GVariant *tenant,
                     const CvgCredentials *credentials)
{
  g_auto (GStrv) granted = cvg_scopes_parse (credentials->scope);

  if (provider->account_scope != NULL &&
      !g_strv_contains ((const char *const *) granted, provider->account_scope))
    return NULL;

  return build_get (provider->account_endpoint, tenant, credentials);
}

/* The body, if it is of @type. */
static JsonNode *
read_body (const CvgHttpResponse *response, JsonNodeType type, GError **error)
{
  g_autoptr (JsonNode) root = NULL;

  if (response->status == 401 || response->status == 403)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED,
                   "The server does not tell this about the sign-in (HTTP %u)", response->status);
      return NULL;
    }

  if (response->status == 200)
    root = cvg_json_body_parse (response->body);
  if (root == NULL || json_node_get_node_type (root) != type)
    {
      g_propagate_error (
          error, cvg_error_code_try_later ("The server", response->status, response->retry_after));
      return NULL;
    }

  return g_steal_pointer (&root);
}

static GVariant *
read_strings (JsonNode *node)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);
  JsonArray *array = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (json_node_get_value_type (element) == G_TYPE_STRING)
        g_variant_builder_add (&builder, "s", json_node_get_string (element));
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static GVariant *
read_resource (JsonObject *object)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *name = names; name != NULL; name = name->next)
    {
      JsonNode *member = json_object_get_member (object, name->data);
      g_autoptr (GVariant) value = NULL;

      if (JSON_NODE_HOLDS_NULL (member))
        continue;

      if (g_str_equal (name->data, "scopes") && JSON_NODE_HOLDS_ARRAY (member))
        value = read_strings (member);
      else
        value = cvg_json_body_to_variant (member);
      g_variant_builder_add (&builder, "{sv}", name->data, value);
    }

  return g_variant_builder_end (&builder);
}

/**
 * cvg_resources_parse:
 * @response: the answer to cvg_resources_request()
 *
 * An entry without an id can't be chosen and is left out; the same id may come twice (a site with
 * two products). An empty list is an answer.
 *
 * Returns: (transfer full): an aa{sv}; fails with %CVG_ERROR_REFUSED or %CVG_ERROR_TRY_LATER
 */
GVariant *
cvg_resources_parse (const CvgHttpResponse *response, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (JsonNode) root = read_body (response, JSON_NODE_ARRAY, error);
  JsonArray *array = NULL;

  if (root == NULL)
    return NULL;

  array = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
      const char *id = object != NULL ? cvg_json_body_get_string (object, "id") : NULL;

      if (id != NULL && *id != '\0')
        g_variant_builder_add_value (&builder, read_resource (object));
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * cvg_account_parse:
 * @response: the answer to cvg_account_request()
 *
 * Returns: (transfer full): an a{sv}; fails with %CVG_ERROR_REFUSED or %CVG_ERROR_TRY_LATER
 */
GVariant *
cvg_account_parse (const CvgHttpResponse *response, GError **error)
{
  g_autoptr (JsonNode) root = read_body (response, JSON_NODE_OBJECT, error);

  return root != NULL ? cvg_json_body_to_variant (root) : NULL;
}
