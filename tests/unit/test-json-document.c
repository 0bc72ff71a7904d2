/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/json-document.h"

#include <string.h>

#include "dbus/error.h"
#include "oauth/json-body.h"

static JsonNode *
open_document (guint status, const char *type, const char *text, GError **error)
{
  g_autoptr (CvgSecret) body = cvg_secret_new (text);
  g_autoptr (CvgHttpResponse) response = cvg_http_response_new (status, type, 7, body);

  return cvg_json_document_open (response, error);
}

static void
test_documents (void)
{
  static const struct
  {
    guint status;
    const char *type;
    const char *body;
    int code; /* 0: it is one */
  } vectors[] = {
    { 200, "application/json", "{}", 0 },
    { 200, "application/jwk-set+json", "{\"a\":1}", 0 },
    { 200, "text/plain", "{}", 0 }, /* JSON under another name */
    { 200, NULL, "{}", 0 },
    { 200, "text/html", "<html>hello</html>", CVG_ERROR_NOT_FOUND }, /* a page for all paths */
    { 200, "application/json", "[]", CVG_ERROR_NOT_FOUND },          /* no object */
    { 200, "application/json", "", CVG_ERROR_NOT_FOUND },
    { 200, "application/json", "{\"a\":", CVG_ERROR_NOT_FOUND }, /* broken off */
    { 201, "application/json", "{}", CVG_ERROR_NOT_FOUND },      /* RFC 8414 section 3.2: 200 */
    { 404, "application/json", "{}", CVG_ERROR_NOT_FOUND },
    { 401, "application/json", "{}", CVG_ERROR_NOT_FOUND },
    { 302, NULL, "", CVG_ERROR_NOT_FOUND }, /* not followed */
    { 408, NULL, "", CVG_ERROR_TRY_LATER },
    { 429, NULL, "", CVG_ERROR_TRY_LATER },
    { 503, "text/html", "<html>", CVG_ERROR_TRY_LATER },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) root =
          open_document (vectors[i].status, vectors[i].type, vectors[i].body, &error);

      g_test_message ("%u %s", vectors[i].status, vectors[i].body);
      if (vectors[i].code == 0)
        {
          g_assert_no_error (error);
          g_assert_true (JSON_NODE_HOLDS_OBJECT (root));
        }
      else
        {
          g_assert_null (root);
          g_assert_error (error, CVG_ERROR, vectors[i].code);
        }
    }
}

static void
test_huge (void)
{
  g_autofree char *filling = g_strnfill (1024 * 1024, 'x');
  g_autofree char *body = g_strdup_printf ("{\"a\":\"%s\"}", filling);
  g_autoptr (GError) error = NULL;

  g_assert_null (open_document (200, NULL, body, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_NOT_FOUND);
}

static JsonObject *
parse (const char *text)
{
  g_autoptr (CvgSecret) body = cvg_secret_new (text);
  g_autoptr (JsonNode) root = cvg_json_body_parse (body);

  g_assert_nonnull (root);
  return json_object_ref (json_node_get_object (root));
}

/* One document with a member of each kind under its name. */
#define KINDS                                                                                      \
  "{\"text\":\"x\",\"empty\":\"\",\"null\":null,\"true\":true,\"number\":1,\"object\":{},"         \
  "\"list\":[\"a\",\"b\"],\"nothing\":[],\"mixed\":[\"a\",1],\"nulls\":[null]}"

static void
test_strings (void)
{
  static const char *const wrong[] = { "true", "number", "object", "list" };
  g_autoptr (JsonObject) object = parse (KINDS);
  const char *value = "";

  g_assert_true (cvg_json_document_read_string (object, "text", &value, NULL));
  g_assert_cmpstr (value, ==, "x");
  g_assert_true (cvg_json_document_read_string (object, "empty", &value, NULL));
  g_assert_cmpstr (value, ==, "");
  g_assert_true (cvg_json_document_read_string (object, "null", &value, NULL));
  g_assert_null (value);
  value = "";
  g_assert_true (cvg_json_document_read_string (object, "absent", &value, NULL));
  g_assert_null (value);

  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (cvg_json_document_read_string (object, wrong[i], &value, &error));
      g_assert_error (error, CVG_ERROR, CVG_ERROR_REFUSED);
      g_assert_nonnull (strstr (error->message, wrong[i]));
    }
}

static void
test_booleans (void)
{
  static const char *const wrong[] = { "text", "number", "object", "list" };
  g_autoptr (JsonObject) object = parse (KINDS);
  gboolean value = FALSE;

  g_assert_true (cvg_json_document_read_boolean (object, "true", &value, NULL));
  g_assert_true (value);
  g_assert_true (cvg_json_document_read_boolean (object, "absent", &value, NULL));
  g_assert_false (value);
  value = TRUE;
  g_assert_true (cvg_json_document_read_boolean (object, "null", &value, NULL));
  g_assert_false (value);

  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (cvg_json_document_read_boolean (object, wrong[i], &value, &error));
      g_assert_error (error, CVG_ERROR, CVG_ERROR_REFUSED);
    }
}

static void
test_lists (void)
{
  static const char *const wrong[] = { "text", "true", "number", "object", "mixed", "nulls" };
  g_autoptr (JsonObject) object = parse (KINDS);
  char **value = NULL;

  g_assert_true (cvg_json_document_read_strings (object, "list", &value, NULL));
  g_assert_cmpstr (value[0], ==, "a");
  g_assert_cmpstr (value[1], ==, "b");
  g_assert_null (value[2]);
  g_clear_pointer (&value, g_strfreev);
  g_assert_true (cvg_json_document_read_strings (object, "nothing", &value, NULL));
  g_assert_nonnull (value);
  g_assert_null (value[0]);
  g_clear_pointer (&value, g_strfreev);
  g_assert_true (cvg_json_document_read_strings (object, "absent", &value, NULL));
  g_assert_null (value);

  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (cvg_json_document_read_strings (object, wrong[i], &value, &error));
      g_assert_null (value);
      g_assert_error (error, CVG_ERROR, CVG_ERROR_REFUSED);
    }
}

static void
test_long_list (void)
{
  g_autoptr (GString) text = g_string_new ("{\"l\":[\"x\"");
  g_autoptr (JsonObject) object = NULL;
  char **value = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append (text, ",\"x\"");
  g_string_append (text, "]}");
  object = parse (text->str);
  g_assert_false (cvg_json_document_read_strings (object, "l", &value, NULL));
  g_assert_null (value);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-document/documents", test_documents);
  g_test_add_func ("/json-document/huge", test_huge);
  g_test_add_func ("/json-document/strings", test_strings);
  g_test_add_func ("/json-document/booleans", test_booleans);
  g_test_add_func ("/json-document/lists", test_lists);
  g_test_add_func ("/json-document/long-list", test_long_list);
  return g_test_run ();
}
