/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A terminal is asked itself where it can answer; for the rest there is the environment.
 */
#include "client/terminal.h"

#include <unistd.h>

/**
 * cvg_terminal_has_colours:
 * @fd: where the text goes
 *
 * Returns: whether it is a terminal that shows colours, to somebody who wants them (NO_COLOR)
 */
gboolean
cvg_terminal_has_colours (int fd)
{
  const char *no_color = g_getenv ("NO_COLOR");
  const char *term = g_getenv ("TERM");

  return (no_color == NULL || *no_color == '\0') && term != NULL && !g_str_equal (term, "dumb") &&
         isatty (fd);
}
