/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last way: no portal and no systemd. The browser is a process in a session of its own,
 * nobody's child, with nothing of ours open. What it would inherit all the same are the kernel's
 * restrictions on us; under those no browser is started, because it would be a broken one.
 */
#include "adapters/browser-direct.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "adapters/browser-handler.h"
#include "dbus/error.h"

/* Every filter that a service manager puts on a user's service sets this too (systemd.exec(5)),
 * and it is what browsers' own sandboxes break on. */
static gboolean
is_restricted (void)
{
  g_autofree char *status = NULL;

  return g_file_get_contents ("/proc/self/status", &status, NULL, NULL) &&
         strstr (status, "\nNoNewPrivs:\t1\n") != NULL;
}

/* Between fork and exec. */
static void
on_child (gpointer user_data)
{
  struct rlimit limit = { 0, 0 };

  setsid ();
  /* We make no core files, because of what is in our memory; it may. */
  if (getrlimit (RLIMIT_CORE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_CORE, &limit);
    }
}

static char **
make_environment (const char *activation_token)
{
  char **environment = g_get_environ ();

  /* These are between us and whoever started us. */
  environment = g_environ_unsetenv (environment, "NOTIFY_SOCKET");
  environment = g_environ_unsetenv (environment, "INVOCATION_ID");
  environment = g_environ_unsetenv (environment, "JOURNAL_STREAM");
  environment = g_environ_unsetenv (environment, "DBUS_STARTER_ADDRESS");
  environment = g_environ_unsetenv (environment, "DBUS_STARTER_BUS_TYPE");
  if (activation_token == NULL)
    return environment;

  environment = g_environ_setenv (environment, "XDG_ACTIVATION_TOKEN", activation_token, TRUE);
  return g_environ_setenv (environment, "DESKTOP_STARTUP_ID", activation_token, TRUE);
}

/**
 * cvg_browser_direct_open:
 * @url: checked
 * @activation_token: (nullable): from the caller's window
 *
 * Returns: whether a process was started; else %CVG_ERROR_FAILED
 */
gboolean
cvg_browser_direct_open (const char *url, const char *activation_token, GError **error)
{
  g_autoptr (CvgBrowserHandler) handler = NULL;
  g_autoptr (GError) local = NULL;

  if (is_restricted ())
    {
      g_set_error_literal (
          error, CVG_ERROR, CVG_ERROR_FAILED,
          "A browser started from here would be under this service's restrictions");
      return FALSE;
    }

  handler = cvg_browser_handler_find (url, error);
  if (handler == NULL)
    return FALSE;

  g_auto (GStrv) environment = make_environment (activation_token);

  /* Without G_SPAWN_DO_NOT_REAP_CHILD GLib forks twice, so that it is init's child. stdin is
   * /dev/null and other descriptors are closed by default. */
  if (g_spawn_async (g_get_home_dir (), handler->argv, environment,
                     G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, on_child, NULL, NULL,
                     &local))
    return TRUE;

  g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED, "%s could not be started", handler->argv[0]);
  g_debug ("Starting a browser failed: %s", local->message);
  return FALSE;
}
