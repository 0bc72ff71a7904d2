/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of a refresh by name, so that a test can end the process at any of them as a power cut
 * would: nothing is flushed, nobody is told. Only a build with the meson option "kill_points" has
 * them; in any other the macro is nothing. tests/faults/README.md.
 */
#pragma once

/**
 * CVG_KILL_POINT:
 * @name: a string literal in lower case with hyphens, used once in all the sources: what has just
 *   been done, as "note-written"
 *
 * Ends the process here and now if the environment variable CLAVIGER_KILL_AT names this point:
 * "note-written" at the first time that it is reached, "note-written:3" at the third.
 */
#ifdef CVG_KILL_POINTS

#include <glib.h>
#include <signal.h>
#include <string.h>

static inline void
cvg_kill_point (const char *name, guint *times_reached)
{
  const char *wanted = g_getenv ("CLAVIGER_KILL_AT");
  size_t length = strlen (name);
  guint64 which = 1;

  (*times_reached)++;
  if (wanted == NULL || strncmp (wanted, name, length) != 0)
    return;
  if (wanted[length] == ':')
    which = g_ascii_strtoull (wanted + length + 1, NULL, 10);
  else if (wanted[length] != '\0')
    return;
  if (*times_reached == which)
    raise (SIGKILL);
}

#define CVG_KILL_POINT(name)                                                                       \
  do                                                                                               \
    {                                                                                              \
      static guint times_reached;                                                                  \
      cvg_kill_point (name, &times_reached);                                                       \
    }                                                                                              \
  while (FALSE)

#else

#define CVG_KILL_POINT(name) ((void) 0)

#endif
