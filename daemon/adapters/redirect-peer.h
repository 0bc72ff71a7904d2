/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One connection to the redirect listener.
 */
#pragma once

#include <gio/gio.h>

#include "adapters/redirect-request.h"
#include "model/page.h"

typedef struct _CvgRedirectPeer CvgRedirectPeer;

/** CvgRedirectPeerPhase: a peer goes through these in this order, and may leave out some */
typedef enum
{
  CVG_REDIRECT_PEER_READING,  /* its request head is not complete */
  CVG_REDIRECT_PEER_WAITING,  /* it waits for its page */
  CVG_REDIRECT_PEER_ANSWERED, /* the answer is on its way, or taken */
  CVG_REDIRECT_PEER_GONE,
} CvgRedirectPeerPhase;

/** CvgRedirectLimits: milliseconds */
typedef struct
{
  guint head;   /* from accept to a complete request head */
  guint answer; /* from there to the page: the exchange of the code with a slow provider */
  guint drain;  /* from the page to the end of the connection */
} CvgRedirectLimits;

/**
 * CvgRedirectPeerFuncs:
 * @request: @peer has sent a request head that is not refused: answer or refuse it, now or later
 * @gone: @peer is over; not called after cvg_redirect_peer_detach()
 */
typedef struct
{
  void (*request) (CvgRedirectPeer *peer, const CvgRedirectRequest *request, gpointer user_data);
  void (*gone) (CvgRedirectPeer *peer, gpointer user_data);
} CvgRedirectPeerFuncs;

CvgRedirectPeer *cvg_redirect_peer_new (GSocketConnection *connection,
                                        const CvgRedirectLimits *limits,
                                        const CvgRedirectPeerFuncs *funcs,
                                        gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
CvgRedirectPeer *cvg_redirect_peer_ref (CvgRedirectPeer *peer);
void cvg_redirect_peer_unref (CvgRedirectPeer *peer);

CvgRedirectPeerPhase cvg_redirect_peer_get_phase (const CvgRedirectPeer *peer);
void cvg_redirect_peer_answer (CvgRedirectPeer *peer, const CvgPage *page);
void cvg_redirect_peer_refuse (CvgRedirectPeer *peer, guint status);
void cvg_redirect_peer_drop (CvgRedirectPeer *peer);
void cvg_redirect_peer_detach (CvgRedirectPeer *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgRedirectPeer, cvg_redirect_peer_unref)
