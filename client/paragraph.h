/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text for people, in lines of a width.
 */
#pragma once

#include <glib.h>

void cvg_paragraph_append (GString *page,
                           const char *text,
                           unsigned int indent,
                           unsigned int hang,
                           unsigned int columns);
