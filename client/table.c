/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Columns are aligned by the width that a terminal gives each character, not by bytes. Cells carry
 * no control characters.
 */
#include "client/table.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/output.h"
#include "client/terminal.h"

#define GAP "  "
#define BOLD "\033[1m"
#define COLOUR_END "\033[0m"

/* Less than the beginning of a UUID and an ellipsis tells nobody anything. */
#define MIN_COLUMN_WIDTH 9

struct _CvgTable
{
  unsigned int columns;
  unsigned int optional; /* a bit for each column that a narrow terminal does without */
  GPtrArray *rows;       /* (owned) (element-type GStrv): the headings first */
};

/**
 * cvg_table_new:
 * @headings: (array length=columns): names of the columns
 * @columns: how many
 *
 * Returns: (transfer full): a table without rows
 */
CvgTable *
cvg_table_new (const char *const *headings, unsigned int columns)
{
  CvgTable *table = g_new0 (CvgTable, 1);

  table->columns = columns;
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  cvg_table_add_row (table, headings);
  return table;
}

/**
 * cvg_table_free:
 * @table: (transfer full): a table
 */
void
cvg_table_free (CvgTable *table)
{
  g_ptr_array_unref (table->rows);
  g_free (table);
}

/**
 * cvg_table_add_row:
 * @table: a table
 * @cells: a text for each column, which is copied; %NULL is empty
 */
void
cvg_table_add_row (CvgTable *table, const char *const *cells)
{
  char **row = g_new0 (char *, table->columns + 1);

  for (unsigned int i = 0; i < table->columns; i++)
    row[i] = cvg_output_make_printable (cells[i] != NULL ? cells[i] : "");
  g_ptr_array_add (table->rows, row);
}

/**
 * cvg_table_set_optional:
 * @table: a table
 * @column: a column, from 0
 *
 * Where a terminal is too narrow for all of them, this column is left out.
 */
void
cvg_table_set_optional (CvgTable *table, unsigned int column)
{
  g_return_if_fail (column < table->columns);

  table->optional |= 1u << column;
}

static unsigned int
get_column_width (const CvgTable *table, unsigned int column)
{
  unsigned int width = 0;
  gboolean used = FALSE;

  for (unsigned int i = 0; i < table->rows->len; i++)
    {
      char **row = g_ptr_array_index (table->rows, i);

      width = MAX (width, cvg_output_get_width (row[column]));
      used = used || (i > 0 && *row[column] != '\0');
    }
  return used ? width : 0;
}

/* The words of the contract for how an instance is; they stand for themselves in any column. */
static const char *
get_colour (const char *cell)
{
  static const struct
  {
    const char *word;
    const char *colour;
  } colours[] = {
    { "active", "\033[32m" },         { "unlocked", "\033[32m" },
    { "needs-sign-in", "\033[31m" },  { "unavailable", "\033[31m" },
    { "unreachable", "\033[33m" },    { "locked", "\033[33m" },
    { "keyring-locked", "\033[33m" }, { "signed-out", "\033[2m" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (colours); i++)
    if (g_str_equal (cell, colours[i].word))
      return colours[i].colour;
  return NULL;
}

/* What a row takes: each column, and a gap to the next one. */
static unsigned int
add_up (const CvgTable *table, const unsigned int *widths)
{
  unsigned int total = 0;

  for (unsigned int i = 0; i < table->columns; i++)
    if (widths[i] > 0)
      total += widths[i] + (total > 0 ? (unsigned int) strlen (GAP) : 0);
  return total;
}

static unsigned int
find_widest (const CvgTable *table, const unsigned int *widths)
{
  unsigned int widest = 0;

  for (unsigned int i = 1; i < table->columns; i++)
    if (widths[i] > widths[widest])
      widest = i;
  return widest;
}

/* Columns that can be done without go first; then the widest give, until all are the same. */
static void
fit (const CvgTable *table, unsigned int *widths, unsigned int room)
{
  unsigned int widest = 0;

  for (unsigned int i = table->columns; i > 0 && add_up (table, widths) > room; i--)
    if (table->optional & (1u << (i - 1)))
      widths[i - 1] = 0;

  while (add_up (table, widths) > room &&
         widths[widest = find_widest (table, widths)] > MIN_COLUMN_WIDTH)
    widths[widest]--;
}

static void
append_row (const CvgTable *table,
            unsigned int index,
            const unsigned int *widths,
            gboolean colours,
            GString *text)
{
  char **row = g_ptr_array_index (table->rows, index);
  unsigned int owed = 0;

  for (unsigned int i = 0; i < table->columns; i++)
    {
      const char *colour = index == 0 ? BOLD : get_colour (row[i]);
      g_autofree char *cell = cvg_output_cut (row[i], widths[i]);

      if (widths[i] == 0)
        continue;

      /* A gap is owed until there is something to its right: no line ends in spaces. */
      if (*cell != '\0')
        {
          g_string_append_printf (text, "%*s", (int) owed, "");
          owed = 0;
          if (colours && colour != NULL)
            g_string_append_printf (text, "%s%s" COLOUR_END, colour, cell);
          else
            g_string_append (text, cell);
        }
      owed += widths[i] - cvg_output_get_width (cell) + (unsigned int) strlen (GAP);
    }

  g_string_append_c (text, '\n');
}

/**
 * cvg_table_format:
 * @table: a table
 * @room: how many columns of a terminal it may take; 0 for as many as it needs
 * @colours: whether a terminal will show it, and in colours
 *
 * Columns that are empty in all rows are left out; what has no room is cut off, and says so.
 *
 * Returns: (transfer full): its lines; empty without rows
 */
char *
cvg_table_format (const CvgTable *table, unsigned int room, gboolean colours)
{
  g_autofree unsigned int *widths = g_new0 (unsigned int, table->columns);
  GString *text = g_string_new (NULL);

  for (unsigned int i = 0; i < table->columns; i++)
    widths[i] = get_column_width (table, i);
  if (room > 0)
    fit (table, widths, room);

  for (unsigned int i = 0; i < table->rows->len && table->rows->len > 1; i++)
    append_row (table, i, widths, colours, text);

  return g_string_free (text, FALSE);
}

/**
 * cvg_table_print:
 * @table: a table
 *
 * Prints it; on a terminal no wider than that, and in colours unless they are not wanted.
 */
void
cvg_table_print (const CvgTable *table)
{
  g_autofree char *text = cvg_table_format (table, cvg_terminal_get_columns (STDOUT_FILENO),
                                            cvg_terminal_has_colours (STDOUT_FILENO));

  fputs (text, stdout);
}
