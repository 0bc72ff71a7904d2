/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameters of a request to an OAuth endpoint, and the three ways in which they travel.
 */
#pragma once

#include <glib.h>

#include "model/client.h"
#include "model/http-message.h"
#include "model/provider.h"

/** CvgParameter: both (borrowed), until the request is complete */
typedef struct
{
  const char *name;
  const char *value;
} CvgParameter;

GArray *cvg_parameters_new (void) G_GNUC_WARN_UNUSED_RESULT;
void cvg_parameters_add (GArray *parameters, const char *name, const char *value);
void cvg_parameters_add_client (GArray *parameters,
                                CvgHttpRequest *request,
                                CvgClientAuthentication authentication,
                                const CvgClient *client);
void cvg_parameters_complete (const GArray *parameters,
                              CvgHttpRequest *request,
                              CvgTokenRequestFormat format);
