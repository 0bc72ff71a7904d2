/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/parameters.h"

static CvgClient *
make_client (const char *id, const char *secret, int authentication)
{
  CvgClient *client = cvg_client_new ();

  client->client_id = g_strdup (id);
  client->has_secret = secret != NULL;
  client->secret = secret != NULL ? cvg_secret_new (secret) : NULL;
  client->authentication = authentication;
  return client;
}

static void
test_formats (void)
{
  static const struct
  {
    const char *url;
    CvgTokenRequestFormat format;
    const char *sent_to;
    const char *content_type;
    const char *body;
  } rows[] = {
    { "https://s/x", CVG_TOKEN_REQUEST_FORM, "https://s/x", "application/x-www-form-urlencoded",
      "a=b+%26c&d=%22e%22" },
    { "https://s/x", CVG_TOKEN_REQUEST_JSON, "https://s/x", "application/json",
      "{\"a\":\"b &c\",\"d\":\"\\\"e\\\"\"}" },
    { "https://s/x", CVG_TOKEN_REQUEST_QUERY, "https://s/x?a=b+%26c&d=%22e%22", NULL, NULL },
    /* A query of the endpoint's own stays. */
    { "https://s/x?y=z", CVG_TOKEN_REQUEST_QUERY, "https://s/x?y=z&a=b+%26c&d=%22e%22", NULL,
      NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GArray) parameters = cvg_parameters_new ();
      g_autoptr (CvgHttpRequest) request = cvg_http_request_new ("POST", rows[i].url);

      cvg_parameters_add (parameters, "a", "b &c");
      cvg_parameters_add (parameters, "absent", NULL);
      cvg_parameters_add (parameters, "empty", "");
      cvg_parameters_add (parameters, "d", "\"e\"");
      cvg_parameters_complete (parameters, request, rows[i].format);
      g_assert_cmpstr (request->url, ==, rows[i].sent_to);
      g_assert_cmpstr (request->content_type, ==, rows[i].content_type);
      g_assert_cmpstr (request->body != NULL ? cvg_secret_peek (request->body) : NULL, ==,
                       rows[i].body);
    }
}

static void
test_nothing_to_say (void)
{
  g_autoptr (GArray) parameters = cvg_parameters_new ();
  g_autoptr (CvgHttpRequest) json = cvg_http_request_new ("POST", "https://s/x");
  g_autoptr (CvgHttpRequest) form = cvg_http_request_new ("POST", "https://s/x");

  cvg_parameters_complete (parameters, json, CVG_TOKEN_REQUEST_JSON);
  g_assert_cmpstr (cvg_secret_peek (json->body), ==, "{}");
  cvg_parameters_complete (parameters, form, CVG_TOKEN_REQUEST_FORM);
  g_assert_cmpstr (cvg_secret_peek (form->body), ==, "");
}

static void
test_clients (void)
{
  static const struct
  {
    const char *secret;
    CvgClientAuthentication of_provider;
    int of_client;
    const char *body;
    const char *header;
  } rows[] = {
    { "s&s", CVG_CLIENT_AUTHENTICATION_POST, -1, "client_id=i%3Ad&client_secret=s%26s", NULL },
    /* Both form-encoded, then base64. */
    { "s&s", CVG_CLIENT_AUTHENTICATION_BASIC, -1, "", "Basic aSUzQWQ6cyUyNnM=" },
    { "s&s", CVG_CLIENT_AUTHENTICATION_NONE, -1, "client_id=i%3Ad", NULL },
    /* A public one names itself, whatever the others do. */
    { NULL, CVG_CLIENT_AUTHENTICATION_POST, -1, "client_id=i%3Ad", NULL },
    { NULL, CVG_CLIENT_AUTHENTICATION_BASIC, -1, "client_id=i%3Ad", NULL },
    { "", CVG_CLIENT_AUTHENTICATION_BASIC, -1, "client_id=i%3Ad", NULL },
    /* A registration's own way wins. */
    { "s&s", CVG_CLIENT_AUTHENTICATION_BASIC, CVG_CLIENT_AUTHENTICATION_POST,
      "client_id=i%3Ad&client_secret=s%26s", NULL },
    { "s&s", CVG_CLIENT_AUTHENTICATION_POST, CVG_CLIENT_AUTHENTICATION_BASIC, "",
      "Basic aSUzQWQ6cyUyNnM=" },
    { "s&s", CVG_CLIENT_AUTHENTICATION_POST, CVG_CLIENT_AUTHENTICATION_NONE, "client_id=i%3Ad",
      NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CvgClient) client = make_client ("i:d", rows[i].secret, rows[i].of_client);
      g_autoptr (GArray) parameters = cvg_parameters_new ();
      g_autoptr (CvgHttpRequest) request = cvg_http_request_new ("POST", "https://s/x");

      cvg_parameters_add_client (parameters, request, rows[i].of_provider, client);
      cvg_parameters_complete (parameters, request, CVG_TOKEN_REQUEST_FORM);
      g_assert_cmpstr (cvg_secret_peek (request->body), ==, rows[i].body);
      g_assert_cmpstr (request->authorization != NULL ? cvg_secret_peek (request->authorization) :
                                                        NULL,
                       ==, rows[i].header);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parameters/travel-as-form-json-or-query", test_formats);
  g_test_add_func ("/parameters/may-be-none", test_nothing_to_say);
  g_test_add_func ("/parameters/have-the-client-authenticate-in-one-way", test_clients);

  return g_test_run ();
}
