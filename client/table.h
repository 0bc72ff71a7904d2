/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table for people.
 */
#pragma once

#include <glib.h>

typedef struct _CvgTable CvgTable;

CvgTable *cvg_table_new (const char *const *headings, unsigned int columns);
void cvg_table_free (CvgTable *table);
void cvg_table_add_row (CvgTable *table, const char *const *cells);
void cvg_table_set_optional (CvgTable *table, unsigned int column);
char *cvg_table_format (const CvgTable *table, unsigned int room, gboolean colours);
void cvg_table_print (const CvgTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgTable, cvg_table_free)
