/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a redirect URI to bound sockets. Loopback literals are bound as they are. "localhost" is
 * both families, since the browser may try either: a port that is free on one and taken on the
 * other would hand the code to whoever took it.
 *
 * SO_REUSEADDR lets us have a port that has old connections in TIME_WAIT; on Linux it does not let
 * two listen. SO_REUSEPORT would, and is never set.
 */
#include "adapters/redirect-address.h"

#include "adapters/socket-owner.h"
#include "dbus/error.h"

#include <string.h>

/* Connections that the kernel holds for us until we take them, which we do at once. With GLib's
 * ten, silent peers that come in a crowd make the browser's first packet get lost and wait seconds.
 */
#define BACKLOG 128

/* The browser leaves the default port out of the Host header. */
#define HTTP_PORT 80

static void
compose (CvgRedirectAddress *address)
{
  gboolean is_ipv6 = strchr (address->host, ':') != NULL;
  g_autofree char *port =
      address->port == HTTP_PORT ? g_strdup ("") : g_strdup_printf (":%u", address->port);

  g_free (address->authority);
  address->authority =
      g_strconcat (is_ipv6 ? "[" : "", address->host, is_ipv6 ? "]" : "", port, NULL);
}

/**
 * cvg_redirect_address_new:
 * @redirect_uri: http, to 127.0.0.1, [::1] or localhost, with a port unless @any_port
 * @any_port: whether the port is to be chosen when it is bound
 *
 * Returns: (transfer full): the address, or %NULL with %CVG_ERROR_FAILED
 */
CvgRedirectAddress *
cvg_redirect_address_new (const char *redirect_uri, gboolean any_port, GError **error)
{
  static const char *const hosts[] = { "127.0.0.1", "::1", "localhost", NULL };
  g_autoptr (GUri) uri =
      g_uri_parse (redirect_uri, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD, NULL);

  if (uri == NULL || strcmp (g_uri_get_scheme (uri), "http") != 0 ||
      !g_strv_contains (hosts, g_uri_get_host (uri)) || g_uri_get_userinfo (uri) != NULL ||
      g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED,
                   "The redirect URI %s is not a plain http address of this machine", redirect_uri);
      return NULL;
    }

  CvgRedirectAddress *address = g_new0 (CvgRedirectAddress, 1);
  int port = g_uri_get_port (uri);

  address->uri = g_strdup (redirect_uri);
  address->host = g_strdup (g_uri_get_host (uri));
  address->path = g_strdup (*g_uri_get_path (uri) != '\0' ? g_uri_get_path (uri) : "/");
  address->port = any_port ? 0 : port > 0 ? (guint) port : HTTP_PORT;
  compose (address);
  return address;
}

void
cvg_redirect_address_free (CvgRedirectAddress *address)
{
  g_free (address->uri);
  g_free (address->authority);
  g_free (address->path);
  g_free (address->host);
  g_free (address);
}

/** cvg_redirect_address_set_port: @address is to have the port that was found for it */
void
cvg_redirect_address_set_port (CvgRedirectAddress *address, guint port)
{
  address->port = port;
  compose (address);
  g_free (address->uri);
  address->uri = g_strconcat ("http://", address->authority, address->path, NULL);
}

/**
 * cvg_redirect_address_list:
 *
 * Returns: (transfer full) (element-type GInetAddress): what must be bound; IPv4 comes first, and
 * the second may be missing from the machine
 */
GPtrArray *
cvg_redirect_address_list (const CvgRedirectAddress *address)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  if (strcmp (address->host, "::1") != 0)
    g_ptr_array_add (list, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
  if (strcmp (address->host, "127.0.0.1") != 0)
    g_ptr_array_add (list, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6));
  return list;
}

/**
 * cvg_redirect_address_bind:
 * @address: one of the list
 * @port: 0: any
 *
 * Returns: (transfer full): a listening socket, or %NULL with %CVG_ERROR_PORT_IN_USE, naming the
 * port and its holder, or %CVG_ERROR_FAILED
 */
GSocket *
cvg_redirect_address_bind (GInetAddress *address, guint port, GError **error)
{
  GSocketFamily family = g_inet_address_get_family (address);
  g_autoptr (GSocketAddress) name = g_inet_socket_address_new (address, (guint16) port);
  g_autoptr (GError) local = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &local);

  if (socket != NULL)
    g_socket_set_listen_backlog (socket, BACKLOG);
  if (socket != NULL && g_socket_bind (socket, name, TRUE, &local) &&
      g_socket_listen (socket, &local))
    return g_steal_pointer (&socket);

  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      g_autofree char *holder = cvg_socket_owner_describe_port (address, port);

      g_set_error (error, CVG_ERROR, CVG_ERROR_PORT_IN_USE, "Port %u is in use by %s", port,
                   holder);
      return NULL;
    }
  g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED, "Port %u could not be opened: %s", port,
               local->message);
  return NULL;
}
