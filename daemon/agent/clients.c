/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of clients. Its invariant: a server that has clients has exactly one default. The
 * secrets come and go with the lock of the keyring; everything else is in the records.
 *
 * Beside the person's clients there are the machine's, which are never changed here. Of two with
 * the same client id the person's hides the machine's: that is how the machine's gets a secret.
 */
#include "agent/clients.h"

#include "dbus/error.h"
#include "dbus/shell-word.h"

struct _CvgClients
{
  GObject parent_instance;

  CvgRecords *records;       /* (owned) */
  GPtrArray *clients;        /* (owned) (element-type CvgClient): in the order of their creation */
  GPtrArray *system_clients; /* (owned) (element-type CvgClient) */
};

G_DEFINE_FINAL_TYPE (CvgClients, cvg_clients, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
cvg_clients_finalize (GObject *object)
{
  CvgClients *self = CVG_CLIENTS (object);

  g_clear_pointer (&self->system_clients, g_ptr_array_unref);
  g_clear_pointer (&self->clients, g_ptr_array_unref);
  g_clear_object (&self->records);

  G_OBJECT_CLASS (cvg_clients_parent_class)->finalize (object);
}

static void
cvg_clients_class_init (CvgClientsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_clients_finalize;

  /* changed(server_name): what a refused refresh of this server failed for may be mended. */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CVG_TYPE_CLIENTS, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cvg_clients_init (CvgClients *self)
{
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_client_unref);
}

/**
 * cvg_clients_new:
 * @records: (transfer none): where the records are
 * @system_clients: (transfer none) (nullable) (element-type CvgClient): the machine's
 */
CvgClients *
cvg_clients_new (CvgRecords *records, GPtrArray *system_clients)
{
  CvgClients *self = g_object_new (CVG_TYPE_CLIENTS, NULL);

  self->records = g_object_ref (records);
  self->system_clients =
      system_clients != NULL ? g_ptr_array_ref (system_clients) : g_ptr_array_new ();
  return self;
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  const CvgClient *first = *(CvgClient *const *) a;
  const CvgClient *second = *(CvgClient *const *) b;

  if (first->created_at != second->created_at)
    return first->created_at < second->created_at ? -1 : 1;

  return g_strcmp0 (first->id, second->id);
}

static gboolean
is_of_server (const CvgClient *client, const char *server_name)
{
  return g_strcmp0 (client->server_name, server_name) == 0;
}

static CvgClient *
find_first (GPtrArray *clients, const char *server_name, gboolean marked)
{
  for (guint i = 0; i < clients->len; i++)
    {
      CvgClient *client = g_ptr_array_index (clients, i);

      if (is_of_server (client, server_name) && (client->is_default || !marked))
        return client;
    }

  return NULL;
}

/* The person's word counts before the machine's, and either before the order. */
static CvgClient *
find_default (CvgClients *self, const char *server_name)
{
  CvgClient *client = find_first (self->clients, server_name, TRUE);

  if (client == NULL)
    client = find_first (self->system_clients, server_name, TRUE);
  if (client == NULL)
    client = find_first (self->clients, server_name, FALSE);
  if (client == NULL)
    client = find_first (self->system_clients, server_name, FALSE);

  return client;
}

static CvgClient *
find_by_id (GPtrArray *clients, const char *server_name, const char *client_id)
{
  for (guint i = 0; i < clients->len; i++)
    {
      CvgClient *client = g_ptr_array_index (clients, i);

      if (is_of_server (client, server_name) && g_strcmp0 (client->client_id, client_id) == 0)
        return client;
    }

  return NULL;
}

/** cvg_clients_lookup: Returns: (transfer none) (nullable): that client of that server */
CvgClient *
cvg_clients_lookup (CvgClients *self, const char *server_name, const char *client_id)
{
  CvgClient *client = find_by_id (self->clients, server_name, client_id);

  return client != NULL ? client : find_by_id (self->system_clients, server_name, client_id);
}

static char *
format_add_command (const char *server_name, const char *client_id)
{
  g_autofree char *server_word = cvg_shell_word (server_name);
  g_autofree char *client_word = cvg_shell_word (client_id != NULL ? client_id : "CLIENT_ID");

  return g_strdup_printf ("claviger client add %s %s", server_word, client_word);
}

/**
 * cvg_clients_new_missing_error:
 * @redirect_uri: (nullable): what has to be registered
 *
 * Returns: (transfer full): %CVG_ERROR_NO_CLIENT, which says how to come by a client
 */
GError *
cvg_clients_new_missing_error (const char *server_name, const char *redirect_uri)
{
  g_autofree char *command = format_add_command (server_name, NULL);
  g_autofree char *callback =
      redirect_uri != NULL ? g_strdup_printf (", with the callback URL %s,", redirect_uri) : NULL;

  return g_error_new (CVG_ERROR, CVG_ERROR_NO_CLIENT,
                      "There is no OAuth client for %s yet. Register an application with %s%s then "
                      "add it with: %s",
                      server_name, server_name, callback != NULL ? callback : ",", command);
}

/**
 * cvg_clients_choose:
 * @client_id: (nullable): the one that is wanted; %NULL: the default
 *
 * Returns: (transfer none): the client; fails with %CVG_ERROR_NO_CLIENT, and says how to add one
 */
CvgClient *
cvg_clients_choose (CvgClients *self,
                    const char *server_name,
                    const char *client_id,
                    GError **error)
{
  CvgClient *client = client_id != NULL ? cvg_clients_lookup (self, server_name, client_id) :
                                          find_default (self, server_name);

  if (client == NULL)
    {
      g_autofree char *command = format_add_command (server_name, client_id);

      if (client_id != NULL)
        g_set_error (error, CVG_ERROR, CVG_ERROR_NO_CLIENT,
                     "There is no client %s for %s. Add it with: %s", client_id, server_name,
                     command);
      else
        g_propagate_error (error, cvg_clients_new_missing_error (server_name, NULL));
    }

  return client;
}

/**
 * cvg_clients_choose_with_secret:
 *
 * As cvg_clients_choose(), for who is about to use the client: its secret must be at hand. To be
 * called with the keyring open.
 */
CvgClient *
cvg_clients_choose_with_secret (CvgClients *self,
                                const char *server_name,
                                const char *client_id,
                                GError **error)
{
  CvgClient *client = cvg_clients_choose (self, server_name, client_id, error);
  g_autofree char *command = NULL;

  if (client == NULL || !client->has_secret || client->secret != NULL)
    return client;

  command = format_add_command (server_name, client->client_id);
  g_set_error (error, CVG_ERROR, CVG_ERROR_NO_CLIENT,
               "The secret of client %s is not in the keyring. Add it again with: %s",
               client->client_id, command);
  return NULL;
}

/* A mark of the machine's counts only where the person has none. */
static CvgClient *
dup_system_client (CvgClients *self, CvgClient *client)
{
  CvgClient *copy = cvg_client_copy (client);

  copy->is_default = find_default (self, client->server_name) == client;
  return copy;
}

/**
 * cvg_clients_list:
 * @server_name: (nullable): only of that server
 *
 * Returns: (transfer full) (element-type CvgClient): the person's clients, oldest first, then the
 *   machine's
 */
GPtrArray *
cvg_clients_list (CvgClients *self, const char *server_name)
{
  GPtrArray *clients = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_client_unref);

  for (guint i = 0; i < self->clients->len; i++)
    {
      CvgClient *client = g_ptr_array_index (self->clients, i);

      if (server_name == NULL || is_of_server (client, server_name))
        g_ptr_array_add (clients, cvg_client_ref (client));
    }
  for (guint i = 0; i < self->system_clients->len; i++)
    {
      CvgClient *client = g_ptr_array_index (self->system_clients, i);

      if ((server_name == NULL || is_of_server (client, server_name)) &&
          find_by_id (self->clients, client->server_name, client->client_id) == NULL)
        g_ptr_array_add (clients, dup_system_client (self, client));
    }

  return clients;
}

static void
save (CvgClients *self, const CvgClient *client)
{
  g_autoptr (GVariant) record = cvg_client_to_record (client);

  cvg_records_save (self->records, CVG_RECORDS_CLIENTS, client->id, record);
}

static void
replace_at (CvgClients *self, guint index, CvgClient *client)
{
  CvgClient *before = g_ptr_array_index (self->clients, index);

  self->clients->pdata[index] = client;
  cvg_client_unref (before);
}

/* Gives the mark to @given and takes it from its server's others. */
static void
set_default (CvgClients *self, CvgClient *given)
{
  g_autoptr (CvgClient) chosen = cvg_client_ref (given);

  for (guint i = 0; i < self->clients->len; i++)
    {
      const CvgClient *client = g_ptr_array_index (self->clients, i);
      gboolean is_default = g_strcmp0 (client->id, chosen->id) == 0;
      CvgClient *changed = NULL;

      if (g_strcmp0 (client->server_name, chosen->server_name) != 0 ||
          client->is_default == is_default)
        continue;

      changed = cvg_client_copy (client);
      changed->is_default = is_default;
      save (self, changed);
      replace_at (self, i, changed);
    }
}

/** cvg_clients_load: reads all records; to be called once, before the daemon serves */
void
cvg_clients_load (CvgClients *self)
{
  g_autoptr (GPtrArray) records = cvg_records_load (self->records, CVG_RECORDS_CLIENTS);

  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (GError) error = NULL;
      CvgClient *client = cvg_client_from_record (g_ptr_array_index (records, i), &error);

      if (client != NULL)
        g_ptr_array_add (self->clients, client);
      else
        g_warning ("Leaving out a client: %s", error->message);
    }

  g_ptr_array_sort (self->clients, compare_age);

  /* A mark moves by two records, and a crash may have come between them. */
  for (guint i = 0; i < self->clients->len; i++)
    {
      const CvgClient *client = g_ptr_array_index (self->clients, i);

      set_default (self, find_default (self, client->server_name));
    }
}

static gboolean
find_index (CvgClients *self, const char *id, guint *index)
{
  for (*index = 0; *index < self->clients->len; (*index)++)
    if (g_strcmp0 (((CvgClient *) g_ptr_array_index (self->clients, *index))->id, id) == 0)
      return TRUE;

  return FALSE;
}

/**
 * cvg_clients_put:
 * @client: (transfer none): a new client, or the changed form of one of the same id
 *
 * The first client of a server becomes its default, whatever @client says, unless the machine has
 * one.
 */
void
cvg_clients_put (CvgClients *self, CvgClient *client)
{
  const CvgClient *default_client = find_default (self, client->server_name);
  gboolean displaces_default = client->is_default;
  guint index = 0;

  /* What the person adds counts before what Claviger registered for want of it. */
  if (default_client != NULL && default_client->is_registered && !client->is_registered &&
      !find_index (self, client->id, &index))
    displaces_default = TRUE;

  if (find_index (self, client->id, &index))
    replace_at (self, index, cvg_client_ref (client));
  else
    g_ptr_array_add (self->clients, cvg_client_ref (client));
  save (self, client);

  set_default (self, displaces_default ? client : find_default (self, client->server_name));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, client->server_name);
}

/**
 * cvg_clients_expire:
 * @client: one that Claviger registered, and that its server does not know any more
 * @now: Unix seconds
 *
 * No sign-in begins with it from now on. What was signed in with it keeps it: should the server
 * have been mistaken, it goes on.
 */
void
cvg_clients_expire (CvgClients *self, const CvgClient *client, gint64 now)
{
  CvgClient *changed = NULL;
  guint index = 0;

  if (!find_index (self, client->id, &index))
    return;

  client = g_ptr_array_index (self->clients, index);
  if (client->expires_at != 0 && client->expires_at <= now)
    return;

  changed = cvg_client_copy (client);
  changed->expires_at = now;
  save (self, changed);
  replace_at (self, index, changed);
}

/** cvg_clients_remove: forgets @client; the oldest of its server's others becomes the default */
void
cvg_clients_remove (CvgClients *self, CvgClient *client)
{
  g_autoptr (CvgClient) kept = cvg_client_ref (client);
  CvgClient *next = NULL;

  cvg_records_remove (self->records, CVG_RECORDS_CLIENTS, kept->id);
  g_ptr_array_remove (self->clients, client);

  next = find_default (self, kept->server_name);
  if (next != NULL && !next->is_system)
    set_default (self, next);
}

/** cvg_clients_set_secret: gives the client of @id its secret (transfer none) (nullable) in memory
 */
void
cvg_clients_set_secret (CvgClients *self, const char *id, CvgSecret *secret)
{
  guint index = 0;
  CvgClient *changed = NULL;

  if (!find_index (self, id, &index))
    return;

  changed = cvg_client_copy (g_ptr_array_index (self->clients, index));
  g_clear_pointer (&changed->secret, cvg_secret_unref);
  changed->secret = secret != NULL ? cvg_secret_ref (secret) : NULL;
  replace_at (self, index, changed);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, changed->server_name);
}

/** cvg_clients_drop_secrets: forgets all secrets in memory: the keyring was locked */
void
cvg_clients_drop_secrets (CvgClients *self)
{
  for (guint i = 0; i < self->clients->len; i++)
    {
      CvgClient *client = g_ptr_array_index (self->clients, i);
      CvgClient *changed = NULL;

      if (client->secret == NULL)
        continue;

      changed = cvg_client_copy (client);
      g_clear_pointer (&changed->secret, cvg_secret_unref);
      replace_at (self, i, changed);
    }
}
