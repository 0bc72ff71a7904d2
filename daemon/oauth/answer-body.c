/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What servers answer, whichever of their endpoints was asked: JSON by the letter, a form, numbers
 * as text, and errors under status 200.
 */
#include "oauth/answer-body.h"

#include <math.h>

#include "oauth/form.h"
#include "oauth/json-body.h"

/* Far more than any answer has; why there is a bound is in json-body.c. */
#define PAIRS_MAX 1000

typedef struct
{
  JsonObject *object; /* (borrowed) */
  guint pairs;
} Form;

static gboolean
add_form_member (const char *name, const char *value, gsize length, gpointer user_data)
{
  Form *form = user_data;
  char *plain = cvg_form_unescape (value, length);

  if (plain != NULL)
    json_object_set_string_member (form->object, name, plain);
  cvg_wipe_free (plain);
  return ++form->pairs <= PAIRS_MAX;
}

static JsonObject *
read_form (const CvgSecret *body)
{
  g_autoptr (JsonObject) object = json_object_new ();
  Form form = { object, 0 };

  if (!cvg_json_body_is_sound (body) ||
      !cvg_form_visit (cvg_secret_peek (body), add_form_member, &form))
    return NULL;

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

static JsonNode *
get_child (JsonNode *node, const char *name)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_member (json_node_get_object (node), name);

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      guint64 index = 0;

      if (g_ascii_string_to_unsigned (name, 10, 0, G_MAXUINT, &index, NULL) &&
          index < json_array_get_length (array))
        return json_array_get_element (array, (guint) index);
    }

  return NULL;
}

/**
 * cvg_answer_body_find:
 * @path: names of members, one in the other, joined by dots; in a list, the number of an element
 *
 * Returns: (transfer none) (nullable): what is there
 */
JsonNode *
cvg_answer_body_find (JsonObject *object, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  JsonNode *node = *names != NULL ? json_object_get_member (object, *names) : NULL;

  for (char **name = names + 1; node != NULL && *name != NULL; name++)
    node = get_child (node, *name);

  return node;
}

/* Of a number, what a person would write: 190, never 190.0. */
static char *
dup_text (JsonNode *node)
{
  double number = 0;

  if (node == NULL)
    return NULL;

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return *json_node_get_string (node) != '\0' ? json_node_dup_string (node) : NULL;
    case G_TYPE_INT64:
    case G_TYPE_DOUBLE:
      number = json_node_get_double (node);
      return number != 0 && fabs (number) < G_MAXINT32 && number == trunc (number) ?
                 g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) number) :
                 NULL;
    default:
      return NULL;
    }
}

/**
 * cvg_answer_body_dup_text:
 * @paths: where it may be, the first with something in it counts
 * @standard: the member that the RFC has for it, when there is nothing at @paths
 *
 * Returns: (transfer full) (nullable): the text there, or the number as text; 0 is nothing
 */
char *
cvg_answer_body_dup_text (JsonObject *object, char **paths, const char *standard)
{
  for (; *paths != NULL; paths++)
    {
      char *text = dup_text (cvg_answer_body_find (object, *paths));

      if (text != NULL)
        return text;
    }

  return dup_text (json_object_get_member (object, standard));
}

static gboolean
is_false (JsonNode *node)
{
  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN &&
         !json_node_get_boolean (node);
}

/* Null, false, 0 and nothing are none; anything else is one, if not one to read. */
static gboolean
is_error (JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node) || is_false (node))
    return FALSE;

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return *json_node_get_string (node) != '\0';
    case G_TYPE_INT64:
    case G_TYPE_DOUBLE:
      return json_node_get_double (node) != 0;
    default:
      return TRUE;
    }
}

/**
 * cvg_answer_body_says_error:
 * @paths: (nullable): where the server has its error codes, beside "error"
 *
 * Returns: whether @object is a refusal, whatever the status it came with
 */
gboolean
cvg_answer_body_says_error (JsonObject *object, char **paths)
{
  if (is_false (json_object_get_member (object, "ok")) ||
      is_error (json_object_get_member (object, "error")))
    return TRUE;

  for (; paths != NULL && *paths != NULL; paths++)
    if (is_error (cvg_answer_body_find (object, *paths)))
      return TRUE;

  return FALSE;
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
