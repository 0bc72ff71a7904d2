/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vault in the Secret Service: the port's face. What an operation does lies in the file of
 * that operation (keyring-load.c, keyring-store.c, …), and what is known of the keyring program
 * in keyring.c; here each gets its task, so that callers see one object.
 */
#include "adapters/vault-secret.h"

#include "adapters/keyring-load.h"
#include "adapters/keyring-remove.h"
#include "adapters/keyring-store.h"
#include "adapters/keyring-unlock.h"
#include "adapters/keyring-watch.h"
#include "adapters/keyring.h"

struct _CvgVaultSecret
{
  GObject parent_instance;

  CvgKeyring *keyring;    /* (owned) */
  CvgKeyringWatch *watch; /* (owned) */
};

static void cvg_vault_secret_iface_init (CvgVaultInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgVaultSecret,
                               cvg_vault_secret,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_VAULT, cvg_vault_secret_iface_init))

/* Returns: (transfer full): a task, of which the callback of the keyring's operation takes hold */
static GTask *
task_new (CvgVault *vault,
          gpointer tag,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (vault, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

static void
return_boolean (GTask *task, gboolean done, GError *error)
{
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
finish_boolean (CvgVault *vault, gpointer tag, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, vault), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, tag), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static CvgVaultState
cvg_vault_secret_get_state (CvgVault *vault)
{
  return cvg_keyring_get_state (CVG_VAULT_SECRET (vault)->keyring);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = cvg_keyring_probe_finish (CVG_KEYRING (source), result, &error);

  return_boolean (task, done, error);
}

static void
cvg_vault_secret_start_async (CvgVault *vault,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  cvg_keyring_probe_async (
      CVG_VAULT_SECRET (vault)->keyring, cancellable, on_started,
      task_new (vault, cvg_vault_secret_start_async, cancellable, callback, user_data));
}

static gboolean
cvg_vault_secret_start_finish (CvgVault *vault, GAsyncResult *result, GError **error)
{
  return finish_boolean (vault, cvg_vault_secret_start_async, result, error);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = cvg_keyring_unlock_finish (CVG_KEYRING (source), result, &error);

  return_boolean (task, done, error);
}

static void
cvg_vault_secret_unlock_async (CvgVault *vault,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  cvg_keyring_unlock_async (
      CVG_VAULT_SECRET (vault)->keyring, cancellable, on_unlocked,
      task_new (vault, cvg_vault_secret_unlock_async, cancellable, callback, user_data));
}

static gboolean
cvg_vault_secret_unlock_finish (CvgVault *vault, GAsyncResult *result, GError **error)
{
  return finish_boolean (vault, cvg_vault_secret_unlock_async, result, error);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *items = cvg_keyring_load_finish (CVG_KEYRING (source), result, &error);

  if (items != NULL)
    g_task_return_pointer (task, items, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
cvg_vault_secret_load_all_async (CvgVault *vault,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  cvg_keyring_load_async (
      CVG_VAULT_SECRET (vault)->keyring, CVG_VAULT_SECRET (vault)->watch, cancellable, on_loaded,
      task_new (vault, cvg_vault_secret_load_all_async, cancellable, callback, user_data));
}

static GPtrArray *
cvg_vault_secret_load_all_finish (CvgVault *vault, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, vault), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_vault_secret_load_all_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = cvg_keyring_store_finish (CVG_KEYRING (source), result, &error);

  /* Stored is stored, also where the caller cancels too late. */
  g_task_set_check_cancellable (task, FALSE);
  return_boolean (task, done, error);
}

static void
cvg_vault_secret_store_async (CvgVault *vault,
                              const char *kind,
                              const char *id,
                              const char *label,
                              CvgSecret *secret,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  const CvgVaultItem item = { (char *) kind, (char *) id, secret };

  cvg_keyring_store_async (
      CVG_VAULT_SECRET (vault)->keyring, CVG_VAULT_SECRET (vault)->watch, &item, label, cancellable,
      on_stored, task_new (vault, cvg_vault_secret_store_async, cancellable, callback, user_data));
}

static gboolean
cvg_vault_secret_store_finish (CvgVault *vault, GAsyncResult *result, GError **error)
{
  return finish_boolean (vault, cvg_vault_secret_store_async, result, error);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gboolean done = cvg_keyring_remove_finish (CVG_KEYRING (source), result, &error);

  return_boolean (task, done, error);
}

static void
cvg_vault_secret_remove_async (CvgVault *vault,
                               const char *kind,
                               const char *id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  cvg_keyring_remove_async (
      CVG_VAULT_SECRET (vault)->keyring, CVG_VAULT_SECRET (vault)->watch, kind, id, cancellable,
      on_removed,
      task_new (vault, cvg_vault_secret_remove_async, cancellable, callback, user_data));
}

static gboolean
cvg_vault_secret_remove_finish (CvgVault *vault, GAsyncResult *result, GError **error)
{
  return finish_boolean (vault, cvg_vault_secret_remove_async, result, error);
}

/** cvg_vault_secret_set_timeout: @milliseconds that a keyring may take to answer; for tests */
void
cvg_vault_secret_set_timeout (CvgVaultSecret *self, int milliseconds)
{
  g_return_if_fail (CVG_IS_VAULT_SECRET (self));

  cvg_keyring_set_timeout (self->keyring, milliseconds);
}

/** cvg_vault_secret_set_quiet: @milliseconds after which changes by others are told; for tests */
void
cvg_vault_secret_set_quiet (CvgVaultSecret *self, guint milliseconds)
{
  g_return_if_fail (CVG_IS_VAULT_SECRET (self));

  cvg_keyring_watch_set_quiet (self->watch, milliseconds);
}

/** cvg_vault_secret_stop: tells of no more changes, so that nothing of it lives on */
void
cvg_vault_secret_stop (CvgVaultSecret *self)
{
  g_return_if_fail (CVG_IS_VAULT_SECRET (self));

  cvg_keyring_watch_stop (self->watch);
  cvg_keyring_stop (self->keyring);
}

static void
cvg_vault_secret_finalize (GObject *object)
{
  CvgVaultSecret *self = CVG_VAULT_SECRET (object);

  g_signal_handlers_disconnect_by_data (self->keyring, self);
  g_signal_handlers_disconnect_by_data (self->watch, self);
  cvg_keyring_watch_stop (self->watch);
  cvg_keyring_stop (self->keyring);
  g_clear_object (&self->watch);
  g_clear_object (&self->keyring);

  G_OBJECT_CLASS (cvg_vault_secret_parent_class)->finalize (object);
}

static void
cvg_vault_secret_class_init (CvgVaultSecretClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_vault_secret_finalize;
}

static void
cvg_vault_secret_init (CvgVaultSecret *self)
{
}

static void
cvg_vault_secret_iface_init (CvgVaultInterface *iface)
{
  iface->get_state = cvg_vault_secret_get_state;
  iface->start_async = cvg_vault_secret_start_async;
  iface->start_finish = cvg_vault_secret_start_finish;
  iface->unlock_async = cvg_vault_secret_unlock_async;
  iface->unlock_finish = cvg_vault_secret_unlock_finish;
  iface->load_all_async = cvg_vault_secret_load_all_async;
  iface->load_all_finish = cvg_vault_secret_load_all_finish;
  iface->store_async = cvg_vault_secret_store_async;
  iface->store_finish = cvg_vault_secret_store_finish;
  iface->remove_async = cvg_vault_secret_remove_async;
  iface->remove_finish = cvg_vault_secret_remove_finish;
}

/**
 * cvg_vault_secret_new:
 * @connection: (nullable): the session bus as g_bus_get() shares it, since libsecret uses that;
 *   %NULL: got when the vault is started
 *
 * Returns: (transfer full): the vault of the desktop
 */
CvgVault *
cvg_vault_secret_new (GDBusConnection *connection)
{
  CvgVaultSecret *self = g_object_new (CVG_TYPE_VAULT_SECRET, NULL);

  self->keyring = cvg_keyring_new (connection);
  /* Before us, who will have everything read when it opens. */
  self->watch = cvg_keyring_watch_new (self->keyring);
  g_signal_connect_swapped (self->watch, "changed", G_CALLBACK (cvg_vault_emit_items_changed),
                            self);
  g_signal_connect_swapped (self->keyring, "state-changed",
                            G_CALLBACK (cvg_vault_emit_state_changed), self);
  return CVG_VAULT (self);
}
