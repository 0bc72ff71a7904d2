/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The notices. Two things need the person: a grant that died, and a keyring that does not take what
 * it should keep. Each is told once, in words that say what to do, and taken back when it is
 * mended.
 *
 * Names, labels and accounts are other people's text. They are shortened, and have no line breaks
 * to forge a sentence of ours with.
 */
#include "agent/notices.h"

#include "agent/account-name.h"

#define UNSAVED_NOTICE "unsaved"

/* Keyrings are locked for a while, and restart; most of that mends itself. */
#define PATIENCE (2 * G_TIME_SPAN_MINUTE)

#define MAX_NAME_LENGTH 60

struct _CvgNotices
{
  GObject parent_instance;

  CvgNotify *notify;       /* (owned) */
  CvgInstances *instances; /* (owned) */
  CvgKeeper *keeper;       /* (owned) */
  CvgClock *clock;         /* (owned) */
  GHashTable *dead;    /* (owned) (element-type CvgEntry): as known, borrowed: they are listed */
  GHashTable *unsaved; /* (owned) (element-type CvgEntry): likewise */
  guint alarm;         /* when it has lasted too long */
  gboolean is_active;
  gboolean has_told; /* that something is unsaved */
};

G_DEFINE_FINAL_TYPE (CvgNotices, cvg_notices, G_TYPE_OBJECT)

static void
cvg_notices_finalize (GObject *object)
{
  CvgNotices *self = CVG_NOTICES (object);

  g_assert (!self->is_active);
  g_clear_pointer (&self->unsaved, g_hash_table_unref);
  g_clear_pointer (&self->dead, g_hash_table_unref);
  g_clear_object (&self->clock);
  g_clear_object (&self->keeper);
  g_clear_object (&self->instances);
  g_clear_object (&self->notify);

  G_OBJECT_CLASS (cvg_notices_parent_class)->finalize (object);
}

static void
cvg_notices_class_init (CvgNoticesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_notices_finalize;
}

static void
cvg_notices_init (CvgNotices *self)
{
  self->dead = g_hash_table_new (NULL, NULL);
  self->unsaved = g_hash_table_new (NULL, NULL);
}

/** cvg_notices_new: all arguments (transfer none) */
CvgNotices *
cvg_notices_new (CvgNotify *notify, CvgInstances *instances, CvgKeeper *keeper, CvgClock *clock)
{
  CvgNotices *self = g_object_new (CVG_TYPE_NOTICES, NULL);

  self->notify = g_object_ref (notify);
  self->instances = g_object_ref (instances);
  self->keeper = g_object_ref (keeper);
  self->clock = g_object_ref (clock);
  return self;
}

/* ---- words ----------------------------------------------------------------------------------- */

static char *
tame (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *tamed = g_string_new (NULL);
  guint length = 0;

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (length++ == MAX_NAME_LENGTH)
        {
          g_string_append (tamed, "…");
          break;
        }
      /* Line ends, and what makes a text run backwards. */
      g_string_append_unichar (tamed, g_unichar_isprint (character) &&
                                              g_unichar_type (character) != G_UNICODE_FORMAT ?
                                          character :
                                          ' ');
    }

  return g_string_free (tamed, FALSE);
}

/* "Confluence", or "Confluence (Work)" if there may be others of it. */
static char *
name_entry (const CvgEntry *entry)
{
  g_autofree char *server = tame (entry->record->server_name);
  g_autofree char *account =
      entry->credentials != NULL ? cvg_account_name_find (entry->credentials) : NULL;
  const char *which = entry->record->label != NULL ? entry->record->label : account;
  g_autofree char *tamed = which != NULL ? tame (which) : NULL;

  return tamed != NULL ? g_strdup_printf ("%s (%s)", server, tamed) : g_steal_pointer (&server);
}

static char *
make_dead_id (const CvgEntry *entry)
{
  return g_strconcat ("dead-", entry->record->id, NULL);
}

/* ---- a grant that died ----------------------------------------------------------------------- */

static void
tell_dead (CvgNotices *self, const CvgEntry *entry)
{
  g_autofree char *id = make_dead_id (entry);
  g_autofree char *server = tame (entry->record->server_name);
  g_autofree char *name = name_entry (entry);
  g_autofree char *title = g_strdup_printf ("Please sign in to %s again", server);
  g_autofree char *body =
      g_strdup_printf ("%s no longer accepts the sign-in that Claviger keeps for you, and programs "
                       "cannot use it until you renew it. In a terminal: claviger login --instance "
                       "%s",
                       name, entry->record->id);

  cvg_notify_show (self->notify, id, title, body);
}

static void
withdraw_dead (CvgNotices *self, const CvgEntry *entry)
{
  g_autofree char *id = make_dead_id (entry);

  cvg_notify_withdraw (self->notify, id);
}

static void
follow_death (CvgNotices *self, CvgEntry *entry)
{
  gboolean is_dead = !entry->removed && entry->record->dead_reason != NULL;

  if (is_dead == g_hash_table_contains (self->dead, entry))
    return;

  if (is_dead)
    {
      g_hash_table_add (self->dead, entry);
      tell_dead (self, entry);
    }
  else
    {
      g_hash_table_remove (self->dead, entry);
      withdraw_dead (self, entry);
    }
}

/* ---- a keyring that takes nothing ------------------------------------------------------------ */

static void
tell_unsaved (CvgNotices *self)
{
  const char *state = cvg_keeper_get_state (self->keeper);

  self->has_told = TRUE;
  if (g_strcmp0 (state, "locked") == 0)
    cvg_notify_show (self->notify, UNSAVED_NOTICE, "Please unlock your keyring",
                     "Claviger has renewed a sign-in and wants to keep it in your keyring, which "
                     "is locked. Nothing is lost while it waits. Unlock the keyring with your "
                     "password program; the rest happens by itself");
  else
    cvg_notify_show (self->notify, UNSAVED_NOTICE, "Your keyring does not take new passwords",
                     "Claviger has renewed a sign-in, and your keyring cannot keep it: perhaps the "
                     "disk is full. Nothing is lost while it waits, and Claviger goes on trying. "
                     "In a terminal, this says what is wrong: journalctl --user -u claviger");
}

static void
on_alarm (gpointer user_data)
{
  CvgNotices *self = user_data;

  self->alarm = 0;
  if (!self->has_told)
    tell_unsaved (self);
}

static void
withdraw_unsaved (CvgNotices *self)
{
  if (self->has_told)
    cvg_notify_withdraw (self->notify, UNSAVED_NOTICE);
  self->has_told = FALSE;
}

static void
watch_unsaved (CvgNotices *self)
{
  if (g_hash_table_size (self->unsaved) == 0)
    {
      cvg_clock_clear_alarm (self->clock, &self->alarm);
      withdraw_unsaved (self);
    }
  else if (self->alarm == 0 && !self->has_told)
    {
      self->alarm = cvg_clock_add_alarm (self->clock, cvg_clock_get_now (self->clock) + PATIENCE,
                                         on_alarm, self, NULL);
    }
}

static void
follow_unsaved (CvgNotices *self, CvgEntry *entry)
{
  if (entry->unsaved && !entry->removed)
    g_hash_table_add (self->unsaved, entry);
  else
    g_hash_table_remove (self->unsaved, entry);

  watch_unsaved (self);
}

/* What was told is no longer what is wrong. */
static void
on_keeper_state_changed (CvgKeeper *keeper, gpointer user_data)
{
  withdraw_unsaved (user_data);
  watch_unsaved (user_data);
}

/* ---- following ------------------------------------------------------------------------------- */

static void
on_changed (CvgInstances *instances, CvgEntry *entry, gpointer user_data)
{
  follow_death (user_data, entry);
  follow_unsaved (user_data, entry);
}

/**
 * cvg_notices_start: to be called when the records have been read: what is dead by then was told
 *   when it died
 */
void
cvg_notices_start (CvgNotices *self)
{
  g_autoptr (GPtrArray) entries = cvg_instances_list (self->instances);

  g_return_if_fail (CVG_IS_NOTICES (self) && !self->is_active);

  self->is_active = TRUE;
  for (guint i = 0; i < entries->len; i++)
    {
      CvgEntry *entry = g_ptr_array_index (entries, i);

      if (entry->record->dead_reason != NULL)
        g_hash_table_add (self->dead, entry);
    }
  g_signal_connect (self->instances, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (self->instances, "removed", G_CALLBACK (on_changed), self);
  g_signal_connect (self->keeper, "state-changed", G_CALLBACK (on_keeper_state_changed), self);
}

/** cvg_notices_stop: tells nothing any more; what is shown stays, since it is still so */
void
cvg_notices_stop (CvgNotices *self)
{
  g_return_if_fail (CVG_IS_NOTICES (self));

  if (!self->is_active)
    return;

  self->is_active = FALSE;
  g_signal_handlers_disconnect_by_data (self->instances, self);
  g_signal_handlers_disconnect_by_data (self->keeper, self);
  cvg_clock_clear_alarm (self->clock, &self->alarm);
}
