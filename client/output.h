/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data on stdout: tables for people, JSON for programs.
 */
#pragma once

#include <glib.h>

typedef struct _CvgTable CvgTable;

CvgTable *cvg_table_new (const char *const *headings, unsigned int columns);
void cvg_table_free (CvgTable *table);
void cvg_table_add_row (CvgTable *table, const char *const *cells);
char *cvg_table_format (const CvgTable *table, gboolean colours);
void cvg_table_print (const CvgTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgTable, cvg_table_free)

unsigned int cvg_output_get_width (const char *text);
char *cvg_output_make_printable (const char *text);
char *cvg_output_format_time (gint64 unix_seconds);
char *cvg_output_format_json (GVariant *value, gboolean pretty);
void cvg_output_print_json (GVariant *value);
void cvg_output_print_json_line (GVariant *value);
void cvg_output_print_pairs (GVariant *dict);
void cvg_output_print_line (const char *text);
gboolean cvg_output_close (GError **error);
