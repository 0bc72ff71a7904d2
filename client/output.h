/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data on stdout: lines for people, JSON for programs.
 */
#pragma once

#include <glib.h>

unsigned int cvg_output_get_width (const char *text);
char *cvg_output_cut (const char *text, unsigned int width);
char *cvg_output_make_printable (const char *text);
char *cvg_output_format_time (gint64 unix_seconds);
char *cvg_output_format_json (GVariant *value, gboolean pretty);
void cvg_output_print_json (GVariant *value);
void cvg_output_print_json_line (GVariant *value);
void cvg_output_print_pairs (GVariant *dict);
void cvg_output_print_line (const char *text);
gboolean cvg_output_close (GError **error);
