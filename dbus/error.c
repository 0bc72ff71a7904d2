/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one table that ties the codes of CvgError to their names on the bus. The daemon and the
 * client compile this same file, so that neither can spell a name that the other does not know.
 */
#include "dbus/error.h"

#include <gio/gio.h>

#include "dbus/names.h"

static const GDBusErrorEntry entries[] = {
  { CVG_ERROR_INVALID_ARGUMENT, CVG_ERROR_PREFIX "InvalidArgument" },
  { CVG_ERROR_UNKNOWN_SERVER, CVG_ERROR_PREFIX "UnknownServer" },
  { CVG_ERROR_NOT_FOUND, CVG_ERROR_PREFIX "NotFound" },
  { CVG_ERROR_ACCESS_DENIED, CVG_ERROR_PREFIX "AccessDenied" },
  { CVG_ERROR_NOT_SIGNED_IN, CVG_ERROR_PREFIX "NotSignedIn" },
  { CVG_ERROR_NEEDS_SIGN_IN, CVG_ERROR_PREFIX "NeedsSignIn" },
  { CVG_ERROR_NO_CLIENT, CVG_ERROR_PREFIX "NoClient" },
  { CVG_ERROR_KEYRING_LOCKED, CVG_ERROR_PREFIX "KeyringLocked" },
  { CVG_ERROR_KEYRING_UNAVAILABLE, CVG_ERROR_PREFIX "KeyringUnavailable" },
  { CVG_ERROR_TRY_LATER, CVG_ERROR_PREFIX "TryLater" },
  { CVG_ERROR_REFUSED, CVG_ERROR_PREFIX "Refused" },
  { CVG_ERROR_PORT_IN_USE, CVG_ERROR_PREFIX "PortInUse" },
  { CVG_ERROR_CANCELLED, CVG_ERROR_PREFIX "Cancelled" },
  { CVG_ERROR_TIMED_OUT, CVG_ERROR_PREFIX "TimedOut" },
  { CVG_ERROR_FAILED, CVG_ERROR_PREFIX "Failed" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (entries) == CVG_ERROR_COUNT);

/**
 * cvg_error_quark:
 *
 * Returns: the error domain of %CvgError; its first use registers the names on the bus
 */
GQuark
cvg_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("cvg-error-quark", &quark, entries, G_N_ELEMENTS (entries));
  return (GQuark) quark;
}

/**
 * cvg_error_get_dbus_name:
 * @code: a code
 *
 * Returns: the name of the error @code on the bus
 */
const char *
cvg_error_get_dbus_name (CvgError code)
{
  g_return_val_if_fail (code < CVG_ERROR_COUNT, CVG_ERROR_PREFIX "Failed");

  return entries[code].dbus_error_name;
}

/**
 * cvg_error_from_dbus_name:
 * @name: the name of an error on the bus
 * @code: (out): its code
 *
 * Returns: whether @name is one of ours
 */
gboolean
cvg_error_from_dbus_name (const char *name, CvgError *code)
{
  g_return_val_if_fail (name != NULL, FALSE);

  for (size_t i = 0; i < G_N_ELEMENTS (entries); i++)
    if (strcmp (entries[i].dbus_error_name, name) == 0)
      {
        *code = (CvgError) entries[i].error_code;
        return TRUE;
      }

  return FALSE;
}
