/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The servers that Claviger knows, read once at the start from directories that lie over one
 * another. A file replaces the keys that it has in the file of the same name below it, and what
 * results is what must be right. If it is not, that one file is skipped, with one warning, and
 * what was there before it stays: no file can take a server away that an earlier one gave.
 *
 * It does not watch the directories, and reads blockingly: it is for before the daemon serves.
 */
#include "providers/catalogue.h"

#include <string.h>

#include "providers/field.h"
#include "providers/provider-file.h"
#include "providers/provider-whole.h"
#include "providers/text-file.h"

struct _CvgCatalogue
{
  GHashTable *by_name; /* (owned) (element-type utf8 CvgProvider): names belong to the providers */
};

/* The files of one name, as far as they were read. */
typedef struct
{
  GKeyFile *merged;      /* (owned) */
  CvgProvider *provider; /* (owned) */
} Entry;

static void
entry_free (Entry *entry)
{
  g_key_file_unref (entry->merged);
  cvg_provider_unref (entry->provider);
  g_free (entry);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_free)

static GKeyFile *
load_file (const char *path, GError **error)
{
  size_t size = 0;
  g_autofree char *data = cvg_text_file_read (path, CVG_PROVIDER_FILE_MAX_SIZE, &size, error);

  return data != NULL ? cvg_provider_file_load (data, size, error) : NULL;
}

/* Judges the file at @path on top of @below (nullable), what is there without it. */
static Entry *
read_entry (GHashTable *by_name,
            const Entry *below,
            const char *path,
            const char *slug,
            GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GKeyFile) merged = NULL;
  g_autoptr (CvgProvider) provider = NULL;
  Entry *entry;

  if (!cvg_field_is_slug (slug))
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                           "is not named with lower-case ASCII letters, digits, “-”, “_” and “.”");
      return NULL;
    }
  file = load_file (path, error);
  if (file == NULL)
    return NULL;
  /* Most lie over nothing, and there are a hundred of them at each start. */
  merged = below != NULL ? cvg_provider_file_merge (below->merged, file) : g_key_file_ref (file);
  provider = cvg_provider_file_read (merged, slug, error);
  if (provider == NULL || !cvg_provider_check_names (provider, by_name, error))
    return NULL;

  entry = g_new0 (Entry, 1);
  entry->merged = g_steal_pointer (&merged);
  entry->provider = g_steal_pointer (&provider);
  return entry;
}

/* Does so for one file, or warns and leaves all as it is. */
static void
add_file (CvgCatalogue *catalogue, GHashTable *entries, const char *directory, const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autofree char *slug = g_strndup (name, strlen (name) - strlen (CVG_PROVIDER_FILE_SUFFIX));
  g_autoptr (GError) error = NULL;
  Entry *below = g_hash_table_lookup (entries, slug);
  Entry *entry = read_entry (catalogue->by_name, below, path, slug, &error);

  if (entry == NULL)
    {
      g_warning ("%s: %s; the file is skipped", path, error->message);
      return;
    }

  if (below != NULL)
    g_hash_table_remove (catalogue->by_name, below->provider->name);
  g_hash_table_insert (catalogue->by_name, entry->provider->name,
                       cvg_provider_ref (entry->provider));
  g_hash_table_replace (entries, g_steal_pointer (&slug), entry);
}

/**
 * cvg_catalogue_load:
 * @directories: (array zero-terminated=1): where the provider files are, lowest layer first; one
 *   that does not exist is as good as empty
 *
 * Blocks. A file with a mistake is skipped with one warning, which names file, group, key and
 * reason. Of two files with the same name of a server the earlier one keeps it: the one in the
 * lower layer, and within a layer the first by file name.
 *
 * Returns: (transfer full): what could be read; may be empty
 */
CvgCatalogue *
cvg_catalogue_load (const char *const *directories)
{
  CvgCatalogue *catalogue = g_new0 (CvgCatalogue, 1);
  g_autoptr (GHashTable) entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) entry_free);

  catalogue->by_name =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) cvg_provider_unref);
  for (; *directories != NULL; directories++)
    {
      g_autoptr (GPtrArray) names = cvg_text_file_list (*directories, CVG_PROVIDER_FILE_SUFFIX);

      for (guint i = 0; i < names->len; i++)
        add_file (catalogue, entries, *directories, g_ptr_array_index (names, i));
    }

  return catalogue;
}

/** cvg_catalogue_free: frees it; providers that somebody holds a reference on live on */
void
cvg_catalogue_free (CvgCatalogue *catalogue)
{
  g_hash_table_unref (catalogue->by_name);
  g_free (catalogue);
}

/**
 * cvg_catalogue_lookup:
 * @name: the name of a server, exactly as the catalogue has it
 *
 * Returns: (transfer none) (nullable): its provider; %NULL: there is none
 */
CvgProvider *
cvg_catalogue_lookup (const CvgCatalogue *catalogue, const char *name)
{
  return g_hash_table_lookup (catalogue->by_name, name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const CvgProvider *const *first = a;
  const CvgProvider *const *second = b;

  return strcmp ((*first)->name, (*second)->name);
}

/**
 * cvg_catalogue_list:
 *
 * Returns: (transfer container) (element-type CvgProvider): every provider, by name
 */
GPtrArray *
cvg_catalogue_list (const CvgCatalogue *catalogue)
{
  GPtrArray *list = g_ptr_array_sized_new (g_hash_table_size (catalogue->by_name));
  GHashTableIter iter;
  gpointer provider;

  g_hash_table_iter_init (&iter, catalogue->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &provider))
    g_ptr_array_add (list, provider);

  g_ptr_array_sort (list, compare_names);
  return list;
}
