/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The daemon matches the names of servers exactly; people do not. SERVER is the exact name, else
 * the slug, else the name in other letters, else the name that it has in paths: "google calendar",
 * "google-calendar" and "gcalendar" are all Google Calendar.
 */
#include "client/server.h"

#include "client/connection.h"
#include "client/vardict.h"
#include "dbus/error.h"

static gboolean
match_exact (GVariant *server, const char *text)
{
  return g_str_equal (cvg_vardict_get_string (server, "name"), text);
}

static gboolean
match_slug (GVariant *server, const char *text)
{
  return g_ascii_strcasecmp (cvg_vardict_get_string (server, "slug"), text) == 0;
}

static gboolean
match_loose (GVariant *server, const char *text)
{
  return cvg_server_same_name (cvg_vardict_get_string (server, "name"), text);
}

static gboolean
match_path_name (GVariant *server, const char *text)
{
  const char *path_name = cvg_vardict_get_string (server, "path-name");

  return *path_name != '\0' && g_ascii_strcasecmp (path_name, text) == 0;
}

static char
fold (char letter)
{
  return letter == ' ' || letter == '_' ? '-' : g_ascii_tolower (letter);
}

/**
 * cvg_server_same_name:
 * @name: the name of a server
 * @text: what the person typed
 *
 * Returns: whether the two differ in nothing but letter case and the kind of gap between words
 */
gboolean
cvg_server_same_name (const char *name, const char *text)
{
  while (*name != '\0' && fold (*name) == fold (*text))
    {
      name++;
      text++;
    }
  return *name == '\0' && *text == '\0';
}

/**
 * cvg_server_find:
 * @servers: the catalogue as ListServers gives it, aa{sv}
 * @text: what the person typed
 * @error: return location: UnknownServer
 *
 * Returns: (transfer full) (nullable): the server meant
 */
GVariant *
cvg_server_find (GVariant *servers, const char *text, GError **error)
{
  static gboolean (*const matchers[]) (GVariant *, const char *) = { match_exact, match_slug,
                                                                     match_loose, match_path_name };

  for (size_t i = 0; i < G_N_ELEMENTS (matchers); i++)
    for (size_t j = 0; j < g_variant_n_children (servers); j++)
      {
        g_autoptr (GVariant) server = g_variant_get_child_value (servers, j);

        if (matchers[i](server, text))
          return g_steal_pointer (&server);
      }

  g_set_error (error, CVG_ERROR, CVG_ERROR_UNKNOWN_SERVER,
               "There is no server “%s” in the catalogue", text);
  return NULL;
}

/**
 * cvg_server_resolve:
 * @cli: the command's context, which remembers the server
 * @text: SERVER of the command line
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the server as ListServers gives it
 */
GVariant *
cvg_server_resolve (CvgCli *cli, const char *text, GError **error)
{
  g_autoptr (GVariant) servers = cvg_connection_list_servers (error);
  GVariant *server = NULL;

  if (servers == NULL)
    return NULL;

  server = cvg_server_find (servers, text, error);
  if (server != NULL)
    cvg_cli_set_server (cli, cvg_vardict_get_string (server, "name"));
  return server;
}

/**
 * cvg_server_look_up:
 * @name: (nullable): the name of a server
 *
 * For advice, which can do without.
 *
 * Returns: (transfer full): the server as ListServers gives it; empty if it can't be found
 */
GVariant *
cvg_server_look_up (const char *name)
{
  g_autoptr (GVariant) servers = name != NULL ? cvg_connection_list_servers (NULL) : NULL;
  GVariant *server = servers != NULL ? cvg_server_find (servers, name, NULL) : NULL;

  return server != NULL ? server : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

/**
 * cvg_server_has_kind:
 * @server: a server of ListServers
 * @kind: a way in, as "oauth2"
 *
 * Returns: whether the server has it
 */
gboolean
cvg_server_has_kind (GVariant *server, const char *kind)
{
  g_auto (GStrv) kinds = g_strsplit (cvg_vardict_get_string (server, "kind"), ";", -1);

  return g_strv_contains ((const char *const *) kinds, kind);
}

/**
 * cvg_server_takes_keys:
 * @server: a server of ListServers
 *
 * Returns: whether it lets in who has a key, of whatever kind
 */
gboolean
cvg_server_takes_keys (GVariant *server)
{
  return cvg_server_has_kind (server, "api-key") || cvg_server_has_kind (server, "basic") ||
         cvg_server_has_kind (server, "connection-string");
}

/**
 * cvg_server_has_flow:
 * @server: a server of ListServers
 * @flow: a flow, as "device"
 *
 * Returns: whether a sign-in can go that way, as far as the daemon says
 */
gboolean
cvg_server_has_flow (GVariant *server, const char *flow)
{
  g_autofree const char **flows = NULL;

  return g_variant_lookup (server, "flows", "^a&s", &flows) && g_strv_contains (flows, flow);
}

/**
 * cvg_server_needs_client:
 * @server: a server of ListServers
 *
 * Returns: whether a person must register an application with it
 */
gboolean
cvg_server_needs_client (GVariant *server)
{
  gboolean needs_client = TRUE;

  (void) g_variant_lookup (server, "needs-client", "b", &needs_client);
  return needs_client;
}

/**
 * cvg_server_wants_redirect_uri:
 * @server: a server of ListServers
 *
 * Returns: whether each client must bring a redirect URI of its own
 */
gboolean
cvg_server_wants_redirect_uri (GVariant *server)
{
  return *cvg_vardict_get_string (server, "redirect-uri") == '\0' &&
         cvg_server_has_flow (server, "paste");
}

/**
 * cvg_server_dup_key_fields:
 * @server: a server of ListServers
 *
 * Returns: (transfer full): the keys of the auth data that it needs of a person
 */
char **
cvg_server_dup_key_fields (GVariant *server)
{
  static const char *const usual[] = { "token", NULL };
  char **fields = NULL;

  if (g_variant_lookup (server, "key-fields", "^as", &fields) && *fields != NULL)
    return fields;

  g_strfreev (fields);
  return g_strdupv ((char **) usual);
}

/**
 * cvg_server_get_tenant_parameters:
 * @server: a server of ListServers
 *
 * Returns: (transfer full): what it wants to know when an instance is made, aa{sv}
 */
GVariant *
cvg_server_get_tenant_parameters (GVariant *server)
{
  GVariant *parameters = g_variant_lookup_value (server, "tenant", G_VARIANT_TYPE ("aa{sv}"));

  return parameters != NULL ? parameters : g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
}
