/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server of the catalogue, as a page for people.
 */
#pragma once

#include <glib.h>

char *cvg_server_page_format (GVariant *server,
                              const char *user_id,
                              unsigned int columns,
                              gboolean colours);
