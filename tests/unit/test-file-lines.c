/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "providers/file-lines.h"

#include <string.h>

/* All lines as "number group/key" or "number !", with spaces between. */
static char *
describe (GPtrArray *lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      const CvgFileLine *line = g_ptr_array_index (lines, i);

      g_string_append_printf (text, "%s%u ", i > 0 ? " " : "", line->number);
      if (line->mistake != NULL)
        g_string_append_c (text, '!');
      else if (line->key != NULL)
        g_string_append_printf (text, "%s/%s", line->group, line->key);
      else
        g_string_append (text, line->group);
    }

  return g_string_free (text, FALSE);
}

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    const char *lines;
  } vectors[] = {
    { "", "" },
    { "\n\n# a\n  \t\n#[g]\n", "" },
    { "[g]\na=b\n", "1 g 2 g/a" },
    { "[g]\na=b", "1 g 2 g/a" },                /* no line feed at the end */
    { "[g]\r\n\r\na = b \r\n", "1 g 3 g/a" },   /* as another system writes it */
    { "# x\n\n[g]\n# y\n\na=\n", "3 g 6 g/a" }, /* an empty value is one */
    { "[g]\na=b\n[h]\na=c\n[g]\nd=e\n", "1 g 2 g/a 3 h 4 h/a 5 g 6 g/d" },
    { "[g]\na=b\\\nc=d\n", "1 g 2 g/a 3 g/c" }, /* nothing goes on in the next line */
    { "[g]\na=b\\\n  c\n", "1 g 2 g/a 3 !" },
    { "[g]\na=#b\na=[h]\na==\n", "1 g 2 g/a 3 g/a 4 g/a" },
    { "[g]\nName[de]=x\n", "1 g 2 g/Name[de]" },
    { "[a b]\nc d=e\n", "1 a b 2 a b/c d" },
    { "a=b\n[g]\n", "1 ! 2 g" }, /* before any group */
    { "[g\nb\n=c\n[]\n[g]x\n", "1 ! 2 ! 3 ! 4 ! 5 !" },
    { "[g]\nEncoding=UTF-8\n", "1 g 2 g/Encoding" },
    { "[group]\n[group]\na=b\n", "1 group 2 group 3 group/a" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GPtrArray) lines =
          cvg_file_lines_parse (vectors[i].text, strlen (vectors[i].text));
      g_autofree char *actual = describe (lines);

      g_test_message ("row %zu", i);
      g_assert_cmpstr (actual, ==, vectors[i].lines);
    }
}

/* What is one to the whole file is one here, and the other way round. */
static void
test_agrees_with_key_files (void)
{
  static const char *const texts[] = {
    "[g]\na=b\n",
    "a=b\n",
    "[g]\na\n",
    "[g\n",
    "[g]x\n",
    "[]\n",
    "[g]\n=a\n",
    "[g]\n a=b\n",
    " [g]\n",
    "[g]\na =b\n",
    "[g]\n\ta\t=\tb\n",
    "[g]\na[=b\n",
    "[g]\na[]=b\n",
    "[g]\na]=b\n",
    "[g]\n[h]\n",
    "",
    "\n",
    "#",
    "[g]\n#",
    "[\x01]\n",
    "[g]\n\x01=a\n",
    "[g]\n\xc3\xa9=a\n",
    "[\xc3\xa9]\n",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autoptr (GPtrArray) lines = cvg_file_lines_parse (texts[i], strlen (texts[i]));
      gboolean loads =
          g_key_file_load_from_data (file, texts[i], strlen (texts[i]), G_KEY_FILE_NONE, NULL);
      gboolean right = TRUE;

      for (guint j = 0; j < lines->len; j++)
        right = right && ((CvgFileLine *) g_ptr_array_index (lines, j))->mistake == NULL;
      g_test_message ("row %zu", i);
      g_assert_cmpint (right, ==, loads);
    }
}

static void
test_find (void)
{
  const char *text = "[g]\na=1\nb=2\na=3\n[h]\na=4\n[g]\nb\nc=5\n";
  g_autoptr (GPtrArray) lines = cvg_file_lines_parse (text, strlen (text));

  g_assert_cmpuint (cvg_file_lines_find (lines, "g", "a"), ==, 4); /* the last counts */
  g_assert_cmpuint (cvg_file_lines_find (lines, "g", "b"), ==, 3);
  g_assert_cmpuint (cvg_file_lines_find (lines, "g", "c"), ==, 9);
  g_assert_cmpuint (cvg_file_lines_find (lines, "h", "a"), ==, 6);
  g_assert_cmpuint (cvg_file_lines_find (lines, "h", "b"), ==, 0);
  g_assert_cmpuint (cvg_file_lines_find (lines, "h", NULL), ==, 5);
  g_assert_cmpuint (cvg_file_lines_find (lines, "g", NULL), ==, 7);
  g_assert_cmpuint (cvg_file_lines_find (lines, "i", NULL), ==, 0);
}

static void
test_count (void)
{
  g_assert_cmpuint (cvg_file_lines_count ("", 0), ==, 1);
  g_assert_cmpuint (cvg_file_lines_count ("a\nb\n", 2), ==, 2);
  g_assert_cmpuint (cvg_file_lines_count ("a\nb\n", 3), ==, 2);
  g_assert_cmpuint (cvg_file_lines_count ("a\nb\n", 4), ==, 3);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-lines/parse", test_parse);
  g_test_add_func ("/file-lines/agrees-with-key-files", test_agrees_with_key_files);
  g_test_add_func ("/file-lines/find", test_find);
  g_test_add_func ("/file-lines/count", test_count);
  return g_test_run ();
}
