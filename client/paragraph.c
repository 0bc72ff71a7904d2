/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines are broken between words and nowhere else: an address or a command in two pieces can't be
 * copied, so one that is too long runs over the edge in one.
 */
#include "client/paragraph.h"

#include "client/output.h"

/**
 * cvg_paragraph_append:
 * @page: where to
 * @text: words, of which each is made printable
 * @indent: blanks before the first line
 * @hang: blanks before the others
 * @columns: how wide the lines may be, with the blanks
 *
 * Adds @text and ends its last line.
 */
void
cvg_paragraph_append (GString *page,
                      const char *text,
                      unsigned int indent,
                      unsigned int hang,
                      unsigned int columns)
{
  g_autofree char *printable = cvg_output_make_printable (text);
  g_auto (GStrv) words = g_strsplit (printable, " ", -1);
  unsigned int taken = 0; /* of the line; none before its first word */
  unsigned int margin = indent;

  for (char **word = words; *word != NULL; word++)
    {
      unsigned int width = cvg_output_get_width (*word);

      if (width == 0)
        continue;

      if (taken > 0 && taken + 1 + width > columns)
        {
          g_string_append_c (page, '\n');
          margin = hang;
          taken = 0;
        }
      g_string_append_printf (page, "%*s%s", (int) (taken == 0 ? margin : 1), "", *word);
      taken += (taken == 0 ? margin : 1) + width;
    }

  if (taken > 0)
    g_string_append_c (page, '\n');
}
