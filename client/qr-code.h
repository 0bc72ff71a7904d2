/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A QR code on a terminal.
 */
#pragma once

#include <glib.h>

char *cvg_qr_code_format (const char *text, unsigned int *columns);
void cvg_qr_code_show (const char *text);
