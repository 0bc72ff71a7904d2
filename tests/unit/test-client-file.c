/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "providers/client-file.h"

#include <glib/gstdio.h>
#include <string.h>

#define GOOD "[Client]\nServer=Confluence\nClientId=acme\n"

/* What is in a file, and what is said of it. */
static const struct
{
  const char *text;
  const char *mistake; /* NULL: none */
} rows[] = {
  { GOOD, NULL },
  { GOOD "RedirectUri=http://127.0.0.1:18417/callback\nLabel= Acme \nDefault=true\n", NULL },
  { GOOD "Label=\nRedirectUri=\nOther=ignored\n", NULL },
  { "", "[Client] Server: is missing" },
  { "[Client]\nClientId=acme\n", "[Client] Server: is missing" },
  { "[Client]\nServer=Confluence\nClientId=\n", "[Client] ClientId: is missing" },
  { "[Client]\nServer=Confluence\nClientId=a b\n", "[Client] ClientId: must be" },
  { GOOD "RedirectUri=http://example.org:1/\n", "[Client] RedirectUri: must" },
  { GOOD "Default=perhaps\n", "[Client] Default: must be true or false" },
  { GOOD "ClientSecret=hush\n", "[Client] ClientSecret: a secret can't be" },
  { GOOD "ClientSecret=\n", "[Client] ClientSecret: a secret can't be" },
  { "Server=Confluence\n", "" },
  { "[Client]\nServer=\xff\n", "is not UTF-8 text" },
};

static void
test_rows (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgClient) client =
          cvg_client_file_read (rows[i].text, strlen (rows[i].text), &error);

      g_test_message ("row %zu: %s", i, error != NULL ? error->message : "right");
      g_assert_true ((client != NULL) == (rows[i].mistake == NULL));
      if (client == NULL)
        {
          g_assert_nonnull (strstr (error->message, rows[i].mistake));
          g_assert_null (strstr (error->message, "hush"));
        }
    }
}

static void
test_values (void)
{
  const char *text = rows[1].text;
  g_autoptr (CvgClient) client = cvg_client_file_read (text, strlen (text), NULL);

  g_assert_true (client->is_system);
  g_assert_true (client->is_default);
  g_assert_false (client->has_secret);
  g_assert_cmpstr (client->server_name, ==, "Confluence");
  g_assert_cmpstr (client->client_id, ==, "acme");
  g_assert_cmpstr (client->redirect_uri, ==, "http://127.0.0.1:18417/callback");
  g_assert_cmpstr (client->label, ==, "Acme");
}

static void
write_file (const char *directory, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* The one warning that there may be; structured logs pass by GTest's own way. */
static char *warning;

static GLogWriterOutput
keep_warning (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if (level != G_LOG_LEVEL_WARNING)
    return g_log_writer_default (level, fields, n_fields, user_data);

  g_assert_null (warning);
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      warning = g_strdup (fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

static void
test_directory (void)
{
  g_autofree char *directory = g_dir_make_tmp ("claviger-clients-XXXXXX", NULL);
  const char *const names[] = { "a.client", "b.client", "c.client", "d.txt" };
  g_autoptr (GPtrArray) clients = NULL;
  g_autoptr (GPtrArray) none = cvg_client_file_load_all ("/nowhere/at/all");

  g_assert_cmpuint (none->len, ==, 0);
  write_file (directory, names[0], GOOD);
  write_file (directory, names[1], "[Client]\nServer=Jira\n");
  write_file (directory, names[2], "[Client]\nServer=Jira\nClientId=jira\n");
  write_file (directory, names[3], GOOD);

  clients = cvg_client_file_load_all (directory);
  g_assert_nonnull (
      strstr (warning, "b.client: [Client] ClientId: is missing; the file is skipped"));
  g_clear_pointer (&warning, g_free);
  g_assert_cmpuint (clients->len, ==, 2);
  g_assert_cmpstr (((CvgClient *) g_ptr_array_index (clients, 1))->client_id, ==, "jira");

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (directory, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (directory);
}

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (keep_warning, NULL, NULL);

  g_test_add_func ("/client-file/rows", test_rows);
  g_test_add_func ("/client-file/values", test_values);
  g_test_add_func ("/client-file/directory", test_directory);

  return g_test_run ();
}
