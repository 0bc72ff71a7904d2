/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which way a sign-in goes, as far as the person's place decides it.
 */
#pragma once

#include <glib.h>

typedef enum
{
  CVG_FLOW_USUAL,  /* the daemon decides: mostly a browser of this machine */
  CVG_FLOW_PASTE,  /* a browser elsewhere; the address that it ends on is brought here */
  CVG_FLOW_DEVICE, /* a browser elsewhere, into which a code is typed */
} CvgFlow;

/**
 * CvgFlowWish:
 * @paste: --paste
 * @device: --device
 * @qr: --qr: the browser is that of a telephone
 * @no_browser: --no-browser: the person has a browser of this machine
 * @detach: --detach: nobody waits here
 * @has_display: whether there can be a browser here at all
 * @is_remote: whether the person came over the network
 */
typedef struct
{
  gboolean paste;
  gboolean device;
  gboolean qr;
  gboolean no_browser;
  gboolean detach;
  gboolean has_display;
  gboolean is_remote;
} CvgFlowWish;

void cvg_flow_wish_look_around (CvgFlowWish *wish);
CvgFlow cvg_flow_choose (GVariant *server, const CvgFlowWish *wish, const char **reason);
