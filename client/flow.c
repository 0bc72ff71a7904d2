/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The daemon knows what the server can do; only its client knows where the person sits. The daemon
 * of a person who came over SSH may well have a display, with nobody in front of it, so what counts
 * is the environment here.
 */
#include "client/flow.h"

#include "client/server.h"

static gboolean
is_set (const char *variable)
{
  const char *value = g_getenv (variable);

  return value != NULL && *value != '\0';
}

/**
 * cvg_flow_wish_look_around:
 * @wish: what is wanted
 *
 * Fills in what the environment tells.
 */
void
cvg_flow_wish_look_around (CvgFlowWish *wish)
{
  wish->has_display = is_set ("DISPLAY") || is_set ("WAYLAND_DISPLAY");
  wish->is_remote = is_set ("SSH_CONNECTION");
}

static const char *
explain (const CvgFlowWish *wish)
{
  if (wish->qr)
    return "The QR code is for another device";
  if (wish->is_remote)
    return "There is no display over this SSH connection";
  return "There is no display here (no DISPLAY, no WAYLAND_DISPLAY)";
}

/**
 * cvg_flow_choose:
 * @server: the server, as ListServers gives it
 * @wish: what is wanted, and from where
 * @reason: (out) (nullable): half a sentence that says why, if the person has not chosen it
 *
 * Returns: the flow to ask the daemon for
 */
CvgFlow
cvg_flow_choose (GVariant *server, const CvgFlowWish *wish, const char **reason)
{
  *reason = NULL;
  if (wish->device)
    return CVG_FLOW_DEVICE;
  if (wish->paste)
    return CVG_FLOW_PASTE;
  if (wish->no_browser || (wish->has_display && !wish->qr))
    return CVG_FLOW_USUAL;

  *reason = explain (wish);
  if (cvg_server_has_flow (server, "device"))
    return CVG_FLOW_DEVICE;
  if (!wish->detach)
    return CVG_FLOW_PASTE;

  *reason = NULL;
  return CVG_FLOW_USUAL;
}
