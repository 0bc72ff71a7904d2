/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "client/table.h"

static void
test_table (void)
{
  static const char *const headings[] = { "NAME", "LABEL", "EMPTY", "STATUS" };
  g_autoptr (CvgTable) table = cvg_table_new (headings, G_N_ELEMENTS (headings));
  g_autofree char *nothing = cvg_table_format (table, 0, FALSE);
  g_autofree char *text = NULL;

  g_assert_cmpstr (nothing, ==, "");

  cvg_table_add_row (table, (const char *[]){ "東京", "", "", "active" });
  cvg_table_add_row (table, (const char *[]){ "a longer one", "büro", NULL, "" });
  cvg_table_add_row (table, (const char *[]){ "x", "\033[2J", "", "signed-out" });
  text = cvg_table_format (table, 0, FALSE);

  g_assert_cmpstr (text, ==,
                   "NAME          LABEL  STATUS\n"
                   "東京                 active\n"
                   "a longer one  büro\n"
                   "x             \xef\xbf\xbd[2J   signed-out\n");
}

static void
test_colours (void)
{
  static const char *const headings[] = { "A", "STATUS" };
  g_autoptr (CvgTable) table = cvg_table_new (headings, G_N_ELEMENTS (headings));
  g_autofree char *plain = NULL;
  g_autofree char *coloured = NULL;

  cvg_table_add_row (table, (const char *[]){ "x", "needs-sign-in" });
  plain = cvg_table_format (table, 0, FALSE);
  coloured = cvg_table_format (table, 0, TRUE);

  g_assert_null (strchr (plain, '\033'));
  g_assert_cmpstr (coloured, ==,
                   "\033[1mA\033[0m  \033[1mSTATUS\033[0m\n"
                   "x  \033[31mneeds-sign-in\033[0m\n");
}

static void
test_narrow (void)
{
  static const struct
  {
    unsigned int room;
    const char *text;
  } vectors[] = {
    { 42, "NAME               SLUG               KIND\n"
          "A rather long one  a-rather-long-one  x\n" },
    { 41, "NAME               KIND\n"
          "A rather long one  x\n" },
    { 20, "NAME            KIND\n"
          "A rather long…  x\n" },
    { 15, "NAME       KIND\n"
          "A rather…  x\n" },
    /* Narrower than that it can't be, and runs over the edge. */
    { 5, "NAME       KIND\n"
         "A rather…  x\n" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      static const char *const headings[] = { "NAME", "SLUG", "KIND" };
      g_autoptr (CvgTable) table = cvg_table_new (headings, G_N_ELEMENTS (headings));
      g_autofree char *text = NULL;

      cvg_table_set_optional (table, 1);
      cvg_table_add_row (table, (const char *[]){ "A rather long one", "a-rather-long-one", "x" });
      text = cvg_table_format (table, vectors[i].room, FALSE);
      g_assert_cmpstr (text, ==, vectors[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/table/columns", test_table);
  g_test_add_func ("/client/table/colours", test_colours);
  g_test_add_func ("/client/table/narrow", test_narrow);
  return g_test_run ();
}
