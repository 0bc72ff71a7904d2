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
#include "client/flow.h"
#include "client/instance.h"
#include "client/invitation.h"
#include "client/new-instance.h"
#include "client/output.h"
#include "client/qr-code.h"
#include "client/server.h"
#include "client/shell-command.h"
#include "client/sign-in.h"
#include "client/site.h"
#include "client/tenant.h"
#include "client/vardict.h"
#include "dbus/error.h"
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
static CvgFlowWish wish;
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
  { "no-browser", 0, 0, G_OPTION_ARG_NONE, &wish.no_browser,
    "Open no browser, only print the address", NULL },
  { "paste", 0, 0, G_OPTION_ARG_NONE, &wish.paste,
    "The browser is elsewhere: paste the address it ends on", NULL },
  { "device", 0, 0, G_OPTION_ARG_NONE, &wish.device,
    "Show a code to enter in a browser, wherever it is", NULL },
  { "qr", 0, 0, G_OPTION_ARG_NONE, &wish.qr, "Show the address as a QR code, for a telephone",
    NULL },
  { "detach", 0, 0, G_OPTION_ARG_NONE, &wish.detach, "Print instance and address, and do not wait",
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
  if (wish.paste && wish.device)
    return refuse (error, "--paste and --device exclude each other");
  if (wish.paste && wish.detach)
    return refuse (error, "--paste waits for an address, --detach does not wait");
  return timeout == NULL ||
         cvg_cli_parse_seconds ("--timeout", timeout, 1, MAX_TIMEOUT, &timeout_seconds, error);
}

static char *
create_instance (const char *user_id, GVariant *server, GError **error)
{
  g_autoptr (GVariant) tenant = cvg_tenant_read (server, tenants, error);
  const CvgNewInstance wanted = {
    .server_name = cvg_vardict_get_string (server, "name"),
    .user_id = user_id,
    .label = label,
    .client_id = client_id,
    .tenant = tenant,
  };

  return tenant != NULL ? cvg_new_instance_create (&wanted, error) : NULL;
}

static gboolean
find_given_instance (CvgCli *cli, GVariant **server, Target *target, GError **error)
{
  g_autoptr (GVariant) instance = cvg_instance_resolve (cli, instance_text, error);
  const char *server_name = NULL;

  if (instance == NULL)
    return FALSE;

  server_name = cvg_vardict_get_string (instance, "server-name");
  if (*server == NULL)
    *server = cvg_server_look_up (server_name);
  else if (!g_str_equal (server_name, cvg_vardict_get_string (*server, "name")))
    return refuse (error, "The instance is of another server");

  target->id = g_strdup (cvg_vardict_get_string (instance, "instance-id"));
  return TRUE;
}

/* A tenant is no part of what ListInstances tells: with --tenant, no instance is known to be the
 * one that is meant. */
static gboolean
find_or_create_instance (CvgCli *cli, GVariant *server, Target *target, GError **error)
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
      target->id = create_instance (user_id, server, error);
      target->is_new = TRUE;
    }

  if (target->id != NULL)
    cvg_cli_set_instance (cli, target->id);
  return target->id != NULL;
}

/* Says what does it instead. @target: whose id is known only if it was given. */
static gboolean
check_kind (CvgCli *cli, GVariant *server, const Target *target, GError **error)
{
  const char *kind = cvg_vardict_get_string (server, "kind");

  if (*kind == '\0' || cvg_server_has_kind (server, "oauth2"))
    return TRUE;

  if (!cvg_server_takes_keys (server))
    {
      cli->advice = g_strdup ("There is nothing to do: programs use it as it is.");
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s asks for no sign-in",
                   cli->server);
      return FALSE;
    }

  if (target->id != NULL)
    cli->advice = g_strdup_printf ("Store its credentials with: claviger set %s", target->id);
  else
    {
      g_autofree char *command =
          cvg_shell_command_set (server, user != NULL ? user : g_get_user_name ());

      cli->advice = g_strdup_printf ("Store its credentials with: %s", command);
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s has no sign-in in the browser",
               cli->server);
  return FALSE;
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
  if (instance_text != NULL && !find_given_instance (cli, server, target, error))
    return FALSE;
  if (!check_kind (cli, *server, target, error))
    return FALSE;

  return target->id != NULL || find_or_create_instance (cli, *server, target, error);
}

static GVariant *
build_options (CvgFlow flow)
{
  static const char *const flows[] = { [CVG_FLOW_PASTE] = "paste", [CVG_FLOW_DEVICE] = "device" };
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
  if (flow != CVG_FLOW_USUAL)
    g_variant_dict_insert (&options, "flow", "s", flows[flow]);
  if (wish.detach)
    g_variant_dict_insert (&options, "detach", "b", TRUE);
  g_variant_dict_insert (&options, "open-browser", "b", flow == CVG_FLOW_USUAL && !wish.no_browser);

  return g_variant_dict_end (&options);
}

/* @said: what the person has been told already. */
static void
teach_clients (CvgCli *cli, GVariant *server, const char *said)
{
  const char *create = cvg_vardict_get_string (server, "create-url");
  const char *documentation = cvg_vardict_get_string (server, "documentation");
  const char *uri = cvg_vardict_get_string (server, "redirect-uri");
  g_autoptr (GString) advice = g_string_new (NULL);
  g_autofree char *command = cvg_shell_command_client_add (server);
  g_autofree char *name = cvg_shell_word (cli->server);

  if (*create != '\0')
    g_string_append_printf (advice, "Register one with the provider:\n  %s\n", create);
  else if (*documentation != '\0')
    g_string_append_printf (advice, "How to register one with the provider:\n  %s\n",
                            documentation);
  if (*uri != '\0' && strstr (said, uri) == NULL)
    g_string_append_printf (advice, "The redirect URI to register:\n  %s\n", uri);
  if (strstr (said, "claviger client add") == NULL)
    g_string_append_printf (advice, "Add it here with:\n  %s\n", command);
  g_string_append_printf (advice, "Step by step: claviger servers %s", name);

  g_free (cli->advice);
  cli->advice = g_string_free (g_steal_pointer (&advice), FALSE);
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

/* What it has become is what the daemon made of it. */
static CvgFlow
look_at_flow (CvgCli *cli, const CvgSignIn *sign_in, CvgFlow asked)
{
  if (*cvg_sign_in_get_user_code (sign_in) != '\0')
    return CVG_FLOW_DEVICE;
  if (asked == CVG_FLOW_USUAL && cvg_sign_in_is_remote (sign_in))
    {
      cvg_cli_tell ("%s sends the browser to an https address, which nothing of this machine "
                    "can catch: its address has to be pasted here.",
                    cli->server);
      return CVG_FLOW_PASTE;
    }
  return asked;
}

static gboolean
wait_for_person (CvgCli *cli, CvgSignIn *sign_in, CvgFlow flow, GError **error)
{
  gboolean countdown = !cli->quiet && flow != CVG_FLOW_PASTE && isatty (STDERR_FILENO);

  cvg_invitation_show (cli, sign_in, flow, &wish);
  if (flow == CVG_FLOW_PASTE)
    cvg_sign_in_read_address (sign_in);
  return cvg_sign_in_wait (sign_in, countdown, error);
}

static gboolean
sign_in (CvgCli *cli, GVariant *server, const char *instance_id, GError **error)
{
  const char *reason = NULL;
  CvgFlow flow = cvg_flow_choose (server, &wish, &reason);
  g_autoptr (GError) cause = NULL;
  g_autoptr (CvgSignIn) sign_in =
      cvg_sign_in_begin (cli->server, instance_id, build_options (flow), &cause);

  if (sign_in == NULL)
    {
      if (g_error_matches (cause, CVG_ERROR, CVG_ERROR_NO_CLIENT))
        teach_clients (cli, server, cause->message);
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }

  if (reason != NULL)
    cvg_cli_tell ("%s: %s", reason,
                  flow == CVG_FLOW_DEVICE ? "a code will do, in a browser elsewhere (--device)." :
                                            "a browser elsewhere will do (--paste).");
  flow = look_at_flow (cli, sign_in, flow);
  if (!wish.detach)
    return wait_for_person (cli, sign_in, flow, error);

  if (flow == CVG_FLOW_PASTE)
    {
      cvg_sign_in_cancel (sign_in);
      return refuse (error, "That can't be done without waiting here: leave out --detach");
    }
  if (wish.qr)
    cvg_qr_code_show (cvg_sign_in_get_url (sign_in));
  print_detached (cli, sign_in);
  return TRUE;
}

static gboolean
run_login (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) server = NULL;
  Target target = { 0 };
  gboolean done = FALSE;

  if (!check_options (arguments, error))
    return FALSE;
  cvg_flow_wish_look_around (&wish);

  done = find_target (cli, arguments[0], &server, &target, error);
  if (done)
    {
      done = sign_in (cli, server, target.id, error);
      if (!done && target.is_new)
        cvg_new_instance_discard (target.id);
    }
  g_free (target.id);

  if (done && !wish.detach)
    done = print_result (cli, error);
  return done;
}

const CvgCommand cvg_command_login = {
  .name = "login",
  .arguments = "SERVER",
  .summary = "Sign in to a server",
  .description = "Opens the browser, waits until you have signed in there, and prints the id of\n"
                 "the instance. Signing in again with the same user and label keeps the instance.\n"
                 "With --instance, SERVER can be left out.\n\n"
                 "Where there is no display, as over SSH, a browser elsewhere will do: with a\n"
                 "code (--device) where the server offers that, else with the address that the\n"
                 "browser ends on, pasted here (--paste).\n\n"
                 "Examples:\n"
                 "  claviger login Confluence\n"
                 "  claviger login Confluence --label work --paste\n"
                 "  claviger login GitHub --device --qr",
  .entries = entries,
  .min_arguments = 0,
  .max_arguments = 1,
  .run = run_login,
};
