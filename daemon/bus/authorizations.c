/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Authorization objects, which exist for their caller alone.
 *
 * An exported object would be there for everybody: GDBus answers anyone's property reads and names
 * every exported path to whoever introspects. So the objects are not exported. Each caller has a
 * subtree of its own, and a subtree is asked, for each message, what is there for its sender: to
 * any other sender the answer is nothing. That this nothing is the same as for a path that never
 * existed, is what the fence is for.
 */
#include "bus/authorizations.h"

#include "bus/authorization.h"
#include "bus/fence.h"
#include "dbus/error.h"
#include "dbus/generated.h"
#include "dbus/names.h"

/* What one caller has. */
typedef struct
{
  CvgAuthorizations *authorizations; /* (borrowed) */
  char *sender;                      /* (owned) */
  char *path;                        /* (owned) */
  guint subtree;
  GHashTable *objects; /* (owned) (element-type utf8 CvgAuthorization): by token */
} Branch;

struct _CvgAuthorizations
{
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) */
  CvgSignIns *sign_ins;        /* (owned) */
  CvgCallers *callers;         /* (owned) */
  GHashTable *branches;        /* (owned) (element-type utf8 Branch): by sender */
  GPtrArray *former;           /* (owned) (element-type CvgAuthorization): no branch has them */
  guint former_source;         /* lets go of @former */
  Branch *root;                /* (owned) (nullable): nobody's */
  guint fence;
};

G_DEFINE_FINAL_TYPE (CvgAuthorizations, cvg_authorizations, G_TYPE_OBJECT)

static void
branch_free (Branch *branch)
{
  if (branch->subtree != 0)
    g_dbus_connection_unregister_subtree (branch->authorizations->connection, branch->subtree);
  g_hash_table_unref (branch->objects);
  g_free (branch->sender);
  g_free (branch->path);
  g_free (branch);
}

static void
cvg_authorizations_finalize (GObject *object)
{
  CvgAuthorizations *self = CVG_AUTHORIZATIONS (object);

  g_clear_pointer (&self->branches, g_hash_table_unref);
  g_clear_pointer (&self->root, branch_free);
  g_clear_handle_id (&self->former_source, g_source_remove);
  g_clear_pointer (&self->former, g_ptr_array_unref);
  g_dbus_connection_remove_filter (self->connection, self->fence);
  g_clear_object (&self->callers);
  g_clear_object (&self->sign_ins);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (cvg_authorizations_parent_class)->finalize (object);
}

static void
cvg_authorizations_class_init (CvgAuthorizationsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_authorizations_finalize;
}

static void
cvg_authorizations_init (CvgAuthorizations *self)
{
  self->branches =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) branch_free);
  self->former = g_ptr_array_new_with_free_func (g_object_unref);
}

/* ---- what is there for a sender -------------------------------------------------------------- */

static char **
enumerate (GDBusConnection *connection,
           const char *sender,
           const char *object_path,
           gpointer user_data)
{
  const Branch *branch = user_data;
  g_autoptr (GPtrArray) tokens = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer token = NULL;

  g_hash_table_iter_init (&iter, branch->objects);
  while (g_str_equal (sender, branch->sender) && g_hash_table_iter_next (&iter, &token, NULL))
    g_ptr_array_add (tokens, g_strdup (token));

  g_ptr_array_add (tokens, NULL);
  return (char **) g_ptr_array_steal (tokens, NULL);
}

static CvgAuthorization *
find (const Branch *branch, const char *sender, const char *node)
{
  if (node == NULL || !g_str_equal (sender, branch->sender))
    return NULL;

  return g_hash_table_lookup (branch->objects, node);
}

static GDBusInterfaceInfo **
introspect (GDBusConnection *connection,
            const char *sender,
            const char *object_path,
            const char *node,
            gpointer user_data)
{
  CvgAuthorization *object = find (user_data, sender, node);
  GDBusInterfaceInfo **infos = NULL;

  if (object == NULL)
    return NULL;

  infos = g_new0 (GDBusInterfaceInfo *, 2);
  infos[0] = g_dbus_interface_info_ref (
      g_dbus_interface_skeleton_get_info (G_DBUS_INTERFACE_SKELETON (object)));
  return infos;
}

static const GDBusInterfaceVTable *
dispatch (GDBusConnection *connection,
          const char *sender,
          const char *object_path,
          const char *interface_name,
          const char *node,
          gpointer *out_user_data,
          gpointer user_data)
{
  CvgAuthorization *object = find (user_data, sender, node);

  if (object == NULL)
    return NULL;

  *out_user_data = object;
  return g_dbus_interface_skeleton_get_vtable (G_DBUS_INTERFACE_SKELETON (object));
}

static const GDBusSubtreeVTable subtree_vtable = { enumerate, introspect, dispatch, { 0 } };

/* ---- coming and going ------------------------------------------------------------------------ */

static Branch *
branch_new (CvgAuthorizations *self, const char *sender, const char *path, GError **error)
{
  Branch *branch = g_new0 (Branch, 1);

  branch->authorizations = self;
  branch->sender = g_strdup (sender);
  branch->path = g_strdup (path);
  branch->objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  branch->subtree = g_dbus_connection_register_subtree (
      self->connection, branch->path, &subtree_vtable,
      G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES, branch, NULL, error);
  if (branch->subtree != 0)
    return branch;

  branch_free (branch);
  return NULL;
}

static Branch *
add_branch (CvgAuthorizations *self, const char *sender, GError **error)
{
  g_autofree char *path = cvg_fence_get_branch (sender);
  Branch *branch = branch_new (self, sender, path, error);

  if (branch != NULL)
    g_hash_table_insert (self->branches, branch->sender, branch);
  return branch;
}

static void
on_caller_left (CvgCallers *callers, const char *name, gpointer user_data)
{
  CvgAuthorizations *self = CVG_AUTHORIZATIONS (user_data);
  const Branch *branch = g_hash_table_lookup (self->branches, name);
  GHashTableIter iter;
  gpointer object = NULL;

  if (branch == NULL)
    return;

  g_hash_table_iter_init (&iter, branch->objects);
  while (g_hash_table_iter_next (&iter, NULL, &object))
    cvg_authorization_owner_left (object);
  g_hash_table_remove (self->branches, name);
}

static gboolean
on_calls_over (gpointer user_data)
{
  CvgAuthorizations *self = CVG_AUTHORIZATIONS (user_data);

  self->former_source = 0;
  g_ptr_array_set_size (self->former, 0);
  return G_SOURCE_REMOVE;
}

/* GDBus asks what dispatch() found in a later turn of the main loop, and holds no reference until
 * then. Its turns are of the default priority; when there is none left, nobody has @object. */
static void
let_go_later (CvgAuthorizations *self, CvgAuthorization *object)
{
  g_ptr_array_add (self->former, g_object_ref (object));
  if (self->former_source == 0)
    self->former_source = g_idle_add (on_calls_over, self);
}

static void
on_forgotten (CvgSignIns *sign_ins, CvgSignIn *sign_in, gpointer user_data)
{
  CvgAuthorizations *self = CVG_AUTHORIZATIONS (user_data);
  GHashTableIter branches;
  gpointer branch = NULL;

  g_hash_table_iter_init (&branches, self->branches);
  while (g_hash_table_iter_next (&branches, NULL, &branch))
    {
      GHashTableIter objects;
      gpointer object = NULL;

      g_hash_table_iter_init (&objects, ((Branch *) branch)->objects);
      while (g_hash_table_iter_next (&objects, NULL, &object))
        if (cvg_authorization_get_sign_in (object) == sign_in)
          {
            let_go_later (self, object);
            g_hash_table_iter_remove (&objects);
          }
    }
}

/**
 * cvg_authorizations_new:
 * @connection: (transfer none): the bus
 * @sign_ins: (transfer none): tells when a sign-in is forgotten
 * @callers: (transfer none): tells when a caller leaves
 */
CvgAuthorizations *
cvg_authorizations_new (GDBusConnection *connection, CvgSignIns *sign_ins, CvgCallers *callers)
{
  CvgAuthorizations *self = g_object_new (CVG_TYPE_AUTHORIZATIONS, NULL);

  self->connection = g_object_ref (connection);
  self->sign_ins = g_object_ref (sign_ins);
  self->callers = g_object_ref (callers);
  self->fence = cvg_fence_put_up (connection);
  /* So that the root is always there, and not only while somebody has a sign-in. */
  self->root = branch_new (self, "", CVG_AUTHORIZATION_ROOT, NULL);
  g_signal_connect_object (callers, "left", G_CALLBACK (on_caller_left), self, 0);
  g_signal_connect_object (sign_ins, "forgotten", G_CALLBACK (on_forgotten), self, 0);
  return self;
}

/**
 * cvg_authorizations_check_token:
 * @sender: who calls
 * @token: (nullable): the last element of the path that it wants
 *
 * Returns: %FALSE with %CVG_ERROR_INVALID_ARGUMENT if it can't have that
 */
gboolean
cvg_authorizations_check_token (CvgAuthorizations *self,
                                const char *sender,
                                const char *token,
                                GError **error)
{
  const Branch *branch = g_hash_table_lookup (self->branches, sender);

  if (token == NULL)
    return TRUE;

  if (*token == '\0' || strlen (token) > 128 ||
      token[strspn (token, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_")] != '\0')
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                           "Option “handle-token” must be 1 to 128 characters of A-Z a-z 0-9 _");
      return FALSE;
    }
  if (branch != NULL && g_hash_table_contains (branch->objects, token))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                           "Option “handle-token” is in use by another sign-in of this caller");
      return FALSE;
    }

  return TRUE;
}

static char *
make_token (void)
{
  g_autofree char *uuid = g_uuid_string_random ();

  return g_strdup (g_strdelimit (uuid, "-", '_'));
}

/**
 * cvg_authorizations_add:
 * @sender: whose it is
 * @token: (nullable): last element of its path; %NULL: any
 * @sign_in: (transfer none): what it stands for
 * @detach: whether the sign-in goes on when @sender leaves
 *
 * Returns: (transfer full): its path; fails if @sender has left or @token came into use meanwhile
 */
char *
cvg_authorizations_add (CvgAuthorizations *self,
                        const char *sender,
                        const char *token,
                        CvgSignIn *sign_in,
                        gboolean detach,
                        GError **error)
{
  g_autofree char *node = token != NULL ? g_strdup (token) : make_token ();
  Branch *branch = NULL;
  char *path = NULL;

  if (!cvg_callers_is_known (self->callers, sender))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_CANCELLED, "The caller has left the bus");
      return NULL;
    }
  if (!cvg_authorizations_check_token (self, sender, token, error))
    return NULL;

  branch = g_hash_table_lookup (self->branches, sender);
  if (branch == NULL)
    branch = add_branch (self, sender, error);
  if (branch == NULL)
    return NULL;

  path = g_strdup_printf ("%s/%s", branch->path, node);
  g_hash_table_insert (
      branch->objects, g_steal_pointer (&node),
      cvg_authorization_new (self->connection, sender, path, self->sign_ins, sign_in, detach));
  return path;
}
