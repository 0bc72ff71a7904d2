/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Begins a sign-in and waits for its end: Completed, Ctrl-C, or the service's death. It listens at
 * the object's path before it calls Authorize, and talks to the one process that has the sign-in,
 * never to a successor of it. The time limit is the daemon's; the countdown here only shows it.
 */
#include "client/sign-in.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>

#include "client/connection.h"
#include "client/vardict.h"
#include "dbus/error.h"
#include "dbus/names.h"

/* Far longer than any redirect: a terminal gives at most 4095 bytes of a line at once. */
#define MAX_ADDRESS_LENGTH ((size_t) 16 * 1024)

struct _CvgSignIn
{
  char *owner;            /* (owned): unique name of the service */
  char *path;             /* (owned): of the sign-in */
  GVariant *properties;   /* (owned): a{sv}, as they were at the beginning */
  GMainLoop *loop;        /* (owned) */
  GError *error;          /* (owned) (nullable): why it failed, once it is over */
  unsigned int completed; /* id of the subscription */
  unsigned int watch;     /* id of the watch on the owner */
  unsigned int stdin_source;
  unsigned int tick_source;
  unsigned int signal_sources[3];
  gboolean over;
  gboolean accepted; /* whether the daemon took an address that was pasted */
  size_t length;     /* of what is in address */
  char address[MAX_ADDRESS_LENGTH + 1];
};

/**
 * cvg_sign_in_check_outcome:
 * @outcome: of the signal Completed
 * @details: of the signal Completed, a{sv}
 * @error: return location: Cancelled for denied too, TimedOut, or what the details say
 *
 * Returns: whether the person is signed in
 */
gboolean
cvg_sign_in_check_outcome (const char *outcome, GVariant *details, GError **error)
{
  const char *message = cvg_vardict_get_string (details, "message");
  const char *name = cvg_vardict_get_string (details, "error");
  const char *fallback = "The sign-in failed";
  CvgError code = CVG_ERROR_FAILED;

  if (g_str_equal (outcome, CVG_OUTCOME_AUTHORIZED))
    return TRUE;

  if (g_str_equal (outcome, CVG_OUTCOME_DENIED))
    {
      code = CVG_ERROR_CANCELLED;
      fallback = "The sign-in was denied";
    }
  else if (g_str_equal (outcome, CVG_OUTCOME_CANCELLED))
    {
      code = CVG_ERROR_CANCELLED;
      fallback = "The sign-in was cancelled";
    }
  else if (g_str_equal (outcome, CVG_OUTCOME_TIMED_OUT))
    {
      code = CVG_ERROR_TIMED_OUT;
      fallback = "The time for the sign-in ran out";
    }
  else
    (void) cvg_error_from_dbus_name (name, &code);

  g_set_error_literal (error, CVG_ERROR, (int) code, *message != '\0' ? message : fallback);
  return FALSE;
}

/**
 * cvg_sign_in_format_left:
 * @seconds: time that is left
 *
 * Returns: (transfer full): it as minutes and seconds, "9:59"; hours are minutes too
 */
char *
cvg_sign_in_format_left (gint64 seconds)
{
  gint64 left = MAX (seconds, 0);

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d", left / 60, (int) (left % 60));
}

/* Takes @error, which is %NULL when the person is signed in. */
static void
finish (CvgSignIn *self, GError *error)
{
  if (self->over)
    {
      g_clear_error (&error);
      return;
    }

  self->over = TRUE;
  self->error = error;
  g_main_loop_quit (self->loop);
}

static void
on_completed (GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *signal,
              GVariant *parameters,
              void *user_data)
{
  CvgSignIn *self = user_data;
  g_autoptr (GVariant) details = NULL;
  const char *outcome = NULL;
  GError *error = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv})")))
    return;

  g_variant_get (parameters, "(&s@a{sv})", &outcome, &details);
  (void) cvg_sign_in_check_outcome (outcome, details, &error);
  finish (self, error);
}

static void
on_vanished (GDBusConnection *connection, const char *name, void *user_data)
{
  finish (user_data, g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                                          "The daemon went away before the sign-in was over"));
}

static gboolean
on_signal (void *user_data)
{
  CvgSignIn *self = user_data;

  cvg_sign_in_cancel (self);
  finish (self, g_error_new_literal (CVG_ERROR, CVG_ERROR_CANCELLED, "The sign-in was cancelled"));
  return G_SOURCE_CONTINUE;
}

static gboolean
on_tick (void *user_data)
{
  CvgSignIn *self = user_data;
  gint64 deadline = cvg_vardict_get_int64 (self->properties, "Deadline");
  g_autofree char *left = cvg_sign_in_format_left (deadline - g_get_real_time () / G_USEC_PER_SEC);

  fprintf (stderr, "\r\033[KWaiting for %s, %s left (Ctrl-C cancels)",
           *cvg_sign_in_get_user_code (self) != '\0' ? "the code to be entered" : "the browser",
           left);
  return G_SOURCE_CONTINUE;
}

/* A wrong address can be mended on a terminal; a script has said all that it will say. */
static void
submit_address (CvgSignIn *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *address = g_utf8_make_valid (self->address, (gssize) self->length);

  reply = cvg_connection_call_at (self->owner, self->path, "CompleteFromUrl",
                                  g_variant_new ("(s)", g_strstrip (address)), "()", &error);
  explicit_bzero (address, strlen (address));
  self->accepted = reply != NULL;
  if (self->accepted)
    return;

  if (g_error_matches (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT) && isatty (STDIN_FILENO))
    {
      g_dbus_error_strip_remote_error (error);
      cvg_cli_tell ("%s\nPaste the address again:", error->message);
      return;
    }

  cvg_sign_in_cancel (self);
  finish (self, g_steal_pointer (&error));
}

static gboolean
on_stdin (int fd, GIOCondition condition, void *user_data)
{
  CvgSignIn *self = user_data;
  ssize_t got = read (fd, self->address + self->length, MAX_ADDRESS_LENGTH - self->length);
  char *end = NULL;

  if (got < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;

  self->length += (size_t) MAX (got, 0);
  end = memchr (self->address, '\n', self->length);
  if (end == NULL && got > 0 && self->length < MAX_ADDRESS_LENGTH)
    return G_SOURCE_CONTINUE;

  if (self->length > 0)
    {
      self->length = end != NULL ? (size_t) (end - self->address) : self->length;
      submit_address (self);
      explicit_bzero (self->address, sizeof self->address);
      self->length = 0;
    }
  if (got > 0 && !self->accepted)
    return G_SOURCE_CONTINUE;

  if (!self->accepted && !self->over)
    {
      cvg_sign_in_cancel (self);
      finish (self, g_error_new_literal (G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                                         "stdin ended before there was an address"));
    }
  self->stdin_source = 0;
  return G_SOURCE_REMOVE;
}

static char *
predict_path (const char *handle_token, GError **error)
{
  GDBusConnection *connection = cvg_connection_get (error);
  g_autofree char *sender = NULL;

  if (connection == NULL)
    return NULL;

  sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (connection) + 1), ".", '_');
  return g_strjoin ("/", CVG_AUTHORIZATION_ROOT, sender, handle_token, NULL);
}

static gboolean
call_authorize (CvgSignIn *self,
                const char *server_name,
                const char *instance_id,
                GVariant *options,
                GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  reply = cvg_connection_call_at (self->owner, CVG_OBJECT_PATH, "Authorize",
                                  g_variant_new ("(ss@a{sv})", server_name, instance_id, options),
                                  "(o)", error);
  if (reply == NULL)
    return FALSE;

  self->properties = cvg_connection_get_properties (self->owner, self->path, error);
  return self->properties != NULL;
}

static void
catch_signals (CvgSignIn *self)
{
  static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

  G_STATIC_ASSERT (G_N_ELEMENTS (signals) == G_N_ELEMENTS (self->signal_sources));
  for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
    self->signal_sources[i] = g_unix_signal_add (signals[i], on_signal, self);
}

/**
 * cvg_sign_in_begin:
 * @server_name: name of the server
 * @instance_id: UUID of the instance to sign in
 * @options: of Authorize, without handle-token; sunk if floating
 * @error: return location: those of Authorize
 *
 * Returns: (transfer full) (nullable): the sign-in, which waits for the person
 */
CvgSignIn *
cvg_sign_in_begin (const char *server_name,
                   const char *instance_id,
                   GVariant *options,
                   GError **error)
{
  g_autoptr (CvgSignIn) self = g_new0 (CvgSignIn, 1);
  g_autofree char *token = g_strdup_printf ("claviger_%08x", g_random_int ());
  g_autoptr (GVariant) given = g_variant_ref_sink (options);
  g_auto (GVariantDict) all = G_VARIANT_DICT_INIT (given);

  g_variant_dict_insert (&all, "handle-token", "s", token);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->path = predict_path (token, error);
  if (self->path == NULL)
    return NULL;
  self->owner = cvg_connection_get_owner (error);
  if (self->owner == NULL)
    return NULL;

  self->completed = g_dbus_connection_signal_subscribe (
      cvg_connection_get (NULL), self->owner, CVG_AUTHORIZATION_INTERFACE, "Completed", self->path,
      NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_completed, self, NULL);
  self->watch =
      g_bus_watch_name_on_connection (cvg_connection_get (NULL), self->owner,
                                      G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_vanished, self, NULL);

  if (!call_authorize (self, server_name, instance_id, g_variant_dict_end (&all), error))
    return NULL;

  /* Not earlier: Authorize can wait for a keyring prompt, in which Ctrl-C must end the program. The
   * bus then tells the daemon that its caller is gone. */
  catch_signals (self);
  return g_steal_pointer (&self);
}

/**
 * cvg_sign_in_free:
 * @self: (transfer full): a sign-in
 *
 * Lets go of it; cancels nothing.
 */
void
cvg_sign_in_free (CvgSignIn *self)
{
  if (self->completed != 0)
    g_dbus_connection_signal_unsubscribe (cvg_connection_get (NULL), self->completed);
  if (self->watch != 0)
    g_bus_unwatch_name (self->watch);
  g_clear_handle_id (&self->stdin_source, g_source_remove);
  g_clear_handle_id (&self->tick_source, g_source_remove);
  for (size_t i = 0; i < G_N_ELEMENTS (self->signal_sources); i++)
    g_clear_handle_id (&self->signal_sources[i], g_source_remove);

  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->properties, g_variant_unref);
  g_clear_error (&self->error);
  g_free (self->owner);
  g_free (self->path);
  explicit_bzero (self->address, sizeof self->address);
  g_free (self);
}

/**
 * cvg_sign_in_get_url:
 * @self: a sign-in
 *
 * Returns: what the browser must open
 */
const char *
cvg_sign_in_get_url (const CvgSignIn *self)
{
  return cvg_vardict_get_string (self->properties, "Url");
}

/**
 * cvg_sign_in_get_user_code:
 * @self: a sign-in
 *
 * Returns: the code to type in the device flow, else empty
 */
const char *
cvg_sign_in_get_user_code (const CvgSignIn *self)
{
  return cvg_vardict_get_string (self->properties, "UserCode");
}

/**
 * cvg_sign_in_is_remote:
 * @self: a sign-in
 *
 * Returns: whether the provider sends the browser to where nothing of this machine gets the answer,
 *   so that the person must bring it
 */
gboolean
cvg_sign_in_is_remote (const CvgSignIn *self)
{
  return g_str_has_prefix (cvg_vardict_get_string (self->properties, "RedirectUri"), "https:");
}

/**
 * cvg_sign_in_cancel:
 * @self: a sign-in
 *
 * Gives it up.
 */
void
cvg_sign_in_cancel (CvgSignIn *self)
{
  g_autoptr (GVariant) reply =
      cvg_connection_call_at (self->owner, self->path, "Cancel", NULL, "()", NULL);
}

/**
 * cvg_sign_in_read_address:
 * @self: a sign-in
 *
 * Takes the address that the browser ended on from stdin while it waits.
 */
void
cvg_sign_in_read_address (CvgSignIn *self)
{
  self->stdin_source = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_stdin, self);
}

/**
 * cvg_sign_in_wait:
 * @self: a sign-in
 * @countdown: whether to show the time that is left on stderr
 * @error: return location: why the person is not signed in
 *
 * Waits for its end; Ctrl-C cancels it.
 *
 * Returns: whether the person is signed in
 */
gboolean
cvg_sign_in_wait (CvgSignIn *self, gboolean countdown, GError **error)
{
  if (countdown)
    {
      self->tick_source = g_timeout_add_seconds (1, on_tick, self);
      (void) on_tick (self);
    }

  g_main_loop_run (self->loop);

  if (countdown)
    fputs ("\r\033[K", stderr);
  if (self->error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}
