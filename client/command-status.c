/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger status: is all well? Finding a problem is no failure of the command; reaching no daemon
 * is.
 */
#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/instance.h"
#include "client/output.h"
#include "client/table.h"
#include "client/vardict.h"
#include "dbus/names.h"

/* In the order in which they are shown. */
static const char *const statuses[] = { "active", "unreachable", "keyring-locked", "needs-sign-in",
                                        "signed-out" };

/* One that works and has an error is one, too: its client is refused, or the keyring takes nothing.
 */
static gboolean
is_problem (GVariant *instance)
{
  const char *status = cvg_vardict_get_string (instance, "status");

  if (g_str_equal (status, "active"))
    return *cvg_vardict_get_string (instance, "last-error") != '\0';

  return !g_str_equal (status, "signed-out");
}

static guint32
count (GVariant *instances, const char *status)
{
  guint32 matches = 0;

  for (size_t i = 0; i < g_variant_n_children (instances); i++)
    {
      g_autoptr (GVariant) instance = g_variant_get_child_value (instances, i);

      if (g_str_equal (cvg_vardict_get_string (instance, "status"), status))
        matches++;
    }
  return matches;
}

static void
print_json (GVariant *properties, GVariant *instances)
{
  g_auto (GVariantBuilder) answer = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_auto (GVariantBuilder) counts = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_auto (GVariantBuilder) problems = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  const char *version = cvg_vardict_get_string (properties, "DaemonVersion");
  const char *keyring = cvg_vardict_get_string (properties, "KeyringState");

  for (size_t i = 0; i < G_N_ELEMENTS (statuses); i++)
    g_variant_builder_add (&counts, "{sv}", statuses[i],
                           g_variant_new_uint32 (count (instances, statuses[i])));

  for (size_t i = 0; i < g_variant_n_children (instances); i++)
    {
      g_autoptr (GVariant) instance = g_variant_get_child_value (instances, i);

      if (is_problem (instance))
        g_variant_builder_add_value (&problems, instance);
    }

  g_variant_builder_add (&answer, "{sv}", "daemon-version", g_variant_new_string (version));
  g_variant_builder_add (&answer, "{sv}", "keyring-state", g_variant_new_string (keyring));
  g_variant_builder_add (&answer, "{sv}", "instances", g_variant_builder_end (&counts));
  g_variant_builder_add (&answer, "{sv}", "problems", g_variant_builder_end (&problems));
  cvg_output_print_json (g_variant_builder_end (&answer));
}

static void
print_problems (GVariant *instances)
{
  static const char *const headings[] = { "INSTANCE", "SERVER", "STATUS", "PROBLEM" };
  g_autoptr (CvgTable) table = cvg_table_new (headings, G_N_ELEMENTS (headings));

  for (size_t i = 0; i < g_variant_n_children (instances); i++)
    {
      g_autoptr (GVariant) instance = g_variant_get_child_value (instances, i);
      const char *id = cvg_vardict_get_string (instance, "instance-id");
      g_autofree char *short_id = cvg_instance_abbreviate (instances, id);

      if (is_problem (instance))
        cvg_table_add_row (table, (const char *[]){
                                      short_id,
                                      cvg_vardict_get_string (instance, "server-name"),
                                      cvg_vardict_get_string (instance, "status"),
                                      cvg_vardict_get_string (instance, "last-error"),
                                  });
    }
  cvg_table_print (table);
}

static gboolean
run_status (CvgCli *cli, char **arguments, GError **error)
{
  /* The list first: a daemon that this call starts answers it when it has found the keyring. */
  g_autoptr (GVariant) instances = cvg_connection_list_instances (NULL, NULL, error);
  g_autoptr (GVariant) properties = NULL;
  g_auto (GVariantBuilder) pairs = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GString) counts = g_string_new (NULL);
  g_autoptr (GVariant) summary = NULL;

  if (instances != NULL)
    properties = cvg_connection_get_properties (NULL, CVG_OBJECT_PATH, error);
  if (properties == NULL)
    return FALSE;

  if (cli->json)
    {
      print_json (properties, instances);
      return TRUE;
    }

  for (size_t i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (count (instances, statuses[i]) > 0)
      g_string_append_printf (counts, "%s%u %s", counts->len > 0 ? ", " : "",
                              count (instances, statuses[i]), statuses[i]);

  g_variant_builder_add (
      &pairs, "{sv}", "daemon",
      g_variant_new_string (cvg_vardict_get_string (properties, "DaemonVersion")));
  g_variant_builder_add (
      &pairs, "{sv}", "keyring",
      g_variant_new_string (cvg_vardict_get_string (properties, "KeyringState")));
  g_variant_builder_add (&pairs, "{sv}", "instances",
                         g_variant_new_string (counts->len > 0 ? counts->str : "none"));
  summary = g_variant_ref_sink (g_variant_builder_end (&pairs));
  cvg_output_print_pairs (summary);
  print_problems (instances);
  return TRUE;
}

const CvgCommand cvg_command_status = {
  .name = "status",
  .arguments = "",
  .summary = "Show how the daemon, the keyring and the instances are",
  .description = "Shows what needs attention. The exit status is 0 also when something does.\n\n"
                 "Example:\n"
                 "  claviger status",
  .max_arguments = 0,
  .run = run_status,
};
