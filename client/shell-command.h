/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Commands for a person to copy, quoted for the shell.
 */
#pragma once

#include <glib.h>

char *cvg_shell_command_client_add (GVariant *server);
char *cvg_shell_command_login (GVariant *server, const char *user_id);
char *cvg_shell_command_set (GVariant *server, const char *user_id);
char *cvg_shell_command_placeholder (const char *name);
