/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One header may hold several challenges, separated by the same commas as their parameters, so that
 * nobody could say where one ends without knowing all schemes. We need not: the parameters that we
 * look for mean the same in each.
 */
#include "oauth/challenge.h"

#include <string.h>

/* More than libsoup takes of all headers together is no header. */
#define MAX_LENGTH (64 * 1024)

#define SEPARATORS " \t,"

static gsize
measure_token (const char *p)
{
  gsize length = 0;

  /* The "/" is none of RFC 9110's, but of the tokens that stand alone after a scheme. */
  while (g_ascii_isalnum (p[length]) ||
         (p[length] != '\0' && strchr ("!#$%&'*+-.^_`|~/", p[length]) != NULL))
    length++;
  return length;
}

static const char *
skip_blanks (const char *p)
{
  return p + strspn (p, " \t");
}

/* @p is behind the quotation mark; returns what is behind the other one, or the end. */
static const char *
read_quoted (const char *p, GString *value)
{
  while (*p != '\0' && *p != '"')
    {
      if (*p == '\\' && p[1] != '\0')
        p++;
      g_string_append_c (value, *p++);
    }

  return *p == '"' ? p + 1 : p;
}

static const char *
read_value (const char *p, GString *value)
{
  gsize length = 0;

  g_string_truncate (value, 0);
  if (*p == '"')
    return read_quoted (p + 1, value);

  length = strcspn (p, " \t,");
  g_string_append_len (value, p, (gssize) length);
  return p + length;
}

/**
 * cvg_challenge_find:
 * @challenge: (nullable): the WWW-Authenticate header
 * @parameter: a name, in lower case
 *
 * Returns: (transfer full) (nullable): the value of the first such parameter, of whichever scheme
 */
char *
cvg_challenge_find (const char *challenge, const char *parameter)
{
  g_autoptr (GString) value = g_string_new (NULL);
  const char *p = challenge;

  if (challenge == NULL || strlen (challenge) > MAX_LENGTH)
    return NULL;

  for (p += strspn (p, SEPARATORS); *p != '\0'; p += strspn (p, SEPARATORS))
    {
      const char *name = p;
      gsize length = measure_token (p);

      if (length == 0)
        {
          /* A text of no name is skipped as a whole: what is in it is no parameter. */
          p = *p == '"' ? read_value (p, value) : p + 1;
          continue;
        }

      p = skip_blanks (name + length);
      if (*p != '=')
        continue;
      p = read_value (skip_blanks (p + 1), value);
      if (length == strlen (parameter) && g_ascii_strncasecmp (name, parameter, length) == 0)
        return g_strdup (value->str);
    }

  return NULL;
}
