/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keyring program of the desktop, whichever it is and however often it is replaced.
 */
#pragma once

#include <gio/gio.h>

#define SECRET_API_SUBJECT_TO_CHANGE
#include <libsecret/secret.h>

#include "ports/vault.h"

#define CVG_KEYRING_SERVICE "org.freedesktop.Secret.Service"
#define CVG_KEYRING_COLLECTION "org.freedesktop.Secret.Collection"
#define CVG_KEYRING_ITEM "org.freedesktop.Secret.Item"
#define CVG_KEYRING_PROMPT "org.freedesktop.Secret.Prompt"
#define CVG_KEYRING_PATH "/org/freedesktop/secrets"

#define CVG_TYPE_KEYRING (cvg_keyring_get_type ())
G_DECLARE_FINAL_TYPE (CvgKeyring, cvg_keyring, CVG, KEYRING, GObject)

CvgKeyring *cvg_keyring_new (GDBusConnection *connection) G_GNUC_WARN_UNUSED_RESULT;
void cvg_keyring_stop (CvgKeyring *self);

CvgVaultState cvg_keyring_get_state (CvgKeyring *self);
GDBusConnection *cvg_keyring_get_connection (CvgKeyring *self);
const char *cvg_keyring_get_owner (CvgKeyring *self);
const char *cvg_keyring_get_default (CvgKeyring *self);
gboolean cvg_keyring_lacks_default (CvgKeyring *self);
void cvg_keyring_set_refusal (CvgKeyring *self, GError **error);
void cvg_keyring_set_timeout (CvgKeyring *self, int milliseconds);

void cvg_keyring_probe_async (CvgKeyring *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cvg_keyring_probe_finish (CvgKeyring *self, GAsyncResult *result, GError **error);
gboolean cvg_keyring_probe_unlocked_finish (CvgKeyring *self,
                                            GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

void cvg_keyring_open_async (CvgKeyring *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
SecretService *cvg_keyring_open_finish (CvgKeyring *self, GAsyncResult *result, GError **error);
gboolean cvg_keyring_has_session (CvgKeyring *self, SecretService *session);

void cvg_keyring_call_async (CvgKeyring *self,
                             const char *path,
                             const char *interface_name,
                             const char *method,
                             GVariant *parameters,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GVariant *
cvg_keyring_call_finish (CvgKeyring *self, GAsyncResult *result, const char *type, GError **error);
