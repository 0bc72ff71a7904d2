/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the secrets of many items, a slice at a time: one call for all of them would be one
 * message of many megabytes, which the keyring program, the bus and we would have in memory at
 * once, each more than one time. The next slice is asked for when the last one has been decrypted
 * and let go.
 */
#include "adapters/keyring-read.h"

#include "adapters/keyring-error.h"

/* A call costs a fraction of a millisecond, and what its reply takes GDBus's buffer for reading
 * keeps for as long as the connection lives: items of ours of 4 kB make 200 kB. */
#define SLICE 50

typedef struct
{
  SecretService *session; /* (owned) */
  GPtrArray *paths;       /* (owned) (element-type utf8) */
  guint next;             /* of @paths */
  CvgKeyringReader reader;
  gpointer reader_data; /* (borrowed): the caller's until the end */
} ReadCall;

static void
read_call_free (ReadCall *call)
{
  g_clear_object (&call->session);
  g_clear_pointer (&call->paths, g_ptr_array_unref);
  g_free (call);
}

static void read_slice (CvgKeyring *keyring, GTask *task);

static void
decode (const ReadCall *call, GVariant *secrets)
{
  for (gsize i = 0; i < g_variant_n_children (secrets); i++)
    {
      g_autoptr (GVariant) encoded = NULL;
      const char *path = NULL;
      SecretValue *value = NULL;

      g_variant_get_child (secrets, i, "{&o@(oayays)}", &path, &encoded);
      value = secret_service_decode_dbus_secret (call->session, encoded);
      call->reader (path, value, call->reader_data);
      g_clear_pointer (&value, secret_value_unref);
    }
}

static void
on_secrets (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;
  GVariant *reply = cvg_keyring_call_finish (keyring, result, "(a{o(oayays)})", &error);
  GVariant *secrets = NULL;

  if (reply == NULL)
    {
      cvg_keyring_error_translate (&error);
      g_task_return_error (task, error);
      return;
    }

  secrets = g_variant_get_child_value (reply, 0);
  g_variant_unref (reply);
  decode (g_task_get_task_data (task), secrets);
  g_variant_unref (secrets);
  read_slice (keyring, task);
}

static void
read_slice (CvgKeyring *keyring, GTask *task)
{
  ReadCall *call = g_task_get_task_data (task);
  guint count = MIN (SLICE, call->paths->len - call->next);
  const char *const *paths = (const char *const *) call->paths->pdata + call->next;
  GError *error = NULL;

  if (count == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (!cvg_keyring_has_session (keyring, call->session))
    {
      cvg_keyring_error_set_replaced (&error);
      g_task_return_error (task, error);
      return;
    }

  call->next += count;
  cvg_keyring_call_async (keyring, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "GetSecrets",
                          g_variant_new ("(@aoo)", g_variant_new_objv (paths, (gssize) count),
                                         secret_service_get_session_dbus_path (call->session)),
                          g_task_get_cancellable (task), on_secrets, g_object_ref (task));
}

/**
 * cvg_keyring_read_async:
 * @session: (transfer none): with the present owner
 * @paths: (transfer none) (element-type utf8): of unlocked items; not to be changed until the end
 * @reader: called for each secret, in no certain order; not for items that are gone or locked by
 * now
 * @reader_data: (transfer none): lives until the end
 */
void
cvg_keyring_read_async (CvgKeyring *keyring,
                        SecretService *session,
                        GPtrArray *paths,
                        CvgKeyringReader reader,
                        gpointer reader_data,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);
  ReadCall *call = g_new0 (ReadCall, 1);

  call->session = g_object_ref (session);
  call->paths = g_ptr_array_ref (paths);
  call->reader = reader;
  call->reader_data = reader_data;
  g_task_set_source_tag (task, cvg_keyring_read_async);
  g_task_set_task_data (task, call, (GDestroyNotify) read_call_free);
  read_slice (keyring, task);
}

/** cvg_keyring_read_finish: Returns: whether all were read; errors are translated */
gboolean
cvg_keyring_read_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_read_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
