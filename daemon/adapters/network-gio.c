/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the machine says of its network: NetworkManager's word where there is one (it knows of
 * captive portals), else the kernel's routes. GNetworkMonitor chooses, and GIO_USE_NETWORK_MONITOR
 * overrules it ("base" has a network that is always up).
 *
 * Making the monitor asks NetworkManager and waits for its answer, for up to 25 s: that is done by
 * a thread of GLib's, and until then the network counts as up. Nothing here wakes an idle daemon
 * but what the kernel and NetworkManager have to say; and of that only what makes a difference goes
 * on to the agent: a container that comes and goes has routes too.
 */
#include "adapters/network-gio.h"

/* Reserved for documentation, so nobody's; and no packet goes there. */
#define SOMEWHERE_4 "192.0.2.1"
#define SOMEWHERE_6 "2001:db8::1"

struct _CvgNetworkGio
{
  GObject parent_instance;

  GNetworkMonitor *monitor; /* (owned) (nullable): %NULL until it is made */
  gboolean up;
  char *way_out; /* (owned): see describe_way_out() */
};

static void cvg_network_gio_network_init (CvgNetworkInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgNetworkGio,
                               cvg_network_gio,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_NETWORK,
                                                      cvg_network_gio_network_init))

/* Returns: (transfer full): the address of ours that a packet to the internet would bear, "" if
 * there is no route. Connecting a datagram socket sends nothing. */
static char *
find_source_address (const char *somewhere)
{
  g_autoptr (GSocketAddress) there = g_inet_socket_address_new_from_string (somewhere, 9);
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (there),
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) here = NULL;

  if (socket == NULL)
    return g_strdup ("");

  g_socket_set_blocking (socket, FALSE);
  if (g_socket_connect (socket, there, NULL, NULL))
    here = g_socket_get_local_address (socket, NULL);
  if (here == NULL)
    return g_strdup ("");
  return g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (here)));
}

/* Returns: (transfer full): what differs between one network and another */
static char *
describe_way_out (void)
{
  g_autofree char *four = find_source_address (SOMEWHERE_4);
  g_autofree char *six = find_source_address (SOMEWHERE_6);

  return g_strconcat (four, " ", six, NULL);
}

/* "Local" is also what is said of a NetworkManager that does not test for the internet, as on many
 * systems: whether there is a way is told by the other property. */
static gboolean
read_up (GNetworkMonitor *monitor)
{
  return g_network_monitor_get_network_available (monitor) &&
         g_network_monitor_get_connectivity (monitor) != G_NETWORK_CONNECTIVITY_PORTAL;
}

static void
look (CvgNetworkGio *self)
{
  gboolean up = read_up (self->monitor);
  g_autofree char *way_out = describe_way_out ();
  gboolean is_news = up != self->up || (up && g_strcmp0 (way_out, self->way_out) != 0);

  g_free (self->way_out);
  self->way_out = g_steal_pointer (&way_out);
  self->up = up;
  if (!is_news)
    return;

  g_debug ("The network is %s", up ? "up" : "down");
  cvg_network_emit_changed (CVG_NETWORK (self));
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean available, gpointer user_data)
{
  look (CVG_NETWORK_GIO (user_data));
}

static void
on_notify (GNetworkMonitor *monitor, GParamSpec *property, gpointer user_data)
{
  look (CVG_NETWORK_GIO (user_data));
}

/* ---- making it ---- */

static void
make_monitor (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GDBusConnection) bus = NULL;

  /* The monitor takes the shared connection, which ends the program when it is closed. */
  bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL); /* in a thread: lint-ok */
  if (bus != NULL)
    g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_task_return_pointer (task, g_object_ref (g_network_monitor_get_default ()), g_object_unref);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GWeakRef *reference = user_data;
  g_autoptr (CvgNetworkGio) self = g_weak_ref_get (reference);
  g_autoptr (GNetworkMonitor) monitor = g_task_propagate_pointer (G_TASK (result), NULL);

  g_weak_ref_clear (reference);
  g_free (reference);
  if (self == NULL)
    return;

  g_debug ("The network is watched by %s", G_OBJECT_TYPE_NAME (monitor));
  self->monitor = g_steal_pointer (&monitor);
  g_signal_connect_object (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self,
                           0);
  g_signal_connect_object (self->monitor, "notify::network-available", G_CALLBACK (on_notify), self,
                           0);
  g_signal_connect_object (self->monitor, "notify::connectivity", G_CALLBACK (on_notify), self, 0);
  look (self);
}

/* ---- object ---- */

static gboolean
network_gio_is_up (CvgNetwork *network)
{
  return CVG_NETWORK_GIO (network)->up;
}

static void
cvg_network_gio_finalize (GObject *object)
{
  CvgNetworkGio *self = CVG_NETWORK_GIO (object);

  g_clear_object (&self->monitor);
  g_free (self->way_out);

  G_OBJECT_CLASS (cvg_network_gio_parent_class)->finalize (object);
}

static void
cvg_network_gio_class_init (CvgNetworkGioClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_network_gio_finalize;
}

static void
cvg_network_gio_network_init (CvgNetworkInterface *iface)
{
  iface->is_up = network_gio_is_up;
}

static void
cvg_network_gio_init (CvgNetworkGio *self)
{
  self->up = TRUE;
  self->way_out = describe_way_out ();
}

/** cvg_network_gio_new: Returns: (transfer full): a network that is up until more is known */
CvgNetworkGio *
cvg_network_gio_new (void)
{
  CvgNetworkGio *self = g_object_new (CVG_TYPE_NETWORK_GIO, NULL);
  GWeakRef *reference = g_new0 (GWeakRef, 1);
  g_autoptr (GTask) task = NULL;

  /* Weak: a machine whose NetworkManager hangs is no reason to live on. */
  g_weak_ref_init (reference, self);
  task = g_task_new (NULL, NULL, on_made, reference);
  g_task_set_source_tag (task, cvg_network_gio_new);
  g_task_run_in_thread (task, make_monitor);
  return self;
}
