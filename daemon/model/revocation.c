/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Revocations, and their one packed form: what the keyring holds of one. It has tokens and mostly a
 * client's secret in it, and lies nowhere else.
 *
 * What comes out of the keyring is sent as it is, so it is judged as strictly as what goes in: a
 * method, a kind of body, an address that requests may go to.
 */
#include "model/revocation.h"

#include <string.h>

#include "dbus/error.h"
#include "model/endpoint.h"
#include "model/vardict.h"

#define PACK_VERSION 1

/* A refresh token and an access token; more is not ours. */
#define MAX_STEPS 8

static const char *const methods[] = { "POST", "DELETE", NULL };
static const char *const content_types[] = { "application/x-www-form-urlencoded",
                                             "application/json", NULL };

static void
step_free (CvgRevocationStep *step)
{
  g_clear_pointer (&step->request, cvg_http_request_free);
  g_free (step);
}

/** cvg_revocation_new: Returns: (transfer full): an empty one, for its maker to fill */
CvgRevocation *
cvg_revocation_new (void)
{
  CvgRevocation *revocation = g_new0 (CvgRevocation, 1);

  revocation->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);
  return revocation;
}

/** cvg_revocation_free: frees it */
void
cvg_revocation_free (CvgRevocation *revocation)
{
  g_free (revocation->id);
  g_free (revocation->server_name);
  g_free (revocation->instance_id);
  g_free (revocation->manage_url);
  g_ptr_array_unref (revocation->steps);
  g_free (revocation);
}

/** cvg_revocation_add_step: @request (transfer full) is to be sent after those before */
void
cvg_revocation_add_step (CvgRevocation *revocation, CvgHttpRequest *request)
{
  CvgRevocationStep *step = g_new0 (CvgRevocationStep, 1);

  step->request = request;
  g_ptr_array_add (revocation->steps, step);
}

/** cvg_revocation_get_next: Returns: (transfer none) (nullable): the first that is pending */
CvgRevocationStep *
cvg_revocation_get_next (const CvgRevocation *revocation)
{
  for (guint i = 0; i < revocation->steps->len; i++)
    {
      CvgRevocationStep *step = g_ptr_array_index (revocation->steps, i);

      if (step->state == CVG_REVOCATION_STEP_PENDING)
        return step;
    }

  return NULL;
}

/** cvg_revocation_step_settle: @step is not pending any more; its secrets are let go of */
void
cvg_revocation_step_settle (CvgRevocationStep *step, CvgRevocationStepState state)
{
  step->state = state;
  g_clear_pointer (&step->request, cvg_http_request_free);
}

/** cvg_revocation_is_confirmed: Returns: whether each of its tokens is known to be dead */
gboolean
cvg_revocation_is_confirmed (const CvgRevocation *revocation)
{
  for (guint i = 0; i < revocation->steps->len; i++)
    {
      const CvgRevocationStep *step = g_ptr_array_index (revocation->steps, i);

      if (step->state != CVG_REVOCATION_STEP_CONFIRMED)
        return FALSE;
    }

  return revocation->steps->len > 0;
}

/* ---- packing --------------------------------------------------------------------------------- */

static GVariant *
pack_step (const CvgRevocationStep *step)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  const CvgHttpRequest *request = step->request;

  cvg_vardict_add_uint64 (&builder, "state", step->state);
  if (request != NULL)
    {
      cvg_vardict_add_string (&builder, "method", request->method);
      cvg_vardict_add_string (&builder, "url", request->url);
      cvg_vardict_add_secret (&builder, "authorization", request->authorization);
      cvg_vardict_add_string (&builder, "content-type", request->content_type);
      /* An empty body is one, too. */
      if (request->body != NULL)
        g_variant_builder_add (&builder, "{sv}", "body",
                               g_variant_new_string (cvg_secret_peek (request->body)));
      if (request->headers != NULL && *request->headers != NULL)
        g_variant_builder_add (&builder, "{sv}", "headers",
                               g_variant_new_strv ((const char *const *) request->headers, -1));
    }

  return g_variant_builder_end (&builder);
}

static GVariant *
pack_steps (const CvgRevocation *revocation)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < revocation->steps->len; i++)
    g_variant_builder_add_value (&builder, pack_step (g_ptr_array_index (revocation->steps, i)));

  return g_variant_builder_end (&builder);
}

/** cvg_revocation_pack: Returns: (transfer full): the text that the keyring holds */
CvgSecret *
cvg_revocation_pack (const CvgRevocation *revocation)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) dict = NULL;

  cvg_vardict_add_uint64 (&builder, "version", PACK_VERSION);
  cvg_vardict_add_string (&builder, "server-name", revocation->server_name);
  cvg_vardict_add_string (&builder, "instance-id", revocation->instance_id);
  cvg_vardict_add_string (&builder, "manage-url", revocation->manage_url);
  cvg_vardict_add_int64 (&builder, "created-at", revocation->created_at);
  cvg_vardict_add_int64 (&builder, "authorized-at", revocation->authorized_at);
  cvg_vardict_add_uint64 (&builder, "attempts", revocation->attempts);
  cvg_vardict_add_value (&builder, "steps", pack_steps (revocation));

  dict = g_variant_ref_sink (g_variant_builder_end (&builder));
  return cvg_secret_new_take (g_variant_print (dict, TRUE));
}

/* ---- unpacking ------------------------------------------------------------------------------- */

/* Returns: (nullable): that of @known which @key has */
static const char *
find_known (GVariant *dict, const char *key, const char *const *known)
{
  const char *value = NULL;

  if (!g_variant_lookup (dict, key, "&s", &value))
    return NULL;
  for (guint i = 0; known[i] != NULL; i++)
    if (g_str_equal (known[i], value))
      return known[i];

  return NULL;
}

/* Only where it goes is judged as any endpoint: with a token in it, the rest may be longer than
 * that allows. */
static gboolean
is_fit_to_be_sent_to (const char *url)
{
  const char *authority = strstr (url, "://");
  g_autofree char *origin = NULL;

  if (authority == NULL)
    return FALSE;
  for (const char *c = url; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c) || strchr ("{}#", *c) != NULL)
      return FALSE;

  authority += strlen ("://");
  origin = g_strndup (url, (gsize) (authority - url) + strcspn (authority, "/?"));
  return cvg_endpoint_find_mistake (origin) == NULL;
}

/* Names and values by turns, each of one line. */
static gboolean
take_headers (GVariant *dict, CvgHttpRequest *request)
{
  if (!g_variant_lookup (dict, "headers", "^as", &request->headers))
    return TRUE;

  for (char **text = request->headers; *text != NULL; text++)
    for (const char *c = *text; *c != '\0'; c++)
      if (!g_ascii_isprint (*c))
        return FALSE;

  return g_strv_length (request->headers) % 2 == 0;
}

static CvgHttpRequest *
unpack_request (GVariant *dict)
{
  const char *method = find_known (dict, "method", methods);
  const char *url = NULL;
  CvgHttpRequest *request = NULL;

  if (method == NULL || !g_variant_lookup (dict, "url", "&s", &url) || !is_fit_to_be_sent_to (url))
    return NULL;

  request = cvg_http_request_new (method, url);
  request->authorization = cvg_vardict_dup_secret (dict, "authorization");
  request->content_type = find_known (dict, "content-type", content_types);
  if (request->content_type != NULL)
    request->body = cvg_vardict_dup_secret (dict, "body");
  if (!take_headers (dict, request))
    g_clear_pointer (&request, cvg_http_request_free);
  return request;
}

static gboolean
unpack_step (CvgRevocation *revocation, GVariant *dict)
{
  guint64 state = CVG_REVOCATION_STEP_PENDING;
  CvgHttpRequest *request = NULL;

  g_variant_lookup (dict, "state", "t", &state);
  if (state > CVG_REVOCATION_STEP_REFUSED)
    return FALSE;

  if (state == CVG_REVOCATION_STEP_PENDING)
    {
      request = unpack_request (dict);
      if (request == NULL)
        return FALSE;
    }

  cvg_revocation_add_step (revocation, request);
  ((CvgRevocationStep *) g_ptr_array_index (revocation->steps, revocation->steps->len - 1))->state =
      (CvgRevocationStepState) state;
  return TRUE;
}

static gboolean
unpack_steps (CvgRevocation *revocation, GVariant *dict)
{
  g_autoptr (GVariant) steps = g_variant_lookup_value (dict, "steps", G_VARIANT_TYPE ("aa{sv}"));
  gsize n_steps = steps != NULL ? g_variant_n_children (steps) : 0;

  if (n_steps == 0 || n_steps > MAX_STEPS)
    return FALSE;

  for (gsize i = 0; i < n_steps; i++)
    {
      g_autoptr (GVariant) step = g_variant_get_child_value (steps, i);

      if (!unpack_step (revocation, step))
        return FALSE;
    }

  return TRUE;
}

static gboolean
unpack_story (CvgRevocation *revocation, GVariant *dict)
{
  guint64 attempts = 0;

  revocation->server_name = cvg_vardict_dup_string (dict, "server-name");
  revocation->instance_id = cvg_vardict_dup_string (dict, "instance-id");
  revocation->manage_url = cvg_vardict_dup_string (dict, "manage-url");
  g_variant_lookup (dict, "created-at", "x", &revocation->created_at);
  g_variant_lookup (dict, "authorized-at", "x", &revocation->authorized_at);
  g_variant_lookup (dict, "attempts", "t", &attempts);
  revocation->attempts = (guint) MIN (attempts, (guint64) G_MAXINT);
  return revocation->server_name != NULL && revocation->instance_id != NULL;
}

/**
 * cvg_revocation_unpack:
 * @id: of the item
 * @packed: what the keyring held
 *
 * Returns: (transfer full): the revocation; fails with %CVG_ERROR_FAILED if @packed is none of ours
 *   or from a newer version. The message does not quote it
 */
CvgRevocation *
cvg_revocation_unpack (const char *id, const CvgSecret *packed, GError **error)
{
  g_autoptr (GVariant) dict = cvg_vardict_parse (cvg_secret_peek (packed), NULL);
  g_autoptr (CvgRevocation) revocation = cvg_revocation_new ();
  guint64 version = 0;

  revocation->id = g_strdup (id);
  if (dict != NULL)
    g_variant_lookup (dict, "version", "t", &version);
  if (version > PACK_VERSION)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED,
                   "it is of version %" G_GUINT64_FORMAT
                   ", which this version of Claviger does not know",
                   version);
      return NULL;
    }
  if (version == 0 || !unpack_story (revocation, dict) || !unpack_steps (revocation, dict))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED,
                           "it is not in the form that Claviger writes");
      return NULL;
    }

  return g_steal_pointer (&revocation);
}
