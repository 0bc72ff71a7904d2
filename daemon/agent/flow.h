/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ways in which a person's answer comes back, and which of them a server leaves.
 */
#pragma once

#include "model/provider.h"

typedef enum
{
  CVG_FLOW_ANY,      /* what the server and its redirect URI allow */
  CVG_FLOW_LOOPBACK, /* the redirect is caught by a listener */
  CVG_FLOW_PASTE,    /* the person brings the redirect: cvg_sign_in_complete_from_url() */
  CVG_FLOW_DEVICE,   /* no redirect: the server is polled, RFC 8628 */
} CvgFlow;

gboolean cvg_flow_choose (CvgFlow *flow,
                          const CvgProvider *provider,
                          const char *redirect_uri,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
