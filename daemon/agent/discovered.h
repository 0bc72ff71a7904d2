/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A provider whose file left something to be discovered, complete.
 */
#pragma once

#include <gio/gio.h>

#include "agent/server-search.h"
#include "model/provider.h"

/**
 * CvgDiscovered:
 * @provider: (owned): complete: what its file names, and what was found for the rest
 * @server: (owned) (nullable): a{sv}: what of it was found, for cvg_provider_with_server()
 * @scopes: (owned) (nullable): the scopes that the authorization server names; %NULL: it does not
 * @registration: how a client that registers itself is going to authenticate
 *
 * A value.
 */
typedef struct
{
  grefcount references;

  CvgProvider *provider;
  GVariant *server;
  char **scopes;
  CvgClientAuthentication registration;
} CvgDiscovered;

CvgDiscovered *cvg_discovered_new_complete (CvgProvider *provider) G_GNUC_WARN_UNUSED_RESULT;
CvgDiscovered *cvg_discovered_new (const CvgProvider *provider,
                                   const CvgServerFound *found,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
CvgDiscovered *cvg_discovered_ref (CvgDiscovered *self);
void cvg_discovered_unref (CvgDiscovered *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgDiscovered, cvg_discovered_unref)
