/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Changes of clients, in the same order as changes of instances: the keyring first, then the memory
 * and the record. A client without a secret never touches the keyring.
 */
#include "agent/client-changes.h"

#include "dbus/error.h"
#include "oauth/redirect-target.h"

struct _CvgClientChanges
{
  GObject parent_instance;

  CvgClients *clients;     /* (owned) */
  CvgInstances *instances; /* (owned) */
  CvgKeeper *keeper;       /* (owned) */
  CvgClock *clock;         /* (owned) */
  GHashTable *ids; /* (owned) (element-type utf8 utf8): entry ids, by server and client id */
};

G_DEFINE_FINAL_TYPE (CvgClientChanges, cvg_client_changes, G_TYPE_OBJECT)

static void
cvg_client_changes_finalize (GObject *object)
{
  CvgClientChanges *self = CVG_CLIENT_CHANGES (object);

  g_clear_pointer (&self->ids, g_hash_table_unref);
  g_clear_object (&self->clock);
  g_clear_object (&self->keeper);
  g_clear_object (&self->instances);
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
  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/** cvg_client_changes_new: all arguments (transfer none) */
CvgClientChanges *
cvg_client_changes_new (CvgClients *clients,
                        CvgInstances *instances,
                        CvgKeeper *keeper,
                        CvgClock *clock)
{
  CvgClientChanges *self = g_object_new (CVG_TYPE_CLIENT_CHANGES, NULL);

  self->clients = g_object_ref (clients);
  self->instances = g_object_ref (instances);
  self->keeper = g_object_ref (keeper);
  self->clock = g_object_ref (clock);
  return self;
}

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

/* What is to be set of one client: what is %NULL stays as it is. */
typedef struct
{
  char *id; /* (owned): of the entry that is there, or will be */
  char *server_name;
  char *client_id;
  CvgSecret *secret;
  char *redirect_uri;
  char *label;
  gboolean sets_default;
  gboolean make_default;
} Set;

static void
set_free (Set *set)
{
  g_free (set->id);
  g_free (set->server_name);
  g_free (set->client_id);
  g_clear_pointer (&set->secret, cvg_secret_unref);
  g_free (set->redirect_uri);
  g_free (set->label);
  g_free (set);
}

/* An id once given stays: who adds the same client at the same time writes the same item. */
static const char *
allot_id (CvgClientChanges *self, const char *server_name, const char *client_id)
{
  g_autofree char *key = g_strdup_printf ("%s\n%s", server_name, client_id);
  const CvgClient *client = cvg_clients_lookup (self->clients, server_name, client_id);
  char *id = g_hash_table_lookup (self->ids, key);

  if (id == NULL)
    {
      /* The machine's have none. */
      id = client != NULL && client->id != NULL ? g_strdup (client->id) : g_uuid_string_random ();
      g_hash_table_insert (self->ids, g_steal_pointer (&key), id);
    }
  return id;
}

static Set *
set_new (CvgClientChanges *self,
         const CvgProvider *provider,
         const char *client_id,
         const CvgClientChange *change)
{
  Set *set = g_new0 (Set, 1);

  set->id = g_strdup (allot_id (self, provider->name, client_id));
  set->server_name = g_strdup (provider->name);
  set->client_id = g_strdup (client_id);
  set->secret = change->secret != NULL ? cvg_secret_new (change->secret) : NULL;
  set->redirect_uri = g_strdup (change->redirect_uri);
  set->label = g_strdup (change->label);
  set->sets_default = change->make_default != NULL;
  set->make_default = change->make_default != NULL && *change->make_default;
  return set;
}

static void
replace_string (char **target, const char *value)
{
  if (value == NULL)
    return;

  g_free (*target);
  *target = *value != '\0' ? g_strdup (value) : NULL;
}

/* The client as it is at this moment, with what is to be set of it: others may have set something
 * else of it while the keyring was asked. */
static CvgClient *
make_client (CvgClientChanges *self, const Set *set)
{
  CvgClient *before = cvg_clients_lookup (self->clients, set->server_name, set->client_id);
  CvgClient *client = before != NULL ? cvg_client_copy (before) : cvg_client_new ();

  if (before == NULL)
    {
      client->server_name = g_strdup (set->server_name);
      client->client_id = g_strdup (set->client_id);
    }
  else if (before->is_system)
    {
      /* What the person sets of it makes it theirs. */
      client->is_system = FALSE;
      client->is_default =
          cvg_clients_choose (self->clients, set->server_name, NULL, NULL) == before;
    }
  if (client->id == NULL)
    {
      client->id = g_strdup (set->id);
      client->created_at = cvg_clock_get_seconds (self->clock);
    }

  replace_string (&client->redirect_uri, set->redirect_uri);
  replace_string (&client->label, set->label);
  if (set->sets_default)
    client->is_default = set->make_default;
  if (set->secret != NULL)
    {
      client->has_secret = !cvg_secret_is_empty (set->secret);
      g_clear_pointer (&client->secret, cvg_secret_unref);
      /* It may have been locked again since the write; then nothing of it stays in memory. */
      if (client->has_secret && cvg_keeper_is_open (self->keeper))
        client->secret = cvg_secret_ref (set->secret);
    }
  return client;
}

static void
apply (CvgClientChanges *self, const Set *set)
{
  g_autoptr (CvgClient) client = make_client (self, set);

  cvg_clients_put (self->clients, client);
}

static void
on_set_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgClientChanges *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!cvg_writer_finish (cvg_keeper_get_writer (self->keeper), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  apply (self, g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

static void
on_open_for_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgClientChanges *self = g_task_get_source_object (task);
  const Set *set = g_task_get_task_data (task);
  g_autoptr (CvgClient) client = NULL;
  GError *error = NULL;

  if (!cvg_keeper_open_finish (self->keeper, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  client = make_client (self, set);
  if (client->has_secret)
    cvg_writer_store_client_async (cvg_keeper_get_writer (self->keeper), client, set->secret,
                                   on_set_written, g_steal_pointer (&task));
  else
    cvg_writer_remove_async (cvg_keeper_get_writer (self->keeper), CVG_VAULT_CLIENT, client->id,
                             on_set_written, g_steal_pointer (&task));
}

static gboolean
check (const char *client_id, const CvgClientChange *change, GError **error)
{
  if (!cvg_client_id_is_valid (client_id))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                           "The client id must be 1 to 512 printable ASCII characters, without "
                           "spaces");
      return FALSE;
    }

  return change->redirect_uri == NULL || *change->redirect_uri == '\0' ||
         cvg_redirect_uri_check (change->redirect_uri, error);
}

/* A secret is written, or the one there is removed; the rest is in the record. */
static gboolean
needs_keyring (CvgClientChanges *self, const Set *set)
{
  const CvgClient *before = cvg_clients_lookup (self->clients, set->server_name, set->client_id);

  if (set->secret == NULL)
    return FALSE;

  return !cvg_secret_is_empty (set->secret) || (before != NULL && before->has_secret);
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
  Set *set = NULL;
  GError *error = NULL;

  if (!check (client_id, change, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  set = set_new (self, provider, client_id, change);
  g_task_set_task_data (task, set, (GDestroyNotify) set_free);
  if (needs_keyring (self, set))
    {
      cvg_keeper_open_async (self->keeper, TRUE, NULL, on_open_for_set, g_steal_pointer (&task));
      return;
    }

  apply (self, set);
  g_task_return_boolean (task, TRUE);
}

/* ---- deleting -------------------------------------------------------------------------------- */

/* So many are named; who has more of them finds them with “claviger list”. */
#define MAX_NAMED 5

/* Whether @entry was signed in with @client, or is going to be. */
static gboolean
uses (const CvgEntry *entry, const CvgClient *client)
{
  const char *client_id = entry->record->client_id;

  if (g_strcmp0 (entry->record->server_name, client->server_name) != 0)
    return FALSE;
  if (entry->credentials != NULL && entry->credentials->client_id != NULL)
    client_id = entry->credentials->client_id;

  return g_strcmp0 (client_id, client->client_id) == 0;
}

static gboolean
check_unused (CvgClientChanges *self, const CvgClient *client, GError **error)
{
  g_autoptr (GPtrArray) entries = cvg_instances_list (self->instances);
  g_autoptr (GString) named = g_string_new (NULL);
  guint n_users = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      const CvgEntry *entry = g_ptr_array_index (entries, i);

      if (!uses (entry, client))
        continue;
      if (n_users++ < MAX_NAMED)
        g_string_append_printf (named, "%s%s", named->len > 0 ? ", " : "", entry->record->id);
    }
  if (n_users == 0)
    return TRUE;

  if (n_users > MAX_NAMED)
    g_string_append_printf (named, " and %u more", n_users - MAX_NAMED);
  g_set_error (
      error, CVG_ERROR, CVG_ERROR_FAILED,
      "Client %s of %s is used by %s %s, which could not be refreshed without it. First sign "
      "out or remove what uses it (claviger logout, claviger remove)",
      client->client_id, client->server_name, n_users == 1 ? "instance" : "instances", named->str);
  return FALSE;
}

/* Which client a grant was made with is in the keyring. */
static gboolean
is_known_who_uses (CvgClientChanges *self, const CvgClient *client)
{
  g_autoptr (GPtrArray) entries = cvg_instances_list (self->instances);

  for (guint i = 0; i < entries->len; i++)
    {
      const CvgEntry *entry = g_ptr_array_index (entries, i);

      if (entry->record->signed_in && entry->credentials == NULL &&
          g_strcmp0 (entry->record->server_name, client->server_name) == 0)
        return FALSE;
    }

  return TRUE;
}

static void
on_item_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgClientChanges *self = g_task_get_source_object (task);
  const CvgClient *gone = g_task_get_task_data (task);
  CvgClient *client = cvg_clients_lookup (self->clients, gone->server_name, gone->client_id);
  GError *error = NULL;

  if (!cvg_writer_finish (cvg_keeper_get_writer (self->keeper), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  if (client != NULL && !client->is_system)
    cvg_clients_remove (self->clients, client);
  g_task_return_boolean (task, TRUE);
}

/* Deletes the client of @task (transfer full), if nobody needs it. */
static void
delete_unused (GTask *task)
{
  CvgClientChanges *self = g_task_get_source_object (task);
  const CvgClient *gone = g_task_get_task_data (task);
  CvgClient *client = cvg_clients_lookup (self->clients, gone->server_name, gone->client_id);
  g_autoptr (GTask) owned = task;
  GError *error = NULL;

  if (!check_unused (self, gone, &error))
    {
      g_task_return_error (task, error);
    }
  else if (gone->has_secret)
    {
      cvg_writer_remove_async (cvg_keeper_get_writer (self->keeper), CVG_VAULT_CLIENT, gone->id,
                               on_item_removed, g_steal_pointer (&owned));
    }
  else
    {
      if (client != NULL && !client->is_system)
        cvg_clients_remove (self->clients, client);
      g_task_return_boolean (task, TRUE);
    }
}

static void
on_open_for_delete (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgClientChanges *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (cvg_keeper_open_finish (self->keeper, result, &error))
    delete_unused (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/**
 * cvg_client_changes_delete_async:
 *
 * Forgets a client and its secret, also of a server that the catalogue has lost; but not one that
 * instances are signed in with: they could never be refreshed again.
 */
void
cvg_client_changes_delete_async (CvgClientChanges *self,
                                 const char *server_name,
                                 const char *client_id,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = task_new (self, callback, user_data);
  CvgClient *client = cvg_clients_lookup (self->clients, server_name, client_id);

  if (client == NULL)
    {
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_NOT_FOUND, "%s has no client of that id",
                               server_name);
      return;
    }
  if (client->is_system)
    {
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_ACCESS_DENIED,
                               "Client %s of %s is this machine's; its administrator can remove it "
                               "from the client files",
                               client_id, server_name);
      return;
    }

  g_task_set_task_data (task, cvg_client_ref (client), (GDestroyNotify) cvg_client_unref);
  if (client->has_secret || !is_known_who_uses (self, client))
    cvg_keeper_open_async (self->keeper, TRUE, NULL, on_open_for_delete, g_steal_pointer (&task));
  else
    delete_unused (g_steal_pointer (&task));
}
