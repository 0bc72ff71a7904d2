/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A secret comes from stdin, a line each, never from the arguments, which every program of the
 * machine can read. On a terminal it is asked for without echo, and the echo comes back whatever
 * ends the question. stdin is read byte by byte, since a buffer would keep what it holds.
 */
#include "client/prompt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <gio/gio.h>

#include "client/output.h"
#include "dbus/error.h"

/* No key of a server is near that long; more is a file that was given by mistake. */
#define MAX_SECRET_LENGTH ((size_t) 64 * 1024)

static volatile sig_atomic_t caught_signal;

static void
on_signal (int number)
{
  caught_signal = number;
}

/* Returns the number of bytes of a line, without its end; -1 at the end of input, with @error
 * only if something is wrong. */
static ssize_t
read_line (char *line, size_t size, GError **error)
{
  size_t length = 0;
  ssize_t got = 0;

  while ((got = read (STDIN_FILENO, line + length, 1)) == 1 && line[length] != '\n')
    if (++length == size)
      {
        g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                             "The line on stdin is too long for a secret");
        return -1;
      }

  if (got < 0)
    {
      if (errno == EINTR && caught_signal != 0)
        g_set_error_literal (error, CVG_ERROR, CVG_ERROR_CANCELLED, "Cancelled");
      else
        g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "stdin can't be read: %s",
                     g_strerror (errno));
      return -1;
    }
  if (got == 0 && length == 0)
    return -1;

  if (length > 0 && line[length - 1] == '\r')
    length--;
  return (ssize_t) length;
}

static ssize_t
ask (const char *question, gboolean echo, char *line, size_t size, GError **error)
{
  static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
  struct sigaction interrupt = { .sa_handler = on_signal };
  struct sigaction ignore = { .sa_handler = SIG_IGN };
  struct sigaction before[G_N_ELEMENTS (signals)] = { 0 };
  struct sigaction before_stop = { 0 };
  struct termios shown = { 0 };
  struct termios hidden = { 0 };
  g_autofree char *printable = cvg_output_make_printable (question);
  ssize_t length = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &interrupt, &before[i]);
  sigaction (SIGTSTP, &ignore, &before_stop);

  fprintf (stderr, "%s: ", printable);
  tcgetattr (STDIN_FILENO, &shown);
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t) ECHO;
  if (!echo)
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);

  length = read_line (line, size, error);

  if (!echo)
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
  if (!echo || length < 0)
    fputc ('\n', stderr);
  for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &before[i], NULL);
  sigaction (SIGTSTP, &before_stop, NULL);

  return length;
}

/* Returns: (transfer full) (nullable): a line, to be freed with cvg_prompt_free_secret() */
static char *
read_answer (const char *question, gboolean echo, gboolean required, GError **error)
{
  g_autoptr (GError) cause = NULL;
  char *line = g_malloc (MAX_SECRET_LENGTH + 1);
  char *answer = NULL;
  ssize_t length = 0;

  if (isatty (STDIN_FILENO))
    length = ask (question, echo, line, MAX_SECRET_LENGTH, &cause);
  else
    length = read_line (line, MAX_SECRET_LENGTH, &cause);

  if (cause == NULL && length <= 0 && required)
    g_set_error (&cause, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "No value was given for %s",
                 question);
  else if (cause == NULL && length > 0 &&
           (memchr (line, '\0', (size_t) length) != NULL || !g_utf8_validate (line, length, NULL)))
    g_set_error (&cause, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "The value for %s is no text",
                 question);

  if (cause == NULL)
    answer = g_strndup (line, (size_t) MAX (length, 0));
  else
    g_propagate_error (error, g_steal_pointer (&cause));

  explicit_bzero (line, MAX_SECRET_LENGTH + 1);
  g_free (line);
  return answer;
}

/**
 * cvg_prompt_read_secret:
 * @question: what is wanted, for people
 * @required: whether an empty answer, or none, is an error
 * @error: return location: wrong usage, or Cancelled
 *
 * Reads one line from stdin, without echo if it is a terminal.
 *
 * Returns: (transfer full) (nullable): the secret, to be freed with cvg_prompt_free_secret()
 */
char *
cvg_prompt_read_secret (const char *question, gboolean required, GError **error)
{
  return read_answer (question, FALSE, required, error);
}

/**
 * cvg_prompt_read_text:
 * @question: what is wanted, for people
 * @error: return location: wrong usage, or Cancelled
 *
 * Reads one line from stdin, which may be seen; an empty one is none.
 *
 * Returns: (transfer full) (nullable): what was typed
 */
char *
cvg_prompt_read_text (const char *question, GError **error)
{
  return read_answer (question, TRUE, TRUE, error);
}

/**
 * cvg_prompt_free_secret:
 * @secret: (transfer full) (nullable): a secret
 *
 * Wipes and frees it.
 */
void
cvg_prompt_free_secret (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/**
 * cvg_prompt_read_values:
 * @keys: the keys that want a value
 * @whence: what follows the key in the question
 * @error: return location: as of cvg_prompt_read_secret()
 *
 * Reads a secret for each key, in their order.
 *
 * Returns: (transfer floating) (nullable): keys and values, a{sv}
 */
GVariant *
cvg_prompt_read_values (char **keys, const char *whence, GError **error)
{
  g_auto (GVariantBuilder) values = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  for (char **key = keys; *key != NULL; key++)
    {
      g_autofree char *question = g_strconcat (*key, whence, NULL);
      char *secret = cvg_prompt_read_secret (question, TRUE, error);

      if (secret == NULL)
        return NULL;

      g_variant_builder_add (&values, "{sv}", *key, g_variant_new_string (secret));
      cvg_prompt_free_secret (secret);
    }
  return g_variant_builder_end (&values);
}
