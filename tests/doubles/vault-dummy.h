/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A vault in memory that locks, fails and dawdles when a test says so.
 */
#pragma once

#include "dbus/error.h"
#include "ports/vault.h"

#define CVG_TYPE_VAULT_DUMMY (cvg_vault_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CvgVaultDummy, cvg_vault_dummy, CVG, VAULT_DUMMY, GObject)

typedef enum
{
  CVG_VAULT_DUMMY_START,
  CVG_VAULT_DUMMY_UNLOCK,
  CVG_VAULT_DUMMY_LOAD_ALL,
  CVG_VAULT_DUMMY_STORE,
  CVG_VAULT_DUMMY_REMOVE, /*< last >*/
} CvgVaultDummyOperation;

CvgVaultDummy *cvg_vault_dummy_new (CvgVaultState found) G_GNUC_WARN_UNUSED_RESULT;

void cvg_vault_dummy_set_state (CvgVaultDummy *self, CvgVaultState state);
void
cvg_vault_dummy_fail_next (CvgVaultDummy *self, CvgVaultDummyOperation operation, CvgError code);

void cvg_vault_dummy_hold (CvgVaultDummy *self, CvgVaultDummyOperation operation);
void cvg_vault_dummy_release (CvgVaultDummy *self, CvgVaultDummyOperation operation);
guint cvg_vault_dummy_count_held (CvgVaultDummy *self, CvgVaultDummyOperation operation);
guint cvg_vault_dummy_count_calls (CvgVaultDummy *self, CvgVaultDummyOperation operation);

void cvg_vault_dummy_put (CvgVaultDummy *self, const char *kind, const char *id, const char *text);
void cvg_vault_dummy_forget (CvgVaultDummy *self, const char *kind, const char *id);
void cvg_vault_dummy_copy (CvgVaultDummy *from, CvgVaultDummy *to);
const char *cvg_vault_dummy_find (CvgVaultDummy *self, const char *kind);
void cvg_vault_dummy_tell_items_changed (CvgVaultDummy *self);
CvgSecret *cvg_vault_dummy_peek (CvgVaultDummy *self, const char *kind, const char *id);
const char *cvg_vault_dummy_peek_label (CvgVaultDummy *self, const char *kind, const char *id);
guint cvg_vault_dummy_count_items (CvgVaultDummy *self);
