/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors of the Secret Service, of the bus and of libsecret, as the few that a caller can act on.
 * The sentence says what to do; the service's own text goes to the journal, because nobody
 * promises what is in it.
 */
#include "adapters/keyring-error.h"

#include <gio/gio.h>
#include <string.h>

#include "dbus/error.h"

#define ERROR_IS_LOCKED "org.freedesktop.Secret.Error.IsLocked"

#define LOCKED_TEXT "The keyring is locked: unlock it and try again"
#define ABSENT_TEXT                                                                                \
  "No keyring is running: start GNOME Keyring, KWallet or KeePassXC with its Secret Service, and " \
  "try again"
#define NO_DEFAULT_TEXT                                                                            \
  "There is no keyring to keep credentials in: make one with the password program of the desktop"
#define SILENT_TEXT "The keyring does not answer: restart it, or log in again"
#define REPLACED_TEXT "The keyring was ended or replaced by another one just now: try again"
#define FAILED_TEXT "The keyring could not do this: look for a full disk, or in the journal"

/* By name, since it depends on libsecret's start-up whether GLib knows a domain for it. */
static gboolean
has_remote_name (const GError *error, const char *name)
{
  g_autofree char *remote = g_dbus_error_get_remote_error (error);

  return g_strcmp0 (remote, name) == 0;
}

/** cvg_keyring_error_is_locked: Returns: whether the service refused because it is locked */
gboolean
cvg_keyring_error_is_locked (const GError *error)
{
  return g_error_matches (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED) ||
         has_remote_name (error, ERROR_IS_LOCKED);
}

static gboolean
is_absent (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    return TRUE;
  if (error->domain != G_DBUS_ERROR)
    return FALSE;

  switch (error->code)
    {
    case G_DBUS_ERROR_SERVICE_UNKNOWN:
    case G_DBUS_ERROR_NAME_HAS_NO_OWNER:
    case G_DBUS_ERROR_DISCONNECTED:
    case G_DBUS_ERROR_SPAWN_EXEC_FAILED:
    case G_DBUS_ERROR_SPAWN_FORK_FAILED:
    case G_DBUS_ERROR_SPAWN_CHILD_EXITED:
    case G_DBUS_ERROR_SPAWN_CHILD_SIGNALED:
    case G_DBUS_ERROR_SPAWN_FAILED:
      return TRUE;
    default:
      return FALSE;
    }
}

/** cvg_keyring_error_is_silent: Returns: whether the service did not answer at all */
gboolean
cvg_keyring_error_is_silent (const GError *error)
{
  /* A service that dies over a call is NoReply, too. */
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT);
}

/**
 * cvg_keyring_error_translate:
 * @error: (out): as the keyring left it; replaced by one of ours, unless it is a cancellation
 */
void
cvg_keyring_error_translate (GError **error)
{
  g_autoptr (GError) raw = g_steal_pointer (error);

  g_assert (raw != NULL);
  if (raw->domain == CVG_ERROR || g_error_matches (raw, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      *error = g_steal_pointer (&raw);
      return;
    }

  if (cvg_keyring_error_is_locked (raw))
    *error = g_error_new_literal (CVG_ERROR, CVG_ERROR_KEYRING_LOCKED, LOCKED_TEXT);
  else if (is_absent (raw))
    *error = g_error_new_literal (CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE, ABSENT_TEXT);
  else if (cvg_keyring_error_is_silent (raw))
    *error = g_error_new_literal (CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE, SILENT_TEXT);
  else
    {
      g_message ("The keyring answers with an error: %s", raw->message);
      *error = g_error_new_literal (CVG_ERROR, CVG_ERROR_FAILED, FAILED_TEXT);
    }
}

/** cvg_keyring_error_set_locked: it is there, and only the person can open it */
void
cvg_keyring_error_set_locked (GError **error)
{
  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED, LOCKED_TEXT);
}

/** cvg_keyring_error_set_absent: there is no keyring program, or it has just gone */
void
cvg_keyring_error_set_absent (GError **error)
{
  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE, ABSENT_TEXT);
}

/** cvg_keyring_error_set_replaced: whom we asked does not have the name any more */
void
cvg_keyring_error_set_replaced (GError **error)
{
  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE, REPLACED_TEXT);
}

/** cvg_keyring_error_set_silent: it is there, and does not answer, or not sensibly */
void
cvg_keyring_error_set_silent (GError **error)
{
  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE, SILENT_TEXT);
}

/** cvg_keyring_error_set_no_default: the keyring program has no place for what is new */
void
cvg_keyring_error_set_no_default (GError **error)
{
  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE, NO_DEFAULT_TEXT);
}
