/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ports/vault.h"

#include "dbus/error.h"

static guint state_changed_signal;
static guint items_changed_signal;

G_DEFINE_INTERFACE (CvgVault, cvg_vault, G_TYPE_OBJECT)

static void
cvg_vault_default_init (CvgVaultInterface *iface)
{
  state_changed_signal = g_signal_new ("state-changed", CVG_TYPE_VAULT, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
  items_changed_signal = g_signal_new ("items-changed", CVG_TYPE_VAULT, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
}

CvgVaultState
cvg_vault_get_state (CvgVault *self)
{
  g_return_val_if_fail (CVG_IS_VAULT (self), CVG_VAULT_UNAVAILABLE);

  return CVG_VAULT_GET_IFACE (self)->get_state (self);
}

/** cvg_vault_new_state_error: Returns: (transfer full): why it can't be read or written as it is */
GError *
cvg_vault_new_state_error (CvgVault *self)
{
  if (cvg_vault_get_state (self) == CVG_VAULT_LOCKED)
    return g_error_new_literal (CVG_ERROR, CVG_ERROR_KEYRING_LOCKED,
                                "The keyring is locked; unlock it and try again");

  return g_error_new_literal (CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE,
                              "There is no usable keyring: no Secret Service (gnome-keyring, "
                              "KeePassXC, KWallet) answers, or it has no default collection");
}

/** cvg_vault_emit_state_changed: for implementations, after the state has changed */
void
cvg_vault_emit_state_changed (CvgVault *self)
{
  g_signal_emit (self, state_changed_signal, 0);
}

/** cvg_vault_emit_items_changed: for implementations, when another program changed items of ours */
void
cvg_vault_emit_items_changed (CvgVault *self)
{
  g_signal_emit (self, items_changed_signal, 0);
}

void
cvg_vault_start_async (CvgVault *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (CVG_IS_VAULT (self));

  CVG_VAULT_GET_IFACE (self)->start_async (self, cancellable, callback, user_data);
}

gboolean
cvg_vault_start_finish (CvgVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CVG_IS_VAULT (self), FALSE);

  return CVG_VAULT_GET_IFACE (self)->start_finish (self, result, error);
}

void
cvg_vault_unlock_async (CvgVault *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (CVG_IS_VAULT (self));

  CVG_VAULT_GET_IFACE (self)->unlock_async (self, cancellable, callback, user_data);
}

gboolean
cvg_vault_unlock_finish (CvgVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CVG_IS_VAULT (self), FALSE);

  return CVG_VAULT_GET_IFACE (self)->unlock_finish (self, result, error);
}

void
cvg_vault_load_all_async (CvgVault *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (CVG_IS_VAULT (self));

  CVG_VAULT_GET_IFACE (self)->load_all_async (self, cancellable, callback, user_data);
}

GPtrArray *
cvg_vault_load_all_finish (CvgVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CVG_IS_VAULT (self), NULL);

  return CVG_VAULT_GET_IFACE (self)->load_all_finish (self, result, error);
}

void
cvg_vault_store_async (CvgVault *self,
                       const char *kind,
                       const char *id,
                       const char *label,
                       CvgSecret *secret,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (CVG_IS_VAULT (self));

  CVG_VAULT_GET_IFACE (self)->store_async (self, kind, id, label, secret, cancellable, callback,
                                           user_data);
}

gboolean
cvg_vault_store_finish (CvgVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CVG_IS_VAULT (self), FALSE);

  return CVG_VAULT_GET_IFACE (self)->store_finish (self, result, error);
}

void
cvg_vault_remove_async (CvgVault *self,
                        const char *kind,
                        const char *id,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (CVG_IS_VAULT (self));

  CVG_VAULT_GET_IFACE (self)->remove_async (self, kind, id, cancellable, callback, user_data);
}

gboolean
cvg_vault_remove_finish (CvgVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CVG_IS_VAULT (self), FALSE);

  return CVG_VAULT_GET_IFACE (self)->remove_finish (self, result, error);
}

/**
 * cvg_vault_item_new:
 * @kind: its kind
 * @id: its id
 * @secret: (transfer none): its secret
 */
CvgVaultItem *
cvg_vault_item_new (const char *kind, const char *id, CvgSecret *secret)
{
  CvgVaultItem *item = g_new0 (CvgVaultItem, 1);

  item->kind = g_strdup (kind);
  item->id = g_strdup (id);
  item->secret = cvg_secret_ref (secret);
  return item;
}

void
cvg_vault_item_free (CvgVaultItem *item)
{
  g_free (item->kind);
  g_free (item->id);
  g_clear_pointer (&item->secret, cvg_secret_unref);
  g_free (item);
}
