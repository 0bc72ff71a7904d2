/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Client files: how a company gives all its desktops the same OAuth client. A key file with one
 * group:
 *
 *   [Client]
 *   Server=Confluence
 *   ClientId=…
 *   RedirectUri=…
 *   Label=…
 *   Default=true
 *
 * There is no secret in it, since whoever uses the machine can read it. A client that has one gets
 * it from each person, into their keyring; so a file with a secret is a mistake, and is said to be.
 */
#include "providers/client-file.h"

#include <string.h>

#include "model/endpoint.h"
#include "providers/provider-file.h"
#include "providers/text-file.h"

#define GROUP "Client"
#define MAX_LABEL 1024 /* bytes: as of a client that a person adds */

static gboolean
mistake (GError **error, const char *key, const char *reason)
{
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "[" GROUP "] %s: %s", key,
               reason);
  return FALSE;
}

/* An empty value is as good as none. */
static char *
read_text (GKeyFile *file, const char *key)
{
  g_autofree char *text = g_key_file_get_string (file, GROUP, key, NULL);

  return text != NULL && *g_strstrip (text) != '\0' ? g_steal_pointer (&text) : NULL;
}

static gboolean
check (GKeyFile *file, const CvgClient *client, GError **error)
{
  const char *reason = NULL;

  if (g_key_file_has_key (file, GROUP, "ClientSecret", NULL))
    return mistake (error, "ClientSecret",
                    "a secret can't be in a file that everybody reads; add it to the keyring with "
                    "“claviger client add”");
  if (client->server_name == NULL)
    return mistake (error, "Server", "is missing");
  if (client->client_id == NULL)
    return mistake (error, "ClientId", "is missing");
  if (!cvg_client_id_is_valid (client->client_id))
    return mistake (error, "ClientId",
                    "must be 1 to 512 printable ASCII characters, without spaces");
  if (client->label != NULL && strlen (client->label) > MAX_LABEL)
    return mistake (error, "Label", "is too long");
  if (client->redirect_uri != NULL)
    reason = cvg_endpoint_find_redirect_mistake (client->redirect_uri);

  return reason == NULL || mistake (error, "RedirectUri", reason);
}

/**
 * cvg_client_file_read:
 * @data: the text of a file, not terminated
 * @size: its length in bytes
 *
 * Returns: (transfer full): the client, without an id of its own; fails with %G_KEY_FILE_ERROR and
 *   a message without its subject
 */
CvgClient *
cvg_client_file_read (const char *data, size_t size, GError **error)
{
  /* The bounds of a provider file are as good for this one. */
  g_autoptr (GKeyFile) file = cvg_provider_file_load (data, size, error);
  g_autoptr (CvgClient) client = cvg_client_new ();
  g_autoptr (GError) boolean_error = NULL;

  if (file == NULL)
    return NULL;

  client->is_system = TRUE;
  client->server_name = read_text (file, "Server");
  client->client_id = read_text (file, "ClientId");
  client->redirect_uri = read_text (file, "RedirectUri");
  client->label = read_text (file, "Label");
  if (!check (file, client, error))
    return NULL;

  client->is_default = g_key_file_get_boolean (file, GROUP, "Default", &boolean_error);
  if (g_error_matches (boolean_error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE))
    {
      mistake (error, "Default", "must be true or false");
      return NULL;
    }

  return g_steal_pointer (&client);
}

static CvgClient *
load (const char *path, GError **error)
{
  size_t size = 0;
  g_autofree char *data = cvg_text_file_read (path, CVG_PROVIDER_FILE_MAX_SIZE, &size, error);

  return data != NULL ? cvg_client_file_read (data, size, error) : NULL;
}

/**
 * cvg_client_file_load_all:
 * @directory: where the files are; one that does not exist is as good as empty
 *
 * Blocks. A file with a mistake is skipped with one warning that names file, key and reason.
 *
 * Returns: (transfer full) (element-type CvgClient): the clients, in the order of the file names
 */
GPtrArray *
cvg_client_file_load_all (const char *directory)
{
  GPtrArray *clients = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_client_unref);
  g_autoptr (GPtrArray) names = cvg_text_file_list (directory, CVG_CLIENT_FILE_SUFFIX);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (directory, g_ptr_array_index (names, i), NULL);
      g_autoptr (GError) error = NULL;
      CvgClient *client = load (path, &error);

      if (client != NULL)
        g_ptr_array_add (clients, client);
      else
        g_warning ("%s: %s; the file is skipped", path, error->message);
    }

  return clients;
}
