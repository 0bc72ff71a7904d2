/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sites come with the auth data: there is no other way to ask for them. Nothing else of it is
 * looked at here.
 */
#include "client/site.h"

#include <gio/gio.h>

#include "client/connection.h"
#include "client/vardict.h"
#include "dbus/error.h"

static gboolean
matches (GVariant *site, const char *text)
{
  const char *url = cvg_vardict_get_string (site, "url");
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return g_str_equal (cvg_vardict_get_string (site, "id"), text) ||
         g_ascii_strcasecmp (cvg_vardict_get_string (site, "name"), text) == 0 ||
         g_ascii_strcasecmp (url, text) == 0 ||
         (uri != NULL && g_uri_get_host (uri) != NULL &&
          g_ascii_strcasecmp (g_uri_get_host (uri), text) == 0);
}

/**
 * cvg_site_find:
 * @sites: sites, aa{sv}
 * @text: id, name, URL or host of one
 * @error: return location: wrong usage when it is ambiguous, NotFound
 *
 * Returns: (transfer full) (nullable): the site meant
 */
GVariant *
cvg_site_find (GVariant *sites, const char *text, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  for (size_t i = 0; i < g_variant_n_children (sites); i++)
    {
      g_autoptr (GVariant) site = g_variant_get_child_value (sites, i);

      if (!matches (site, text))
        continue;
      if (found != NULL &&
          !g_str_equal (cvg_vardict_get_string (found, "id"), cvg_vardict_get_string (site, "id")))
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "More than one site is “%s”; give the id of the one that is meant", text);
          return NULL;
        }
      g_clear_pointer (&found, g_variant_unref);
      found = g_steal_pointer (&site);
    }

  if (found == NULL)
    g_set_error (error, CVG_ERROR, CVG_ERROR_NOT_FOUND, "The grant has no site “%s”", text);
  return g_steal_pointer (&found);
}

/**
 * cvg_site_list:
 * @instance_id: UUID of an instance
 * @selected: (out): id of the site in use; empty if none is
 * @error: return location: %G_IO_ERROR_NOT_FOUND if the server did not tell the sites
 *
 * No sites and sites that nobody could read are two things: only the former is an empty answer.
 *
 * Returns: (transfer full) (nullable): the sites that its grant covers, aa{sv}; may be empty
 */
GVariant *
cvg_site_list (const char *instance_id, char **selected, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) auth_data = NULL;
  GVariant *sites = NULL;

  reply = cvg_connection_call ("GetInstanceAuth", g_variant_new ("(sa{sv})", instance_id, NULL),
                               "(a{sv})", error);
  if (reply == NULL)
    return NULL;

  auth_data = g_variant_get_child_value (reply, 0);
  *selected = g_strdup (cvg_vardict_get_string (auth_data, "selected_cloud_id"));
  sites = g_variant_lookup_value (auth_data, "accessible_resources", G_VARIANT_TYPE ("aa{sv}"));
  if (sites == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         "The sites of this instance are not known: the server did not tell them "
                         "at the sign-in. Sign in again to read them.");
  return sites;
}
