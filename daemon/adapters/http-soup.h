/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The HTTP port over libsoup.
 */
#pragma once

#include "ports/http.h"

#define CVG_TYPE_HTTP_SOUP (cvg_http_soup_get_type ())
G_DECLARE_FINAL_TYPE (CvgHttpSoup, cvg_http_soup, CVG, HTTP_SOUP, GObject)

/* Bytes of a body. Token answers are a few KiB; a list of a thousand sites is 300 KiB. */
#define CVG_HTTP_BODY_LIMIT (1024 * 1024)

CvgHttpSoup *cvg_http_soup_new (const char *version) G_GNUC_WARN_UNUSED_RESULT;
void cvg_http_soup_set_deadline (CvgHttpSoup *self, guint milliseconds);
