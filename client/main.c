/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program: which command is meant, what its options say, and how it ended. What a command does
 * is in the file of its name.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include <gio/gio.h>

#include "client/cli.h"
#include "client/commands.h"
#include "client/exit-status.h"
#include "client/hint.h"
#include "client/output.h"

#define PROGRAM "claviger"

typedef struct
{
  const char *title;
  const CvgCommand *commands[8];
} Group;

static const Group groups[] = {
  { "Signing in",
    { &cvg_command_login, &cvg_command_logout, &cvg_command_site, &cvg_command_set } },
  { "Using what was given",
    { &cvg_command_token, &cvg_command_auth, &cvg_command_user_auth, &cvg_command_refresh } },
  { "Looking",
    { &cvg_command_list, &cvg_command_show, &cvg_command_servers, &cvg_command_status,
      &cvg_command_watch } },
  { "Setting up",
    { &cvg_command_client_add, &cvg_command_client_list, &cvg_command_client_remove,
      &cvg_command_remove } },
};

static gboolean want_json;
static gboolean want_quiet;
static gboolean want_version;
static gboolean want_help;
static char **arguments;

static const GOptionEntry global_entries[] = {
  { "json", 0, 0, G_OPTION_ARG_NONE, &want_json, "Print data as JSON", NULL },
  { "quiet", 'q', 0, G_OPTION_ARG_NONE, &want_quiet, "Print data and errors only", NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, &want_version, "Print the version", NULL },
  { "help", 'h', 0, G_OPTION_ARG_NONE, &want_help, "Print help", NULL },
  G_OPTION_ENTRY_NULL,
};

static void
print_help (void)
{
  printf ("Usage:\n  " PROGRAM " [--json] [--quiet] COMMAND …\n\n"
          "Signs you in to servers, keeps what they gave in the keyring, and hands it out.\n");

  for (size_t i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      printf ("\n%s:\n", groups[i].title);
      for (const CvgCommand *const *at = groups[i].commands; *at != NULL; at++)
        printf ("  %-14s  %s\n", (*at)->name, (*at)->summary);
    }

  printf ("\nOptions, before or after the command:\n");
  for (const GOptionEntry *entry = global_entries; entry->long_name != NULL; entry++)
    printf ("  --%-12s  %s\n", entry->long_name, entry->description);

  printf (
      "\nINSTANCE is a UUID, the beginning of one (8 characters or more), a label, or the name\n"
      "of a server with just one instance. “" PROGRAM " help COMMAND” tells more.\n\n"
      "Examples:\n"
      "  " PROGRAM " login Confluence\n"
      "  printf 'Authorization: Bearer %%s' \"$(" PROGRAM " token confluence)\" | curl -H @- …\n"
      "  " PROGRAM " --json list | jq '.[] | select(.status != \"active\")'\n\n"
      "Exit status:\n");
  for (int status = 0; status < CVG_EXIT_COUNT; status++)
    printf ("  %d  %s\n", status, cvg_exit_status_get_sentence ((CvgExitStatus) status));
}

static void
print_family_help (const char *family)
{
  g_autofree char *prefix = g_strconcat (family, " ", NULL);

  printf ("Usage:\n  " PROGRAM " %s COMMAND …\n\nCommands:\n", family);
  for (size_t i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const CvgCommand *const *at = groups[i].commands; *at != NULL; at++)
      if (g_str_has_prefix ((*at)->name, prefix))
        {
          g_autofree char *usage = g_strjoin (" ", (*at)->name, (*at)->arguments, NULL);

          printf ("  %-32s  %s\n", usage, (*at)->summary);
        }
  printf ("\n“" PROGRAM " %s COMMAND --help” tells more.\n", family);
}

static gboolean
parse_globals (char ***words, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, global_entries, NULL);
  return g_option_context_parse_strv (context, words, error);
}

/* Drops the first of @words, which parsing takes for the name of the program. */
static void
shift (char **words)
{
  g_free (words[0]);
  memmove (words, words + 1, g_strv_length (words + 1) * sizeof *words + sizeof *words);
}

static const CvgCommand *
find_command (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const CvgCommand *const *at = groups[i].commands; *at != NULL; at++)
      if (g_str_equal ((*at)->name, name))
        return *at;

  return NULL;
}

/* Returns: (transfer full) (nullable): the second words of the family @name, as "add, list" */
static char *
list_family (const char *name)
{
  g_autofree char *prefix = g_strconcat (name, " ", NULL);
  GString *seconds = g_string_new (NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const CvgCommand *const *at = groups[i].commands; *at != NULL; at++)
      if (g_str_has_prefix ((*at)->name, prefix))
        g_string_append_printf (seconds, "%s%s", seconds->len > 0 ? ", " : "",
                                (*at)->name + strlen (prefix));

  return g_string_free (seconds, seconds->len == 0);
}

/* Takes the one or two words of the command off @words, whose first is then the last of them. With
 * neither command nor error, help (on the family that the first word names, if it does) or the
 * version is wanted. */
static const CvgCommand *
take_command (char ***words, GError **error)
{
  const CvgCommand *command = NULL;
  g_autofree char *name = NULL;
  g_autofree char *seconds = NULL;

  if (!parse_globals (words, error))
    return NULL;
  if (g_strcmp0 ((*words)[1], "help") == 0)
    {
      want_help = TRUE;
      shift (*words);
      if (!parse_globals (words, error))
        return NULL;
    }
  if ((*words)[1] == NULL)
    {
      if (!want_help && !want_version)
        g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "A command is missing");
      return NULL;
    }

  shift (*words);
  command = find_command ((*words)[0]);
  if (command != NULL)
    return command;

  seconds = list_family ((*words)[0]);
  if (seconds == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "There is no command “%s”",
                   (*words)[0]);
      return NULL;
    }

  name = g_strdup ((*words)[0]);
  if (!parse_globals (words, error))
    return NULL;
  if ((*words)[1] == NULL && (want_help || want_version))
    return NULL;
  if ((*words)[1] != NULL)
    {
      g_autofree char *both = g_strjoin (" ", name, (*words)[1], NULL);

      command = find_command (both);
      shift (*words);
    }
  if (command == NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "“%s” is followed by one of: %s",
                 name, seconds);
  return command;
}

static gboolean
check_argument_count (const CvgCommand *command, GError **error)
{
  unsigned int count = g_strv_length (arguments);

  if (count >= command->min_arguments && count <= command->max_arguments)
    return TRUE;

  if (command->max_arguments == 0)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                 "Too many arguments: %s takes no argument", command->name);
  else
    g_set_error (
        error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "Too %s arguments: %s is followed by %s",
        count < command->min_arguments ? "few" : "many", command->name, command->arguments);
  return FALSE;
}

static gboolean
run_command (CvgCli *cli, const CvgCommand *command, char ***words, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  const GOptionEntry rest[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments, NULL,
      *command->arguments != '\0' ? command->arguments : NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char *program = g_strjoin (" ", PROGRAM, command->name, NULL);

  g_set_prgname (program);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, command->summary);
  g_option_context_set_description (context, command->description);
  if (command->entries != NULL)
    g_option_context_add_main_entries (context, command->entries, NULL);
  g_option_context_add_main_entries (context, global_entries, NULL);
  g_option_context_add_main_entries (context, rest, NULL);
  if (!g_option_context_parse_strv (context, words, error))
    return FALSE;

  if (want_help)
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      fputs (help, stdout);
      return TRUE;
    }
  if (want_version)
    {
      puts (PROGRAM " " CVG_VERSION);
      return TRUE;
    }

  if (arguments == NULL)
    arguments = g_new0 (char *, 1);
  if (!check_argument_count (command, error))
    return FALSE;

  cli->json = want_json;
  cli->quiet = want_quiet;
  return command->run (cli, arguments, error);
}

static gboolean
run (CvgCli *cli, int argc, char **argv, GError **error)
{
  /* One pointer more than words, so that an empty argv still has its first. */
  g_auto (GStrv) words = g_new0 (char *, (size_t) argc + 2);
  g_autoptr (GError) mistake = NULL;
  g_autofree char *family = NULL;
  const CvgCommand *command = NULL;

  words[0] = g_strdup (PROGRAM);
  for (int i = 1; i < argc; i++)
    words[i] = g_strdup (argv[i]);

  command = take_command (&words, &mistake);
  if (command != NULL)
    return run_command (cli, command, &words, error);
  if (mistake != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&mistake));
      return FALSE;
    }

  if (want_help)
    family = list_family (words[0]);

  if (want_version)
    puts (PROGRAM " " CVG_VERSION);
  else if (family != NULL)
    print_family_help (words[0]);
  else if (want_help)
    print_help ();
  return TRUE;
}

static void
report (const CvgCli *cli, GError *error)
{
  g_autofree char *hint = cvg_hint_for_error (cli, error);

  g_dbus_error_strip_remote_error (error);
  cvg_cli_tell (PROGRAM ": %s", error->message);
  if (hint != NULL)
    cvg_cli_tell ("%s", hint);
  else if (error->domain == G_OPTION_ERROR)
    cvg_cli_tell ("See: %s --help", g_get_prgname ());
}

int
main (int argc, char **argv)
{
  CvgCli cli = { 0 };
  g_autoptr (GError) error = NULL;
  CvgExitStatus status = CVG_EXIT_DONE;

  /* The bus and JSON are UTF-8; so are arguments and output, even where the locale is C. Numbers
   * stay in the C locale, or JSON would get commas. */
  if (setlocale (LC_CTYPE, "C.UTF-8") == NULL)
    setlocale (LC_CTYPE, "");
  g_log_writer_default_set_use_stderr (TRUE);
  g_set_prgname (PROGRAM);

  if (run (&cli, argc, argv, &error))
    (void) cvg_output_close (&error);
  else
    (void) cvg_output_close (NULL);

  if (error != NULL)
    {
      status = cvg_exit_status_from_error (error);
      report (&cli, error);
    }

  cvg_cli_clear (&cli);
  g_strfreev (arguments);
  return (int) status;
}
