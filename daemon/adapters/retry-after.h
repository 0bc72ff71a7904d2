/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a server wants to be left alone.
 */
#pragma once

#include <libsoup/soup.h>

guint cvg_retry_after_read (SoupMessageHeaders *headers);
