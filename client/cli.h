/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every command gets, and what a command is.
 */
#pragma once

#include <glib.h>

/**
 * CvgCli:
 * @json: whether the data on stdout is to be JSON
 * @quiet: whether to keep what is no data and no error to itself
 * @instance: (owned) (nullable): the instance in play, for the advice that follows an error
 * @server: (owned) (nullable): likewise the name of the server
 * @user: (owned) (nullable): likewise the user
 * @advice: (owned) (nullable): advice of the command's own, which replaces the usual one
 */
typedef struct
{
  gboolean json;
  gboolean quiet;
  char *instance;
  char *server;
  char *user;
  char *advice;
} CvgCli;

/**
 * CvgCommand:
 * @name: one word, or two as in "client add"
 * @arguments: what follows the options in the usage line
 * @summary: one line
 * @description: what it does, with an example
 * @entries: (nullable): its options; where they are stored belongs to the command
 * @min_arguments: how many arguments it needs
 * @max_arguments: how many arguments it takes
 * @run: does it; @arguments is never %NULL
 */
typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  const char *description;
  const GOptionEntry *entries;
  unsigned int min_arguments;
  unsigned int max_arguments;
  gboolean (*run) (CvgCli *cli, char **arguments, GError **error);
} CvgCommand;

void cvg_cli_note (const CvgCli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);
void cvg_cli_tell (const char *format, ...) G_GNUC_PRINTF (1, 2);
void cvg_cli_show (const char *text);
void cvg_cli_set_instance (CvgCli *cli, const char *instance_id);
void cvg_cli_set_server (CvgCli *cli, const char *server_name);
void cvg_cli_set_user (CvgCli *cli, const char *user_id);
gboolean cvg_cli_parse_seconds (const char *option,
                                const char *text,
                                guint32 min,
                                guint32 max,
                                guint32 *seconds,
                                GError **error);
void cvg_cli_clear (CvgCli *cli);
