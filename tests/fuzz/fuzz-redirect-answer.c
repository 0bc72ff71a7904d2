/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the query of a redirect, with extras that a server might have in it, as an address
 * that somebody pasted, and as one that a caller wants the browser sent to.
 */
#include <string.h>

#include "dbus/error.h"
#include "oauth/redirect-answer.h"
#include "oauth/redirect-extras.h"
#include "oauth/redirect-target.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

#define REDIRECT_URI "http://127.0.0.1:18417/callback"

/* The longest word of our own sentences is shorter: what is found in one was quoted. */
#define QUOTE_MIN 16

static void
check_error (const GError *error, const char *input)
{
  g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
  if (strlen (input) >= QUOTE_MIN && strchr (input, ' ') == NULL)
    g_assert_null (strstr (error->message, input));
}

static void
check_text (const char *text)
{
  g_assert_cmpuint (strlen (text), >, 0);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *c = text; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}

static void
check_extras (const CvgRedirectAnswer *answer)
{
  static const char *const names[] = { "state", "a", "code", "b", "x", "c", NULL };
  g_autoptr (CvgProvider) provider = cvg_provider_new ();
  g_autoptr (CvgClient) client = cvg_client_new ();
  g_autoptr (GVariant) members = NULL;
  g_autoptr (GError) unsigned_error = NULL;
  g_autoptr (GError) error = NULL;

  provider->name = g_strdup ("Example");
  provider->redirect_signature = g_strdup ("hmac");
  g_strfreev (provider->redirect_members);
  provider->redirect_members = g_strdupv ((char **) names);
  client->client_id = g_strdup ("id");
  client->secret = cvg_secret_new ("hush");

  /* Nobody guesses it. */
  g_assert_false (cvg_redirect_extras_check_signature (answer, provider, client, &unsigned_error));
  check_error (unsigned_error, cvg_secret_peek (answer->query));
  if (!cvg_redirect_extras_read_members (answer, provider, &members, &error))
    {
      check_error (error, cvg_secret_peek (answer->query));
      return;
    }
  for (gsize i = 0; i < g_variant_n_children (members); i++)
    {
      g_autoptr (GVariant) member = g_variant_get_child_value (members, i);
      g_autoptr (GVariant) value = NULL;

      g_variant_get (member, "{&sv}", NULL, &value);
      check_text (g_variant_get_string (value, NULL));
    }
}

static void
check_query (const char *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autoptr (CvgRedirectAnswer) answer = cvg_redirect_answer_parse (query, &error);

  g_assert_true ((answer == NULL) == (error != NULL));
  if (answer == NULL)
    {
      check_error (error, query);
      return;
    }

  check_text (answer->state);
  check_extras (answer);
  g_assert_true ((answer->code == NULL) == (answer->error != NULL));
  if (answer->code != NULL)
    check_text (cvg_secret_peek (answer->code));
  else
    {
      check_text (answer->error);
      refusal = cvg_redirect_answer_to_error (answer);
      g_assert_true (g_str_is_ascii (refusal->message));
    }
  g_assert_cmpint (cvg_redirect_answer_check_issuer (answer, "https://a.example", FALSE, NULL), ==,
                   answer->issuer == NULL || strcmp (answer->issuer, "https://a.example") == 0);
}

static void
check_pasted (const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *query = cvg_redirect_url_match (url, REDIRECT_URI, &error);

  g_assert_true ((query == NULL) == (error != NULL));
  if (query == NULL)
    check_error (error, url);
  else
    check_query (query);
}

static void
check_target (const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = NULL;

  if (!cvg_redirect_target_check (url, &error))
    {
      check_error (error, url);
      return;
    }

  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  g_assert_nonnull (uri);
  g_assert_null (g_uri_get_userinfo (uri));
  g_assert_null (g_uri_get_fragment (uri));
  g_assert_null (strpbrk (url, " \t\r\n\\"));
  check_text (g_uri_get_host (uri));
  if (strcmp (g_uri_get_scheme (uri), "https") != 0)
    g_assert_true (g_hostname_is_ip_address (g_uri_get_host (uri)));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *url = g_strconcat (REDIRECT_URI "?", text, NULL);

  check_query (text);
  check_pasted (text);
  check_pasted (url);
  check_target (text);
  cvg_redirect_uri_check (text, NULL);
  return 0;
}
