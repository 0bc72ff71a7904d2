/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A command that fails leaves nothing behind that was not there before.
 */
#include "client/new-instance.h"

#include "client/connection.h"
#include "dbus/names.h"

/**
 * cvg_new_instance_create:
 * @wanted: what it is to be
 * @error: return location: those of CreateInstance
 *
 * Returns: (transfer full) (nullable): its UUID
 */
char *
cvg_new_instance_create (const CvgNewInstance *wanted, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;
  char *id = NULL;

  if (wanted->label != NULL)
    g_variant_dict_insert (&options, "label", "s", wanted->label);
  if (wanted->client_id != NULL)
    g_variant_dict_insert (&options, "client-id", "s", wanted->client_id);
  if (g_variant_n_children (wanted->tenant) > 0)
    g_variant_dict_insert_value (&options, "tenant", wanted->tenant);

  reply = cvg_connection_call ("CreateInstance",
                               g_variant_new ("(ss@a{sv})", wanted->user_id, wanted->server_name,
                                              g_variant_dict_end (&options)),
                               "(s)", error);
  if (reply != NULL)
    g_variant_get (reply, "(s)", &id);
  return id;
}

/**
 * cvg_new_instance_discard:
 * @instance_id: UUID of an instance that was made for nothing
 *
 * Removes it. A daemon that went away is not started again for this.
 */
void
cvg_new_instance_discard (const char *instance_id)
{
  g_autofree char *owner = cvg_connection_get_owner (NULL);

  if (owner != NULL)
    {
      g_autoptr (GVariant) reply =
          cvg_connection_call_at (owner, CVG_OBJECT_PATH, "DeleteInstance",
                                  g_variant_new ("(sa{sv})", instance_id, NULL), "(b)", NULL);
    }
}
