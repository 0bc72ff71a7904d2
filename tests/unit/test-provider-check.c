/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "providers/provider-check.h"

#include <glib/gstdio.h>
#include <string.h>

#define OAUTH2(name)                                                                               \
  "[Provider]\nName=" name "\nKind=oauth2\n[OAuth2]\n"                                             \
  "AuthorizationEndpoint=https://a.example/authorize\nTokenEndpoint=https://a.example/token\n"
#define KEY(name) "[Provider]\nName=" name "\nKind=api-key\n"

/* Each line of @actual is the root of the fixture, if any, and then one of @expected, whole or from
 * its beginning. */
static void
assert_lines (GPtrArray *actual, const char *root, const char *const *expected)
{
  guint count = 0;

  for (; count < actual->len && expected[count] != NULL; count++)
    {
      const char *line = g_ptr_array_index (actual, count);

      if (root != NULL)
        {
          g_assert_true (g_str_has_prefix (line, root));
          line += strlen (root);
        }
      if (!g_str_has_prefix (line, expected[count]))
        g_assert_cmpstr (line, ==, expected[count]);
    }

  if (count < actual->len)
    g_assert_cmpstr (g_ptr_array_index (actual, count), ==, NULL);
  g_assert_null (expected[count]);
}

/* ---- one file ---- */

static void
test_one (void)
{
  static const struct
  {
    const char *name;
    const char *text;
    const char *lines[8];
  } vectors[] = {
    { "a.provider", KEY ("A"), { NULL } },
    { "a.provider", OAUTH2 ("A") "# [Foo]\n#Foo=x\n", { NULL } },
    /* Each key, and not only the first */
    { "a.provider",
      OAUTH2 ("A") "Pkce=plain\nScopes=a b\n\nTokenRequest=xml\n[Tenant]\nsub=[\n",
      { "a.provider:7: [OAuth2] Pkce: must be", "a.provider:8: [OAuth2] Scopes: “a b” is not a",
        "a.provider:10: [OAuth2] TokenRequest: must", "a.provider:12: [Tenant] sub: is not a reg",
        NULL } },
    /* What follows from another mistake is not told: {sub} is declared, if badly */
    { "a.provider",
      "[Tenant]\nsub=[\n[Provider]\nName=A\nKind=oauth2\n[OAuth2]\n"
      "AuthorizationEndpoint=https://{sub}.example/\nTokenEndpoint=https://{sub}.example/\n",
      { "a.provider:2: [Tenant] sub: is not a regular expression", NULL } },
    { "a.provider",
      "[Provider]\nName=A\nKind=oauth2\n[OAuth2]\nIssuer=x\n",
      { "a.provider:5: [OAuth2] Issuer: is not an absolute URL", NULL } },
    /* What is missing is so in its group, or in the file */
    { "a.provider",
      "# A\n[Provider]\nName=A\nKind=oauth2\n",
      { "a.provider:1: [OAuth2] AuthorizationEndpoint: is missing",
        "a.provider:1: [OAuth2] TokenEndpoint: is missing", NULL } },
    { "a.provider",
      "# A\n[Provider]\nName=\n",
      { "a.provider:2: [Provider] Kind: is missing", "a.provider:3: [Provider] Name: is missing",
        NULL } },
    { "a.provider",
      "",
      { "a.provider:1: [Provider] Kind: is missing", "a.provider:1: [Provider] Name: is missing",
        NULL } },
    /* What is ignored at a start */
    { "a.provider",
      KEY ("A") "name=B\nName[de]=C\n[ApiKeys]\nHeader=x\n[Tenant]\nsub=a\n",
      { "a.provider:4: [Provider] name: is no key", "a.provider:5: [Provider] Name[de]: is no key",
        "a.provider:6: [ApiKeys]: is no group", NULL } },
    /* Twice: the last counts, and is judged */
    { "a.provider",
      KEY ("A") "[ApiKey]\nHeader=x\n[OAuth2]\n[ApiKey]\nHeader=X: {token}\n",
      { "a.provider:5: [ApiKey] Header: is set again in line 8, which counts", NULL } },
    { "a.provider",
      KEY ("A") "[ApiKey]\nHeader=X: {token}\nHeader=x\n",
      { "a.provider:5: [ApiKey] Header: is set again in line 6, which counts",
        "a.provider:6: [ApiKey] Header: must be “Name: value”", NULL } },
    /* No key file */
    { "a.provider",
      "[Provider]\nName=A\nKind\n\n[OAuth2\nScopes=a\\\n  b\n",
      { "a.provider:3: is neither", "a.provider:5: is neither", "a.provider:7: is neither",
        NULL } },
    { "a.provider", "Name=A\n[Provider]\n", { "a.provider:1: is before the first [Group]", NULL } },
    { "a.provider", "[Provider]\nName=\xff\n", { "a.provider:2: is not UTF-8 text", NULL } },
    { "a.provider", "\xef\xbb\xbf" KEY ("A"), { "a.provider:1: begins with a byte order", NULL } },
    /* Names of files */
    { "A.provider", KEY ("A"), { "A.provider:1: is not named with lower-case", NULL } },
    { ".a.provider", KEY ("A"), { ".a.provider:1: is not named with lower-case", NULL } },
    { "a.txt", KEY ("A"), { "a.txt:1: is not named *.provider", NULL } },
    { "/x/y/a.provider",
      KEY ("A") "Kind=x\n",
      { "/x/y/a.provider:3: [Provider] Kind: is set again",
        "/x/y/a.provider:4: [Provider] Kind: must", NULL } },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgProviderReport) report =
          cvg_provider_check_bytes (vectors[i].name, vectors[i].text, strlen (vectors[i].text));

      g_test_message ("row %zu", i);
      assert_lines (report->mistakes, NULL, vectors[i].lines);
      g_assert_cmpuint (report->fine->len, ==, vectors[i].lines[0] == NULL ? 1 : 0);
    }
}

/* A NUL is no text; of what is too large nothing is looked at. */
static void
test_hostile (void)
{
  static const char nul[] = "[Provider]\nName=A\n\0\nKind=api-key\n";
  g_autofree char *large = g_strnfill (70000, '\n');
  g_autoptr (CvgProviderReport) with_nul =
      cvg_provider_check_bytes ("a.provider", nul, sizeof nul - 1);
  g_autoptr (CvgProviderReport) too_large = cvg_provider_check_bytes ("a.provider", large, 70000);

  assert_lines (with_nul->mistakes, NULL,
                (const char *const[]){ "a.provider:3: is not UTF-8 text", NULL });
  assert_lines (too_large->mistakes, NULL,
                (const char *const[]){ "a.provider:1: is larger than 65536 bytes", NULL });
}

/* ---- layers ---- */

typedef struct
{
  char *root;
  char *layers[4];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "shipped", "machine", "person" };

  fixture->root = g_dir_make_tmp ("claviger-check-XXXXXX", NULL);
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
put (const Fixture *fixture, int layer, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->layers[layer], name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (fixture->layers[layer], 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return g_steal_pointer (&path);
}

#define PUT(layer, name, text) g_free (put (fixture, layer, name, text))

static void G_GNUC_NULL_TERMINATED
assert_all (Fixture *fixture, guint fine, ...)
{
  g_autoptr (CvgProviderReport) report =
      cvg_provider_check_directories ((const char *const *) fixture->layers);
  const char *expected[8] = { NULL };
  va_list lines;

  va_start (lines, fine);
  for (size_t i = 0; i < G_N_ELEMENTS (expected) - 1; i++)
    if ((expected[i] = va_arg (lines, const char *)) == NULL)
      break;
  va_end (lines);
  assert_lines (report->mistakes, fixture->root, expected);
  g_assert_cmpuint (report->fine->len, ==, fine);
}

static void
test_layers (Fixture *fixture, gconstpointer data)
{
  assert_all (fixture, 0, NULL);

  PUT (0, "a.provider", OAUTH2 ("A"));
  PUT (0, "b.provider", KEY ("B"));
  /* An override is judged with what is below it, and has few keys of its own. */
  PUT (1, "a.provider", "[OAuth2]\nScopes=x\n");
  assert_all (fixture, 3, NULL);

  PUT (1, "a.provider", "[OAuth2]\n\nScopes=x y\n");
  assert_all (fixture, 2, "/machine/a.provider:3: [OAuth2] Scopes: ", NULL);

  /* The one above is put on what was right. */
  PUT (2, "a.provider", "[OAuth2]\nScopes=z\n[Provider]\nKind=x\n");
  assert_all (fixture, 2, "/machine/a.provider:3: [OAuth2] Scopes: ",
              "/person/a.provider:4: [Provider] Kind: ", NULL);

  /* What it takes away is missing. */
  PUT (2, "a.provider", "[OAuth2]\nTokenEndpoint=\n");
  assert_all (fixture, 2, "/machine/a.provider:3: [OAuth2] Scopes: ",
              "/person/a.provider:2: [OAuth2] TokenEndpoint: is missing", NULL);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  PUT (0, "a.provider", KEY ("A"));
  PUT (0, "b.provider", KEY ("A"));
  PUT (1, "c.provider", "[Provider]\nKind=none\nName=A\n");
  PUT (1, "d.provider", KEY ("D") "PathName=a\n");
  PUT (1, "e.provider", KEY ("E") "PathName=b\n"); /* of one that was not right */
  PUT (2, "a.provider", "[Provider]\nName=New\n");
  PUT (2, "f.provider", KEY ("A")); /* which is free again */
  assert_all (fixture, 4, "/shipped/b.provider:2: [Provider] Name: “A” is the name of a.provider",
              "/machine/c.provider:3: [Provider] Name: “A” is the name of a.provider",
              "/machine/d.provider:4: [Provider] PathName: “a” is the path name of a.provider",
              NULL);
}

static void
test_files (Fixture *fixture, gconstpointer data)
{
  const char *const *layers = (const char *const *) fixture->layers;
  g_autofree char *shipped = put (fixture, 0, "a.provider", OAUTH2 ("A"));
  g_autofree char *above = put (fixture, 1, "a.provider", "[OAuth2]\nTokenEndpoint=x\n");
  g_autofree char *apart = g_build_filename (fixture->root, "a.provider", NULL);
  g_autofree char *fresh = g_build_filename (fixture->root, "fresh.provider", NULL);
  g_autofree char *none = g_build_filename (fixture->root, "none.provider", NULL);
  g_autoptr (CvgProviderReport) installed = NULL;
  g_autoptr (CvgProviderReport) report = NULL;

  /* One of the installed, on top of those before it alone. */
  installed = cvg_provider_check_files (layers, (const char *const[]){ shipped, above, NULL });
  assert_lines (
      installed->mistakes, fixture->root,
      (const char *const[]){ "/machine/a.provider:2: [OAuth2] TokenEndpoint: is not an", NULL });
  assert_lines (installed->fine, fixture->root,
                (const char *const[]){ "/shipped/a.provider", NULL });

  /* Ones that are not installed yet. */
  g_assert_true (g_file_set_contents (apart, "[OAuth2]\nScopes=b\n", -1, NULL));
  g_assert_true (g_file_set_contents (fresh, KEY ("A"), -1, NULL));
  report = cvg_provider_check_files (layers, (const char *const[]){ fresh, apart, none, NULL });
  assert_lines (report->mistakes, fixture->root,
                (const char *const[]){
                    "/a.provider:1: [Provider] Name: “A” is the name of fresh.provider already",
                    "/none.provider:1: can't be opened: ", NULL });
  g_clear_pointer (&report, cvg_provider_report_free);
  report = cvg_provider_check_files (layers, (const char *const[]){ fresh, NULL });
  assert_lines (report->mistakes, fixture->root,
                (const char *const[]){
                    "/fresh.provider:2: [Provider] Name: “A” is the name of a.provider", NULL });

  g_assert_cmpint (g_remove (apart), ==, 0);
  g_assert_cmpint (g_remove (fresh), ==, 0);
}

/* The catalogue itself, in which nothing is unknown or said twice either. */
static void
test_shipped (void)
{
  g_autofree char *directory = g_test_build_filename (G_TEST_DIST, "..", "data", "providers", NULL);
  const char *const directories[] = { directory, NULL };
  g_autoptr (CvgProviderReport) report = cvg_provider_check_directories (directories);

  assert_lines (report->mistakes, NULL, (const char *const[]){ NULL });
  g_assert_cmpuint (report->fine->len, >, 0);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/provider-check/one", test_one);
  g_test_add_func ("/provider-check/hostile", test_hostile);
  g_test_add ("/provider-check/layers", Fixture, NULL, set_up, test_layers, tear_down);
  g_test_add ("/provider-check/names", Fixture, NULL, set_up, test_names, tear_down);
  g_test_add ("/provider-check/files", Fixture, NULL, set_up, test_files, tear_down);
  g_test_add_func ("/provider-check/shipped", test_shipped);
  return g_test_run ();
}
