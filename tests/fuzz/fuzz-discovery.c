/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as what a server says of itself. The first chooses the status, the second of what the
 * rest is: a challenge, or the metadata of a server or of a resource, or the answer to a
 * registration, or one of the device flow. What is taken may be sent to and be shown; what is
 * refused is told without a word of theirs.
 */
#include <string.h>

#include "dbus/error.h"
#include "model/client.h"
#include "model/endpoint.h"
#include "model/scopes.h"
#include "oauth/challenge.h"
#include "oauth/device.h"
#include "oauth/metadata.h"
#include "oauth/registration.h"
#include "oauth/resource-metadata.h"

#define ISSUER "https://a.example/i"
#define RESOURCE "https://a.example/r"
#define REDIRECT_URI "http://127.0.0.1:1/c"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static const guint statuses[] = { 200, 201, 401, 400, 404, 503 };

static void
check_error (const GError *error)
{
  g_assert_true (error->domain == CVG_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 200);
}

static void
check_endpoint (const char *url)
{
  g_assert_true (url == NULL || cvg_endpoint_find_named_mistake (url, ISSUER) == NULL);
}

static void
check_server (const CvgHttpResponse *response)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgMetadata) metadata = cvg_metadata_parse (response, ISSUER, &error);

  g_assert_true ((metadata == NULL) == (error != NULL));
  if (metadata == NULL)
    {
      check_error (error);
      return;
    }

  g_assert_cmpstr (metadata->issuer, ==, ISSUER);
  check_endpoint (metadata->authorization_endpoint);
  check_endpoint (metadata->token_endpoint);
  check_endpoint (metadata->revocation_endpoint);
  check_endpoint (metadata->device_authorization_endpoint);
  check_endpoint (metadata->registration_endpoint);
  g_assert_true (metadata->names_pkce || !metadata->takes_s256);
  cvg_metadata_choose_registration (metadata);
}

static void
check_resource (const CvgHttpResponse *response)
{
  g_auto (GStrv) urls = cvg_resource_metadata_list_urls (RESOURCE);
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgResourceMetadata) metadata =
      cvg_resource_metadata_parse (response, urls[1], RESOURCE, &error);

  g_assert_true ((metadata == NULL) == (error != NULL));
  if (metadata == NULL)
    {
      check_error (error);
      return;
    }

  check_endpoint (metadata->issuer);
  g_assert_null (cvg_endpoint_find_issuer_mistake (metadata->issuer));
  g_assert_true (cvg_scopes_are_valid ((const char *const *) metadata->scopes, NULL));
}

static void
check_challenge (CvgHttpResponse *response)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  response->challenge = g_strdup (cvg_secret_peek (response->body));
  if (!cvg_resource_metadata_find_url (response, RESOURCE, &url, &error))
    check_error (error);
  check_endpoint (url);
}

static void
check_registration (const CvgHttpResponse *response)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgRegistration) registration =
      cvg_registration_parse (response, REDIRECT_URI, &error);

  g_assert_true ((registration == NULL) == (error != NULL));
  if (registration == NULL)
    {
      check_error (error);
      return;
    }

  g_assert_true (cvg_client_id_is_valid (registration->client_id));
  g_assert_cmpint (registration->expires_at, >=, 0);
  g_assert_true ((registration->client_secret == NULL) ==
                 (registration->authentication == CVG_CLIENT_AUTHENTICATION_NONE));
}

static CvgProvider *
make_provider (void)
{
  CvgProvider *provider = cvg_provider_new ();

  provider->name = g_strdup ("Server");
  provider->token_endpoint = g_strdup ("https://a.example/t");
  provider->device_authorization_endpoint = g_strdup ("https://a.example/d");
  return provider;
}

/* A terminal shows the code, a browser opens the address. */
static void
check_device_code (const CvgHttpResponse *response)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgDeviceCode) code = cvg_device_code_parse (provider, response, &error);

  g_assert_true ((code == NULL) == (error != NULL));
  if (code == NULL)
    {
      check_error (error);
      return;
    }

  for (const char *c = code->user_code; *c != '\0'; c++)
    g_assert_true (g_ascii_isprint (*c));
  g_assert_null (cvg_endpoint_find_page_mistake (code->verification_uri));
  if (code->verification_uri_complete != NULL)
    g_assert_null (cvg_endpoint_find_page_mistake (code->verification_uri_complete));
  g_assert_cmpuint (code->interval, >, 0);
}

static void
check_device_poll (const CvgHttpResponse *response)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;
  CvgDevicePoll poll = cvg_device_poll_read (provider, response, 1, &credentials, &error);

  g_assert_true ((credentials != NULL) == (poll == CVG_DEVICE_POLL_GRANTED));
  if (error != NULL)
    check_error (error);
  g_assert_cmpuint (cvg_device_poll_get_slower (response, 5), >, 5);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (CvgSecret) body = NULL;
  g_autoptr (CvgHttpResponse) response = NULL;

  if (size < 2)
    return 0;

  body = cvg_secret_new_sized ((const char *) data + 2, size - 2);
  response = cvg_http_response_new (statuses[data[0] % G_N_ELEMENTS (statuses)], NULL, 0, body);
  switch (data[1] % 6)
    {
    case 0:
      check_server (response);
      break;
    case 1:
      check_resource (response);
      break;
    case 2:
      check_challenge (response);
      break;
    case 3:
      check_registration (response);
      break;
    case 4:
      check_device_code (response);
      break;
    default:
      check_device_poll (response);
    }

  return 0;
}
