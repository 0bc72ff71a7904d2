/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of a server of the catalogue. Everything that makes one provider different from
 * another is a field here; no function of Claviger knows a server by its name.
 */
#pragma once

#include <glib.h>

typedef enum
{
  CVG_CLIENT_AUTHENTICATION_POST,  /* client_id and client_secret in the body */
  CVG_CLIENT_AUTHENTICATION_BASIC, /* RFC 6749 section 2.3.1: form-encoded, then Basic */
  CVG_CLIENT_AUTHENTICATION_NONE,  /* a public client: client_id in the body */
} CvgClientAuthentication;

typedef enum
{
  CVG_TOKEN_REQUEST_FORM, /* application/x-www-form-urlencoded, as the RFC says */
  CVG_TOKEN_REQUEST_JSON,
} CvgTokenRequestFormat;

/** CvgDeadGrant: an answer to a refresh that means that the grant is dead */
typedef struct
{
  guint status;      /* HTTP status */
  char *error;       /* (owned): the error code */
  char *description; /* (owned) (nullable): what the description must contain, in any case */
} CvgDeadGrant;

/** CvgTenantParameter: a {name} in the URLs, given when an instance is created */
typedef struct
{
  char *name;    /* (owned) */
  GRegex *regex; /* (owned): anchored at both ends */
} CvgTenantParameter;

/**
 * CvgProvider:
 *
 * A value: filled by its maker and never changed after. All fields are owned. Lists (char **,
 * GPtrArray) are never %NULL: cvg_provider_new() makes them, so a maker who replaces one frees it.
 */
typedef struct
{
  gatomicrefcount references;

  char *name;          /* as callers name it: "Confluence" */
  char *slug;          /* its file's name without the suffix: "confluence" */
  char *documentation; /* (nullable): a page for people */
  char **kinds;        /* oauth2, api-key, basic, connection-string, none; the first leads */

  char *issuer;                        /* (nullable) */
  char *authorization_endpoint;        /* (nullable) */
  char *token_endpoint;                /* (nullable) */
  char *refresh_endpoint;              /* (nullable): where it differs from the token endpoint */
  char *revocation_endpoint;           /* (nullable) */
  char *device_authorization_endpoint; /* (nullable) */
  char *registration_endpoint;         /* (nullable) */
  char **scopes;                       /* asked for when the caller names none */
  char **required_scopes;              /* always added */
  char scope_separator;                /* ' ' or ',' */
  char **authorize_parameters;         /* name, value, name, value, … not encoded */
  char **token_parameters;             /* likewise */
  CvgTokenRequestFormat token_request;
  CvgClientAuthentication client_authentication;
  gboolean pkce;                /* S256; there is no other */
  char *redirect_uri;           /* (nullable): http to a loopback address */
  gboolean redirect_port_exact; /* else any port: RFC 8252 section 7.3 */
  gboolean refresh_token_rotates;
  guint refresh_token_reuse_window;  /* seconds; 0: none */
  guint refresh_token_idle_lifetime; /* seconds; 0: for ever */
  guint access_token_lifetime;       /* seconds, when the answer does not say; 0: unknown */
  GPtrArray *dead_grants;            /* (element-type CvgDeadGrant) */

  GPtrArray *tenant_parameters; /* (element-type CvgTenantParameter) */

  char *resources_endpoint;        /* (nullable): read once after the sign-in */
  char *resources_member;          /* where the list appears in the auth data */
  char *resources_selected_member; /* where the id of the one in use appears */
  char *resources_url_member;      /* where its URL appears */
  char *account_endpoint;          /* (nullable): who signed in */
  char *account_scope;             /* (nullable): asked only if this was granted */

  char *api_key_header;     /* (nullable): "Authorization: Bearer {token}" */
  char *api_key_create_url; /* (nullable): where a person makes one */
} CvgProvider;

CvgProvider *cvg_provider_new (void) G_GNUC_WARN_UNUSED_RESULT;
CvgProvider *cvg_provider_ref (CvgProvider *provider);
void cvg_provider_unref (CvgProvider *provider);

gboolean cvg_provider_has_kind (const CvgProvider *provider, const char *kind);
char *cvg_provider_expand (const char *url, GVariant *tenant);
gboolean cvg_provider_check_tenant (const CvgProvider *provider, GVariant *tenant, GError **error);
gboolean cvg_provider_is_dead_grant (const CvgProvider *provider,
                                     guint status,
                                     const char *error,
                                     const char *description);

CvgDeadGrant *cvg_dead_grant_new (guint status,
                                  const char *error,
                                  const char *description) G_GNUC_WARN_UNUSED_RESULT;
void cvg_dead_grant_free (CvgDeadGrant *dead_grant);

CvgTenantParameter *cvg_tenant_parameter_new (const char *name,
                                              const char *pattern,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_tenant_parameter_free (CvgTenantParameter *parameter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgProvider, cvg_provider_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgDeadGrant, cvg_dead_grant_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgTenantParameter, cvg_tenant_parameter_free)
