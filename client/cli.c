/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a command talks to the person: on stderr, so that stdout holds data only. Everything is
 * stripped of control characters on the way out: names and messages come from other programs and
 * from servers, and must not steer the terminal.
 */
#include "client/cli.h"

#include <stdio.h>
#include <unistd.h>

#include "client/output.h"
#include "client/terminal.h"

static void
put_line (const char *format, va_list values)
{
  g_autofree char *text = g_strdup_vprintf (format, values);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *printable = cvg_output_make_printable (*line);

      fprintf (stderr, "%s\n", printable);
    }
}

/**
 * cvg_cli_note:
 * @cli: the command's context
 * @format: a sentence that may be left out with --quiet
 *
 * Tells the person what is going on.
 */
void
cvg_cli_note (const CvgCli *cli, const char *format, ...)
{
  va_list values;

  if (cli->quiet)
    return;

  va_start (values, format);
  put_line (format, values);
  va_end (values);
}

/**
 * cvg_cli_tell:
 * @format: a sentence that the person needs in any case
 *
 * As cvg_cli_note(), for what --quiet must not hide: without it the person is stuck.
 */
void
cvg_cli_tell (const char *format, ...)
{
  va_list values;

  va_start (values, format);
  put_line (format, values);
  va_end (values);
}

/**
 * cvg_cli_show:
 * @text: what the person is to read, copy or type
 *
 * Tells it with room around it, so that it is found at a glance.
 */
void
cvg_cli_show (const char *text)
{
  g_autofree char *printable = cvg_output_make_printable (text);
  gboolean colours = cvg_terminal_has_colours (STDERR_FILENO);

  fprintf (stderr, "\n    %s%s%s\n\n", colours ? "\033[1m" : "", printable,
           colours ? "\033[0m" : "");
}

/**
 * cvg_cli_set_instance:
 * @cli: the command's context
 * @instance_id: UUID of the instance that the command is about
 */
void
cvg_cli_set_instance (CvgCli *cli, const char *instance_id)
{
  g_free (cli->instance);
  cli->instance = g_strdup (instance_id);
}

/**
 * cvg_cli_set_server:
 * @cli: the command's context
 * @server_name: name of the server that the command is about
 */
void
cvg_cli_set_server (CvgCli *cli, const char *server_name)
{
  g_free (cli->server);
  cli->server = g_strdup (server_name);
}

/**
 * cvg_cli_set_user:
 * @cli: the command's context
 * @user_id: the user whose connection the command is about
 */
void
cvg_cli_set_user (CvgCli *cli, const char *user_id)
{
  g_free (cli->user);
  cli->user = g_strdup (user_id);
}

/**
 * cvg_cli_parse_seconds:
 * @option: the option, as the person wrote it
 * @text: what was given for it
 * @min: the least that it may be
 * @max: the most that it may be
 * @seconds: (out): the number
 * @error: return location: wrong usage
 *
 * Returns: whether @text is such a number, and nothing else
 */
gboolean
cvg_cli_parse_seconds (const char *option,
                       const char *text,
                       guint32 min,
                       guint32 max,
                       guint32 *seconds,
                       GError **error)
{
  guint64 number = 0;

  if (!g_ascii_string_to_unsigned (text, 10, min, max, &number, NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s is a number of seconds, from %u to %u", option, min, max);
      return FALSE;
    }

  *seconds = (guint32) number;
  return TRUE;
}

/**
 * cvg_cli_clear:
 * @cli: the command's context
 *
 * Frees what is in it.
 */
void
cvg_cli_clear (CvgCli *cli)
{
  g_clear_pointer (&cli->instance, g_free);
  g_clear_pointer (&cli->server, g_free);
  g_clear_pointer (&cli->user, g_free);
  g_clear_pointer (&cli->advice, g_free);
}
