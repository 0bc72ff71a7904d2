/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each character is two modules, one above the other, so that they are squares. Black on white is
 * said outright: half of the readers don't take a code that is the other way round, and nobody
 * knows the colours of a terminal.
 */
#include "client/qr-code.h"

#include <stdio.h>
#include <unistd.h>

#include <qrencode.h>

#include "client/cli.h"
#include "client/terminal.h"

/* ISO/IEC 18004 asks for four modules of quiet around it. */
#define QUIET 4

#define BLACK_ON_WHITE "\033[30;107m"
#define COLOURS_END "\033[0m"

/* Outside of the code all is quiet. */
static gboolean
is_dark (const QRcode *code, int x, int y)
{
  if (x < 0 || y < 0 || x >= code->width || y >= code->width)
    return FALSE;

  return code->data[y * code->width + x] & 1;
}

static void
append_line (GString *lines, const QRcode *code, int y)
{
  static const char *const halves[] = { " ", "▄", "▀", "█" };

  g_string_append (lines, BLACK_ON_WHITE);
  for (int x = -QUIET; x < code->width + QUIET; x++)
    g_string_append (lines, halves[is_dark (code, x, y) * 2 + is_dark (code, x, y + 1)]);
  g_string_append (lines, COLOURS_END "\n");
}

/**
 * cvg_qr_code_format:
 * @text: what it is to say
 * @columns: (out): how wide it is on a terminal
 *
 * Returns: (transfer full) (nullable): its lines, with colours; %NULL if there is too much to say
 */
char *
cvg_qr_code_format (const char *text, unsigned int *columns)
{
  /* The least correction makes the smallest code; screens have no scratches. */
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_L);
  GString *lines = NULL;

  if (code == NULL)
    return NULL;

  lines = g_string_new (NULL);
  for (int y = -QUIET; y < code->width + QUIET; y += 2)
    append_line (lines, code, y);
  *columns = (unsigned int) (code->width + 2 * QUIET);
  QRcode_free (code);
  return g_string_free (lines, FALSE);
}

/**
 * cvg_qr_code_show:
 * @text: what it is to say
 *
 * Shows it on stderr, or says why it can't be shown there.
 */
void
cvg_qr_code_show (const char *text)
{
  unsigned int room = cvg_terminal_get_columns (STDERR_FILENO);
  unsigned int columns = 0;
  g_autofree char *lines = cvg_qr_code_format (text, &columns);

  if (lines == NULL)
    cvg_cli_tell ("There is no QR code: the address is too long for one.");
  else if (!cvg_terminal_has_blocks (STDERR_FILENO))
    cvg_cli_tell ("There is no QR code: stderr is no terminal that shows UTF-8.");
  else if (room > 0 && room < columns)
    cvg_cli_tell ("There is no QR code: it takes %u columns, and this terminal has %u.", columns,
                  room);
  else
    fputs (lines, stderr);
}
