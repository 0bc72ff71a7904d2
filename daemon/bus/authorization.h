/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One org.claviger.Auth1.Authorization.
 */
#pragma once

#include <gio/gio.h>

#include "agent/sign-ins.h"
#include "dbus/generated.h"

#define CVG_TYPE_AUTHORIZATION (cvg_authorization_get_type ())
G_DECLARE_FINAL_TYPE (CvgAuthorization,
                      cvg_authorization,
                      CVG,
                      AUTHORIZATION,
                      CvgDBusAuth1AuthorizationSkeleton)

CvgAuthorization *cvg_authorization_new (GDBusConnection *connection,
                                         const char *owner,
                                         const char *path,
                                         CvgSignIns *sign_ins,
                                         CvgSignIn *sign_in,
                                         gboolean detach);
CvgSignIn *cvg_authorization_get_sign_in (CvgAuthorization *self);
void cvg_authorization_owner_left (CvgAuthorization *self);
