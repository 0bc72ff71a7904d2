/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "client/paragraph.h"

static void
test_paragraph (void)
{
  static const struct
  {
    const char *text;
    unsigned int indent;
    unsigned int hang;
    unsigned int columns;
    const char *lines;
  } vectors[] = {
    { "", 2, 2, 10, "" },
    { "one two", 0, 0, 7, "one two\n" },
    { "one two", 0, 0, 6, "one\ntwo\n" },
    { "one two", 2, 4, 8, "  one\n    two\n" },
    { " one  two ", 2, 2, 20, "  one two\n" }, /* blanks are gaps */
    { "an https://example.org/ address", 1, 1, 10, " an\n https://example.org/\n address\n" },
    { "wider-than-that", 2, 2, 4, "  wider-than-that\n" },
    { "東京 東京", 0, 0, 9, "東京 東京\n" }, /* by what they take on the screen */
    { "東京 東京", 0, 0, 8, "東京\n東京\n" },
    { "a\nb\033[2J", 0, 0, 80,
      "a\xef\xbf\xbd"
      "b\xef\xbf\xbd[2J\n" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GString) page = g_string_new (NULL);

      cvg_paragraph_append (page, vectors[i].text, vectors[i].indent, vectors[i].hang,
                            vectors[i].columns);
      g_assert_cmpstr (page->str, ==, vectors[i].lines);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/paragraph/lines", test_paragraph);
  return g_test_run ();
}
