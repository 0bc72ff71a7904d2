/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network port on a NetworkManager that is played on a private system bus, and on the kernel's
 * routes in a network of its own. GLib makes one monitor for a process: each test has a process.
 */
#include <sched.h>

#include "adapters/network-gio.h"
#include "private-bus.h"
#include "wait-for.h"

#define NM_NAME "org.freedesktop.NetworkManager"
#define NM_PATH "/org/freedesktop/NetworkManager"

/* NMState and NMConnectivityState */
enum
{
  DISCONNECTED = 20,
  SITE = 60,
  GLOBAL = 70,
};
enum
{
  UNKNOWN,
  NONE,
  PORTAL,
  LIMITED,
  FULL,
};

static const char introspection[] = "<node><interface name='org.freedesktop.NetworkManager'>"
                                    "<property name='State' type='u' access='read'/>"
                                    "<property name='Connectivity' type='u' access='read'/>"
                                    "</interface></node>";

static GTestDBus *system_bus; /* (owned) */
static guint32 nm_state = GLOBAL;
static guint32 nm_connectivity = FULL;

/* ---- the played NetworkManager ---- */

static GVariant *
get_property (GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *name,
              GError **error,
              gpointer user_data)
{
  return g_variant_new_uint32 (g_str_equal (name, "State") ? nm_state : nm_connectivity);
}

static void
serve (GDBusConnection *connection)
{
  static const GDBusInterfaceVTable vtable = { .get_property = get_property };

  private_bus_play (connection, NM_PATH, introspection, &vtable, NULL);
  private_bus_take_name (connection, NM_NAME);
}

static void
set_nm (GDBusConnection *connection, guint32 state, guint32 connectivity)
{
  GVariantBuilder changed;

  nm_state = state;
  nm_connectivity = connectivity;
  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&changed, "{sv}", "State", g_variant_new_uint32 (state));
  g_variant_builder_add (&changed, "{sv}", "Connectivity", g_variant_new_uint32 (connectivity));
  g_dbus_connection_emit_signal (connection, NULL, NM_PATH, "org.freedesktop.DBus.Properties",
                                 "PropertiesChanged",
                                 g_variant_new ("(sa{sv}as)", NM_NAME, &changed, NULL), NULL);
}

static GDBusMessage *
swallow (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;

  /* In GDBus's own thread. */
  g_atomic_int_inc ((int *) user_data);
  g_main_context_wakeup (NULL);
  g_object_unref (message);
  return NULL;
}

static void
start_system_bus (void)
{
  system_bus = private_bus_new ();
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (system_bus), TRUE);
}

/* The monitor never lets go of its connection; so it is not g_test_dbus_down(), which waits. */
static void
end_system_bus (void)
{
  g_test_dbus_stop (system_bus);
  g_clear_object (&system_bus);
}

/* ---- tests, a process each ---- */

static void
count (CvgNetwork *network, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
test_network_manager (void)
{
  static const struct
  {
    guint32 state;
    guint32 connectivity;
    gboolean up;
  } rows[] = {
    { GLOBAL, PORTAL, FALSE },        { GLOBAL, FULL, TRUE },
    { DISCONNECTED, NONE, FALSE },    { GLOBAL, LIMITED, TRUE },
    { SITE, PORTAL, FALSE },          { GLOBAL, UNKNOWN, TRUE }, /* untested */
    { DISCONNECTED, UNKNOWN, FALSE },
  };
  g_autoptr (GDBusConnection) connection = NULL;
  CvgNetwork *network = NULL;
  guint changes = 0;

  start_system_bus ();
  connection = private_bus_connect (system_bus);
  /* From a network that is not up: what was taken for granted is corrected. */
  nm_state = DISCONNECTED;
  serve (connection);
  network = CVG_NETWORK (cvg_network_gio_new ());
  g_signal_connect (network, "changed", G_CALLBACK (count), &changes);
  g_assert_true (cvg_network_is_up (network));
  WAIT_FOR (changes == 1);
  g_assert_false (cvg_network_is_up (network));

  set_nm (connection, GLOBAL, FULL);
  WAIT_FOR (changes == 2);
  g_assert_true (cvg_network_is_up (network));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      set_nm (connection, rows[i].state, rows[i].connectivity);
      WAIT_FOR (changes == 3 + i);
      g_assert_cmpint (cvg_network_is_up (network), ==, rows[i].up);
    }
  g_assert_finalize_object (network);
  end_system_bus ();
}

static void
test_hanging (void)
{
  g_autoptr (GDBusConnection) connection = NULL;
  CvgNetwork *network = NULL;
  int calls = 0;
  gint64 began = g_get_monotonic_time ();

  start_system_bus ();
  connection = private_bus_connect (system_bus);
  g_dbus_connection_add_filter (connection, swallow, &calls, NULL);
  private_bus_take_name (connection, NM_NAME);
  network = CVG_NETWORK (cvg_network_gio_new ());
  WAIT_FOR (g_atomic_int_get (&calls) > 0);
  g_assert_true (cvg_network_is_up (network));
  g_assert_finalize_object (network);
  /* It is still asked: GLib's patience is 25 s. */
  g_assert_cmpint (g_get_monotonic_time () - began, <, DEADLINE * 1000);
  end_system_bus ();
}

static void
run (const char *command)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_command_line_sync (command, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static void
test_routes (void)
{
  CvgNetwork *network = NULL;
  guint changes = 0;

  g_assert_cmpint (unshare (CLONE_NEWNET), ==, 0);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere", TRUE);
  network = CVG_NETWORK (cvg_network_gio_new ());
  g_signal_connect (network, "changed", G_CALLBACK (count), &changes);
  WAIT_FOR (changes == 1);
  g_assert_false (cvg_network_is_up (network));

  run ("ip link set lo up");
  run ("ip address add 198.51.100.7/24 dev lo");
  run ("ip route add default dev lo src 198.51.100.7");
  WAIT_FOR (changes == 2);
  g_assert_true (cvg_network_is_up (network));

  /* A route that nobody's servers are behind; and then another network. */
  run ("ip route add 10.9.0.0/16 dev lo");
  run ("ip address add 203.0.113.5/24 dev lo");
  run ("ip route replace default dev lo src 203.0.113.5");
  WAIT_FOR (changes == 3);
  g_assert_true (cvg_network_is_up (network));

  run ("ip route delete default");
  WAIT_FOR (changes == 4);
  g_assert_false (cvg_network_is_up (network));
  g_assert_finalize_object (network);
}

/* ---- */

static void
test_apart (gconstpointer data)
{
  g_test_trap_subprocess (data, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
test_routes_apart (gconstpointer data)
{
  int status = 1;

  if (!g_spawn_command_line_sync ("unshare --net ip link set lo up", NULL, NULL, &status, NULL) ||
      status != 0)
    {
      g_test_skip ("No network of one's own can be had here (unshare --net, ip)");
      return;
    }
  test_apart (data);
}

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_unsetenv ("GIO_USE_NETWORK_MONITOR");
  g_unsetenv ("GTK_USE_PORTAL");
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/network-gio/network-manager", "/network-gio/apart/subprocess/nm",
                        test_apart);
  g_test_add_data_func ("/network-gio/hanging-network-manager",
                        "/network-gio/apart/subprocess/hanging", test_apart);
  g_test_add_data_func ("/network-gio/routes", "/network-gio/apart/subprocess/routes",
                        test_routes_apart);
  g_test_add_func ("/network-gio/apart/subprocess/nm", test_network_manager);
  g_test_add_func ("/network-gio/apart/subprocess/hanging", test_hanging);
  g_test_add_func ("/network-gio/apart/subprocess/routes", test_routes);
  return g_test_run ();
}
