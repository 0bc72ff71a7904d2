/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The agent's side of the keyring: what is in memory because the keyring is open, and the order in
 * which it is written.
 */
#pragma once

#include <gio/gio.h>

#include "agent/clients.h"
#include "agent/instances.h"
#include "ports/clock.h"
#include "ports/vault.h"

#define CVG_TYPE_KEYRING (cvg_keyring_get_type ())
G_DECLARE_FINAL_TYPE (CvgKeyring, cvg_keyring, CVG, KEYRING, GObject)

CvgKeyring *
cvg_keyring_new (CvgVault *vault, CvgInstances *instances, CvgClients *clients, CvgClock *clock);
void cvg_keyring_start (CvgKeyring *self);
void cvg_keyring_stop (CvgKeyring *self);
gboolean cvg_keyring_is_idle (CvgKeyring *self);

gboolean cvg_keyring_is_open (CvgKeyring *self);
const char *cvg_keyring_get_state (CvgKeyring *self);

void cvg_keyring_open_async (CvgKeyring *self,
                             gboolean interactive,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cvg_keyring_open_finish (CvgKeyring *self, GAsyncResult *result, GError **error);

void cvg_keyring_store_async (CvgKeyring *self,
                              CvgEntry *entry,
                              CvgCredentials *credentials,
                              CvgInstance *record,
                              guint64 generation,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
void cvg_keyring_store_client_async (CvgKeyring *self,
                                     const CvgClient *client,
                                     CvgSecret *secret,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
void cvg_keyring_remove_async (CvgKeyring *self,
                               const char *kind,
                               const char *id,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cvg_keyring_write_finish (CvgKeyring *self, GAsyncResult *result, GError **error);
void cvg_keyring_keep_unsaved (CvgKeyring *self, CvgEntry *entry);
