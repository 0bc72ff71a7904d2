/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only door through which errors leave. Only our own errors and the bus's own cross it;
 * everything else (sockets, TLS, JSON, keeper) stays in the journal: its text may name hosts or
 * files, and its name would reach clients as an unusable org.gtk.GDBus.UnmappedGError.
 */
#include "bus/bus-error.h"

#include "dbus/error.h"

/**
 * cvg_error_for_bus:
 * @error: (transfer full): any error
 *
 * Returns: (transfer full): one that a caller can act on
 */
GError *
cvg_error_for_bus (GError *error)
{
  g_autoptr (GError) owned = error;

  if (owned->domain == CVG_ERROR || owned->domain == G_DBUS_ERROR)
    return g_steal_pointer (&owned);

  if (g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER,
                                "Claviger is stopping; try again in a second");

  g_warning ("Answering a call with Failed: %s (%s, %d)", owned->message,
             g_quark_to_string (owned->domain), owned->code);
  return g_error_new_literal (CVG_ERROR, CVG_ERROR_FAILED,
                              "Claviger could not do this; the journal has the details");
}
