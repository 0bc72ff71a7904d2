/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a server answers in the device flow (RFC 8628): first the codes, then, poll after poll,
 * whether the person has been there.
 */
#pragma once

#include <glib.h>

#include "model/credentials.h"
#include "model/http-message.h"
#include "model/provider.h"

/**
 * CvgDeviceCode:
 * @device_code: what is polled with
 * @user_code: what the person compares, or types; printable ASCII
 * @verification_uri: where the person goes
 * @verification_uri_complete: (nullable): the same with the code in it
 * @expires_in: seconds that the codes live; 0: the server does not say
 * @interval: seconds between two polls, at least
 *
 * All fields are owned; a value.
 */
typedef struct
{
  CvgSecret *device_code;
  char *user_code;
  char *verification_uri;
  char *verification_uri_complete;
  guint expires_in;
  guint interval;
} CvgDeviceCode;

CvgDeviceCode *cvg_device_code_parse (const CvgProvider *provider,
                                      const CvgHttpResponse *response,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_device_code_free (CvgDeviceCode *code);

/** CvgDevicePoll: what the answer to a poll means */
typedef enum
{
  CVG_DEVICE_POLL_GRANTED,
  CVG_DEVICE_POLL_PENDING,   /* the person has not been there yet: ask again */
  CVG_DEVICE_POLL_SLOW_DOWN, /* likewise, and from now on less often */
  CVG_DEVICE_POLL_PASSING,   /* no answer that means anything: ask again, after a longer while */
  CVG_DEVICE_POLL_DENIED,    /* the person said no */
  CVG_DEVICE_POLL_EXPIRED,   /* nobody came in time */
  CVG_DEVICE_POLL_FAILED,    /* asking again would not mend it */
} CvgDevicePoll;

CvgDevicePoll cvg_device_poll_read (const CvgProvider *provider,
                                    const CvgHttpResponse *response,
                                    gint64 now,
                                    CvgCredentials **credentials,
                                    GError **error);
guint cvg_device_poll_get_slower (const CvgHttpResponse *response, guint interval);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgDeviceCode, cvg_device_code_free)
