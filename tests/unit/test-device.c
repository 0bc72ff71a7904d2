/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/device.h"

#include <string.h>

#include "dbus/error.h"

#define NOW 1700000000
#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"

/* The start of an answer with all that it can't be without. */
#define CODES                                                                                      \
  "{\"device_code\":\"hush-D\",\"user_code\":\"WDJB-MJHT\","                                       \
  "\"verification_uri\":\"https://example.org/device\""

static CvgProvider *
make_provider (void)
{
  CvgProvider *provider = cvg_provider_new ();

  provider->name = g_strdup ("Example");
  return provider;
}

static CvgHttpResponse *
make_response (guint status, const char *content_type, const char *body)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new (body);

  return cvg_http_response_new (status, content_type, 0, secret);
}

static CvgDeviceCode *
parse (guint status, const char *content_type, const char *body, GError **error)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgHttpResponse) response = make_response (status, content_type, body);

  return cvg_device_code_parse (provider, response, error);
}

static void
assert_code (const CvgDeviceCode *code, const char *complete, guint expires_in, guint interval)
{
  g_assert_nonnull (code);
  g_assert_cmpstr (cvg_secret_peek (code->device_code), ==, "hush-D");
  g_assert_cmpstr (code->user_code, ==, "WDJB-MJHT");
  g_assert_cmpstr (code->verification_uri, ==, "https://example.org/device");
  g_assert_cmpstr (code->verification_uri_complete, ==, complete);
  g_assert_cmpuint (code->expires_in, ==, expires_in);
  g_assert_cmpuint (code->interval, ==, interval);
}

/* ---- codes ----------------------------------------------------------------------------------- */

static void
test_codes (void)
{
  static const struct
  {
    const char *rest;
    const char *complete;
    guint expires_in;
    guint interval;
  } vectors[] = {
    /* as in RFC 8628 section 3.2 */
    { ",\"verification_uri_complete\":\"https://example.org/device?user_code=WDJB-MJHT\","
      "\"expires_in\":1800,\"interval\":7}",
      "https://example.org/device?user_code=WDJB-MJHT", 1800, 7 },
    /* without an interval it is five */
    { ",\"expires_in\":1800}", NULL, 1800, 5 },
    { ",\"expires_in\":\"900\",\"interval\":\"10\"}", NULL, 900, 10 },  /* numbers as text */
    { "}", NULL, 0, 5 },                                                /* no lifetime said */
    { ",\"expires_in\":-1,\"interval\":0}", NULL, 0, 5 },               /* none that means any */
    { ",\"expires_in\":1e300,\"interval\":1e300}", NULL, 86400, 3600 }, /* huge */
    { ",\"expires_in\":[],\"interval\":{}}", NULL, 0, 5 },              /* the wrong type */
    { ",\"expires_in\":\"nan\",\"interval\":\"nan\"}", NULL, 0, 5 },    /* not a number */
    /* under 200 an error that says nothing is none */
    { ",\"error\":\"\",\"interval\":6}", NULL, 0, 6 },
    /* a complete address that nobody should open is left out */
    { ",\"verification_uri_complete\":\"javascript:alert(1)\"}", NULL, 0, 5 },
    { ",\"verification_uri_complete\":\"http://example.org/device\"}", NULL, 0, 5 },
    { ",\"verification_uri_complete\":7}", NULL, 0, 5 },
    /* pages of one file have a fragment */
    { ",\"verification_url_complete\":\"https://example.org/#/d?c=WDJB-MJHT\"}",
      "https://example.org/#/d?c=WDJB-MJHT", 0, 5 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *body = g_strconcat (CODES, vectors[i].rest, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgDeviceCode) code = parse (200, JSON, body, &error);

      g_test_message ("%s", body);
      g_assert_no_error (error);
      assert_code (code, vectors[i].complete, vectors[i].expires_in, vectors[i].interval);
    }
}

static void
test_codes_otherwise_spelled (void)
{
  g_autoptr (CvgDeviceCode) drafted =
      parse (200, JSON,
             "{\"device_code\":\"hush-D\",\"user_code\":\"WDJB-MJHT\","
             "\"verification_url\":\"https://example.org/device\"}",
             NULL);
  g_autoptr (CvgDeviceCode) form =
      parse (200, FORM,
             "device_code=hush-D&user_code=WDJB-MJHT&expires_in=899&interval=5&"
             "verification_uri=https%3A%2F%2Fexample.org%2Fdevice",
             NULL);

  assert_code (drafted, NULL, 0, 5);
  assert_code (form, NULL, 899, 5);
}

/* The services of this machine are for a server that is here itself. */
static void
test_codes_of_this_machine (void)
{
  static const char body[] = "{\"device_code\":\"hush-D\",\"user_code\":\"A B\","
                             "\"verification_uri\":\"http://127.0.0.1:4567/device\"}";
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgHttpResponse) response = make_response (200, JSON, body);
  g_autoptr (CvgDeviceCode) from_here = NULL;
  g_autoptr (CvgDeviceCode) from_there = NULL;
  g_autoptr (GError) error = NULL;

  provider->device_authorization_endpoint = g_strdup ("http://localhost:4566/{tenant}/codes");
  from_here = cvg_device_code_parse (provider, response, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (from_here->verification_uri, ==, "http://127.0.0.1:4567/device");

  g_free (provider->device_authorization_endpoint);
  provider->device_authorization_endpoint = g_strdup ("https://example.org/codes");
  from_there = cvg_device_code_parse (provider, response, &error);
  g_assert_null (from_there);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_REFUSED);
}

#define URI(uri) "{\"device_code\":\"hush-D\",\"user_code\":\"A\",\"verification_uri\":\"" uri "\"}"
#define USER_CODE(code)                                                                            \
  "{\"device_code\":\"hush-D\",\"user_code\":\"" code "\","                                        \
  "\"verification_uri\":\"https://example.org/\"}"

static void
test_codes_refused (void)
{
  static const char *const bodies[] = {
    "{\"user_code\":\"A\",\"verification_uri\":\"https://example.org/\"}", /* no device code */
    "{\"device_code\":\"\",\"user_code\":\"A\",\"verification_uri\":\"https://example.org/\"}",
    "{\"device_code\":17,\"user_code\":\"A\",\"verification_uri\":\"https://example.org/\"}",
    "{\"device_code\":\"hush\\nD\",\"user_code\":\"A\",\"verification_uri\":\"https://a.org/\"}",
    "{\"device_code\":\"hush-D\",\"verification_uri\":\"https://example.org/\"}", /* no user code */
    USER_CODE (""),
    USER_CODE ("\\u001b[2J"),     /* it goes to a terminal */
    USER_CODE ("A\\u202eB"),      /* what is read is not what is typed */
    USER_CODE ("\\u0410\\u0412"), /* nor here: two letters that are no A and B */
    USER_CODE ("0123456789012345678901234567890123456789012345678901234567890123456789"),
    "{\"device_code\":\"hush-D\",\"user_code\":\"A\"}", /* nowhere to go */
    URI (""),
    URI ("/device"),
    URI ("http://example.org/device"),          /* in the clear */
    URI ("file:///etc/passwd"),                 /* no page */
    URI ("javascript:alert(1)"),                /* likewise */
    URI ("https://example.org@evil.example/d"), /* not where it seems to go */
    URI ("https://example.org/a b"),            /* two words to whoever opens it */
    URI ("https://example.org/\\n"),
    "{}",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgDeviceCode) code = parse (200, JSON, bodies[i], &error);

      g_test_message ("%s", bodies[i]);
      g_assert_null (code);
      g_assert_error (error, CVG_ERROR, CVG_ERROR_REFUSED);
      g_assert_true (g_str_has_prefix (error->message, "Example began"));
      g_assert_null (strstr (error->message, "hush"));
      g_assert_null (strstr (error->message, "example.org"));
    }
}

static void
test_long_device_code (void)
{
  g_autofree char *fits = g_strnfill (8192, 'd');
  g_autofree char *body = g_strdup_printf ("{\"device_code\":\"%s\",\"user_code\":\"A\","
                                           "\"verification_uri\":\"https://example.org/\"}",
                                           fits);
  g_autofree char *longer = g_strdup_printf ("{\"device_code\":\"%sx\",\"user_code\":\"A\","
                                             "\"verification_uri\":\"https://example.org/\"}",
                                             fits);
  g_autoptr (CvgDeviceCode) code = parse (200, JSON, body, NULL);
  g_autoptr (CvgDeviceCode) none = parse (200, JSON, longer, NULL);

  g_assert_nonnull (code);
  g_assert_cmpuint (cvg_secret_get_length (code->device_code), ==, 8192);
  g_assert_null (none);
}

static void
test_codes_not_given (void)
{
  static const struct
  {
    guint status;
    const char *content_type;
    const char *body;
    CvgError code;
    const char *said;
  } vectors[] = {
    { 400, JSON, "{\"error\":\"invalid_scope\"}", CVG_ERROR_REFUSED, "invalid_scope" },
    { 401, JSON, "{\"error\":\"invalid_client\"}", CVG_ERROR_REFUSED, "client add" },
    { 400, JSON, "{\"error\":\"unauthorized_client\"}", CVG_ERROR_REFUSED, "by device code" },
    { 200, JSON, "{\"error\":\"device_flow_disabled\"}", CVG_ERROR_REFUSED,
      "device_flow_disabled" },
    { 400, JSON, "{\"error\":\"<b>hush</b>\"}", CVG_ERROR_REFUSED, "HTTP 400" },
    { 429, JSON, "{}", CVG_ERROR_TRY_LATER, "HTTP 429" },
    { 503, JSON, CODES "}", CVG_ERROR_TRY_LATER, "HTTP 503" },
    { 200, "text/html", "<html>", CVG_ERROR_TRY_LATER, "HTTP 200" }, /* a captive portal */
    { 200, JSON, "[]", CVG_ERROR_TRY_LATER, "HTTP 200" },
    { 200, JSON, "", CVG_ERROR_TRY_LATER, "HTTP 200" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgDeviceCode) code =
          parse (vectors[i].status, vectors[i].content_type, vectors[i].body, &error);

      g_test_message ("%u %s", vectors[i].status, vectors[i].body);
      g_assert_null (code);
      g_assert_error (error, CVG_ERROR, (int) vectors[i].code);
      g_assert_nonnull (strstr (error->message, vectors[i].said));
      g_assert_null (strstr (error->message, "hush"));
    }
}

/* ---- polls ----------------------------------------------------------------------------------- */

static void
test_polls (void)
{
  static const struct
  {
    guint status;
    const char *body;
    CvgDevicePoll meaning;
    int code; /* of the error; -1: none */
  } vectors[] = {
    { 200, "{\"access_token\":\"A\",\"token_type\":\"bearer\"}", CVG_DEVICE_POLL_GRANTED, -1 },
    { 400, "{\"error\":\"authorization_pending\"}", CVG_DEVICE_POLL_PENDING, -1 },
    { 400, "{\"error\":\"slow_down\"}", CVG_DEVICE_POLL_SLOW_DOWN, -1 },
    { 400, "{\"error\":\"access_denied\"}", CVG_DEVICE_POLL_DENIED, CVG_ERROR_REFUSED },
    { 400, "{\"error\":\"authorization_declined\"}", CVG_DEVICE_POLL_DENIED, CVG_ERROR_REFUSED },
    { 400, "{\"error\":\"expired_token\"}", CVG_DEVICE_POLL_EXPIRED, CVG_ERROR_TIMED_OUT },
    /* the same under other statuses, as some have it */
    { 200, "{\"error\":\"authorization_pending\"}", CVG_DEVICE_POLL_PENDING, -1 },
    { 403, "{\"error\":\"authorization_pending\"}", CVG_DEVICE_POLL_PENDING, -1 },
    { 428, "{\"error\":\"authorization_pending\"}", CVG_DEVICE_POLL_PENDING, -1 },
    { 429, "{\"error\":\"slow_down\"}", CVG_DEVICE_POLL_SLOW_DOWN, -1 },
    { 200, "{\"error\":\"slow_down\",\"interval\":10}", CVG_DEVICE_POLL_SLOW_DOWN, -1 },
    { 401, "{\"error\":\"access_denied\"}", CVG_DEVICE_POLL_DENIED, CVG_ERROR_REFUSED },
    /* what may pass */
    { 429, "", CVG_DEVICE_POLL_PASSING, CVG_ERROR_TRY_LATER },
    { 500, "oops", CVG_DEVICE_POLL_PASSING, CVG_ERROR_TRY_LATER },
    { 503, "{\"error\":\"temporarily_unavailable\"}", CVG_DEVICE_POLL_PASSING,
      CVG_ERROR_TRY_LATER },
    { 400, "{\"error\":\"server_error\"}", CVG_DEVICE_POLL_PASSING, CVG_ERROR_TRY_LATER },
    { 200, "", CVG_DEVICE_POLL_PASSING, CVG_ERROR_TRY_LATER },
    { 200, "{\"token_type\":\"bearer\"}", CVG_DEVICE_POLL_PASSING, CVG_ERROR_TRY_LATER },
    { 302, "", CVG_DEVICE_POLL_PASSING, CVG_ERROR_TRY_LATER },
    /* what won't */
    { 400, "{\"error\":\"invalid_grant\"}", CVG_DEVICE_POLL_FAILED, CVG_ERROR_REFUSED },
    { 401, "{\"error\":\"invalid_client\"}", CVG_DEVICE_POLL_FAILED, CVG_ERROR_REFUSED },
    { 400, "{\"error\":\"unsupported_grant_type\"}", CVG_DEVICE_POLL_FAILED, CVG_ERROR_REFUSED },
    { 400, "{\"error\":\"AUTHORIZATION_PENDING\"}", CVG_DEVICE_POLL_FAILED, CVG_ERROR_REFUSED },
    { 400, "{\"error\":[\"authorization_pending\"]}", CVG_DEVICE_POLL_PASSING,
      CVG_ERROR_TRY_LATER },
    { 200, "{\"access_token\":\"hush\",\"token_type\":\"mac\"}", CVG_DEVICE_POLL_FAILED,
      CVG_ERROR_REFUSED },
  };
  g_autoptr (CvgProvider) provider = make_provider ();

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgHttpResponse) response =
          make_response (vectors[i].status, JSON, vectors[i].body);
      g_autoptr (CvgCredentials) credentials = NULL;
      g_autoptr (GError) error = NULL;
      CvgDevicePoll meaning = cvg_device_poll_read (provider, response, NOW, &credentials, &error);

      g_test_message ("%u %s: %s", vectors[i].status, vectors[i].body,
                      error != NULL ? error->message : "");
      g_assert_cmpint (meaning, ==, vectors[i].meaning);
      g_assert_true ((credentials != NULL) == (meaning == CVG_DEVICE_POLL_GRANTED));
      if (vectors[i].code < 0)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, CVG_ERROR, vectors[i].code);
      g_assert_nonnull (strstr (error->message, "Example"));
      g_assert_null (strstr (error->message, "hush"));
    }
}

/* Where the file says that the codes are. */
static void
test_polls_otherwise_spelled (void)
{
  static const char *const members[] = { "error.code", "reason", NULL };
  static const struct
  {
    const char *body;
    CvgDevicePoll meaning;
  } vectors[] = {
    { "{\"error\":{\"code\":\"authorization_pending\"}}", CVG_DEVICE_POLL_PENDING },
    { "{\"reason\":\"slow_down\"}", CVG_DEVICE_POLL_SLOW_DOWN },
    { "{\"error\":\"authorization_pending\",\"reason\":400}", CVG_DEVICE_POLL_PENDING },
    { "{\"error\":{\"code\":\"invalid_grant\"}}", CVG_DEVICE_POLL_FAILED },
  };
  g_autoptr (CvgProvider) provider = make_provider ();

  g_strfreev (provider->error_members);
  provider->error_members = g_strdupv ((char **) members);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgHttpResponse) response = make_response (400, JSON, vectors[i].body);
      g_autoptr (CvgCredentials) credentials = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", vectors[i].body);
      g_assert_cmpint (cvg_device_poll_read (provider, response, NOW, &credentials, &error), ==,
                       vectors[i].meaning);
    }
}

static void
test_granted (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgHttpResponse) response =
      make_response (200, FORM, "access_token=A&refresh_token=R&scope=read&expires_in=60");
  g_autoptr (CvgCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (cvg_device_poll_read (provider, response, NOW, &credentials, &error), ==,
                   CVG_DEVICE_POLL_GRANTED);
  g_assert_no_error (error);
  g_assert_cmpstr (cvg_secret_peek (credentials->refresh_token), ==, "R");
  g_assert_cmpint (credentials->expires_at, ==, NOW + 60);
}

static void
test_slower (void)
{
  static const struct
  {
    const char *body;
    guint interval;
    guint slower;
  } vectors[] = {
    { "{\"error\":\"slow_down\"}", 5, 10 },
    { "{\"error\":\"slow_down\"}", 10, 15 },
    { "{\"error\":\"slow_down\",\"interval\":30}", 5, 30 },
    { "{\"error\":\"slow_down\",\"interval\":\"30\"}", 5, 30 },
    { "{\"error\":\"slow_down\",\"interval\":1}", 5, 10 }, /* slower is not faster */
    { "{\"error\":\"slow_down\",\"interval\":1e9}", 5, 3600 },
    { "{\"error\":\"slow_down\"}", 3599, 3600 },
    { "", 5, 10 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgHttpResponse) response = make_response (400, JSON, vectors[i].body);

      g_test_message ("row %zu", i);
      g_assert_cmpuint (cvg_device_poll_get_slower (response, vectors[i].interval), ==,
                        vectors[i].slower);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_writer_default_set_use_stderr (TRUE);

  g_test_add_func ("/device/codes", test_codes);
  g_test_add_func ("/device/codes/otherwise-spelled", test_codes_otherwise_spelled);
  g_test_add_func ("/device/codes/refused", test_codes_refused);
  g_test_add_func ("/device/codes/long", test_long_device_code);
  g_test_add_func ("/device/codes/not-given", test_codes_not_given);
  g_test_add_func ("/device/polls", test_polls);
  g_test_add_func ("/device/codes/of-this-machine", test_codes_of_this_machine);
  g_test_add_func ("/device/polls/otherwise-spelled", test_polls_otherwise_spelled);
  g_test_add_func ("/device/polls/granted", test_granted);
  g_test_add_func ("/device/polls/slower", test_slower);

  return g_test_run ();
}
