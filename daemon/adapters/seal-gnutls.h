/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journal's seal, by GnuTLS.
 */
#pragma once

#include "model/secret.h"

/* Far above what servers send; what is larger is not sealed, and no box. */
#define CVG_SEAL_TEXT_BYTES_MAX (4 * 1024 * 1024)

GBytes *cvg_seal_close (const CvgSecret *key,
                        const char *id,
                        guint64 serial,
                        const CvgSecret *text,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
CvgSecret *
cvg_seal_open (const CvgSecret *key, const char *id, guint64 serial, GBytes *box, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
