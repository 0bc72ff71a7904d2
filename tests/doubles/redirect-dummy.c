/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "doubles/redirect-dummy.h"

#include "dbus/error.h"

/* One address that is listened on. */
typedef struct
{
  guint users;
  CvgRedirectFunc func;
  gpointer user_data; /* (borrowed) */
} Door;

/* Where the answer to one visit goes. */
typedef struct
{
  GPtrArray *pages; /* (owned) */
  guint visit;
} Visit;

struct _CvgRedirectDummy
{
  GObject parent_instance;

  GHashTable *doors; /* (owned) (element-type utf8 Door) */
  GPtrArray *pages;  /* (owned) (element-type CvgPage): by visit; NULL: not answered yet */
  guint opened;
  guint closed;
  guint next_port;
  gboolean port_in_use;
};

static void cvg_redirect_dummy_redirect_init (CvgRedirectInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgRedirectDummy,
                               cvg_redirect_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_REDIRECT,
                                                      cvg_redirect_dummy_redirect_init))

static void
visit_free (gpointer data)
{
  Visit *visit = data;

  g_ptr_array_unref (visit->pages);
  g_free (visit);
}

static void
page_clear (gpointer page)
{
  if (page != NULL)
    cvg_page_free (page);
}

static char *
with_port (const char *redirect_uri, guint port)
{
  g_autoptr (GUri) uri = g_uri_parse (redirect_uri, G_URI_FLAGS_ENCODED, NULL);

  g_assert_nonnull (uri);
  return g_uri_join (G_URI_FLAGS_ENCODED, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                     (int) port, g_uri_get_path (uri), NULL, NULL);
}

static char *
redirect_dummy_open (CvgRedirect *redirect,
                     const char *redirect_uri,
                     gboolean any_port,
                     CvgRedirectFunc func,
                     gpointer user_data,
                     GError **error)
{
  CvgRedirectDummy *self = CVG_REDIRECT_DUMMY (redirect);

  if (self->port_in_use)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_PORT_IN_USE,
                           "Port 18417 is in use by \"dummy\" (pid 1)");
      return NULL;
    }

  g_autofree char *bound =
      any_port ? with_port (redirect_uri, self->next_port++) : g_strdup (redirect_uri);
  Door *door = g_hash_table_lookup (self->doors, bound);

  if (door == NULL)
    {
      door = g_new0 (Door, 1);
      door->func = func;
      door->user_data = user_data;
      g_hash_table_insert (self->doors, g_strdup (bound), door);
    }
  door->users++;
  self->opened++;
  return g_steal_pointer (&bound);
}

static void
redirect_dummy_close (CvgRedirect *redirect, const char *bound_uri)
{
  CvgRedirectDummy *self = CVG_REDIRECT_DUMMY (redirect);
  Door *door = g_hash_table_lookup (self->doors, bound_uri);

  /* Closing what is not open is a mistake of the caller. */
  g_assert_nonnull (door);
  self->closed++;
  if (--door->users == 0)
    g_hash_table_remove (self->doors, bound_uri);
}

static void
cvg_redirect_dummy_finalize (GObject *object)
{
  CvgRedirectDummy *self = CVG_REDIRECT_DUMMY (object);

  g_hash_table_unref (self->doors);
  g_ptr_array_unref (self->pages);

  G_OBJECT_CLASS (cvg_redirect_dummy_parent_class)->finalize (object);
}

static void
cvg_redirect_dummy_class_init (CvgRedirectDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_redirect_dummy_finalize;
}

static void
cvg_redirect_dummy_redirect_init (CvgRedirectInterface *iface)
{
  iface->open = redirect_dummy_open;
  iface->close = redirect_dummy_close;
}

static void
cvg_redirect_dummy_init (CvgRedirectDummy *self)
{
  self->doors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->pages = g_ptr_array_new_with_free_func (page_clear);
  self->next_port = CVG_REDIRECT_DUMMY_FIRST_PORT;
}

/** cvg_redirect_dummy_new: Returns: (transfer full): a listener that binds whatever it is asked */
CvgRedirectDummy *
cvg_redirect_dummy_new (void)
{
  return g_object_new (CVG_TYPE_REDIRECT_DUMMY, NULL);
}

/** cvg_redirect_dummy_set_port_in_use: opens from now on fail with %CVG_ERROR_PORT_IN_USE */
void
cvg_redirect_dummy_set_port_in_use (CvgRedirectDummy *self, gboolean in_use)
{
  self->port_in_use = in_use;
}

/** cvg_redirect_dummy_get_opened: Returns: how many opens succeeded */
guint
cvg_redirect_dummy_get_opened (CvgRedirectDummy *self)
{
  return self->opened;
}

/** cvg_redirect_dummy_get_closed: Returns: how many closes there were */
guint
cvg_redirect_dummy_get_closed (CvgRedirectDummy *self)
{
  return self->closed;
}

/** cvg_redirect_dummy_get_users: Returns: by how many @bound_uri is open now */
guint
cvg_redirect_dummy_get_users (CvgRedirectDummy *self, const char *bound_uri)
{
  const Door *door = g_hash_table_lookup (self->doors, bound_uri);

  return door != NULL ? door->users : 0;
}

static void
on_answered (CvgPage *page, gpointer user_data)
{
  Visit *visit = user_data;
  gpointer *slot = &g_ptr_array_index (visit->pages, visit->visit);

  g_assert_null (*slot);
  *slot = page;
}

/**
 * cvg_redirect_dummy_visit:
 * @bound_uri: must be open
 * @query: raw, "" for none
 *
 * Does as a browser that follows the redirect.
 *
 * Returns: a number for cvg_redirect_dummy_get_page()
 */
guint
cvg_redirect_dummy_visit (CvgRedirectDummy *self, const char *bound_uri, const char *query)
{
  const Door *door = g_hash_table_lookup (self->doors, bound_uri);
  Visit *visit = g_new0 (Visit, 1);

  g_assert_nonnull (door);
  visit->pages = g_ptr_array_ref (self->pages);
  visit->visit = self->pages->len;
  g_ptr_array_add (self->pages, NULL);

  guint number = visit->visit;
  g_autofree char *uri = g_strdup (bound_uri);

  /* The function may close the door. */
  door->func (uri, query, cvg_redirect_reply_new (on_answered, visit, visit_free), door->user_data);
  return number;
}

/** cvg_redirect_dummy_get_page: Returns: (transfer none) (nullable): what that visit got so far */
const CvgPage *
cvg_redirect_dummy_get_page (CvgRedirectDummy *self, guint visit)
{
  g_assert_cmpuint (visit, <, self->pages->len);
  return g_ptr_array_index (self->pages, visit);
}
