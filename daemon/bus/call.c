/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls in progress. Each is answered exactly once: answering takes the invocation away, and a call
 * that is freed with its invocation still there is a bug.
 */
#include "bus/call.h"

#include "bus/bus-error.h"

/**
 * cvg_call_new:
 * @agent: (transfer none)
 * @invocation: (transfer full): as GDBus hands it over
 * @entry: (transfer none) (nullable): the instance that it is about
 */
CvgCall *
cvg_call_new (CvgAgent *agent, GDBusMethodInvocation *invocation, CvgEntry *entry)
{
  CvgCall *call = g_new0 (CvgCall, 1);

  call->agent = g_object_ref (agent);
  call->invocation = invocation;
  call->entry = entry != NULL ? cvg_entry_ref (entry) : NULL;
  return call;
}

void
cvg_call_free (CvgCall *call)
{
  g_assert (call->invocation == NULL);
  g_clear_pointer (&call->result, g_variant_unref);
  g_clear_pointer (&call->entry, cvg_entry_unref);
  g_clear_object (&call->agent);
  g_free (call);
}

/** cvg_call_return: answers with @result, a floating tuple */
void
cvg_call_return (CvgCall *call, GVariant *result)
{
  g_dbus_method_invocation_return_value (g_steal_pointer (&call->invocation), result);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgCall) call = user_data;

  /* What could not be written has been warned about, and is true in memory all the same. */
  cvg_instances_flush_finish (cvg_agent_get_instances (call->agent), result, NULL);
  cvg_call_return (call, call->result);
}

/**
 * cvg_call_return_kept:
 * @call: (transfer full)
 * @result: (nullable): a floating tuple
 *
 * As cvg_call_return(), when what was changed is on disk: an answer outlives a power cut.
 */
void
cvg_call_return_kept (CvgCall *call, GVariant *result)
{
  call->result = result != NULL ? g_variant_ref_sink (result) : NULL;
  cvg_instances_flush_async (cvg_agent_get_instances (call->agent), on_kept, call);
}

/** cvg_call_fail: answers with @error (transfer full) */
void
cvg_call_fail (CvgCall *call, GError *error)
{
  cvg_invocation_fail (g_steal_pointer (&call->invocation), error);
}

/** cvg_invocation_fail: answers @invocation (transfer full) with @error (transfer full) */
void
cvg_invocation_fail (GDBusMethodInvocation *invocation, GError *error)
{
  g_dbus_method_invocation_take_error (invocation, cvg_error_for_bus (error));
}
