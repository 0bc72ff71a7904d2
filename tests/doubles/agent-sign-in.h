/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sign-in in the world of an agent, and all that one wants to know of it: a fixture for GTest.
 */
#pragma once

#include "doubles/agent-world.h"

#define AGENT_SIGN_IN_REDIRECT_URI "http://127.0.0.1:18417/callback"

/**
 * AgentSignIn:
 * @phases: (element-type utf8): each that it came to since it was begun
 * @completions: how often it was over
 *
 * A sign-in to Confluence that waits for its answer, of an instance that is signed in already: so
 * that what is touched too early can be seen. All of it is owned.
 */
typedef struct
{
  AgentWorld *world;
  CvgEntry *entry;
  CvgSignIn *sign_in;
  GPtrArray *phases;
  guint completions;
} AgentSignIn;

void agent_sign_in_set_up (AgentSignIn *fixture, gconstpointer data);
void agent_sign_in_tear_down (AgentSignIn *fixture, gconstpointer data);
void agent_sign_in_begin (AgentSignIn *fixture, const CvgSignInOptions *options);
void agent_sign_in_push_all (AgentSignIn *fixture);
guint agent_sign_in_answer (AgentSignIn *fixture, const char *what);
void agent_sign_in_answer_request (AgentSignIn *fixture);
void agent_sign_in_lock_before_the_store (AgentSignIn *fixture, guint *visit);
guint agent_sign_in_count_users (AgentSignIn *fixture);
const CvgPage *agent_sign_in_get_page (AgentSignIn *fixture, guint visit);
void
agent_sign_in_assert_page (AgentSignIn *fixture, guint visit, CvgPageMood mood, const char *title);
void agent_sign_in_assert_phase (AgentSignIn *fixture, CvgPhase phase);
void agent_sign_in_assert_phases (AgentSignIn *fixture, const char *expected);
void agent_sign_in_assert_stored (AgentSignIn *fixture, const char *expected);
void agent_sign_in_assert_exchange (AgentSignIn *fixture, const CvgHttpDummyRequest *request);
void agent_sign_in_assert_authorized (AgentSignIn *fixture);
void agent_sign_in_assert_failed (AgentSignIn *fixture, CvgPhase outcome, CvgError code);
