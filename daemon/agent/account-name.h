/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who signed in, as people know them.
 */
#pragma once

#include "model/credentials.h"

char *cvg_account_name_find (const CvgCredentials *credentials) G_GNUC_WARN_UNUSED_RESULT;
