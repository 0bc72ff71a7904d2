/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The body of an answer of the protocol: one object with members, be it JSON or a form.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "model/http-message.h"

JsonObject *cvg_answer_body_read (const CvgHttpResponse *response) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *cvg_answer_body_find (JsonObject *object, const char *path);
char *cvg_answer_body_dup_text (JsonObject *object,
                                char **paths,
                                const char *standard) G_GNUC_WARN_UNUSED_RESULT;
gboolean cvg_answer_body_says_error (JsonObject *object, char **paths);
double cvg_answer_body_get_number (JsonObject *object, const char *member);
