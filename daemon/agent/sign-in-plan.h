/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is decided before a sign-in begins.
 */
#pragma once

#include "agent/entry.h"
#include "model/client.h"
#include "oauth/device.h"

/**
 * CvgSignInPlan:
 * @entry: (owned): the instance
 * @provider: (owned): its server, complete: what its file leaves to be discovered is in it
 * @server: (owned) (nullable): a{sv}: what was discovered of it, to be kept with the grant
 * @client: (owned): with its secret
 * @client_was_named: the caller chose the client; the instance will stay with it
 * @redirect_uri: (owned) (nullable): what the provider is told, with the bound port; %NULL with
 *   @device
 * @device: (owned) (nullable): the codes, if the server is to be polled
 * @redirect_url: (owned) (nullable): where the browser goes after success
 * @scopes: (owned): what to ask for, complete
 * @login_hint: (owned) (nullable)
 * @deadline: Unix microseconds
 *
 * Filled by its maker and never changed after.
 */
typedef struct
{
  CvgEntry *entry;
  CvgProvider *provider;
  GVariant *server;
  CvgClient *client;
  gboolean client_was_named;
  char *redirect_uri;
  CvgDeviceCode *device;
  char *redirect_url;
  char **scopes;
  char *login_hint;
  gint64 deadline;
} CvgSignInPlan;

void cvg_sign_in_plan_free (CvgSignInPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgSignInPlan, cvg_sign_in_plan_free)
