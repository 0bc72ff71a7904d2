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
#include "model/kill-point.h"

/* Stores can fail with the keyring unlocked: a full disk, one that is busy restarting. */
#define RETRY_SECONDS 30
#define RETRY_SECONDS_MAX (15 * 60)

struct _CvgWriter
{
  GObject parent_instance;

  CvgVault *vault;         /* (owned) */
  CvgVaultQueue *queue;    /* (owned) */
  CvgInstances *instances; /* (owned) */
  CvgRotations *rotations; /* (owned) */
  CvgClock *clock;         /* (owned) */
  gboolean stopping;
  guint retry_alarm;
  guint failures; /* tries in a row that brought nothing */
};

G_DEFINE_FINAL_TYPE (CvgWriter, cvg_writer, G_TYPE_OBJECT)

static void
cvg_writer_finalize (GObject *object)
{
  CvgWriter *self = CVG_WRITER (object);

  cvg_clock_clear_alarm (self->clock, &self->retry_alarm);
  g_clear_object (&self->clock);
  g_clear_object (&self->rotations);
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
cvg_writer_new (CvgVault *vault,
                CvgVaultQueue *queue,
                CvgInstances *instances,
                CvgRotations *rotations,
                CvgClock *clock)
{
  CvgWriter *self = g_object_new (CVG_TYPE_WRITER, NULL);

  self->vault = g_object_ref (vault);
  self->queue = g_object_ref (queue);
  self->instances = g_object_ref (instances);
  self->rotations = g_object_ref (rotations);
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
  CvgCredentials *credentials; /* (owned) */
  gboolean unsaved;            /* void, too, once @entry has others than @credentials */
} Purpose;

static Purpose *
purpose_new (CvgWriter *writer,
             CvgEntry *entry,
             guint64 generation,
             CvgCredentials *credentials,
             gboolean unsaved)
{
  Purpose *purpose = g_new0 (Purpose, 1);

  purpose->writer = g_object_ref (writer);
  purpose->entry = cvg_entry_ref (entry);
  purpose->generation = generation;
  purpose->credentials = cvg_credentials_ref (credentials);
  purpose->unsaved = unsaved;
  return purpose;
}

static void
purpose_free (Purpose *purpose)
{
  g_object_unref (purpose->writer);
  cvg_entry_unref (purpose->entry);
  cvg_credentials_unref (purpose->credentials);
  g_free (purpose);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Purpose, purpose_free)

static void retry_later (CvgWriter *self);

/* By the serial: the same credentials may be another value by now, with other times. */
static gboolean
is_current (const Purpose *purpose)
{
  const CvgEntry *entry = purpose->entry;

  if (entry->removed || entry->generation != purpose->generation)
    return FALSE;

  return !purpose->unsaved || (entry->unsaved && entry->credentials != NULL &&
                               entry->credentials->serial == purpose->credentials->serial);
}

/* A locked keyring is left alone. */
static gboolean
is_unlocked (gpointer writer, GError **error)
{
  CvgWriter *self = writer;

  if (cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED)
    return TRUE;

  g_propagate_error (error, cvg_vault_new_state_error (self->vault));
  return FALSE;
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

  /* An unsaved token must not make a keyring program ask. */
  if (!is_unlocked (purpose->writer, error))
    return FALSE;

  cvg_entry_add_anchor (purpose->entry, purpose->credentials->refresh_token);
  return TRUE;
}

/* Stores what @purpose (transfer full) is about. */
static void
store (Purpose *purpose, CvgInstance *record, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GVariant) identity = cvg_instance_to_record (record);
  g_autoptr (CvgSecret) packed = cvg_credentials_pack (purpose->credentials, identity);
  g_autofree char *title = cvg_entry_dup_title (purpose->entry);

  /* Already now: what is sealed while it waits for its turn must be legible with it. */
  cvg_entry_add_anchor (purpose->entry, purpose->credentials->refresh_token);
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
  store (purpose_new (self, entry, generation, credentials, FALSE), record, callback, user_data);
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

/**
 * cvg_writer_store_revocation_async:
 * @revocation: (transfer none): packed before this returns
 *
 * Durable when it succeeds; fails where the keyring is not unlocked when its turn has come.
 */
void
cvg_writer_store_revocation_async (CvgWriter *self,
                                   const CvgRevocation *revocation,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autofree char *title = g_strdup_printf ("Claviger: revocation for %s", revocation->server_name);
  g_autoptr (CvgSecret) packed = cvg_revocation_pack (revocation);

  cvg_vault_queue_store_async (self->queue, CVG_VAULT_REVOCATION, revocation->id, title, packed,
                               is_unlocked, g_object_ref (self), g_object_unref, callback,
                               user_data);
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
  const char *id = entry->record->id;
  gboolean saved = cvg_writer_finish (self, result, &error);

  if (entry->removed || entry->generation != purpose->generation)
    return;

  if (saved)
    {
      CVG_KILL_POINT ("keyring-written");
      if (self->failures > 0)
        g_message ("Instance %s: the token that waited is in the keyring now", id);
      self->failures = 0;
      cvg_rotations_forget_saved (self->rotations, entry, purpose->credentials->serial);
      cvg_instances_set_saved (self->instances, entry, purpose->credentials);
    }
  else if (is_current (purpose))
    {
      g_message ("Instance %s: the new token could not be stored (%s); it is kept %s until it can "
                 "be",
                 id, error->message,
                 cvg_rotations_has_sealed (self->rotations, entry, entry->credentials->serial) ?
                     "in the journal, sealed," :
                     "in memory");
      retry_later (self);
      cvg_instances_set_unsaved (self->instances, entry, error);
    }
}

/* A refresh may be in the queue before it, with a token that is newer: then these stay unwritten,
 * or the keyring would have the refresh token that the server has replaced. */
static void
store_unsaved (CvgWriter *self, CvgEntry *entry)
{
  store (purpose_new (self, entry, entry->generation, entry->credentials, TRUE), entry->record,
         on_unsaved_stored, purpose_new (self, entry, entry->generation, entry->credentials, TRUE));
}

/* ---- trying again ---------------------------------------------------------------------------- */

static void
on_sealed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cvg_rotations_write_finish (CVG_ROTATIONS (source), result, &error))
    g_message ("The journal could not be written either: %s", error->message);
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

      if (!waiting->unsaved || waiting->credentials == NULL)
        continue;

      /* Neither of the two could be written when it came: then both are tried again. */
      if (!cvg_rotations_has_sealed (self->rotations, waiting, waiting->credentials->serial))
        cvg_rotations_seal_async (self->rotations, waiting, waiting->credentials, on_sealed, NULL);
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

/* One alarm for all that wait: a keyring that takes nothing takes nothing of anybody. */
static void
retry_later (CvgWriter *self)
{
  guint seconds = MIN (RETRY_SECONDS << MIN (self->failures, 8), RETRY_SECONDS_MAX);

  /* Counted are rounds: a thousand that fail together are one. */
  if (self->retry_alarm != 0)
    return;

  self->failures++;
  /* A locked one is no failure of its own: it is written when it opens. */
  if (!self->stopping && cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED)
    self->retry_alarm = cvg_clock_add_alarm (
        self->clock, cvg_clock_get_now (self->clock) + seconds * G_TIME_SPAN_SECOND, on_retry, self,
        NULL);
}

/**
 * cvg_writer_save: stores the credentials of @entry, which it has marked as unsaved, and goes on
 *   trying until the keyring has them
 */
void
cvg_writer_save (CvgWriter *self, CvgEntry *entry)
{
  store_unsaved (self, entry);
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
