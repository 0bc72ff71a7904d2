/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/instances.h"

#include "doubles/agent-world.h"

#define UPPER "ABCDEF00-0000-4000-8000-0000000000AB"
#define LOWER "abcdef00-0000-4000-8000-0000000000ab"

typedef struct
{
  CvgCatalogue *catalogue;
  CvgRecordsDummy *records;
  CvgInstances *instances;
  guint changes; /* since they were last looked at */
  guint removals;
} Fixture;

static void
on_changed (CvgInstances *instances, gpointer entry, gpointer user_data)
{
  ((Fixture *) user_data)->changes++;
}

static void
on_removed (CvgInstances *instances, gpointer entry, gpointer user_data)
{
  ((Fixture *) user_data)->removals++;
  /* Who is told may still look at it. */
  g_assert_true (((CvgEntry *) entry)->removed);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *shipped = g_test_build_filename (G_TEST_DIST, "..", "data", "providers", NULL);
  const char *const directories[] = { shipped, NULL };

  fixture->catalogue = cvg_catalogue_load (directories);
  fixture->records = cvg_records_dummy_new ();
  fixture->instances = cvg_instances_new (CVG_RECORDS (fixture->records), fixture->catalogue);
  g_signal_connect (fixture->instances, "changed", G_CALLBACK (on_changed), fixture);
  g_signal_connect (fixture->instances, "removed", G_CALLBACK (on_removed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->instances);
  g_assert_finalize_object (fixture->records);
  cvg_catalogue_free (fixture->catalogue);
}

static void
assert_changes (Fixture *fixture, guint changes)
{
  g_assert_cmpuint (fixture->changes, ==, changes);
  fixture->changes = 0;
}

static CvgInstance *
make_record (guint number, gint64 created_at, gint64 authorized_at, gboolean signed_in)
{
  CvgInstance *record = cvg_instance_new ();

  record->id = g_strdup_printf ("00000000-0000-4000-8000-%012u", number);
  record->user_id = g_strdup ("user");
  record->server_name = g_strdup ("Confluence");
  record->owner = g_strdup ("host");
  record->created_at = created_at;
  record->authorized_at = authorized_at;
  record->signed_in = signed_in;
  return record;
}

static CvgEntry *
add (Fixture *fixture, guint number, gint64 created_at, gint64 authorized_at, gboolean signed_in)
{
  g_autoptr (CvgInstance) record = make_record (number, created_at, authorized_at, signed_in);

  return cvg_instances_add (fixture->instances, record);
}

static gboolean
has_record (Fixture *fixture, const CvgEntry *entry)
{
  return cvg_records_dummy_peek (fixture->records, CVG_RECORDS_INSTANCES, entry->record->id) !=
         NULL;
}

/* Its record as it is on disk. */
static CvgInstance *
read_record (Fixture *fixture, const CvgEntry *entry)
{
  g_autoptr (GError) error = NULL;
  CvgInstance *record = NULL;

  g_assert_true (has_record (fixture, entry));
  record = cvg_instance_from_record (
      cvg_records_dummy_peek (fixture->records, CVG_RECORDS_INSTANCES, entry->record->id), &error);
  g_assert_no_error (error);
  g_assert (record != NULL);
  return record;
}

static void
test_add (Fixture *fixture, gconstpointer data)
{
  CvgEntry *entry = add (fixture, 1, 10, 0, FALSE);
  g_autoptr (CvgInstance) saved = read_record (fixture, entry);

  assert_changes (fixture, 1);
  g_assert_cmpstr (saved->user_id, ==, "user");
  g_assert_cmpstr (entry->provider->name, ==, "Confluence");
  g_assert_null (entry->credentials);
  g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, "signed-out");
  g_assert_true (cvg_instances_lookup (fixture->instances, entry->record->id, NULL) == entry);
}

static void
test_lookup (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *id;
    int code; /* -1: found */
  } vectors[] = {
    { LOWER, -1 },
    { UPPER, -1 }, /* RFC 4122 section 3 */
    { "abcdef00-0000-4000-8000-0000000000ac", CVG_ERROR_NOT_FOUND },
    { "", CVG_ERROR_INVALID_ARGUMENT },
    { "abcdef00", CVG_ERROR_INVALID_ARGUMENT },
    { "{" LOWER "}", CVG_ERROR_INVALID_ARGUMENT },
    { LOWER " ", CVG_ERROR_INVALID_ARGUMENT },
  };
  g_autoptr (CvgInstance) record = make_record (1, 1, 0, FALSE);
  CvgEntry *entry = NULL;

  g_free (record->id);
  record->id = g_strdup (LOWER);
  entry = cvg_instances_add (fixture->instances, record);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      CvgEntry *found = cvg_instances_lookup (fixture->instances, vectors[i].id, &error);

      g_test_message ("row %zu", i);
      if (vectors[i].code >= 0)
        {
          g_assert_null (found);
          agent_world_assert_error (error, vectors[i].code);
        }
      else
        g_assert_true (found == entry);
    }
}

static void
test_find_of_user (Fixture *fixture, gconstpointer data)
{
  CvgEntry *old = NULL;
  CvgEntry *latest = NULL;
  CvgEntry *newest_but_out = NULL;
  g_autoptr (CvgInstance) other = make_record (7, 900, 900, TRUE);
  g_autoptr (CvgInstance) elsewhere = make_record (8, 900, 900, TRUE);

  g_assert_null (cvg_instances_find_of_user (fixture->instances, "user", "Confluence"));

  /* Other people's, and another server's. */
  g_free (other->user_id);
  other->user_id = g_strdup ("another");
  cvg_instances_add (fixture->instances, other);
  g_free (elsewhere->server_name);
  elsewhere->server_name = g_strdup ("Jira");
  cvg_instances_add (fixture->instances, elsewhere);
  g_assert_null (cvg_instances_find_of_user (fixture->instances, "user", "Confluence"));

  newest_but_out = add (fixture, 1, 800, 800, FALSE);
  g_assert_true (cvg_instances_find_of_user (fixture->instances, "user", "Confluence") ==
                 newest_but_out);
  old = add (fixture, 2, 100, 500, TRUE);
  g_assert_true (cvg_instances_find_of_user (fixture->instances, "user", "Confluence") == old);
  latest = add (fixture, 3, 50, 600, TRUE);
  g_assert_true (cvg_instances_find_of_user (fixture->instances, "user", "Confluence") == latest);
  /* Authorized at the same moment: the one that was created later. */
  latest = add (fixture, 4, 60, 600, TRUE);
  g_assert_true (cvg_instances_find_of_user (fixture->instances, "user", "Confluence") == latest);
  /* Likewise: always the same one. */
  latest = add (fixture, 5, 60, 600, TRUE);
  g_assert_true (cvg_instances_find_of_user (fixture->instances, "user", "Confluence") == latest);
  /* The next one is later, even if the clock has gone back. */
  g_assert_cmpint (cvg_instances_stamp (fixture->instances, 10), ==, 901);
  g_assert_cmpint (cvg_instances_stamp (fixture->instances, 5000), ==, 5000);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  CvgEntry *young = add (fixture, 1, 300, 0, FALSE);
  CvgEntry *old = add (fixture, 2, 100, 0, FALSE);
  CvgEntry *also_old = add (fixture, 3, 100, 0, FALSE);
  g_autoptr (GPtrArray) list = cvg_instances_list (fixture->instances);

  g_assert_cmpuint (list->len, ==, 3);
  g_assert_true (g_ptr_array_index (list, 0) == old);
  g_assert_true (g_ptr_array_index (list, 1) == also_old);
  g_assert_true (g_ptr_array_index (list, 2) == young);
}

static void
test_shift (Fixture *fixture, gconstpointer data)
{
  CvgEntry *entry = add (fixture, 1, 300, 0, TRUE);
  CvgEntry *absurd = add (fixture, 2, 300, 0, TRUE);
  g_autoptr (CvgCredentials) held = agent_world_credentials ("hush-A", "hush-R", 3600);

  entry->credentials = cvg_credentials_ref (held);
  entry->failed_at = AGENT_WORLD_NOW - 10;
  entry->retry_at = AGENT_WORLD_NOW + 10;
  absurd->credentials = agent_world_credentials ("hush-C", "hush-T", 0);
  absurd->credentials->obtained_at = G_MININT64;
  fixture->changes = 0;

  cvg_instances_shift_times (fixture->instances, -7200);
  g_assert_cmpint (entry->credentials->obtained_at, ==, AGENT_WORLD_NOW - 7200);
  g_assert_cmpint (entry->credentials->expires_at, ==, AGENT_WORLD_NOW - 3600);
  g_assert_cmpint (entry->failed_at, ==, AGENT_WORLD_NOW - 7210);
  g_assert_cmpint (entry->retry_at, ==, AGENT_WORLD_NOW - 7190);
  /* There is no such time, and so none that could be shifted. */
  g_assert_cmpint (entry->spent_at, ==, 0);
  g_assert_cmpint (absurd->credentials->expires_at, ==, 0);
  g_assert_cmpint (absurd->credentials->obtained_at, ==, G_MININT64);

  /* A value does not change under who holds it. */
  g_assert_cmpint (held->expires_at, ==, AGENT_WORLD_NOW + 3600);
  agent_world_assert_secret (entry->credentials->refresh_token, "hush-R");
  assert_changes (fixture, 0);

  cvg_instances_shift_times (fixture->instances, -2 * (gint64) AGENT_WORLD_NOW);
  g_assert_cmpint (entry->failed_at, ==, 1);
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgInstance) record = make_record (1, 1, 2, TRUE);
  g_autoptr (CvgInstance) orphan = make_record (2, 1, 2, TRUE);
  g_autoptr (GVariant) first = cvg_instance_to_record (record);
  g_autoptr (GVariant) second = NULL;
  g_autoptr (GPtrArray) list = NULL;
  CvgEntry *entry = NULL;
  guint saves = 0;

  g_free (orphan->server_name);
  orphan->server_name = g_strdup ("Gone");
  second = cvg_instance_to_record (orphan);
  cvg_records_save (CVG_RECORDS (fixture->records), CVG_RECORDS_INSTANCES, record->id, first);
  cvg_records_save (CVG_RECORDS (fixture->records), CVG_RECORDS_INSTANCES, orphan->id, second);
  cvg_records_save (CVG_RECORDS (fixture->records), CVG_RECORDS_INSTANCES, "x",
                    g_variant_new_parsed ("{'instance-id': <'x'>}"));
  saves = cvg_records_dummy_count_saves (fixture->records);

  cvg_instances_load (fixture->instances);
  agent_world_take_warning ("Leaving out an instance");
  list = cvg_instances_list (fixture->instances);
  g_assert_cmpuint (list->len, ==, 2);
  entry = cvg_instances_lookup (fixture->instances, record->id, NULL);
  g_assert_true (entry->record->signed_in);
  g_assert_nonnull (entry->provider);
  /* Without the keyring, nobody can say that it is not signed in. */
  g_assert_cmpstr (cvg_entry_get_status (entry, FALSE), ==, "keyring-locked");
  g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, "signed-out");
  /* What the catalogue lost is still there, to be deleted. */
  entry = cvg_instances_lookup (fixture->instances, orphan->id, NULL);
  g_assert_null (entry->provider);

  assert_changes (fixture, 0);
  g_assert_cmpuint (cvg_records_dummy_count_saves (fixture->records), ==, saves);
}

static void
test_replace (Fixture *fixture, gconstpointer data)
{
  CvgEntry *entry = add (fixture, 1, 1, 0, FALSE);
  g_autoptr (CvgInstance) record = cvg_instance_copy (entry->record);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A", "hush-R", 3600);
  g_autoptr (CvgInstance) saved = NULL;
  guint64 generation = entry->generation;

  entry->unsaved = TRUE;
  entry->unreachable = TRUE;
  entry->retry_at = 99;
  entry->last_error = g_strdup ("Something");
  record->signed_in = TRUE;
  fixture->changes = 0;
  cvg_instances_replace_credentials (fixture->instances, entry, credentials, record);

  assert_changes (fixture, 1);
  g_assert_cmpuint (entry->generation, >, generation);
  g_assert_true (entry->credentials == credentials);
  g_assert_false (entry->unsaved);
  g_assert_false (entry->unreachable);
  g_assert_cmpint (entry->retry_at, ==, 0);
  g_assert_null (entry->last_error);
  g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, "active");
  saved = read_record (fixture, entry);
  g_assert_true (saved->signed_in);
}

static void
test_refreshed (Fixture *fixture, gconstpointer data)
{
  CvgEntry *entry = add (fixture, 1, 1, 1, TRUE);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A", "hush-R", 3600);
  guint64 generation = entry->generation;
  guint saves = cvg_records_dummy_count_saves (fixture->records);

  entry->unreachable = TRUE;
  entry->last_error = g_strdup ("Something");
  fixture->changes = 0;
  cvg_instances_set_refreshed (fixture->instances, entry, credentials, TRUE);

  assert_changes (fixture, 1);
  /* The same grant: work on it goes on. And no file is written for it. */
  g_assert_cmpuint (entry->generation, ==, generation);
  g_assert_cmpuint (cvg_records_dummy_count_saves (fixture->records), ==, saves);
  g_assert_null (entry->last_error);
  g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, "active");
}

static void
test_failed (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    CvgError code;
    const char *status;
    gboolean is_dead;
  } vectors[] = {
    { CVG_ERROR_TRY_LATER, "unreachable", FALSE },
    { CVG_ERROR_REFUSED, "active", FALSE }, /* the client's fault: what there is works on */
    { CVG_ERROR_NO_CLIENT, "active", FALSE },
    { CVG_ERROR_NEEDS_SIGN_IN, "needs-sign-in", TRUE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      CvgEntry *entry = add (fixture, (guint) i + 1, 1, 1, TRUE);
      g_autoptr (GError) error = g_error_new (CVG_ERROR, (int) vectors[i].code, "So it went");
      g_autoptr (CvgInstance) saved = NULL;

      g_test_message ("row %zu", i);
      entry->credentials = agent_world_credentials ("hush-A", "hush-R", 3600);
      fixture->changes = 0;
      cvg_instances_set_failed (fixture->instances, entry, error, 1000, 1234);

      assert_changes (fixture, 1);
      g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, vectors[i].status);
      g_assert_cmpstr (entry->last_error, ==, "So it went");
      g_assert_cmpint (entry->retry_at, ==, 1234);
      /* The credentials are kept, whatever it was. */
      g_assert_nonnull (entry->credentials);
      saved = read_record (fixture, entry);
      g_assert_cmpstr (saved->dead_reason, ==, vectors[i].is_dead ? "So it went" : NULL);
    }
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgEntry) entry = cvg_entry_ref (add (fixture, 1, 1, 1, TRUE));
  g_autoptr (CvgInstance) record = cvg_instance_copy (entry->record);
  g_autoptr (GError) error = NULL;
  guint64 generation = entry->generation;

  entry->credentials = agent_world_credentials ("hush-A", "hush-R", 3600);
  entry->unsaved = TRUE;
  fixture->changes = 0;
  cvg_instances_remove (fixture->instances, entry);

  g_assert_cmpuint (fixture->removals, ==, 1);
  assert_changes (fixture, 0);
  g_assert_null (cvg_instances_lookup (fixture->instances, entry->record->id, &error));
  agent_world_assert_error (error, CVG_ERROR_NOT_FOUND);
  g_assert_false (has_record (fixture, entry));
  /* Who still works on it sees that it is over. */
  g_assert_true (entry->removed);
  g_assert_false (entry->unsaved);
  g_assert_null (entry->credentials);
  g_assert_cmpuint (entry->generation, >, generation);

  /* And can't bring it back. */
  cvg_instances_update (fixture->instances, entry, record);
  assert_changes (fixture, 0);
  g_assert_false (has_record (fixture, entry));
}

static void
test_title (Fixture *fixture, gconstpointer data)
{
  CvgEntry *entry = add (fixture, 1, 1, 0, FALSE);
  g_autoptr (CvgInstance) labelled = cvg_instance_copy (entry->record);
  g_autofree char *plain = cvg_entry_dup_title (entry);
  g_autofree char *full = NULL;

  labelled->label = g_strdup ("Work");
  cvg_instances_update (fixture->instances, entry, labelled);
  full = cvg_entry_dup_title (entry);
  g_assert_cmpstr (plain, ==, "Claviger: Confluence");
  g_assert_cmpstr (full, ==, "Claviger: Confluence (Work)");
}

#define ADD(path, function)                                                                        \
  g_test_add ("/instances/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("added", test_add);
  ADD ("looked-up", test_lookup);
  ADD ("of-a-user-the-latest-answers", test_find_of_user);
  ADD ("listed-oldest-first", test_list);
  ADD ("times-are-shifted-with-the-clock", test_shift);
  ADD ("loaded", test_load);
  ADD ("credentials-replaced", test_replace);
  ADD ("credentials-refreshed", test_refreshed);
  ADD ("refresh-failed", test_failed);
  ADD ("removed", test_remove);
  ADD ("title", test_title);

  return g_test_run ();
}
