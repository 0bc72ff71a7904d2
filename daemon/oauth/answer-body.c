/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What servers answer, whichever of their endpoints was asked: JSON by the letter, a form, numbers
 * as text, and errors under status 200.
 */
#include "oauth/answer-body.h"

#include "oauth/form.h"
#include "oauth/json-body.h"

static gboolean
add_form_member (const char *name, const char *value, gsize length, gpointer user_data)
{
  char *plain = cvg_form_unescape (value, length);

  if (plain != NULL)
    json_object_set_string_member (user_data, name, plain);
  cvg_wipe_free (plain);
  return TRUE;
}

static JsonObject *
read_form (const CvgSecret *body)
{
  g_autoptr (JsonObject) object = json_object_new ();

  if (!cvg_json_body_is_sound (body))
    return NULL;

  cvg_form_visit (cvg_secret_peek (body), add_form_member, object);
  return g_steal_pointer (&object);
}

/**
 * cvg_answer_body_read:
 * @response: what came
 *
 * The content type is asked only where it changes what the bytes mean: HTML is a captive portal
 * or a proxy, and a form is what GitHub sends. For the rest, what parses is judged.
 *
 * Returns: (transfer full) (nullable): the body; %NULL if it is no object
 */
JsonObject *
cvg_answer_body_read (const CvgHttpResponse *response)
{
  g_autoptr (JsonNode) root = NULL;

  if (g_strcmp0 (response->content_type, "text/html") == 0)
    return NULL;
  if (g_strcmp0 (response->content_type, "application/x-www-form-urlencoded") == 0)
    return read_form (response->body);

  root = cvg_json_body_parse (response->body);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_dup_object (root) : NULL;
}

static gboolean
is_false (JsonNode *node)
{
  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN &&
         !json_node_get_boolean (node);
}

/**
 * cvg_answer_body_says_error:
 *
 * "error" of null, false or nothing is none; of any other type it is one, if not one to read.
 *
 * Returns: whether @object is a refusal, whatever the status it came with
 */
gboolean
cvg_answer_body_says_error (JsonObject *object)
{
  JsonNode *error = json_object_get_member (object, "error");

  if (is_false (json_object_get_member (object, "ok")))
    return TRUE;
  if (error == NULL || JSON_NODE_HOLDS_NULL (error) || is_false (error))
    return FALSE;

  return g_strcmp0 (cvg_json_body_get_string (object, "error"), "") != 0;
}

static double
read_text (const char *text)
{
  char *end = NULL;
  double number = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' ? number : 0;
}

/**
 * cvg_answer_body_get_number:
 *
 * Returns: the number @member, which may be written as text; 0 if it is none. It may also be
 *   infinite or not a number at all
 */
double
cvg_answer_body_get_number (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL)
    return 0;

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_INT64:
    case G_TYPE_DOUBLE:
      return json_node_get_double (node);
    case G_TYPE_STRING:
      return read_text (json_node_get_string (node));
    default:
      return 0;
    }
}
