/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * keyring-double [MILLISECONDS]: a Secret Service in memory, for more items than anybody wants to
 * wait for while a real one writes its file anew for each. It has one open collection, plain
 * sessions, and the calls and signals that GNOME Keyring's clients use of it.
 *
 * Each write takes so many milliseconds, in which nothing else is answered, as with the real one;
 * org.claviger.Bench.Keyring changes that while it runs, and counts.
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <string.h>

#define NAME "org.freedesktop.secrets"
#define ROOT "/org/freedesktop/secrets"
#define COLLECTION ROOT "/collection/login"
#define SESSION ROOT "/session/s0"

#define I_SERVICE "org.freedesktop.Secret.Service"
#define I_COLLECTION "org.freedesktop.Secret.Collection"
#define I_ITEM "org.freedesktop.Secret.Item"
#define I_CONTROL "org.claviger.Bench.Keyring"

static const char introspection[] =
    "<node>"
    "<interface name='" I_SERVICE "'>"
    "<method name='OpenSession'><arg type='s' direction='in'/><arg type='v' direction='in'/>"
    "<arg type='v' direction='out'/><arg type='o' direction='out'/></method>"
    "<method name='SearchItems'><arg type='a{ss}' direction='in'/>"
    "<arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>"
    "<method name='GetSecrets'><arg type='ao' direction='in'/><arg type='o' direction='in'/>"
    "<arg type='a{o(oayays)}' direction='out'/></method>"
    "<method name='ReadAlias'><arg type='s' direction='in'/><arg type='o' "
    "direction='out'/></method>"
    "<property name='Collections' type='ao' access='read'/>"
    "</interface>"
    "<interface name='" I_COLLECTION "'>"
    "<method name='CreateItem'><arg type='a{sv}' direction='in'/><arg type='(oayays)' "
    "direction='in'/>"
    "<arg type='b' direction='in'/><arg type='o' direction='out'/><arg type='o' direction='out'/>"
    "</method>"
    "<property name='Locked' type='b' access='read'/>"
    "<property name='Label' type='s' access='read'/>"
    "<signal name='ItemCreated'><arg type='o'/></signal>"
    "<signal name='ItemChanged'><arg type='o'/></signal>"
    "<signal name='ItemDeleted'><arg type='o'/></signal>"
    "</interface>"
    "<interface name='" I_ITEM "'>"
    "<method name='SetSecret'><arg type='(oayays)' direction='in'/></method>"
    "<method name='GetSecret'><arg type='o' direction='in'/>"
    "<arg type='(oayays)' direction='out'/></method>"
    "<method name='Delete'><arg type='o' direction='out'/></method>"
    "<property name='Attributes' type='a{ss}' access='read'/>"
    "<property name='Label' type='s' access='read'/>"
    "<property name='Locked' type='b' access='read'/>"
    "</interface>"
    "<interface name='" I_CONTROL "'>"
    "<method name='SetDelay'><arg type='u' direction='in'/></method>"
    "<method name='CountWrites'><arg type='u' direction='out'/></method>"
    "</interface>"
    "</node>";

typedef struct
{
  char *path;           /* (owned) */
  GVariant *attributes; /* (owned): a{ss} */
  char *label;          /* (owned) */
  GVariant *value;      /* (owned): ay */
} Item;

typedef struct
{
  GDBusConnection *connection; /* (borrowed) */
  GDBusNodeInfo *node;         /* (owned) */
  GHashTable *items;           /* (owned) (element-type utf8 Item): by path */
  GHashTable *by_id;           /* (owned) (element-type utf8 Item): by the attribute "id" */
  guint next_number;
  guint delay; /* milliseconds */
  guint writes;
  GMainLoop *loop; /* (owned) */
} Double;

static Double self;

static void
item_free (Item *item)
{
  g_free (item->path);
  g_variant_unref (item->attributes);
  g_free (item->label);
  g_variant_unref (item->value);
  g_free (item);
}

static void
emit (const char *signal, const char *path)
{
  g_dbus_connection_emit_signal (self.connection, NULL, COLLECTION, I_COLLECTION, signal,
                                 g_variant_new ("(o)", path), NULL);
}

/* The whole file is written anew, and nobody is answered meanwhile. */
static void
write_file (void)
{
  self.writes++;
  if (self.delay > 0)
    g_usleep (self.delay * 1000ul);
}

static gboolean
item_matches (const Item *item, GVariant *wanted)
{
  GVariantIter iter;
  const char *name = NULL;
  const char *value = NULL;

  g_variant_iter_init (&iter, wanted);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
    {
      const char *has = NULL;

      if (!g_variant_lookup (item->attributes, name, "&s", &has) || strcmp (has, value) != 0)
        return FALSE;
    }
  return TRUE;
}

static GVariant *
search (GVariant *wanted)
{
  g_auto (GVariantBuilder) found = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ao"));
  const char *id = NULL;
  GHashTableIter iter;
  gpointer item = NULL;

  if (g_variant_lookup (wanted, "id", "&s", &id))
    {
      item = g_hash_table_lookup (self.by_id, id);
      if (item != NULL && item_matches (item, wanted))
        g_variant_builder_add (&found, "o", ((Item *) item)->path);
      return g_variant_builder_end (&found);
    }

  g_hash_table_iter_init (&iter, self.items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    if (item_matches (item, wanted))
      g_variant_builder_add (&found, "o", ((Item *) item)->path);
  return g_variant_builder_end (&found);
}

static GVariant *
secret_of (const Item *item)
{
  GVariant *empty = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, NULL, 0, 1);

  return g_variant_new ("(o@ay@ays)", SESSION, empty, item->value, "text/plain");
}

static GVariant *
get_secrets (GVariant *paths)
{
  g_auto (GVariantBuilder) found = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{o(oayays)}"));
  GVariantIter iter;
  const char *path = NULL;

  g_variant_iter_init (&iter, paths);
  while (g_variant_iter_next (&iter, "&o", &path))
    {
      const Item *item = g_hash_table_lookup (self.items, path);

      if (item != NULL)
        g_variant_builder_add (&found, "{o@(oayays)}", path, secret_of (item));
    }
  return g_variant_builder_end (&found);
}

static void
set_value (Item *item, GVariant *secret)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (secret, 2);

  /* A copy: a child would keep the message that it came with. */
  g_clear_pointer (&item->value, g_variant_unref);
  item->value = g_variant_ref_sink (g_variant_new_fixed_array (
      G_VARIANT_TYPE_BYTE, g_variant_get_data (value), g_variant_get_size (value), 1));
}

static const char *
create_item (GVariant *properties, GVariant *secret)
{
  g_autoptr (GVariant) given =
      g_variant_lookup_value (properties, I_ITEM ".Attributes", G_VARIANT_TYPE ("a{ss}"));
  Item *item = g_new0 (Item, 1);
  const char *id = NULL;

  item->path = g_strdup_printf (COLLECTION "/%u", ++self.next_number);
  item->attributes =
      given != NULL ? g_variant_get_normal_form (given) :
                      g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0));
  if (!g_variant_lookup (properties, I_ITEM ".Label", "s", &item->label))
    item->label = g_strdup ("");
  set_value (item, secret);
  g_hash_table_insert (self.items, item->path, item);
  if (g_variant_lookup (item->attributes, "id", "&s", &id))
    g_hash_table_insert (self.by_id, g_strdup (id), item);
  return item->path;
}

static void
call_service (const char *method, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) first = g_variant_get_child_value (arguments, 0);

  if (strcmp (method, "OpenSession") == 0)
    {
      if (strcmp (g_variant_get_string (first, NULL), "plain") != 0)
        g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_NOT_SUPPORTED,
                                               "Only plain sessions");
      else
        g_dbus_method_invocation_return_value (
            invocation, g_variant_new ("(vo)", g_variant_new_string (""), SESSION));
    }
  else if (strcmp (method, "SearchItems") == 0)
    g_dbus_method_invocation_return_value (
        invocation, g_variant_new ("(@ao@ao)", search (first), g_variant_new_objv (NULL, 0)));
  else if (strcmp (method, "GetSecrets") == 0)
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(@a{o(oayays)})", get_secrets (first)));
  else
    g_dbus_method_invocation_return_value (
        invocation,
        g_variant_new (
            "(o)", strcmp (g_variant_get_string (first, NULL), "default") == 0 ? COLLECTION : "/"));
}

static void
call_collection (GVariant *arguments, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) properties = g_variant_get_child_value (arguments, 0);
  g_autoptr (GVariant) secret = g_variant_get_child_value (arguments, 1);
  const char *path = create_item (properties, secret);

  write_file ();
  emit ("ItemCreated", path);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(oo)", path, "/"));
}

static void
delete_item (Item *item)
{
  g_autofree char *path = g_strdup (item->path);
  const char *id = NULL;

  if (g_variant_lookup (item->attributes, "id", "&s", &id) &&
      g_hash_table_lookup (self.by_id, id) == item)
    g_hash_table_remove (self.by_id, id);
  g_hash_table_remove (self.items, path);
  write_file ();
  emit ("ItemDeleted", path);
}

static void
call_item (Item *item, const char *method, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  if (strcmp (method, "SetSecret") == 0)
    {
      g_autoptr (GVariant) secret = g_variant_get_child_value (arguments, 0);

      set_value (item, secret);
      write_file ();
      emit ("ItemChanged", item->path);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else if (strcmp (method, "GetSecret") == 0)
    {
      g_dbus_method_invocation_return_value (invocation,
                                             g_variant_new ("(@(oayays))", secret_of (item)));
    }
  else
    {
      delete_item (item);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", "/"));
    }
}

static void
call_control (const char *method, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  if (strcmp (method, "SetDelay") == 0)
    {
      g_variant_get (arguments, "(u)", &self.delay);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", self.writes));
    }
}

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface_name,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  Item *item = g_hash_table_lookup (self.items, path);

  if (strcmp (interface_name, I_SERVICE) == 0)
    call_service (method, arguments, invocation);
  else if (strcmp (interface_name, I_COLLECTION) == 0)
    call_collection (arguments, invocation);
  else if (strcmp (interface_name, I_CONTROL) == 0)
    call_control (method, arguments, invocation);
  else if (item != NULL)
    call_item (item, method, arguments, invocation);
  else
    g_dbus_method_invocation_return_dbus_error (
        invocation, "org.freedesktop.Secret.Error.NoSuchObject", "No such item");
}

static GVariant *
on_get (GDBusConnection *connection,
        const char *sender,
        const char *path,
        const char *interface_name,
        const char *property,
        GError **error,
        gpointer user_data)
{
  const Item *item = g_hash_table_lookup (self.items, path);

  if (strcmp (property, "Locked") == 0)
    return g_variant_new_boolean (FALSE);
  if (strcmp (property, "Collections") == 0)
    return g_variant_new_objv ((const char *const[]){ COLLECTION }, 1);
  if (item != NULL && strcmp (property, "Attributes") == 0)
    return g_variant_ref (item->attributes);

  return g_variant_new_string (item != NULL ? item->label : "Login");
}

static const GDBusInterfaceVTable vtable = { on_call, on_get, NULL, { NULL } };

/* Items are not registered one by one: whatever lies below the collection is asked for here. */
static char **
enumerate_items (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 gpointer user_data)
{
  return g_new0 (char *, 1);
}

static GDBusInterfaceInfo **
introspect_item (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 const char *node,
                 gpointer user_data)
{
  GDBusInterfaceInfo **interfaces = g_new0 (GDBusInterfaceInfo *, 2);

  if (node != NULL)
    interfaces[0] =
        g_dbus_interface_info_ref (g_dbus_node_info_lookup_interface (self.node, I_ITEM));
  return interfaces;
}

static const GDBusInterfaceVTable *
dispatch_item (GDBusConnection *connection,
               const char *sender,
               const char *path,
               const char *interface_name,
               const char *node,
               gpointer *out_user_data,
               gpointer user_data)
{
  return node != NULL ? &vtable : NULL;
}

static const GDBusSubtreeVTable subtree = { enumerate_items,
                                            introspect_item,
                                            dispatch_item,
                                            { NULL } };

static void export(const char *path, const char *interface_name)
{
  g_autoptr (GError) error = NULL;
  GDBusInterfaceInfo *interface = g_dbus_node_info_lookup_interface (self.node, interface_name);

  if (g_dbus_connection_register_object (self.connection, path, interface, &vtable, NULL, NULL,
                                         &error) == 0)
    g_error ("%s: %s", path, error->message);
}

static void
on_bus (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  self.connection = connection;
  export(ROOT, I_SERVICE);
  export(ROOT, I_CONTROL);
  export(COLLECTION, I_COLLECTION);
  if (g_dbus_connection_register_subtree (connection, COLLECTION, &subtree,
                                          G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES, NULL,
                                          NULL, &error) == 0)
    g_error ("%s: %s", COLLECTION, error->message);
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_warning ("%s is taken, or there is no bus", name);
  g_main_loop_quit (self.loop);
}

static gboolean
on_sigterm (gpointer user_data)
{
  g_main_loop_quit (self.loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  self.delay = argc > 1 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 0;
  self.node = g_dbus_node_info_new_for_xml (introspection, NULL);
  self.items = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) item_free);
  self.by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.loop = g_main_loop_new (NULL, FALSE);
  guint owner = g_bus_own_name (G_BUS_TYPE_SESSION, NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                on_bus, NULL, on_name_lost, NULL, NULL);
  g_unix_signal_add (SIGTERM, on_sigterm, NULL);
  g_main_loop_run (self.loop);

  g_bus_unown_name (owner);
  g_main_loop_unref (self.loop);
  g_hash_table_unref (self.by_id);
  g_hash_table_unref (self.items);
  g_dbus_node_info_unref (self.node);
  return 0;
}
