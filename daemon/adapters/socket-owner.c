/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A loopback port is open to every local user, and SO_PEERCRED answers on TCP without failing,
 * with nonsense. The kernel's socket table knows the user: NETLINK_SOCK_DIAG gives the row of one
 * connection in a tenth of a millisecond, without a privilege; sock_diag(7).
 *
 * What it knows is who created the socket. A row that is gone, or belongs to a connection that is
 * already closed, has uid 0, so 0 never means "root" to us unless we are root.
 *
 * This keeps other users out. It does not tell programs of the same user apart; nothing does.
 */
#include "adapters/socket-owner.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  struct nlmsghdr header;
  struct inet_diag_req_v2 diag;
} Query;

/* @address as the kernel's tables have it: port in @port, the address in @words. */
static gboolean
copy_address (GSocketAddress *address, guint16 *port, guint32 words[4])
{
  union
  {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } native;

  memset (words, 0, 4 * sizeof (guint32));
  if (!g_socket_address_to_native (address, &native, sizeof native, NULL))
    return FALSE;

  if (native.any.sa_family == AF_INET)
    {
      *port = native.v4.sin_port;
      memcpy (words, &native.v4.sin_addr, sizeof native.v4.sin_addr);
      return TRUE;
    }
  *port = native.v6.sin6_port;
  memcpy (words, &native.v6.sin6_addr, sizeof native.v6.sin6_addr);
  return native.any.sa_family == AF_INET6;
}

/* The connection as its other end has it: what is local to the peer is remote to us. */
static gboolean
fill_query (Query *query, GSocket *socket)
{
  g_autoptr (GSocketAddress) peer = g_socket_get_remote_address (socket, NULL);
  g_autoptr (GSocketAddress) own = g_socket_get_local_address (socket, NULL);
  struct inet_diag_sockid *id = &query->diag.id;
  guint16 peer_port = 0;
  guint16 own_port = 0;
  guint32 peer_words[4];
  guint32 own_words[4];

  if (peer == NULL || own == NULL || !copy_address (peer, &peer_port, peer_words) ||
      !copy_address (own, &own_port, own_words))
    return FALSE;

  query->header.nlmsg_len = sizeof *query;
  query->header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query->header.nlmsg_flags = NLM_F_REQUEST;
  query->diag.sdiag_family = (guint8) g_socket_get_family (socket);
  query->diag.sdiag_protocol = IPPROTO_TCP;
  query->diag.idiag_states = ~0u;
  id->idiag_sport = peer_port;
  id->idiag_dport = own_port;
  memcpy (id->idiag_src, peer_words, sizeof peer_words);
  memcpy (id->idiag_dst, own_words, sizeof own_words);
  id->idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return TRUE;
}

/* The kernel answers while we send, so neither call can block for long. */
static gboolean
ask_kernel (const Query *query, struct inet_diag_msg *row)
{
  union
  {
    struct nlmsghdr header;
    char bytes[1024];
  } answer;
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
  ssize_t length = -1;

  if (fd < 0)
    return FALSE;

  if (send (fd, query, sizeof *query, 0) == (ssize_t) sizeof *query)
    length = recv (fd, &answer, sizeof answer, 0);
  close (fd);

  if (length < (ssize_t) NLMSG_LENGTH (sizeof *row) ||
      !NLMSG_OK (&answer.header, (size_t) length) ||
      answer.header.nlmsg_type != SOCK_DIAG_BY_FAMILY)
    return FALSE;

  memcpy (row, NLMSG_DATA (&answer.header), sizeof *row);
  return TRUE;
}

/**
 * cvg_socket_owner_of_peer:
 * @socket: a connected TCP socket on this machine
 *
 * To be asked right after accept(): the row is gone when the peer has closed.
 *
 * Returns: whose the other end is
 */
CvgSocketOwner
cvg_socket_owner_of_peer (GSocket *socket)
{
  Query query = { 0 };
  struct inet_diag_msg row = { 0 };

  if (!fill_query (&query, socket) || !ask_kernel (&query, &row))
    return CVG_SOCKET_OWNER_UNKNOWN;

  /* Without the connection the kernel falls back to a listener on the peer's port: not it. A row
   * without an inode belongs to nobody any more. */
  if (row.idiag_state == TCP_LISTEN || row.idiag_inode == 0)
    return CVG_SOCKET_OWNER_UNKNOWN;
  if (row.idiag_uid == getuid ())
    return CVG_SOCKET_OWNER_OURS;
  if (row.idiag_uid == 0)
    return CVG_SOCKET_OWNER_UNKNOWN;

  return CVG_SOCKET_OWNER_OTHER;
}

/* A row of /proc/net/tcp or tcp6, as far as we need it; proc(5). */
typedef struct
{
  guint port;
  guint state;
  guint uid;
  guint64 inode;
} Row;

static gboolean
parse_row (const char *line, Row *row)
{
  g_auto (GStrv) fields = g_strsplit_set (g_strstrip ((char *) line), " ", -1);
  const char *words[10] = { NULL };
  guint count = 0;

  for (guint i = 0; fields[i] != NULL && count < G_N_ELEMENTS (words); i++)
    {
      if (*fields[i] != '\0')
        words[count++] = fields[i];
    }

  const char *colon = count == G_N_ELEMENTS (words) ? strrchr (words[1], ':') : NULL;

  if (colon == NULL)
    return FALSE;
  row->port = (guint) g_ascii_strtoull (colon + 1, NULL, 16);
  row->state = (guint) g_ascii_strtoull (words[3], NULL, 16);
  row->uid = (guint) g_ascii_strtoull (words[7], NULL, 10);
  row->inode = g_ascii_strtoull (words[9], NULL, 10);
  return TRUE;
}

/* A listener is a better answer than a connection that happens to use the port. */
static gboolean
find_row (const char *table, guint port, Row *found)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (table, &text, NULL, NULL))
    return FALSE;

  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean any = FALSE;

  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      Row row = { 0 };

      if (!parse_row (lines[i], &row) || row.port != port || row.inode == 0)
        continue;
      if (!any || row.state == TCP_LISTEN)
        *found = row;
      any = TRUE;
    }
  return any;
}

static gboolean
process_has_socket (const char *pid, const char *wanted)
{
  g_autofree char *folder = g_build_filename ("/proc", pid, "fd", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      if (g_strcmp0 (target, wanted) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A process may call itself anything, and this goes into an error text. */
static char *
process_name (const char *pid)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "comm", NULL);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup ("?");

  g_strchomp (text);
  for (char *c = text; *c != '\0'; c++)
    {
      if (!g_ascii_isprint (*c) || *c == '"')
        *c = '?';
    }
  return g_steal_pointer (&text);
}

static char *
describe_process (guint64 inode)
{
  g_autofree char *wanted = g_strdup_printf ("socket:[%" G_GUINT64_FORMAT "]", inode);
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *pid = NULL;

  while (dir != NULL && (pid = g_dir_read_name (dir)) != NULL)
    {
      if (!g_ascii_isdigit (*pid) || !process_has_socket (pid, wanted))
        continue;

      g_autofree char *name = process_name (pid);

      return g_strdup_printf ("\"%s\" (pid %s)", name, pid);
    }
  return NULL;
}

/**
 * cvg_socket_owner_describe_port:
 * @address: which could not be bound
 * @port: likewise
 *
 * Reads /proc, some milliseconds' worth: for the error, not for the way.
 *
 * Returns: (transfer full): who holds the port, to follow "in use by"
 */
char *
cvg_socket_owner_describe_port (GInetAddress *address, guint port)
{
  Row row = { 0 };
  gboolean found = FALSE;

  /* An IPv6 socket on all addresses holds the port of IPv4 too. */
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    found = find_row ("/proc/net/tcp", port, &row);
  if (!found)
    found = find_row ("/proc/net/tcp6", port, &row);

  g_autofree char *process = found ? describe_process (row.inode) : NULL;

  if (process != NULL)
    return g_steal_pointer (&process);
  if (found && row.uid != getuid ())
    return g_strdup ("a program of another user");
  return g_strdup ("another program");
}
