# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: a sign-in from beginning to end that anybody can watch."""
