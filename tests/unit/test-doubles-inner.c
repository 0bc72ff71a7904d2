/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clock, vault and records: the doubles that other tests stand on are tested themselves.
 */
#include "doubles/clock-dummy.h"
#include "doubles/records-dummy.h"
#include "doubles/vault-dummy.h"

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *slot;
}

static void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

typedef struct
{
  CvgClock *clock;
  GString *log;
  char name;
  gint64 again; /* add another alarm so much later */
} Ring;

static void
on_ring (gpointer user_data)
{
  Ring *ring = user_data;

  g_string_append_printf (ring->log, "%c%" G_GINT64_FORMAT " ", ring->name,
                          cvg_clock_get_now (ring->clock));
  if (ring->again != 0)
    {
      guint id = cvg_clock_add_alarm (ring->clock, cvg_clock_get_now (ring->clock) + ring->again,
                                      on_ring, ring, NULL);

      g_assert_cmpuint (id, !=, 0);
    }
}

static void
test_clock (void)
{
  CvgClockDummy *dummy = cvg_clock_dummy_new (100);
  CvgClock *clock = CVG_CLOCK (dummy);
  g_autoptr (GString) log = g_string_new (NULL);
  Ring b = { clock, log, 'b', 0 };
  Ring a = { clock, log, 'a', 0 };
  Ring again = { clock, log, 'r', 10 };
  guint gone;

  g_assert_cmpuint (cvg_clock_add_alarm (clock, 120, on_ring, &b, NULL), !=, 0);
  g_assert_cmpuint (cvg_clock_add_alarm (clock, 110, on_ring, &a, NULL), !=, 0);
  gone = cvg_clock_add_alarm (clock, 105, on_ring, &a, NULL);
  cvg_clock_clear_alarm (clock, &gone);
  g_assert_cmpuint (gone, ==, 0);
  g_assert_cmpint (cvg_clock_dummy_get_next_alarm (dummy), ==, 110);

  cvg_clock_dummy_set_now (dummy, 109);
  g_assert_cmpstr (log->str, ==, "");
  cvg_clock_dummy_set_now (dummy, 130); /* a jump: both see the end of it */
  g_assert_cmpstr (log->str, ==, "a130 b130 ");

  g_string_truncate (log, 0);
  g_assert_cmpuint (cvg_clock_add_alarm (clock, 130, on_ring, &a, NULL), !=, 0);
  g_assert_cmpstr (log->str, ==, ""); /* due, but not inside the call */
  drain ();
  g_assert_cmpstr (log->str, ==, "a130 ");

  g_string_truncate (log, 0);
  g_assert_cmpuint (cvg_clock_add_alarm (clock, 140, on_ring, &again, NULL), !=, 0);
  cvg_clock_dummy_advance (dummy, 25); /* time passes: each at its own time */
  g_assert_cmpstr (log->str, ==, "r140 r150 ");
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (dummy), ==, 1);
  g_assert_finalize_object (dummy);
}

static void
test_vault_holds_and_fails (void)
{
  CvgVaultDummy *dummy = cvg_vault_dummy_new (CVG_VAULT_LOCKED);
  CvgVault *vault = CVG_VAULT (dummy);
  g_autoptr (CvgSecret) secret = cvg_secret_new ("s");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *results[5] = { NULL };

  g_assert_cmpint (cvg_vault_get_state (vault), ==, CVG_VAULT_UNKNOWN);
  cvg_vault_start_async (vault, NULL, on_done, &results[0]);
  g_assert_null (results[0]);
  g_assert_true (cvg_vault_start_finish (vault, wait_for (&results[0]), NULL));
  g_assert_cmpint (cvg_vault_get_state (vault), ==, CVG_VAULT_LOCKED);

  cvg_vault_store_async (vault, "k", "i", "l", secret, NULL, on_done, &results[1]);
  g_assert_false (cvg_vault_store_finish (vault, wait_for (&results[1]), &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);

  cvg_vault_dummy_set_state (dummy, CVG_VAULT_UNLOCKED);
  cvg_vault_dummy_hold (dummy, CVG_VAULT_DUMMY_STORE);
  cvg_vault_store_async (vault, "k", "i", "l", secret, NULL, on_done, &results[2]);
  cvg_vault_store_async (vault, "k", "j", "l", secret, cancellable, on_done, &results[3]);
  drain ();
  g_assert_null (results[2]);
  g_assert_cmpuint (cvg_vault_dummy_count_held (dummy, CVG_VAULT_DUMMY_STORE), ==, 2);
  g_assert_cmpuint (cvg_vault_dummy_count_items (dummy), ==, 0);

  g_cancellable_cancel (cancellable);
  g_assert_false (cvg_vault_store_finish (vault, wait_for (&results[3]), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  cvg_vault_dummy_release (dummy, CVG_VAULT_DUMMY_STORE);
  g_assert_true (cvg_vault_store_finish (vault, wait_for (&results[2]), NULL));
  g_assert_true (cvg_secret_equal (cvg_vault_dummy_peek (dummy, "k", "i"), secret));
  g_assert_cmpuint (cvg_vault_dummy_count_calls (dummy, CVG_VAULT_DUMMY_STORE), ==, 3);

  cvg_vault_dummy_fail_next (dummy, CVG_VAULT_DUMMY_REMOVE, CVG_ERROR_FAILED);
  cvg_vault_remove_async (vault, "k", "i", NULL, on_done, &results[4]);
  g_assert_false (cvg_vault_remove_finish (vault, wait_for (&results[4]), &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_cmpuint (cvg_vault_dummy_count_items (dummy), ==, 1);

  for (size_t i = 0; i < G_N_ELEMENTS (results); i++)
    g_clear_object (&results[i]);
  g_assert_finalize_object (dummy);
}

static void
on_items_changed (CvgVault *vault, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_vault_behind_the_back (void)
{
  CvgVaultDummy *dummy = cvg_vault_dummy_new (CVG_VAULT_UNLOCKED);
  guint told = 0;

  g_signal_connect (dummy, "items-changed", G_CALLBACK (on_items_changed), &told);
  cvg_vault_dummy_put (dummy, "k", "i", "old");
  cvg_vault_dummy_put (dummy, "k", "i", "new");
  g_assert_cmpstr (cvg_secret_peek (cvg_vault_dummy_peek (dummy, "k", "i")), ==, "new");
  cvg_vault_dummy_forget (dummy, "k", "i");
  cvg_vault_dummy_forget (dummy, "k", "i");
  g_assert_null (cvg_vault_dummy_peek (dummy, "k", "i"));
  g_assert_cmpuint (told, ==, 0);
  cvg_vault_dummy_tell_items_changed (dummy);
  g_assert_cmpuint (told, ==, 1);
  g_assert_finalize_object (dummy);
}

static void
test_records (void)
{
  CvgRecordsDummy *dummy = cvg_records_dummy_new ();
  CvgRecords *records = CVG_RECORDS (dummy);
  g_autoptr (GPtrArray) loaded = NULL;

  cvg_records_save (records, "clients", "b", g_variant_new ("a{sv}", NULL));
  cvg_records_save (records, "instances", "a", g_variant_new ("a{sv}", NULL));
  cvg_records_save (records, "instances", "c", g_variant_new ("a{sv}", NULL));
  cvg_records_remove (records, "instances", "c");
  g_assert_null (cvg_records_dummy_peek (dummy, "instances", "c"));
  loaded = cvg_records_load (records, "instances");
  g_assert_cmpuint (loaded->len, ==, 1);
  g_assert_cmpuint (cvg_records_dummy_count_saves (dummy), ==, 3);
  g_assert_finalize_object (dummy);
}

static void
on_stepped (CvgClock *clock, gint64 by, gpointer user_data)
{
  g_string_append_printf (user_data, "s%" G_GINT64_FORMAT " ", by);
}

static void
test_clock_steps (void)
{
  CvgClockDummy *dummy = cvg_clock_dummy_new (100);
  g_autoptr (GString) log = g_string_new (NULL);
  Ring ring = { .clock = CVG_CLOCK (dummy), .log = log, .name = 'r' };

  g_signal_connect (dummy, "stepped", G_CALLBACK (on_stepped), log);
  g_assert_cmpuint (cvg_clock_add_alarm (ring.clock, 150, on_ring, &ring, NULL), !=, 0);
  cvg_clock_dummy_step (dummy, -40);
  g_assert_cmpstr (log->str, ==, "s-40 ");
  g_assert_cmpint (cvg_clock_get_now (ring.clock), ==, 60);
  cvg_clock_dummy_step (dummy, 100);
  g_assert_cmpstr (log->str, ==, "s-40 s100 r160 ");
  g_assert_finalize_object (dummy);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doubles/clock/passes-and-jumps", test_clock);
  g_test_add_func ("/doubles/clock/is-set", test_clock_steps);
  g_test_add_func ("/doubles/vault/holds-and-fails", test_vault_holds_and_fails);
  g_test_add_func ("/doubles/vault/behind-the-back", test_vault_behind_the_back);
  g_test_add_func ("/doubles/records/are-kept", test_records);
  return g_test_run ();
}
