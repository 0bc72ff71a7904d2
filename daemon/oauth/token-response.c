/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of the token endpoint, as servers give them: by the letter of RFC 6749 section 5, and as
 * answer-body.c takes them besides. What nobody named is kept.
 *
 * Nothing here knows a server by its name, and nothing of an answer gets into an error but its
 * status and its code (token-error.c).
 */
#include "oauth/token-response.h"

#include <string.h>

#include "dbus/error.h"
#include "model/auth-data.h"
#include "model/scopes.h"
#include "oauth/answer-body.h"
#include "oauth/error-code.h"
#include "oauth/json-body.h"
#include "oauth/token-error.h"

/* Ten years: more is not meant, and sums stay far from the end of the numbers. */
#define LIFETIME_MAX (10 * 366 * 24 * 3600)

static const char *const named_members[] = {
  "access_token", "refresh_token", "id_token", "token_type", "scope", "expires_in", NULL,
};

/* RFC 6749 section 7.1: a type that is not understood must not be used. */
static gboolean
is_bearer (const CvgProvider *provider, const char *type)
{
  if (g_ascii_strcasecmp ("bearer", type) == 0)
    return TRUE;
  for (char **known = provider->token_types; *known != NULL; known++)
    if (g_ascii_strcasecmp (*known, type) == 0)
      return TRUE;

  return FALSE;
}

/* RFC 6749 appendix A.12. It becomes a header: a line break in it would become another one. */
static gboolean
is_usable_token (const char *token)
{
  if (token == NULL || *token == '\0')
    return FALSE;
  for (const char *c = token; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      return FALSE;

  return TRUE;
}

static gboolean
has_token (JsonObject *object, const char *member)
{
  return is_usable_token (cvg_json_body_get_string (object, member));
}

/* The object in @root that has the token @member: the root itself, or the first of those that the
 * file names. Returns: (transfer none) (nullable) */
static JsonObject *
find_object (const CvgProvider *provider, JsonObject *root, const char *member)
{
  if (has_token (root, member))
    return root;

  for (char **path = provider->token_objects; *path != NULL; path++)
    {
      JsonNode *node = cvg_answer_body_find (root, *path);

      if (node != NULL && JSON_NODE_HOLDS_OBJECT (node) &&
          has_token (json_node_get_object (node), member))
        return json_node_get_object (node);
    }

  return NULL;
}

/* Seconds that the token lives; 0: nobody knows. */
static gint64
read_lifetime (const CvgProvider *provider, JsonObject *object)
{
  double seconds = cvg_answer_body_get_number (object, "expires_in");

  /* Written so that it is also false for what is not a number. */
  if (seconds >= 1 && seconds <= LIFETIME_MAX)
    return (gint64) seconds;

  return provider->access_token_lifetime;
}

static char *
join_scope_array (JsonArray *array)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (json_node_get_value_type (element) == G_TYPE_STRING)
        g_ptr_array_add (scopes, (char *) json_node_get_string (element));
    }
  g_ptr_array_add (scopes, NULL);

  return cvg_scopes_join ((const char *const *) scopes->pdata, ' ');
}

static char *
read_scope (const CvgProvider *provider, JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "scope");
  const char *text = cvg_json_body_get_string (object, "scope");
  char separator = provider->granted_scope_separator != '\0' ? provider->granted_scope_separator :
                                                               provider->scope_separator;
  g_auto (GStrv) scopes = NULL;

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return join_scope_array (json_node_get_array (node));
  if (text == NULL || *text == '\0' || separator != ',')
    return text != NULL && *text != '\0' ? g_strdup (text) : NULL;

  scopes = cvg_scopes_parse (text);
  return cvg_scopes_join ((const char *const *) scopes, ' ');
}

static CvgSecret *
read_secret (JsonObject *object, const char *member)
{
  const char *text = cvg_json_body_get_string (object, member);

  return text != NULL && *text != '\0' ? cvg_secret_new (text) : NULL;
}

/* Beside its token, or where the token would be if it had not been wrapped. */
static CvgSecret *
read_refresh_token (const CvgProvider *provider, JsonObject *root, JsonObject *object)
{
  CvgSecret *token = read_secret (object, provider->refresh_token_member);

  return token != NULL ? token : read_secret (root, provider->refresh_token_member);
}

static void
remove_named (const CvgProvider *provider, JsonObject *object)
{
  for (size_t i = 0; named_members[i] != NULL; i++)
    json_object_remove_member (object, named_members[i]);
  json_object_remove_member (object, provider->refresh_token_member);
}

static GVariant *
read_members (JsonObject *object)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GList) names = json_object_get_members (object);
  gboolean is_empty = TRUE;

  for (GList *name = names; name != NULL; name = name->next)
    {
      JsonNode *member = json_object_get_member (object, name->data);
      g_autoptr (GVariant) value = NULL;

      if (JSON_NODE_HOLDS_NULL (member))
        continue;

      value = cvg_json_body_to_variant (member);
      g_variant_builder_add (&builder, "{sv}", name->data, value);
      is_empty = FALSE;
    }

  return is_empty ? NULL : cvg_members_keep_secret (g_variant_builder_end (&builder));
}

/* What is named is read from @object, which is @root or in it; the rest of @root is kept. A token
 * that stayed behind in a member would be there when it is long dead, and its refresh token seen by
 * who must not see any. */
static CvgCredentials *
read_credentials (const CvgProvider *provider, JsonObject *root, JsonObject *object, gint64 now)
{
  CvgCredentials *credentials = cvg_credentials_new ();
  const char *type = cvg_json_body_get_string (object, "token_type");
  gint64 lifetime = read_lifetime (provider, object);

  credentials->access_token = read_secret (object, "access_token");
  credentials->refresh_token = read_refresh_token (provider, root, object);
  credentials->id_token = read_secret (object, "id_token");
  credentials->token_type = g_strdup (type != NULL && *type != '\0' ? type : "Bearer");
  credentials->scope = read_scope (provider, object);
  credentials->obtained_at = now;
  credentials->expires_at = lifetime > 0 ? now + lifetime : 0;

  remove_named (provider, object);
  remove_named (provider, root);
  credentials->members = read_members (root);
  return credentials;
}

/* Returns: (transfer full): why @response is no success. A grant that gave a token is not dead,
 * whatever else the answer says. */
static GError *
refuse (const CvgProvider *provider,
        CvgTokenGrant grant,
        const CvgHttpResponse *response,
        JsonObject *root,
        gboolean has_given)
{
  g_autoptr (GError) error = cvg_token_error_classify (provider, grant, response, root);

  if (has_given && g_error_matches (error, CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN))
    return cvg_error_code_try_later (provider->name, response->status, response->retry_after);

  return g_steal_pointer (&error);
}

/**
 * cvg_token_response_parse:
 * @provider: who was asked
 * @grant: for what
 * @response: what it answered
 * @now: Unix seconds at the moment of the answer
 *
 * Returns: (transfer full): the credentials, without serial and client id; fails with
 *   %CVG_ERROR_NEEDS_SIGN_IN, %CVG_ERROR_REFUSED or %CVG_ERROR_TRY_LATER:
 *   cvg_token_error_classify()
 */
CvgCredentials *
cvg_token_response_parse (const CvgProvider *provider,
                          CvgTokenGrant grant,
                          const CvgHttpResponse *response,
                          gint64 now,
                          GError **error)
{
  g_autoptr (JsonObject) root = cvg_answer_body_read (response);
  gboolean is_success = response->status >= 200 && response->status < 300;
  JsonObject *object = root != NULL ? find_object (provider, root, "access_token") : NULL;
  const char *type = NULL;

  if (!is_success || root == NULL || cvg_answer_body_says_error (root, provider->error_members))
    {
      g_propagate_error (error,
                         refuse (provider, grant, response, root, is_success && object != NULL));
      return NULL;
    }

  if (object == NULL)
    {
      g_propagate_error (error, cvg_error_code_try_later (provider->name, response->status,
                                                          response->retry_after));
      return NULL;
    }

  type = cvg_json_body_get_string (object, "token_type");
  if (type != NULL && *type != '\0' && !is_bearer (provider, type))
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED,
                   "%s gave a token of a type that Claviger does not know how to use",
                   provider->name);
      return NULL;
    }

  return read_credentials (provider, root, object, now);
}

/**
 * cvg_token_response_find_refresh_token:
 * @provider: who was asked
 * @response: an answer to a refresh that cvg_token_response_parse() could not use
 *
 * A server that replaces refresh tokens has replaced this one with whatever else is wrong with its
 * answer; without the new one the grant would be lost over a missing access token. One that says
 * that it refused has replaced nothing, unless there is an access token all the same.
 *
 * Returns: (transfer full) (nullable): the refresh token in it; %NULL if it has none
 */
CvgSecret *
cvg_token_response_find_refresh_token (const CvgProvider *provider, const CvgHttpResponse *response)
{
  gboolean is_success = response->status >= 200 && response->status < 300;
  g_autoptr (JsonObject) root = is_success ? cvg_answer_body_read (response) : NULL;
  JsonObject *object = root != NULL ? find_object (provider, root, "access_token") : NULL;
  g_autoptr (CvgSecret) token = NULL;

  if (root == NULL ||
      (object == NULL && cvg_answer_body_says_error (root, provider->error_members)))
    return NULL;
  if (object == NULL)
    object = find_object (provider, root, provider->refresh_token_member);
  if (object != NULL)
    token = read_refresh_token (provider, root, object);

  return token != NULL && is_usable_token (cvg_secret_peek (token)) ? g_steal_pointer (&token) :
                                                                      NULL;
}

static GVariant *
overlay (GVariant *below, GVariant *above)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (below);
  GVariantIter iter = { 0 };
  const char *key = NULL;
  GVariant *value = NULL;

  g_variant_iter_init (&iter, above);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_variant_dict_insert_value (&dict, key, value);

  return cvg_members_keep_secret (g_variant_dict_end (&dict));
}

static void
keep_secret (CvgSecret **now, CvgSecret *before)
{
  if (*now == NULL && before != NULL)
    *now = cvg_secret_ref (before);
}

static void
keep_text (char **now, const char *before)
{
  if (*now == NULL)
    *now = g_strdup (before);
}

static void
keep_variant (GVariant **now, GVariant *before)
{
  if (*now == NULL && before != NULL)
    *now = g_variant_ref (before);
}

/**
 * cvg_token_response_merge:
 * @before: the credentials that were refreshed
 * @answer: what the refresh brought
 *
 * A refresh often brings less than the sign-in did; a missing refresh token means that the old
 * one stays good (RFC 6749 section 6), a missing scope that it did not change (section 5.1).
 *
 * Returns: (transfer full): @answer, with what it did not bring from @before; its serial is 0
 */
CvgCredentials *
cvg_token_response_merge (const CvgCredentials *before, const CvgCredentials *answer)
{
  CvgCredentials *merged = cvg_credentials_copy (answer);

  merged->serial = 0;
  keep_secret (&merged->refresh_token, before->refresh_token);
  keep_secret (&merged->id_token, before->id_token);
  keep_text (&merged->scope, before->scope);
  keep_text (&merged->client_id, before->client_id);
  keep_variant (&merged->resources, before->resources);
  keep_variant (&merged->account, before->account);
  keep_variant (&merged->server, before->server);
  keep_variant (&merged->members, before->members);
  if (answer->members != NULL && before->members != NULL)
    {
      g_variant_unref (merged->members);
      merged->members = overlay (before->members, answer->members);
    }

  return merged;
}

/**
 * cvg_token_response_add_members:
 * @credentials: fresh ones, not yet anybody else's
 * @members: (nullable): a{sv}: what came of them by another way than the answer
 *
 * The answer came from the server itself, so that it wins; nothing that has a name of its own in
 * auth data is taken.
 */
void
cvg_token_response_add_members (CvgCredentials *credentials, GVariant *members)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (credentials->members);
  GVariantIter iter = { 0 };
  const char *name = NULL;
  GVariant *value = NULL;

  if (members == NULL)
    return;

  g_variant_iter_init (&iter, members);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    if (!cvg_auth_data_is_named_key (name) && !g_variant_dict_contains (&dict, name))
      g_variant_dict_insert_value (&dict, name, value);

  g_clear_pointer (&credentials->members, g_variant_unref);
  credentials->members = cvg_members_keep_secret (g_variant_dict_end (&dict));
}
