/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Without a portal, but with systemd: the browser becomes a unit of its own. A child of ours would
 * be in our control group, to be killed with us, and under our seccomp filters and limits.
 */
#include "adapters/browser-systemd.h"

#include <string.h>

#include "adapters/browser-handler.h"

#define SYSTEMD_NAME "org.freedesktop.systemd1"
#define CALL_TIMEOUT 10000 /* ms */

/* What the manager may not know of the session, if nobody has imported it. */
static const char *const display_variables[] = { "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
                                                 "XDG_CURRENT_DESKTOP" };

/* As systemd-escape does, which is how the id of an application gets into a unit's name. */
static char *
escape_id (const char *id)
{
  GString *escaped = g_string_new (NULL);

  for (const char *c = id; *c != '\0'; c++)
    {
      if (g_ascii_isalnum (*c) || *c == ':' || *c == '_' || (*c == '.' && c != id))
        g_string_append_c (escaped, *c);
      else
        g_string_append_printf (escaped, "\\x%02x", (guchar) *c);
    }
  return g_string_free (escaped, FALSE);
}

/* app-LAUNCHER-ID@RANDOM.service, the name by which desktops find the application of a process. */
static char *
unit_name (const char *id)
{
  g_autofree char *escaped = escape_id (id);

  return g_strdup_printf ("app-claviger-%s@%08x.service", escaped, g_random_int ());
}

static void
add_string (GVariantBuilder *properties, const char *name, const char *value)
{
  g_variant_builder_add (properties, "(sv)", name, g_variant_new_string (value));
}

/* The manager expands variables in arguments: a dollar sign is written twice. */
static GVariant *
make_command (char *const *argv)
{
  GVariantBuilder words;
  GVariantBuilder commands;

  g_variant_builder_init (&words, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; argv[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (argv[i], "$", -1);

      g_variant_builder_add_value (&words, g_variant_new_take_string (g_strjoinv ("$$", parts)));
    }
  g_variant_builder_init (&commands, G_VARIANT_TYPE ("a(sasb)"));
  g_variant_builder_add (&commands, "(sasb)", argv[0], &words, FALSE);
  return g_variant_builder_end (&commands);
}

static GVariant *
make_environment (const char *activation_token)
{
  GVariantBuilder environment;

  g_variant_builder_init (&environment, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < G_N_ELEMENTS (display_variables); i++)
    {
      const char *value = g_getenv (display_variables[i]);

      if (value != NULL)
        g_variant_builder_add_value (&environment, g_variant_new_take_string (g_strconcat (
                                                       display_variables[i], "=", value, NULL)));
    }
  if (activation_token != NULL)
    {
      g_variant_builder_add_value (
          &environment, g_variant_new_take_string (
                            g_strconcat ("XDG_ACTIVATION_TOKEN=", activation_token, NULL)));
      g_variant_builder_add_value (
          &environment,
          g_variant_new_take_string (g_strconcat ("DESKTOP_STARTUP_ID=", activation_token, NULL)));
    }
  return g_variant_builder_end (&environment);
}

static GVariant *
make_arguments (const CvgBrowserHandler *handler, const char *activation_token)
{
  g_autofree char *name = unit_name (handler->id);
  GVariantBuilder properties;

  g_variant_builder_init (&properties, G_VARIANT_TYPE ("a(sv)"));
  add_string (&properties, "Description", "Web browser, for a sign-in");
  add_string (&properties, "Slice", "app.slice");
  add_string (&properties, "Type", "exec");
  /* Browsers are started by scripts that leave before their children do. */
  add_string (&properties, "ExitType", "cgroup");
  add_string (&properties, "CollectMode", "inactive-or-failed");
  g_variant_builder_add (&properties, "(sv)", "Environment", make_environment (activation_token));
  g_variant_builder_add (&properties, "(sv)", "ExecStart", make_command (handler->argv));
  return g_variant_new ("(ssa(sv)@a(sa(sv)))", name, "fail", &properties,
                        g_variant_new_array (G_VARIANT_TYPE ("(sa(sv))"), NULL, 0));
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * cvg_browser_systemd_open_async:
 * @session: the session bus
 * @url: checked
 * @activation_token: (nullable): from the caller's window
 *
 * Fails if there is no systemd on this bus, no default browser, or the manager refuses.
 */
void
cvg_browser_systemd_open_async (GDBusConnection *session,
                                const char *url,
                                const char *activation_token,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgBrowserHandler) handler = cvg_browser_handler_find (url, &error);

  g_task_set_source_tag (task, cvg_browser_systemd_open_async);
  if (handler == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_dbus_connection_call (
      session, SYSTEMD_NAME, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager",
      "StartTransientUnit", make_arguments (handler, activation_token), G_VARIANT_TYPE ("(o)"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT, cancellable, on_started, g_object_ref (task));
}

gboolean
cvg_browser_systemd_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_browser_systemd_open_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
