/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keyring library's memory as the place where secrets rest.
 */
#pragma once

void cvg_memory_secret_install (void);
