/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the person reads in the browser when the redirect has come: text as a value. How it looks
 * is the listener's business.
 */
#pragma once

#include <glib.h>

typedef enum
{
  CVG_PAGE_SUCCESS, /* the sign-in is done */
  CVG_PAGE_NEUTRAL, /* nothing to do here: a repeated or foreign request */
  CVG_PAGE_FAILURE, /* it went wrong; says what to do */
} CvgPageMood;

/**
 * CvgPage:
 * @status: HTTP status
 * @mood: what it is, for its looks
 * @title: one short line of plain text
 * @text: (nullable): what happened, plain text
 * @hint: (nullable): what the person can do, plain text
 * @location: (nullable): instead of a page, send the browser there with a 303
 *
 * All of it is ours: nothing from a query may be in it.
 */
typedef struct
{
  guint status;
  CvgPageMood mood;
  char *title;
  char *text;
  char *hint;
  char *location;
} CvgPage;

CvgPage *
cvg_page_new (guint status, CvgPageMood mood, const char *title, const char *text, const char *hint)
    G_GNUC_WARN_UNUSED_RESULT;
CvgPage *cvg_page_new_redirect (const char *location) G_GNUC_WARN_UNUSED_RESULT;
void cvg_page_free (CvgPage *page);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgPage, cvg_page_free)
