/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * org.claviger.Auth1 on the bus.
 */
#pragma once

#include <gio/gio.h>

#include "agent/agent.h"
#include "dbus/generated.h"

#define CVG_TYPE_AUTH_SERVICE (cvg_auth_service_get_type ())
G_DECLARE_FINAL_TYPE (CvgAuthService, cvg_auth_service, CVG, AUTH_SERVICE, CvgDBusAuth1Skeleton)

CvgAuthService *cvg_auth_service_new (CvgAgent *agent);
gboolean
cvg_auth_service_export (CvgAuthService *self, GDBusConnection *connection, GError **error);
void cvg_auth_service_unexport (CvgAuthService *self);
