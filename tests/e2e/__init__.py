# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""End-to-end tests: the real programs, bus and keyring, and a server that can be asked to fail."""
