/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every name that crosses a process border, once.
 */
#pragma once

#define CVG_BUS_NAME "org.claviger.Auth1"
#define CVG_OBJECT_PATH "/org/claviger/Auth1"
#define CVG_INTERFACE "org.claviger.Auth1"
#define CVG_AUTHORIZATION_INTERFACE "org.claviger.Auth1.Authorization"
#define CVG_AUTHORIZATION_ROOT CVG_OBJECT_PATH "/authorization"
#define CVG_ERROR_PREFIX "org.claviger.Auth1.Error."

#define CVG_INTERFACE_VERSION 1

/* Outcomes of an authorization, and the phases that lead there (property Phase). */
#define CVG_PHASE_WAITING "waiting"
#define CVG_PHASE_EXCHANGING "exchanging"
#define CVG_PHASE_STORING "storing"
#define CVG_OUTCOME_AUTHORIZED "authorized"
#define CVG_OUTCOME_DENIED "denied"
#define CVG_OUTCOME_CANCELLED "cancelled"
#define CVG_OUTCOME_TIMED_OUT "timed-out"
#define CVG_OUTCOME_FAILED "failed"
