/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder that a test has for itself, and that is gone with all that is in it when the test ends.
 */
#pragma once

#include <glib.h>

char *scratch_folder_new (void) G_GNUC_WARN_UNUSED_RESULT;
void scratch_folder_free (char *path);
void scratch_folder_delete (const char *path);
void scratch_folder_assert_mode (const char *path, guint mode);
