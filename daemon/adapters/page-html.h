/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a page looks, and the HTTP answer that carries it.
 */
#pragma once

#include "model/page.h"

char *cvg_page_html_render (const CvgPage *page) G_GNUC_WARN_UNUSED_RESULT;
GBytes *cvg_page_html_answer (const CvgPage *page) G_GNUC_WARN_UNUSED_RESULT;
GBytes *cvg_page_html_refuse (guint status) G_GNUC_WARN_UNUSED_RESULT;
