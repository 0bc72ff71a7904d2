/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is read once after a sign-in: the sites of the grant, and who signed in.
 */
#pragma once

#include <gio/gio.h>

#include "model/credentials.h"
#include "model/provider.h"
#include "ports/clock.h"
#include "ports/http.h"

void cvg_profile_fetch_async (CvgHttp *http,
                              CvgClock *clock,
                              CvgProvider *provider,
                              GVariant *tenant,
                              CvgCredentials *credentials,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
CvgCredentials *cvg_profile_fetch_finish (CvgHttp *http, GAsyncResult *result);
