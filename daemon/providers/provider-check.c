/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every mistake in the provider files, for the people who write them: not the first of each file as
 * at a start, and with the line. What is a mistake at a start is one here; so is what is ignored
 * there: keys and groups that mean nothing, and a key that a later line sets again.
 *
 * As at a start, a file is judged as it is on top of those of its name in the directories before
 * it, and one with a mistake changes nothing for the others.
 */
#include "providers/provider-check.h"

#include <string.h>
#include <sys/stat.h>

#include "providers/field.h"
#include "providers/file-lines.h"
#include "providers/provider-file.h"
#include "providers/provider-whole.h"
#include "providers/text-file.h"

/* What the files so far make. Both by slug. */
typedef struct
{
  GHashTable *merged;    /* (owned) (element-type utf8 GKeyFile) */
  GHashTable *providers; /* (owned) (element-type utf8 CvgProvider) */
} Shelf;

/* A file that is looked at. */
typedef struct
{
  const char *path; /* (borrowed) */
  char *slug;       /* (owned) */
  char *text;       /* (owned) (nullable) */
  size_t size;
  GKeyFile *keys;   /* (owned) (nullable) */
  GPtrArray *lines; /* (owned) */
  GPtrArray *found; /* (owned) (element-type Found) */
} Sheet;

typedef struct
{
  guint line;
  char *reason; /* (owned) */
} Found;

static void
found_free (Found *found)
{
  g_free (found->reason);
  g_free (found);
}

static void
shelf_clear (Shelf *shelf)
{
  g_hash_table_unref (shelf->merged);
  g_hash_table_unref (shelf->providers);
}

static void
shelf_init (Shelf *shelf)
{
  shelf->merged =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_key_file_unref);
  shelf->providers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cvg_provider_unref);
}

static void
sheet_clear (Sheet *sheet)
{
  g_free (sheet->slug);
  g_free (sheet->text);
  g_clear_pointer (&sheet->keys, g_key_file_unref);
  g_ptr_array_unref (sheet->lines);
  g_ptr_array_unref (sheet->found);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shelf, shelf_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sheet, sheet_clear)

static void G_GNUC_PRINTF (3, 4) complain (Sheet *sheet, guint line, const char *format, ...)
{
  Found *found = g_new0 (Found, 1);
  va_list arguments;

  va_start (arguments, format);
  found->reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  found->line = MAX (line, 1);
  g_ptr_array_add (sheet->found, found);
}

/* ---- the text ---- */

static void
set_lines (Sheet *sheet)
{
  g_ptr_array_unref (sheet->lines);
  sheet->lines = cvg_file_lines_parse (sheet->text, sheet->size);
}

static void
complain_of_text (Sheet *sheet, const GError *error)
{
  const char *end = NULL;
  guint line = 1;

  /* The line of the first byte that is wrong; what follows it can't be read. */
  if (!g_utf8_validate_len (sheet->text, sheet->size, &end))
    line = cvg_file_lines_count (sheet->text, (size_t) (end - sheet->text));
  else if (sheet->size <= CVG_PROVIDER_FILE_MAX_SIZE &&
           !g_error_matches (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_UNKNOWN_ENCODING))
    set_lines (sheet);
  for (guint i = 0; i < sheet->lines->len; i++)
    {
      const CvgFileLine *bad = g_ptr_array_index (sheet->lines, i);

      if (bad->mistake != NULL)
        complain (sheet, bad->number, "%s", bad->mistake);
    }

  if (sheet->found->len == 0)
    complain (sheet, line, "%s", error->message);
}

static void
load_text (Sheet *sheet)
{
  g_autoptr (GError) error = NULL;

  sheet->keys = cvg_provider_file_load (sheet->text, sheet->size, &error);
  if (sheet->keys == NULL)
    complain_of_text (sheet, error);
  else
    set_lines (sheet);
}

/* ---- the keys ---- */

static void
check_line (Sheet *sheet, const CvgFileLine *line)
{
  guint last = 0;

  if (line->key == NULL)
    {
      if (!cvg_provider_file_knows (line->group, NULL))
        complain (sheet, line->number, "[%s]: is no group that is known here", line->group);
      return;
    }

  last = cvg_file_lines_find (sheet->lines, line->group, line->key);
  if (last != line->number)
    complain (sheet, line->number, "[%s] %s: is set again in line %u, which counts", line->group,
              line->key, last);
  if (cvg_provider_file_knows (line->group, NULL) &&
      !cvg_provider_file_knows (line->group, line->key))
    complain (sheet, line->number, "[%s] %s: is no key that is known here", line->group, line->key);
}

static void
complain_of_key (Sheet *sheet, const char *group, const char *key, const char *message)
{
  guint line = cvg_file_lines_find (sheet->lines, group, key);

  if (line == 0)
    line = cvg_file_lines_find (sheet->lines, group, NULL);
  complain (sheet, line, "%s", message);
}

/* Judges the keys of @sheet on top of @below (nullable), and returns what both make. */
static GKeyFile *
check_keys (Sheet *sheet, GKeyFile *below, GHashTable *others, CvgProvider **provider)
{
  g_autoptr (GKeyFile) merged = cvg_provider_file_merge (below, sheet->keys);
  g_autoptr (GPtrArray) mistakes = cvg_provider_mistakes_new ();
  g_autoptr (CvgProvider) read = cvg_provider_file_examine (merged, sheet->slug, mistakes);
  GError *error = NULL;

  if (read != NULL && !cvg_provider_check_names (read, others, &error))
    {
      g_clear_pointer (&read, cvg_provider_unref);
      cvg_provider_mistakes_add (
          mistakes, "Provider",
          g_str_has_prefix (error->message, "[Provider] PathName") ? "PathName" : "Name", error);
    }
  for (guint i = 0; i < mistakes->len; i++)
    {
      const CvgProviderMistake *mistake = g_ptr_array_index (mistakes, i);

      complain_of_key (sheet, mistake->group, mistake->key, mistake->error->message);
    }

  *provider = g_steal_pointer (&read);
  return *provider != NULL ? g_steal_pointer (&merged) : NULL;
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *const *one = a;
  const Found *const *other = b;

  if ((*one)->line != (*other)->line)
    return (*one)->line < (*other)->line ? -1 : 1;

  return strcmp ((*one)->reason, (*other)->reason);
}

static void
hand_over (Sheet *sheet, CvgProviderReport *report)
{
  g_ptr_array_sort (sheet->found, compare_found);
  for (guint i = 0; i < sheet->found->len; i++)
    {
      const Found *found = g_ptr_array_index (sheet->found, i);

      g_ptr_array_add (report->mistakes,
                       g_strdup_printf ("%s:%u: %s", sheet->path, found->line, found->reason));
    }

  if (sheet->found->len == 0)
    g_ptr_array_add (report->fine, g_strdup (sheet->path));
}

/* The name of the file without its suffix. */
static char *
dup_slug (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  if (g_str_has_suffix (name, CVG_PROVIDER_FILE_SUFFIX))
    name[strlen (name) - strlen (CVG_PROVIDER_FILE_SUFFIX)] = '\0';
  return g_steal_pointer (&name);
}

static void
sheet_init (Sheet *sheet, const char *path)
{
  sheet->path = path;
  sheet->slug = dup_slug (path);
  sheet->lines = g_ptr_array_new ();
  sheet->found = g_ptr_array_new_with_free_func ((GDestroyNotify) found_free);
  if (!g_str_has_suffix (path, CVG_PROVIDER_FILE_SUFFIX))
    complain (sheet, 1, "is not named *" CVG_PROVIDER_FILE_SUFFIX ", so that it is not looked at");
  else if (!cvg_field_is_slug (sheet->slug))
    complain (sheet, 1, "is not named with lower-case ASCII letters, digits, “-”, “_” and “.”");
}

/* Judges @sheet on top of @below (nullable), and puts it on @shelf if it is right. */
static void
judge (Sheet *sheet, Shelf *shelf, GKeyFile *below, CvgProviderReport *report)
{
  gboolean well_named = sheet->found->len == 0;
  g_autoptr (CvgProvider) provider = NULL;
  g_autoptr (GKeyFile) merged = NULL;

  if (sheet->text != NULL)
    load_text (sheet);
  if (sheet->keys != NULL)
    {
      for (guint i = 0; i < sheet->lines->len; i++)
        check_line (sheet, g_ptr_array_index (sheet->lines, i));
      merged = check_keys (sheet, below, shelf->providers, &provider);
    }

  if (merged != NULL && well_named)
    {
      g_hash_table_replace (shelf->merged, g_strdup (sheet->slug), g_steal_pointer (&merged));
      g_hash_table_replace (shelf->providers, g_strdup (sheet->slug), g_steal_pointer (&provider));
    }
  hand_over (sheet, report);
}

static void
check_file (Shelf *shelf, GKeyFile *below, const char *path, CvgProviderReport *report)
{
  g_auto (Sheet) sheet = { NULL };
  g_autoptr (GError) error = NULL;

  sheet_init (&sheet, path);
  sheet.text = cvg_text_file_read (path, CVG_PROVIDER_FILE_MAX_SIZE, &sheet.size, &error);
  if (sheet.text == NULL)
    {
      g_ptr_array_set_size (sheet.found, 0);
      complain (&sheet, 1, "%s", error->message);
    }
  judge (&sheet, shelf, below, report);
}

/* ---- directories and files ---- */

static CvgProviderReport *
report_new (void)
{
  CvgProviderReport *report = g_new0 (CvgProviderReport, 1);

  report->mistakes = g_ptr_array_new_with_free_func (g_free);
  report->fine = g_ptr_array_new_with_free_func (g_free);
  return report;
}

/** cvg_provider_report_free: frees it */
void
cvg_provider_report_free (CvgProviderReport *report)
{
  g_ptr_array_unref (report->mistakes);
  g_ptr_array_unref (report->fine);
  g_free (report);
}

static void
check_directories (Shelf *shelf, const char *const *directories, CvgProviderReport *report)
{
  for (; *directories != NULL; directories++)
    {
      g_autoptr (GPtrArray) names = cvg_text_file_list (*directories, CVG_PROVIDER_FILE_SUFFIX);

      for (guint i = 0; i < names->len; i++)
        {
          g_autofree char *path =
              g_build_filename (*directories, g_ptr_array_index (names, i), NULL);
          g_autofree char *slug = dup_slug (path);

          check_file (shelf, g_hash_table_lookup (shelf->merged, slug), path, report);
        }
    }
}

/**
 * cvg_provider_check_directories:
 * @directories: (array zero-terminated=1): where the provider files are, lowest layer first
 *
 * Blocks.
 *
 * Returns: (transfer full): what is to be said of every file in them
 */
CvgProviderReport *
cvg_provider_check_directories (const char *const *directories)
{
  CvgProviderReport *report = report_new ();
  g_auto (Shelf) shelf = { NULL };

  shelf_init (&shelf);
  check_directories (&shelf, directories, report);
  return report;
}

/**
 * cvg_provider_check_bytes:
 * @path: what the file is called
 * @bytes: what is in it, not terminated
 * @size: of @bytes
 *
 * Returns: (transfer full): what is to be said of a file that is on its own
 */
CvgProviderReport *
cvg_provider_check_bytes (const char *path, const char *bytes, size_t size)
{
  CvgProviderReport *report = report_new ();
  g_auto (Shelf) shelf = { NULL };
  g_auto (Sheet) sheet = { NULL };

  shelf_init (&shelf);
  sheet_init (&sheet, path);
  sheet.text = size > 0 ? g_memdup2 (bytes, size) : g_strdup ("");
  sheet.size = size;
  judge (&sheet, &shelf, NULL, report);
  return report;
}

static gboolean
is_same_file (const char *one, const char *other)
{
  struct stat first;
  struct stat second;

  return stat (one, &first) == 0 && stat (other, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

/* Returns (transfer full) (nullable): what the installed files make that the one at @path is put on
 * top of: all of its name, or, if it is one of them itself, those before it. */
static GKeyFile *
find_below (const char *const *directories, const char *path)
{
  g_auto (Shelf) shelf = { NULL };
  g_autoptr (CvgProviderReport) ignored = report_new ();
  g_autofree char *slug = dup_slug (path);
  g_autofree char *name = g_strconcat (slug, CVG_PROVIDER_FILE_SUFFIX, NULL);
  GKeyFile *below = NULL;

  shelf_init (&shelf);
  for (; *directories != NULL; directories++)
    {
      g_autofree char *installed = g_build_filename (*directories, name, NULL);

      if (is_same_file (installed, path))
        break;
      if (g_file_test (installed, G_FILE_TEST_EXISTS))
        check_file (&shelf, g_hash_table_lookup (shelf.merged, slug), installed, ignored);
    }

  below = g_hash_table_lookup (shelf.merged, slug);
  return below != NULL ? g_key_file_ref (below) : NULL;
}

/**
 * cvg_provider_check_files:
 * @directories: (array zero-terminated=1): where the installed ones are, lowest layer first
 * @files: (array zero-terminated=1): paths of those that are asked about
 *
 * Blocks. Each of @files is judged as it would be on top of the installed ones of its name, and
 * must not have the name of another server, be that installed or of another of @files.
 *
 * Returns: (transfer full): what is to be said of @files
 */
CvgProviderReport *
cvg_provider_check_files (const char *const *directories, const char *const *files)
{
  CvgProviderReport *report = report_new ();
  g_autoptr (CvgProviderReport) ignored = report_new ();
  g_auto (Shelf) shelf = { NULL };

  shelf_init (&shelf);
  check_directories (&shelf, directories, ignored);
  for (const char *const *file = files; *file != NULL; file++)
    {
      g_autofree char *slug = dup_slug (*file);

      g_hash_table_remove (shelf.providers, slug);
    }
  for (; *files != NULL; files++)
    {
      g_autoptr (GKeyFile) below = find_below (directories, *files);

      check_file (&shelf, below, *files, report);
    }

  return report;
}
