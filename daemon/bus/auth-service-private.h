/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the service share, and nobody else sees. The handlers are grouped by what they
 * are about, a file a group; each fills its part of the interface.
 */
#pragma once

#include "bus/auth-service.h"
#include "bus/authorizations.h"
#include "bus/callers.h"

struct _CvgAuthService
{
  CvgDBusAuth1Skeleton parent_instance;

  CvgAgent *agent;                   /* (owned) */
  CvgCallers *callers;               /* (owned) (nullable): while exported */
  CvgAuthorizations *authorizations; /* (owned) (nullable): while exported */
};

void cvg_auth_service_fill_auth (CvgDBusAuth1Iface *iface);
void cvg_auth_service_fill_authorize (CvgDBusAuth1Iface *iface);
void cvg_auth_service_fill_catalogue (CvgDBusAuth1Iface *iface);
void cvg_auth_service_fill_instances (CvgDBusAuth1Iface *iface);

CvgEntry *cvg_auth_service_lookup (CvgDBusAuth1 *object, const char *instance_id, GError **error);
GCancellable *
cvg_auth_service_get_presence (CvgAuthService *self, GDBusMethodInvocation *invocation);
