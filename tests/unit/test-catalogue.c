/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "providers/catalogue.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "providers/provider-file.h"

#define OAUTH2(name)                                                                               \
  "[Provider]\nName=" name "\nKind=oauth2\n[OAuth2]\n"                                             \
  "AuthorizationEndpoint=https://a.example/authorize\nTokenEndpoint=https://a.example/token\n"     \
  "Scopes=read;write\n"
#define KEY(name) "[Provider]\nName=" name "\nKind=api-key\n"

/* Warnings of the catalogue since the last clear; structured logs pass by GTest's own way. */
static GPtrArray *warnings;

static GLogWriterOutput
keep_warnings (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *message = NULL;
  gboolean ours = FALSE;

  for (size_t i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      message = fields[i].value;
    else if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      ours = g_str_equal (fields[i].value, "claviger-providers");

  if (!ours || level > G_LOG_LEVEL_WARNING)
    return g_log_writer_default (level, fields, n_fields, user_data);

  g_ptr_array_add (warnings, g_strdup (message));
  return G_LOG_WRITER_HANDLED;
}

static void
assert_no_warning (void)
{
  if (warnings->len > 0)
    g_assert_cmpstr (g_ptr_array_index (warnings, 0), ==, NULL);
}

/* The one warning there is has each of the parts, which end with NULL. */
static void G_GNUC_NULL_TERMINATED
assert_one_warning (const char *part, ...)
{
  va_list parts;

  g_assert_cmpuint (warnings->len, ==, 1);
  va_start (parts, part);
  for (; part != NULL; part = va_arg (parts, const char *))
    if (strstr (g_ptr_array_index (warnings, 0), part) == NULL)
      g_assert_cmpstr (g_ptr_array_index (warnings, 0), ==, part);
  va_end (parts);
}

/* Three layers, of which the last does not exist unless a test writes to it. */
typedef struct
{
  char *root;
  char *layers[4];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "shipped", "machine", "person" };

  g_ptr_array_set_size (warnings, 0);
  fixture->root = g_dir_make_tmp ("claviger-catalogue-XXXXXX", NULL);
  g_assert_nonnull (fixture->root);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    fixture->layers[i] = g_build_filename (fixture->root, names[i], NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (char **layer = fixture->layers; *layer != NULL; layer++)
    {
      g_autoptr (GDir) dir = g_dir_open (*layer, 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *path = g_build_filename (*layer, name, NULL);

          g_assert_cmpint (g_remove (path), ==, 0);
        }
      g_rmdir (*layer);
      g_free (*layer);
    }

  g_assert_cmpint (g_rmdir (fixture->root), ==, 0);
  g_free (fixture->root);
}

static char *
path_of (const Fixture *fixture, int layer, const char *name)
{
  g_assert_cmpint (g_mkdir_with_parents (fixture->layers[layer], 0700), ==, 0);
  return g_build_filename (fixture->layers[layer], name, NULL);
}

static void
put (const Fixture *fixture, int layer, const char *name, const char *text)
{
  g_autofree char *path = path_of (fixture, layer, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static CvgCatalogue *
load (const Fixture *fixture)
{
  return cvg_catalogue_load ((const char *const *) fixture->layers);
}

static void
assert_names (const CvgCatalogue *catalogue, const char *expected)
{
  g_autoptr (GPtrArray) list = cvg_catalogue_list (catalogue);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const CvgProvider *provider = g_ptr_array_index (list, i);

      g_string_append_printf (names, "%s%s", i > 0 ? "|" : "", provider->name);
      g_assert_true (cvg_catalogue_lookup (catalogue, provider->name) == provider);
    }
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  const char *const none[] = { NULL };
  g_autoptr (CvgCatalogue) missing = load (fixture);
  g_autoptr (CvgCatalogue) empty = cvg_catalogue_load (none);

  assert_names (missing, "");
  assert_names (empty, "");
  g_assert_null (cvg_catalogue_lookup (missing, "Confluence"));
  assert_no_warning ();
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 0, "a-calendar.provider", KEY ("Zoo Calendar"));
  put (fixture, 0, "b.provider", KEY ("Apple"));
  put (fixture, 1, "c.provider", KEY ("Middle"));
  put (fixture, 0, "notes.txt", "not a provider");
  put (fixture, 0, "b.provider~", "an editor's");
  put (fixture, 0, ".#b.provider", "an editor's as well");
  catalogue = load (fixture);

  assert_names (catalogue, "Apple|Middle|Zoo Calendar");
  g_assert_cmpstr (cvg_catalogue_lookup (catalogue, "Zoo Calendar")->slug, ==, "a-calendar");
  g_assert_null (cvg_catalogue_lookup (catalogue, "zoo calendar"));
  g_assert_null (cvg_catalogue_lookup (catalogue, "a-calendar"));
  g_assert_null (cvg_catalogue_lookup (catalogue, "Apple "));
  assert_no_warning ();
}

/* What is said of a file may go on to live when the catalogue is gone. */
static void
test_provider_outlives (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgProvider) provider = NULL;
  CvgCatalogue *catalogue;

  put (fixture, 0, "a.provider", KEY ("A"));
  catalogue = load (fixture);
  provider = cvg_provider_ref (cvg_catalogue_lookup (catalogue, "A"));
  cvg_catalogue_free (catalogue);
  g_assert_cmpstr (provider->name, ==, "A");
}

static void
test_override_by_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCatalogue) catalogue = NULL;
  const CvgProvider *provider;

  put (fixture, 0, "a.provider", OAUTH2 ("A"));
  put (fixture, 0, "b.provider", OAUTH2 ("B"));
  put (fixture, 1, "a.provider", "[OAuth2]\nTokenEndpoint=http://127.0.0.1:9999/token\n");
  put (fixture, 2, "a.provider", "[OAuth2]\nScopes=\nPkce=none\n[ApiKey]\nHeader=X: {token}\n");
  catalogue = load (fixture);

  assert_no_warning ();
  provider = cvg_catalogue_lookup (catalogue, "A");
  g_assert_cmpstr (provider->authorization_endpoint, ==, "https://a.example/authorize");
  g_assert_cmpstr (provider->token_endpoint, ==, "http://127.0.0.1:9999/token");
  g_assert_cmpuint (g_strv_length (provider->scopes), ==, 0); /* emptied */
  g_assert_false (provider->pkce);
  g_assert_cmpstr (provider->api_key_header, ==, "X: {token}"); /* a group of its own */

  provider = cvg_catalogue_lookup (catalogue, "B");
  g_assert_cmpstr (provider->token_endpoint, ==, "https://a.example/token");
  g_assert_cmpuint (g_strv_length (provider->scopes), ==, 2);
}

static void
test_override_renames (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 0, "a.provider", OAUTH2 ("A"));
  put (fixture, 1, "a.provider", "[Provider]\nName=Other\n");
  put (fixture, 1, "b.provider", KEY ("A")); /* the name is free by then */
  catalogue = load (fixture);

  assert_no_warning ();
  assert_names (catalogue, "A|Other");
  g_assert_cmpstr (cvg_catalogue_lookup (catalogue, "A")->slug, ==, "b");
}

static void
test_mistake_costs_one_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 0, "a.provider", KEY ("A"));
  put (fixture, 0, "bad.provider", OAUTH2 ("Bad") "Pkce=plain\nTokenRequest=xml\n");
  put (fixture, 0, "c.provider", KEY ("C"));
  catalogue = load (fixture);

  assert_names (catalogue, "A|C");
  assert_one_warning ("/shipped/bad.provider: [OAuth2] ", "must be ", NULL);
}

/* A layer with a mistake is left out, the ones below and above it stay. */
static void
test_mistake_costs_one_layer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCatalogue) catalogue = NULL;
  const CvgProvider *provider;

  put (fixture, 0, "a.provider", OAUTH2 ("A"));
  put (fixture, 1, "a.provider", "[OAuth2]\nPkce=none\nTokenEndpoint=http://a.example/\n");
  put (fixture, 2, "a.provider", "[OAuth2]\nScopes=mine\n");
  catalogue = load (fixture);

  assert_one_warning ("/machine/a.provider: [OAuth2] TokenEndpoint: must be https", NULL);
  provider = cvg_catalogue_lookup (catalogue, "A");
  g_assert_nonnull (provider);
  g_assert_cmpstr (provider->token_endpoint, ==, "https://a.example/token");
  g_assert_true (provider->pkce); /* nothing of that file is used */
  g_assert_cmpstr (provider->scopes[0], ==, "mine");
}

static void
test_override_of_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 2, "a.provider", "[OAuth2]\nTokenEndpoint=http://127.0.0.1:9999/token\n");
  catalogue = load (fixture);

  assert_names (catalogue, "");
  assert_one_warning ("/person/a.provider: [Provider] Name: is missing", NULL);
}

static void
test_same_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 0, "z.provider", KEY ("Same"));
  put (fixture, 0, "y.provider", KEY ("Same"));
  catalogue = load (fixture);

  assert_names (catalogue, "Same");
  g_assert_cmpstr (cvg_catalogue_lookup (catalogue, "Same")->slug, ==, "y");
  assert_one_warning ("/shipped/z.provider: [Provider] Name: ", "“Same”", "y.provider", NULL);
}

/* Be it by a new file or by an override, a name can't be taken away from below. */
static void
test_same_name_above (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 0, "confluence.provider", OAUTH2 ("Confluence"));
  put (fixture, 0, "jira.provider", KEY ("Jira"));
  put (fixture, 2, "aaa.provider", KEY ("Confluence"));
  catalogue = load (fixture);
  assert_names (catalogue, "Confluence|Jira");
  g_assert_cmpstr (cvg_catalogue_lookup (catalogue, "Confluence")->slug, ==, "confluence");
  assert_one_warning ("/person/aaa.provider: [Provider] Name: ", NULL);

  g_ptr_array_set_size (warnings, 0);
  put (fixture, 2, "aaa.provider", KEY ("Aaa"));
  put (fixture, 2, "jira.provider", "[Provider]\nName=Confluence\n");
  g_clear_pointer (&catalogue, cvg_catalogue_free);
  catalogue = load (fixture);
  assert_names (catalogue, "Aaa|Confluence|Jira");
  assert_one_warning ("/person/jira.provider: [Provider] Name: ", NULL);
}

static void
test_file_names (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = { "Upper.provider", "a b.provider", "-a.provider",
                                     "ä.provider" };
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 0, "cal.com_2-x.provider", KEY ("Good"));
  catalogue = load (fixture);
  assert_names (catalogue, "Good");
  assert_no_warning ();

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      put (fixture, 0, bad[i], KEY ("Bad"));
      g_clear_pointer (&catalogue, cvg_catalogue_free);
      catalogue = load (fixture);
      assert_names (catalogue, "Good");
      assert_one_warning (bad[i], "is not named with", NULL);

      g_autofree char *path = path_of (fixture, 0, bad[i]);
      g_assert_cmpint (g_remove (path), ==, 0);
      g_ptr_array_set_size (warnings, 0);
    }
}

/* None of these may hang, fill the memory or hide the good file. */
static void
test_not_regular (Fixture *fixture, gconstpointer data)
{
  g_autofree char *fifo = path_of (fixture, 0, "fifo.provider");
  g_autofree char *folder = path_of (fixture, 0, "folder.provider");
  g_autofree char *nowhere = path_of (fixture, 0, "nowhere.provider");
  g_autofree char *device = path_of (fixture, 0, "zero.provider");
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 0, "good.provider", KEY ("Good"));
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (symlink ("/nonexistent/x", nowhere), ==, 0);
  g_assert_cmpint (symlink ("/dev/zero", device), ==, 0);
  catalogue = load (fixture);

  assert_names (catalogue, "Good");
  g_assert_cmpuint (warnings->len, ==, 4);
  g_assert_nonnull (strstr (warnings->pdata[0], "fifo.provider: is not a regular file"));
  g_assert_nonnull (strstr (warnings->pdata[1], "folder.provider: is not a regular file"));
  g_assert_nonnull (strstr (warnings->pdata[2], "nowhere.provider: can't be opened: "));
  g_assert_nonnull (strstr (warnings->pdata[3], "zero.provider: is not a regular file"));
}

static void
test_symlink (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = path_of (fixture, 0, "a.provider");
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 1, "target", KEY ("A"));
  g_assert_cmpint (symlink ("../machine/target", link), ==, 0);
  catalogue = load (fixture);
  assert_names (catalogue, "A");
  assert_no_warning ();
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *filler = g_strnfill (CVG_PROVIDER_FILE_MAX_SIZE, '#');
  g_autofree char *text = g_strconcat (KEY ("Large"), filler, NULL);
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 0, "good.provider", KEY ("Good"));
  put (fixture, 0, "large.provider", text);
  catalogue = load (fixture);
  assert_names (catalogue, "Good");
  assert_one_warning ("large.provider: is larger than 65536 bytes", NULL);
}

static void
test_directory_is_a_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCatalogue) catalogue = NULL;

  put (fixture, 0, "good.provider", KEY ("Good"));
  g_assert_true (g_file_set_contents (fixture->layers[1], "", -1, NULL));
  catalogue = load (fixture);
  assert_names (catalogue, "Good");
  assert_one_warning ("/machine: ", NULL);
  g_assert_cmpint (g_remove (fixture->layers[1]), ==, 0);
}

static void
assert_atlassian (const CvgProvider *provider)
{
  g_assert_nonnull (provider);
  g_assert_cmpstr (provider->kinds[0], ==, "oauth2");
  g_assert_cmpstr (provider->authorization_endpoint, ==, "https://auth.atlassian.com/authorize");
  g_assert_cmpstr (provider->token_endpoint, ==, "https://auth.atlassian.com/oauth/token");
  g_assert_cmpstr (provider->redirect_uri, ==, "http://127.0.0.1:18417/callback");
  g_assert_true (provider->redirect_port_exact);
  g_assert_cmpint (provider->token_request, ==, CVG_TOKEN_REQUEST_JSON);
  g_assert_true (provider->pkce);
  g_assert_true (provider->refresh_token_rotates);
  g_assert_cmpuint (provider->refresh_token_reuse_window, ==, 600);
  g_assert_cmpstr (provider->required_scopes[0], ==, "offline_access");
  g_assert_true (g_strv_contains ((const char *const *) provider->scopes, provider->account_scope));
  g_assert_cmpstr (provider->account_endpoint, ==, "https://api.atlassian.com/me");
  g_assert_true (cvg_provider_is_dead_grant (provider, 403, "invalid_grant",
                                             "Unknown or invalid refresh token."));
  g_assert_true (cvg_provider_is_dead_grant (provider, 403, "unauthorized_client",
                                             "refresh_token is invalid"));
  g_assert_true (
      cvg_provider_is_dead_grant (provider, 400, "invalid_request", "Invalid refresh_token"));
  /* These are faults of the client: the grant lives. */
  g_assert_false (cvg_provider_is_dead_grant (provider, 401, "access_denied", "Unauthorized"));
  g_assert_false (
      cvg_provider_is_dead_grant (provider, 403, "unauthorized_client", "no such client"));
}

static void
test_shipped (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = g_test_build_filename (G_TEST_DIST, "..", "data", "providers", NULL);
  const char *const directories[] = { directory, NULL };
  g_autoptr (CvgCatalogue) catalogue = cvg_catalogue_load (directories);
  g_autoptr (GPtrArray) list = cvg_catalogue_list (catalogue);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;
  guint files = 0;

  assert_no_warning ();
  assert_atlassian (cvg_catalogue_lookup (catalogue, "Confluence"));
  assert_atlassian (cvg_catalogue_lookup (catalogue, "Jira"));

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    files += g_str_has_suffix (name, CVG_PROVIDER_FILE_SUFFIX) ? 1 : 0;
  g_assert_cmpuint (list->len, ==, files);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/catalogue/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  g_log_writer_default_set_use_stderr (TRUE);
  g_log_set_writer_func (keep_warnings, NULL, NULL);
  g_test_init (&argc, &argv, NULL);
  warnings = g_ptr_array_new_with_free_func (g_free);
  ADD ("nothing", test_nothing);
  ADD ("names", test_names);
  ADD ("provider-outlives", test_provider_outlives);
  ADD ("override-by-key", test_override_by_key);
  ADD ("override-renames", test_override_renames);
  ADD ("mistake-costs-one-file", test_mistake_costs_one_file);
  ADD ("mistake-costs-one-layer", test_mistake_costs_one_layer);
  ADD ("override-of-nothing", test_override_of_nothing);
  ADD ("same-name", test_same_name);
  ADD ("same-name-above", test_same_name_above);
  ADD ("file-names", test_file_names);
  ADD ("not-regular", test_not_regular);
  ADD ("symlink", test_symlink);
  ADD ("too-large", test_too_large);
  ADD ("directory-is-a-file", test_directory_is_a_file);
  ADD ("shipped", test_shipped);
  status = g_test_run ();
  g_ptr_array_unref (warnings);
  return status;
}
