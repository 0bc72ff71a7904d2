/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A redirect listener without a socket: the test is the browser.
 */
#pragma once

#include "ports/redirect.h"

#define CVG_TYPE_REDIRECT_DUMMY (cvg_redirect_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CvgRedirectDummy, cvg_redirect_dummy, CVG, REDIRECT_DUMMY, GObject)

/* What an open with any_port binds first; the next one gets the port after it, and so on. */
#define CVG_REDIRECT_DUMMY_FIRST_PORT 20001

CvgRedirectDummy *cvg_redirect_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;

void cvg_redirect_dummy_set_port_in_use (CvgRedirectDummy *self, gboolean in_use);

guint cvg_redirect_dummy_get_opened (CvgRedirectDummy *self);
guint cvg_redirect_dummy_get_closed (CvgRedirectDummy *self);
guint cvg_redirect_dummy_get_users (CvgRedirectDummy *self, const char *bound_uri);

guint cvg_redirect_dummy_visit (CvgRedirectDummy *self, const char *bound_uri, const char *query);
const CvgPage *cvg_redirect_dummy_get_page (CvgRedirectDummy *self, guint visit);
