/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what a provider file has to the metadata of the authorization server:
 *
 *   Resource -> its challenge, or well-known places -> its metadata -> Issuer
 *   Issuer -> well-known places -> its metadata
 *
 * (RFC 9728, RFC 8414, OpenID Connect Discovery, in the order that MCP gives them.) Places that
 * have no such document are passed over; one that has a wrong one ends the search. Nothing is ever
 * sent along but the request itself: whoever answers learns that somebody asked.
 */
#include "agent/server-search.h"

#include "dbus/error.h"
#include "model/endpoint.h"
#include "model/scopes.h"
#include "oauth/challenge.h"
#include "oauth/resource-metadata.h"

/* A search in progress. */
typedef struct
{
  char *name;     /* (owned): of the server, for people */
  char *resource; /* (owned) (nullable) */
  char *issuer;   /* (owned) (nullable): when it is known */
  char **scopes;  /* (owned) */
  char **urls;    /* (owned) (nullable): the places of the document that is looked for */
  guint at;       /* the one that is being asked */
  GError *reason; /* (owned) (nullable): why there was none so far */
} Search;

static void
search_free (Search *search)
{
  g_free (search->name);
  g_free (search->resource);
  g_free (search->issuer);
  g_strfreev (search->scopes);
  g_strfreev (search->urls);
  g_clear_error (&search->reason);
  g_free (search);
}

/** cvg_server_found_free: frees it */
void
cvg_server_found_free (CvgServerFound *found)
{
  cvg_metadata_free (found->metadata);
  g_strfreev (found->scopes);
  g_free (found);
}

/* ---- errors ---------------------------------------------------------------------------------- */

static char *
dup_host (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_NON_DNS, NULL);

  return g_strdup (uri != NULL ? g_uri_get_host (uri) : NULL);
}

/* What is not there is not %CVG_ERROR_NOT_FOUND to callers: that means instances. */
static GError *
explain (const Search *search, const char *url, const GError *reason)
{
  g_autofree char *host = dup_host (url);
  int code = reason->domain == CVG_ERROR && reason->code != CVG_ERROR_NOT_FOUND ? reason->code :
                                                                                  CVG_ERROR_REFUSED;

  return g_error_new (CVG_ERROR, code, "%s does not say how to sign in: %s (asked at %s)",
                      search->name, reason->message, host != NULL ? host : "?");
}

static gboolean
is_final (const GError *error)
{
  return !g_error_matches (error, CVG_ERROR, CVG_ERROR_NOT_FOUND) &&
         !g_error_matches (error, CVG_ERROR, CVG_ERROR_TRY_LATER);
}

/* Of several reasons one that may pass is told: to say that there is nothing would be a guess. */
static void
note_reason (Search *search, const GError *error)
{
  if (g_error_matches (search->reason, CVG_ERROR, CVG_ERROR_TRY_LATER))
    return;

  g_clear_error (&search->reason);
  search->reason = g_error_copy (error);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void
ask (GTask *task, const char *url, GAsyncReadyCallback on_answer)
{
  g_autoptr (CvgHttpRequest) request = cvg_http_request_new ("GET", url);

  cvg_http_send_async (g_task_get_source_object (task), request, g_task_get_cancellable (task),
                       on_answer, task);
}

/* Takes @task and @urls. */
static void
look_at (GTask *task, char **urls, GAsyncReadyCallback on_answer)
{
  Search *search = g_task_get_task_data (task);

  g_strfreev (search->urls);
  search->urls = urls;
  search->at = 0;
  g_clear_error (&search->reason);
  ask (task, urls[0], on_answer);
}

/* Takes @task. There is nothing of use at the place that was asked, because of @error. */
static void
look_on (GTask *task, const GError *error, GAsyncReadyCallback on_answer)
{
  g_autoptr (GTask) owned = task;
  Search *search = g_task_get_task_data (task);
  const char *url = search->urls[search->at];

  note_reason (search, error);
  if (is_final (error))
    g_task_return_error (task, explain (search, url, error));
  else if (search->urls[search->at + 1] == NULL)
    g_task_return_error (task, explain (search, url, search->reason));
  else
    ask (g_steal_pointer (&owned), search->urls[++search->at], on_answer);
}

/* Returns (transfer full) (nullable): the answer; else the search is over: nobody is there, and the
 * other places are at the same host. Takes @task then. */
static CvgHttpResponse *
take_answer (GTask *task, const char *url, GObject *source, GAsyncResult *result)
{
  GError *error = NULL;
  CvgHttpResponse *response = cvg_http_send_finish (CVG_HTTP (source), result, &error);

  if (response != NULL)
    return response;

  if (error->domain == CVG_ERROR)
    {
      GError *explained = explain (g_task_get_task_data (task), url, error);

      g_error_free (error);
      error = explained;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
  return NULL;
}

/* ---- the authorization server ---------------------------------------------------------------- */

static void
on_metadata (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr (CvgHttpResponse) response =
      take_answer (task, search->urls[search->at], source, result);
  g_autoptr (CvgMetadata) metadata = NULL;
  g_autoptr (GError) error = NULL;
  CvgServerFound *found = NULL;

  if (response == NULL)
    return;

  metadata = cvg_metadata_parse (response, search->issuer, &error);
  if (metadata == NULL)
    {
      look_on (task, error, on_metadata);
      return;
    }

  found = g_new0 (CvgServerFound, 1);
  found->metadata = g_steal_pointer (&metadata);
  found->scopes = g_steal_pointer (&search->scopes);
  g_task_return_pointer (task, found, (GDestroyNotify) cvg_server_found_free);
  g_object_unref (task);
}

/* Takes @task. */
static void
look_for_server (GTask *task)
{
  Search *search = g_task_get_task_data (task);

  look_at (task, cvg_metadata_list_urls (search->issuer), on_metadata);
}

/* ---- the resource ---------------------------------------------------------------------------- */

static void
on_resource_metadata (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Search *search = g_task_get_task_data (task);
  const char *url = search->urls[search->at];
  g_autoptr (CvgHttpResponse) response = take_answer (task, url, source, result);
  g_autoptr (CvgResourceMetadata) metadata = NULL;
  g_autoptr (GError) error = NULL;

  if (response == NULL)
    return;

  metadata = cvg_resource_metadata_parse (response, url, search->resource, &error);
  if (metadata == NULL)
    {
      look_on (task, error, on_resource_metadata);
      return;
    }

  search->issuer = g_strdup (metadata->issuer);
  /* What it asked for when it was called says more than its menu. */
  if (*search->scopes == NULL)
    {
      g_strfreev (search->scopes);
      search->scopes = g_steal_pointer (&metadata->scopes);
    }
  look_for_server (task);
}

/* The scopes of a challenge; those of nobody if they can't be scopes. */
static char **
read_scopes (const CvgHttpResponse *response)
{
  g_autofree char *scope =
      response->status == 401 ? cvg_challenge_find (response->challenge, "scope") : NULL;
  g_auto (GStrv) scopes = cvg_scopes_parse (scope);

  if (scope != NULL && cvg_scopes_are_valid ((const char *const *) scopes, NULL))
    return g_steal_pointer (&scopes);

  return g_new0 (char *, 1);
}

static void
on_challenge (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr (CvgHttpResponse) response = take_answer (task, search->resource, source, result);
  g_autoptr (GError) error = NULL;
  char *url = NULL;
  char **urls = NULL;

  if (response == NULL)
    return;
  if (!cvg_resource_metadata_find_url (response, search->resource, &url, &error))
    {
      g_task_return_error (task, explain (search, search->resource, error));
      g_object_unref (task);
      return;
    }

  g_strfreev (search->scopes);
  search->scopes = read_scopes (response);
  if (url != NULL)
    {
      urls = g_new0 (char *, 2);
      urls[0] = url;
    }
  look_at (task, urls != NULL ? urls : cvg_resource_metadata_list_urls (search->resource),
           on_resource_metadata);
}

/* ---- the beginning --------------------------------------------------------------------------- */

static const char *
find_mistake (const Search *search)
{
  if (search->issuer != NULL)
    return cvg_endpoint_find_issuer_mistake (search->issuer);
  if (search->resource != NULL)
    return cvg_endpoint_find_mistake (search->resource);

  return "is missing";
}

static Search *
search_new (const CvgProvider *provider, GVariant *tenant)
{
  Search *search = g_new0 (Search, 1);

  search->name = g_strdup (provider->name);
  search->scopes = g_new0 (char *, 1);
  if (provider->issuer != NULL)
    search->issuer = cvg_tenant_expand_url (provider->issuer, tenant);
  if (provider->resource != NULL)
    search->resource = cvg_tenant_expand_url (provider->resource, tenant);
  return search;
}

/**
 * cvg_server_search_async:
 * @provider: of which the issuer or the resource is known
 * @tenant: (nullable): a{ss} for the {names} in them
 *
 * With the issuer the resource is not asked: the file has answered.
 */
void
cvg_server_search_async (CvgHttp *http,
                         const CvgProvider *provider,
                         GVariant *tenant,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (http, cancellable, callback, user_data);
  Search *search = search_new (provider, tenant);
  const char *mistake = find_mistake (search);

  g_task_set_source_tag (task, cvg_server_search_async);
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  if (mistake != NULL)
    g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                             "%s can't be asked how to sign in: with these tenant values its "
                             "address %s",
                             provider->name, mistake);
  else if (search->issuer != NULL)
    look_for_server (g_steal_pointer (&task));
  else
    {
      const char *resource = search->resource;

      ask (g_steal_pointer (&task), resource, on_challenge);
    }
}

/**
 * cvg_server_search_finish:
 *
 * Returns: (transfer full): what was found. Fails with %CVG_ERROR_REFUSED if the server does not
 *   describe itself as it should, %CVG_ERROR_TRY_LATER if it could not be asked,
 *   %CVG_ERROR_INVALID_ARGUMENT if the tenant values make no address, or %G_IO_ERROR_CANCELLED
 */
CvgServerFound *
cvg_server_search_finish (CvgHttp *http, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, http), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_server_search_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
