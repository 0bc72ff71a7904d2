/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How to get in: each way in that the server has, in its order, as steps with the commands to copy.
 * What nobody knows is left out; a step never says "see the documentation" alone.
 */
#include "client/server-page.h"

#include "client/shell-command.h"
#include "client/output.h"
#include "client/paragraph.h"
#include "client/server.h"
#include "client/vardict.h"

#define INDENT 2
#define STEP_INDENT 5 /* after "1. " */

#define BOLD "\033[1m"
#define BOLD_END "\033[0m"

typedef struct
{
  GVariant *server; /* (borrowed): of ListServers */
  const char *user; /* (borrowed) */
  unsigned int columns;
  gboolean colours;
  unsigned int step; /* the last that was numbered, in this way in */
  gboolean told_keys;
  GString *text; /* (owned) */
} Page;

static void add_heading (Page *page, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_heading (Page *page, const char *format, ...)
{
  va_list values;
  g_autofree char *heading = NULL;
  g_autofree char *printable = NULL;

  va_start (values, format);
  heading = g_strdup_vprintf (format, values);
  va_end (values);

  printable = cvg_output_make_printable (heading);
  if (page->text->len > 0)
    g_string_append_c (page->text, '\n');
  g_string_append_printf (page->text, "%s%s%s\n", page->colours ? BOLD : "", printable,
                          page->colours ? BOLD_END : "");
  page->step = 0;
}

static void add (Page *page, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add (Page *page, const char *format, ...)
{
  va_list values;
  g_autofree char *sentence = NULL;

  va_start (values, format);
  sentence = g_strdup_vprintf (format, values);
  va_end (values);
  cvg_paragraph_append (page->text, sentence, INDENT, INDENT, page->columns);
}

static void
add_step (Page *page, const char *sentence)
{
  g_autofree char *numbered = g_strdup_printf ("%u. %s", ++page->step, sentence);

  cvg_paragraph_append (page->text, numbered, INDENT, STEP_INDENT, page->columns);
}

/* More of a step. */
static void
add_more (Page *page, const char *sentence)
{
  cvg_paragraph_append (page->text, sentence, STEP_INDENT, STEP_INDENT, page->columns);
}

/* What is to be copied, on a line of its own. */
static void
add_copy (Page *page, const char *line)
{
  g_autofree char *printable = cvg_output_make_printable (line);

  g_string_append_printf (page->text, "%*s%s\n", STEP_INDENT, "", printable);
}

static const char *
get (Page *page, const char *key)
{
  return cvg_vardict_get_string (page->server, key);
}

/* ---- OAuth ----------------------------------------------------------------------------------- */

static void
add_registration (Page *page)
{
  const char *create = get (page, "create-url");
  const char *uri = get (page, "redirect-uri");

  if (*create != '\0')
    {
      add_step (page, "Register an application with the provider, once:");
      add_copy (page, create);
    }
  else
    add_step (page, "Register an application with the provider, once.");

  if (*uri != '\0')
    {
      add_more (page, "Its redirect URI (callback URL) is exactly:");
      add_copy (page, uri);
    }
  else if (cvg_server_has_flow (page->server, "paste"))
    add_more (page, "Its redirect URI (callback URL) is an https address of yours; nothing needs "
                    "to answer there.");
}

static void
add_client (Page *page)
{
  g_autofree char *command = cvg_shell_command_client_add (page->server);

  add_step (page, "Tell Claviger its client id; you are asked for its secret:");
  add_copy (page, command);
}

static void
add_login (Page *page)
{
  g_autofree char *command = cvg_shell_command_login (page->server, NULL);

  if (!cvg_server_has_flow (page->server, "loopback") &&
      cvg_server_has_flow (page->server, "paste"))
    add_step (page, "Sign in, and paste the address on which the browser ends:");
  else
    add_step (page, "Sign in, once for each account:");
  add_copy (page, command);
}

static void
add_flows (Page *page)
{
  gboolean device = cvg_server_has_flow (page->server, "device");
  gboolean paste =
      cvg_server_has_flow (page->server, "paste") && cvg_server_has_flow (page->server, "loopback");

  if (device)
    add (page,
         "On a machine without a browser: with --device you type a code on any other "
         "device%s.",
         paste ? "; with --paste you paste the address on which a browser elsewhere ends" : "");
  else if (paste)
    add (page, "On a machine without a browser: with --paste you paste the address on which a "
               "browser elsewhere ends.");
}

static void
add_scopes (Page *page)
{
  g_autofree const char **scopes = NULL;
  g_autofree char *list = NULL;
  g_autofree char *sentence = NULL;

  if (!g_variant_lookup (page->server, "scopes", "^a&s", &scopes) || *scopes == NULL)
    return;

  list = g_strjoinv (" ", (char **) scopes);
  sentence = g_strconcat ("Asks for, unless --scope says otherwise: ", list, NULL);
  cvg_paragraph_append (page->text, sentence, INDENT, STEP_INDENT, page->columns);
}

static void
add_oauth2 (Page *page)
{
  add_heading (page, "Sign in with OAuth 2.0");

  if (!cvg_server_needs_client (page->server))
    add (page, "No application needs to be registered: Claviger does that itself.");
  else
    {
      if (cvg_vardict_get_boolean (page->server, "default-client"))
        add (page, "An OAuth client is set up already; steps 1 and 2 are for another one.");
      add_registration (page);
      add_client (page);
    }
  add_login (page);
  add_flows (page);
  add_scopes (page);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void
add_key (Page *page, const char *heading, const char *thing)
{
  const char *url = get (page, "key-url");
  const char *header = get (page, "key-header");
  g_autofree char *command = cvg_shell_command_set (page->server, page->user);
  g_auto (GStrv) fields = cvg_server_dup_key_fields (page->server);
  g_autofree char *names = g_strjoinv (", ", fields);
  g_autofree char *store = g_strdup_printf ("Store %s; you are asked for %s:", thing, names);

  add_heading (page, "%s", heading);
  if (*url != '\0')
    {
      g_autofree char *make = g_strdup_printf ("Get %s from the server:", thing);

      add_step (page, make);
      add_copy (page, url);
    }
  if (page->step > 0)
    add_step (page, store);
  else
    add (page, "%s", store);
  add_copy (page, command);
  if (*header != '\0')
    add (page, "Programs send it as “%s”.", header);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void
add_tenant_parameter (Page *page, GVariant *parameter)
{
  const char *name = cvg_vardict_get_string (parameter, "name");
  const char *description = cvg_vardict_get_string (parameter, "description");
  const char *pattern = cvg_vardict_get_string (parameter, "pattern");
  const char *fallback = cvg_vardict_get_string (parameter, "default");
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *placeholder = cvg_shell_command_placeholder (name);

  g_string_append_printf (line, "--tenant %s=%s", name, placeholder);
  if (*description != '\0')
    g_string_append_printf (line, ": %s", description);
  if (*fallback != '\0')
    g_string_append_printf (line, " (without it: %s)", fallback);
  add (page, "%s", line->str);
  if (*pattern != '\0')
    {
      g_autofree char *matches = g_strdup_printf ("matches %s", pattern);

      add_copy (page, matches);
    }
}

static void
add_tenant (Page *page)
{
  g_autoptr (GVariant) parameters = cvg_server_get_tenant_parameters (page->server);

  if (g_variant_n_children (parameters) == 0)
    return;

  add_heading (page, "Which one of its addresses");
  for (size_t i = 0; i < g_variant_n_children (parameters); i++)
    {
      g_autoptr (GVariant) parameter = g_variant_get_child_value (parameters, i);

      add_tenant_parameter (page, parameter);
    }
}

static void
add_pages (Page *page)
{
  static const struct
  {
    const char *key;
    const char *sentence;
  } pages[] = {
    { "documentation", "The provider's documentation:" },
    { "manage-url", "Where you can take access back:" },
  };
  gboolean started = FALSE;

  for (size_t i = 0; i < G_N_ELEMENTS (pages); i++)
    if (*get (page, pages[i].key) != '\0')
      {
        if (!started)
          add_heading (page, "Its pages");
        started = TRUE;
        add (page, "%s", pages[i].sentence);
        add_copy (page, get (page, pages[i].key));
      }
}

static void
add_way_in (Page *page, const char *kind)
{
  static const struct
  {
    const char *kind;
    const char *heading;
    const char *thing;
  } keys[] = {
    { "api-key", "Use an API key", "a key" },
    { "basic", "Use a user name and password", "credentials" },
    { "connection-string", "Use a connection string", "one" },
  };

  if (g_str_equal (kind, "oauth2"))
    add_oauth2 (page);
  else if (g_str_equal (kind, "none"))
    {
      add_heading (page, "Open to everybody");
      add (page, "There is nothing to do: it asks for no sign-in and no key.");
    }

  /* Whatever a key is called, a server has one set of fields for it. */
  for (size_t i = 0; i < G_N_ELEMENTS (keys) && !page->told_keys; i++)
    if (g_str_equal (kind, keys[i].kind))
      {
        add_key (page, keys[i].heading, keys[i].thing);
        page->told_keys = TRUE;
      }
}

/**
 * cvg_server_page_format:
 * @server: a server of ListServers
 * @user_id: whose instances the commands make
 * @columns: how wide the lines may be
 * @colours: whether a terminal will show it, and in colours
 *
 * Returns: (transfer full): lines that tell a person how to get in
 */
char *
cvg_server_page_format (GVariant *server,
                        const char *user_id,
                        unsigned int columns,
                        gboolean colours)
{
  g_auto (GStrv) kinds = g_strsplit (cvg_vardict_get_string (server, "kind"), ";", -1);
  Page page = { server, user_id, columns, colours, 0, FALSE, g_string_new (NULL) };

  add_heading (&page, "%s (%s)", get (&page, "name"), get (&page, "slug"));
  for (char **kind = kinds; *kind != NULL; kind++)
    add_way_in (&page, *kind);
  add_tenant (&page);
  add_pages (&page);
  return g_string_free (page.text, FALSE);
}
