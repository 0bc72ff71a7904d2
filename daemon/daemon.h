/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The daemon: everything put together.
 */
#pragma once

#include <gio/gio.h>

/**
 * CvgDaemonSettings:
 * @providers_dir: where the catalogue's first layer is
 * @sysconf_dir: where the machine's own files are, in "claviger" below it
 * @state_dir: where the records are
 */
typedef struct
{
  const char *providers_dir;
  const char *sysconf_dir;
  const char *state_dir;
} CvgDaemonSettings;

gboolean cvg_daemon_check_providers (const CvgDaemonSettings *settings,
                                     const char *const *files,
                                     void (*print_mistake) (const char *line),
                                     void (*print_fine) (const char *line));

#define CVG_TYPE_DAEMON (cvg_daemon_get_type ())
G_DECLARE_FINAL_TYPE (CvgDaemon, cvg_daemon, CVG, DAEMON, GObject)

CvgDaemon *cvg_daemon_new (GDBusConnection *connection, const CvgDaemonSettings *settings);
gboolean cvg_daemon_start (CvgDaemon *self, GError **error);
void cvg_daemon_begin (CvgDaemon *self);
void cvg_daemon_stop_async (CvgDaemon *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cvg_daemon_stop_finish (CvgDaemon *self, GAsyncResult *result, GError **error);
