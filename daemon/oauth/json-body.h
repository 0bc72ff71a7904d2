/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON that came from a server: checked before it is parsed, and turned into variants that can
 * go over the bus.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "model/secret.h"

gboolean cvg_json_body_is_sound (const CvgSecret *body);
JsonNode *cvg_json_body_parse (const CvgSecret *body) G_GNUC_WARN_UNUSED_RESULT;
const char *cvg_json_body_get_string (JsonObject *object, const char *member);
GVariant *cvg_json_body_to_variant (JsonNode *node) G_GNUC_WARN_UNUSED_RESULT;
