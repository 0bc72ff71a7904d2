/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of a server of the catalogue. Everything that makes one provider different from
 * another is a field here; no function of Claviger knows a server by its name.
 */
#pragma once

#include <glib.h>

#include "model/dialect.h"
#include "model/tenant.h"

/** CvgDeadGrant: an answer to a refresh that means that the grant is dead */
typedef struct
{
  guint status;      /* HTTP status */
  char *error;       /* (owned): the error code */
  char *description; /* (owned) (nullable): what the description must contain, in any case */
} CvgDeadGrant;

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
  char *path_name;     /* (nullable): its name in the paths of the HTTP face; %NULL: the slug */
  char *documentation; /* (nullable): a page for people */
  char **kinds;        /* oauth2, api-key, basic, connection-string, none; the first leads */

  char *issuer;                        /* (nullable) */
  char *authorization_endpoint;        /* (nullable) */
  char *token_endpoint;                /* (nullable) */
  char *refresh_endpoint;              /* (nullable): where it differs from the token endpoint */
  char *revocation_endpoint;           /* (nullable) */
  char *device_authorization_endpoint; /* (nullable) */
  char *registration_endpoint;         /* (nullable) */
  char *resource;                      /* (nullable): RFC 8707; also where to discover the rest */
  gboolean issuer_required;            /* RFC 9207: its answers always name the issuer */
  char *create_url;                    /* (nullable): where a person registers a client */
  char *manage_url;                    /* (nullable): where a person takes access back */
  char **scopes;                       /* asked for when the caller names none */
  char **required_scopes;              /* always added */
  char scope_separator;                /* ' ' or ',' */
  char granted_scope_separator;        /* of the answers; 0: the same */
  char **authorize_parameters;         /* name, value, name, value, … not encoded */
  char **token_parameters;             /* likewise */
  char **token_headers;                /* likewise: HTTP headers */
  CvgTokenRequestFormat token_request;
  CvgClientAuthentication client_authentication;
  CvgPkceMethod pkce;
  char *redirect_uri;           /* (nullable): http to a loopback address, or https */
  gboolean redirect_port_exact; /* else any port: RFC 8252 section 7.3 */
  char **redirect_members;      /* parameter, member, …: what of the redirect becomes auth data */
  char *redirect_signature;     /* (nullable): the parameter that signs the others by HMAC-SHA256 */

  char **token_types;         /* those that are used as bearer tokens, beside "bearer" */
  char **token_objects;       /* paths of members in which the tokens may be, after the root */
  char *refresh_token_member; /* where an answer has it: "refresh_token" */
  char **error_members;       /* paths of members in which an error code may be: "error" */
  char **error_descriptions;  /* likewise its description: "error_description" */
  char *upgrade_endpoint;     /* (nullable): where a fresh token is made a long-lived one */
  char *upgrade_grant_type;   /* (nullable): of that request */
  int refresh_request;        /* a #CvgTokenRequestFormat, or -1: as token_request */
  int refresh_authentication; /* a #CvgClientAuthentication, or -1: as client_authentication */
  char *refresh_grant_type;   /* "refresh_token" */
  char *refresh_parameter;    /* under which name the refresh token is sent: "refresh_token" */
  char **refresh_parameters;  /* name, value, …: beside the token_parameters */

  const char *revocation_method; /* (static): "POST", or "DELETE" */
  int revocation_request;        /* a #CvgTokenRequestFormat, or -1: no body at all */
  CvgRevocationAuthentication revocation_authentication;
  CvgRevocationTokens revocation_tokens;
  char *revocation_parameter; /* under which name the token is sent: "token" */
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
  char **api_key_fields;    /* the keys of the auth data that the server needs */
  char *api_key_token;      /* (nullable): that of them which is the token; %NULL: the first */

  char **auth_data; /* member, template, …: what all its auth data has, with {tenant} in it */
} CvgProvider;

CvgProvider *cvg_provider_new (void) G_GNUC_WARN_UNUSED_RESULT;
CvgProvider *cvg_provider_copy (const CvgProvider *from) G_GNUC_WARN_UNUSED_RESULT;
CvgProvider *cvg_provider_ref (CvgProvider *provider);
void cvg_provider_unref (CvgProvider *provider);

CvgProvider *
cvg_provider_with_server (CvgProvider *provider, GVariant *server) G_GNUC_WARN_UNUSED_RESULT;

gboolean cvg_provider_has_kind (const CvgProvider *provider, const char *kind);
char *
cvg_provider_dup_resource (const CvgProvider *provider, GVariant *tenant) G_GNUC_WARN_UNUSED_RESULT;
gboolean cvg_provider_is_dead_grant (const CvgProvider *provider,
                                     guint status,
                                     const char *error,
                                     const char *description);

CvgDeadGrant *cvg_dead_grant_new (guint status,
                                  const char *error,
                                  const char *description) G_GNUC_WARN_UNUSED_RESULT;
void cvg_dead_grant_free (CvgDeadGrant *dead_grant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgProvider, cvg_provider_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgDeadGrant, cvg_dead_grant_free)
