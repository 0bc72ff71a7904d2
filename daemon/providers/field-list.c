/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the lists of a provider file are read. An empty value is the empty list, which is how an
 * override takes everything out of one.
 */
#include "providers/field.h"

#include <string.h>

#include "model/scopes.h"

/** cvg_field_read_kinds: a list of the ways in which one can connect */
gboolean
cvg_field_read_kinds (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  static const char *const known[] = { "oauth2", "api-key", "basic", "connection-string",
                                       "none",   NULL };
  g_auto (GStrv) items = cvg_field_get_items (file, field, error);

  if (items == NULL)
    return FALSE;
  for (char **item = items; *item != NULL; item++)
    if (!g_strv_contains (known, *item))
      return cvg_field_mistake (error, field,
                                "must be of oauth2, api-key, basic, connection-string and none");
  if (g_strv_contains ((const char *const *) items, "none") && g_strv_length (items) > 1)
    return cvg_field_mistake (error, field, "has “none” beside others");

  cvg_field_set_list (provider, field, g_steal_pointer (&items));
  return TRUE;
}

static gboolean
check_scopes (const CvgField *field, const char *const *scopes, GError **error)
{
  const char *bad = NULL;

  if (!cvg_scopes_are_valid (scopes, &bad))
    return cvg_field_mistake (error, field, "“%s” is not a scope", bad);
  for (; *scopes != NULL; scopes++)
    if (strchr (*scopes, ',') != NULL)
      return cvg_field_mistake (error, field, "“%s” is not a scope: “;” stands between scopes here",
                                *scopes);

  return TRUE;
}

/** cvg_field_read_scopes: a list of scopes */
gboolean
cvg_field_read_scopes (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  g_auto (GStrv) items = cvg_field_get_items (file, field, error);

  if (items == NULL || !check_scopes (field, (const char *const *) items, error))
    return FALSE;

  cvg_field_set_list (provider, field, cvg_scopes_union ((const char *const *) items, NULL));
  return TRUE;
}

static gboolean
check_scope (const CvgProvider *provider, const CvgField *field, const char *text, GError **error)
{
  return check_scopes (field, (const char *const[]){ text, NULL }, error);
}

/** cvg_field_read_scope: one scope */
gboolean
cvg_field_read_scope (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  return cvg_field_read_checked (provider, field, file, check_scope, error);
}

static CvgDeadGrant *
parse_dead_grant (const char *item)
{
  g_auto (GStrv) parts = g_strsplit (item, ":", 3);
  guint64 status;

  if (g_strv_length (parts) < 2 || *g_strstrip (parts[1]) == '\0')
    return NULL;
  /* Not 5xx: a server in trouble says nothing of the grant, whatever its page says. */
  if (!g_ascii_string_to_unsigned (g_strstrip (parts[0]), 10, 200, 499, &status, NULL))
    return NULL;
  if (parts[2] != NULL && *g_strstrip (parts[2]) == '\0')
    return NULL;

  return cvg_dead_grant_new ((guint) status, parts[1], parts[2]);
}

/** cvg_field_read_dead_grants: a list of status:error[:description] */
gboolean
cvg_field_read_dead_grants (CvgProvider *provider,
                            const CvgField *field,
                            GKeyFile *file,
                            GError **error)
{
  g_auto (GStrv) items = cvg_field_get_items (file, field, error);

  if (items == NULL)
    return FALSE;

  g_ptr_array_set_size (provider->dead_grants, 0);
  for (char **item = items; *item != NULL; item++)
    {
      CvgDeadGrant *dead_grant = parse_dead_grant (*item);

      if (dead_grant == NULL)
        return cvg_field_mistake (
            error, field,
            "has an item that is not status:error or status:error:description, "
            "with a status from 200 to 499");
      g_ptr_array_add (provider->dead_grants, dead_grant);
    }

  return TRUE;
}

/* Identifiers with dots between them; a path of one is a member of the root. */
static gboolean
is_path (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", -1);

  for (char **part = parts; *part != NULL; part++)
    if (!cvg_field_is_identifier (*part))
      return FALSE;

  return *parts != NULL;
}

/** cvg_field_read_paths: a list of members of an answer, each perhaps within others: a.b */
gboolean
cvg_field_read_paths (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  g_auto (GStrv) items = cvg_field_get_items (file, field, error);

  if (items == NULL)
    return FALSE;
  for (char **item = items; *item != NULL; item++)
    if (!is_path (*item))
      return cvg_field_mistake (error, field, "“%s” is not a name, or names with dots between them",
                                *item);

  cvg_field_set_list (provider, field, g_steal_pointer (&items));
  return TRUE;
}

/** cvg_field_read_identifiers: a list of names */
gboolean
cvg_field_read_identifiers (CvgProvider *provider,
                            const CvgField *field,
                            GKeyFile *file,
                            GError **error)
{
  g_auto (GStrv) items = cvg_field_get_items (file, field, error);

  if (items == NULL)
    return FALSE;
  for (char **item = items; *item != NULL; item++)
    {
      if (!cvg_field_is_identifier (*item))
        return cvg_field_mistake (error, field,
                                  "“%s” is not made of ASCII letters, digits, “_” and “-”", *item);
      if (g_strv_contains ((const char *const *) item + 1, *item))
        return cvg_field_mistake (error, field, "has “%s” twice", *item);
    }

  cvg_field_set_list (provider, field, g_steal_pointer (&items));
  return TRUE;
}

/** cvg_field_read_fields: a list of keys of the auth data that a person gives */
gboolean
cvg_field_read_fields (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  if (!cvg_field_read_identifiers (provider, field, file, error))
    return FALSE;
  for (char **name = G_STRUCT_MEMBER (char **, provider, field->offset); *name != NULL; name++)
    if (!g_str_equal (*name, "access_token") && !cvg_field_check_member (field, *name, error))
      return FALSE;

  return TRUE;
}
