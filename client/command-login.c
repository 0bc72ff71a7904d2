/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger login: finds or makes the instance, has the person sign in, and says who is signed in to
 * what. An instance that was made for a sign-in that came to nothing is removed again.
 */
#include <stdio.h>
#include <unistd.h>

#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/instance.h"
#include "client/output.h"
#include "client/server.h"
#include "client/sign-in.h"
#include "client/site.h"
#include "client/vardict.h"
#include "dbus/error.h"
#include "dbus/names.h"
#include "dbus/shell-word.h"

/* As long as the daemon waits at most. */
#define MAX_TIMEOUT ((guint32) 24 * 60 * 60)

static char *user;
static char *instance_text;
static char *label;
static char *client_id;
static char *scope;
static char *redirect_url;
static char **tenants;
static gboolean no_browser;
static gboolean paste;
static gboolean device;
static gboolean detach;
static char *timeout;
static guint32 timeout_seconds;

static const GOptionEntry entries[] = {
  { "user", 0, 0, G_OPTION_ARG_STRING, &user, "Whose connection it is (your login name)", "U" },
  { "instance", 0, 0, G_OPTION_ARG_STRING, &instance_text, "Sign this instance in again", "I" },
  { "label", 0, 0, G_OPTION_ARG_STRING, &label, "A name for the instance", "L" },
  { "client-id", 0, 0, G_OPTION_ARG_STRING, &client_id, "OAuth client instead of the default",
    "C" },
  { "scope", 0, 0, G_OPTION_ARG_STRING, &scope, "Scopes instead of the default ones", "S" },
  { "redirect-url", 0, 0, G_OPTION_ARG_STRING, &redirect_url,
    "Where the browser goes when it is over", "U" },
  { "tenant", 0, 0, G_OPTION_ARG_STRING_ARRAY, &tenants,
    "Tenant parameter of the server; can be repeated", "K=V" },
  { "no-browser", 0, 0, G_OPTION_ARG_NONE, &no_browser, "Open no browser, only print the address",
    NULL },
  { "paste", 0, 0, G_OPTION_ARG_NONE, &paste,
    "The browser is elsewhere: read the address it ends on from stdin", NULL },
  { "device", 0, 0, G_OPTION_ARG_NONE, &device,
    "Type a code on another device (no server of the catalogue offers that yet)", NULL },
  { "detach", 0, 0, G_OPTION_ARG_NONE, &detach, "Print instance and address, and do not wait",
    NULL },
  { "timeout", 0, 0, G_OPTION_ARG_STRING, &timeout, "Seconds that the person has (600)", "S" },
  G_OPTION_ENTRY_NULL,
};

/* The instance to sign in, and whether it was made for this. */
typedef struct
{
  char *id; /* (owned) (nullable) */
  gboolean is_new;
} Target;

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, sentence);
  return FALSE;
}

static gboolean
check_options (char **arguments, GError **error)
{
  if (arguments[0] == NULL && instance_text == NULL)
    return refuse (error, "Either SERVER or --instance is needed");
  if (instance_text != NULL && (user != NULL || label != NULL || tenants != NULL))
    return refuse (error, "--user, --label and --tenant are of new instances, not for --instance");
  if (paste && device)
    return refuse (error, "--paste and --device exclude each other");
  if (paste && detach)
    return refuse (error, "--paste waits for an address, --detach does not wait");
  return timeout == NULL ||
         cvg_cli_parse_seconds ("--timeout", timeout, 1, MAX_TIMEOUT, &timeout_seconds, error);
}

static gboolean
add_tenants (GVariantDict *options, GError **error)
{
  g_auto (GVariantBuilder) values = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  for (char **at = tenants; at != NULL && *at != NULL; at++)
    {
      const char *equals = strchr (*at, '=');
      g_autofree char *key = equals != NULL ? g_strndup (*at, (size_t) (equals - *at)) : NULL;

      if (key == NULL || *key == '\0')
        return refuse (error, "--tenant is followed by KEY=VALUE");
      g_variant_builder_add (&values, "{ss}", key, equals + 1);
    }

  if (tenants != NULL)
    g_variant_dict_insert_value (options, "tenant", g_variant_builder_end (&values));
  return TRUE;
}

static char *
create_instance (const char *user_id, const char *server_name, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;
  char *id = NULL;

  if (label != NULL)
    g_variant_dict_insert (&options, "label", "s", label);
  if (client_id != NULL)
    g_variant_dict_insert (&options, "client-id", "s", client_id);
  if (!add_tenants (&options, error))
    return NULL;

  reply = cvg_connection_call (
      "CreateInstance",
      g_variant_new ("(ss@a{sv})", user_id, server_name, g_variant_dict_end (&options)), "(s)",
      error);
  if (reply != NULL)
    g_variant_get (reply, "(s)", &id);
  return id;
}

static gboolean
find_given_instance (CvgCli *cli, GVariant *server, Target *target, GError **error)
{
  g_autoptr (GVariant) instance = cvg_instance_resolve (cli, instance_text, error);

  if (instance == NULL)
    return FALSE;

  if (server != NULL && !g_str_equal (cvg_vardict_get_string (instance, "server-name"),
                                      cvg_vardict_get_string (server, "name")))
    return refuse (error, "The instance is of another server");

  target->id = g_strdup (cvg_vardict_get_string (instance, "instance-id"));
  return TRUE;
}

/* A tenant is no part of what ListInstances tells: with --tenant, no instance is known to be the
 * one that is meant. */
static gboolean
find_or_create_instance (CvgCli *cli, Target *target, GError **error)
{
  const char *user_id = user != NULL ? user : g_get_user_name ();
  g_autoptr (GVariant) instances = cvg_connection_list_instances (user_id, cli->server, error);
  g_autoptr (GVariant) instance = NULL;

  if (instances == NULL)
    return FALSE;

  if (tenants == NULL)
    instance = cvg_instance_find_reusable (instances, label);
  if (instance != NULL)
    {
      target->id = g_strdup (cvg_vardict_get_string (instance, "instance-id"));
      cvg_cli_note (cli, "Signing in again the instance %s of %s.", target->id, user_id);
    }
  else
    {
      target->id = create_instance (user_id, cli->server, error);
      target->is_new = TRUE;
    }

  if (target->id != NULL)
    cvg_cli_set_instance (cli, target->id);
  return target->id != NULL;
}

static gboolean
find_target (CvgCli *cli,
             const char *server_text,
             GVariant **server,
             Target *target,
             GError **error)
{
  if (server_text != NULL && (*server = cvg_server_resolve (cli, server_text, error)) == NULL)
    return FALSE;

  if (*server != NULL && !cvg_server_has_kind (*server, "oauth2"))
    {
      g_autofree char *user_word = cvg_shell_word (user != NULL ? user : g_get_user_name ());

      cli->advice = g_strdup_printf ("Store its credentials with: claviger set --user %s %s",
                                     user_word, cvg_vardict_get_string (*server, "slug"));
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s has no sign-in in the browser", cli->server);
      return FALSE;
    }

  if (instance_text != NULL)
    return find_given_instance (cli, *server, target, error);
  return find_or_create_instance (cli, target, error);
}

static GVariant *
build_options (void)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  const char *activation = g_getenv ("XDG_ACTIVATION_TOKEN");

  if (activation == NULL)
    activation = g_getenv ("DESKTOP_STARTUP_ID");
  if (activation != NULL)
    g_variant_dict_insert (&options, "activation-token", "s", activation);
  if (client_id != NULL)
    g_variant_dict_insert (&options, "client-id", "s", client_id);
  if (scope != NULL)
    g_variant_dict_insert (&options, "scope", "s", scope);
  if (redirect_url != NULL)
    g_variant_dict_insert (&options, "redirect-url", "s", redirect_url);
  if (timeout != NULL)
    g_variant_dict_insert (&options, "timeout", "u", timeout_seconds);
  if (paste || device)
    g_variant_dict_insert (&options, "flow", "s", paste ? "paste" : "device");
  if (detach)
    g_variant_dict_insert (&options, "detach", "b", TRUE);
  g_variant_dict_insert (&options, "open-browser", "b", !no_browser && !paste && !device);

  return g_variant_dict_end (&options);
}

/* @said: what the person has been told already. */
static void
teach_clients (CvgCli *cli, const char *said)
{
  g_autoptr (GVariant) server = cvg_server_look_up (cli->server);
  const char *documentation = cvg_vardict_get_string (server, "documentation");
  const char *uri = cvg_vardict_get_string (server, "redirect-uri");
  g_autoptr (GString) advice = g_string_new (NULL);
  g_autofree char *name = cvg_shell_word (cli->server);

  if (*documentation != '\0')
    g_string_append_printf (advice, "How to register one with the provider:\n  %s\n",
                            documentation);
  if (*uri != '\0')
    g_string_append_printf (advice, "The redirect URI to register:\n  %s\n", uri);
  if (strstr (said, "claviger client add") == NULL)
    g_string_append_printf (advice, "Add it here with:\n  claviger client add %s CLIENT_ID\n",
                            name);
  if (*uri == '\0')
    g_string_append (advice, "“claviger client add” prints the redirect URI to register.\n");

  g_string_truncate (advice, advice->len > 0 ? advice->len - 1 : 0);
  g_free (cli->advice);
  cli->advice = g_string_free (g_steal_pointer (&advice), FALSE);
}

static void
show_address (const CvgCli *cli, const CvgSignIn *sign_in)
{
  const char *url = cvg_sign_in_get_url (sign_in);
  const char *code = cvg_sign_in_get_user_code (sign_in);

  if (*code != '\0')
    cvg_cli_tell ("Open this address on any device:\n  %s\nand type this code:\n  %s", url, code);
  else if (paste)
    cvg_cli_tell ("Open this address in a browser:\n  %s\n"
                  "Sign in there, and paste the address that it ends on (an error page is fine):",
                  url);
  else if (no_browser)
    cvg_cli_tell ("Open this address in a browser of this machine:\n  %s", url);
  else
    cvg_cli_note (cli, "Signing in to %s. If no browser opens, open this address:\n  %s",
                  cli->server, url);
}

static void
print_detached (const CvgCli *cli, const CvgSignIn *sign_in)
{
  const char *url = cvg_sign_in_get_url (sign_in);
  const char *code = cvg_sign_in_get_user_code (sign_in);

  if (cli->json)
    {
      cvg_output_print_json (g_variant_new_parsed (
          "{'instance-id': <%s>, 'url': <%s>, 'user-code': <%s>}", cli->instance, url, code));
      return;
    }

  cvg_output_print_line (cli->instance);
  cvg_output_print_line (url);
  if (*code != '\0')
    cvg_output_print_line (code);
}

static void
note_sites (const CvgCli *cli)
{
  g_autofree char *selected = NULL;
  g_autoptr (GVariant) sites = cvg_site_list (cli->instance, &selected, NULL);

  if (sites != NULL && *selected == '\0' && g_variant_n_children (sites) > 1)
    cvg_cli_note (cli, "The grant covers %u sites; choose the one to use: claviger site %s SITE",
                  (unsigned int) g_variant_n_children (sites), cli->instance);
}

static gboolean
print_result (CvgCli *cli, GError **error)
{
  g_autoptr (GVariant) instance = cvg_instance_resolve (cli, cli->instance, error);
  const char *account = NULL;
  const char *site = NULL;

  if (instance == NULL)
    return FALSE;

  if (cli->json)
    cvg_output_print_json (instance);
  else
    cvg_output_print_line (cli->instance);

  account = cvg_vardict_get_string (instance, "account");
  site = cvg_vardict_get_string (instance, "site");
  cvg_cli_note (cli, "Signed in to %s%s%s%s%s.", cli->server, *account != '\0' ? " as " : "",
                account, *site != '\0' ? ", site " : "", site);
  if (*site == '\0' && !cli->quiet)
    note_sites (cli);
  return TRUE;
}

static gboolean
sign_in (CvgCli *cli, const char *instance_id, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (CvgSignIn) sign_in =
      cvg_sign_in_begin (cli->server, instance_id, build_options (), &cause);
  gboolean countdown = !cli->quiet && !paste && isatty (STDERR_FILENO);

  if (sign_in == NULL)
    {
      if (g_error_matches (cause, CVG_ERROR, CVG_ERROR_NO_CLIENT))
        teach_clients (cli, cause->message);
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }

  if (detach)
    {
      print_detached (cli, sign_in);
      return TRUE;
    }

  show_address (cli, sign_in);
  if (paste)
    cvg_sign_in_read_address (sign_in);
  return cvg_sign_in_wait (sign_in, countdown, error);
}

/* A daemon that went away is not started again for this. */
static void
discard_instance (const char *instance_id)
{
  g_autofree char *owner = cvg_connection_get_owner (NULL);

  if (owner != NULL)
    {
      g_autoptr (GVariant) reply =
          cvg_connection_call_at (owner, CVG_OBJECT_PATH, "DeleteInstance",
                                  g_variant_new ("(sa{sv})", instance_id, NULL), "(b)", NULL);
    }
}

static gboolean
run_login (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) server = NULL;
  Target target = { 0 };
  gboolean done = FALSE;

  if (!check_options (arguments, error))
    return FALSE;

  done = find_target (cli, arguments[0], &server, &target, error);
  if (done)
    {
      done = sign_in (cli, target.id, error);
      if (!done && target.is_new)
        discard_instance (target.id);
    }
  g_free (target.id);

  if (done && !detach)
    done = print_result (cli, error);
  return done;
}

const CvgCommand cvg_command_login = {
  .name = "login",
  .arguments = "SERVER",
  .summary = "Sign in to a server",
  .description =
      "Opens the browser, waits until you have signed in there, and prints the id of the\n"
      "instance. Signing in again with the same user and label keeps the instance.\n"
      "With --instance, SERVER can be left out.\n\n"
      "Examples:\n"
      "  claviger login Confluence\n"
      "  claviger login Confluence --label work --paste",
  .entries = entries,
  .min_arguments = 0,
  .max_arguments = 1,
  .run = run_login,
};
