/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three places may know of an instance: the keyring, memory and the journal. Each may have the
 * newest credentials: the keyring after another program or an earlier run wrote to it, memory after
 * a store that failed, the journal after a crash. The serial decides; docs/rotation.md.
 */
#include "agent/contents.h"

#include "model/kill-point.h"
#include "ports/vault.h"

/* The index on disk was lost, or is older than the item because a sign-in's record did not get
 * there: the keyring knows better. */
static CvgEntry *
find_or_rebuild_entry (const CvgContents *self, const char *id, GVariant *identity)
{
  CvgEntry *entry = cvg_instances_lookup (self->instances, id, NULL);
  g_autoptr (CvgInstance) record =
      identity != NULL ? cvg_instance_from_record (identity, NULL) : NULL;
  gboolean is_of_it = record != NULL && g_strcmp0 (record->id, id) == 0;

  if (entry != NULL && entry->record->signed_in &&
      (!is_of_it || record->authorized_at <= entry->record->authorized_at))
    return entry;
  if (!is_of_it)
    return NULL;

  if (entry == NULL)
    {
      g_message ("Instance %s was found in the keyring alone; its record is written anew", id);
      return cvg_instances_add (self->instances, record);
    }

  cvg_instances_update (self->instances, entry, record);
  return entry;
}

static void
take (CvgEntry *entry, CvgCredentials *credentials)
{
  cvg_credentials_ref (credentials);
  g_clear_pointer (&entry->credentials, cvg_credentials_unref);
  entry->credentials = credentials;
  cvg_entry_note_serial (entry, credentials->serial);
}

/* What the keyring has of an entry, what memory has and what the journal has may differ: after a
 * crash, a failed store, or because another program put an old copy back. The newest counts, and
 * what the keyring does not have of it is to be stored. */
static void
reconcile (const CvgContents *self, CvgEntry *entry, CvgCredentials *held)
{
  const char *id = entry->record->id;
  g_autoptr (CvgCredentials) newer = NULL;

  cvg_entry_set_anchor (entry, held->refresh_token);
  if (entry->credentials != NULL && entry->credentials->serial > held->serial)
    {
      entry->unsaved = TRUE;
      return;
    }

  newer = cvg_rotations_recover (self->rotations, id, held);
  CVG_KILL_POINT ("seal-opened");
  entry->unsaved = newer != NULL;
  take (entry, newer != NULL ? newer : held);
  entry->spent_at = cvg_rotations_get_open_since (self->rotations, id, entry->credentials);
  if (entry->spent_at == 0)
    cvg_rotations_settle (self->rotations, entry);
  cvg_rotations_forget_saved (self->rotations, entry, held->serial);
}

/* An item that is there and says nothing: written by a crash or by another program. What memory has
 * of it goes there anew. Returns: (transfer none) (nullable): whose it is */
static CvgEntry *
keep_in_spite_of (const CvgContents *self, const CvgVaultItem *item, const char *reason)
{
  CvgEntry *entry = cvg_instances_lookup (self->instances, item->id, NULL);

  g_warning ("Instance %s: %s", item->id, reason);
  if (entry != NULL && entry->credentials != NULL)
    entry->unsaved = TRUE;
  return entry;
}

/* Returns: (transfer none) (nullable): whose they are */
static CvgEntry *
take_credentials (const CvgContents *self, const CvgVaultItem *item)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) identity = NULL;
  g_autoptr (CvgCredentials) held = cvg_credentials_unpack (item->secret, &identity, &error);
  CvgEntry *entry = NULL;

  if (held == NULL)
    return keep_in_spite_of (self, item, error->message);

  entry = find_or_rebuild_entry (self, item->id, identity);
  if (entry != NULL)
    reconcile (self, entry, held);
  return entry;
}

/* An item without a secret: as the above, but no reason for a warning where there is nothing to be
 * kept. */
static CvgEntry *
keep_in_spite_of_nothing (const CvgContents *self, const CvgVaultItem *item)
{
  CvgEntry *entry = cvg_instances_lookup (self->instances, item->id, NULL);

  if (entry == NULL || entry->credentials == NULL)
    return entry;

  return keep_in_spite_of (self, item, "Its item in the keyring has lost its secret");
}

/* Another program deleted their items. What is unsaved was never deleted: it goes there anew. */
static void
forget_missing (const CvgContents *self, GHashTable *found)
{
  g_autoptr (GPtrArray) entries = cvg_instances_list (self->instances);

  for (guint i = 0; i < entries->len; i++)
    {
      CvgEntry *entry = g_ptr_array_index (entries, i);

      if (entry->credentials == NULL || entry->unsaved || g_hash_table_contains (found, entry))
        continue;

      g_message ("Instance %s: another program deleted its credentials from the keyring",
                 entry->record->id);
      cvg_instances_replace_credentials (self->instances, entry, NULL, entry->record);
    }
}

/* Returns: (transfer none) (nullable): whose item it is, if it is one of an instance */
static CvgEntry *
take_item (const CvgContents *self, const CvgVaultItem *item)
{
  gboolean is_empty = cvg_secret_is_empty (item->secret);

  if (g_strcmp0 (item->kind, CVG_VAULT_CREDENTIALS) == 0)
    return is_empty ? keep_in_spite_of_nothing (self, item) : take_credentials (self, item);

  if (!is_empty && g_strcmp0 (item->kind, CVG_VAULT_CLIENT) == 0)
    cvg_clients_set_secret (self->clients, item->id, item->secret);
  return NULL;
}

/**
 * cvg_contents_take:
 * @items: (element-type CvgVaultItem): all that the keyring has; their secrets are let go of, but
 *   for those of revocations
 *
 * Makes memory, and what is to be stored, of what the keyring has. Revocations are the revoker's.
 */
void
cvg_contents_take (const CvgContents *self, GPtrArray *items)
{
  g_autoptr (GHashTable) found = g_hash_table_new (NULL, NULL);
  gboolean is_complete = TRUE;

  for (guint i = 0; i < items->len; i++)
    {
      CvgVaultItem *item = g_ptr_array_index (items, i);

      if (g_strcmp0 (item->kind, CVG_VAULT_ILLEGIBLE) == 0)
        is_complete = FALSE;
      else
        g_hash_table_add (found, take_item (self, item));
      if (g_strcmp0 (item->kind, CVG_VAULT_REVOCATION) == 0)
        continue;
      /* Both are never held of all at once: a thousand of them are felt. */
      g_clear_pointer (&item->secret, cvg_secret_unref);
    }
  /* What is missing may be among those that could not be read. */
  if (!is_complete)
    return;
  forget_missing (self, found);
  cvg_rotations_sweep (self->rotations);
}

static void
forget_credentials (CvgEntry *entry)
{
  if (entry->unsaved)
    return;

  g_clear_pointer (&entry->credentials, cvg_credentials_unref);
  cvg_entry_set_anchor (entry, NULL);
}

/** cvg_contents_drop: the keyring is no longer open: forgets what it has, but not what it lacks */
void
cvg_contents_drop (const CvgContents *self)
{
  g_autoptr (GPtrArray) entries = cvg_instances_list (self->instances);

  cvg_clients_drop_secrets (self->clients);
  for (guint i = 0; i < entries->len; i++)
    forget_credentials (g_ptr_array_index (entries, i));
}
