/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A JSON document in which a server describes something, and its members: there, absent or wrong.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "model/http-message.h"

JsonNode *
cvg_json_document_open (const CvgHttpResponse *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean cvg_json_document_read_string (JsonObject *object,
                                        const char *member,
                                        const char **value,
                                        GError **error);
gboolean cvg_json_document_read_boolean (JsonObject *object,
                                         const char *member,
                                         gboolean *value,
                                         GError **error);
gboolean cvg_json_document_read_strings (JsonObject *object,
                                         const char *member,
                                         char ***value,
                                         GError **error);
