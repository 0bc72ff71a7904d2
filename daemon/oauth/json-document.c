/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A member that is absent, or null, says nothing. One of another type than the standard gives it is
 * no reason to guess: what a server says of its own security is understood, or not used at all.
 * Members that nobody asks for are ignored, as the standards want (RFC 8414 section 3.2, RFC 9728
 * section 3.2, RFC 7591 section 3.2.1).
 */
#include "oauth/json-document.h"

#include "dbus/error.h"
#include "oauth/error-code.h"
#include "oauth/json-body.h"

/* More scopes than any server has, and more redirect URIs. */
#define MAX_ELEMENTS 1000

/**
 * cvg_json_document_open:
 * @response: the answer to a GET
 *
 * What its type says does not matter: some serve JSON as text, and pages for people are no JSON.
 *
 * Returns: (transfer full): an object. Fails with %CVG_ERROR_NOT_FOUND if there is none, and with
 *   %CVG_ERROR_TRY_LATER if it can't be had now
 */
JsonNode *
cvg_json_document_open (const CvgHttpResponse *response, GError **error)
{
  const guint status = response->status;
  g_autoptr (JsonNode) root = status == 200 ? cvg_json_body_parse (response->body) : NULL;

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    return g_steal_pointer (&root);

  if (status == 408 || status == 429 || status >= 500)
    g_propagate_error (error,
                       cvg_error_code_try_later ("the server", status, response->retry_after));
  else if (status >= 300 && status < 400)
    g_set_error (error, CVG_ERROR, CVG_ERROR_NOT_FOUND,
                 "the server sends us elsewhere (HTTP %u), where we don't follow", status);
  else
    g_set_error (error, CVG_ERROR, CVG_ERROR_NOT_FOUND, "there is no such document (HTTP %u)",
                 status);
  return NULL;
}

static JsonNode *
find (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

static gboolean
refuse (const char *member, const char *what, GError **error)
{
  g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED, "“%s” is no %s", member, what);
  return FALSE;
}

/**
 * cvg_json_document_read_string:
 * @value: (out) (transfer none) (nullable): the text; %NULL if there is none
 *
 * Returns: whether @member is a text or absent; fails with %CVG_ERROR_REFUSED
 */
gboolean
cvg_json_document_read_string (JsonObject *object,
                               const char *member,
                               const char **value,
                               GError **error)
{
  JsonNode *node = find (object, member);

  *value = NULL;
  if (node == NULL)
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse (member, "text", error);

  *value = json_node_get_string (node);
  return TRUE;
}

/**
 * cvg_json_document_read_boolean:
 * @value: (out): what it says; %FALSE if it is absent
 *
 * Returns: whether @member is a truth value or absent; fails with %CVG_ERROR_REFUSED
 */
gboolean
cvg_json_document_read_boolean (JsonObject *object,
                                const char *member,
                                gboolean *value,
                                GError **error)
{
  JsonNode *node = find (object, member);

  *value = FALSE;
  if (node == NULL)
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (member, "truth value", error);

  *value = json_node_get_boolean (node);
  return TRUE;
}

static char **
dup_strings (JsonArray *array)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (json_node_get_value_type (element) != G_TYPE_STRING)
        return NULL;
      g_ptr_array_add (strings, g_strdup (json_node_get_string (element)));
    }

  g_ptr_array_add (strings, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&strings), FALSE);
}

/**
 * cvg_json_document_read_strings:
 * @value: (out) (transfer full) (nullable): the texts; %NULL if it is absent, which is not the same
 *   as an empty list
 *
 * Returns: whether @member is a list of texts, at most 1000, or absent; fails with
 *   %CVG_ERROR_REFUSED
 */
gboolean
cvg_json_document_read_strings (JsonObject *object,
                                const char *member,
                                char ***value,
                                GError **error)
{
  JsonNode *node = find (object, member);

  *value = NULL;
  if (node == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY (node) &&
      json_array_get_length (json_node_get_array (node)) <= MAX_ELEMENTS)
    *value = dup_strings (json_node_get_array (node));

  return *value != NULL || refuse (member, "list of texts", error);
}
