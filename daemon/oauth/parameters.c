/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parameters. Bodies are written here and not by a JSON library: each is made in one buffer of full
 * size that is wiped, so that no copy of a secret stays behind a reallocation.
 */
#include "oauth/parameters.h"

#include <string.h>

#include "oauth/form.h"

/* The longest that one byte becomes: \u001f in JSON. */
#define EXPANSION 6

/** cvg_parameters_new: Returns: (transfer full) (element-type CvgParameter): none yet */
GArray *
cvg_parameters_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (CvgParameter));
}

/**
 * cvg_parameters_add:
 * @name: (transfer none): not copied
 * @value: (nullable): likewise; %NULL and "" are left out, since they are the same to a server (RFC
 *   6749 section 3.2)
 */
void
cvg_parameters_add (GArray *parameters, const char *name, const char *value)
{
  const CvgParameter parameter = { name, value };

  if (value != NULL && *value != '\0')
    g_array_append_val (parameters, parameter);
}

static gsize
measure (const GArray *parameters)
{
  gsize size = sizeof "{}";

  for (guint i = 0; i < parameters->len; i++)
    {
      const CvgParameter *parameter = &g_array_index (parameters, CvgParameter, i);

      size += EXPANSION * (strlen (parameter->name) + strlen (parameter->value));
      size += strlen ("\"\":\"\",");
    }

  return size;
}

static void
append_json_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (json, '\\');
      if (g_ascii_iscntrl (*c))
        g_string_append_printf (json, "\\u%04x", (guint) *c);
      else
        g_string_append_c (json, *c);
    }
  g_string_append_c (json, '"');
}

static void
append_json_pair (GString *json, const CvgParameter *parameter)
{
  g_string_append_c (json, json->len > 0 ? ',' : '{');
  append_json_string (json, parameter->name);
  g_string_append_c (json, ':');
  append_json_string (json, parameter->value);
}

static void
append_form_pair (GString *form, const CvgParameter *parameter)
{
  if (form->len > 0)
    g_string_append_c (form, '&');
  cvg_form_append_escaped (form, parameter->name);
  g_string_append_c (form, '=');
  cvg_form_append_escaped (form, parameter->value);
}

static CvgSecret *
build_json (const GArray *parameters)
{
  const gsize size = measure (parameters);
  GString *json = g_string_sized_new (size);

  for (guint i = 0; i < parameters->len; i++)
    append_json_pair (json, &g_array_index (parameters, CvgParameter, i));
  g_string_append (json, parameters->len > 0 ? "}" : "{}");

  g_assert (json->len < size);
  return cvg_secret_new_take (g_string_free (json, FALSE));
}

static CvgSecret *
build_form (const GArray *parameters)
{
  const gsize size = measure (parameters);
  GString *form = g_string_sized_new (size);

  for (guint i = 0; i < parameters->len; i++)
    append_form_pair (form, &g_array_index (parameters, CvgParameter, i));

  g_assert (form->len < size);
  return cvg_secret_new_take (g_string_free (form, FALSE));
}

/* The endpoint may have a query of its own (RFC 6749 section 3.2), and no fragment. */
static void
append_to_query (CvgHttpRequest *request, const GArray *parameters)
{
  g_autoptr (CvgSecret) form = build_form (parameters);
  const char *joint = strchr (request->url, '?') != NULL ? "&" : "?";
  char *url = g_strconcat (request->url, joint, cvg_secret_peek (form), NULL);

  cvg_wipe_free (request->url);
  request->url = url;
}

/**
 * cvg_parameters_complete:
 * @format: how @parameters travel
 *
 * Gives @request its body, or its URL the query.
 */
void
cvg_parameters_complete (const GArray *parameters,
                         CvgHttpRequest *request,
                         CvgTokenRequestFormat format)
{
  switch (format)
    {
    case CVG_TOKEN_REQUEST_QUERY:
      append_to_query (request, parameters);
      break;
    case CVG_TOKEN_REQUEST_JSON:
      request->content_type = "application/json";
      request->body = build_json (parameters);
      break;
    case CVG_TOKEN_REQUEST_FORM:
    default:
      request->content_type = "application/x-www-form-urlencoded";
      request->body = build_form (parameters);
      break;
    }
}

/* RFC 6749 section 2.3.1: both are form-encoded first, then they are user and password. */
static CvgSecret *
build_basic (const CvgClient *client)
{
  const char *secret = cvg_secret_peek (client->secret);
  GString *pair =
      g_string_sized_new (EXPANSION * (strlen (client->client_id) + strlen (secret)) + 2);
  g_autoptr (CvgSecret) plain = NULL;
  char *encoded = NULL;
  CvgSecret *header = NULL;

  cvg_form_append_escaped (pair, client->client_id);
  g_string_append_c (pair, ':');
  cvg_form_append_escaped (pair, secret);
  plain = cvg_secret_new_take (g_string_free (pair, FALSE));

  encoded =
      g_base64_encode ((const guchar *) cvg_secret_peek (plain), cvg_secret_get_length (plain));
  header = cvg_secret_new_take (g_strconcat ("Basic ", encoded, NULL));
  cvg_wipe_free (encoded);
  return header;
}

/**
 * cvg_parameters_add_client:
 * @authentication: of the provider's clients; one whose registration asks for another (RFC 7591
 *   section 3.2.1) does as that says
 * @client: who asks; its secret, if it has one, at hand
 *
 * Has @client authenticate, by a header of @request or by parameters. A client without a secret
 * names itself in the body (RFC 6749 section 3.2.1), whatever the way in which the provider's other
 * clients authenticate.
 */
void
cvg_parameters_add_client (GArray *parameters,
                           CvgHttpRequest *request,
                           CvgClientAuthentication authentication,
                           const CvgClient *client)
{
  gboolean has_secret = !cvg_secret_is_empty (client->secret);

  if (client->authentication >= 0)
    authentication = (CvgClientAuthentication) client->authentication;
  if (authentication == CVG_CLIENT_AUTHENTICATION_BASIC && has_secret)
    {
      request->authorization = build_basic (client);
      return;
    }

  cvg_parameters_add (parameters, "client_id", client->client_id);
  if (authentication == CVG_CLIENT_AUTHENTICATION_POST && has_secret)
    cvg_parameters_add (parameters, "client_secret", cvg_secret_peek (client->secret));
}
