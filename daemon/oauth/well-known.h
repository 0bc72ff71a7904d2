/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where servers keep what they say of themselves (RFC 8615).
 */
#pragma once

#include <glib.h>

char *cvg_well_known_insert (const char *url, const char *name) G_GNUC_WARN_UNUSED_RESULT;
char *cvg_well_known_append (const char *url, const char *name) G_GNUC_WARN_UNUSED_RESULT;
char *cvg_well_known_dup_origin (const char *url) G_GNUC_WARN_UNUSED_RESULT;
