/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/resource-metadata.h"

#include <string.h>

#include "dbus/error.h"

#define RESOURCE "https://a.example/v2/mcp"
#define AT_PATH "https://a.example/.well-known/oauth-protected-resource/v2/mcp"
#define AT_ROOT "https://a.example/.well-known/oauth-protected-resource"
#define SERVERS ",\"authorization_servers\":[\"https://b.example/id\",\"https://c.example\"]"
#define ABOUT(more) "{\"resource\":\"" RESOURCE "\"" more "}"

static CvgHttpResponse *
respond (guint status, const char *challenge, const char *text)
{
  g_autoptr (CvgSecret) body = cvg_secret_new (text);
  CvgHttpResponse *response = cvg_http_response_new (status, "application/json", 0, body);

  response->challenge = g_strdup (challenge);
  return response;
}

static void
test_urls (void)
{
  g_auto (GStrv) with_path = cvg_resource_metadata_list_urls (RESOURCE);
  g_auto (GStrv) without_path = cvg_resource_metadata_list_urls ("https://a.example/");

  g_assert_cmpuint (g_strv_length (with_path), ==, 2);
  g_assert_cmpstr (with_path[0], ==, AT_PATH);
  g_assert_cmpstr (with_path[1], ==, AT_ROOT);
  g_assert_cmpuint (g_strv_length (without_path), ==, 1);
  g_assert_cmpstr (without_path[0], ==, AT_ROOT);
}

static void
test_challenges (void)
{
  static const struct
  {
    guint status;
    const char *challenge;
    const char *url;
    const char *reason; /* NULL: not refused */
  } vectors[] = {
    { 401, "Bearer resource_metadata=\"https://x.example/m\", error=\"invalid_token\"",
      "https://x.example/m", NULL },
    { 401, "DPoP resource_metadata=\"https://x.example/m\"", "https://x.example/m", NULL },
    { 401, "Bearer realm=\"x\"", NULL, NULL },
    { 401, NULL, NULL, NULL },
    { 200, "Bearer resource_metadata=\"https://x.example/m\"", NULL, NULL }, /* no challenge */
    { 401, "Bearer resource_metadata=\"http://x.example/m\"", NULL, "https" },
    { 401, "Bearer resource_metadata=\"javascript:alert(1)\"", NULL, "host" },
    { 401, "Bearer resource_metadata=\"http://127.0.0.1/m\"", NULL, "this machine" },
    { 401, "Bearer resource_metadata=\"https://u@x.example/m\"", NULL, "user name" },
    { 401, "Bearer resource_metadata=\"\"", NULL, "absolute" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgHttpResponse) response = respond (vectors[i].status, vectors[i].challenge, "");
      g_autoptr (GError) error = NULL;
      g_autofree char *url = NULL;
      gboolean is_usable = cvg_resource_metadata_find_url (response, RESOURCE, &url, &error);

      g_test_message ("%s", vectors[i].challenge);
      g_assert_cmpint (is_usable, ==, vectors[i].reason == NULL);
      g_assert_cmpstr (url, ==, vectors[i].url);
      if (is_usable)
        continue;
      g_assert_error (error, CVG_ERROR, CVG_ERROR_REFUSED);
      g_assert_nonnull (strstr (error->message, vectors[i].reason));
    }
}

static void
test_documents (void)
{
  static const struct
  {
    const char *url;
    const char *body;
    int code; /* 0: taken */
    const char *reason;
  } vectors[] = {
    { AT_PATH, ABOUT (SERVERS), 0, NULL },
    { AT_ROOT, ABOUT (SERVERS), 0, NULL },
    /* at the root the host may be meant, and only there */
    { AT_ROOT, "{\"resource\":\"https://a.example\"" SERVERS "}", 0, NULL },
    { AT_ROOT, "{\"resource\":\"https://a.example/\"" SERVERS "}", 0, NULL },
    { AT_PATH, "{\"resource\":\"https://a.example\"" SERVERS "}", CVG_ERROR_REFUSED, "another" },
    { AT_ROOT, "{\"resource\":\"https://a.example/v2\"" SERVERS "}", CVG_ERROR_REFUSED, "another" },
    { AT_ROOT, "{\"resource\":\"https://a.example.evil/\"" SERVERS "}", CVG_ERROR_REFUSED,
      "another" },
    /* another one */
    { AT_PATH, "{\"resource\":\"" RESOURCE "/\"" SERVERS "}", CVG_ERROR_REFUSED, "another" },
    { AT_PATH, "{\"resource\":\"https://evil.example/mcp\"" SERVERS "}", CVG_ERROR_REFUSED,
      "another" },
    { AT_PATH, "{\"resource\":7" SERVERS "}", CVG_ERROR_REFUSED, "resource" },
    { AT_PATH, "{\"nothing\":7}", CVG_ERROR_NOT_FOUND, "no resource" },
    { AT_PATH, "<html>", CVG_ERROR_NOT_FOUND, "no such document" },
    /* nobody who gives tokens, or nobody to be asked */
    { AT_PATH, ABOUT (""), CVG_ERROR_REFUSED, "no authorization server" },
    { AT_PATH, ABOUT (",\"authorization_servers\":[]"), CVG_ERROR_REFUSED,
      "no authorization server" },
    { AT_PATH, ABOUT (",\"authorization_servers\":\"https://b.example\""), CVG_ERROR_REFUSED,
      "authorization_servers" },
    { AT_PATH, ABOUT (",\"authorization_servers\":[\"http://b.example\"]"), CVG_ERROR_REFUSED,
      "https" },
    { AT_PATH, ABOUT (",\"authorization_servers\":[\"https://b.example?x\"]"), CVG_ERROR_REFUSED,
      "query" },
    { AT_PATH, ABOUT (",\"authorization_servers\":[\"javascript:alert(1)\"]"), CVG_ERROR_REFUSED,
      "host" },
    { AT_PATH, ABOUT (",\"authorization_servers\":[\"http://localhost:1\"]"), CVG_ERROR_REFUSED,
      "this machine" },
    { AT_PATH, ABOUT (SERVERS ",\"scopes_supported\":\"a\""), CVG_ERROR_REFUSED, "scopes" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgHttpResponse) response = respond (200, NULL, vectors[i].body);
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgResourceMetadata) metadata =
          cvg_resource_metadata_parse (response, vectors[i].url, RESOURCE, &error);

      g_test_message ("%s", vectors[i].body);
      if (vectors[i].code == 0)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (metadata->issuer, ==, "https://b.example/id");
          continue;
        }
      g_assert_null (metadata);
      g_assert_error (error, CVG_ERROR, vectors[i].code);
      g_assert_nonnull (strstr (error->message, vectors[i].reason));
      g_assert_null (strstr (error->message, "evil"));
    }
}

static void
test_scopes (void)
{
  g_autofree char *filling = g_strnfill (5000, 's');
  g_autofree char *huge =
      g_strdup_printf (ABOUT (SERVERS ",\"scopes_supported\":[\"%s\"]"), filling);
  const struct
  {
    const char *body;
    const char *scopes;
  } vectors[] = {
    { ABOUT (SERVERS), "" },
    { ABOUT (SERVERS ",\"scopes_supported\":[]"), "" },
    { ABOUT (SERVERS ",\"scopes_supported\":[\"b\",\"a\",\"b\"]"), "b a" },
    { ABOUT (SERVERS ",\"scopes_supported\":[\"a\",\"with space\"]"), "" }, /* no scope-token */
    { huge, "" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgHttpResponse) response = respond (200, NULL, vectors[i].body);
      g_autoptr (CvgResourceMetadata) metadata =
          cvg_resource_metadata_parse (response, AT_PATH, RESOURCE, NULL);
      g_autofree char *scopes = g_strjoinv (" ", metadata->scopes);

      g_assert_cmpstr (scopes, ==, vectors[i].scopes);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resource-metadata/urls", test_urls);
  g_test_add_func ("/resource-metadata/challenges", test_challenges);
  g_test_add_func ("/resource-metadata/documents", test_documents);
  g_test_add_func ("/resource-metadata/scopes", test_scopes);
  return g_test_run ();
}
