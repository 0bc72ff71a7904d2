/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How an item looks in the keyring. Attributes lie in the keyring's file in the clear or as
 * unsalted hashes, so they hold a constant, the kind and a random id, and nothing about a person.
 *
 * A locked GNOME keyring forgets its items' schemas, and a search that names one finds nothing,
 * as if nobody had ever signed in. So searches go by our own attributes and never by "xdg:schema",
 * which is only there for keyring programs.
 *
 * The secret says itself what it is, in a first line: after one bulk read of all secrets no
 * attribute of any item needs to be asked for.
 */
#include "adapters/keyring-item.h"

#include <string.h>

#define APPLICATION "org.claviger"
#define SCHEMA "org.claviger.Auth1.Item"
#define MAGIC "claviger "
#define CONTENT_TYPE "text/plain; charset=utf8"
#define ITEM_INTERFACE "org.freedesktop.Secret.Item"

/* Kinds and ids are short; so a first line that goes on for longer is not ours. */
#define HEADER_BYTES_MAX 256

static void
build_match (GVariantBuilder *builder, const char *kind, const char *id)
{
  g_variant_builder_add (builder, "{ss}", "application", APPLICATION);
  if (kind != NULL)
    g_variant_builder_add (builder, "{ss}", "kind", kind);
  if (id != NULL)
    g_variant_builder_add (builder, "{ss}", "id", id);
}

/**
 * cvg_keyring_item_match:
 * @kind: (nullable): %NULL for every kind
 * @id: (nullable): %NULL for every id
 *
 * Returns: (transfer floating): parameters for SearchItems
 */
GVariant *
cvg_keyring_item_match (const char *kind, const char *id)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  build_match (&builder, kind, id);
  return g_variant_new ("(a{ss})", &builder);
}

/** cvg_keyring_item_properties: Returns: (transfer floating): a{sv} for CreateItem */
GVariant *
cvg_keyring_item_properties (const char *kind, const char *id, const char *label)
{
  g_auto (GVariantBuilder) attributes = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  g_auto (GVariantBuilder) properties = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  build_match (&attributes, kind, id);
  g_variant_builder_add (&attributes, "{ss}", "xdg:schema", SCHEMA);
  g_variant_builder_add (&properties, "{sv}", ITEM_INTERFACE ".Label",
                         g_variant_new_string (label));
  g_variant_builder_add (&properties, "{sv}", ITEM_INTERFACE ".Attributes",
                         g_variant_builder_end (&attributes));
  return g_variant_builder_end (&properties);
}

/** cvg_keyring_item_wrap: Returns: (transfer full): what is stored as the item's secret */
SecretValue *
cvg_keyring_item_wrap (const char *kind, const char *id, CvgSecret *secret)
{
  g_autoptr (GString) text = g_string_sized_new (HEADER_BYTES_MAX + cvg_secret_get_length (secret));
  SecretValue *value = NULL;

  /* The buffer is large enough from the start: one that grows leaves a copy behind. */
  g_string_append_printf (text, MAGIC "%s %s\n", kind, id);
  g_string_append_len (text, cvg_secret_peek (secret), (gssize) cvg_secret_get_length (secret));
  value = secret_value_new (text->str, (gssize) text->len, CONTENT_TYPE);
  explicit_bzero (text->str, text->len);
  return value;
}

/**
 * cvg_keyring_item_unwrap:
 * @value: what an item has as its secret
 *
 * Returns: (transfer full) (nullable): the item; %NULL where a crash of the keyring left an empty
 *   secret, or somebody else wrote it
 */
CvgVaultItem *
cvg_keyring_item_unwrap (SecretValue *value)
{
  gsize length = 0;
  const char *bytes = secret_value_get (value, &length);
  const char *end = memchr (bytes, '\n', MIN (length, HEADER_BYTES_MAX));
  g_autofree char *header = NULL;
  g_auto (GStrv) words = NULL;

  if (end == NULL || !g_str_has_prefix (bytes, MAGIC))
    return NULL;

  header = g_strndup (bytes, (gsize) (end - bytes));
  words = g_strsplit (header, " ", -1);
  if (g_strv_length (words) != 3 || *words[1] == '\0' || *words[2] == '\0')
    return NULL;

  g_autoptr (CvgSecret) secret = cvg_secret_new_sized (end + 1, length - (gsize) (end + 1 - bytes));
  return cvg_vault_item_new (words[1], words[2], secret);
}

/** cvg_keyring_path_is_in: Returns: whether the item at @path lies in @collection (nullable) */
gboolean
cvg_keyring_path_is_in (const char *path, const char *collection)
{
  size_t length = collection != NULL ? strlen (collection) : 0;

  return length > 0 && strncmp (path, collection, length) == 0 && path[length] == '/';
}
