/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of scopes. Callers separate them by commas or spaces, providers by one of the two; inside
 * Claviger they are string arrays without duplicates, in the order in which they were asked for.
 */
#include "model/scopes.h"

#include <string.h>

/* A list that is being made. A server may send as many as fit into an answer, so that whether one
 * is there already is not found by looking at all of them. */
typedef struct
{
  GPtrArray *list; /* (owned) */
  GHashTable *set; /* (owned): the texts belong to @list */
} Scopes;

static Scopes
start (void)
{
  return (Scopes){ g_ptr_array_new (), g_hash_table_new (g_str_hash, g_str_equal) };
}

static void
add_new (Scopes *scopes, const char *scope)
{
  char *copy = NULL;

  if (*scope == '\0' || g_hash_table_contains (scopes->set, scope))
    return;

  copy = g_strdup (scope);
  g_hash_table_add (scopes->set, copy);
  g_ptr_array_add (scopes->list, copy);
}

static char **
finish (Scopes *scopes)
{
  g_hash_table_unref (scopes->set);
  g_ptr_array_add (scopes->list, NULL);
  return (char **) g_ptr_array_free (scopes->list, FALSE);
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
  Scopes scopes = start ();

  if (text != NULL)
    {
      g_auto (GStrv) words = g_strsplit_set (text, ", \t\r\n", -1);

      for (char **word = words; *word != NULL; word++)
        add_new (&scopes, *word);
    }

  return finish (&scopes);
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
  Scopes scopes = start ();

  for (; first != NULL && *first != NULL; first++)
    add_new (&scopes, *first);
  for (; second != NULL && *second != NULL; second++)
    add_new (&scopes, *second);

  return finish (&scopes);
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
