/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ways to a browser: against a portal and a service manager that are played on a private bus,
 * and a "browser" that writes down how it was started.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "adapters/browser-desktop.h"
#include "adapters/browser-handler.h"
#include "adapters/browser-url.h"
#include "dbus/error.h"
#include "private-bus.h"
#include "scratch-folder.h"
#include "wait-for.h"

#define URL "https://idp.example/authorize?scope=a%20b&state=x$HOME"

static const char introspection[] =
    "<node>"
    "<interface name='org.freedesktop.portal.OpenURI'><method name='OpenURI'>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method></interface>"
    "<interface name='org.freedesktop.portal.Request'><method name='Close'/></interface>"
    "<interface name='org.freedesktop.systemd1.Manager'><method name='StartTransientUnit'>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='a(sv)' direction='in'/><arg type='a(sa(sv))' direction='in'/>"
    "<arg type='o' direction='out'/></method></interface>"
    "</node>";

/* What the played portal does with a call. */
typedef enum
{
  PORTAL_OPENS,
  PORTAL_OPENS_ELSEWHERE, /* under a path of its own, as old ones do */
  PORTAL_IS_DISMISSED,
  PORTAL_FAILS,
  PORTAL_REFUSES,
  PORTAL_IS_SILENT,
} Portal;

typedef struct
{
  GTestDBus *bus;
  GDBusConnection *own;    /* ours */
  GDBusConnection *others; /* of the services that are played */
  GDBusNodeInfo *node;
  CvgBrowser *browser;
  GAsyncResult *result;
  Portal portal;
  GVariant *portal_call;  /* (nullable): arguments of the last one */
  GVariant *systemd_call; /* (nullable): likewise */
  char *handle;
  gboolean is_closed; /* the request, by its maker */
} Fixture;

static char *folder; /* of everything that this program writes */

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* ---- the services ---- */

static void
respond (Fixture *fixture, guint32 code)
{
  GVariantBuilder results;

  g_variant_builder_init (&results, G_VARIANT_TYPE_VARDICT);
  g_dbus_connection_emit_signal (fixture->others, NULL, fixture->handle,
                                 "org.freedesktop.portal.Request", "Response",
                                 g_variant_new ("(ua{sv})", code, &results), NULL);
}

static char *
handle_for (const char *sender, GVariant *arguments)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 2);
  g_autofree char *name = g_strdelimit (g_strdup (sender + 1), ".", '_');
  const char *token = NULL;

  g_assert_true (g_variant_lookup (options, "handle_token", "&s", &token));
  return g_strdup_printf ("/org/freedesktop/portal/desktop/request/%s/%s", name, token);
}

static void
handle_open_uri (Fixture *fixture, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  static const guint32 codes[] = { [PORTAL_IS_DISMISSED] = 1, [PORTAL_FAILS] = 2 };

  fixture->portal_call = g_variant_ref (arguments);
  if (fixture->portal == PORTAL_REFUSES)
    {
      g_dbus_method_invocation_return_dbus_error (invocation,
                                                  "org.freedesktop.portal.Error.NotAllowed", "no");
      return;
    }
  g_free (fixture->handle);
  fixture->handle = handle_for (g_dbus_method_invocation_get_sender (invocation), arguments);
  if (fixture->portal == PORTAL_OPENS_ELSEWHERE)
    {
      g_free (fixture->handle);
      fixture->handle = g_strdup ("/org/freedesktop/portal/desktop/request/elsewhere");
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", fixture->handle));
      return;
    }
  /* Before the return: whoever subscribes only then misses it. */
  if (fixture->portal != PORTAL_IS_SILENT)
    respond (fixture, fixture->portal < G_N_ELEMENTS (codes) ? codes[fixture->portal] : 0);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", fixture->handle));
}

static void
on_method (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *method,
           GVariant *arguments,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
{
  Fixture *fixture = user_data;

  if (g_str_equal (method, "OpenURI"))
    handle_open_uri (fixture, invocation, arguments);
  else if (g_str_equal (method, "Close"))
    {
      fixture->is_closed = TRUE;
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      fixture->systemd_call = g_variant_ref (arguments);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", "/job/1"));
    }
}

static void
play (Fixture *fixture, const char *name, const char *path, const char *interface)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_method };
  g_autoptr (GError) error = NULL;

  g_dbus_connection_register_object (fixture->others, path,
                                     g_dbus_node_info_lookup_interface (fixture->node, interface),
                                     &vtable, fixture, NULL, &error);
  g_assert_no_error (error);
  if (name != NULL)
    private_bus_take_name (fixture->others, name);
}

static void
play_portal (Fixture *fixture, Portal portal)
{
  fixture->portal = portal;
  play (fixture, "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.OpenURI");
}

static void
play_systemd (Fixture *fixture)
{
  play (fixture, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
        "org.freedesktop.systemd1.Manager");
}

/* ---- the browser ---- */

static void
write_file (const char *name, const char *text, int mode)
{
  g_autofree char *path = in_folder (name);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static void
install_browser (void)
{
  g_autofree char *report = in_folder ("report");
  g_autofree char *program = in_folder ("web browser");
  g_autofree char *script =
      g_strdup_printf ("#!/bin/sh\n"
                       "{ printf '%%s\\n' \"$@\"\n"
                       "  echo \"XDG=$XDG_ACTIVATION_TOKEN DSI=$DESKTOP_STARTUP_ID\"\n"
                       "  set -- $(sed 's/.*) //' /proc/$$/stat)\n"
                       "  echo \"in=$(readlink /proc/$$/fd/0) session=$4\"\n"
                       "  ls /proc/$$/fd | wc -l\n"
                       "} > '%s.new'\n"
                       "mv '%s.new' '%s'\n",
                       report, report, report);
  g_autofree char *desktop =
      g_strdup_printf ("[Desktop Entry]\nType=Application\nName=Test\n"
                       "Exec=\"%s\" --new-window %%u --icon %%i 100%%%%\n"
                       "MimeType=x-scheme-handler/https;x-scheme-handler/http;\n",
                       program);

  write_file ("web browser", script, 0700);
  write_file ("data/applications/test-browser.desktop", desktop, 0600);
  write_file ("config/mimeapps.list",
              "[Default Applications]\nx-scheme-handler/https=test-browser.desktop\n"
              "x-scheme-handler/http=test-browser.desktop\n",
              0600);
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static char *
wait_for_report (void)
{
  g_autofree char *path = in_folder ("report");
  guint tick = g_timeout_add (10, on_tick, NULL);
  char *text = NULL;

  WAIT_FOR (g_file_get_contents (path, &text, NULL, NULL));
  g_source_remove (tick);
  g_remove (path);
  return text;
}

static void
assert_no_report (void)
{
  g_autofree char *path = in_folder ("report");

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* ---- fixture ---- */

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->bus = private_bus_new ();
  fixture->own = private_bus_connect (fixture->bus);
  fixture->others = private_bus_connect (fixture->bus);
  fixture->node = g_dbus_node_info_new_for_xml (introspection, NULL);
  g_assert_nonnull (fixture->node);
  fixture->browser = cvg_browser_desktop_new (fixture->own);
  install_browser ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  assert_no_report ();
  g_assert_finalize_object (fixture->browser);
  g_dbus_connection_close_sync (fixture->own, NULL, NULL);
  g_dbus_connection_close_sync (fixture->others, NULL, NULL);
  g_clear_object (&fixture->own);
  g_clear_object (&fixture->others);
  g_test_dbus_down (fixture->bus);
  g_clear_object (&fixture->bus);
  g_dbus_node_info_unref (fixture->node);
  g_clear_pointer (&fixture->portal_call, g_variant_unref);
  g_clear_pointer (&fixture->systemd_call, g_variant_unref);
  g_free (fixture->handle);
}

static gboolean
end (Fixture *fixture, GError **error)
{
  WAIT_FOR (fixture->result != NULL);

  g_autoptr (GAsyncResult) result = g_steal_pointer (&fixture->result);

  return cvg_browser_open_finish (fixture->browser, result, error);
}

static void
open_url (Fixture *fixture, const char *url, const char *token)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;

  cvg_browser_open_async (fixture->browser, url, token, NULL, wait_for_keep, &fixture->result);
  g_assert_null (fixture->result);
  ok = end (fixture, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

/* ---- tests ---- */

static void
test_portal (Fixture *fixture, gconstpointer data)
{
  const char *parent = NULL;
  const char *url = NULL;
  const char *token = NULL;
  g_autoptr (GVariant) options = NULL;

  play_portal (fixture, (Portal) GPOINTER_TO_UINT (data));
  cvg_browser_open_async (fixture->browser, URL, "token-1", NULL, wait_for_keep, &fixture->result);
  if (fixture->portal == PORTAL_OPENS_ELSEWHERE)
    {
      WAIT_FOR (fixture->portal_call != NULL);
      /* The answer must have been read before a signal on the other path can be expected. */
      g_autoptr (GVariant) ping = NULL;

      g_assert_null (fixture->result);
      for (guint i = 0; i < 3; i++)
        {
          g_clear_pointer (&ping, g_variant_unref);
          ping = g_dbus_connection_call_sync (fixture->own, "org.freedesktop.DBus",
                                              "/org/freedesktop/DBus", "org.freedesktop.DBus.Peer",
                                              "Ping", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                              NULL);
          while (g_main_context_iteration (NULL, FALSE))
            ;
        }
      g_assert_null (fixture->result);
      respond (fixture, 0);
    }
  g_assert_true (end (fixture, NULL));

  g_variant_get (fixture->portal_call, "(&s&s@a{sv})", &parent, &url, &options);
  g_assert_cmpstr (parent, ==, "");
  g_assert_cmpstr (url, ==, URL);
  g_assert_true (g_variant_lookup (options, "activation_token", "&s", &token));
  g_assert_cmpstr (token, ==, "token-1");
  assert_no_report ();
}

static void
test_dismissed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  play_portal (fixture, PORTAL_IS_DISMISSED);
  play_systemd (fixture);
  cvg_browser_open_async (fixture->browser, URL, NULL, NULL, wait_for_keep, &fixture->result);
  g_assert_false (end (fixture, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "No browser was chosen"));
  /* Who said no is not asked in another way. */
  g_assert_null (fixture->systemd_call);
  assert_no_report ();
}

static void
test_portal_fails (Fixture *fixture, gconstpointer data)
{
  play_portal (fixture, (Portal) GPOINTER_TO_UINT (data));
  open_url (fixture, URL, NULL);
  g_assert_nonnull (fixture->portal_call);
  g_free (wait_for_report ());
}

static void
test_portal_leaves (Fixture *fixture, gconstpointer data)
{
  play_portal (fixture, PORTAL_IS_SILENT);
  cvg_browser_open_async (fixture->browser, URL, NULL, NULL, wait_for_keep, &fixture->result);
  WAIT_FOR (fixture->portal_call != NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (fixture->result);
  private_bus_leave_name (fixture->others, "org.freedesktop.portal.Desktop");
  g_assert_true (end (fixture, NULL));
  g_free (wait_for_report ());
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  play_portal (fixture, PORTAL_IS_SILENT);
  cvg_browser_open_async (fixture->browser, URL, NULL, cancellable, wait_for_keep,
                          &fixture->result);
  WAIT_FOR (fixture->portal_call != NULL);
  play (fixture, NULL, fixture->handle, "org.freedesktop.portal.Request");
  g_assert_null (fixture->result);

  g_cancellable_cancel (cancellable);
  g_assert_false (end (fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  WAIT_FOR (fixture->is_closed);
  assert_no_report ();
}

static GVariant *
unit_property (GVariant *call, const char *wanted)
{
  g_autoptr (GVariant) properties = g_variant_get_child_value (call, 2);
  GVariantIter iter;
  const char *name = NULL;
  GVariant *value = NULL;

  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_next (&iter, "(&sv)", &name, &value))
    {
      if (g_str_equal (name, wanted))
        return value;
      g_variant_unref (value);
    }
  g_error ("The unit has no %s", wanted);
  return NULL;
}

static void
test_systemd (Fixture *fixture, gconstpointer data)
{
  play_systemd (fixture);
  open_url (fixture, URL, "token-1");
  g_assert_nonnull (fixture->systemd_call);
  assert_no_report ();

  const char *name = NULL;
  g_autoptr (GVariant) command = unit_property (fixture->systemd_call, "ExecStart");
  g_autoptr (GVariant) environment = unit_property (fixture->systemd_call, "Environment");
  g_autoptr (GVariant) collect = unit_property (fixture->systemd_call, "CollectMode");
  g_autofree char *printed = g_variant_print (command, FALSE);
  g_autofree char *program = in_folder ("web browser");
  g_autofree char *expected = g_strdup_printf (
      "[('%s', ['%s', '--new-window', "
      "'https://idp.example/authorize?scope=a%%20b&state=x$$HOME', '--icon', '100%%'], false)]",
      program, program);
  g_autofree const char **variables = g_variant_get_strv (environment, NULL);

  g_variant_get_child (fixture->systemd_call, 0, "&s", &name);
  g_assert_true (
      g_regex_match_simple ("^app-claviger-test\\\\x2dbrowser@[0-9a-f]{8}\\.service$", name, 0, 0));
  g_assert_cmpstr (printed, ==, expected);
  g_assert_cmpstr (g_variant_get_string (collect, NULL), ==, "inactive-or-failed");
  g_assert_true (g_strv_contains (variables, "XDG_ACTIVATION_TOKEN=token-1"));
  g_assert_true (g_strv_contains (variables, "DESKTOP_STARTUP_ID=token-1"));
}

static void
test_direct (Fixture *fixture, gconstpointer data)
{
  const char *url = data;

  open_url (fixture, url, "token-1");

  g_autofree char *report = wait_for_report ();
  g_auto (GStrv) lines = g_strsplit (report, "\n", -1);
  g_autofree char *our_session = g_strdup_printf ("session=%d", getsid (0));

  g_assert_cmpuint (g_strv_length (lines), ==, 8);
  g_assert_cmpstr (lines[0], ==, "--new-window");
  g_assert_cmpstr (lines[1], ==, url);
  g_assert_cmpstr (lines[2], ==, "--icon");
  g_assert_cmpstr (lines[3], ==, "100%");
  g_assert_cmpstr (lines[4], ==, "XDG=token-1 DSI=token-1");
  g_assert_true (g_str_has_prefix (lines[5], "in=/dev/null session="));
  g_assert_false (g_str_has_suffix (lines[5], our_session));
  /* 0, 1, 2, the script itself, and where the shell keeps its own. Ours are dozens. */
  g_assert_cmpuint (g_ascii_strtoull (lines[6], NULL, 10), <=, 6);
}

static void
test_without_bus (void)
{
  Fixture fixture = { 0 };

  install_browser ();
  fixture.browser = cvg_browser_desktop_new (NULL);
  open_url (&fixture, URL, NULL);

  g_autofree char *report = wait_for_report ();

  g_assert_nonnull (strstr (report, "\nXDG= DSI=\n"));
  g_assert_finalize_object (fixture.browser);
}

static void
test_no_handler (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cvg_browser_handler_find ("x-none://a", &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "No program is chosen for x-none addresses");
}

static void
test_restricted (void)
{
  if (g_test_subprocess ())
    {
      Fixture fixture = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
      install_browser ();
      fixture.browser = cvg_browser_desktop_new (NULL);
      cvg_browser_open_async (fixture.browser, URL, NULL, NULL, wait_for_keep, &fixture.result);
      g_assert_false (end (&fixture, &error));
      g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
      g_assert_nonnull (strstr (error->message, "restrictions"));
      g_assert_nonnull (strstr (error->message, "by hand"));
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_urls (void)
{
  static const struct
  {
    const char *url;
    gboolean good;
  } vectors[] = {
    { "https://auth.atlassian.com/authorize?audience=api.atlassian.com&scope=a%20b", TRUE },
    { "https://idp.example:8443/a;b=c?d#e", TRUE },
    { "https://[2001:db8::1]/", TRUE },
    { "http://127.0.0.1:18000/authorize", TRUE },
    { "http://[::1]:18000/authorize", TRUE },
    { "http://localhost:18000/authorize", TRUE },
    { "http://idp.example/authorize", FALSE },   /* not encrypted */
    { "http://localhost.evil.example/", FALSE }, /* begins well */
    { "http://127.0.0.1@evil.example/", FALSE }, /* user info */
    { "https://user:pw@idp.example/", FALSE },   /* likewise */
    { "https:///authorize", FALSE },             /* no host */
    { "https:authorize", FALSE },                /* not hierarchical */
    { "file:///etc/passwd", FALSE },             /* other schemes */
    { "javascript:alert(1)", FALSE },
    { "data:text/html,x", FALSE },
    { "ms-msdt:/id", FALSE },
    { "--new-window", FALSE }, /* an option */
    { "-https://idp.example/", FALSE },
    { " https://idp.example/", FALSE }, /* spaces */
    { "https://idp.example/a b", FALSE },
    { "https://idp.example/\n", FALSE }, /* controls */
    { "https://idp.example/\x7f", FALSE },
    { "https://idp.example/\"; rm -rf ~", FALSE }, /* quotes */
    { "https://idp.example/`id`", FALSE },
    { "https://idp.example\\@evil.example/", FALSE }, /* backslash */
    { "https://idp.example/\xc3\xa4", FALSE },        /* not ASCII */
    { "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      if (cvg_browser_url_check (vectors[i].url, &error) != vectors[i].good)
        g_error ("Wrong answer for %s", vectors[i].url);
      g_assert_true ((error == NULL) == vectors[i].good);
    }
}

static void
test_bad_url_goes_nowhere (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  play_portal (fixture, PORTAL_OPENS);
  cvg_browser_open_async (fixture->browser, "http://idp.example/", NULL, NULL, wait_for_keep,
                          &fixture->result);
  g_assert_false (end (fixture, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_null (fixture->portal_call);
}

static void
test_expand (void)
{
  static const struct
  {
    const char *exec;
    const char *arguments; /* NULL: refused */
  } vectors[] = {
    { "sh %u", "U" },                   /* the usual one */
    { "sh %U", "U" },                   /* a list of one */
    { "sh %f", "U" },                   /* for files, but chosen for the web */
    { "sh", "U" },                      /* no place for it: at the end */
    { "sh --url=%u --", "--url=U|--" }, /* in a word */
    { "sh \"a b\" %u", "a b|U" },       /* quoted */
    { "sh %i %c %k %d %u", "U" },       /* what browsers do not need */
    { "sh 50%% %u", "50%|U" },          /* a percent sign */
    { "sh \"\" %u", "|U" },             /* an empty word stays */
    { "sh ; rm %u", ";|rm|U" },         /* no shell reads it */
    { "sh $(id) `id` %u", "$(id)|`id`|U" },
    { "claviger-no-such-program %u", NULL },
    { "sh \"unfinished", NULL },
    { "", NULL },
    { NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) argv = cvg_browser_handler_expand (vectors[i].exec, "U", &error);

      if (vectors[i].arguments == NULL)
        {
          g_assert_null (argv);
          g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
          continue;
        }
      g_assert_no_error (error);
      g_assert_true (g_path_is_absolute (argv[0]));

      g_autofree char *joined = g_strjoinv ("|", argv + 1);

      g_assert_cmpstr (joined, ==, vectors[i].arguments);
    }
}

#define ADD(path, data, func) g_test_add ("/browser/" path, Fixture, data, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);

  /* GIO reads these once: a desktop of our own. */
  folder = scratch_folder_new ();
  g_autofree char *data_home = in_folder ("data");
  g_autofree char *config_home = in_folder ("config");
  g_autofree char *nowhere = in_folder ("nowhere");

  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  g_setenv ("XDG_CONFIG_HOME", config_home, TRUE);
  g_setenv ("XDG_DATA_DIRS", nowhere, TRUE);
  g_setenv ("XDG_CONFIG_DIRS", nowhere, TRUE);
  g_unsetenv ("XDG_CURRENT_DESKTOP");
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/browser/urls", test_urls);
  g_test_add_func ("/browser/exec-lines", test_expand);
  ADD ("bad-url-goes-nowhere", NULL, test_bad_url_goes_nowhere);
  ADD ("portal/opens", GUINT_TO_POINTER (PORTAL_OPENS), test_portal);
  ADD ("portal/opens-under-another-path", GUINT_TO_POINTER (PORTAL_OPENS_ELSEWHERE), test_portal);
  ADD ("portal/dismissed-is-the-end", NULL, test_dismissed);
  ADD ("portal/failed-goes-on", GUINT_TO_POINTER (PORTAL_FAILS), test_portal_fails);
  ADD ("portal/refused-goes-on", GUINT_TO_POINTER (PORTAL_REFUSES), test_portal_fails);
  ADD ("portal/gone-goes-on", NULL, test_portal_leaves);
  ADD ("portal/cancelled-closes-the-request", NULL, test_cancelled);
  ADD ("systemd/starts-a-unit", NULL, test_systemd);
  ADD ("direct/https", URL, test_direct);
  ADD ("direct/http-to-loopback", "http://127.0.0.1:1/x?a=%20b", test_direct);
  g_test_add_func ("/browser/direct/no-handler", test_no_handler);
  g_test_add_func ("/browser/direct/without-a-bus", test_without_bus);
  g_test_add_func ("/browser/direct/restricted", test_restricted);

  int status = g_test_run ();

  scratch_folder_free (folder);
  return status;
}
