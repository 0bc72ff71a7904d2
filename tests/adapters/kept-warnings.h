/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Warnings that were logged, one after the other. Each test takes those that it expects.
 */
#pragma once

void kept_warnings_init (void);
void kept_warnings_take (const char *part);
void kept_warnings_assert_none (void);
