/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words that the person reads in the browser.
 */
#pragma once

#include "model/credentials.h"
#include "model/instance.h"
#include "model/page.h"

CvgPage *cvg_sign_in_page_success (const CvgInstance *instance, const CvgCredentials *credentials);
CvgPage *cvg_sign_in_page_waiting_for_keyring (const char *server_name);
CvgPage *cvg_sign_in_page_failure (const char *server_name, const GError *error);
CvgPage *cvg_sign_in_page_denied (const char *server_name);
CvgPage *cvg_sign_in_page_over (const char *server_name);
CvgPage *cvg_sign_in_page_unknown (void);
CvgPage *cvg_sign_in_page_malformed (void);
