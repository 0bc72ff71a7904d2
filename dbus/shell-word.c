/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names of servers, users and clients are other people's text, and the command that has them in it
 * is going to be pasted into a shell.
 */
#include "dbus/shell-word.h"

#include <string.h>

/**
 * cvg_shell_word:
 * @text: an argument of a command
 *
 * Returns: (transfer full): it as one writes it in a shell, in quotes only if it needs them
 */
char *
cvg_shell_word (const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("-_.@", *at) == NULL)
      return g_shell_quote (text);

  return *text != '\0' ? g_strdup (text) : g_shell_quote (text);
}
