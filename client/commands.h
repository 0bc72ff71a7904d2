/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The commands, each defined in the file of its name (or of its family).
 */
#pragma once

#include "client/cli.h"

extern const CvgCommand cvg_command_auth;
extern const CvgCommand cvg_command_client_add;
extern const CvgCommand cvg_command_client_list;
extern const CvgCommand cvg_command_client_remove;
extern const CvgCommand cvg_command_list;
extern const CvgCommand cvg_command_login;
extern const CvgCommand cvg_command_logout;
extern const CvgCommand cvg_command_refresh;
extern const CvgCommand cvg_command_remove;
extern const CvgCommand cvg_command_servers;
extern const CvgCommand cvg_command_set;
extern const CvgCommand cvg_command_show;
extern const CvgCommand cvg_command_site;
extern const CvgCommand cvg_command_status;
extern const CvgCommand cvg_command_token;
extern const CvgCommand cvg_command_user_auth;
extern const CvgCommand cvg_command_watch;
