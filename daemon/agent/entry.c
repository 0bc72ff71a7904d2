/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/entry.h"

#include "model/rotation.h"

/* A parameter that came into the file after the instance was made has its default; what the record
 * says stays. */
static CvgInstance *
complete_record (CvgInstance *record, const CvgProvider *provider)
{
  g_autoptr (GVariant) tenant = cvg_tenant_complete (provider->tenant_parameters, record->tenant);
  CvgInstance *completed = NULL;

  if (tenant == NULL || tenant == record->tenant ||
      (record->tenant != NULL && g_variant_equal (tenant, record->tenant)))
    return cvg_instance_ref (record);

  completed = cvg_instance_copy (record);
  g_clear_pointer (&completed->tenant, g_variant_unref);
  completed->tenant = g_steal_pointer (&tenant);
  return completed;
}

/**
 * cvg_entry_new:
 * @record: (transfer none): its record
 * @provider: (transfer none) (nullable): its server
 *
 * Returns: (transfer full): an entry without credentials
 */
CvgEntry *
cvg_entry_new (CvgInstance *record, CvgProvider *provider)
{
  CvgEntry *entry = g_new0 (CvgEntry, 1);

  g_ref_count_init (&entry->references);
  entry->record = provider != NULL ? complete_record (record, provider) : cvg_instance_ref (record);
  entry->provider = provider != NULL ? cvg_provider_ref (provider) : NULL;
  entry->left_generation = CVG_NO_GENERATION;
  entry->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_secret_unref);
  return entry;
}

/** cvg_entry_ref: Returns: (transfer full): @entry */
CvgEntry *
cvg_entry_ref (CvgEntry *entry)
{
  g_ref_count_inc (&entry->references);
  return entry;
}

/** cvg_entry_unref: lets go of @entry */
void
cvg_entry_unref (CvgEntry *entry)
{
  if (!g_ref_count_dec (&entry->references))
    return;

  cvg_instance_unref (entry->record);
  g_clear_pointer (&entry->provider, cvg_provider_unref);
  g_clear_pointer (&entry->credentials, cvg_credentials_unref);
  g_ptr_array_unref (entry->anchors);
  g_free (entry->last_error);
  g_free (entry);
}

/**
 * cvg_entry_get_status:
 * @keyring_is_open: whether all that the keyring has is at hand
 *
 * Returns: (transfer none): the status, as the contract spells it
 */
const char *
cvg_entry_get_status (const CvgEntry *entry, gboolean keyring_is_open)
{
  if (entry->record->dead_reason != NULL)
    return CVG_STATUS_NEEDS_SIGN_IN;
  if (!entry->record->signed_in)
    return CVG_STATUS_SIGNED_OUT;
  if (entry->credentials == NULL)
    /* With the keyring open, an item that is not there was deleted by another program. */
    return keyring_is_open ? CVG_STATUS_SIGNED_OUT : CVG_STATUS_KEYRING_LOCKED;
  if (entry->unreachable)
    return CVG_STATUS_UNREACHABLE;

  return CVG_STATUS_ACTIVE;
}

/** cvg_entry_dup_title: Returns: (transfer full): what a keyring program shows of its item */
char *
cvg_entry_dup_title (const CvgEntry *entry)
{
  if (entry->record->label != NULL)
    return g_strdup_printf ("Claviger: %s (%s)", entry->record->server_name, entry->record->label);

  return g_strdup_printf ("Claviger: %s", entry->record->server_name);
}

/** cvg_entry_get_last_serial: Returns: the highest serial that credentials of @entry ever had */
guint64
cvg_entry_get_last_serial (const CvgEntry *entry)
{
  guint64 last = MAX (entry->given_serial, entry->record->last_serial);

  return entry->credentials != NULL ? MAX (last, entry->credentials->serial) : last;
}

/**
 * cvg_entry_give_serial:
 *
 * No serial is given twice, or “rejected-serial” would mean the wrong token: not even to a sign-in
 * and a refresh that wait for the keyring at the same time.
 *
 * Returns: the serial of the next credentials of @entry
 */
guint64
cvg_entry_give_serial (CvgEntry *entry)
{
  entry->given_serial = cvg_entry_get_last_serial (entry) + 1;
  return entry->given_serial;
}

/**
 * cvg_entry_note_serial:
 * @serial: given once, by whomever and in whichever run
 *
 * What comes later is newer, also while the credentials that had it are not at hand: they go when
 * the keyring locks, and the record has only the serial of the last sign-in.
 */
void
cvg_entry_note_serial (CvgEntry *entry, guint64 serial)
{
  entry->given_serial = MAX (entry->given_serial, serial);
}

/* Each costs a box in the journal. Only a keyring that fails for days gets there. */
#define ANCHORS_MAX CVG_ROTATION_MAX_BOXES

static gboolean
find_anchor (const CvgEntry *entry, const CvgSecret *token, guint *index)
{
  return g_ptr_array_find_with_equal_func (entry->anchors, token, (GEqualFunc) cvg_secret_equal,
                                           index);
}

/**
 * cvg_entry_add_anchor:
 * @token: (nullable): a refresh token that the keyring may hold from now on, be it that it says so
 *   or not; %NULL: none
 */
void
cvg_entry_add_anchor (CvgEntry *entry, CvgSecret *token)
{
  if (token == NULL || find_anchor (entry, token, NULL))
    return;

  /* The first is known, not guessed; of the guesses the oldest goes. */
  if (entry->anchors->len >= ANCHORS_MAX)
    g_ptr_array_remove_index (entry->anchors, 1);
  g_ptr_array_add (entry->anchors, cvg_secret_ref (token));
}

/**
 * cvg_entry_set_anchor:
 * @token: (nullable): the keyring holds it; %NULL: it holds none, or nobody knows
 *
 * What was to be stored later than this one stays: that may be carried out yet.
 */
void
cvg_entry_set_anchor (CvgEntry *entry, CvgSecret *token)
{
  guint index = 0;

  if (token == NULL)
    g_ptr_array_set_size (entry->anchors, 0);
  else if (!find_anchor (entry, token, &index))
    {
      /* What it was known to hold before it does not hold any more. */
      if (entry->anchors->len >= ANCHORS_MAX)
        g_ptr_array_remove_index (entry->anchors, 0);
      g_ptr_array_insert (entry->anchors, 0, cvg_secret_ref (token));
    }
  else if (index > 0)
    g_ptr_array_remove_range (entry->anchors, 0, index);
}

/**
 * cvg_entry_dup_server:
 *
 * Returns: (transfer full): the provider of @entry, which has one, as the grant that it has was
 * made with: what was discovered then goes with it
 */
CvgProvider *
cvg_entry_dup_server (const CvgEntry *entry)
{
  return cvg_provider_with_server (entry->provider,
                                   entry->credentials != NULL ? entry->credentials->server : NULL);
}

/** cvg_entry_has_refresh_endpoint: Returns: whether somebody takes a refresh token of @entry */
gboolean
cvg_entry_has_refresh_endpoint (const CvgEntry *entry)
{
  GVariant *server = entry->credentials != NULL ? entry->credentials->server : NULL;

  return entry->provider->token_endpoint != NULL || entry->provider->refresh_endpoint != NULL ||
         (server != NULL && g_variant_lookup (server, "token-endpoint", "&s", NULL));
}

/** cvg_entry_forget_failures: the last refresh was none of them, or its reason is gone */
void
cvg_entry_forget_failures (CvgEntry *entry)
{
  entry->unreachable = FALSE;
  entry->refused = FALSE;
  entry->failures = 0;
  entry->failed_at = 0;
  entry->retry_at = 0;
  g_clear_pointer (&entry->last_error, g_free);
}
