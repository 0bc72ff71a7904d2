/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One connection: a bounded request head in, one answer out, closed.
 *
 * Invariant: a peer that is not gone has one deadline, and one read on its way until the other side
 * has ended. The reading goes on after the head, for it is how the end of the other side is
 * noticed; what comes is thrown away, and too much of it ends the connection. There is no second
 * request.
 *
 * Whose request it is and what it gets is for others to say.
 */
#include "adapters/redirect-peer.h"

#include "adapters/page-html.h"

#include <string.h>

/* A peer that has sent its head has nothing more to say. */
#define SURPLUS_LIMIT (64 * 1024)

struct _CvgRedirectPeer
{
  gatomicrefcount references;
  GSocketConnection *connection;     /* (owned) */
  GCancellable *cancellable;         /* (owned): of the read and the write; cancelled when gone */
  GBytes *answer;                    /* (owned) (nullable) */
  const CvgRedirectPeerFuncs *funcs; /* (borrowed): static */
  gpointer user_data;                /* (borrowed) (nullable): NULL once detached */
  CvgRedirectLimits limits;
  CvgRedirectPeerPhase phase;
  gboolean is_written; /* the whole answer */
  gboolean has_ended;  /* the other side sends nothing any more */
  guint deadline;      /* source id */
  gsize surplus;       /* bytes thrown away */
  gsize filled;
  char bytes[CVG_REDIRECT_HEAD_LIMIT];
};

static void read_on (CvgRedirectPeer *peer);

static gboolean
on_deadline (gpointer user_data)
{
  CvgRedirectPeer *peer = user_data;

  g_debug ("A connection to the redirect listener ran out of time");
  peer->deadline = 0;
  cvg_redirect_peer_drop (peer);
  return G_SOURCE_REMOVE;
}

static void
set_deadline (CvgRedirectPeer *peer, guint milliseconds)
{
  g_clear_handle_id (&peer->deadline, g_source_remove);
  peer->deadline =
      g_timeout_add_full (G_PRIORITY_DEFAULT, milliseconds, on_deadline,
                          cvg_redirect_peer_ref (peer), (GDestroyNotify) cvg_redirect_peer_unref);
}

/* The write side ends first and the rest is drained: closing with unread bytes would make the
 * kernel reset the connection, and a browser that sees a reset shows its own error page. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgRedirectPeer) peer = user_data;
  GSocket *socket = g_socket_connection_get_socket (peer->connection);

  if (peer->phase == CVG_REDIRECT_PEER_GONE)
    return;

  peer->is_written = TRUE;
  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL) ||
      !g_socket_shutdown (socket, FALSE, TRUE, NULL) || peer->has_ended)
    {
      cvg_redirect_peer_drop (peer);
      return;
    }
  set_deadline (peer, peer->limits.drain);
}

/* Takes @answer. */
static void
send_answer (CvgRedirectPeer *peer, GBytes *answer)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (peer->connection));
  gsize length = 0;
  const char *data = g_bytes_get_data (answer, &length);

  peer->answer = answer;
  peer->phase = CVG_REDIRECT_PEER_ANSWERED;
  set_deadline (peer, peer->limits.drain);
  g_output_stream_write_all_async (output, data, length, G_PRIORITY_DEFAULT, peer->cancellable,
                                   on_written, cvg_redirect_peer_ref (peer));
}

static void
take_head (CvgRedirectPeer *peer, gsize length)
{
  g_autoptr (CvgRedirectRequest) request = cvg_redirect_request_parse (peer->bytes, length);

  /* The code was in it. */
  explicit_bzero (peer->bytes, sizeof peer->bytes);
  peer->phase = CVG_REDIRECT_PEER_WAITING;
  set_deadline (peer, peer->limits.answer);

  if (request->refusal != 0)
    cvg_redirect_peer_refuse (peer, request->refusal);
  else
    peer->funcs->request (peer, request, peer->user_data);
}

static void
take_bytes (CvgRedirectPeer *peer, gsize count)
{
  if (peer->phase != CVG_REDIRECT_PEER_READING)
    {
      peer->surplus += count;
      if (peer->surplus > SURPLUS_LIMIT)
        cvg_redirect_peer_drop (peer);
      return;
    }

  peer->filled += count;
  gsize length = cvg_redirect_request_measure (peer->bytes, peer->filled);

  if (length > 0)
    take_head (peer, length);
  else if (peer->filled == sizeof peer->bytes)
    cvg_redirect_peer_refuse (peer, CVG_REDIRECT_HEAD_TOO_LARGE);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgRedirectPeer) peer = user_data;
  gssize count = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (peer->phase == CVG_REDIRECT_PEER_GONE)
    return;
  if (count <= 0)
    {
      /* Whoever is being answered may have closed its own side already. */
      peer->has_ended = TRUE;
      if (peer->phase != CVG_REDIRECT_PEER_ANSWERED || peer->is_written)
        cvg_redirect_peer_drop (peer);
      return;
    }

  take_bytes (peer, (gsize) count);
  if (peer->phase != CVG_REDIRECT_PEER_GONE)
    read_on (peer);
}

static void
read_on (CvgRedirectPeer *peer)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (peer->connection));
  gsize start = peer->phase == CVG_REDIRECT_PEER_READING ? peer->filled : 0;

  g_input_stream_read_async (input, peer->bytes + start, sizeof peer->bytes - start,
                             G_PRIORITY_DEFAULT, peer->cancellable, on_read,
                             cvg_redirect_peer_ref (peer));
}

/**
 * cvg_redirect_peer_new:
 * @connection: just accepted
 * @limits: how long each step may take
 * @funcs: (transfer none): static
 * @user_data: for @funcs
 *
 * Returns: (transfer full): a peer that reads its request
 */
CvgRedirectPeer *
cvg_redirect_peer_new (GSocketConnection *connection,
                       const CvgRedirectLimits *limits,
                       const CvgRedirectPeerFuncs *funcs,
                       gpointer user_data)
{
  CvgRedirectPeer *peer = g_new0 (CvgRedirectPeer, 1);

  g_atomic_ref_count_init (&peer->references);
  peer->connection = g_object_ref (connection);
  peer->cancellable = g_cancellable_new ();
  peer->limits = *limits;
  peer->funcs = funcs;
  peer->user_data = user_data;
  set_deadline (peer, limits->head);
  read_on (peer);
  return peer;
}

CvgRedirectPeer *
cvg_redirect_peer_ref (CvgRedirectPeer *peer)
{
  g_atomic_ref_count_inc (&peer->references);
  return peer;
}

void
cvg_redirect_peer_unref (CvgRedirectPeer *peer)
{
  if (!g_atomic_ref_count_dec (&peer->references))
    return;

  g_assert (peer->phase == CVG_REDIRECT_PEER_GONE);
  g_clear_object (&peer->connection);
  g_clear_object (&peer->cancellable);
  g_clear_pointer (&peer->answer, g_bytes_unref);
  explicit_bzero (peer->bytes, sizeof peer->bytes);
  g_free (peer);
}

CvgRedirectPeerPhase
cvg_redirect_peer_get_phase (const CvgRedirectPeer *peer)
{
  return peer->phase;
}

/** cvg_redirect_peer_answer: sends @page; nothing happens if the peer has not waited for it */
void
cvg_redirect_peer_answer (CvgRedirectPeer *peer, const CvgPage *page)
{
  if (peer->phase != CVG_REDIRECT_PEER_WAITING)
    return;

  send_answer (peer, cvg_page_html_answer (page));
}

/** cvg_redirect_peer_refuse: sends @status without a word */
void
cvg_redirect_peer_refuse (CvgRedirectPeer *peer, guint status)
{
  if (peer->phase >= CVG_REDIRECT_PEER_ANSWERED)
    return;

  g_debug ("The redirect listener refuses a request with %u", status);
  send_answer (peer, cvg_page_html_refuse (status));
}

/** cvg_redirect_peer_drop: ends the connection, whatever it is doing */
void
cvg_redirect_peer_drop (CvgRedirectPeer *peer)
{
  if (peer->phase == CVG_REDIRECT_PEER_GONE)
    return;

  g_autoptr (CvgRedirectPeer) self = cvg_redirect_peer_ref (peer);

  self->phase = CVG_REDIRECT_PEER_GONE;
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  /* Not the stream: it can't be closed while a read is on its way, and this is to be now. */
  g_socket_close (g_socket_connection_get_socket (self->connection), NULL);
  if (self->user_data != NULL)
    self->funcs->gone (self, self->user_data);
}

/**
 * cvg_redirect_peer_detach:
 *
 * Whoever waits for the peer's end goes away: an answer that is on its way still gets there,
 * everything else ends.
 */
void
cvg_redirect_peer_detach (CvgRedirectPeer *peer)
{
  peer->user_data = NULL;
  if (peer->phase != CVG_REDIRECT_PEER_ANSWERED)
    cvg_redirect_peer_drop (peer);
}
