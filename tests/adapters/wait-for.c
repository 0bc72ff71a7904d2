/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "wait-for.h"

static gboolean
on_too_late (gpointer user_data)
{
  g_error ("What was waited for has not happened");
  return G_SOURCE_REMOVE;
}

/** wait_for_add_deadline: Returns: a source that ends the program at the deadline */
guint
wait_for_add_deadline (void)
{
  return g_timeout_add (DEADLINE, on_too_late, NULL);
}

/**
 * wait_for_keep:
 * @user_data: a (GAsyncResult **) that points to %NULL, which owns the result then
 *
 * A callback for every operation; that it comes only once is checked.
 */
void
wait_for_keep (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

/**
 * wait_for_result:
 * @slot: as of wait_for_keep(), of an operation that was just begun
 *
 * That it does not end inside the call that began it is checked. It has a deadline of its own.
 *
 * Returns: (transfer none): what is in @slot then
 */
GAsyncResult *
wait_for_result (GAsyncResult **slot)
{
  g_assert_null (*slot);
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *slot;
}
