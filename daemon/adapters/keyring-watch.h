/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Noticing what other programs do to our items.
 */
#pragma once

#include "adapters/keyring-ledger.h"
#include "adapters/keyring.h"

#define CVG_TYPE_KEYRING_WATCH (cvg_keyring_watch_get_type ())
G_DECLARE_FINAL_TYPE (CvgKeyringWatch, cvg_keyring_watch, CVG, KEYRING_WATCH, GObject)

CvgKeyringWatch *cvg_keyring_watch_new (CvgKeyring *keyring) G_GNUC_WARN_UNUSED_RESULT;
void cvg_keyring_watch_set_quiet (CvgKeyringWatch *self, guint milliseconds);
void cvg_keyring_watch_stop (CvgKeyringWatch *self);

void cvg_keyring_watch_load_begins (CvgKeyringWatch *self);
void cvg_keyring_watch_load_ends (CvgKeyringWatch *self, CvgKeyringLedger *ledger);
void cvg_keyring_watch_stored (CvgKeyringWatch *self, const char *path, SecretValue *value);
void cvg_keyring_watch_removed (CvgKeyringWatch *self, const char *path);
