/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/clients.h"

#include "doubles/agent-world.h"

#define SERVER "Confluence"
#define OTHER_SERVER "Jira"

typedef struct
{
  CvgRecordsDummy *records;
  GPtrArray *system; /* the machine's clients */
  CvgClients *clients;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->records = cvg_records_dummy_new ();
  fixture->system = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_client_unref);
  fixture->clients = cvg_clients_new (CVG_RECORDS (fixture->records), fixture->system);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->clients);
  g_ptr_array_unref (fixture->system);
  g_assert_finalize_object (fixture->records);
}

/* The id of the entry is that of the client, so that failures can be read. */
static CvgClient *
make_client (const char *server_name, const char *client_id, gint64 age, gboolean is_default)
{
  CvgClient *client = cvg_client_new ();

  client->id = g_strdup_printf ("%s-%s", server_name, client_id);
  client->server_name = g_strdup (server_name);
  client->client_id = g_strdup (client_id);
  client->created_at = AGENT_WORLD_NOW - age;
  client->is_default = is_default;
  return client;
}

static void
put (Fixture *fixture,
     const char *server_name,
     const char *client_id,
     gint64 age,
     gboolean is_default)
{
  g_autoptr (CvgClient) client = make_client (server_name, client_id, age, is_default);

  cvg_clients_put (fixture->clients, client);
}

static void
save_record (Fixture *fixture,
             const char *server_name,
             const char *client_id,
             gint64 age,
             gboolean is_default)
{
  g_autoptr (CvgClient) client = make_client (server_name, client_id, age, is_default);
  g_autoptr (GVariant) record = NULL;

  /* A record's id is a UUID. */
  g_free (client->id);
  client->id = g_strdup_printf ("00000000-0000-4000-8000-00000000%04x", (guint) age);
  record = cvg_client_to_record (client);
  cvg_records_save (CVG_RECORDS (fixture->records), CVG_RECORDS_CLIENTS, client->id, record);
}

static gboolean
is_default_on_disk (Fixture *fixture, const char *id)
{
  GVariant *record = cvg_records_dummy_peek (fixture->records, CVG_RECORDS_CLIENTS, id);
  g_autoptr (CvgClient) client = NULL;

  g_assert_nonnull (record);
  client = cvg_client_from_record (record, NULL);
  /* Test entries that are no UUID are not read back. */
  if (client != NULL)
    return client->is_default;

  gboolean is_default = FALSE;
  g_variant_lookup (record, "default", "b", &is_default);
  return is_default;
}

/* Exactly one client of @server_name is the default: @client_id; in memory and on disk alike. */
static void
assert_default (Fixture *fixture, const char *server_name, const char *client_id)
{
  g_autoptr (GPtrArray) list = cvg_clients_list (fixture->clients, server_name);
  g_autoptr (GError) error = NULL;
  CvgClient *chosen = cvg_clients_choose (fixture->clients, server_name, NULL, &error);
  guint defaults = 0;

  g_assert_no_error (error);
  g_assert_cmpstr (chosen->client_id, ==, client_id);
  for (guint i = 0; i < list->len; i++)
    {
      const CvgClient *client = g_ptr_array_index (list, i);

      defaults += client->is_default ? 1 : 0;
      g_assert_cmpint (client->is_default, ==, client == chosen);
      g_assert_cmpint (is_default_on_disk (fixture, client->id), ==, client->is_default);
    }
  g_assert_cmpuint (defaults, ==, 1);
}

static void
test_none (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = cvg_clients_list (fixture->clients, NULL);

  g_assert_cmpuint (list->len, ==, 0);
  g_assert_null (cvg_clients_lookup (fixture->clients, SERVER, "a"));
  g_assert_null (cvg_clients_choose (fixture->clients, SERVER, NULL, &error));
  agent_world_assert_error (error, CVG_ERROR_NO_CLIENT);
  /* It says how to mend it. */
  g_assert_nonnull (strstr (error->message, "claviger client add Confluence CLIENT_ID"));
  g_clear_error (&error);

  put (fixture, OTHER_SERVER, "a", 1, TRUE);
  g_assert_null (cvg_clients_choose (fixture->clients, SERVER, "a", &error));
  agent_world_assert_error (error, CVG_ERROR_NO_CLIENT);
  g_assert_nonnull (strstr (error->message, "claviger client add Confluence a"));
}

static void
test_first_is_default (Fixture *fixture, gconstpointer data)
{
  put (fixture, SERVER, "a", 3, FALSE);
  assert_default (fixture, SERVER, "a");
  put (fixture, SERVER, "b", 2, FALSE);
  assert_default (fixture, SERVER, "a");
}

static void
test_default_moves (Fixture *fixture, gconstpointer data)
{
  put (fixture, SERVER, "a", 3, FALSE);
  put (fixture, OTHER_SERVER, "x", 3, FALSE);
  put (fixture, SERVER, "b", 2, TRUE);
  put (fixture, SERVER, "c", 1, FALSE);
  assert_default (fixture, SERVER, "b");
  put (fixture, SERVER, "c", 1, TRUE);
  assert_default (fixture, SERVER, "c");
  /* Another server's is not touched. */
  assert_default (fixture, OTHER_SERVER, "x");
}

static void
test_default_given_up (Fixture *fixture, gconstpointer data)
{
  put (fixture, SERVER, "a", 3, TRUE);
  /* The only one can't give it up. */
  put (fixture, SERVER, "a", 3, FALSE);
  assert_default (fixture, SERVER, "a");

  put (fixture, SERVER, "b", 2, TRUE);
  put (fixture, SERVER, "b", 2, FALSE);
  assert_default (fixture, SERVER, "a");
}

static void
remove_client (Fixture *fixture, const char *client_id)
{
  CvgClient *client = cvg_clients_lookup (fixture->clients, SERVER, client_id);
  g_autofree char *id = g_strdup (client->id);

  cvg_clients_remove (fixture->clients, client);
  g_assert_null (cvg_clients_lookup (fixture->clients, SERVER, client_id));
  g_assert_null (cvg_records_dummy_peek (fixture->records, CVG_RECORDS_CLIENTS, id));
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put (fixture, SERVER, "a", 3, FALSE);
  put (fixture, SERVER, "b", 2, FALSE);
  put (fixture, SERVER, "c", 1, TRUE);
  put (fixture, OTHER_SERVER, "x", 9, TRUE);

  /* With the default goes the mark: to the oldest of those that are left. */
  remove_client (fixture, "c");
  assert_default (fixture, SERVER, "a");
  remove_client (fixture, "b");
  assert_default (fixture, SERVER, "a");
  remove_client (fixture, "a");
  g_assert_null (cvg_clients_choose (fixture->clients, SERVER, NULL, &error));
  agent_world_assert_error (error, CVG_ERROR_NO_CLIENT);
  assert_default (fixture, OTHER_SERVER, "x");
}

static void
test_change (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgClient) changed = NULL;
  g_autoptr (GPtrArray) list = NULL;

  put (fixture, SERVER, "a", 3, TRUE);
  changed = cvg_client_copy (cvg_clients_lookup (fixture->clients, SERVER, "a"));
  changed->label = g_strdup ("Work");
  cvg_clients_put (fixture->clients, changed);

  list = cvg_clients_list (fixture->clients, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (cvg_clients_lookup (fixture->clients, SERVER, "a")->label, ==, "Work");
  assert_default (fixture, SERVER, "a");
}

static void
test_same_id_at_two_servers (Fixture *fixture, gconstpointer data)
{
  put (fixture, SERVER, "a", 2, FALSE);
  put (fixture, OTHER_SERVER, "a", 1, FALSE);
  g_assert_cmpstr (cvg_clients_lookup (fixture->clients, SERVER, "a")->server_name, ==, SERVER);
  g_assert_cmpstr (cvg_clients_lookup (fixture->clients, OTHER_SERVER, "a")->server_name, ==,
                   OTHER_SERVER);
  assert_default (fixture, SERVER, "a");
  assert_default (fixture, OTHER_SERVER, "a");
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) list = NULL;
  guint saves = 0;

  save_record (fixture, SERVER, "young", 1, FALSE);
  save_record (fixture, SERVER, "old", 5, TRUE);
  save_record (fixture, OTHER_SERVER, "x", 3, TRUE);
  saves = cvg_records_dummy_count_saves (fixture->records);
  cvg_clients_load (fixture->clients);

  list = cvg_clients_list (fixture->clients, NULL);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_cmpstr (((CvgClient *) list->pdata[0])->client_id, ==, "old");
  g_assert_cmpstr (((CvgClient *) list->pdata[1])->client_id, ==, "x");
  g_assert_cmpstr (((CvgClient *) list->pdata[2])->client_id, ==, "young");
  assert_default (fixture, SERVER, "old");
  assert_default (fixture, OTHER_SERVER, "x");
  /* Nothing was wrong, so nothing was written. */
  g_assert_cmpuint (cvg_records_dummy_count_saves (fixture->records), ==, saves);
}

static void
test_load_two_defaults (Fixture *fixture, gconstpointer data)
{
  /* The mark moved, and a crash came between the two records. */
  save_record (fixture, SERVER, "a", 5, TRUE);
  save_record (fixture, SERVER, "b", 4, TRUE);
  cvg_clients_load (fixture->clients);
  assert_default (fixture, SERVER, "a");
}

static void
test_load_no_default (Fixture *fixture, gconstpointer data)
{
  save_record (fixture, SERVER, "a", 5, FALSE);
  save_record (fixture, SERVER, "b", 4, FALSE);
  cvg_clients_load (fixture->clients);
  assert_default (fixture, SERVER, "a");
}

static void
test_load_nonsense (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) list = NULL;

  cvg_records_save (CVG_RECORDS (fixture->records), CVG_RECORDS_CLIENTS, "x",
                    g_variant_new_parsed ("{'client-id': <1>}"));
  save_record (fixture, SERVER, "a", 1, TRUE);
  cvg_clients_load (fixture->clients);
  agent_world_take_warning ("Leaving out a client");

  list = cvg_clients_list (fixture->clients, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  /* It may be of a newer version: it stays where it is. */
  g_assert_nonnull (cvg_records_dummy_peek (fixture->records, CVG_RECORDS_CLIENTS, "x"));
}

static void
test_secrets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new ("hush-S");
  g_autoptr (CvgClient) client = make_client (SERVER, "a", 1, TRUE);
  g_autoptr (CvgClient) held = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *record = NULL;

  client->has_secret = TRUE;
  cvg_clients_put (fixture->clients, client);
  put (fixture, SERVER, "public", 0, FALSE);
  g_assert_null (cvg_clients_choose_with_secret (fixture->clients, SERVER, "a", &error));
  agent_world_assert_error (error, CVG_ERROR_NO_CLIENT);
  g_assert_nonnull (cvg_clients_choose_with_secret (fixture->clients, SERVER, "public", NULL));

  cvg_clients_set_secret (fixture->clients, client->id, secret);
  /* The keyring may know of one that the records forgot. */
  cvg_clients_set_secret (fixture->clients, "nobody's", secret);
  held = cvg_client_ref (cvg_clients_lookup (fixture->clients, SERVER, "a"));
  agent_world_assert_secret (held->secret, "hush-S");
  g_assert_true (held->is_default);
  g_assert_nonnull (cvg_clients_choose_with_secret (fixture->clients, SERVER, "a", NULL));

  cvg_clients_drop_secrets (fixture->clients);
  g_assert_null (cvg_clients_lookup (fixture->clients, SERVER, "a")->secret);
  g_assert_true (cvg_clients_lookup (fixture->clients, SERVER, "a")->has_secret);
  /* A value does not change under who holds it. */
  agent_world_assert_secret (held->secret, "hush-S");

  record = g_variant_print (
      cvg_records_dummy_peek (fixture->records, CVG_RECORDS_CLIENTS, client->id), FALSE);
  g_assert_null (strstr (record, AGENT_WORLD_SECRET));
}

static void
on_changed (CvgClients *clients, const char *server_name, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup (server_name));
}

static void
test_signal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CvgClient) client = make_client (SERVER, "a", 1, TRUE);
  g_autoptr (CvgSecret) secret = cvg_secret_new ("hush-S");

  g_signal_connect (fixture->clients, "changed", G_CALLBACK (on_changed), changed);
  cvg_clients_put (fixture->clients, client);
  put (fixture, OTHER_SERVER, "a", 1, TRUE);
  g_assert_cmpuint (changed->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (changed, 0), ==, SERVER);
  g_assert_cmpstr (g_ptr_array_index (changed, 1), ==, OTHER_SERVER);

  cvg_clients_set_secret (fixture->clients, client->id, secret);
  g_assert_cmpuint (changed->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (changed, 2), ==, SERVER);
  /* What takes away mends nothing. */
  cvg_clients_drop_secrets (fixture->clients);
  cvg_clients_remove (fixture->clients, cvg_clients_lookup (fixture->clients, SERVER, "a"));
  g_assert_cmpuint (changed->len, ==, 3);
  g_signal_handlers_disconnect_by_data (fixture->clients, changed);
}

static void
count_up (guint *count)
{
  (*count)++;
}

/* It is of no use to new sign-ins, and stays for the old ones; nobody is told. */
static void
test_expire (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgClient) client = make_client (SERVER, "old", 1, FALSE);
  g_autoptr (CvgClients) again = NULL;
  guint changes = 0;

  client->is_registered = TRUE;
  client->issuer = g_strdup ("https://a.example");
  g_free (client->id);
  client->id = g_uuid_string_random ();
  cvg_clients_put (fixture->clients, client);
  g_signal_connect_swapped (fixture->clients, "changed", G_CALLBACK (count_up), &changes);
  cvg_clients_expire (fixture->clients, client, AGENT_WORLD_NOW);
  cvg_clients_expire (fixture->clients, client, AGENT_WORLD_NOW + 5);
  g_assert_cmpint (cvg_clients_lookup (fixture->clients, SERVER, "old")->expires_at, ==,
                   AGENT_WORLD_NOW);
  g_assert_cmpuint (changes, ==, 0);

  again = cvg_clients_new (CVG_RECORDS (fixture->records), NULL);
  cvg_clients_load (again);
  g_assert_cmpint (cvg_clients_lookup (again, SERVER, "old")->expires_at, ==, AGENT_WORLD_NOW);
}

/* What a person adds takes the mark from what Claviger registered, and from nobody else. */
static void
test_own_before_registered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgClient) registered = make_client (SERVER, "registered", 9, TRUE);

  registered->is_registered = TRUE;
  cvg_clients_put (fixture->clients, registered);
  g_assert_true (cvg_clients_lookup (fixture->clients, SERVER, "registered")->is_default);
  put (fixture, SERVER, "first", 8, FALSE);
  g_assert_true (cvg_clients_lookup (fixture->clients, SERVER, "first")->is_default);
  g_assert_false (cvg_clients_lookup (fixture->clients, SERVER, "registered")->is_default);
  put (fixture, SERVER, "second", 7, FALSE);
  g_assert_true (cvg_clients_lookup (fixture->clients, SERVER, "first")->is_default);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/clients/" path, Fixture, NULL, set_up, function, tear_down)

static void
add_system (Fixture *fixture, const char *client_id, gboolean is_default)
{
  CvgClient *client = make_client (SERVER, client_id, 0, is_default);

  g_clear_pointer (&client->id, g_free);
  client->is_system = TRUE;
  g_ptr_array_add (fixture->system, client);
}

static const char *
get_default (Fixture *fixture)
{
  return cvg_clients_choose (fixture->clients, SERVER, NULL, NULL)->client_id;
}

static void
test_system (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) listed = NULL;

  add_system (fixture, "first", FALSE);
  add_system (fixture, "machine", TRUE);
  g_assert_cmpstr (get_default (fixture), ==, "machine");
  g_assert_true (cvg_clients_lookup (fixture->clients, SERVER, "first")->is_system);
  g_assert_cmpuint (cvg_records_dummy_count (fixture->records, CVG_RECORDS_CLIENTS), ==, 0);

  /* One more of the person's is not what is meant where nothing is said … */
  put (fixture, SERVER, "mine", 0, FALSE);
  g_assert_cmpstr (get_default (fixture), ==, "machine");
  /* … and is where they say so. */
  put (fixture, SERVER, "mine", 0, TRUE);
  g_assert_cmpstr (get_default (fixture), ==, "mine");

  listed = cvg_clients_list (fixture->clients, SERVER);
  g_assert_cmpuint (listed->len, ==, 3);
  g_assert_true (((CvgClient *) g_ptr_array_index (listed, 0))->is_default);
  g_assert_false (((CvgClient *) g_ptr_array_index (listed, 2))->is_default);
}

static void
test_system_hidden (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) listed = NULL;
  CvgClient *client = NULL;

  add_system (fixture, "machine", TRUE);
  put (fixture, SERVER, "machine", 0, TRUE);

  client = cvg_clients_lookup (fixture->clients, SERVER, "machine");
  g_assert_false (client->is_system);
  listed = cvg_clients_list (fixture->clients, NULL);
  g_assert_cmpuint (listed->len, ==, 1);

  cvg_clients_remove (fixture->clients, client);
  g_assert_true (cvg_clients_lookup (fixture->clients, SERVER, "machine")->is_system);
  g_assert_cmpstr (get_default (fixture), ==, "machine");
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("none", test_none);
  ADD ("the-first-is-the-default", test_first_is_default);
  ADD ("the-default-moves", test_default_moves);
  ADD ("the-default-is-given-up", test_default_given_up);
  ADD ("removed", test_remove);
  ADD ("changed", test_change);
  ADD ("one-id-at-two-servers", test_same_id_at_two_servers);
  ADD ("loaded", test_load);
  ADD ("loaded-with-two-defaults", test_load_two_defaults);
  ADD ("loaded-without-a-default", test_load_no_default);
  ADD ("loaded-with-nonsense", test_load_nonsense);
  ADD ("secrets-come-and-go", test_secrets);
  ADD ("what-is-set-is-told", test_signal);
  ADD ("the-machine-has-some", test_system);
  ADD ("the-person-hides-the-machines", test_system_hidden);
  ADD ("expired", test_expire);
  ADD ("the-persons-before-a-registered-one", test_own_before_registered);

  return g_test_run ();
}
