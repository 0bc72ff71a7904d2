/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What went wrong with the keyring, in words for people.
 */
#pragma once

#include <glib.h>

gboolean cvg_keyring_error_is_locked (const GError *error);
gboolean cvg_keyring_error_is_silent (const GError *error);
void cvg_keyring_error_translate (GError **error);
void cvg_keyring_error_set_locked (GError **error);
void cvg_keyring_error_set_absent (GError **error);
void cvg_keyring_error_set_replaced (GError **error);
void cvg_keyring_error_set_silent (GError **error);
void cvg_keyring_error_set_no_default (GError **error);
