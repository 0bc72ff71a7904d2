/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The answers of the device flow (RFC 8628 sections 3.2 and 3.5). What the first one brings is
 * shown to a person, in a terminal and as a link, so that it is judged before anybody sees it: an
 * address that a browser can be sent to, and a code that is nothing but letters.
 *
 * The device code is a secret: who has it and polls first gets the tokens.
 */
#include "oauth/device.h"

#include <string.h>

#include "dbus/error.h"
#include "model/endpoint.h"
#include "oauth/answer-body.h"
#include "oauth/error-code.h"
#include "oauth/json-body.h"
#include "oauth/token-error.h"

/* Several times the longest seen: some put all they know into it, signed. */
#define DEVICE_CODE_MAX 8192
/* RFC 8628 section 6.1 wants it short enough to be typed. */
#define USER_CODE_MAX 64

#define DEFAULT_INTERVAL 5
#define SLOW_DOWN_BY 5
/* Who asks for more does not mean seconds. */
#define INTERVAL_MAX 3600
/* A day: nobody's codes live longer, and sums stay far from the end of the numbers. */
#define LIFETIME_MAX 86400

/* RFC 8628 section 3.5, and what the wild says beside it. */
static const struct
{
  const char *code;
  CvgDevicePoll meaning;
} poll_codes[] = {
  { "authorization_pending", CVG_DEVICE_POLL_PENDING },
  { "slow_down", CVG_DEVICE_POLL_SLOW_DOWN },
  { "access_denied", CVG_DEVICE_POLL_DENIED },
  { "authorization_declined", CVG_DEVICE_POLL_DENIED },
  { "expired_token", CVG_DEVICE_POLL_EXPIRED },
};

/** cvg_device_code_free: frees @code, and wipes what is secret of it */
void
cvg_device_code_free (CvgDeviceCode *code)
{
  g_clear_pointer (&code->device_code, cvg_secret_unref);
  g_free (code->user_code);
  g_free (code->verification_uri);
  g_free (code->verification_uri_complete);
  g_free (code);
}

/* Returns: (transfer full) (nullable): the code of the error in @object (nullable) */
static char *
dup_error_code (const CvgProvider *provider, JsonObject *object)
{
  return object != NULL ? cvg_answer_body_dup_text (object, provider->error_members, "error") :
                          NULL;
}

/* Two refusals mean something else here than with a browser; the others do not. */
static GError *
refuse (const CvgProvider *provider, const CvgHttpResponse *response, JsonObject *object)
{
  g_autofree char *code = dup_error_code (provider, object);

  if (g_strcmp0 (code, "invalid_grant") == 0)
    return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED,
                        "%s does not know this device sign-in any more (HTTP %u, %s); start it "
                        "again",
                        provider->name, response->status, code);
  if (g_strcmp0 (code, "unauthorized_client") == 0)
    return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED,
                        "%s does not let this OAuth client sign in by device code (HTTP %u, %s): "
                        "switch that on where the client is registered, or sign in with a browser",
                        provider->name, response->status, code);

  return cvg_token_error_classify (provider, CVG_TOKEN_GRANT_DEVICE, response, object);
}

/* ---- the codes ------------------------------------------------------------------------------- */

static gboolean
is_printable (const char *text, gsize limit)
{
  gsize length = text != NULL ? strlen (text) : 0;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isprint (text[i]))
      return FALSE;

  return length > 0 && length <= limit;
}

static guint
read_seconds (JsonObject *object, const char *member, guint otherwise, guint limit)
{
  double seconds = cvg_answer_body_get_number (object, member);

  /* Written so that it is also false for what is not a number. */
  if (!(seconds >= 1))
    return otherwise;

  return seconds < limit ? (guint) seconds : limit;
}

/* @namer: (nullable): who sends the person there */
static const char *
read_page (JsonObject *object, const char *member, const char *namer)
{
  const char *url = cvg_json_body_get_string (object, member);

  if (url == NULL || cvg_endpoint_find_named_page_mistake (url, namer != NULL ? namer : "") != NULL)
    return NULL;

  return url;
}

static const char *
find_mistake (const CvgDeviceCode *code, const char *device_code)
{
  if (!is_printable (device_code, DEVICE_CODE_MAX))
    return "no usable device code";
  if (!is_printable (code->user_code, USER_CODE_MAX))
    return "no usable code for the person to enter";
  if (code->verification_uri == NULL)
    return "no safe address for the person to open";
  return NULL;
}

static CvgDeviceCode *
read_code (JsonObject *object, const char *namer, const char **mistake)
{
  g_autoptr (CvgDeviceCode) code = g_new0 (CvgDeviceCode, 1);
  const char *device_code = cvg_json_body_get_string (object, "device_code");

  code->user_code = g_strdup (cvg_json_body_get_string (object, "user_code"));
  code->verification_uri = g_strdup (read_page (object, "verification_uri", namer));
  /* As it was called in the drafts, and still is by some. */
  if (code->verification_uri == NULL)
    code->verification_uri = g_strdup (read_page (object, "verification_url", namer));
  code->verification_uri_complete =
      g_strdup (read_page (object, "verification_uri_complete", namer));
  if (code->verification_uri_complete == NULL)
    code->verification_uri_complete =
        g_strdup (read_page (object, "verification_url_complete", namer));
  code->expires_in = read_seconds (object, "expires_in", 0, LIFETIME_MAX);
  code->interval = read_seconds (object, "interval", DEFAULT_INTERVAL, INTERVAL_MAX);

  *mistake = find_mistake (code, device_code);
  if (*mistake != NULL)
    return NULL;

  code->device_code = cvg_secret_new (device_code);
  return g_steal_pointer (&code);
}

/**
 * cvg_device_code_parse:
 * @provider: whose device authorization endpoint was asked
 * @response: what it answered
 *
 * Returns: (transfer full): the codes; fails with %CVG_ERROR_REFUSED if asking again won't mend it,
 *   else with %CVG_ERROR_TRY_LATER
 */
CvgDeviceCode *
cvg_device_code_parse (const CvgProvider *provider, const CvgHttpResponse *response, GError **error)
{
  g_autoptr (JsonObject) object = cvg_answer_body_read (response);
  gboolean is_success = response->status >= 200 && response->status < 300;
  CvgDeviceCode *code = NULL;
  const char *mistake = NULL;

  if (!is_success || object == NULL || cvg_answer_body_says_error (object, provider->error_members))
    {
      g_propagate_error (error, refuse (provider, response, object));
      return NULL;
    }

  code = read_code (object, provider->device_authorization_endpoint, &mistake);
  if (code == NULL)
    g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED,
                 "%s began a device sign-in that can't be used: its answer has %s", provider->name,
                 mistake);
  return code;
}

/* ---- polls ----------------------------------------------------------------------------------- */

static CvgDevicePoll
find_meaning (const char *code)
{
  for (size_t i = 0; code != NULL && i < G_N_ELEMENTS (poll_codes); i++)
    if (strcmp (poll_codes[i].code, code) == 0)
      return poll_codes[i].meaning;

  return CVG_DEVICE_POLL_GRANTED;
}

/* What RFC 8628 says is looked for where it says so, too: there is nothing else that it could mean.
 */
static CvgDevicePoll
read_meaning (const CvgProvider *provider, JsonObject *object)
{
  g_autofree char *code = dup_error_code (provider, object);
  const char *standard = object != NULL ? cvg_json_body_get_string (object, "error") : NULL;
  const CvgDevicePoll meaning = find_meaning (standard);

  return meaning != CVG_DEVICE_POLL_GRANTED ? meaning : find_meaning (code);
}

static GError *
explain (CvgDevicePoll meaning, const CvgProvider *provider)
{
  if (meaning == CVG_DEVICE_POLL_DENIED)
    return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED, "The access to %s was not granted",
                        provider->name);
  if (meaning == CVG_DEVICE_POLL_EXPIRED)
    return g_error_new (CVG_ERROR, CVG_ERROR_TIMED_OUT,
                        "The code for %s was not entered in time; start the sign-in again",
                        provider->name);
  return NULL;
}

/**
 * cvg_device_poll_read:
 * @provider: whose token endpoint was asked
 * @response: what it answered
 * @now: Unix seconds at the moment of the answer
 * @credentials: (out) (transfer full) (nullable): with %CVG_DEVICE_POLL_GRANTED
 * @error: (out) (transfer full) (nullable): with all but %CVG_DEVICE_POLL_GRANTED,
 *   %CVG_DEVICE_POLL_PENDING and %CVG_DEVICE_POLL_SLOW_DOWN
 *
 * What a plain code says is believed under any status: not all servers have the 400 that RFC 6749
 * section 5.2 wants.
 *
 * Returns: what it means
 */
CvgDevicePoll
cvg_device_poll_read (const CvgProvider *provider,
                      const CvgHttpResponse *response,
                      gint64 now,
                      CvgCredentials **credentials,
                      GError **error)
{
  g_autoptr (JsonObject) object = cvg_answer_body_read (response);
  const CvgDevicePoll meaning = read_meaning (provider, object);

  if (meaning != CVG_DEVICE_POLL_GRANTED)
    {
      *error = explain (meaning, provider);
      return meaning;
    }

  *credentials = cvg_token_response_parse (provider, CVG_TOKEN_GRANT_DEVICE, response, now, error);
  if (*credentials != NULL)
    return CVG_DEVICE_POLL_GRANTED;
  if (g_error_matches (*error, CVG_ERROR, CVG_ERROR_TRY_LATER))
    return CVG_DEVICE_POLL_PASSING;

  if (object != NULL && cvg_answer_body_says_error (object, provider->error_members))
    {
      g_clear_error (error);
      *error = refuse (provider, response, object);
    }
  return CVG_DEVICE_POLL_FAILED;
}

/**
 * cvg_device_poll_get_slower:
 * @response: an answer that means %CVG_DEVICE_POLL_SLOW_DOWN
 * @interval: seconds between two polls until now
 *
 * Returns: seconds between two polls from now on: five more (RFC 8628 section 3.5), or what the
 *   server says, if that is longer
 */
guint
cvg_device_poll_get_slower (const CvgHttpResponse *response, guint interval)
{
  g_autoptr (JsonObject) object = cvg_answer_body_read (response);
  guint slower = interval + SLOW_DOWN_BY;

  if (object != NULL)
    slower = MAX (slower, read_seconds (object, "interval", 0, INTERVAL_MAX));

  return MIN (slower, INTERVAL_MAX);
}
