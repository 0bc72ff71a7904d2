/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which way a sign-in goes. Who names one gets that one or is told why not; who names none gets the
 * one that asks least of the person: a listener, if one can be where the provider sends the
 * browser.
 */
#include "agent/flow.h"

#include "dbus/error.h"
#include "oauth/redirect-target.h"

static CvgFlow
get_default (const CvgProvider *provider, const char *redirect_uri)
{
  if (provider->authorization_endpoint == NULL && provider->device_authorization_endpoint != NULL)
    return CVG_FLOW_DEVICE;
  if (redirect_uri != NULL && cvg_redirect_uri_is_remote (redirect_uri))
    return CVG_FLOW_PASTE;

  return CVG_FLOW_LOOPBACK;
}

/**
 * cvg_flow_choose:
 * @flow: (inout): what the caller wants; then one of the three
 * @provider: complete: what its file leaves to be discovered is in it
 * @redirect_uri: (nullable): of the client or of the provider
 *
 * Returns: whether it is possible; fails with %CVG_ERROR_INVALID_ARGUMENT
 */
gboolean
cvg_flow_choose (CvgFlow *flow,
                 const CvgProvider *provider,
                 const char *redirect_uri,
                 GError **error)
{
  if (*flow == CVG_FLOW_ANY)
    *flow = get_default (provider, redirect_uri);

  if (*flow == CVG_FLOW_DEVICE && provider->device_authorization_endpoint == NULL)
    g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                 "Option “flow”: %s has no device flow", provider->name);
  else if (*flow != CVG_FLOW_DEVICE && provider->authorization_endpoint == NULL)
    g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                 "Option “flow”: %s has no sign-in that a browser comes back from", provider->name);
  else if (*flow == CVG_FLOW_LOOPBACK && redirect_uri != NULL &&
           cvg_redirect_uri_is_remote (redirect_uri))
    g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                 "Option “flow”: the redirect URI for %s is https, where nobody listens; use "
                 "“paste”, and bring back the address that the browser ends on",
                 provider->name);
  else
    return TRUE;

  return FALSE;
}
