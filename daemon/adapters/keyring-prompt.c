/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A prompt takes as long as the person does: it has no deadline, but it ends when the person
 * answers, when the caller cancels, and when the keyring program goes away. Whichever comes first
 * is the answer; the rest is not listened to any more.
 */
#include "adapters/keyring-prompt.h"

#include "adapters/keyring-error.h"
#include "dbus/error.h"

/* One prompt; held by its task, which the subscription keeps. */
typedef struct
{
  GDBusConnection *connection; /* (owned) */
  char *path;                  /* (owned) */
  guint subscription;          /* to Completed; its data is a reference on the task */
  gulong owner_handler;        /* on the keyring */
  GSource *cancel;             /* (owned) (nullable) */
} Prompt;

static void
prompt_free (Prompt *prompt)
{
  g_assert (prompt->subscription == 0);
  g_clear_object (&prompt->connection);
  g_clear_pointer (&prompt->cancel, g_source_unref);
  g_free (prompt->path);
  g_free (prompt);
}

/* Returns: whether this was the first end, so that the task is to be returned now. */
static gboolean
end (GTask *task)
{
  Prompt *prompt = g_task_get_task_data (task);

  if (prompt->subscription == 0)
    return FALSE;

  g_dbus_connection_signal_unsubscribe (prompt->connection, prompt->subscription);
  prompt->subscription = 0;
  g_clear_signal_handler (&prompt->owner_handler, g_task_get_source_object (task));
  if (prompt->cancel != NULL)
    g_source_destroy (prompt->cancel);
  return TRUE;
}

static void
on_completed (GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface_name,
              const char *signal_name,
              GVariant *parameters,
              gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));
  gboolean dismissed = TRUE;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(bv)")))
    g_variant_get (parameters, "(bv)", &dismissed, NULL);
  if (!end (task))
    return;

  if (dismissed)
    g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED,
                             "The keyring was not unlocked: its prompt was dismissed, or could not "
                             "be shown");
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_owner_changed (CvgKeyring *keyring, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));
  GError *error = NULL;

  if (!end (task))
    return;

  cvg_keyring_error_set_replaced (&error);
  g_task_return_error (task, error);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));

  /* What is on the screen stays there for the person to answer: GNOME Keyring (42.1 does, and later
   * ones are reported to) ends with a failed assertion when a prompt that it shows is dismissed. */
  if (end (task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
on_prompted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    return; /* shown: Completed will follow, if it has not come already */

  if (!end (task))
    {
      g_error_free (error);
      return;
    }
  cvg_keyring_error_translate (&error);
  g_task_return_error (task, error);
}

/**
 * cvg_keyring_prompt_async:
 * @path: the prompt, as a method of the keyring returned it; not "/"
 *
 * Shows the prompt, and waits for the person.
 */
void
cvg_keyring_prompt_async (CvgKeyring *keyring,
                          const char *path,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);
  Prompt *prompt = g_new0 (Prompt, 1);
  const char *owner = cvg_keyring_get_owner (keyring);

  g_task_set_source_tag (task, cvg_keyring_prompt_async);
  g_task_set_task_data (task, prompt, (GDestroyNotify) prompt_free);
  if (owner == NULL)
    {
      GError *error = NULL;

      cvg_keyring_error_set_absent (&error);
      g_task_return_error (task, error);
      return;
    }

  prompt->connection = g_object_ref (cvg_keyring_get_connection (keyring));
  prompt->path = g_strdup (path);
  prompt->subscription = g_dbus_connection_signal_subscribe (
      prompt->connection, owner, CVG_KEYRING_PROMPT, "Completed", path, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_completed, g_object_ref (task), g_object_unref);
  prompt->owner_handler =
      g_signal_connect (keyring, "owner-changed", G_CALLBACK (on_owner_changed), task);
  if (cancellable != NULL)
    {
      prompt->cancel = g_cancellable_source_new (cancellable);
      g_task_attach_source (task, prompt->cancel, G_SOURCE_FUNC (on_cancelled));
    }
  /* No parent window: the daemon has none. */
  g_dbus_connection_call (prompt->connection, owner, path, CVG_KEYRING_PROMPT, "Prompt",
                          g_variant_new ("(s)", ""), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          G_MAXINT, NULL, on_prompted, g_object_ref (task));
}

/**
 * cvg_keyring_prompt_finish:
 *
 * Returns: %TRUE if the person agreed. Fails with %CVG_ERROR_KEYRING_LOCKED if they did not, and
 *   as translated errors otherwise
 */
gboolean
cvg_keyring_prompt_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_prompt_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/** cvg_keyring_prompt_dismiss: withdraws a prompt that was never shown, without waiting */
void
cvg_keyring_prompt_dismiss (CvgKeyring *keyring, const char *path)
{
  cvg_keyring_call_async (keyring, path, CVG_KEYRING_PROMPT, "Dismiss", NULL, NULL, NULL, NULL);
}
