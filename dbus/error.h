/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The errors of Claviger: few, and each of them something that a caller can act on.
 */
#pragma once

#include <glib.h>

#define CVG_ERROR (cvg_error_quark ())
GQuark cvg_error_quark (void);

/**
 * CvgError:
 * @CVG_ERROR_INVALID_ARGUMENT: an argument or option is malformed; the message names it
 * @CVG_ERROR_UNKNOWN_SERVER: the catalogue has no server of that name
 * @CVG_ERROR_NOT_FOUND: no such instance, or one that the caller may not know of
 * @CVG_ERROR_ACCESS_DENIED: the caller may know of it but not do this
 * @CVG_ERROR_NOT_SIGNED_IN: the instance has no credentials
 * @CVG_ERROR_NEEDS_SIGN_IN: the grant is dead; only the person can mend it
 * @CVG_ERROR_NO_CLIENT: no OAuth client is known for this server
 * @CVG_ERROR_KEYRING_LOCKED: the system keyring is locked, or its prompt was dismissed
 * @CVG_ERROR_KEYRING_UNAVAILABLE: there is no usable system keyring
 * @CVG_ERROR_TRY_LATER: a passing failure; the credentials are kept
 * @CVG_ERROR_REFUSED: the provider refused for a reason that is not the grant
 * @CVG_ERROR_PORT_IN_USE: the exact redirect port is taken
 * @CVG_ERROR_CANCELLED: somebody who may do so cancelled it
 * @CVG_ERROR_TIMED_OUT: the time for it ran out
 * @CVG_ERROR_FAILED: anything else; the journal has the details
 */
typedef enum
{
  CVG_ERROR_INVALID_ARGUMENT,
  CVG_ERROR_UNKNOWN_SERVER,
  CVG_ERROR_NOT_FOUND,
  CVG_ERROR_ACCESS_DENIED,
  CVG_ERROR_NOT_SIGNED_IN,
  CVG_ERROR_NEEDS_SIGN_IN,
  CVG_ERROR_NO_CLIENT,
  CVG_ERROR_KEYRING_LOCKED,
  CVG_ERROR_KEYRING_UNAVAILABLE,
  CVG_ERROR_TRY_LATER,
  CVG_ERROR_REFUSED,
  CVG_ERROR_PORT_IN_USE,
  CVG_ERROR_CANCELLED,
  CVG_ERROR_TIMED_OUT,
  CVG_ERROR_FAILED, /*< last >*/
} CvgError;

#define CVG_ERROR_COUNT (CVG_ERROR_FAILED + 1)

const char *cvg_error_get_dbus_name (CvgError code);
gboolean cvg_error_from_dbus_name (const char *name, CvgError *code);
