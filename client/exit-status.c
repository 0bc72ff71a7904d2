/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From an error to an exit status. What the bus itself says when a service can't be started or
 * goes away counts as "the daemon can't be reached", whatever its name.
 */
#include "client/exit-status.h"

#include <gio/gio.h>

#include "dbus/error.h"

static const char *const sentences[] = {
  [CVG_EXIT_DONE] = "done",
  [CVG_EXIT_FAILED] = "failed",
  [CVG_EXIT_USAGE] = "wrong usage",
  [CVG_EXIT_NEEDS_SIGN_IN] = "needs a sign-in",
  [CVG_EXIT_NOT_FOUND] = "not found",
  [CVG_EXIT_KEYRING] = "the keyring is locked or unavailable",
  [CVG_EXIT_TRY_LATER] = "try again later",
  [CVG_EXIT_CANCELLED] = "denied or cancelled by the person",
  [CVG_EXIT_TIMED_OUT] = "timed out",
  [CVG_EXIT_UNREACHABLE] = "the daemon can't be reached",
};

G_STATIC_ASSERT (G_N_ELEMENTS (sentences) == CVG_EXIT_COUNT);

static const CvgExitStatus statuses[] = {
  [CVG_ERROR_INVALID_ARGUMENT] = CVG_EXIT_USAGE,
  [CVG_ERROR_UNKNOWN_SERVER] = CVG_EXIT_NOT_FOUND,
  [CVG_ERROR_NOT_FOUND] = CVG_EXIT_NOT_FOUND,
  [CVG_ERROR_ACCESS_DENIED] = CVG_EXIT_FAILED,
  [CVG_ERROR_NOT_SIGNED_IN] = CVG_EXIT_NEEDS_SIGN_IN,
  [CVG_ERROR_NEEDS_SIGN_IN] = CVG_EXIT_NEEDS_SIGN_IN,
  [CVG_ERROR_NO_CLIENT] = CVG_EXIT_FAILED,
  [CVG_ERROR_KEYRING_LOCKED] = CVG_EXIT_KEYRING,
  [CVG_ERROR_KEYRING_UNAVAILABLE] = CVG_EXIT_KEYRING,
  [CVG_ERROR_TRY_LATER] = CVG_EXIT_TRY_LATER,
  [CVG_ERROR_REFUSED] = CVG_EXIT_FAILED,
  [CVG_ERROR_PORT_IN_USE] = CVG_EXIT_FAILED,
  [CVG_ERROR_CANCELLED] = CVG_EXIT_CANCELLED,
  [CVG_ERROR_TIMED_OUT] = CVG_EXIT_TIMED_OUT,
  [CVG_ERROR_FAILED] = CVG_EXIT_FAILED,
};

G_STATIC_ASSERT (G_N_ELEMENTS (statuses) == CVG_ERROR_COUNT);

/**
 * cvg_exit_status_get_sentence:
 * @status: an exit status
 *
 * Returns: what it means, in a few words
 */
const char *
cvg_exit_status_get_sentence (CvgExitStatus status)
{
  g_return_val_if_fail ((unsigned int) status < CVG_EXIT_COUNT, "failed");

  return sentences[status];
}

static CvgExitStatus
from_bus_error (int code)
{
  switch (code)
    {
    case G_DBUS_ERROR_SERVICE_UNKNOWN:
    case G_DBUS_ERROR_NAME_HAS_NO_OWNER:
    case G_DBUS_ERROR_NO_REPLY: /* it went away before it answered */
    case G_DBUS_ERROR_NO_SERVER:
    case G_DBUS_ERROR_NO_NETWORK:
    case G_DBUS_ERROR_DISCONNECTED:
    case G_DBUS_ERROR_SPAWN_EXEC_FAILED:
    case G_DBUS_ERROR_SPAWN_FORK_FAILED:
    case G_DBUS_ERROR_SPAWN_CHILD_EXITED:
    case G_DBUS_ERROR_SPAWN_CHILD_SIGNALED:
    case G_DBUS_ERROR_SPAWN_FAILED:
    case G_DBUS_ERROR_SPAWN_SETUP_FAILED:
    case G_DBUS_ERROR_SPAWN_CONFIG_INVALID:
    case G_DBUS_ERROR_SPAWN_SERVICE_INVALID:
    case G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND:
    case G_DBUS_ERROR_SPAWN_PERMISSIONS_INVALID:
    case G_DBUS_ERROR_SPAWN_FILE_INVALID:
    case G_DBUS_ERROR_SPAWN_NO_MEMORY:
      return CVG_EXIT_UNREACHABLE;
    case G_DBUS_ERROR_TIMEOUT:
    case G_DBUS_ERROR_TIMED_OUT:
      return CVG_EXIT_TIMED_OUT;
    default:
      return CVG_EXIT_FAILED;
    }
}

static CvgExitStatus
from_io_error (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  switch (error->code)
    {
    case G_IO_ERROR_CANCELLED:
      return CVG_EXIT_CANCELLED;
    case G_IO_ERROR_TIMED_OUT:
      return CVG_EXIT_TIMED_OUT;
    case G_IO_ERROR_CLOSED:
      return CVG_EXIT_UNREACHABLE;
    default:
      /* A bus that leaves activation to systemd passes on systemd's own error names. */
      return name != NULL && g_str_has_prefix (name, "org.freedesktop.systemd1.") ?
                 CVG_EXIT_UNREACHABLE :
                 CVG_EXIT_FAILED;
    }
}

/**
 * cvg_exit_status_from_error:
 * @error: why a command failed
 *
 * Errors of the domain G_OPTION_ERROR are wrong usage.
 *
 * Returns: the exit status that says so
 */
CvgExitStatus
cvg_exit_status_from_error (const GError *error)
{
  g_return_val_if_fail (error != NULL, CVG_EXIT_FAILED);

  if (error->domain == CVG_ERROR)
    return error->code >= 0 && error->code < CVG_ERROR_COUNT ? statuses[error->code] :
                                                               CVG_EXIT_FAILED;
  if (error->domain == G_OPTION_ERROR)
    return CVG_EXIT_USAGE;
  if (error->domain == G_DBUS_ERROR)
    return from_bus_error (error->code);
  if (error->domain == G_IO_ERROR)
    return from_io_error (error);

  return CVG_EXIT_FAILED;
}
