/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/answer-body.h"

static JsonObject *
parse (const char *text)
{
  g_autoptr (JsonNode) root = json_from_string (text, NULL);

  g_assert_nonnull (root);
  return json_node_dup_object (root);
}

static void
test_find (void)
{
  static const struct
  {
    const char *path;
    const char *found; /* NULL: nothing */
  } vectors[] = {
    { "a", "1" },        /* of the root */
    { "b.c", "\"x\"" },  /* in another */
    { "b.d.e", "true" }, /* in the other's other */
    { "l.1", "20" },     /* of a list */
    { "l.2.m", "null" }, /* in an element of it */
    { "b", "{\"c\":\"x\",\"d\":{\"e\":true}}" },
    { "z", NULL },     /* missing */
    { "b.z", NULL },   /* likewise */
    { "b.c.z", NULL }, /* text has no members */
    { "a.0", NULL },   /* nor has a number */
    { "l.3", NULL },   /* behind the end */
    { "l.-1", NULL },  /* before the start */
    { "l.x", NULL },   /* no number */
    { "l.99999999999999999999", NULL },
    { "", NULL }, /* no path */
    { ".", NULL },
    { "b.", NULL },
    { ".b", NULL },
    { "n.x", NULL }, /* null has no members */
  };
  g_autoptr (JsonObject) object = parse (
      "{\"a\":1,\"b\":{\"c\":\"x\",\"d\":{\"e\":true}},\"l\":[10,20,{\"m\":null}],\"n\":null}");

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      JsonNode *node = cvg_answer_body_find (object, vectors[i].path);
      g_autofree char *text = node != NULL ? json_to_string (node, FALSE) : NULL;

      g_test_message ("%s", vectors[i].path);
      g_assert_cmpstr (text, ==, vectors[i].found);
    }
}

static void
test_text (void)
{
  static const struct
  {
    const char *body;
    const char *text;
  } vectors[] = {
    { "{\"p\":{\"c\":190}}", "190" },                   /* a number */
    { "{\"p\":{\"c\":\"dead\"}}", "dead" },             /* text */
    { "{\"p\":{\"c\":190.0}}", "190" },                 /* a whole one */
    { "{\"p\":{\"c\":-4}}", "-4" },                     /* below 0 */
    { "{\"p\":{\"c\":0},\"q\":7}", "7" },               /* 0 is nothing: the next */
    { "{\"p\":{\"c\":\"\"},\"q\":\"x\"}", "x" },        /* likewise */
    { "{\"p\":\"s\",\"q\":\"x\"}", "x" },               /* no member in it */
    { "{\"p\":{\"c\":1},\"q\":2,\"std\":\"x\"}", "1" }, /* the first counts */
    { "{\"std\":\"x\"}", "x" },                         /* as in the RFC */
    { "{\"q\":null,\"std\":\"x\"}", "x" },
    { "{\"q\":true}", NULL },      /* no text */
    { "{\"q\":[1]}", NULL },       /* likewise */
    { "{\"q\":{\"a\":1}}", NULL }, /* likewise */
    { "{\"q\":0.5}", NULL },       /* no code is that */
    { "{\"q\":1e300}", NULL },
    { "{\"q\":9223372036854775807}", NULL },
    { "{}", NULL },
  };
  char *paths[] = { (char *) "p.c", (char *) "q", NULL };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (JsonObject) object = parse (vectors[i].body);
      g_autofree char *text = cvg_answer_body_dup_text (object, paths, "std");

      g_test_message ("%s", vectors[i].body);
      g_assert_cmpstr (text, ==, vectors[i].text);
    }
}

static void
test_says_error (void)
{
  static const struct
  {
    const char *body;
    gboolean says;
  } vectors[] = {
    { "{}", FALSE },
    { "{\"error\":null}", FALSE },
    { "{\"error\":false,\"ok\":true}", FALSE },
    { "{\"error\":\"\"}", FALSE },
    { "{\"error\":0}", FALSE },
    { "{\"status\":0,\"p\":{\"c\":\"\"}}", FALSE },
    { "{\"p\":\"c\"}", FALSE }, /* not where it would be */
    { "{\"error\":\"e\"}", TRUE },
    { "{\"error\":17}", TRUE },
    { "{\"error\":true}", TRUE },
    { "{\"error\":{}}", TRUE }, /* an object is one, with whatever in it */
    { "{\"error\":[]}", TRUE },
    { "{\"ok\":false}", TRUE },
    { "{\"status\":4001}", TRUE }, /* where the file says */
    { "{\"p\":{\"c\":\"e\"}}", TRUE },
    { "{\"p\":{\"c\":{\"deep\":1}}}", TRUE },
  };
  char *paths[] = { (char *) "p.c", (char *) "status", NULL };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (JsonObject) object = parse (vectors[i].body);

      g_test_message ("%s", vectors[i].body);
      g_assert_cmpint (cvg_answer_body_says_error (object, paths), ==, vectors[i].says);
    }
}

static JsonObject *
read_form (guint n)
{
  g_autoptr (GString) text = g_string_new ("a=b");
  g_autoptr (CvgSecret) body = NULL;
  g_autoptr (CvgHttpResponse) response = NULL;

  for (guint i = 1; i < n; i++)
    g_string_append (text, "&c=d");
  body = cvg_secret_new (text->str);
  response = cvg_http_response_new (200, "application/x-www-form-urlencoded", 0, body);
  return cvg_answer_body_read (response);
}

static void
test_form (void)
{
  g_autoptr (JsonObject) one = read_form (1);
  g_autoptr (JsonObject) many = read_form (1000);
  g_autoptr (JsonObject) too_many = read_form (1001);

  g_assert_cmpstr (json_object_get_string_member (one, "a"), ==, "b");
  g_assert_cmpstr (json_object_get_string_member (many, "c"), ==, "d");
  g_assert_null (too_many);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/answer-body/form", test_form);
  g_test_add_func ("/answer-body/find", test_find);
  g_test_add_func ("/answer-body/text", test_text);
  g_test_add_func ("/answer-body/says-error", test_says_error);
  return g_test_run ();
}
