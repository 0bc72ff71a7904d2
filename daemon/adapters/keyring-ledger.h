/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of our items in the keyring.
 */
#pragma once

#include <glib.h>

#define SECRET_API_SUBJECT_TO_CHANGE
#include <libsecret/secret.h>

typedef struct _CvgKeyringLedger CvgKeyringLedger;

CvgKeyringLedger *cvg_keyring_ledger_new (void) G_GNUC_WARN_UNUSED_RESULT;
void cvg_keyring_ledger_free (CvgKeyringLedger *self);

void cvg_keyring_ledger_note (CvgKeyringLedger *self, const char *path, SecretValue *value);
void cvg_keyring_ledger_forget (CvgKeyringLedger *self, const char *path);

gboolean cvg_keyring_ledger_has (const CvgKeyringLedger *self, const char *path);
gboolean
cvg_keyring_ledger_agrees (const CvgKeyringLedger *self, const char *path, SecretValue *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgKeyringLedger, cvg_keyring_ledger_free)
