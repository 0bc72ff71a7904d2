/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of scopes. Callers separate them by commas or spaces, providers by one of the two; inside
 * Claviger they are string arrays without duplicates, in the order in which they were asked for.
 */
#include "model/scopes.h"

#include <string.h>

static void
add_new (GPtrArray *scopes, const char *scope)
{
  if (*scope != '\0' && !g_ptr_array_find_with_equal_func (scopes, scope, g_str_equal, NULL))
    g_ptr_array_add (scopes, g_strdup (scope));
}

static char **
finish (GPtrArray *scopes)
{
  g_ptr_array_add (scopes, NULL);
  return (char **) g_ptr_array_free (scopes, FALSE);
}

/**
 * cvg_scopes_parse:
 * @text: (nullable): scopes, separated by commas or white space
 *
 * Returns: (transfer full) (array zero-terminated=1): the scopes, each once; may be empty
 */
char **
cvg_scopes_parse (const char *text)
{
  GPtrArray *scopes = g_ptr_array_new ();

  if (text != NULL)
    {
      g_auto (GStrv) words = g_strsplit_set (text, ", \t\r\n", -1);

      for (char **word = words; *word != NULL; word++)
        add_new (scopes, *word);
    }

  return finish (scopes);
}

/**
 * cvg_scopes_union:
 * @first: (nullable): scopes
 * @second: (nullable): more scopes
 *
 * Returns: (transfer full) (array zero-terminated=1): those of @first, then the new ones of @second
 */
char **
cvg_scopes_union (const char *const *first, const char *const *second)
{
  GPtrArray *scopes = g_ptr_array_new ();

  for (; first != NULL && *first != NULL; first++)
    add_new (scopes, *first);
  for (; second != NULL && *second != NULL; second++)
    add_new (scopes, *second);

  return finish (scopes);
}

/** cvg_scopes_join: Returns: (transfer full): @scopes with @separator between them */
char *
cvg_scopes_join (const char *const *scopes, char separator)
{
  const char text[] = { separator, '\0' };

  return g_strjoinv (text, (char **) scopes);
}

/**
 * cvg_scopes_are_valid:
 * @bad: (out) (optional): the first scope that is not
 *
 * Returns: whether each scope is a scope-token of RFC 6749 section 3.3: printable ASCII without
 *   space, quotation mark and backslash
 */
gboolean
cvg_scopes_are_valid (const char *const *scopes, const char **bad)
{
  for (; *scopes != NULL; scopes++)
    for (const char *c = *scopes; *c != '\0'; c++)
      if (!g_ascii_isgraph (*c) || *c == '"' || *c == '\\')
        {
          if (bad != NULL)
            *bad = *scopes;
          return FALSE;
        }

  return TRUE;
}
