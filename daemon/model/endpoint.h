/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which URLs requests may go to, and pages for people may be at.
 */
#pragma once

#include <glib.h>

const char *cvg_endpoint_find_mistake (const char *url);
const char *cvg_endpoint_find_named_mistake (const char *url, const char *namer);
const char *cvg_endpoint_find_named_page_mistake (const char *url, const char *namer);
const char *cvg_endpoint_find_issuer_mistake (const char *url);
const char *cvg_endpoint_find_page_mistake (const char *url);
const char *cvg_endpoint_find_redirect_mistake (const char *url);
