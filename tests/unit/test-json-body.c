/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/json-body.h"

#include <string.h>

static JsonNode *
parse_sized (const char *text, gsize length)
{
  g_autoptr (CvgSecret) body = cvg_secret_new_sized (text, length);

  return cvg_json_body_parse (body);
}

static void
test_taken (void)
{
  static const char *const bodies[] = {
    "{}",                                          /* empty object */
    "[]",                                          /* empty array */
    " \r\n\t{\"a\": [1, -2.5e+3, true, null]} \n", /* white space, every kind of value */
    "{\"a\":\"\\u20ac\\ud83d\\ude00\"}",           /* escapes, a surrogate pair */
    "{\"a\":\"\\\\u0000\"}",                       /* a backslash, then "u0000": no NUL */
    "{\"a\":\"{[{[//'#=\"}",                       /* what would be wrong outside of a string */
    "{\"a\":\"\xe2\x82\xac\"}",                    /* UTF-8 */
    "{\"\":1}",                                    /* an empty name */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (JsonNode) node = parse_sized (bodies[i], strlen (bodies[i]));

      g_assert_nonnull (node);
    }
}

static void
test_refused (void)
{
  static const char *const bodies[] = {
    "",                             /* nothing */
    " ",                            /* nothing, at length */
    "null",                         /* no object, no array */
    "\"text\"",                     /* likewise */
    "17",                           /* likewise */
    "{",                            /* cut off */
    "{\"a\":",                      /* cut off */
    "{\"a\":\"b",                   /* cut off in a string */
    "{\"a\":\"b\\",                 /* cut off in an escape */
    "{\"a\":\"\\u12",               /* cut off in an escape */
    "{\"a\":1}}",                   /* too many ends */
    "{\"a\":1]",                    /* the wrong end */
    "{\"a\":1}{\"a\":2}",           /* two roots: which is it? */
    "{\"a\":1} x",                  /* something behind it */
    "{\"a\":1,}",                   /* no JSON */
    "{a:1}",                        /* no JSON */
    "{'a':1}",                      /* no JSON */
    "var x = {\"a\":1}",            /* JavaScript, which the library takes */
    "/* c */ {\"a\":1}",            /* a comment, which the library takes */
    "{\"a\":1} // c",               /* likewise */
    "{\"a\":\"\\u0000\"}",          /* NUL would end the string */
    "{\"a\":\"\\ud800\"}",          /* half of a pair */
    "{\"a\":\"\\udc00\"}",          /* the other half */
    "{\"a\":\"\\ud800\\u0041\"}",   /* half of a pair and a character */
    "{\"a\":\"\\ud800x\"}",         /* half of a pair and a character */
    "{\"a\":\"\\x41\"}",            /* no such escape */
    "{\"a\":\"\n\"}",               /* a bare control character */
    "{\"a\":\"\xff\"}",             /* not UTF-8 */
    "{\"a\":\"\xed\xa0\x80\"}",     /* a surrogate in UTF-8 */
    "<!DOCTYPE html><html></html>", /* a captive portal */
    "error=invalid_grant",          /* a form */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      gsize length = strlen (bodies[i]);
      g_autofree char *tight = g_memdup2 (bodies[i], length);
      g_autoptr (JsonNode) node = parse_sized (tight, length);

      if (node != NULL)
        g_test_message ("taken: %s", bodies[i]);
      g_assert_null (node);
    }
}

static void
test_nul_in_the_bytes (void)
{
  g_autoptr (JsonNode) inside = parse_sized ("{\"a\":\"b\0c\"}", 11);
  g_autoptr (JsonNode) behind = parse_sized ("{\"a\":\"b\"}\0", 10);

  g_assert_null (inside);
  g_assert_null (behind);
}

static JsonNode *
parse_nested (int depth)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < depth; i++)
    g_string_append_c (text, '[');
  for (int i = 0; i < depth; i++)
    g_string_append_c (text, ']');
  return parse_sized (text->str, text->len);
}

static void
test_depth (void)
{
  g_autoptr (JsonNode) deep = parse_nested (16);
  g_autoptr (JsonNode) too_deep = parse_nested (17);
  g_autoptr (JsonNode) hostile = parse_nested (500000);

  g_assert_nonnull (deep);
  g_assert_null (too_deep);
  g_assert_null (hostile);
}

static JsonNode *
parse_long (gsize length)
{
  g_autofree char *text = g_malloc (length);

  memset (text, ' ', length);
  text[0] = '[';
  text[length - 1] = ']';
  return parse_sized (text, length);
}

static void
test_length (void)
{
  g_autoptr (JsonNode) longest = parse_long (1024 * 1024);
  g_autoptr (JsonNode) too_long = parse_long (1024 * 1024 + 1);

  g_assert_nonnull (longest);
  g_assert_null (too_long);
}

/* @n values, each as @value, of which the library would make something that takes minutes. */
static JsonNode *
parse_many (guint n, const char *value)
{
  g_autoptr (GString) text = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", value);
  g_string_append_c (text, ']');
  return parse_sized (text->str, text->len);
}

static void
test_many_values (void)
{
  g_autoptr (JsonNode) many = parse_many (10001, "null");
  g_autoptr (JsonNode) too_many = parse_many (10002, "null");
  g_autoptr (JsonNode) twice = parse_many (1, "{\"a\":\",,,,,,\",\"a\":1}");
  g_autoptr (JsonNode) in_text = parse_many (5000, "\",,,\"");

  g_assert_nonnull (many);
  g_assert_null (too_many);
  g_assert_nonnull (twice);
  g_assert_nonnull (in_text);
}

static void
test_variants_have_no_nulls (void)
{
  static const char text[] = "{\"n\":null,\"s\":\"x\",\"i\":1,\"d\":1.5,\"b\":true,"
                             "\"o\":{\"n\":null,\"k\":\"v\"},\"a\":[null,\"x\",null,{\"n\":null}]}";
  g_autoptr (JsonNode) node = parse_sized (text, strlen (text));
  g_autoptr (GVariant) variant = cvg_json_body_to_variant (node);
  g_autoptr (GVariant) expected = g_variant_ref_sink (g_variant_new_parsed (
      "{'s': <'x'>, 'i': <int64 1>, 'd': <1.5>, 'b': <true>, 'o': <{'k': <'v'>}>,"
      " 'a': <[<'x'>, <@a{sv} {}>]>}"));

  g_assert_cmpvariant (variant, expected);
  g_assert_false (g_variant_is_floating (variant));
}

static void
test_wide_integers (void)
{
  static const struct
  {
    const char *number;
    double wide; /* 0: it stays whole */
    gint64 whole;
  } vectors[] = {
    { "9223372036854775807", 0, G_MAXINT64 },                    /* the largest */
    { "-9223372036854775808", 0, G_MININT64 },                   /* the smallest */
    { "9223372036854775808", 9223372036854775808.0, 0 },         /* one more */
    { "-9223372036854775809", -9223372036854775808.0, 0 },       /* one less */
    { "1180591620717411303424", 0x1p70, 0 },                     /* 2^70 */
    { "-1180591620717411303424", -0x1p70, 0 },                   /* below 0 */
    { "0.1234567890123456789012", 0.1234567890123456789012, 0 }, /* many digits, but no overflow */
    { "11805916207174113034240e1", 0x1p70 * 100, 0 },            /* a double as it is */
    { "1234567890123456789", 0, G_GINT64_CONSTANT (1234567890123456789) },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("{\"a\":[%s,\"%s\"]}", vectors[i].number, vectors[i].number);
      g_autoptr (JsonNode) node = parse_sized (text, strlen (text));
      g_autoptr (GVariant) variant = cvg_json_body_to_variant (node);
      g_autoptr (GVariant) array = g_variant_lookup_value (variant, "a", G_VARIANT_TYPE ("av"));
      g_autoptr (GVariant) number = NULL;
      g_autoptr (GVariant) string = NULL;

      g_variant_get_child (array, 0, "v", &number);
      g_variant_get_child (array, 1, "v", &string);
      if (vectors[i].wide == 0)
        g_assert_cmpint (g_variant_get_int64 (number), ==, vectors[i].whole);
      else
        g_assert_cmpfloat_with_epsilon (g_variant_get_double (number) / vectors[i].wide, 1, 1e-12);
      /* What looks like one in a string is none. */
      g_assert_cmpstr (g_variant_get_string (string, NULL), ==, vectors[i].number);
    }
}

static void
test_get_string (void)
{
  static const char text[] = "{\"s\":\"x\",\"i\":1,\"n\":null,\"o\":{},\"a\":[\"x\"],\"b\":true}";
  g_autoptr (JsonNode) node = parse_sized (text, strlen (text));
  JsonObject *object = json_node_get_object (node);
  static const char *const others[] = { "i", "n", "o", "a", "b", "missing" };

  g_assert_cmpstr (cvg_json_body_get_string (object, "s"), ==, "x");
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_null (cvg_json_body_get_string (object, others[i]));
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-body/taken", test_taken);
  g_test_add_func ("/json-body/refused", test_refused);
  g_test_add_func ("/json-body/nul-in-the-bytes", test_nul_in_the_bytes);
  g_test_add_func ("/json-body/depth", test_depth);
  g_test_add_func ("/json-body/length", test_length);
  g_test_add_func ("/json-body/many-values", test_many_values);
  g_test_add_func ("/json-body/variants-have-no-nulls", test_variants_have_no_nulls);
  g_test_add_func ("/json-body/wide-integers-become-doubles", test_wide_integers);
  g_test_add_func ("/json-body/get-string", test_get_string);
  return g_test_run ();
}
