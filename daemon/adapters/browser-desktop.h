/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The browser port over what the desktop offers.
 */
#pragma once

#include "ports/browser.h"

#define CVG_TYPE_BROWSER_DESKTOP (cvg_browser_desktop_get_type ())
G_DECLARE_FINAL_TYPE (CvgBrowserDesktop, cvg_browser_desktop, CVG, BROWSER_DESKTOP, GObject)

CvgBrowser *cvg_browser_desktop_new (GDBusConnection *session) G_GNUC_WARN_UNUSED_RESULT;
