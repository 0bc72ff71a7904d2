/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameters of a server that each instance has its own values of, as the subdomain of a
 * company: {names} in the URLs and texts of its provider file.
 */
#pragma once

#include <glib.h>

/** CvgTenantParameter: a {name}, given when an instance is created */
typedef struct
{
  char *name;          /* (owned) */
  GRegex *regex;       /* (owned): anchored at both ends */
  char *pattern;       /* (owned) (nullable): of @regex, for people */
  char *default_value; /* (owned) (nullable): where nobody gives one */
  char *description;   /* (owned) (nullable): a sentence for people */
} CvgTenantParameter;

CvgTenantParameter *cvg_tenant_parameter_new (const char *name,
                                              const char *pattern,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_tenant_parameter_free (CvgTenantParameter *parameter);
gboolean cvg_tenant_parameter_takes (const CvgTenantParameter *parameter, const char *value);

CvgTenantParameter *cvg_tenant_find (GPtrArray *parameters, const char *name);
gboolean
cvg_tenant_check (GPtrArray *parameters, const char *server_name, GVariant *tenant, GError **error);
GVariant *cvg_tenant_complete (GPtrArray *parameters, GVariant *tenant) G_GNUC_WARN_UNUSED_RESULT;

char *cvg_tenant_expand_url (const char *url, GVariant *tenant) G_GNUC_WARN_UNUSED_RESULT;
char *cvg_tenant_fill_text (const char *text, GVariant *tenant) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgTenantParameter, cvg_tenant_parameter_free)
