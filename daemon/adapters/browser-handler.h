/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program that the person has chosen for web addresses, as a command.
 */
#pragma once

#include <gio/gio.h>

/**
 * CvgBrowserHandler:
 * @id: of the desktop file, without its ending
 * @argv: the command with the URL in it; the first is an absolute path
 */
typedef struct
{
  char *id;
  char **argv;
} CvgBrowserHandler;

CvgBrowserHandler *
cvg_browser_handler_find (const char *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_browser_handler_free (CvgBrowserHandler *handler);
char **cvg_browser_handler_expand (const char *exec,
                                   const char *url,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgBrowserHandler, cvg_browser_handler_free)
