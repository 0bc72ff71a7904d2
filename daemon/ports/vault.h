/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vault port: the system keyring, as far as Claviger needs one. A vault holds items; an item
 * is a secret under a kind and an id.
 */
#pragma once

#include <gio/gio.h>

#include "model/secret.h"

#define CVG_TYPE_VAULT (cvg_vault_get_type ())
G_DECLARE_INTERFACE (CvgVault, cvg_vault, CVG, VAULT, GObject)

#define CVG_VAULT_CREDENTIALS "credentials" /* of an instance; the id is the instance's */
#define CVG_VAULT_CLIENT "client"           /* secret of a client; the id is its entry's */
#define CVG_VAULT_REVOCATION "revocation"   /* of a grant that was left; the id is its own */

/* Stands for items of which no more is known than that they are there; id and secret are empty. */
#define CVG_VAULT_ILLEGIBLE "illegible"

typedef enum
{
  CVG_VAULT_UNKNOWN,     /* not asked yet */
  CVG_VAULT_UNLOCKED,    /* can be read and written */
  CVG_VAULT_LOCKED,      /* only the person can open it */
  CVG_VAULT_UNAVAILABLE, /* no Secret Service, or it has no default collection */
} CvgVaultState;

/** CvgVaultItem: one item, as load_all finds it */
typedef struct
{
  char *kind;        /* (owned) */
  char *id;          /* (owned) */
  CvgSecret *secret; /* (owned) (nullable): empty where a crash left an item without a secret; %NULL
                      * once its reader let go of it */
} CvgVaultItem;

/**
 * CvgVaultInterface:
 * @get_state: required: what is known of it now; no I/O. The signal "state-changed" (no arguments)
 *   is emitted when this changes, from the main context
 * @start_async: required: finds out the state for the first time, without a prompt; never fails:
 *   an absent keyring is the state %CVG_VAULT_UNAVAILABLE
 * @unlock_async: required: asks the person to unlock it (or to make a default collection). May take
 *   minutes. Succeeds at once where it is unlocked
 * @load_all_async: required: every item, or an error; in few calls and not one for each; never
 *   prompts. Where some can't be read (they lie in another collection, which is locked, or a crash
 *   or another program left them without a secret of ours), one of kind %CVG_VAULT_ILLEGIBLE says
 * so: what is not among the others is not known to be gone
 * @store_async: required: makes the item, or replaces the secret of the one there is in one
 *   transaction; @label is what a person sees in a keyring program. Durable when it succeeds. Never
 *   prompts: unlock it before
 * @remove_async: required: deletes the item; not an error if there is none. Never prompts
 *
 * Signal "items-changed" (no arguments): another program deleted, changed or made items of ours
 * since they were loaded, or one that was locked away can be read now: time to load anew. Told once
 * for many, about a second later, and only while it is unlocked
 *
 * All that fails does so with %CVG_ERROR_KEYRING_LOCKED (also if the person dismissed the prompt),
 * %CVG_ERROR_KEYRING_UNAVAILABLE, %CVG_ERROR_FAILED, or %G_IO_ERROR_CANCELLED.
 */
struct _CvgVaultInterface
{
  GTypeInterface parent;

  CvgVaultState (*get_state) (CvgVault *self);
  void (*start_async) (CvgVault *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*start_finish) (CvgVault *self, GAsyncResult *result, GError **error);
  void (*unlock_async) (CvgVault *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*unlock_finish) (CvgVault *self, GAsyncResult *result, GError **error);
  void (*load_all_async) (CvgVault *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  GPtrArray *(*load_all_finish) (CvgVault *self, GAsyncResult *result, GError **error);
  void (*store_async) (CvgVault *self,
                       const char *kind,
                       const char *id,
                       const char *label,
                       CvgSecret *secret,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*store_finish) (CvgVault *self, GAsyncResult *result, GError **error);
  void (*remove_async) (CvgVault *self,
                        const char *kind,
                        const char *id,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*remove_finish) (CvgVault *self, GAsyncResult *result, GError **error);
};

CvgVaultState cvg_vault_get_state (CvgVault *self);
GError *cvg_vault_new_state_error (CvgVault *self) G_GNUC_WARN_UNUSED_RESULT;
void cvg_vault_emit_state_changed (CvgVault *self);
void cvg_vault_emit_items_changed (CvgVault *self);

void cvg_vault_start_async (CvgVault *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cvg_vault_start_finish (CvgVault *self, GAsyncResult *result, GError **error);

void cvg_vault_unlock_async (CvgVault *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cvg_vault_unlock_finish (CvgVault *self, GAsyncResult *result, GError **error);

void cvg_vault_load_all_async (CvgVault *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *cvg_vault_load_all_finish (CvgVault *self, GAsyncResult *result, GError **error);

void cvg_vault_store_async (CvgVault *self,
                            const char *kind,
                            const char *id,
                            const char *label,
                            CvgSecret *secret,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cvg_vault_store_finish (CvgVault *self, GAsyncResult *result, GError **error);

void cvg_vault_remove_async (CvgVault *self,
                             const char *kind,
                             const char *id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cvg_vault_remove_finish (CvgVault *self, GAsyncResult *result, GError **error);

CvgVaultItem *cvg_vault_item_new (const char *kind, const char *id, CvgSecret *secret);
void cvg_vault_item_free (CvgVaultItem *item);
