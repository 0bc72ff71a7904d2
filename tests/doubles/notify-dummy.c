/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Notifications stay until they are replaced or withdrawn: no person closes them.
 */
#include "doubles/notify-dummy.h"

typedef struct
{
  char *title; /* (owned) */
  char *body;  /* (owned) */
} Shown;

struct _CvgNotifyDummy
{
  GObject parent_instance;

  GHashTable *shown; /* (owned) (element-type utf8 Shown): by id, what is there now */
  guint shows;
  guint withdrawals;
};

static void cvg_notify_dummy_notify_init (CvgNotifyInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgNotifyDummy,
                               cvg_notify_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_NOTIFY,
                                                      cvg_notify_dummy_notify_init))

static void
shown_free (gpointer data)
{
  Shown *shown = data;

  g_free (shown->title);
  g_free (shown->body);
  g_free (shown);
}

static void
notify_dummy_show (CvgNotify *notify, const char *id, const char *title, const char *body)
{
  CvgNotifyDummy *self = CVG_NOTIFY_DUMMY (notify);
  Shown *shown = g_new0 (Shown, 1);

  shown->title = g_strdup (title);
  shown->body = g_strdup (body);
  g_hash_table_replace (self->shown, g_strdup (id), shown);
  self->shows++;
}

static void
notify_dummy_withdraw (CvgNotify *notify, const char *id)
{
  CvgNotifyDummy *self = CVG_NOTIFY_DUMMY (notify);

  if (g_hash_table_remove (self->shown, id))
    self->withdrawals++;
}

static void
cvg_notify_dummy_finalize (GObject *object)
{
  g_hash_table_unref (CVG_NOTIFY_DUMMY (object)->shown);

  G_OBJECT_CLASS (cvg_notify_dummy_parent_class)->finalize (object);
}

static void
cvg_notify_dummy_class_init (CvgNotifyDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_notify_dummy_finalize;
}

static void
cvg_notify_dummy_notify_init (CvgNotifyInterface *iface)
{
  iface->show = notify_dummy_show;
  iface->withdraw = notify_dummy_withdraw;
}

static void
cvg_notify_dummy_init (CvgNotifyDummy *self)
{
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, shown_free);
}

/** cvg_notify_dummy_new: Returns: (transfer full): a notification area with nothing in it */
CvgNotifyDummy *
cvg_notify_dummy_new (void)
{
  return g_object_new (CVG_TYPE_NOTIFY_DUMMY, NULL);
}

/** cvg_notify_dummy_get_count: Returns: how many notifications are there now */
guint
cvg_notify_dummy_get_count (CvgNotifyDummy *self)
{
  return g_hash_table_size (self->shown);
}

/** cvg_notify_dummy_get_title: Returns: (transfer none) (nullable): of the one of @id, if it is
 * there */
const char *
cvg_notify_dummy_get_title (CvgNotifyDummy *self, const char *id)
{
  const Shown *shown = g_hash_table_lookup (self->shown, id);

  return shown != NULL ? shown->title : NULL;
}

/** cvg_notify_dummy_get_body: Returns: (transfer none) (nullable): of the one of @id, if it is
 * there */
const char *
cvg_notify_dummy_get_body (CvgNotifyDummy *self, const char *id)
{
  const Shown *shown = g_hash_table_lookup (self->shown, id);

  return shown != NULL ? shown->body : NULL;
}

/** cvg_notify_dummy_get_shows: Returns: how often something was shown, anew or in place of another
 */
guint
cvg_notify_dummy_get_shows (CvgNotifyDummy *self)
{
  return self->shows;
}

/** cvg_notify_dummy_get_withdrawals: Returns: how often something that was there was taken away */
guint
cvg_notify_dummy_get_withdrawals (CvgNotifyDummy *self)
{
  return self->withdrawals;
}
