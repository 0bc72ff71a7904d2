/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing to the keyring. A write asks, when its turn has come, whether it is still for what the
 * instance has; one that could not be made is made again, until it is or has become pointless.
 *
 * Nothing here makes the person be asked: a locked keyring is left alone, and written when it
 * opens.
 */
#include "agent/writer.h"

#include "dbus/error.h"

/* Stores can fail with the keyring unlocked: a full disk, one that is busy restarting. */
#define RETRY_SECONDS 30

struct _CvgWriter
{
  GObject parent_instance;

  CvgVault *vault;         /* (owned) */
  CvgVaultQueue *queue;    /* (owned) */
  CvgInstances *instances; /* (owned) */
  CvgClock *clock;         /* (owned) */
  gboolean stopping;
  guint retry_alarm;
};

G_DEFINE_FINAL_TYPE (CvgWriter, cvg_writer, G_TYPE_OBJECT)

static void
cvg_writer_finalize (GObject *object)
{
  CvgWriter *self = CVG_WRITER (object);

  cvg_clock_clear_alarm (self->clock, &self->retry_alarm);
  g_clear_object (&self->clock);
  g_clear_object (&self->instances);
  g_clear_object (&self->queue);
  g_clear_object (&self->vault);

  G_OBJECT_CLASS (cvg_writer_parent_class)->finalize (object);
}

static void
cvg_writer_class_init (CvgWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_writer_finalize;
}

static void
cvg_writer_init (CvgWriter *self)
{
}

/** cvg_writer_new: all arguments (transfer none) */
CvgWriter *
cvg_writer_new (CvgVault *vault, CvgVaultQueue *queue, CvgInstances *instances, CvgClock *clock)
{
  CvgWriter *self = g_object_new (CVG_TYPE_WRITER, NULL);

  self->vault = g_object_ref (vault);
  self->queue = g_object_ref (queue);
  self->instances = g_object_ref (instances);
  self->clock = g_object_ref (clock);
  return self;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* What a store is for: it is void if that has been replaced when its turn comes. */
typedef struct
{
  CvgWriter *writer; /* (owned) */
  CvgEntry *entry;   /* (owned) */
  guint64 generation;
  CvgCredentials *unsaved; /* (owned) (nullable): void, too, once @entry has others than these */
} Purpose;

static Purpose *
purpose_new (CvgWriter *writer, CvgEntry *entry, guint64 generation, CvgCredentials *unsaved)
{
  Purpose *purpose = g_new0 (Purpose, 1);

  purpose->writer = g_object_ref (writer);
  purpose->entry = cvg_entry_ref (entry);
  purpose->generation = generation;
  purpose->unsaved = unsaved != NULL ? cvg_credentials_ref (unsaved) : NULL;
  return purpose;
}

static void
purpose_free (Purpose *purpose)
{
  g_object_unref (purpose->writer);
  cvg_entry_unref (purpose->entry);
  g_clear_pointer (&purpose->unsaved, cvg_credentials_unref);
  g_free (purpose);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Purpose, purpose_free)

static gboolean
is_current (const Purpose *purpose)
{
  const CvgEntry *entry = purpose->entry;

  return !entry->removed && entry->generation == purpose->generation &&
         (purpose->unsaved == NULL || purpose->unsaved == entry->credentials);
}

static gboolean
purpose_holds (gpointer user_data, GError **error)
{
  const Purpose *purpose = user_data;

  if (!is_current (purpose))
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_CANCELLED,
                   "Instance %s has other credentials meanwhile, or none",
                   purpose->entry->record->id);
      return FALSE;
    }

  /* An unsaved token must not make a keyring program ask: a locked keyring is left alone. */
  if (cvg_vault_get_state (purpose->writer->vault) != CVG_VAULT_UNLOCKED)
    {
      if (error != NULL)
        *error = cvg_vault_new_state_error (purpose->writer->vault);
      return FALSE;
    }

  return TRUE;
}

/* Stores @credentials for @purpose (transfer full). */
static void
store (Purpose *purpose,
       CvgCredentials *credentials,
       CvgInstance *record,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  g_autoptr (GVariant) identity = cvg_instance_to_record (record);
  g_autoptr (CvgSecret) packed = cvg_credentials_pack (credentials, identity);
  g_autofree char *title = cvg_entry_dup_title (purpose->entry);

  cvg_vault_queue_store_async (purpose->writer->queue, CVG_VAULT_CREDENTIALS, record->id, title,
                               packed, purpose_holds, purpose, (GDestroyNotify) purpose_free,
                               callback, user_data);
}

/**
 * cvg_writer_store_async:
 * @entry: whose they are
 * @credentials: (transfer none): what to store
 * @record: (transfer none): the record that goes with them
 * @generation: the generation of @entry that they are for; if it is another one when the turn has
 *   come, nothing is written and the result is %CVG_ERROR_CANCELLED
 *
 * Durable when it succeeds; finish with cvg_writer_finish(). Changes nothing in @entry.
 */
void
cvg_writer_store_async (CvgWriter *self,
                        CvgEntry *entry,
                        CvgCredentials *credentials,
                        CvgInstance *record,
                        guint64 generation,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  store (purpose_new (self, entry, generation, NULL), credentials, record, callback, user_data);
}

/** cvg_writer_store_client_async: stores @secret (transfer none) as that of @client */
void
cvg_writer_store_client_async (CvgWriter *self,
                               const CvgClient *client,
                               CvgSecret *secret,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autofree char *title =
      g_strdup_printf ("Claviger: client %s of %s", client->client_id, client->server_name);

  cvg_vault_queue_store_async (self->queue, CVG_VAULT_CLIENT, client->id, title, secret, NULL, NULL,
                               NULL, callback, user_data);
}

/** cvg_writer_remove_async: deletes an item; not an error if there is none */
void
cvg_writer_remove_async (CvgWriter *self,
                         const char *kind,
                         const char *id,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  cvg_vault_queue_remove_async (self->queue, kind, id, callback, user_data);
}

/** cvg_writer_finish: Returns: whether a store or a removal succeeded */
gboolean
cvg_writer_finish (CvgWriter *self, GAsyncResult *result, GError **error)
{
  /* The queue's own task comes through, so that a write is one task and not two. */
  return cvg_vault_queue_write_finish (self->queue, result, error);
}

/* ---- what could not be written --------------------------------------------------------------- */

static void
on_unsaved_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Purpose) purpose = user_data;
  g_autoptr (GError) error = NULL;
  CvgWriter *self = purpose->writer;
  CvgEntry *entry = purpose->entry;
  gboolean stored = cvg_writer_finish (self, result, &error);

  if (!is_current (purpose))
    return;

  if (stored)
    {
      g_message ("Instance %s: the token that waited is in the keyring now", entry->record->id);
      entry->unsaved = FALSE;
    }
  else
    {
      cvg_writer_keep_unsaved (self, entry);
    }
}

/* A refresh may be in the queue before it, with a token that is newer: then these stay unwritten,
 * or the keyring would have the refresh token that the server has replaced. */
static void
store_unsaved (CvgWriter *self, CvgEntry *entry)
{
  store (purpose_new (self, entry, entry->generation, entry->credentials), entry->credentials,
         entry->record, on_unsaved_stored,
         purpose_new (self, entry, entry->generation, entry->credentials));
}

/**
 * cvg_writer_catch_up: writes what waits for it, now; to be called when the keyring has been opened
 */
void
cvg_writer_catch_up (CvgWriter *self)
{
  g_autoptr (GPtrArray) entries = cvg_instances_list (self->instances);

  cvg_clock_clear_alarm (self->clock, &self->retry_alarm);
  for (guint i = 0; i < entries->len; i++)
    {
      CvgEntry *waiting = g_ptr_array_index (entries, i);

      if (waiting->unsaved && waiting->credentials != NULL)
        store_unsaved (self, waiting);
    }
}

static void
on_retry (gpointer user_data)
{
  CvgWriter *self = user_data;

  self->retry_alarm = 0;
  if (cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED)
    cvg_writer_catch_up (self);
}

/**
 * cvg_writer_keep_unsaved: the credentials of @entry could not be stored: keeps them in memory, and
 *   tries again, in a while or when the keyring has been opened
 */
void
cvg_writer_keep_unsaved (CvgWriter *self, CvgEntry *entry)
{
  entry->unsaved = TRUE;
  if (self->retry_alarm == 0 && !self->stopping &&
      cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED)
    self->retry_alarm = cvg_clock_add_alarm (
        self->clock, cvg_clock_get_now (self->clock) + RETRY_SECONDS * G_TIME_SPAN_SECOND, on_retry,
        self, NULL);
}

/**
 * cvg_writer_stop:
 *
 * Forgets retries. Writes on their way go on, and what could not be written has a last chance: the
 * memory that it is in ends with the process.
 */
void
cvg_writer_stop (CvgWriter *self)
{
  self->stopping = TRUE;
  cvg_clock_clear_alarm (self->clock, &self->retry_alarm);
  if (cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED)
    cvg_writer_catch_up (self);
}
