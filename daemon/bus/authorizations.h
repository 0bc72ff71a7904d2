/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Authorization objects on the bus.
 */
#pragma once

#include <gio/gio.h>

#include "agent/sign-ins.h"
#include "bus/callers.h"

#define CVG_TYPE_AUTHORIZATIONS (cvg_authorizations_get_type ())
G_DECLARE_FINAL_TYPE (CvgAuthorizations, cvg_authorizations, CVG, AUTHORIZATIONS, GObject)

CvgAuthorizations *
cvg_authorizations_new (GDBusConnection *connection, CvgSignIns *sign_ins, CvgCallers *callers);

gboolean cvg_authorizations_check_token (CvgAuthorizations *self,
                                         const char *sender,
                                         const char *token,
                                         GError **error);
char *cvg_authorizations_add (CvgAuthorizations *self,
                              const char *sender,
                              const char *token,
                              CvgSignIn *sign_in,
                              gboolean detach,
                              GError **error);
