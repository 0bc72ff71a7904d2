/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Changes of clients, in the same order as changes of instances: the keyring first, then the memory
 * and the record. A client without a secret never touches the keyring.
 */
#include "agent/client-changes.h"

#include "dbus/error.h"
#include "oauth/redirect-target.h"

/* RFC 6749 appendix A.1: VSCHAR, of any length; the length is a bound against nonsense. */
#define MAX_CLIENT_ID_LENGTH 512

struct _CvgClientChanges
{
  GObject parent_instance;

  CvgClients *clients; /* (owned) */
  CvgKeeper *keeper;   /* (owned) */
  CvgClock *clock;     /* (owned) */
};

G_DEFINE_FINAL_TYPE (CvgClientChanges, cvg_client_changes, G_TYPE_OBJECT)

static void
cvg_client_changes_finalize (GObject *object)
{
  CvgClientChanges *self = CVG_CLIENT_CHANGES (object);

  g_clear_object (&self->clock);
  g_clear_object (&self->keeper);
  g_clear_object (&self->clients);

  G_OBJECT_CLASS (cvg_client_changes_parent_class)->finalize (object);
}

static void
cvg_client_changes_class_init (CvgClientChangesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_client_changes_finalize;
}

static void
cvg_client_changes_init (CvgClientChanges *self)
{
}

/** cvg_client_changes_new: all arguments (transfer none) */
CvgClientChanges *
cvg_client_changes_new (CvgClients *clients, CvgKeeper *keeper, CvgClock *clock)
{
  CvgClientChanges *self = g_object_new (CVG_TYPE_CLIENT_CHANGES, NULL);

  self->clients = g_object_ref (clients);
  self->keeper = g_object_ref (keeper);
  self->clock = g_object_ref (clock);
  return self;
}

/* Each task's data is the client as it will be (set) or as it is (delete). */
static GTask *
task_new (CvgClientChanges *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cvg_client_changes_finish);
  return task;
}

/**
 * cvg_client_changes_finish:
 *
 * Returns: whether the change was made. Fails with %CVG_ERROR_INVALID_ARGUMENT,
 *   %CVG_ERROR_NOT_FOUND, %CVG_ERROR_KEYRING_LOCKED or %CVG_ERROR_KEYRING_UNAVAILABLE; nothing is
 *   changed then
 */
gboolean
cvg_client_changes_finish (CvgClientChanges *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_client_changes_finish), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- setting --------------------------------------------------------------------------------- */

static void
on_set_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgClientChanges *self = g_task_get_source_object (task);
  CvgClient *client = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cvg_keeper_write_finish (self->keeper, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  cvg_clients_put (self->clients, client);
  g_task_return_boolean (task, TRUE);
}

static void
on_open_for_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgClientChanges *self = g_task_get_source_object (task);
  CvgClient *client = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cvg_keeper_open_finish (self->keeper, result, &error))
    g_task_return_error (task, error);
  else if (client->has_secret)
    cvg_keeper_store_client_async (self->keeper, client, client->secret, on_set_written,
                                   g_steal_pointer (&task));
  else
    cvg_keeper_remove_async (self->keeper, CVG_VAULT_CLIENT, client->id, on_set_written,
                             g_steal_pointer (&task));
}

static gboolean
check (const char *client_id, const CvgClientChange *change, GError **error)
{
  gsize length = strlen (client_id);

  for (const char *c = client_id; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      length = 0;

  if (length == 0 || length > MAX_CLIENT_ID_LENGTH)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                           "The client id must be 1 to 512 printable ASCII characters, without "
                           "spaces");
      return FALSE;
    }

  return change->redirect_uri == NULL || *change->redirect_uri == '\0' ||
         cvg_redirect_uri_check (change->redirect_uri, error);
}

static void
replace_string (char **target, const char *value)
{
  if (value == NULL)
    return;

  g_free (*target);
  *target = *value != '\0' ? g_strdup (value) : NULL;
}

static CvgClient *
make_client (CvgClientChanges *self,
             const CvgProvider *provider,
             const char *client_id,
             const CvgClientChange *change)
{
  CvgClient *before = cvg_clients_lookup (self->clients, provider->name, client_id);
  CvgClient *client = before != NULL ? cvg_client_copy (before) : cvg_client_new ();

  if (before == NULL)
    {
      client->id = g_uuid_string_random ();
      client->server_name = g_strdup (provider->name);
      client->client_id = g_strdup (client_id);
      client->created_at = cvg_clock_get_seconds (self->clock);
    }

  replace_string (&client->redirect_uri, change->redirect_uri);
  replace_string (&client->label, change->label);
  if (change->make_default != NULL)
    client->is_default = *change->make_default;
  if (change->secret != NULL)
    {
      g_clear_pointer (&client->secret, cvg_secret_unref);
      client->has_secret = *change->secret != '\0';
      client->secret = client->has_secret ? cvg_secret_new (change->secret) : NULL;
    }
  return client;
}

/**
 * cvg_client_changes_set_async:
 * @provider: the server
 * @client_id: as the provider gave it
 * @change: (transfer none): what is new about it
 *
 * Adds a client, or changes the one there is.
 */
void
cvg_client_changes_set_async (CvgClientChanges *self,
                              const CvgProvider *provider,
                              const char *client_id,
                              const CvgClientChange *change,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = task_new (self, callback, user_data);
  CvgClient *before = NULL;
  CvgClient *client = NULL;
  GError *error = NULL;
  gboolean needs_keyring = FALSE;

  if (!check (client_id, change, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  before = cvg_clients_lookup (self->clients, provider->name, client_id);
  client = make_client (self, provider, client_id, change);
  needs_keyring =
      change->secret != NULL && (client->has_secret || (before != NULL && before->has_secret));
  g_task_set_task_data (task, client, (GDestroyNotify) cvg_client_unref);
  if (needs_keyring)
    {
      cvg_keeper_open_async (self->keeper, TRUE, NULL, on_open_for_set, g_steal_pointer (&task));
      return;
    }

  cvg_clients_put (self->clients, client);
  g_task_return_boolean (task, TRUE);
}

/* ---- deleting -------------------------------------------------------------------------------- */

static void
on_item_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgClientChanges *self = g_task_get_source_object (task);
  const CvgClient *gone = g_task_get_task_data (task);
  CvgClient *client = cvg_clients_lookup (self->clients, gone->server_name, gone->client_id);
  GError *error = NULL;

  if (!cvg_keeper_write_finish (self->keeper, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  if (client != NULL)
    cvg_clients_remove (self->clients, client);
  g_task_return_boolean (task, TRUE);
}

static void
on_open_for_delete (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgClientChanges *self = g_task_get_source_object (task);
  const CvgClient *client = g_task_get_task_data (task);
  GError *error = NULL;

  if (cvg_keeper_open_finish (self->keeper, result, &error))
    cvg_keeper_remove_async (self->keeper, CVG_VAULT_CLIENT, client->id, on_item_removed,
                             g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/** cvg_client_changes_delete_async: forgets a client and its secret */
void
cvg_client_changes_delete_async (CvgClientChanges *self,
                                 const CvgProvider *provider,
                                 const char *client_id,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = task_new (self, callback, user_data);
  CvgClient *client = cvg_clients_lookup (self->clients, provider->name, client_id);

  if (client == NULL)
    {
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_NOT_FOUND, "%s has no client of that id",
                               provider->name);
      return;
    }

  if (!client->has_secret)
    {
      cvg_clients_remove (self->clients, client);
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_task_set_task_data (task, cvg_client_ref (client), (GDestroyNotify) cvg_client_unref);
  cvg_keeper_open_async (self->keeper, TRUE, NULL, on_open_for_delete, g_steal_pointer (&task));
}
