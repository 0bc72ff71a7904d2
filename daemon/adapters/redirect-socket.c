/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loopback listener: doors (redirect URIs that somebody waits behind) over ports (sockets that
 * doors share), and the peers that came in.
 *
 * Invariant: a socket listens exactly as long as a door needs it; at most CVG_REDIRECT_MAX_PEERS
 * are inside at once, and each of them under a deadline.
 *
 * GSocketService and not SoupServer, which has no limits of its own and no place to put them: it
 * kept 300 idle connections, waited without end for half a request, buffered a body of 150 MiB,
 * and took requests for any Host (measured with libsoup 3.2.3). The request head is read by
 * libsoup's parser all the same; see redirect-request.c.
 *
 * The query is passed on unread: whether it belongs to a sign-in is the agent's to judge.
 */
#include "adapters/redirect-socket.h"

#include "adapters/redirect-address.h"
#include "adapters/redirect-peer.h"
#include "adapters/socket-owner.h"
#include "dbus/error.h"

#include <string.h>

/* A page is a navigation of a person: seconds for the head are plenty. The page itself may have
 * to wait for the provider, whose requests end after 30 s, for the keyring, and for a retry. */
#define HEAD_TIMEOUT 10000
#define ANSWER_TIMEOUT 120000
#define DRAIN_TIMEOUT 2000

/* How often another port is tried for localhost, if one was free on one family only. */
#define ANY_PORT_TRIES 8

/* One socket that listens. */
typedef struct
{
  guint users;
  GInetAddress *address; /* (owned) */
  guint port;
  GSocketService *service; /* (owned) */
  gpointer listener;       /* (borrowed): whose signal handler to remove */
} Port;

/* One redirect URI. */
typedef struct
{
  guint users;
  CvgRedirectAddress *address; /* (owned) */
  GPtrArray *ports;            /* (owned) (element-type Port): each with a use of ours */
  CvgRedirectFunc func;
  gpointer user_data; /* (borrowed) */
} Door;

struct _CvgRedirectSocket
{
  GObject parent_instance;

  CvgRedirectLimits limits;
  GPtrArray *doors; /* (owned) (element-type Door) */
  GPtrArray *ports; /* (owned) (element-type Port) */
  GQueue peers;     /* (element-type CvgRedirectPeer): (owned), the oldest first */
};

static void cvg_redirect_socket_redirect_init (CvgRedirectInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgRedirectSocket,
                               cvg_redirect_socket,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_REDIRECT,
                                                      cvg_redirect_socket_redirect_init))

static void
port_free (gpointer data)
{
  Port *port = data;

  g_signal_handlers_disconnect_by_data (port->service, port->listener);
  g_socket_service_stop (port->service);
  g_socket_listener_close (G_SOCKET_LISTENER (port->service));
  g_clear_object (&port->service);
  g_clear_object (&port->address);
  g_free (port);
}

static void
door_free (gpointer data)
{
  Door *door = data;

  cvg_redirect_address_free (door->address);
  g_ptr_array_unref (door->ports);
  g_free (door);
}

/* ---- requests ---- */

static void
reply_with_page (CvgPage *page, gpointer user_data)
{
  cvg_redirect_peer_answer (user_data, page);
  cvg_page_free (page);
}

static void
forget_peer (gpointer peer)
{
  cvg_redirect_peer_unref (peer);
}

/* The Host says which door is meant, or that none is: DNS rebinding brings a name of its own, and
 * gets nothing that its page could read. */
static void
on_request (CvgRedirectPeer *peer, const CvgRedirectRequest *request, gpointer user_data)
{
  CvgRedirectSocket *self = user_data;
  gboolean host_known = FALSE;

  for (guint i = 0; i < self->doors->len; i++)
    {
      const Door *door = g_ptr_array_index (self->doors, i);

      if (strcmp (door->address->authority, request->host) != 0)
        continue;
      host_known = TRUE;
      if (strcmp (door->address->path, request->path) != 0)
        continue;

      /* The function may close the door. */
      g_autofree char *uri = g_strdup (door->address->uri);

      door->func (
          uri, request->query,
          cvg_redirect_reply_new (reply_with_page, cvg_redirect_peer_ref (peer), forget_peer),
          door->user_data);
      return;
    }
  /* 421 Misdirected Request, RFC 9110 section 15.5.20. */
  cvg_redirect_peer_refuse (peer, host_known ? 404 : 421);
}

static void
on_peer_gone (CvgRedirectPeer *peer, gpointer user_data)
{
  CvgRedirectSocket *self = user_data;

  if (g_queue_remove (&self->peers, peer))
    cvg_redirect_peer_unref (peer);
}

static const CvgRedirectPeerFuncs peer_funcs = { on_request, on_peer_gone };

static void
drop_peers (CvgRedirectSocket *self, CvgRedirectPeerPhase phase, guint at_most)
{
  for (GList *link = self->peers.head, *next = NULL; link != NULL && at_most > 0; link = next)
    {
      CvgRedirectPeer *peer = link->data;

      next = link->next;
      if (cvg_redirect_peer_get_phase (peer) != phase)
        continue;
      cvg_redirect_peer_drop (peer);
      at_most--;
    }
}

/* Who says nothing leaves first: a browser sends its request as soon as it is in. Then who is
 * served. Who waits for a page stays, and the newcomer does not get in. */
static gboolean
make_room (CvgRedirectSocket *self)
{
  static const CvgRedirectPeerPhase order[] = { CVG_REDIRECT_PEER_READING,
                                                CVG_REDIRECT_PEER_ANSWERED };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      if (self->peers.length >= CVG_REDIRECT_MAX_PEERS)
        drop_peers (self, order[i], 1);
    }
  return self->peers.length < CVG_REDIRECT_MAX_PEERS;
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  CvgRedirectSocket *self = user_data;
  GSocket *socket = g_socket_connection_get_socket (connection);

  /* Who the kernel can't name any more (it was root's, or closed at once, or the table is not
   * readable here) is let through to the other checks: the state, which only the browser of this
   * sign-in knows, is what protects. This check keeps other users from using up the places. */
  if (cvg_socket_owner_of_peer (socket) == CVG_SOCKET_OWNER_OTHER)
    {
      g_debug ("The redirect listener drops a connection of another user");
      g_socket_close (socket, NULL);
      return TRUE;
    }
  if (!make_room (self))
    {
      g_debug ("The redirect listener is full");
      g_socket_close (socket, NULL);
      return TRUE;
    }
  g_queue_push_tail (&self->peers,
                     cvg_redirect_peer_new (connection, &self->limits, &peer_funcs, self));
  return TRUE;
}

/* ---- ports ---- */

static Port *
find_port (CvgRedirectSocket *self, GInetAddress *address, guint number)
{
  for (guint i = 0; i < self->ports->len; i++)
    {
      Port *port = g_ptr_array_index (self->ports, i);

      if (port->port == number && g_inet_address_equal (port->address, address))
        return port;
    }
  return NULL;
}

static guint
socket_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) name = g_socket_get_local_address (socket, NULL);

  return name != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (name)) : 0;
}

static Port *
listen_on (CvgRedirectSocket *self, GInetAddress *address, guint number, GError **error)
{
  g_autoptr (GSocket) socket = cvg_redirect_address_bind (address, number, error);
  g_autoptr (GSocketService) service = NULL;

  if (socket == NULL)
    return NULL;

  service = g_socket_service_new ();
  if (!g_socket_listener_add_socket (G_SOCKET_LISTENER (service), socket, NULL, error))
    return NULL;
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), self);

  Port *port = g_new0 (Port, 1);

  port->address = g_object_ref (address);
  port->port = socket_port (socket);
  port->service = g_steal_pointer (&service);
  port->listener = self;
  g_ptr_array_add (self->ports, port);
  return port;
}

static void
release_port (CvgRedirectSocket *self, Port *port)
{
  if (--port->users > 0)
    return;

  g_ptr_array_remove (self->ports, port);
}

static void
release_ports (CvgRedirectSocket *self, GPtrArray *ports)
{
  for (guint i = 0; i < ports->len; i++)
    release_port (self, g_ptr_array_index (ports, i));
  g_ptr_array_set_size (ports, 0);
}

/* All that the address needs, or nothing. Returns: (transfer full) (element-type Port) */
static GPtrArray *
take_ports (CvgRedirectSocket *self, CvgRedirectAddress *address, GError **error)
{
  g_autoptr (GPtrArray) list = cvg_redirect_address_list (address);
  g_autoptr (GPtrArray) ports = g_ptr_array_new ();
  guint number = address->port;

  for (guint i = 0; i < list->len; i++)
    {
      GInetAddress *inet = g_ptr_array_index (list, i);
      g_autoptr (GError) local = NULL;
      Port *port = number != 0 ? find_port (self, inet, number) : NULL;

      if (port == NULL)
        port = listen_on (self, inet, number, &local);
      if (port != NULL)
        {
          port->users++;
          number = port->port;
          g_ptr_array_add (ports, port);
        }
      /* The second family may not exist on this machine; then nobody else can have it either. */
      else if (i == 0 || g_error_matches (local, CVG_ERROR, CVG_ERROR_PORT_IN_USE))
        {
          release_ports (self, ports);
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
  return g_steal_pointer (&ports);
}

static GPtrArray *
take_any_ports (CvgRedirectSocket *self, CvgRedirectAddress *address, GError **error)
{
  for (guint tries = 1;; tries++)
    {
      g_autoptr (GError) local = NULL;
      GPtrArray *ports = take_ports (self, address, &local);

      if (ports != NULL)
        {
          const Port *first = g_ptr_array_index (ports, 0);

          cvg_redirect_address_set_port (address, first->port);
          return ports;
        }
      if (tries == ANY_PORT_TRIES)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
}

/* ---- doors ---- */

static Door *
find_door (CvgRedirectSocket *self, const char *uri)
{
  for (guint i = 0; i < self->doors->len; i++)
    {
      Door *door = g_ptr_array_index (self->doors, i);

      if (strcmp (door->address->uri, uri) == 0)
        return door;
    }
  return NULL;
}

static char *
redirect_socket_open (CvgRedirect *redirect,
                      const char *redirect_uri,
                      gboolean any_port,
                      CvgRedirectFunc func,
                      gpointer user_data,
                      GError **error)
{
  CvgRedirectSocket *self = CVG_REDIRECT_SOCKET (redirect);
  Door *door = any_port ? NULL : find_door (self, redirect_uri);

  if (door != NULL)
    {
      door->users++;
      return g_strdup (redirect_uri);
    }

  g_autoptr (CvgRedirectAddress) address = cvg_redirect_address_new (redirect_uri, any_port, error);

  if (address == NULL)
    return NULL;

  g_autoptr (GPtrArray) ports =
      any_port ? take_any_ports (self, address, error) : take_ports (self, address, error);

  if (ports == NULL)
    return NULL;

  door = g_new0 (Door, 1);
  door->users = 1;
  door->address = g_steal_pointer (&address);
  door->ports = g_steal_pointer (&ports);
  door->func = func;
  door->user_data = user_data;
  g_ptr_array_add (self->doors, door);
  g_debug ("The redirect listener is open at %s", door->address->uri);
  return g_strdup (door->address->uri);
}

static void
redirect_socket_close (CvgRedirect *redirect, const char *bound_uri)
{
  CvgRedirectSocket *self = CVG_REDIRECT_SOCKET (redirect);
  Door *door = find_door (self, bound_uri);

  g_return_if_fail (door != NULL);

  if (--door->users > 0)
    return;

  g_debug ("The redirect listener closes %s", door->address->uri);
  release_ports (self, door->ports);
  g_ptr_array_remove (self->doors, door);
  /* Who has not asked yet has nobody left to ask; answers on their way go on. */
  if (self->doors->len == 0)
    drop_peers (self, CVG_REDIRECT_PEER_READING, G_MAXUINT);
}

/* ---- object ---- */

static void
cvg_redirect_socket_finalize (GObject *object)
{
  CvgRedirectSocket *self = CVG_REDIRECT_SOCKET (object);
  CvgRedirectPeer *peer = NULL;

  g_ptr_array_unref (self->doors);
  g_ptr_array_unref (self->ports);
  while ((peer = g_queue_pop_head (&self->peers)) != NULL)
    {
      cvg_redirect_peer_detach (peer);
      cvg_redirect_peer_unref (peer);
    }

  G_OBJECT_CLASS (cvg_redirect_socket_parent_class)->finalize (object);
}

static void
cvg_redirect_socket_class_init (CvgRedirectSocketClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_redirect_socket_finalize;
}

static void
cvg_redirect_socket_redirect_init (CvgRedirectInterface *iface)
{
  iface->open = redirect_socket_open;
  iface->close = redirect_socket_close;
}

static void
cvg_redirect_socket_init (CvgRedirectSocket *self)
{
  self->limits.head = HEAD_TIMEOUT;
  self->limits.answer = ANSWER_TIMEOUT;
  self->limits.drain = DRAIN_TIMEOUT;
  self->doors = g_ptr_array_new_with_free_func (door_free);
  self->ports = g_ptr_array_new_with_free_func (port_free);
  g_queue_init (&self->peers);
}

/** cvg_redirect_socket_new: Returns: (transfer full): a listener that is not open anywhere */
CvgRedirectSocket *
cvg_redirect_socket_new (void)
{
  return g_object_new (CVG_TYPE_REDIRECT_SOCKET, NULL);
}

/**
 * cvg_redirect_socket_new_with_limits:
 * @head: milliseconds from accept to a complete request head
 * @answer: from there to the page
 * @drain: from the page to the end of the connection
 *
 * For tests, which can't wait that long.
 *
 * Returns: (transfer full): a listener that is not open anywhere
 */
CvgRedirectSocket *
cvg_redirect_socket_new_with_limits (guint head, guint answer, guint drain)
{
  CvgRedirectSocket *self = cvg_redirect_socket_new ();

  self->limits = (CvgRedirectLimits){ head, answer, drain };
  return self;
}
