/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A browser that opens nothing and remembers what it was to open.
 */
#pragma once

#include "ports/browser.h"

#define CVG_TYPE_BROWSER_DUMMY (cvg_browser_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CvgBrowserDummy, cvg_browser_dummy, CVG, BROWSER_DUMMY, GObject)

CvgBrowserDummy *cvg_browser_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;

void cvg_browser_dummy_set_error (CvgBrowserDummy *self, GError *error);
guint cvg_browser_dummy_get_count (CvgBrowserDummy *self);
const char *cvg_browser_dummy_get_url (CvgBrowserDummy *self, guint index);
const char *cvg_browser_dummy_get_token (CvgBrowserDummy *self, guint index);
