/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * INSTANCE is a UUID, a label, a server name, or the beginning of a UUID, tried in this order: the
 * first kind that matches anything decides, and if it matches more than one instance that is an
 * error which lists them. A whole UUID is taken as it is, without asking for the list.
 */
#include "client/instance.h"

#include "client/connection.h"
#include "client/output.h"
#include "client/server.h"
#include "client/vardict.h"
#include "dbus/error.h"

#define UUID_LENGTH 36
#define MIN_PREFIX_LENGTH 8

typedef gboolean (*Matcher) (GVariant *instance, const char *text);

static gboolean
match_id (GVariant *instance, const char *text)
{
  return g_ascii_strcasecmp (cvg_vardict_get_string (instance, "instance-id"), text) == 0;
}

static gboolean
match_label (GVariant *instance, const char *text)
{
  const char *label = cvg_vardict_get_string (instance, "label");

  return *label != '\0' && g_str_equal (label, text);
}

static gboolean
match_server (GVariant *instance, const char *text)
{
  return cvg_server_same_name (cvg_vardict_get_string (instance, "server-name"), text);
}

static gboolean
match_prefix (GVariant *instance, const char *text)
{
  size_t length = strlen (text);

  return length >= MIN_PREFIX_LENGTH &&
         g_ascii_strncasecmp (cvg_vardict_get_string (instance, "instance-id"), text, length) == 0;
}

/**
 * cvg_instance_describe:
 * @instance: an instance of ListInstances
 *
 * Returns: (transfer full): one line that tells it from others; what is no text of one line in a
 *   label is replaced
 */
char *
cvg_instance_describe (GVariant *instance)
{
  const char *label = cvg_vardict_get_string (instance, "label");
  const char *account = cvg_vardict_get_string (instance, "account");
  GString *line = g_string_new (cvg_vardict_get_string (instance, "instance-id"));

  g_string_append_printf (
      line, "  %s, user %s, %s", cvg_vardict_get_string (instance, "server-name"),
      cvg_vardict_get_string (instance, "user-id"), cvg_vardict_get_string (instance, "status"));
  if (*label != '\0')
    g_string_append_printf (line, ", label %s", label);
  if (*account != '\0')
    g_string_append_printf (line, ", %s", account);

  g_autofree char *text = g_string_free (line, FALSE);

  return cvg_output_make_printable (text);
}

static GVariant *
only_one (GPtrArray *matches, const char *text, GError **error)
{
  g_autoptr (GString) candidates = NULL;

  if (matches->len == 1)
    return g_variant_ref (g_ptr_array_index (matches, 0));

  candidates = g_string_new (NULL);
  for (unsigned int i = 0; i < matches->len; i++)
    {
      g_autofree char *line = cvg_instance_describe (g_ptr_array_index (matches, i));

      g_string_append_printf (candidates, "\n  %s", line);
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "“%s” can mean each of these instances; say which one:%s", text, candidates->str);
  return NULL;
}

/**
 * cvg_instance_find:
 * @instances: instances as ListInstances gives them, aa{sv}
 * @text: UUID, label, server name, or beginning of a UUID
 * @error: return location: wrong usage when it is ambiguous, NotFound
 *
 * A pure function: the server's slug is understood only where it is the name with other letters.
 *
 * Returns: (transfer full) (nullable): the instance meant
 */
GVariant *
cvg_instance_find (GVariant *instances, const char *text, GError **error)
{
  static const Matcher matchers[] = { match_id, match_label, match_server, match_prefix };

  for (size_t i = 0; i < G_N_ELEMENTS (matchers); i++)
    {
      g_autoptr (GPtrArray) matches =
          g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
      GVariantIter iter = { 0 };
      GVariant *instance = NULL;

      g_variant_iter_init (&iter, instances);
      while ((instance = g_variant_iter_next_value (&iter)) != NULL)
        {
          if (matchers[i](instance, text))
            g_ptr_array_add (matches, instance);
          else
            g_variant_unref (instance);
        }

      if (matches->len > 0)
        return only_one (matches, text, error);
    }

  g_set_error (error, CVG_ERROR, CVG_ERROR_NOT_FOUND, "There is no instance “%s”", text);
  return NULL;
}

/**
 * cvg_instance_find_reusable:
 * @instances: the instances of one user and server, aa{sv}
 * @label: (nullable): the label asked for
 *
 * Who signs in twice means the same instance: the only one of that label, or the only one of them
 * that is not signed in.
 *
 * Returns: (transfer full) (nullable): the instance to sign in again
 */
GVariant *
cvg_instance_find_reusable (GVariant *instances, const char *label)
{
  g_autoptr (GVariant) same = NULL;
  g_autoptr (GVariant) idle = NULL;
  unsigned int same_count = 0;
  unsigned int idle_count = 0;

  for (size_t i = 0; i < g_variant_n_children (instances); i++)
    {
      g_autoptr (GVariant) instance = g_variant_get_child_value (instances, i);
      const char *status = cvg_vardict_get_string (instance, "status");

      if (g_strcmp0 (cvg_vardict_get_string (instance, "label"), label != NULL ? label : "") != 0)
        continue;

      if (++same_count == 1)
        same = g_variant_ref (instance);
      if ((g_str_equal (status, "signed-out") || g_str_equal (status, "needs-sign-in")) &&
          ++idle_count == 1)
        idle = g_variant_ref (instance);
    }

  if (same_count == 1)
    return g_steal_pointer (&same);
  return idle_count == 1 ? g_steal_pointer (&idle) : NULL;
}

/**
 * cvg_instance_is_id:
 * @text: what the person typed
 *
 * Returns: whether it is a whole UUID
 */
gboolean
cvg_instance_is_id (const char *text)
{
  return strlen (text) == UUID_LENGTH && g_uuid_string_is_valid (text);
}

/* The catalogue knows slugs that can't be told from the name, as "gcalendar"; it is asked only when
 * nothing else fits. */
static GVariant *
find_by_slug (GVariant *instances, const char *text, GError **error)
{
  g_autoptr (GError) not_found = NULL;
  g_autoptr (GVariant) instance = cvg_instance_find (instances, text, &not_found);
  g_autoptr (GVariant) servers = NULL;
  g_autoptr (GVariant) server = NULL;

  if (instance != NULL)
    return g_steal_pointer (&instance);

  if (g_error_matches (not_found, CVG_ERROR, CVG_ERROR_NOT_FOUND) &&
      (servers = cvg_connection_list_servers (NULL)) != NULL &&
      (server = cvg_server_find (servers, text, NULL)) != NULL)
    return cvg_instance_find (instances, cvg_vardict_get_string (server, "name"), error);

  g_propagate_error (error, g_steal_pointer (&not_found));
  return NULL;
}

/**
 * cvg_instance_resolve:
 * @cli: the command's context, which remembers the instance
 * @text: INSTANCE of the command line
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the instance as ListInstances gives it
 */
GVariant *
cvg_instance_resolve (CvgCli *cli, const char *text, GError **error)
{
  g_autoptr (GVariant) instances = cvg_connection_list_instances (NULL, NULL, error);
  g_autoptr (GVariant) instance = NULL;

  if (instances == NULL)
    return NULL;

  instance = find_by_slug (instances, text, error);
  if (instance != NULL)
    {
      cvg_cli_set_instance (cli, cvg_vardict_get_string (instance, "instance-id"));
      cvg_cli_set_server (cli, cvg_vardict_get_string (instance, "server-name"));
    }
  return g_steal_pointer (&instance);
}

/**
 * cvg_instance_resolve_id:
 * @cli: the command's context, which remembers the instance
 * @text: INSTANCE of the command line
 * @error: return location
 *
 * Whether a whole UUID names an instance is left to the call that it is wanted for.
 *
 * Returns: (transfer full) (nullable): UUID of the instance meant
 */
char *
cvg_instance_resolve_id (CvgCli *cli, const char *text, GError **error)
{
  g_autoptr (GVariant) instance = NULL;

  if (cvg_instance_is_id (text))
    {
      g_autofree char *id = g_ascii_strdown (text, -1);

      cvg_cli_set_instance (cli, id);
      return g_steal_pointer (&id);
    }

  instance = cvg_instance_resolve (cli, text, error);
  return instance != NULL ? g_strdup (cvg_vardict_get_string (instance, "instance-id")) : NULL;
}

static gboolean
is_unique_prefix (GVariant *instances, const char *instance_id, size_t length)
{
  unsigned int matches = 0;

  for (size_t i = 0; i < g_variant_n_children (instances); i++)
    {
      g_autoptr (GVariant) instance = g_variant_get_child_value (instances, i);

      if (strncmp (cvg_vardict_get_string (instance, "instance-id"), instance_id, length) == 0)
        matches++;
    }
  return matches <= 1;
}

/**
 * cvg_instance_abbreviate:
 * @instances: instances as ListInstances gives them, aa{sv}
 * @instance_id: the UUID of one of them
 *
 * Returns: (transfer full): the shortest beginning of it that names no other of @instances
 */
char *
cvg_instance_abbreviate (GVariant *instances, const char *instance_id)
{
  size_t length = MIN_PREFIX_LENGTH;

  while (length < strlen (instance_id) && !is_unique_prefix (instances, instance_id, length))
    length++;

  return g_strndup (instance_id, length);
}
