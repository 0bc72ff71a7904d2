/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A terminal is asked itself where it can answer; for the rest there is the environment. main() has
 * set a locale of its own, so the person's is read from there too.
 */
#include "client/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

static gboolean
is_set (const char *variable)
{
  const char *value = g_getenv (variable);

  return value != NULL && *value != '\0';
}

static gboolean
can_be_steered (int fd)
{
  const char *term = g_getenv ("TERM");

  return term != NULL && !g_str_equal (term, "dumb") && isatty (fd);
}

/**
 * cvg_terminal_has_colours:
 * @fd: where the text goes
 *
 * Returns: whether it is a terminal that shows colours, to somebody who wants them (NO_COLOR)
 */
gboolean
cvg_terminal_has_colours (int fd)
{
  return !is_set ("NO_COLOR") && can_be_steered (fd);
}

/**
 * cvg_terminal_get_columns:
 * @fd: where the text goes
 *
 * Returns: how wide a line may be; 0 where nothing limits it, because it is no terminal
 */
unsigned int
cvg_terminal_get_columns (int fd)
{
  struct winsize size = { 0 };

  return ioctl (fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* A locale that is asked for but not installed still tells how the terminal is set up. */
static gboolean
is_utf8 (void)
{
  static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };

  for (size_t i = 0; i < G_N_ELEMENTS (variables); i++)
    if (is_set (variables[i]))
      {
        const char *value = g_getenv (variables[i]);
        locale_t locale = newlocale (LC_CTYPE_MASK, value, (locale_t) 0);
        g_autofree char *name = g_ascii_strdown (value, -1);
        gboolean found = strstr (name, "utf-8") != NULL || strstr (name, "utf8") != NULL;

        if (locale != (locale_t) 0)
          {
            found = g_str_equal (nl_langinfo_l (CODESET, locale), "UTF-8");
            freelocale (locale);
          }
        return found;
      }
  return FALSE;
}

/**
 * cvg_terminal_has_blocks:
 * @fd: where the text goes
 *
 * Returns: whether it is a terminal that shows the block elements of Unicode, in two colours
 */
gboolean
cvg_terminal_has_blocks (int fd)
{
  return can_be_steered (fd) && is_utf8 ();
}
