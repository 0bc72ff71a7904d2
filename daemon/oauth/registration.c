/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registration is a request for a favour, without any proof of who asks. The server may change
 * what it was asked for, and what it answers holds (RFC 7591 section 3.2.1); only the redirect URI
 * can't be another, since the answer of the sign-in would go there.
 */
#include "oauth/registration.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "dbus/error.h"
#include "model/client.h"
#include "oauth/error-code.h"
#include "oauth/json-body.h"
#include "oauth/json-document.h"

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

/* Far longer than any secret, and short enough to go into each request. */
#define MAX_SECRET 4096

static const char *const authentications[] = {
  [CVG_CLIENT_AUTHENTICATION_POST] = "client_secret_post",
  [CVG_CLIENT_AUTHENTICATION_BASIC] = "client_secret_basic",
  [CVG_CLIENT_AUTHENTICATION_NONE] = "none",
  NULL,
};

/* What RFC 7591 section 3.2.2 calls its errors, and what they come to. */
static const struct
{
  const char *code;
  const char *meaning;
} refusals[] = {
  { "invalid_redirect_uri", "it does not send browsers back to a program on this computer" },
  { "invalid_client_metadata", "it does not take a client of this kind" },
  { "invalid_software_statement", "it takes only clients that somebody vouches for" },
  { "unapproved_software_statement", "it takes only clients that somebody vouches for" },
};

/** cvg_registration_free: frees it */
void
cvg_registration_free (CvgRegistration *registration)
{
  g_free (registration->client_id);
  g_clear_pointer (&registration->client_secret, cvg_secret_unref);
  g_free (registration);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void
add_text (JsonBuilder *builder, const char *member, const char *value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, value);
}

static void
add_list (JsonBuilder *builder, const char *member, const char *const *values)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_array (builder);
  for (; *values != NULL; values++)
    json_builder_add_string_value (builder, *values);
  json_builder_end_array (builder);
}

static JsonNode *
build_body (const CvgRegistrationRequest *asked)
{
  const char *const redirect_uris[] = { asked->redirect_uri, NULL };
  const char *const response_types[] = { "code", NULL };
  const char *const grant_types[] = { "authorization_code", "refresh_token",
                                      asked->has_device_flow ? DEVICE_GRANT : NULL, NULL };
  g_autofree char *scope = g_strjoinv (" ", (char **) asked->scopes);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_text (builder, "client_name", "Claviger");
  /* Else it is "web", which may not have a loopback redirect URI. */
  add_text (builder, "application_type", "native");
  add_list (builder, "redirect_uris", redirect_uris);
  add_list (builder, "grant_types", grant_types);
  add_list (builder, "response_types", response_types);
  add_text (builder, "token_endpoint_auth_method", authentications[asked->authentication]);
  if (*scope != '\0')
    add_text (builder, "scope", scope);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/** cvg_registration_request: Returns: (transfer full): the request that registers what is @asked */
CvgHttpRequest *
cvg_registration_request (const CvgRegistrationRequest *asked)
{
  CvgHttpRequest *request = cvg_http_request_new ("POST", asked->endpoint);
  g_autoptr (JsonNode) body = build_body (asked);

  request->content_type = "application/json";
  request->body = cvg_secret_new_take (json_to_string (body, FALSE));
  return request;
}

/* ---- the answer ------------------------------------------------------------------------------ */

static GError *
refusal_new (const CvgHttpResponse *response, const char *code)
{
  g_autofree char *seen = cvg_error_code_describe (response->status, code);

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (g_strcmp0 (code, refusals[i].code) == 0)
      return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED, "%s (%s)", refusals[i].meaning, seen);

  return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED, "it refused (%s)", seen);
}

/* 201 by the standard, 200 by some servers. */
static JsonNode *
open_answer (const CvgHttpResponse *response, GError **error)
{
  const guint status = response->status;
  g_autoptr (JsonNode) root = cvg_json_body_parse (response->body);
  gboolean is_object = root != NULL && JSON_NODE_HOLDS_OBJECT (root);
  gboolean is_refusal = status >= 400 && status < 500 && status != 408 && status != 429;

  if (is_object && (status == 200 || status == 201))
    return g_steal_pointer (&root);

  if (is_refusal)
    g_propagate_error (error, refusal_new (response, is_object ?
                                                         cvg_json_body_get_string (
                                                             json_node_get_object (root), "error") :
                                                         NULL));
  else
    g_propagate_error (error,
                       cvg_error_code_try_later ("the server", status, response->retry_after));
  return NULL;
}

static gboolean
refuse (const char *why, GError **error)
{
  g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED, "its answer %s", why);
  return FALSE;
}

static gboolean
read_secret (CvgRegistration *registration, JsonObject *object, GError **error)
{
  const char *secret = NULL;

  if (!cvg_json_document_read_string (object, "client_secret", &secret, error))
    return FALSE;
  if (secret == NULL || *secret == '\0')
    return TRUE;

  for (const char *c = secret; *c != '\0'; c++)
    if (!g_ascii_isprint (*c) || c - secret >= MAX_SECRET)
      return refuse ("has a client secret that can't be sent", error);
  registration->client_secret = cvg_secret_new (secret);
  return TRUE;
}

/* Left out, it is client_secret_basic (RFC 7591 section 2). Who has no secret has none to show, and
 * a secret that is not to be shown is none. */
static gboolean
read_authentication (CvgRegistration *registration, JsonObject *object, GError **error)
{
  const char *method = NULL;

  if (!cvg_json_document_read_string (object, "token_endpoint_auth_method", &method, error))
    return FALSE;

  registration->authentication = CVG_CLIENT_AUTHENTICATION_NONE;
  if (method != NULL && !g_strv_contains (authentications, method))
    return refuse ("wants the client to authenticate in a way that Claviger does not know", error);
  if (registration->client_secret == NULL)
    return TRUE;

  if (method == NULL)
    method = authentications[CVG_CLIENT_AUTHENTICATION_BASIC];
  for (guint i = 0; authentications[i] != NULL; i++)
    if (g_str_equal (method, authentications[i]))
      registration->authentication = (CvgClientAuthentication) i;
  if (registration->authentication == CVG_CLIENT_AUTHENTICATION_NONE)
    g_clear_pointer (&registration->client_secret, cvg_secret_unref);
  return TRUE;
}

/* Without a secret there is nothing that could end. */
static gboolean
read_expiry (CvgRegistration *registration, JsonObject *object, GError **error)
{
  JsonNode *node = json_object_get_member (object, "client_secret_expires_at");

  if (registration->client_secret == NULL || node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < 0)
    return refuse ("has no date at “client_secret_expires_at”", error);

  registration->expires_at = json_node_get_int (node);
  return TRUE;
}

static gboolean
check_redirect_uri (JsonObject *object, const char *redirect_uri, GError **error)
{
  g_auto (GStrv) uris = NULL;

  if (!cvg_json_document_read_strings (object, "redirect_uris", &uris, error))
    return FALSE;
  if (uris == NULL || !g_strv_contains ((const char *const *) uris, redirect_uri))
    return refuse ("does not have the redirect URI that was asked for", error);

  return TRUE;
}

/**
 * cvg_registration_parse:
 * @response: the answer to cvg_registration_request()
 * @redirect_uri: that of the request
 *
 * Messages of errors go on after the name of the server and a colon.
 *
 * Returns: (transfer full): the client; fails with %CVG_ERROR_REFUSED or %CVG_ERROR_TRY_LATER
 */
CvgRegistration *
cvg_registration_parse (const CvgHttpResponse *response, const char *redirect_uri, GError **error)
{
  g_autoptr (JsonNode) root = open_answer (response, error);
  g_autoptr (CvgRegistration) registration = NULL;
  JsonObject *object = NULL;
  const char *client_id = NULL;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  if (!cvg_json_document_read_string (object, "client_id", &client_id, error))
    return NULL;
  if (client_id == NULL || !cvg_client_id_is_valid (client_id))
    {
      refuse ("has no client id that could be used", error);
      return NULL;
    }

  registration = g_new0 (CvgRegistration, 1);
  registration->client_id = g_strdup (client_id);
  if (!check_redirect_uri (object, redirect_uri, error) ||
      !read_secret (registration, object, error) ||
      !read_authentication (registration, object, error) ||
      !read_expiry (registration, object, error))
    return NULL;

  return g_steal_pointer (&registration);
}
