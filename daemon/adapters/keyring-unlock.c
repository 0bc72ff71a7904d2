/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening the keyring, by the person: the default collection, and any other one to which somebody
 * has moved items of ours. Where there is no default collection at all, one is offered. This is
 * the only place from which a prompt can come.
 */
#include "adapters/keyring-unlock.h"

#include <string.h>

#include "adapters/keyring-error.h"
#include "adapters/keyring-item.h"
#include "adapters/keyring-prompt.h"
#include "dbus/error.h"

/* GNOME Keyring ties a collection of this name to the login password. */
#define DEFAULT_LABEL "Login"

static void
return_error (GTask *task, GError *error)
{
  cvg_keyring_error_translate (&error);
  g_task_return_error (task, error);
}

static void
on_probed_at_end (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;

  if (!cvg_keyring_probe_unlocked_finish (keyring, result, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_prompt_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;

  if (!cvg_keyring_prompt_finish (keyring, result, &error))
    {
      if (g_error_matches (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED) &&
          cvg_keyring_lacks_default (keyring))
        {
          g_clear_error (&error);
          cvg_keyring_error_set_no_default (&error);
        }
      g_task_return_error (task, error);
      return;
    }
  cvg_keyring_probe_async (keyring, g_task_get_cancellable (task), on_probed_at_end,
                           g_object_ref (task));
}

/* The end of Unlock and of CreateCollection, which both say what they did and what they must ask.
 */
static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  const char *type = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, type, &error);
  g_autoptr (GVariant) prompt = NULL;

  if (reply == NULL)
    {
      return_error (task, error);
      return;
    }

  prompt = g_variant_get_child_value (reply, 1);
  if (strcmp (g_variant_get_string (prompt, NULL), "/") != 0)
    cvg_keyring_prompt_async (keyring, g_variant_get_string (prompt, NULL),
                              g_task_get_cancellable (task), on_prompt_answered,
                              g_object_ref (task));
  else
    cvg_keyring_probe_async (keyring, g_task_get_cancellable (task), on_probed_at_end,
                             g_object_ref (task));
}

static void
create_default (CvgKeyring *keyring, GTask *task)
{
  g_auto (GVariantBuilder) properties = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&properties, "{sv}", CVG_KEYRING_COLLECTION ".Label",
                         g_variant_new_string (DEFAULT_LABEL));
  g_task_set_task_data (task, (gpointer) "(oo)", NULL);
  cvg_keyring_call_async (keyring, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "CreateCollection",
                          g_variant_new ("(a{sv}s)", &properties, "default"),
                          g_task_get_cancellable (task), on_asked, g_object_ref (task));
}

/* The collections to be unlocked: the default one if it is locked, and those of @items. */
static GPtrArray *
list_collections (CvgKeyring *keyring, const char *const *items)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  if (cvg_keyring_get_state (keyring) == CVG_VAULT_LOCKED)
    g_ptr_array_add (paths, g_strdup (cvg_keyring_get_default (keyring)));
  for (; items != NULL && *items != NULL; items++)
    {
      g_autofree char *collection = g_path_get_dirname (*items);

      if (!g_ptr_array_find_with_equal_func (paths, collection, g_str_equal, NULL))
        g_ptr_array_add (paths, g_steal_pointer (&collection));
    }
  return g_steal_pointer (&paths);
}

static void
on_locked_items_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "(aoao)", &error);
  g_autofree const char **items = NULL;
  g_autoptr (GPtrArray) paths = NULL;

  /* Without an answer the default collection is still worth unlocking. */
  if (reply != NULL)
    g_variant_get (reply, "(@ao^a&o)", NULL, &items);
  paths = list_collections (keyring, items);
  if (paths->len == 0)
    {
      /* Nothing is locked; or it died over the question. */
      cvg_keyring_probe_async (keyring, g_task_get_cancellable (task), on_probed_at_end,
                               g_object_ref (task));
      return;
    }

  GVariant *objects = g_variant_new_objv ((const char *const *) paths->pdata, (gssize) paths->len);

  g_task_set_task_data (task, (gpointer) "(aoo)", NULL);
  cvg_keyring_call_async (keyring, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "Unlock",
                          g_variant_new_tuple (&objects, 1), g_task_get_cancellable (task),
                          on_asked, g_object_ref (task));
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;

  if (!cvg_keyring_probe_finish (keyring, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (cvg_keyring_lacks_default (keyring))
    {
      create_default (keyring, task);
      return;
    }
  if (cvg_keyring_get_state (keyring) == CVG_VAULT_UNAVAILABLE)
    {
      cvg_keyring_set_refusal (keyring, &error);
      g_task_return_error (task, error);
      return;
    }
  cvg_keyring_call_async (keyring, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "SearchItems",
                          cvg_keyring_item_match (NULL, NULL), g_task_get_cancellable (task),
                          on_locked_items_found, g_object_ref (task));
}

/**
 * cvg_keyring_unlock_async:
 *
 * Unlocks what holds, or will hold, items of ours; asks the person if need be.
 */
void
cvg_keyring_unlock_async (CvgKeyring *keyring,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);

  g_task_set_source_tag (task, cvg_keyring_unlock_async);
  cvg_keyring_probe_async (keyring, cancellable, on_probed, g_object_ref (task));
}

/**
 * cvg_keyring_unlock_finish:
 *
 * Returns: %TRUE if the default collection is unlocked. Fails with %CVG_ERROR_KEYRING_LOCKED,
 *   %CVG_ERROR_KEYRING_UNAVAILABLE, %CVG_ERROR_FAILED or %G_IO_ERROR_CANCELLED
 */
gboolean
cvg_keyring_unlock_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_unlock_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
