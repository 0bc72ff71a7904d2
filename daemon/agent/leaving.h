/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the server of an instance has to be told when its grant is left.
 */
#pragma once

#include "agent/clients.h"
#include "agent/entry.h"
#include "model/revocation.h"

gboolean cvg_leaving_is_possible (const CvgEntry *entry);
CvgRevocation *cvg_leaving_make_revocation (const CvgEntry *entry,
                                            const CvgCredentials *credentials,
                                            CvgClients *clients,
                                            gint64 now) G_GNUC_WARN_UNUSED_RESULT;
