/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the browser brings back. Any web page and any program of the machine can send something
 * here, so that the query is judged as a whole before a part of it is believed: each of the four
 * parameters that matter at most once (RFC 6749 section 3.1), decoded strictly, and an answer is
 * either a code or an error. Whether the state is one of ours is for the keeper of the sign-ins.
 *
 * No error here quotes anything of a query.
 */
#include "oauth/redirect-answer.h"

#include <string.h>

#include "dbus/error.h"
#include "oauth/error-code.h"
#include "oauth/form.h"

/* What the listener takes as a request line, and four times the longest code ever seen. */
#define QUERY_MAX 8192

enum
{
  STATE,
  CODE,
  ERROR,
  ISSUER,
  PARAMETER_COUNT,
};

static const char *const names[] = { "state", "code", "error", "iss" };
G_STATIC_ASSERT (G_N_ELEMENTS (names) == PARAMETER_COUNT);

typedef struct
{
  char *values[PARAMETER_COUNT]; /* (owned) (nullable) */
  gboolean seen[PARAMETER_COUNT];
  const char *mistake; /* (static) (nullable) */
} Reading;

static void
reading_clear (Reading *reading)
{
  for (int i = 0; i < PARAMETER_COUNT; i++)
    cvg_wipe_free (reading->values[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static gboolean
read_pair (const char *name, const char *value, gsize length, gpointer user_data)
{
  Reading *reading = user_data;

  for (int i = 0; i < PARAMETER_COUNT; i++)
    {
      if (strcmp (names[i], name) != 0)
        continue;
      if (reading->seen[i])
        {
          reading->mistake = "one of its parameters comes twice";
          return FALSE;
        }

      reading->seen[i] = TRUE;
      reading->values[i] = cvg_form_unescape_line (value, length);
      if (reading->values[i] == NULL)
        {
          reading->mistake = "one of its parameters is not text";
          return FALSE;
        }
      /* RFC 6749 section 3.1: without a value is as if it were not there. */
      if (reading->values[i][0] == '\0')
        g_clear_pointer (&reading->values[i], g_free);
    }

  return TRUE;
}

/* Descriptions may hold anything once they are decoded; as they travel they are plain ASCII. */
static const char *
find_mistake_in_bytes (const char *query)
{
  gsize length = strlen (query);

  if (length > QUERY_MAX)
    return "it is too long";

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isgraph (query[i]))
        return "it has characters that no address has";
      if (query[i] == '%' &&
          !(length - i > 2 && g_ascii_isxdigit (query[i + 1]) && g_ascii_isxdigit (query[i + 2])))
        return "it has a broken percent escape";
    }

  return NULL;
}

static const char *
find_mistake_in_parameters (const Reading *reading)
{
  if (reading->values[STATE] == NULL)
    return "it has no state";
  if (reading->values[CODE] == NULL && reading->values[ERROR] == NULL)
    return "it has neither a code nor an error";
  if (reading->values[CODE] != NULL && reading->values[ERROR] != NULL)
    return "it has both a code and an error";
  return NULL;
}

/**
 * cvg_redirect_answer_parse:
 * @query: as it came, without the "?"
 *
 * Parameters that nobody waits for are ignored, as RFC 6749 section 4.1.2 asks; those that only
 * some servers send stay in the query: redirect-extras.c.
 *
 * Returns: (transfer full): the answer; fails with %CVG_ERROR_INVALID_ARGUMENT
 */
CvgRedirectAnswer *
cvg_redirect_answer_parse (const char *query, GError **error)
{
  g_auto (Reading) reading = { 0 };
  CvgRedirectAnswer *answer = NULL;

  g_return_val_if_fail (query != NULL, NULL);

  reading.mistake = find_mistake_in_bytes (query);
  if (reading.mistake == NULL && cvg_form_visit (query, read_pair, &reading))
    reading.mistake = find_mistake_in_parameters (&reading);
  if (reading.mistake != NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                   "The address is not the answer to a sign-in: %s", reading.mistake);
      return NULL;
    }

  answer = g_new0 (CvgRedirectAnswer, 1);
  answer->query = cvg_secret_new (query);
  answer->state = g_steal_pointer (&reading.values[STATE]);
  answer->error = g_steal_pointer (&reading.values[ERROR]);
  answer->issuer = g_steal_pointer (&reading.values[ISSUER]);
  if (reading.values[CODE] != NULL)
    answer->code = cvg_secret_new_take (g_steal_pointer (&reading.values[CODE]));
  return answer;
}

void
cvg_redirect_answer_free (CvgRedirectAnswer *answer)
{
  g_clear_pointer (&answer->query, cvg_secret_unref);
  cvg_wipe_free (answer->state);
  g_clear_pointer (&answer->code, cvg_secret_unref);
  g_free (answer->error);
  g_free (answer->issuer);
  g_free (answer);
}

/**
 * cvg_redirect_answer_check_issuer:
 * @issuer: (nullable): how the provider names itself; %NULL: not known
 * @is_required: whether the provider says that it always names itself
 *
 * Simple string comparison, where both sides name an issuer: RFC 9207 section 2.4. When it fails,
 * nothing of @answer may be used, its error neither.
 *
 * Returns: whether the answer came from who was asked, as far as it says; fails with
 *   %CVG_ERROR_INVALID_ARGUMENT
 */
gboolean
cvg_redirect_answer_check_issuer (const CvgRedirectAnswer *answer,
                                  const char *issuer,
                                  gboolean is_required,
                                  GError **error)
{
  if (answer->issuer == NULL && is_required)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                           "The answer to the sign-in does not say which server it is from, and "
                           "this one always says so; it was thrown away");
      return FALSE;
    }
  if (answer->issuer == NULL || issuer == NULL || *issuer == '\0' ||
      strcmp (answer->issuer, issuer) == 0)
    return TRUE;

  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                       "The answer to the sign-in names another server than the one that was "
                       "asked; it was thrown away");
  return FALSE;
}

/** cvg_redirect_answer_is_denial: Returns: whether the person said no: RFC 6749 section 4.1.2.1 */
gboolean
cvg_redirect_answer_is_denial (const CvgRedirectAnswer *answer)
{
  return g_strcmp0 (answer->error, "access_denied") == 0;
}

/**
 * cvg_redirect_answer_to_error:
 * @answer: one with an error
 *
 * Returns: (transfer full): %CVG_ERROR_TRY_LATER if the server says that it will pass, else
 *   %CVG_ERROR_REFUSED
 */
GError *
cvg_redirect_answer_to_error (const CvgRedirectAnswer *answer)
{
  const char *code = answer->error;

  g_return_val_if_fail (code != NULL, NULL);

  if (strcmp (code, "server_error") == 0 || strcmp (code, "temporarily_unavailable") == 0)
    return g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER,
                        "The server can't sign anybody in right now (%s); try again later", code);
  if (cvg_redirect_answer_is_denial (answer))
    return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED, "The access was not granted (%s)", code);
  if (cvg_error_code_is_presentable (code))
    return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED, "The server refused the sign-in (%s)", code);

  return g_error_new_literal (CVG_ERROR, CVG_ERROR_REFUSED, "The server refused the sign-in");
}

static int
get_port (GUri *uri)
{
  if (g_uri_get_port (uri) >= 0)
    return g_uri_get_port (uri);

  return strcmp (g_uri_get_scheme (uri), "http") == 0 ? 80 : 443;
}

static const char *
get_path (GUri *uri)
{
  return *g_uri_get_path (uri) != '\0' ? g_uri_get_path (uri) : "/";
}

static const char *
find_difference (GUri *pasted, GUri *expected)
{
  if (strcmp (g_uri_get_scheme (pasted), g_uri_get_scheme (expected)) != 0)
    return "it begins with another scheme than the redirect URI";
  if (g_uri_get_userinfo (pasted) != NULL)
    return "it has a user name";
  if (g_ascii_strcasecmp (g_uri_get_host (pasted), g_uri_get_host (expected)) != 0)
    return "its host is not that of the redirect URI";
  if (get_port (pasted) != get_port (expected))
    return "its port is not that of the redirect URI";
  if (strcmp (get_path (pasted), get_path (expected)) != 0)
    return "its path is not that of the redirect URI";
  if (g_uri_get_query (pasted) == NULL || *g_uri_get_query (pasted) == '\0')
    return "it has no query; copy the whole address";
  return NULL;
}

/**
 * cvg_redirect_url_match:
 * @url: an address that a person pasted; white space around it is not looked at, and
 *   neither is a fragment
 * @redirect_uri: where the answer was to go
 *
 * Returns: (transfer full): the query of @url, as it is; fails with %CVG_ERROR_INVALID_ARGUMENT,
 *   which says what differs. The caller wipes it: it has a code
 */
char *
cvg_redirect_url_match (const char *url, const char *redirect_uri, GError **error)
{
  const GUriFlags flags = G_URI_FLAGS_ENCODED;
  const char *difference = "it is no address; copy the whole address from the browser";
  g_autoptr (GUri) pasted = NULL;
  g_autoptr (GUri) expected = g_uri_parse (redirect_uri, flags, NULL);
  char *stripped = NULL;

  g_return_val_if_fail (expected != NULL && g_uri_get_host (expected) != NULL, NULL);

  /* A browser sends no fragment (some providers add "#" or "#_=_"): the listener would take this
   * answer, and so it is taken here. */
  stripped = g_strstrip (g_strndup (url, strcspn (url, "#")));
  /* The parser's own message quotes the address, so it goes nowhere. */
  if (strlen (stripped) <= 2 * QUERY_MAX)
    pasted = g_uri_parse (stripped, flags, NULL);
  cvg_wipe_free (stripped);
  if (pasted != NULL && g_uri_get_host (pasted) != NULL)
    difference = find_difference (pasted, expected);
  if (difference == NULL)
    return g_strdup (g_uri_get_query (pasted));

  g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
               "The address is not the one that the browser was sent back to: %s", difference);
  return NULL;
}
