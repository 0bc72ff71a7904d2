/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "client/output.h"

#include <math.h>

#include "client/cli.h"

static void
test_width (void)
{
  static const struct
  {
    const char *text;
    unsigned int width;
  } vectors[] = {
    { "", 0 },
    { "abc", 3 },
    { "büro", 4 },
    { "o\xcc\x88l", 2 },   /* a combining mark takes no room */
    { "東京", 4 },         /* wide characters take two */
    { "a\xe2\x80\x8d", 1 } /* neither does a joiner */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_cmpuint (cvg_output_get_width (vectors[i].text), ==, vectors[i].width);
}

static void
test_cut (void)
{
  static const struct
  {
    const char *text;
    unsigned int width;
    const char *cut;
  } vectors[] = {
    { "abc", 3, "abc" },   { "abc", 2, "a…" },    { "abc", 1, "…" },     { "abc", 0, "" },
    { "", 0, "" },         { "東京x", 4, "東…" }, { "東京x", 3, "東…" }, { "東京x", 2, "…" },
    { "ab cd", 4, "ab…" }, /* a blank before the ellipsis is no good to anybody */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *cut = cvg_output_cut (vectors[i].text, vectors[i].width);

      g_assert_cmpstr (cut, ==, vectors[i].cut);
    }
}

static void
test_printable (void)
{
  static const struct
  {
    const char *text;
    const char *printable;
  } vectors[] = {
    { "plain – büro", "plain – büro" },
    { "\033]0;title\007", "\xef\xbf\xbd]0;title\xef\xbf\xbd" }, /* an escape sequence */
    { "a\nb\rc\td", "a\xef\xbf\xbd"
                    "b\xef\xbf\xbd"
                    "c\xef\xbf\xbd"
                    "d" }, /* a line of its own */
    { "\xc2\x9b"
      "31m",
      "\xef\xbf\xbd"
      "31m" },                                  /* C1 control */
    { "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd" }, /* no UTF-8 */
    { "a\xe2\x80\xae"
      "b",
      "a\xef\xbf\xbd"
      "b" }, /* right-to-left override */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *printable = cvg_output_make_printable (vectors[i].text);

      g_assert_cmpstr (printable, ==, vectors[i].printable);
    }
}

static void
test_json (void)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (
      "{'success': <false>, 'authData': <@ma{sv} nothing>,"
      " 'serial': <@t 7>, 'label': <'\\u001b\"'>, 'sites': <[{'id': <'1'>}]>}"));
  g_autofree char *text = cvg_output_format_json (value, FALSE);

  g_assert_cmpstr (text, ==,
                   "{\"success\":false,\"authData\":null,\"serial\":7,"
                   "\"label\":\"\\u001b\\\"\",\"sites\":[{\"id\":\"1\"}]}");
}

/* What is no number for JSON may come from any program that stores auth data. */
static void
test_json_of_no_number (void)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL;
  const double numbers[] = { (double) NAN, 1.5, -(double) INFINITY };

  g_variant_dict_insert_value (
      dict, "a", g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, numbers, 3, sizeof *numbers));
  value = g_variant_ref_sink (
      g_variant_new_parsed ("{'deep': <[%v]>}", g_variant_new_double ((double) INFINITY)));
  text = cvg_output_format_json (value, FALSE);
  g_assert_cmpstr (text, ==, "{\"deep\":[null]}");

  g_clear_pointer (&value, g_variant_unref);
  g_clear_pointer (&text, g_free);
  value = g_variant_ref_sink (g_variant_dict_end (dict));
  text = cvg_output_format_json (value, FALSE);
  g_assert_cmpstr (text, ==, "{\"a\":[null,1.5,null]}");
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/output/width", test_width);
  g_test_add_func ("/client/output/cut", test_cut);
  g_test_add_func ("/client/output/printable", test_printable);
  g_test_add_func ("/client/output/json", test_json);
  g_test_add_func ("/client/output/json-of-no-number", test_json_of_no_number);
  return g_test_run ();
}
