/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The form encoding of names and values: application/x-www-form-urlencoded, as RFC 6749
 * appendix B uses it.
 */
#pragma once

#include <glib.h>

/**
 * CvgFormVisitor:
 * @name: (transfer none): a decoded name
 * @value: (transfer none): the start of its value, still encoded
 * @length: of @value, in bytes
 *
 * Returns: whether to go on
 */
typedef gboolean (*CvgFormVisitor) (const char *name,
                                    const char *value,
                                    gsize length,
                                    gpointer user_data);

void cvg_form_append_escaped (GString *form, const char *text);
char *cvg_form_unescape (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
char *cvg_form_unescape_line (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
gboolean cvg_form_visit (const char *form, CvgFormVisitor visitor, gpointer user_data);
