/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/page.h"

/**
 * cvg_page_new:
 * @status: HTTP status
 * @mood: what it is
 * @title: one short line
 * @text: (nullable): what happened
 * @hint: (nullable): what the person can do
 *
 * Returns: (transfer full): a page
 */
CvgPage *
cvg_page_new (guint status, CvgPageMood mood, const char *title, const char *text, const char *hint)
{
  CvgPage *page = g_new0 (CvgPage, 1);

  page->status = status;
  page->mood = mood;
  page->title = g_strdup (title);
  page->text = g_strdup (text);
  page->hint = g_strdup (hint);
  return page;
}

/**
 * cvg_page_new_redirect:
 * @location: where the browser goes; checked by whoever took it from a caller
 *
 * Returns: (transfer full): no page but a 303 to @location, to which nothing is added
 */
CvgPage *
cvg_page_new_redirect (const char *location)
{
  CvgPage *page = cvg_page_new (303, CVG_PAGE_SUCCESS, "Signed in", NULL, NULL);

  page->location = g_strdup (location);
  return page;
}

void
cvg_page_free (CvgPage *page)
{
  g_free (page->title);
  g_free (page->text);
  g_free (page->hint);
  g_free (page->location);
  g_free (page);
}
