/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The default handler of a scheme, as the MIME applications specification has it (GIO finds it),
 * and its Exec line as an argument list (Desktop Entry specification, "The Exec key").
 *
 * GIO would also launch it, but as our own child, behind a line of shell in GLib 2.74, and with no
 * way to hand the command to the service manager instead.
 */
#include "adapters/browser-handler.h"

#include <gio/gdesktopappinfo.h>
#include <string.h>

#include "dbus/error.h"

/* One word of an Exec line. Returns: (transfer full) (nullable): %NULL if nothing is left of it */
static char *
expand_word (const char *word, const char *url, gboolean *has_url)
{
  GString *expanded = g_string_new (NULL);
  gboolean had_code = FALSE;

  for (const char *c = word; *c != '\0'; c++)
    {
      if (*c != '%' || c[1] == '\0')
        {
          g_string_append_c (expanded, *c);
          continue;
        }
      c++;
      if (*c == '%')
        g_string_append_c (expanded, '%');
      else if (strchr ("uUfF", *c) != NULL)
        {
          g_string_append (expanded, url);
          *has_url = TRUE;
        }
      /* Icon, name, place of the file, and what is deprecated: nothing a browser needs. */
      else
        had_code = TRUE;
    }
  return g_string_free (expanded, expanded->len == 0 && had_code);
}

/**
 * cvg_browser_handler_expand:
 * @exec: an Exec line
 * @url: goes where the line has a place for it, or to the end
 *
 * Returns: (transfer full): an argument list, or %NULL with %CVG_ERROR_FAILED
 */
char **
cvg_browser_handler_expand (const char *exec, const char *url, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) words = NULL;
  gboolean has_url = FALSE;

  if (exec == NULL || !g_shell_parse_argv (exec, NULL, &words, NULL))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED,
                           "The default browser has no usable command");
      return NULL;
    }

  g_autofree char *program = g_find_program_in_path (words[0]);

  if (program == NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED, "The default browser, %s, is not installed",
                   words[0]);
      return NULL;
    }
  g_ptr_array_add (argv, g_steal_pointer (&program));
  for (guint i = 1; words[i] != NULL; i++)
    {
      char *word = expand_word (words[i], url, &has_url);

      if (word != NULL)
        g_ptr_array_add (argv, word);
    }
  if (!has_url)
    g_ptr_array_add (argv, g_strdup (url));
  g_ptr_array_add (argv, NULL);
  return (char **) g_ptr_array_steal (argv, NULL);
}

static char *
short_id (GAppInfo *app)
{
  const char *id = g_app_info_get_id (app);
  g_autofree char *copy = g_strdup (id != NULL ? id : "browser");

  if (g_str_has_suffix (copy, ".desktop"))
    copy[strlen (copy) - strlen (".desktop")] = '\0';
  return g_steal_pointer (&copy);
}

/**
 * cvg_browser_handler_find:
 * @url: checked
 *
 * Returns: (transfer full): the default handler for the scheme of @url, or %NULL with
 * %CVG_ERROR_FAILED
 */
CvgBrowserHandler *
cvg_browser_handler_find (const char *url, GError **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (url);
  g_autoptr (GAppInfo) app = g_app_info_get_default_for_uri_scheme (scheme);

  if (app == NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED, "No program is chosen for %s addresses",
                   scheme);
      return NULL;
    }
  if (G_IS_DESKTOP_APP_INFO (app) &&
      g_desktop_app_info_get_boolean (G_DESKTOP_APP_INFO (app), "Terminal"))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED,
                           "The default browser needs a terminal");
      return NULL;
    }

  g_auto (GStrv) argv = cvg_browser_handler_expand (g_app_info_get_commandline (app), url, error);

  if (argv == NULL)
    return NULL;

  CvgBrowserHandler *handler = g_new0 (CvgBrowserHandler, 1);

  handler->id = short_id (app);
  handler->argv = g_steal_pointer (&argv);
  return handler;
}

void
cvg_browser_handler_free (CvgBrowserHandler *handler)
{
  g_free (handler->id);
  g_strfreev (handler->argv);
  g_free (handler);
}
