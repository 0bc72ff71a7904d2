/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sign-in in progress, as the caller of Authorize sees it.
 */
#pragma once

#include "client/cli.h"

typedef struct _CvgSignIn CvgSignIn;

CvgSignIn *cvg_sign_in_begin (const char *server_name,
                              const char *instance_id,
                              GVariant *options,
                              GError **error);
void cvg_sign_in_free (CvgSignIn *self);
const char *cvg_sign_in_get_url (const CvgSignIn *self);
const char *cvg_sign_in_get_user_code (const CvgSignIn *self);
gboolean cvg_sign_in_is_remote (const CvgSignIn *self);
void cvg_sign_in_cancel (CvgSignIn *self);
void cvg_sign_in_read_address (CvgSignIn *self);
gboolean cvg_sign_in_wait (CvgSignIn *self, gboolean countdown, GError **error);

gboolean cvg_sign_in_check_outcome (const char *outcome, GVariant *details, GError **error);
char *cvg_sign_in_format_left (gint64 seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgSignIn, cvg_sign_in_free)
