/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vault in the Secret Service of the desktop.
 */
#pragma once

#include "ports/vault.h"

#define CVG_TYPE_VAULT_SECRET (cvg_vault_secret_get_type ())
G_DECLARE_FINAL_TYPE (CvgVaultSecret, cvg_vault_secret, CVG, VAULT_SECRET, GObject)

CvgVault *cvg_vault_secret_new (GDBusConnection *connection) G_GNUC_WARN_UNUSED_RESULT;
void cvg_vault_secret_set_timeout (CvgVaultSecret *self, int milliseconds);
void cvg_vault_secret_set_quiet (CvgVaultSecret *self, guint milliseconds);
void cvg_vault_secret_stop (CvgVaultSecret *self);
