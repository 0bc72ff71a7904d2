/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A name for an account. No two servers describe a person in the same words, but there are not many
 * words: one list serves all, and what it does not find is not known.
 */
#include "agent/account-name.h"

#include <string.h>

/* What servers call whoever signed in, best first. */
static const char *const account_names[] = {
  "email",
  "mail",
  "email_address",
  "emailAddress",
  "user_email",
  "login",
  "username",
  "preferred_username",
  "user_name",
  "userName",
  "userPrincipalName",
  "display_name",
  "displayName",
  "name",
  "full_name",
  "fullName",
  "real_name",
  "nickname",
  NULL,
};

/* And what they wrap it in. */
static const char *const account_wraps[] = {
  "data", "user", "account", "me", "viewer", "profile", "person", "owner", "result", "name", NULL,
};

/* Deeper than any server was seen to go. */
#define WRAPS_MAX 3
/* No column has room for more; what is longer is no name. */
#define ACCOUNT_NAME_MAX 254

static char *
find_name (GVariant *dict)
{
  for (size_t i = 0; account_names[i] != NULL; i++)
    {
      const char *name = NULL;

      if (g_variant_lookup (dict, account_names[i], "&s", &name) && *name != '\0' &&
          strlen (name) <= ACCOUNT_NAME_MAX)
        return g_strdup (name);
    }

  return NULL;
}

/* Returns: (transfer full) (nullable): the dictionary @key, or the first one of the list @key */
static GVariant *
unwrap (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);
  g_autoptr (GVariant) first = NULL;

  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE ("av")) &&
      g_variant_n_children (value) > 0)
    {
      g_variant_get_child (value, 0, "v", &first);
      g_clear_pointer (&value, g_variant_unref);
      value = g_steal_pointer (&first);
    }

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT) ?
             g_steal_pointer (&value) :
             NULL;
}

static char *
find_wrapped_name (GVariant *dict, guint wraps)
{
  char *name = find_name (dict);

  for (size_t i = 0; name == NULL && wraps > 0 && account_wraps[i] != NULL; i++)
    {
      g_autoptr (GVariant) wrapped = unwrap (dict, account_wraps[i]);

      if (wrapped != NULL)
        name = find_wrapped_name (wrapped, wraps - 1);
    }

  return name;
}

/**
 * cvg_account_name_find:
 *
 * Returns: (transfer full) (nullable): who signed in, as people know them: of what the server said
 *   when it was asked for the account, else of what it said along with the token or a person set
 *   along with a key
 */
char *
cvg_account_name_find (const CvgCredentials *credentials)
{
  char *name = NULL;

  if (credentials->account != NULL)
    name = find_wrapped_name (credentials->account, WRAPS_MAX);
  if (name == NULL && credentials->members != NULL)
    name = find_wrapped_name (credentials->members, WRAPS_MAX);

  return name;
}
