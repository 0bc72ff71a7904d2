/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must be right of a provider file beyond its single keys: what has to be there, what needs
 * something else, and what must not be there twice.
 */
#include "providers/provider-whole.h"

#include <string.h>

#include "model/protocol.h"
#include "providers/field.h"

static void
mistake_free (CvgProviderMistake *mistake)
{
  g_free (mistake->group);
  g_free (mistake->key);
  g_error_free (mistake->error);
  g_free (mistake);
}

/** cvg_provider_mistakes_new: Returns: (transfer full) (element-type CvgProviderMistake): none yet
 */
GPtrArray *
cvg_provider_mistakes_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) mistake_free);
}

/** cvg_provider_mistakes_add: adds what @error (transfer full) says of a key */
void
cvg_provider_mistakes_add (GPtrArray *mistakes, const char *group, const char *key, GError *error)
{
  CvgProviderMistake *mistake = g_new0 (CvgProviderMistake, 1);

  mistake->group = g_strdup (group);
  mistake->key = g_strdup (key);
  mistake->error = error;
  g_ptr_array_add (mistakes, mistake);
}

static const char *
check_name (const CvgProvider *provider)
{
  return provider->name == NULL ? "is missing" : NULL;
}

static const char *
check_kind (const CvgProvider *provider)
{
  return *provider->kinds == NULL ? "is missing" : NULL;
}

static gboolean
is_oauth2 (const CvgProvider *provider)
{
  return cvg_provider_has_kind (provider, "oauth2");
}

/* Whether what the file does not say can be asked for (RFC 8414, RFC 9728). */
static gboolean
can_be_discovered (const CvgProvider *provider)
{
  return provider->issuer != NULL || provider->resource != NULL;
}

static const char *
check_authorization_endpoint (const CvgProvider *provider)
{
  return is_oauth2 (provider) && !can_be_discovered (provider) &&
                 provider->authorization_endpoint == NULL &&
                 provider->device_authorization_endpoint == NULL ?
             "is missing, and there is no DeviceAuthorizationEndpoint, Issuer or Resource instead" :
             NULL;
}

static const char *
check_token_endpoint (const CvgProvider *provider)
{
  return is_oauth2 (provider) && !can_be_discovered (provider) && provider->token_endpoint == NULL ?
             "is missing, and there is no Issuer or Resource to discover it from" :
             NULL;
}

/* An issuer is known from the file, or from the metadata that gave the endpoints. */
static const char *
check_issuer_required (const CvgProvider *provider)
{
  gboolean discovered =
      provider->authorization_endpoint == NULL || provider->token_endpoint == NULL;

  return provider->issuer_required && provider->issuer == NULL && !discovered ?
             "needs an Issuer to compare with" :
             NULL;
}

static const char *
check_upgrade_grant_type (const CvgProvider *provider)
{
  return provider->upgrade_endpoint != NULL && provider->upgrade_grant_type == NULL ?
             "is missing, and UpgradeEndpoint needs it" :
             NULL;
}

static const char *
check_refresh_parameter (const CvgProvider *provider)
{
  const char *name = provider->refresh_parameter;

  if (!g_str_equal (name, "refresh_token") && cvg_protocol_owns (name))
    return "is the name of another parameter of the protocol";
  for (char **pair = provider->refresh_parameters; *pair != NULL; pair += 2)
    if (g_str_equal (*pair, name))
      return "is in RefreshParameters as well";
  for (char **pair = provider->token_parameters; *pair != NULL; pair += 2)
    if (g_str_equal (*pair, name))
      return "is in TokenParameters as well";

  return NULL;
}

static const char *
check_revocation_parameter (const CvgProvider *provider)
{
  const char *name = provider->revocation_parameter;

  return !g_str_equal (name, "refresh_token") && cvg_protocol_owns (name) ?
             "is the name of another parameter of the protocol" :
             NULL;
}

static const char *
check_selected_member (const CvgProvider *provider)
{
  return g_str_equal (provider->resources_selected_member, provider->resources_member) ?
             "is the same as Member" :
             NULL;
}

static const char *
check_url_member (const CvgProvider *provider)
{
  return g_str_equal (provider->resources_url_member, provider->resources_member) ||
                 g_str_equal (provider->resources_url_member, provider->resources_selected_member) ?
             "is the same as Member or SelectedMember" :
             NULL;
}

static const char *
check_token_field (const CvgProvider *provider)
{
  return provider->api_key_token != NULL &&
                 !g_strv_contains ((const char *const *) provider->api_key_fields,
                                   provider->api_key_token) ?
             "is not one of Fields" :
             NULL;
}

static const struct
{
  const char *group;
  const char *key;
  const char *(*check) (const CvgProvider *provider);
} rules[] = {
  { "Provider", "Name", check_name },
  { "Provider", "Kind", check_kind },
  { "OAuth2", "AuthorizationEndpoint", check_authorization_endpoint },
  { "OAuth2", "TokenEndpoint", check_token_endpoint },
  { "OAuth2", "IssuerRequired", check_issuer_required },
  { "OAuth2", "UpgradeGrantType", check_upgrade_grant_type },
  { "OAuth2", "RefreshTokenParameter", check_refresh_parameter },
  { "OAuth2", "RevocationTokenParameter", check_revocation_parameter },
  { "Resources", "SelectedMember", check_selected_member },
  { "Resources", "UrlMember", check_url_member },
  { "ApiKey", "TokenField", check_token_field },
};

/* In [Provider] each key is for itself; elsewhere what seems to be missing may be what was wrong.
 */
static gboolean
is_blurred (GPtrArray *mistakes, const char *group, const char *key)
{
  for (guint i = 0; i < mistakes->len; i++)
    {
      const CvgProviderMistake *mistake = g_ptr_array_index (mistakes, i);

      if (g_str_equal (mistake->group, group) &&
          (!g_str_equal (group, "Provider") || g_str_equal (mistake->key, key)))
        return TRUE;
    }

  return FALSE;
}

/**
 * cvg_provider_whole_check:
 * @provider: as its file filled it
 * @mistakes: (element-type CvgProviderMistake): of its single keys; those of the whole are added,
 *   but for those that may only follow from others
 */
void
cvg_provider_whole_check (const CvgProvider *provider, GPtrArray *mistakes)
{
  g_autoptr (GPtrArray) found = cvg_provider_mistakes_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      const CvgField field = { .group = rules[i].group, .key = rules[i].key };
      const char *reason = rules[i].check (provider);
      GError *error = NULL;

      if (reason == NULL || is_blurred (mistakes, field.group, field.key))
        continue;
      cvg_field_mistake (&error, &field, "%s", reason);
      cvg_provider_mistakes_add (found, field.group, field.key, error);
    }

  g_ptr_array_extend_and_steal (mistakes, g_steal_pointer (&found));
}

static const char *
get_path_name (const CvgProvider *provider)
{
  return provider->path_name != NULL ? provider->path_name : provider->slug;
}

/**
 * cvg_provider_check_names:
 * @others: (element-type utf8 CvgProvider): those that were there before, under whatever keys; one
 * of the same file name is what @provider replaces
 *
 * Returns: whether none of @others has its name, or its path name; fails like a mistake of the file
 */
gboolean
cvg_provider_check_names (const CvgProvider *provider, GHashTable *others, GError **error)
{
  const CvgField name = { .group = "Provider", .key = "Name" };
  const CvgField path_name = { .group = "Provider", .key = "PathName" };
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, others);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const CvgProvider *other = value;

      if (g_str_equal (other->slug, provider->slug))
        continue;
      if (g_str_equal (other->name, provider->name))
        return cvg_field_mistake (error, &name, "“%s” is the name of %s.provider already",
                                  provider->name, other->slug);
      if (g_str_equal (get_path_name (other), get_path_name (provider)))
        return cvg_field_mistake (error, &path_name, "“%s” is the path name of %s.provider already",
                                  get_path_name (provider), other->slug);
    }

  return TRUE;
}
