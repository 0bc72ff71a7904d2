/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Noticing what other programs do to our items while the keyring is open. A signal of the keyring
 * is a reason to look, and no more: programs announce their own writes and ours alike, and a lock
 * announces every item. Whether something happened is told by comparing what there is with the
 * ledger of what we read and wrote. So there is nothing to be filtered out, and a spurious signal
 * costs a look and not a false alarm.
 *
 * What nobody announces is not noticed: GNOME Keyring says nothing when only a secret is set.
 */
#include "adapters/keyring-watch.h"

#include "adapters/keyring-item.h"
#include "adapters/keyring-read.h"

/* A look is taken a second after the first signal, or, while more of them come, ten seconds after.
 */
#define QUIET_MILLISECONDS 1000
#define DEFERRALS_MAX 9

struct _CvgKeyringWatch
{
  GObject parent_instance;

  CvgKeyring *keyring; /* (owned) */
  gulong state_changed;
  guint subscription;       /* to the signals of collections, while the keyring is open */
  CvgKeyringLedger *ledger; /* (owned) (nullable): NULL: nothing was read since it is open */
  guint loads;              /* on their way */
  GHashTable *suspects;     /* (owned) (element-type utf8): items that may have changed */
  GCancellable *look;       /* (owned) (nullable): one is being taken */
  guint quiet;              /* milliseconds */
  guint timer;
  guint deferrals;
  gboolean restless; /* a signal has come since the timer was set */
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CvgKeyringWatch, cvg_keyring_watch, G_TYPE_OBJECT)

static void look (CvgKeyringWatch *self);

/* --- When to look ----------------------------------------------------------------------------- */

static gboolean
on_quiet (gpointer user_data)
{
  CvgKeyringWatch *self = CVG_KEYRING_WATCH (user_data);

  if (self->restless && self->deferrals < DEFERRALS_MAX)
    {
      self->restless = FALSE;
      self->deferrals++;
      return G_SOURCE_CONTINUE;
    }
  self->timer = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

static void
look_soon (CvgKeyringWatch *self)
{
  if (self->timer != 0 || g_hash_table_size (self->suspects) == 0)
    return;

  self->restless = FALSE;
  self->deferrals = 0;
  self->timer = g_timeout_add (self->quiet, on_quiet, self);
}

static void
on_item_signal (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface_name,
                const char *signal_name,
                GVariant *parameters,
                gpointer user_data)
{
  CvgKeyringWatch *self = CVG_KEYRING_WATCH (user_data);
  gboolean is_new = g_str_equal (signal_name, "ItemCreated");
  const char *item = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(o)")))
    return;
  if (self->ledger == NULL && self->loads == 0)
    return;

  g_variant_get (parameters, "(&o)", &item);
  if (self->ledger != NULL && !is_new && !cvg_keyring_ledger_has (self->ledger, item))
    return;

  self->restless = TRUE;
  g_hash_table_add (self->suspects, g_strdup (item));
  if (self->loads == 0)
    look_soon (self);
}

/* --- Looking ---------------------------------------------------------------------------------- */

typedef struct
{
  CvgKeyringWatch *watch; /* (owned) */
  GCancellable *look;     /* (owned): cancelled when what is known is not known any more */
  GHashTable *suspects;   /* (owned) (element-type utf8) */
  SecretService *session; /* (owned) (nullable) */
  gboolean changed;
} Look;

static void
look_free (Look *data)
{
  if (data->watch->look == data->look)
    g_clear_object (&data->watch->look);
  g_clear_object (&data->watch);
  g_clear_object (&data->look);
  g_clear_object (&data->session);
  g_clear_pointer (&data->suspects, g_hash_table_unref);
  g_free (data);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static gboolean
is_over (const Look *data)
{
  return g_cancellable_is_cancelled (data->look);
}

static void
end_look (Look *data)
{
  CvgKeyringWatch *self = data->watch;

  g_clear_object (&self->look);
  if (data->changed)
    {
      g_message ("Another program changed items of ours in the keyring");
      g_signal_emit (self, signals[CHANGED], 0);
    }
  look_soon (self);
}

/* It could not be found out; the next signal is the next occasion. */
static void
give_up (Look *data)
{
  GHashTableIter iter;
  gpointer path = NULL;

  if (is_over (data))
    return;

  g_hash_table_iter_init (&iter, data->suspects);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    {
      g_hash_table_add (data->watch->suspects, path);
      g_hash_table_iter_steal (&iter);
    }
}

static void
on_secret (const char *path, SecretValue *value, gpointer user_data)
{
  Look *data = user_data;
  CvgKeyringWatch *self = data->watch;
  CvgVaultItem *item = NULL;

  if (is_over (data) || value == NULL || cvg_keyring_ledger_agrees (self->ledger, path, value))
    return;

  /* What was ours and is unreadable now has changed; what is new and unreadable is not ours. */
  item = cvg_keyring_item_unwrap (value);
  data->changed = data->changed || item != NULL || cvg_keyring_ledger_has (self->ledger, path);
  g_clear_pointer (&item, cvg_vault_item_free);
  cvg_keyring_ledger_note (self->ledger, path, value);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Look) data = user_data;
  g_autoptr (GError) error = NULL;

  if (is_over (data))
    {
      cvg_keyring_read_finish (CVG_KEYRING (source), result, NULL);
      return;
    }
  /* Some programs refuse the whole question for an item that has just gone. */
  if (!cvg_keyring_read_finish (CVG_KEYRING (source), result, &error))
    data->changed = TRUE;
  end_look (data);
}

/* Returns: (transfer full): which of the suspects there are and can be read; forgets those gone. */
static GPtrArray *
sort_suspects (Look *data, const char *const *unlocked, const char *const *locked)
{
  CvgKeyringWatch *self = data->watch;
  g_autoptr (GPtrArray) readable = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer path = NULL;

  for (; *unlocked != NULL; unlocked++)
    if (g_hash_table_remove (data->suspects, *unlocked))
      g_ptr_array_add (readable, g_strdup (*unlocked));
  for (; *locked != NULL; locked++)
    g_hash_table_remove (data->suspects, *locked);

  g_hash_table_iter_init (&iter, data->suspects);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (cvg_keyring_ledger_has (self->ledger, path))
      {
        data->changed = TRUE;
        cvg_keyring_ledger_forget (self->ledger, path);
      }
  return g_steal_pointer (&readable);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Look) data = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "(aoao)", NULL);
  g_autofree const char **unlocked = NULL;
  g_autofree const char **locked = NULL;
  g_autoptr (GPtrArray) readable = NULL;

  if (reply == NULL || is_over (data))
    {
      give_up (data);
      return;
    }

  g_variant_get (reply, "(^a&o^a&o)", &unlocked, &locked);
  readable = sort_suspects (data, unlocked, locked);
  if (readable->len == 0)
    {
      end_look (data);
      return;
    }

  Look *reading = g_steal_pointer (&data);

  cvg_keyring_read_async (keyring, reading->session, readable, on_secret, reading, reading->look,
                          on_read, reading);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Look) data = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  GCancellable *cancellable = data->look;

  data->session = cvg_keyring_open_finish (keyring, result, NULL);
  if (data->session == NULL || is_over (data))
    {
      give_up (data);
      return;
    }

  cvg_keyring_call_async (keyring, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "SearchItems",
                          cvg_keyring_item_match (NULL, NULL), cancellable, on_found,
                          g_steal_pointer (&data));
}

static void
look (CvgKeyringWatch *self)
{
  Look *data = NULL;

  if (self->ledger == NULL || self->loads > 0 || self->look != NULL)
    return;

  self->look = g_cancellable_new ();
  data = g_new0 (Look, 1);
  data->watch = g_object_ref (self);
  data->look = g_object_ref (self->look);
  data->suspects = g_steal_pointer (&self->suspects);
  self->suspects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  cvg_keyring_open_async (self->keyring, data->look, on_opened, data);
}

/* --- What is known ---------------------------------------------------------------------------- */

static void
end_present_look (CvgKeyringWatch *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->look != NULL)
    g_cancellable_cancel (self->look);
  g_clear_object (&self->look);
}

static void
forget (CvgKeyringWatch *self)
{
  end_present_look (self);
  g_hash_table_remove_all (self->suspects);
  g_clear_pointer (&self->ledger, cvg_keyring_ledger_free);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (cvg_keyring_get_connection (self->keyring),
                                          self->subscription);
  self->subscription = 0;
}

/* While it is closed there is nothing to be noticed: when it opens, all is read anew. */
static void
on_state_changed (CvgKeyring *keyring, gpointer user_data)
{
  CvgKeyringWatch *self = CVG_KEYRING_WATCH (user_data);

  forget (self);
  if (cvg_keyring_get_state (keyring) != CVG_VAULT_UNLOCKED)
    return;

  self->subscription = g_dbus_connection_signal_subscribe (
      cvg_keyring_get_connection (keyring), cvg_keyring_get_owner (keyring), CVG_KEYRING_COLLECTION,
      NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_item_signal, self, NULL);
}

/** cvg_keyring_watch_load_begins: everything is about to be read */
void
cvg_keyring_watch_load_begins (CvgKeyringWatch *self)
{
  self->loads++;
  end_present_look (self);
}

/**
 * cvg_keyring_watch_load_ends:
 * @ledger: (transfer full) (nullable): what was read; %NULL: it failed
 */
void
cvg_keyring_watch_load_ends (CvgKeyringWatch *self, CvgKeyringLedger *ledger)
{
  self->loads--;
  if (ledger != NULL)
    {
      g_clear_pointer (&self->ledger, cvg_keyring_ledger_free);
      self->ledger = ledger;
    }
  if (self->loads == 0 && self->ledger != NULL)
    look_soon (self);
}

/** cvg_keyring_watch_stored: we wrote @value */
void
cvg_keyring_watch_stored (CvgKeyringWatch *self, const char *path, SecretValue *value)
{
  if (self->ledger != NULL)
    cvg_keyring_ledger_note (self->ledger, path, value);
}

/** cvg_keyring_watch_removed: we deleted the item, or are about to */
void
cvg_keyring_watch_removed (CvgKeyringWatch *self, const char *path)
{
  if (self->ledger != NULL)
    cvg_keyring_ledger_forget (self->ledger, path);
}

/* --- Object ----------------------------------------------------------------------------------- */

/** cvg_keyring_watch_set_quiet: @milliseconds from a signal to a look; for tests */
void
cvg_keyring_watch_set_quiet (CvgKeyringWatch *self, guint milliseconds)
{
  self->quiet = milliseconds;
}

/** cvg_keyring_watch_stop: notices nothing any more */
void
cvg_keyring_watch_stop (CvgKeyringWatch *self)
{
  g_clear_signal_handler (&self->state_changed, self->keyring);
  forget (self);
}

static void
cvg_keyring_watch_finalize (GObject *object)
{
  CvgKeyringWatch *self = CVG_KEYRING_WATCH (object);

  cvg_keyring_watch_stop (self);
  g_clear_pointer (&self->suspects, g_hash_table_unref);
  g_clear_object (&self->keyring);

  G_OBJECT_CLASS (cvg_keyring_watch_parent_class)->finalize (object);
}

static void
cvg_keyring_watch_class_init (CvgKeyringWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_keyring_watch_finalize;
  /* changed(): items of ours are not what we left */
  signals[CHANGED] = g_signal_new ("changed", CVG_TYPE_KEYRING_WATCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
cvg_keyring_watch_init (CvgKeyringWatch *self)
{
  self->suspects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->quiet = QUIET_MILLISECONDS;
}

/** cvg_keyring_watch_new: Returns: (transfer full): a watch over our items in @keyring */
CvgKeyringWatch *
cvg_keyring_watch_new (CvgKeyring *keyring)
{
  CvgKeyringWatch *self = g_object_new (CVG_TYPE_KEYRING_WATCH, NULL);

  self->keyring = g_object_ref (keyring);
  self->state_changed =
      g_signal_connect (keyring, "state-changed", G_CALLBACK (on_state_changed), self);
  return self;
}
