/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Instances, clients and servers as the dictionaries that callers get.
 */
#pragma once

#include "agent/entry.h"
#include "model/client.h"

GVariant *cvg_describe_instance (const CvgEntry *entry, gboolean keyring_is_open);
GVariant *cvg_describe_client (const CvgClient *client, const CvgProvider *provider);
GVariant *cvg_describe_server (const CvgProvider *provider, const CvgClient *client);
