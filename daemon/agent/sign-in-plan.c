/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plan of a sign-in: its maker fills it, its sign-in owns it, and whoever asks for the grant in
 * the sign-in's name borrows it.
 */
#include "agent/sign-in-plan.h"

/** cvg_sign_in_plan_free: frees @plan and all that it owns */
void
cvg_sign_in_plan_free (CvgSignInPlan *plan)
{
  g_clear_pointer (&plan->entry, cvg_entry_unref);
  g_clear_pointer (&plan->provider, cvg_provider_unref);
  g_clear_pointer (&plan->server, g_variant_unref);
  g_clear_pointer (&plan->client, cvg_client_unref);
  g_free (plan->redirect_uri);
  g_clear_pointer (&plan->device, cvg_device_code_free);
  g_free (plan->redirect_url);
  g_strfreev (plan->scopes);
  g_free (plan->login_hint);
  g_free (plan);
}
