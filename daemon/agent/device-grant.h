/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The device grant of one sign-in: the server is asked, again and again, whether the person has
 * been there (RFC 8628).
 */
#pragma once

#include <gio/gio.h>

#include "agent/sign-in-plan.h"
#include "ports/clock.h"
#include "ports/http.h"

#define CVG_TYPE_DEVICE_GRANT (cvg_device_grant_get_type ())
G_DECLARE_FINAL_TYPE (CvgDeviceGrant, cvg_device_grant, CVG, DEVICE_GRANT, GObject)

void cvg_device_grant_ask_async (CvgHttp *http,
                                 const CvgSignInPlan *plan,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
CvgDeviceCode *cvg_device_grant_ask_finish (CvgHttp *http, GAsyncResult *result, GError **error);

CvgDeviceGrant *cvg_device_grant_new (CvgHttp *http, CvgClock *clock, const CvgSignInPlan *plan);
void cvg_device_grant_wait_async (CvgDeviceGrant *self,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CvgCredentials *cvg_device_grant_wait_finish (CvgDeviceGrant *self,
                                              GAsyncResult *result,
                                              CvgDevicePoll *outcome,
                                              GError **error);
gboolean cvg_device_grant_close (CvgDeviceGrant *self);
void cvg_device_grant_stop (CvgDeviceGrant *self);
