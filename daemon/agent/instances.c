/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of instances: records in memory and, through the records port, on disk. Every change of
 * an entry goes through here, so that it is saved and told (signals "changed" and "removed").
 *
 * What the keyring has comes and goes with its lock; that is contents.c's business.
 */
#include "agent/instances.h"

#include "dbus/error.h"

struct _CvgInstances
{
  GObject parent_instance;

  CvgRecords *records;     /* (owned) */
  CvgCatalogue *catalogue; /* (borrowed): outlives the agent */
  GHashTable *entries;     /* (owned) (element-type utf8 CvgEntry): the key is the record's id */
};

G_DEFINE_FINAL_TYPE (CvgInstances, cvg_instances, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_REPLACED,
  SIGNAL_REMOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
cvg_instances_finalize (GObject *object)
{
  CvgInstances *self = CVG_INSTANCES (object);

  g_clear_pointer (&self->entries, g_hash_table_unref);
  g_clear_object (&self->records);

  G_OBJECT_CLASS (cvg_instances_parent_class)->finalize (object);
}

static void
cvg_instances_class_init (CvgInstancesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_instances_finalize;

  /* changed(entry): the status, the record or the credentials of an entry changed. */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CVG_TYPE_INSTANCES, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  /* replaced(entry): it has other credentials than before, or none; not those of a refresh. */
  signals[SIGNAL_REPLACED] = g_signal_new ("replaced", CVG_TYPE_INSTANCES, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  /* removed(entry): the entry is no longer in the table. */
  signals[SIGNAL_REMOVED] = g_signal_new ("removed", CVG_TYPE_INSTANCES, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
cvg_instances_init (CvgInstances *self)
{
  self->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cvg_entry_unref);
}

/**
 * cvg_instances_new:
 * @records: (transfer none): where the records are
 * @catalogue: (transfer none): the servers; must outlive the table
 */
CvgInstances *
cvg_instances_new (CvgRecords *records, CvgCatalogue *catalogue)
{
  CvgInstances *self = g_object_new (CVG_TYPE_INSTANCES, NULL);

  self->records = g_object_ref (records);
  self->catalogue = catalogue;
  return self;
}

static CvgEntry *
insert (CvgInstances *self, CvgInstance *record)
{
  CvgProvider *provider = cvg_catalogue_lookup (self->catalogue, record->server_name);
  CvgEntry *entry = cvg_entry_new (record, provider);

  g_hash_table_replace (self->entries, g_strdup (record->id), entry);
  return entry;
}

/** cvg_instances_load: reads all records; to be called once, before the daemon serves */
void
cvg_instances_load (CvgInstances *self)
{
  g_autoptr (GPtrArray) records = cvg_records_load (self->records, CVG_RECORDS_INSTANCES);

  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgInstance) record =
          cvg_instance_from_record (g_ptr_array_index (records, i), &error);

      if (record != NULL)
        insert (self, record);
      else
        g_warning ("Leaving out an instance: %s", error->message);
    }
}

/**
 * cvg_instances_lookup:
 * @id: UUID of an instance
 *
 * Returns: (transfer none): its entry; fails with %CVG_ERROR_INVALID_ARGUMENT or
 *   %CVG_ERROR_NOT_FOUND
 */
CvgEntry *
cvg_instances_lookup (CvgInstances *self, const char *id, GError **error)
{
  CvgEntry *entry = g_hash_table_lookup (self->entries, id);
  g_autofree char *lower = NULL;

  if (entry != NULL)
    return entry;

  if (!g_uuid_string_is_valid (id))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                           "The instance id is not a UUID");
      return NULL;
    }

  /* RFC 4122 section 3: UUIDs are written in lower case and read in any. */
  lower = g_ascii_strdown (id, -1);
  entry = g_hash_table_lookup (self->entries, lower);
  if (entry == NULL)
    g_set_error (error, CVG_ERROR, CVG_ERROR_NOT_FOUND, "There is no instance %s", lower);

  return entry;
}

static gboolean
is_later (const CvgInstance *a, const CvgInstance *b)
{
  if (a->authorized_at != b->authorized_at)
    return a->authorized_at > b->authorized_at;
  if (a->created_at != b->created_at)
    return a->created_at > b->created_at;

  /* Anything, as long as it is always the same. */
  return g_strcmp0 (a->id, b->id) > 0;
}

/**
 * cvg_instances_find_of_user:
 *
 * Signed in comes before signed out, then the one that was authorized last.
 *
 * Returns: (transfer none) (nullable): the instance that answers for a user and a server
 */
CvgEntry *
cvg_instances_find_of_user (CvgInstances *self, const char *user_id, const char *server_name)
{
  GHashTableIter iter;
  gpointer value = NULL;
  CvgEntry *best = NULL;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      CvgEntry *entry = value;

      if (g_strcmp0 (entry->record->user_id, user_id) != 0 ||
          g_strcmp0 (entry->record->server_name, server_name) != 0)
        continue;

      if (best == NULL || entry->record->signed_in > best->record->signed_in ||
          (entry->record->signed_in == best->record->signed_in &&
           is_later (entry->record, best->record)))
        best = entry;
    }

  return best;
}

/**
 * cvg_instances_stamp:
 * @now: Unix microseconds
 *
 * Returns: when a sign-in of now was, for authorized_at: later than any other's, whatever the clock
 *   says, so that the last one is the last one
 */
gint64
cvg_instances_stamp (CvgInstances *self, gint64 now)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    now = MAX (now, ((CvgEntry *) value)->record->authorized_at + 1);

  return now;
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  const CvgInstance *first = (*(CvgEntry *const *) a)->record;
  const CvgInstance *second = (*(CvgEntry *const *) b)->record;

  if (first->created_at != second->created_at)
    return first->created_at < second->created_at ? -1 : 1;

  return g_strcmp0 (first->id, second->id);
}

/** cvg_instances_list: Returns: (transfer container) (element-type CvgEntry): all, oldest first */
GPtrArray *
cvg_instances_list (CvgInstances *self)
{
  GPtrArray *entries = g_ptr_array_sized_new (g_hash_table_size (self->entries));
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (entries, value);

  g_ptr_array_sort (entries, compare_age);
  return entries;
}

static void
shift (gint64 *seconds, gint64 by)
{
  gint64 shifted = 0;

  /* 0 means that there is no such time; absurd ones stay absurd. */
  if (*seconds != 0 && !__builtin_add_overflow (*seconds, by, &shifted))
    *seconds = MAX (shifted, 1);
}

static void
shift_entry (CvgEntry *entry, gint64 by)
{
  shift (&entry->spent_at, by);
  shift (&entry->failed_at, by);
  shift (&entry->retry_at, by);

  if (entry->credentials != NULL)
    {
      CvgCredentials *shifted = cvg_credentials_copy (entry->credentials);

      shift (&shifted->obtained_at, by);
      shift (&shifted->expires_at, by);
      cvg_credentials_unref (entry->credentials);
      entry->credentials = shifted;
    }
}

/**
 * cvg_instances_shift_times:
 * @by: seconds
 *
 * The clock was set by so much, and no time passed: what is in memory is as old as it was, and
 * lives as long. Emits nothing. What is on disk has the times of the clock that was wrong, then or
 * now; schedule.c mistrusts those that can't be.
 */
void
cvg_instances_shift_times (CvgInstances *self, gint64 by)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    shift_entry (value, by);
}

static void
save (CvgInstances *self, const CvgInstance *record)
{
  g_autoptr (GVariant) value = cvg_instance_to_record (record);

  cvg_records_save (self->records, CVG_RECORDS_INSTANCES, record->id, value);
}

/**
 * cvg_instances_flush_async:
 *
 * Waits until every change of a record that has been made is on disk, those of clients too.
 */
void
cvg_instances_flush_async (CvgInstances *self, GAsyncReadyCallback callback, gpointer user_data)
{
  cvg_records_flush_async (self->records, NULL, callback, user_data);
}

/** cvg_instances_flush_finish: Returns: whether it is; a failure has been warned about */
gboolean
cvg_instances_flush_finish (CvgInstances *self, GAsyncResult *result, GError **error)
{
  /* The records' own task comes through, so that this is one task and not two. */
  return cvg_records_flush_finish (self->records, result, error);
}

/** cvg_instances_changed: tells that something about @entry changed */
void
cvg_instances_changed (CvgInstances *self, CvgEntry *entry)
{
  if (!entry->removed)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, entry);
}

/**
 * cvg_instances_add:
 * @record: (transfer none): a new instance; its id must not be in use
 *
 * Returns: (transfer none): its entry
 */
CvgEntry *
cvg_instances_add (CvgInstances *self, CvgInstance *record)
{
  CvgEntry *entry = insert (self, record);

  save (self, record);
  cvg_instances_changed (self, entry);
  return entry;
}

static void
set_record (CvgInstances *self, CvgEntry *entry, CvgInstance *record)
{
  cvg_instance_ref (record);
  cvg_instance_unref (entry->record);
  entry->record = record;
  if (!entry->removed)
    save (self, record);
}

/** cvg_instances_update: gives @entry another @record (transfer none) of the same id */
void
cvg_instances_update (CvgInstances *self, CvgEntry *entry, CvgInstance *record)
{
  set_record (self, entry, record);
  cvg_instances_changed (self, entry);
}

static void
set_credentials (CvgEntry *entry, CvgCredentials *credentials)
{
  if (credentials != NULL)
    cvg_credentials_ref (credentials);
  g_clear_pointer (&entry->credentials, cvg_credentials_unref);
  entry->credentials = credentials;
  cvg_entry_forget_failures (entry);
}

/**
 * cvg_instances_replace_credentials:
 * @credentials: (transfer none) (nullable): other credentials than before, by a sign-in or a
 * caller, which the keyring has; %NULL: it was signed out
 * @record: (transfer none): the record that goes with them
 *
 * Work on the credentials of before is void.
 */
void
cvg_instances_replace_credentials (CvgInstances *self,
                                   CvgEntry *entry,
                                   CvgCredentials *credentials,
                                   CvgInstance *record)
{
  entry->generation++;
  entry->unsaved = FALSE;
  entry->spent_at = 0;
  set_credentials (entry, credentials);
  cvg_entry_set_anchor (entry, credentials != NULL ? credentials->refresh_token : NULL);
  set_record (self, entry, record);
  if (!entry->removed)
    g_signal_emit (self, signals[SIGNAL_REPLACED], 0, entry);
  cvg_instances_changed (self, entry);
}

/**
 * cvg_instances_set_refreshed:
 * @credentials: (transfer none): the same grant with a new token
 * @saved: whether the keyring has them; else they may not be forgotten until it does
 *
 * The record is not saved: a refresh must not cost a file. The keyring has the serial.
 */
void
cvg_instances_set_refreshed (CvgInstances *self,
                             CvgEntry *entry,
                             CvgCredentials *credentials,
                             gboolean saved)
{
  entry->unsaved = !saved;
  entry->spent_at = 0;
  set_credentials (entry, credentials);
  if (saved)
    cvg_entry_set_anchor (entry, credentials->refresh_token);
  cvg_instances_changed (self, entry);
}

/* Callers read it; what a library says may name hosts and files. */
static const char *
get_presentable (const GError *error)
{
  return error->domain == CVG_ERROR ? error->message : "the journal has the details";
}

/**
 * cvg_instances_set_unsaved:
 * @error: why the keyring did not take the credentials of @entry
 *
 * It is no failure of the refresh; but the person should find out why.
 */
void
cvg_instances_set_unsaved (CvgInstances *self, CvgEntry *entry, const GError *error)
{
  /* If it is one that counts, it is what callers are told; no other takes its place. */
  if (entry->failures == 0)
    {
      g_free (entry->last_error);
      entry->last_error = g_strdup_printf ("The newest credentials are not in the keyring yet: %s",
                                           get_presentable (error));
    }
  cvg_instances_changed (self, entry);
}

/**
 * cvg_instances_set_saved:
 * @credentials: (transfer none): the keyring has them now, after a while without
 */
void
cvg_instances_set_saved (CvgInstances *self, CvgEntry *entry, CvgCredentials *credentials)
{
  cvg_entry_set_anchor (entry, credentials->refresh_token);
  if (entry->credentials != NULL && entry->credentials->serial == credentials->serial)
    entry->unsaved = FALSE;
  if (entry->failures == 0)
    g_clear_pointer (&entry->last_error, g_free);
  cvg_instances_changed (self, entry);
}

static void
set_dead (CvgInstances *self, CvgEntry *entry, const char *reason)
{
  g_autoptr (CvgInstance) record = cvg_instance_copy (entry->record);

  g_free (record->dead_reason);
  record->dead_reason = g_strdup (reason);
  set_record (self, entry, record);
}

/**
 * cvg_instances_set_failed:
 * @error: why its refresh failed
 * @now: Unix seconds
 * @retry_at: Unix seconds before which the server asked not to be asked again, or 0
 *
 * That a grant is dead is written down, so that nobody asks again after a restart either.
 */
void
cvg_instances_set_failed (CvgInstances *self,
                          CvgEntry *entry,
                          const GError *error,
                          gint64 now,
                          gint64 retry_at)
{
  gboolean is_dead = g_error_matches (error, CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN);

  g_free (entry->last_error);
  entry->last_error = error->domain == CVG_ERROR ?
                          g_strdup (error->message) :
                          g_strdup_printf ("The refresh failed; %s", get_presentable (error));
  entry->last_code = error->domain == CVG_ERROR ? error->code : CVG_ERROR_FAILED;
  entry->retry_at = retry_at;
  entry->unreachable = g_error_matches (error, CVG_ERROR, CVG_ERROR_TRY_LATER);
  entry->refused = !entry->unreachable && !is_dead;
  entry->failures++;
  entry->failed_at = now;
  if (is_dead)
    set_dead (self, entry, error->message);

  cvg_instances_changed (self, entry);
}

/** cvg_instances_remove: forgets @entry; whoever still works on it finds it removed */
void
cvg_instances_remove (CvgInstances *self, CvgEntry *entry)
{
  g_autoptr (CvgEntry) kept = cvg_entry_ref (entry);

  kept->removed = TRUE;
  kept->unsaved = FALSE;
  kept->generation++;
  g_clear_pointer (&kept->credentials, cvg_credentials_unref);
  cvg_entry_set_anchor (kept, NULL);
  cvg_records_remove (self->records, CVG_RECORDS_INSTANCES, kept->record->id);
  g_hash_table_remove (self->entries, kept->record->id);
  g_signal_emit (self, signals[SIGNAL_REMOVED], 0, kept);
}
