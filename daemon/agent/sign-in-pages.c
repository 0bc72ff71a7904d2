/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages at the end of a sign-in: who is signed in to what, or what went wrong and what to do. Names
 * come from the provider's answers over TLS and from the catalogue; nothing comes from the query.
 */
#include "agent/sign-in-pages.h"

#include "agent/account-name.h"
#include "dbus/error.h"
#include "model/auth-data.h"
#include "model/vardict.h"

static char *
describe_account (const CvgCredentials *credentials)
{
  g_autofree char *name = NULL;
  g_autofree char *email = NULL;

  if (credentials->account != NULL)
    {
      name = cvg_vardict_dup_string (credentials->account, "name");
      email = cvg_vardict_dup_string (credentials->account, "email");
    }
  if (name != NULL && email != NULL)
    return g_strdup_printf ("%s (%s)", name, email);

  return name != NULL ? g_steal_pointer (&name) : cvg_account_name_find (credentials);
}

static char *
describe_site (GVariant *site)
{
  char *name = site != NULL ? cvg_vardict_dup_string (site, "name") : NULL;

  if (name == NULL && site != NULL)
    name = cvg_vardict_dup_string (site, "url");
  return name;
}

static char *
describe_success (const char *account, const char *site)
{
  static const char kept[] = "Your credentials are in the system keyring.";

  if (account != NULL && site != NULL)
    return g_strdup_printf ("You are signed in as %s on %s. %s", account, site, kept);
  if (account != NULL)
    return g_strdup_printf ("You are signed in as %s. %s", account, kept);
  if (site != NULL)
    return g_strdup_printf ("You are signed in on %s. %s", site, kept);

  return g_strdup (kept);
}

/**
 * cvg_sign_in_page_success:
 * @instance: what is signed in
 * @credentials: what the server gave
 *
 * Returns: (transfer full): the page
 */
CvgPage *
cvg_sign_in_page_success (const CvgInstance *instance, const CvgCredentials *credentials)
{
  g_autoptr (GVariant) site = cvg_auth_data_find_resource (credentials, instance->resource_id);
  gboolean must_choose = site == NULL && credentials->resources != NULL &&
                         g_variant_n_children (credentials->resources) > 1;
  g_autofree char *title = g_strdup_printf ("Signed in to %s", instance->server_name);
  g_autofree char *account = describe_account (credentials);
  g_autofree char *site_name = describe_site (site);
  g_autofree char *text = describe_success (account, site_name);

  return cvg_page_new (200, CVG_PAGE_SUCCESS, title, text,
                       must_choose ? "This sign-in covers several sites; choose one with “claviger "
                                     "site”. You can close this tab." :
                                     "You can close this tab.");
}

/** cvg_sign_in_page_waiting_for_keyring: signed in, but nowhere to put it yet */
CvgPage *
cvg_sign_in_page_waiting_for_keyring (const char *server_name)
{
  g_autofree char *text =
      g_strdup_printf ("%s has signed you in, but your keyring is locked, so that the credentials "
                       "can't be kept yet.",
                       server_name);

  return cvg_page_new (200, CVG_PAGE_NEUTRAL, "One more step: unlock your keyring", text,
                       "Unlock the keyring, and the sign-in is completed. You can close this tab.");
}

static const char *
advise (const GError *error)
{
  switch (error->domain == CVG_ERROR ? (CvgError) error->code : CVG_ERROR_FAILED)
    {
    case CVG_ERROR_TRY_LATER:
      return "Nothing was changed. Check the network connection and start the sign-in again.";
    case CVG_ERROR_REFUSED:
      return "Nothing was changed. Check the client with “claviger client list”, then start the "
             "sign-in again.";
    case CVG_ERROR_KEYRING_LOCKED:
    case CVG_ERROR_KEYRING_UNAVAILABLE:
      return "Unlock your keyring, then start the sign-in again.";
    case CVG_ERROR_TIMED_OUT:
      return "Start the sign-in again when you have a moment.";
    default:
      return "Nothing was changed. Start the sign-in again.";
    }
}

/** cvg_sign_in_page_failure: what went wrong, and what to do; @error is one of ours */
CvgPage *
cvg_sign_in_page_failure (const char *server_name, const GError *error)
{
  g_autofree char *title = g_strdup_printf ("You are not signed in to %s", server_name);

  return cvg_page_new (200, CVG_PAGE_FAILURE, title, error->message, advise (error));
}

/** cvg_sign_in_page_denied: the person said no */
CvgPage *
cvg_sign_in_page_denied (const char *server_name)
{
  g_autofree char *title = g_strdup_printf ("You are not signed in to %s", server_name);

  return cvg_page_new (200, CVG_PAGE_FAILURE, title, "The request was denied, as you asked.",
                       "Nothing was changed. You can close this tab.");
}

/** cvg_sign_in_page_over: the same redirect once more: a reload, or a restored tab */
CvgPage *
cvg_sign_in_page_over (const char *server_name)
{
  g_autofree char *text =
      g_strdup_printf ("This sign-in to %s has had its answer already.", server_name);

  return cvg_page_new (200, CVG_PAGE_NEUTRAL, "Nothing more to do", text,
                       "You can close this tab.");
}

/** cvg_sign_in_page_unknown: a redirect of no sign-in that is pending here */
CvgPage *
cvg_sign_in_page_unknown (void)
{
  return cvg_page_new (400, CVG_PAGE_NEUTRAL, "This sign-in is not known",
                       "It may have been cancelled or have run out of time, or it was not started "
                       "from this computer.",
                       "Nothing was changed. If you were signing in, start again from the program "
                       "that asked for it.");
}

/** cvg_sign_in_page_malformed: not an answer that a provider gives */
CvgPage *
cvg_sign_in_page_malformed (void)
{
  return cvg_page_new (400, CVG_PAGE_NEUTRAL, "This address does not complete a sign-in",
                       "It is not what a provider sends at the end of a sign-in.",
                       "Nothing was changed. If you were signing in, go back to that tab.");
}
