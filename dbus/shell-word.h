/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sentences of the daemon and of the client name commands to copy: this is how their words are
 * written.
 */
#pragma once

#include <glib.h>

char *cvg_shell_word (const char *text);
