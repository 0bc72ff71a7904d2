/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An instance as the running agent knows it: its record, its credentials if they are at hand, and
 * how its last refresh went.
 */
#pragma once

#include <glib.h>

#include "model/credentials.h"
#include "model/instance.h"
#include "model/provider.h"

#define CVG_STATUS_SIGNED_OUT "signed-out"
#define CVG_STATUS_ACTIVE "active"
#define CVG_STATUS_NEEDS_SIGN_IN "needs-sign-in"
#define CVG_STATUS_UNREACHABLE "unreachable"
#define CVG_STATUS_KEYRING_LOCKED "keyring-locked"

#define CVG_NO_GENERATION G_MAXUINT64

/**
 * CvgEntry:
 * @record: (owned): what is known without the keyring
 * @provider: (owned) (nullable): its server; %NULL if the catalogue lost it
 * @credentials: (owned) (nullable): %NULL when signed out, or while the keyring is locked
 * @generation: changes whenever the credentials are replaced by other ones than their own refresh;
 *   who started work on a generation applies the result to that one only
 * @left_generation: the one whose grant was left for good, to be revoked; %CVG_NO_GENERATION: none
 * @removed: it was deleted; kept by whoever is still working on it
 * @unsaved: the credentials are newer than the keyring's, and may not be forgotten
 * @anchors: (owned) (element-type CvgSecret): the refresh tokens that the keyring may hold: first
 *   what it was last known to hold, then those whose storing failed, or so it said
 * @spent_at: Unix seconds since when the server may have replaced the refresh token without our
 *   having heard what by; 0: it did not
 * @unreachable: the last refresh failed for a passing reason
 * @refused: the last refresh failed for a reason that asking again does not mend (the client)
 * @failures: refreshes in a row that failed
 * @failed_at: Unix seconds of the last one that failed; 0: the last one did not
 * @last_error: (owned) (nullable): why the last refresh failed, for people
 * @last_code: and the code that goes with it, a #CvgError
 * @retry_at: Unix seconds before which the server asked not to be asked again; 0: none
 * @next_refresh_at: Unix seconds at which the planner is going to refresh it; 0: not planned
 * @given_serial: the highest serial that is known to have been given, be it that the credentials
 *   got stored or not, and be they at hand or not
 *
 * Only instances.c, contents.c, writer.c, refresher.c, planner.c and changes.c change one;
 * everybody else reads.
 */
typedef struct
{
  grefcount references;

  CvgInstance *record;
  CvgProvider *provider;
  CvgCredentials *credentials;
  guint64 generation;
  guint64 left_generation;
  gboolean removed;
  gboolean unsaved;
  GPtrArray *anchors;
  gint64 spent_at;
  gboolean unreachable;
  gboolean refused;
  guint failures;
  gint64 failed_at;
  char *last_error;
  int last_code;
  gint64 retry_at;
  gint64 next_refresh_at;
  guint64 given_serial;
} CvgEntry;

CvgEntry *cvg_entry_new (CvgInstance *record, CvgProvider *provider) G_GNUC_WARN_UNUSED_RESULT;
CvgEntry *cvg_entry_ref (CvgEntry *entry);
void cvg_entry_unref (CvgEntry *entry);

const char *cvg_entry_get_status (const CvgEntry *entry, gboolean keyring_is_open);
CvgProvider *cvg_entry_dup_server (const CvgEntry *entry) G_GNUC_WARN_UNUSED_RESULT;
gboolean cvg_entry_has_refresh_endpoint (const CvgEntry *entry);
char *cvg_entry_dup_title (const CvgEntry *entry);
guint64 cvg_entry_get_last_serial (const CvgEntry *entry);
guint64 cvg_entry_give_serial (CvgEntry *entry);
void cvg_entry_note_serial (CvgEntry *entry, guint64 serial);

void cvg_entry_add_anchor (CvgEntry *entry, CvgSecret *token);
void cvg_entry_set_anchor (CvgEntry *entry, CvgSecret *token);
void cvg_entry_forget_failures (CvgEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgEntry, cvg_entry_unref)
