/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the keys of a provider file are read.
 */
#pragma once

#include <glib.h>

#include "model/provider.h"

typedef struct _CvgField CvgField;

/**
 * CvgFieldReadFunc:
 * @provider: what to fill
 * @field: which key; it is in @file
 *
 * Returns: whether the value was right; else @error is as cvg_field_mistake() makes it
 */
typedef gboolean
CvgFieldReadFunc (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error);

/**
 * CvgField:
 * @group: where the key is
 * @key: its name
 * @read: how its value is read
 * @offset: of the member of #CvgProvider that it fills
 * @words: (nullable): the values that there are, for those that read one of a few words
 * @find_mistake: (nullable): what a URL must be like, for those that read one
 */
struct _CvgField
{
  const char *group;
  const char *key;
  CvgFieldReadFunc *read;
  size_t offset;
  const char *const *words;
  const char *(*find_mistake) (const char *url);
};

gboolean cvg_field_mistake (GError **error, const CvgField *field, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

gboolean cvg_field_is_identifier (const char *text);
gboolean cvg_field_is_slug (const char *text);
gboolean cvg_field_is_printable (const char *text);
gboolean cvg_field_check_line (const CvgField *field, const char *text, GError **error);
gboolean cvg_field_check_member (const CvgField *field, const char *text, GError **error);

gboolean cvg_field_get_text (GKeyFile *file, const CvgField *field, char **text, GError **error);
char **cvg_field_get_items (GKeyFile *file,
                            const CvgField *field,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * CvgFieldCheckFunc:
 * @provider: as far as it is filled
 * @text: a value, not empty
 *
 * Returns: whether it is right; else @error is as cvg_field_mistake() makes it
 */
typedef gboolean CvgFieldCheckFunc (const CvgProvider *provider,
                                    const CvgField *field,
                                    const char *text,
                                    GError **error);

gboolean cvg_field_read_checked (CvgProvider *provider,
                                 const CvgField *field,
                                 GKeyFile *file,
                                 CvgFieldCheckFunc *check,
                                 GError **error);
void cvg_field_set_string (CvgProvider *provider, const CvgField *field, char *value);
void cvg_field_set_list (CvgProvider *provider, const CvgField *field, char **value);

/* field.c */
CvgFieldReadFunc cvg_field_read_name;
CvgFieldReadFunc cvg_field_read_path_name;
CvgFieldReadFunc cvg_field_read_identifier;
CvgFieldReadFunc cvg_field_read_member;
CvgFieldReadFunc cvg_field_read_grant_type;
/* field-url.c */
extern const char *const cvg_field_revocation_names[];
CvgFieldReadFunc cvg_field_read_url;
CvgFieldReadFunc cvg_field_read_endpoint;
CvgFieldReadFunc cvg_field_read_revocation_url;
CvgFieldReadFunc cvg_field_read_fixed_url;
CvgFieldReadFunc cvg_field_read_account_url;
/* field-word.c */
CvgFieldReadFunc cvg_field_read_word;
CvgFieldReadFunc cvg_field_read_word_or_none;
CvgFieldReadFunc cvg_field_read_method;
CvgFieldReadFunc cvg_field_read_separator;
CvgFieldReadFunc cvg_field_read_seconds;
/* field-list.c */
CvgFieldReadFunc cvg_field_read_kinds;
CvgFieldReadFunc cvg_field_read_scopes;
CvgFieldReadFunc cvg_field_read_scope;
CvgFieldReadFunc cvg_field_read_dead_grants;
CvgFieldReadFunc cvg_field_read_paths;
CvgFieldReadFunc cvg_field_read_identifiers;
CvgFieldReadFunc cvg_field_read_fields;
/* field-pairs.c */
CvgFieldReadFunc cvg_field_read_parameters;
CvgFieldReadFunc cvg_field_read_headers;
CvgFieldReadFunc cvg_field_read_redirect_members;
CvgFieldReadFunc cvg_field_read_header;
/* field-group.c */
CvgFieldReadFunc cvg_field_read_tenant_parameter;
CvgFieldReadFunc cvg_field_read_tenant_default;
CvgFieldReadFunc cvg_field_read_tenant_description;
CvgFieldReadFunc cvg_field_read_auth_data;
