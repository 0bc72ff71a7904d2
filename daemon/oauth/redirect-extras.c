/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Extras of a redirect. They came through a browser, by the hands of whoever had the state: what is
 * taken is what the provider's file names, at most once, as one line of text that is not long. It
 * never wins over what the server says itself.
 *
 * No error here quotes anything of a query.
 */
#include "oauth/redirect-extras.h"

#include <string.h>

#include "dbus/error.h"
#include "model/credentials.h"
#include "oauth/form.h"

/* An address or an identifier of the server. */
#define VALUE_MAX 1024
#define MEMBERS_MAX 16

static gboolean
refuse (GError **error, const char *mistake)
{
  g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
               "The answer to the sign-in was thrown away: %s", mistake);
  return FALSE;
}

/* ---- one parameter --------------------------------------------------------------------------- */

typedef struct
{
  const char *name;    /* (borrowed) */
  char *value;         /* (owned) (nullable) */
  const char *mistake; /* (static) (nullable) */
} Search;

static gboolean
read_pair (const char *name, const char *value, gsize length, gpointer user_data)
{
  Search *search = user_data;

  if (strcmp (search->name, name) != 0)
    return TRUE;

  if (search->value != NULL)
    search->mistake = "one of its parameters comes twice";
  else if (length > VALUE_MAX)
    search->mistake = "one of its parameters is too long";
  else
    {
      search->value = cvg_form_unescape_line (value, length);
      if (search->value == NULL)
        search->mistake = "one of its parameters is not text";
    }

  return search->mistake == NULL;
}

/* @value: (out) (transfer full) (nullable): %NULL without an error if there is none, or "". */
static gboolean
find (const CvgRedirectAnswer *answer, const char *name, char **value, GError **error)
{
  Search search = { name, NULL, NULL };

  *value = NULL;
  if (!cvg_form_visit (cvg_secret_peek (answer->query), read_pair, &search))
    {
      cvg_wipe_free (search.value);
      return refuse (error, search.mistake);
    }

  *value = search.value;
  if (*value != NULL && **value == '\0')
    g_clear_pointer (value, g_free);
  return TRUE;
}

/* ---- the signature --------------------------------------------------------------------------- */

typedef struct
{
  const char *signature; /* (borrowed): the name of that parameter */
  GPtrArray *pairs;      /* (owned) (element-type utf8): wiped */
  gboolean is_sound;
} Message;

static void
append (GString *pair, const char *text, const char *delimiters)
{
  for (; *text != '\0'; text++)
    if (strchr (delimiters, *text) != NULL)
      g_string_append_printf (pair, "%%%02X", (guint) *text);
    else
      g_string_append_c (pair, *text);
}

static gboolean
add_pair (const char *name, const char *value, gsize length, gpointer user_data)
{
  Message *message = user_data;
  char *plain = NULL;
  GString *pair = NULL;

  if (strcmp (message->signature, name) == 0)
    return TRUE;

  plain = cvg_form_unescape (value, length);
  message->is_sound = plain != NULL;
  if (plain == NULL)
    return FALSE;

  /* Of full size: it has the code in it, and is wiped. */
  pair = g_string_sized_new (3 * (strlen (name) + length) + 2);
  append (pair, name, "%&=");
  g_string_append_c (pair, '=');
  append (pair, plain, "%&");
  g_ptr_array_add (message->pairs, g_string_free (pair, FALSE));
  cvg_wipe_free (plain);
  return TRUE;
}

static int
compare_pairs (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Returns: (transfer full): what the signature should be, in hex */
static char *
sign (GPtrArray *pairs, const CvgSecret *key)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) cvg_secret_peek (key),
                                       cvg_secret_get_length (key));

  g_ptr_array_sort (pairs, compare_pairs);
  for (guint i = 0; i < pairs->len; i++)
    {
      if (i > 0)
        g_hmac_update (hmac, (const guchar *) "&", 1);
      g_hmac_update (hmac, g_ptr_array_index (pairs, i), -1);
    }

  return g_strdup (g_hmac_get_string (hmac));
}

static gboolean
is_signature (const CvgRedirectAnswer *answer, const char *name, const char *hex, CvgSecret *key)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_wipe_free);
  Message message = { name, pairs, TRUE };
  g_autofree char *lower = g_ascii_strdown (hex, -1);
  g_autofree char *expected = NULL;

  cvg_form_visit (cvg_secret_peek (answer->query), add_pair, &message);
  expected = sign (pairs, key);
  return message.is_sound &&
         cvg_equal_in_constant_time (expected, strlen (expected), lower, strlen (lower));
}

/**
 * cvg_redirect_extras_check_signature:
 * @provider: who was asked; without a redirect signature all is well
 * @client: who asked; its secret, which is the key, at hand
 *
 * The signature is the HMAC-SHA256, in hex, of all other parameters: decoded, with "%", "&" and, in
 * names, "=" escaped, sorted, and joined by "&". When it fails, nothing of @answer may be used, its
 * error neither.
 *
 * Returns: whether @answer is signed as it must be; fails with %CVG_ERROR_INVALID_ARGUMENT, or with
 *   %CVG_ERROR_NO_CLIENT if @client has no secret
 */
gboolean
cvg_redirect_extras_check_signature (const CvgRedirectAnswer *answer,
                                     const CvgProvider *provider,
                                     const CvgClient *client,
                                     GError **error)
{
  const char *name = provider->redirect_signature;
  g_autofree char *hex = NULL;

  if (name == NULL)
    return TRUE;
  if (!find (answer, name, &hex, error))
    return FALSE;
  if (hex == NULL)
    return refuse (error, "it is not signed, and those of this server are");
  if (cvg_secret_is_empty (client->secret))
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_NO_CLIENT,
                   "%s signs its answers with the client secret, and client %s has none. Add it "
                   "again, with its secret: claviger client add",
                   provider->name, client->client_id);
      return FALSE;
    }
  if (!is_signature (answer, name, hex, client->secret))
    return refuse (error, "its signature is wrong. If the secret of the OAuth client was changed, "
                          "set it with `claviger client add`");

  return TRUE;
}

/* ---- members --------------------------------------------------------------------------------- */

/**
 * cvg_redirect_extras_read_members:
 * @provider: which names the parameters, and what they are called in auth data
 * @members: (out) (transfer full) (nullable): a{sv} of strings, in secret memory; %NULL if there
 *   are none
 *
 * Returns: whether what is there can be taken; fails with %CVG_ERROR_INVALID_ARGUMENT
 */
gboolean
cvg_redirect_extras_read_members (const CvgRedirectAnswer *answer,
                                  const CvgProvider *provider,
                                  GVariant **members,
                                  GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  char **pairs = provider->redirect_members;
  gboolean is_empty = TRUE;

  *members = NULL;
  for (guint i = 0; i < MEMBERS_MAX && pairs[0] != NULL && pairs[1] != NULL; i++, pairs += 2)
    {
      g_autofree char *value = NULL;

      if (!find (answer, pairs[0], &value, error))
        return FALSE;
      if (value == NULL)
        continue;
      g_variant_builder_add (&builder, "{sv}", pairs[1], g_variant_new_string (value));
      is_empty = FALSE;
    }

  if (!is_empty)
    *members = cvg_members_keep_secret (g_variant_builder_end (&builder));
  return TRUE;
}
