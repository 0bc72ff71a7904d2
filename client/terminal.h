/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the terminal can show.
 */
#pragma once

#include <glib.h>

gboolean cvg_terminal_has_colours (int fd);
gboolean cvg_terminal_has_blocks (int fd);
unsigned int cvg_terminal_get_columns (int fd);
