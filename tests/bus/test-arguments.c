/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What callers get wrong: the exact error, a text that names the culprit, and nothing has changed.
 */
#include "bus/bus-world.h"

typedef struct
{
  const char *path;
  const char *method;
  const char *arguments; /* in text */
  const char *error;
  const char *culprit; /* part of the message */
} Row;

#define NOT_A_UUID "'not-a-uuid'"
#define ID "'" BUS_ID "'"
#define KEYED "'" BUS_KEYED_ID "'"
#define NOWHERE "'" BUS_NO_ID "'"
#define NONE "@a{sv} {}"

static const Row rows[] = {
  /* Instance ids: malformed, empty, nearly one, and of nobody. */
  { "GetInstanceAuth/malformed-uuid", "GetInstanceAuth", "(" NOT_A_UUID ", " NONE ")",
    "InvalidArgument", "instance id" },
  { "GetInstanceAuth/empty-uuid", "GetInstanceAuth", "('', " NONE ")", "InvalidArgument",
    "instance id" },
  { "GetInstanceAuth/uuid-with-braces", "GetInstanceAuth", "('{" BUS_ID "}', " NONE ")",
    "InvalidArgument", "instance id" },
  { "GetInstanceAuth/unknown", "GetInstanceAuth", "(" NOWHERE ", " NONE ")", "NotFound",
    BUS_NO_ID },
  { "GetAccessToken/malformed-uuid", "GetAccessToken", "(" NOT_A_UUID ", " NONE ")",
    "InvalidArgument", "instance id" },
  { "GetAccessToken/unknown", "GetAccessToken", "(" NOWHERE ", " NONE ")", "NotFound", BUS_NO_ID },
  { "Authorize/malformed-uuid", "Authorize", "('Confluence', " NOT_A_UUID ", " NONE ")",
    "InvalidArgument", "instance id" },
  { "Authorize/unknown", "Authorize", "('Confluence', " NOWHERE ", " NONE ")", "NotFound",
    BUS_NO_ID },
  { "DeleteInstance/malformed-uuid", "DeleteInstance", "(" NOT_A_UUID ", " NONE ")",
    "InvalidArgument", "instance id" },
  { "DeleteInstance/unknown", "DeleteInstance", "(" NOWHERE ", " NONE ")", "NotFound", BUS_NO_ID },
  { "SetInstanceAuth/malformed-uuid", "SetInstanceAuth",
    "(" NOT_A_UUID ", {'token': <'" BUS_SECRET "'>})", "InvalidArgument", "instance id" },
  { "SetInstanceAuth/unknown", "SetInstanceAuth", "(" NOWHERE ", {'token': <'" BUS_SECRET "'>})",
    "NotFound", BUS_NO_ID },
  { "DeleteInstanceAuth/malformed-uuid", "DeleteInstanceAuth", "(" NOT_A_UUID ", " NONE ")",
    "InvalidArgument", "instance id" },
  { "DeleteInstanceAuth/unknown", "DeleteInstanceAuth", "(" NOWHERE ", " NONE ")", "NotFound",
    BUS_NO_ID },
  { "SelectResource/malformed-uuid", "SelectResource", "(" NOT_A_UUID ", 'site-1')",
    "InvalidArgument", "instance id" },
  { "SelectResource/unknown", "SelectResource", "(" NOWHERE ", 'site-1')", "NotFound", BUS_NO_ID },

  /* User ids and server names; names are matched exactly. */
  { "GetUserAuth/empty-user", "GetUserAuth", "('', 'Confluence', " NONE ")", "InvalidArgument",
    "user id" },
  { "GetUserAuth/unknown-server", "GetUserAuth", "('ada', 'Nowhere', " NONE ")", "UnknownServer",
    "Nowhere" },
  { "GetUserAuth/server-in-lower-case", "GetUserAuth", "('ada', 'confluence', " NONE ")",
    "UnknownServer", "confluence" },
  { "GetUserAuth/slug", "GetUserAuth", "('ada', 'tenanted-desk', " NONE ")", "UnknownServer",
    "tenanted-desk" },
  { "SetUserAuth/empty-user", "SetUserAuth", "('', 'Keyed', {'token': <'" BUS_SECRET "'>})",
    "InvalidArgument", "user id" },
  { "SetUserAuth/unknown-server", "SetUserAuth",
    "('ada', 'Nowhere', {'token': <'" BUS_SECRET "'>})", "UnknownServer", "Nowhere" },
  { "SetUserAuth/nothing", "SetUserAuth", "('new', 'Keyed', " NONE ")", "InvalidArgument",
    "no credential" },
  { "SetUserAuth/wrong-type", "SetUserAuth", "('new', 'Keyed', {'token': <1>})", "InvalidArgument",
    "token" },
  { "DeleteUserAuth/empty-user", "DeleteUserAuth", "('', 'Confluence', " NONE ")",
    "InvalidArgument", "user id" },
  { "DeleteUserAuth/unknown-server", "DeleteUserAuth", "('ada', 'Nowhere', " NONE ")",
    "UnknownServer", "Nowhere" },
  { "DeleteUserAuth/no-instance", "DeleteUserAuth", "('nobody', 'Confluence', " NONE ")",
    "NotFound", "Confluence" },
  { "Authorize/unknown-server", "Authorize", "('Nowhere', " ID ", " NONE ")", "UnknownServer",
    "Nowhere" },
  { "Authorize/other-server", "Authorize", "('Tenanted Desk', " ID ", " NONE ")", "InvalidArgument",
    "Confluence" },
  { "Authorize/no-oauth", "Authorize", "('Keyed', " KEYED ", " NONE ")", "InvalidArgument",
    "OAuth" },
  { "SetClient/unknown-server", "SetClient", "('Nowhere', 'id', " NONE ")", "UnknownServer",
    "Nowhere" },
  { "ListClients/unknown-server", "ListClients", "('Nowhere',)", "UnknownServer", "Nowhere" },
  { "DeleteClient/unknown-server", "DeleteClient", "('Nowhere', 'id')", "UnknownServer",
    "Nowhere" },
  { "DeleteClient/unknown", "DeleteClient", "('Confluence', 'client-2')", "NotFound",
    "Confluence" },

  /* Known options of a wrong type: each of them, by its name. */
  { "GetInstanceAuth/min-validity", "GetInstanceAuth", "(" ID ", {'min-validity': <'60'>})",
    "InvalidArgument", "min-validity" },
  { "GetInstanceAuth/min-validity-signed", "GetInstanceAuth", "(" ID ", {'min-validity': <60>})",
    "InvalidArgument", "min-validity" },
  { "GetInstanceAuth/force-refresh", "GetInstanceAuth", "(" ID ", {'force-refresh': <1>})",
    "InvalidArgument", "force-refresh" },
  { "GetInstanceAuth/rejected-serial", "GetInstanceAuth",
    "(" ID ", {'rejected-serial': <uint32 1>})", "InvalidArgument", "rejected-serial" },
  { "GetInstanceAuth/interactive", "GetInstanceAuth", "(" ID ", {'interactive': <'no'>})",
    "InvalidArgument", "interactive" },
  { "GetAccessToken/min-validity", "GetAccessToken", "(" ID ", {'min-validity': <uint64 60>})",
    "InvalidArgument", "min-validity" },
  { "GetAccessToken/force-refresh", "GetAccessToken", "(" ID ", {'force-refresh': <'yes'>})",
    "InvalidArgument", "force-refresh" },
  { "GetAccessToken/rejected-serial", "GetAccessToken", "(" ID ", {'rejected-serial': <1>})",
    "InvalidArgument", "rejected-serial" },
  { "GetAccessToken/interactive", "GetAccessToken", "(" ID ", {'interactive': <uint32 0>})",
    "InvalidArgument", "interactive" },
  { "GetUserAuth/min-validity", "GetUserAuth", "('ada', 'Confluence', {'min-validity': <true>})",
    "InvalidArgument", "min-validity" },
  { "GetUserAuth/force-refresh", "GetUserAuth",
    "('nobody', 'Confluence', {'force-refresh': <'yes'>})", "InvalidArgument", "force-refresh" },
  { "GetUserAuth/rejected-serial", "GetUserAuth",
    "('ada', 'Confluence', {'rejected-serial': <int64 1>})", "InvalidArgument", "rejected-serial" },
  { "GetUserAuth/interactive", "GetUserAuth", "('ada', 'Confluence', {'interactive': <1.0>})",
    "InvalidArgument", "interactive" },
  { "CreateInstance/instance-id", "CreateInstance", "('ada', 'Confluence', {'instance-id': <1>})",
    "InvalidArgument", "instance-id" },
  { "CreateInstance/label", "CreateInstance", "('ada', 'Confluence', {'label': <['a']>})",
    "InvalidArgument", "label" },
  { "CreateInstance/client-id", "CreateInstance", "('ada', 'Confluence', {'client-id': <1>})",
    "InvalidArgument", "client-id" },
  { "CreateInstance/tenant", "CreateInstance",
    "('ada', 'Tenanted Desk', {'tenant': <{'subdomain': <'a'>}>})", "InvalidArgument", "tenant" },
  { "ListInstances/user-id", "ListInstances", "({'user-id': <1>},)", "InvalidArgument", "user-id" },
  { "ListInstances/server-name", "ListInstances", "({'server-name': <['Confluence']>},)",
    "InvalidArgument", "server-name" },
  { "ListInstances/status", "ListInstances", "({'status': <true>},)", "InvalidArgument", "status" },
  { "ListServers/kind", "ListServers", "({'kind': <1>},)", "InvalidArgument", "kind" },
  { "DeleteInstance/revoke", "DeleteInstance", "(" ID ", {'revoke': <'no'>})", "InvalidArgument",
    "revoke" },
  { "DeleteInstanceAuth/revoke", "DeleteInstanceAuth", "(" ID ", {'revoke': <0>})",
    "InvalidArgument", "revoke" },
  { "DeleteUserAuth/revoke", "DeleteUserAuth", "('ada', 'Confluence', {'revoke': <'no'>})",
    "InvalidArgument", "revoke" },
  { "SetClient/client-secret", "SetClient",
    "('Confluence', 'client-2', {'client-secret': <b'" BUS_SECRET "'>})", "InvalidArgument",
    "client-secret" },
  { "SetClient/redirect-uri", "SetClient", "('Confluence', 'client-2', {'redirect-uri': <1>})",
    "InvalidArgument", "redirect-uri" },
  { "SetClient/default", "SetClient", "('Confluence', 'client-2', {'default': <'yes'>})",
    "InvalidArgument", "default" },
  { "SetClient/label", "SetClient", "('Confluence', 'client-2', {'label': <1>})", "InvalidArgument",
    "label" },

  /* Values of options. */
  { "CreateInstance/empty-user", "CreateInstance", "('', 'Confluence', " NONE ")",
    "InvalidArgument", "user id" },
  { "CreateInstance/unknown-server", "CreateInstance", "('ada', 'Nowhere', " NONE ")",
    "UnknownServer", "Nowhere" },
  { "CreateInstance/malformed-uuid", "CreateInstance",
    "('ada', 'Confluence', {'instance-id': <" NOT_A_UUID ">})", "InvalidArgument", "instance-id" },
  { "CreateInstance/uuid-in-use", "CreateInstance",
    "('ada', 'Confluence', {'instance-id': <" ID ">})", "InvalidArgument", "instance-id" },
  { "CreateInstance/tenant-missing", "CreateInstance", "('ada', 'Tenanted Desk', " NONE ")",
    "InvalidArgument", "subdomain" },
  { "CreateInstance/tenant-malformed", "CreateInstance",
    "('ada', 'Tenanted Desk', {'tenant': <{'subdomain': 'a.evil.invalid/'}>})", "InvalidArgument",
    "subdomain" },
  { "CreateInstance/tenant-of-nobody", "CreateInstance",
    "('ada', 'Confluence', {'tenant': <{'shop': 'a'}>})", "InvalidArgument", "shop" },
  { "ListInstances/unknown-status", "ListInstances", "({'status': <'asleep'>},)", "InvalidArgument",
    "status" },
  { "ListInstances/unknown-server", "ListInstances", "({'server-name': <'Nowhere'>},)",
    "UnknownServer", "Nowhere" },
  { "SetInstanceAuth/nothing", "SetInstanceAuth", "(" ID ", " NONE ")", "InvalidArgument",
    "no credential" },
  { "SetInstanceAuth/access_token", "SetInstanceAuth", "(" ID ", {'access_token': <1>})",
    "InvalidArgument", "access_token" },
  { "SetInstanceAuth/refresh_token", "SetInstanceAuth",
    "(" ID ", {'access_token': <'" BUS_SECRET "'>, 'refresh_token': <['" BUS_SECRET "']>})",
    "InvalidArgument", "refresh_token" },
  { "SetInstanceAuth/id_token", "SetInstanceAuth",
    "(" ID ", {'access_token': <'" BUS_SECRET "'>, 'id_token': <1>})", "InvalidArgument",
    "id_token" },
  { "SetInstanceAuth/token_type", "SetInstanceAuth",
    "(" ID ", {'access_token': <'" BUS_SECRET "'>, 'token_type': <1>})", "InvalidArgument",
    "token_type" },
  { "SetInstanceAuth/scope", "SetInstanceAuth",
    "(" ID ", {'access_token': <'" BUS_SECRET "'>, 'scope': <['a']>})", "InvalidArgument",
    "scope" },
  { "SetInstanceAuth/expires_at", "SetInstanceAuth",
    "(" ID ", {'access_token': <'" BUS_SECRET "'>, 'expires_at': <'soon'>})", "InvalidArgument",
    "expires_at" },
  { "SetInstanceAuth/expires_at-negative", "SetInstanceAuth",
    "(" ID ", {'access_token': <'" BUS_SECRET "'>, 'expires_at': <int64 -1>})", "InvalidArgument",
    "expires_at" },
  { "SetInstanceAuth/expires_in-negative", "SetInstanceAuth",
    "(" ID ", {'access_token': <'" BUS_SECRET "'>, 'expires_in': <int64 -1>})", "InvalidArgument",
    "expires_in" },
  { "SetInstanceAuth/api_key", "SetInstanceAuth", "(" KEYED ", {'api_key': <1>})",
    "InvalidArgument", "api_key" },
  { "SetInstanceAuth/data", "SetInstanceAuth", "(" KEYED ", {'data': <'" BUS_SECRET "'>})",
    "InvalidArgument", "data" },
  { "SelectResource/signed-out", "SelectResource", "('" BUS_OTHER_ID "', 'site-1')", "NotSignedIn",
    BUS_OTHER_ID },
  { "SelectResource/no-such-site", "SelectResource", "(" ID ", 'site-9')", "InvalidArgument",
    "site" },
  { "GetInstanceAuth/signed-out", "GetInstanceAuth", "('" BUS_OTHER_ID "', " NONE ")",
    "NotSignedIn", BUS_OTHER_ID },
  { "GetAccessToken/signed-out", "GetAccessToken", "('" BUS_OTHER_ID "', " NONE ")", "NotSignedIn",
    BUS_OTHER_ID },

  /* Clients. */
  { "SetClient/empty-id", "SetClient", "('Confluence', '', " NONE ")", "InvalidArgument",
    "client id" },
  { "SetClient/id-with-space", "SetClient", "('Confluence', 'a b', " NONE ")", "InvalidArgument",
    "client id" },
  { "SetClient/id-with-control-character", "SetClient", "('Confluence', 'a\\nb', " NONE ")",
    "InvalidArgument", "client id" },
  { "SetClient/redirect-uri-another-scheme", "SetClient",
    "('Confluence', 'c', {'redirect-uri': <'ftp://127.0.0.1:18417/callback'>})", "InvalidArgument",
    "redirect-uri" },
  { "SetClient/redirect-uri-elsewhere", "SetClient",
    "('Confluence', 'c', {'redirect-uri': <'http://evil.invalid:18417/callback'>})",
    "InvalidArgument", "redirect-uri" },
  { "SetClient/redirect-uri-without-port", "SetClient",
    "('Confluence', 'c', {'redirect-uri': <'http://127.0.0.1/callback'>})", "InvalidArgument",
    "redirect-uri" },
  { "SetClient/redirect-uri-userinfo", "SetClient",
    "('Confluence', 'c', {'redirect-uri': <'http://a@127.0.0.1:18417/callback'>})",
    "InvalidArgument", "redirect-uri" },
  { "SetClient/redirect-uri-query", "SetClient",
    "('Confluence', 'c', {'redirect-uri': <'http://127.0.0.1:18417/callback?a=b'>})",
    "InvalidArgument", "redirect-uri" },
  { "SetClient/redirect-uri-fragment", "SetClient",
    "('Confluence', 'c', {'redirect-uri': <'http://127.0.0.1:18417/callback#a'>})",
    "InvalidArgument", "redirect-uri" },
  { "SetClient/redirect-uri-relative", "SetClient",
    "('Confluence', 'c', {'redirect-uri': <'/callback'>})", "InvalidArgument", "redirect-uri" },
};

/* The options of Authorize('Confluence', BUS_ID, …). */
static const Row authorize_rows[] = {
  { "client-id", NULL, "{'client-id': <1>}", "InvalidArgument", "client-id" },
  { "scope", NULL, "{'scope': <['read']>}", "InvalidArgument", "scope" },
  { "redirect-url", NULL, "{'redirect-url': <1>}", "InvalidArgument", "redirect-url" },
  { "open-browser", NULL, "{'open-browser': <'no'>}", "InvalidArgument", "open-browser" },
  { "activation-token", NULL, "{'activation-token': <1>}", "InvalidArgument", "activation-token" },
  { "handle-token", NULL, "{'handle-token': <1>}", "InvalidArgument", "handle-token" },
  { "timeout", NULL, "{'timeout': <60>}", "InvalidArgument", "timeout" },
  { "login-hint", NULL, "{'login-hint': <1>}", "InvalidArgument", "login-hint" },
  { "flow", NULL, "{'flow': <1>}", "InvalidArgument", "flow" },
  { "detach", NULL, "{'detach': <'yes'>}", "InvalidArgument", "detach" },

  { "client-unknown", NULL, "{'client-id': <'client-9'>}", "NoClient", "client-9" },
  { "flow-unknown", NULL, "{'flow': <'telepathy'>}", "InvalidArgument", "flow" },
  { "flow-empty", NULL, "{'flow': <''>}", "InvalidArgument", "flow" },
  { "flow-device-without-one", NULL, "{'flow': <'device'>}", "InvalidArgument", "flow" },
  { "timeout-zero", NULL, "{'timeout': <uint32 0>}", "InvalidArgument", "timeout" },
  { "timeout-more-than-a-day", NULL, "{'timeout': <uint32 86401>}", "InvalidArgument", "timeout" },
  { "timeout-huge", NULL, "{'timeout': <uint32 4294967295>}", "InvalidArgument", "timeout" },
  { "handle-token-empty", NULL, "{'handle-token': <''>}", "InvalidArgument", "handle-token" },
  { "handle-token-dash", NULL, "{'handle-token': <'a-b'>}", "InvalidArgument", "handle-token" },
  { "handle-token-slash", NULL, "{'handle-token': <'a/b'>}", "InvalidArgument", "handle-token" },
  { "handle-token-umlaut", NULL, "{'handle-token': <'ä'>}", "InvalidArgument", "handle-token" },
  { "scope-quote", NULL, "{'scope': <'read \"write'>}", "InvalidArgument", "scope" },
  { "scope-backslash", NULL, "{'scope': <'read\\\\write'>}", "InvalidArgument", "scope" },
  { "scope-control-character", NULL, "{'scope': <'read\\u0001'>}", "InvalidArgument", "scope" },
  { "scope-umlaut", NULL, "{'scope': <'lesen,äh'>}", "InvalidArgument", "scope" },

  /* Where the browser must not be sent. */
  { "redirect-url-empty", NULL, "{'redirect-url': <''>}", "InvalidArgument", "redirect-url" },
  { "redirect-url-relative", NULL, "{'redirect-url': <'/done'>}", "InvalidArgument",
    "redirect-url" },
  { "redirect-url-without-scheme", NULL, "{'redirect-url': <'//app.invalid/'>}", "InvalidArgument",
    "redirect-url" },
  { "redirect-url-without-host", NULL, "{'redirect-url': <'https:///done'>}", "InvalidArgument",
    "redirect-url" },
  { "redirect-url-javascript", NULL, "{'redirect-url': <'javascript:alert(1)'>}", "InvalidArgument",
    "redirect-url" },
  { "redirect-url-javascript-with-slashes", NULL,
    "{'redirect-url': <'javascript://app.invalid/%0aalert(1)'>}", "InvalidArgument",
    "redirect-url" },
  { "redirect-url-data", NULL, "{'redirect-url': <'data:text/html,a'>}", "InvalidArgument",
    "redirect-url" },
  { "redirect-url-file", NULL, "{'redirect-url': <'file:///etc/passwd'>}", "InvalidArgument",
    "redirect-url" },
  { "redirect-url-http", NULL, "{'redirect-url': <'http://app.invalid/'>}", "InvalidArgument",
    "redirect-url" },
  { "redirect-url-http-localhost", NULL, "{'redirect-url': <'http://localhost:8080/'>}",
    "InvalidArgument", "redirect-url" },
  { "redirect-url-loopback-like", NULL, "{'redirect-url': <'http://127.0.0.1.app.invalid/'>}",
    "InvalidArgument", "redirect-url" },
  { "redirect-url-userinfo", NULL, "{'redirect-url': <'https://app.invalid@evil.invalid/'>}",
    "InvalidArgument", "redirect-url" },
  { "redirect-url-fragment", NULL, "{'redirect-url': <'https://app.invalid/#a'>}",
    "InvalidArgument", "redirect-url" },
  { "redirect-url-backslash", NULL, "{'redirect-url': <'https://app.invalid\\\\@evil.invalid/'>}",
    "InvalidArgument", "redirect-url" },
  { "redirect-url-control-character", NULL, "{'redirect-url': <'https://app.invalid/\\u0001'>}",
    "InvalidArgument", "redirect-url" },
  { "redirect-url-line-break", NULL, "{'redirect-url': <'https://app.invalid/\\r\\nX: y'>}",
    "InvalidArgument", "redirect-url" },
  { "redirect-url-tab", NULL, "{'redirect-url': <'ht\\ttps://app.invalid/'>}", "InvalidArgument",
    "redirect-url" },
};

static void
assert_refused (BusWorld *world, const char *method, GVariant *arguments, const Row *row)
{
  BusTrace before = { 0 };

  /* A client, an instance with tokens, one without, and one of a server without OAuth. */
  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_create (world->caller, BUS_OTHER_ID, "bob", "Confluence");
  bus_create (world->caller, BUS_KEYED_ID, "ada", "Keyed");
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
  before = bus_world_trace (world);

  bus_call_failure (world->caller, method, arguments, row->error, row->culprit);
  bus_world_assert_untouched (world, &before);
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
}

static void
test_row (BusWorld *world, gconstpointer data)
{
  const Row *row = data;

  assert_refused (world, row->method, g_variant_new_parsed (row->arguments), row);
}

static void
test_authorize_row (BusWorld *world, gconstpointer data)
{
  const Row *row = data;
  g_autofree char *text = g_strdup_printf ("('Confluence', %s, %s)", ID, row->arguments);

  assert_refused (world, "Authorize", g_variant_new_parsed (text), row);
}

/* More than fits into a line of the table. */
static void
test_too_long (BusWorld *world, gconstpointer data)
{
  g_autofree char *kilobyte = g_strnfill (1025, 'a');
  g_autofree char *token = g_strnfill (129, 'a');
  g_autofree char *url = g_strconcat ("https://app.invalid/", kilobyte, kilobyte, NULL);
  BusTrace before = { 0 };

  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  before = bus_world_trace (world);
  bus_call_failure (world->caller, "CreateInstance",
                    g_variant_new_parsed ("(%s, 'Confluence', @a{sv} {})", kilobyte),
                    "InvalidArgument", "user id");
  bus_call_failure (world->caller, "CreateInstance",
                    g_variant_new_parsed ("('ada', 'Confluence', {'label': <%s>})", kilobyte),
                    "InvalidArgument", "label");
  bus_call_failure (world->caller, "SetClient",
                    g_variant_new_parsed ("('Confluence', %s, @a{sv} {})", kilobyte),
                    "InvalidArgument", "client id");
  bus_call_failure (
      world->caller, "Authorize",
      g_variant_new_parsed ("('Confluence', %s, {'handle-token': <%s>})", BUS_ID, token),
      "InvalidArgument", "handle-token");
  bus_call_failure (
      world->caller, "Authorize",
      g_variant_new_parsed ("('Confluence', %s, {'redirect-url': <%s>})", BUS_ID, url),
      "InvalidArgument", "redirect-url");
  bus_world_assert_untouched (world, &before);
}

typedef struct
{
  const char *method;
  const char *arguments;
  const char *signature; /* of the answer */
} UnknownRow;

#define UNKNOWN "{'x-unknown': <{'a': <1>}>}"

static const UnknownRow unknown_rows[] = {
  { "GetInstanceAuth", "(" ID ", " UNKNOWN ")", "a{sv}" },
  { "GetAccessToken", "(" ID ", " UNKNOWN ")", "sxt" },
  { "GetUserAuth", "('ada', 'Confluence', " UNKNOWN ")", "ba{sv}s" },
  { "Authorize", "('Confluence', " ID ", " UNKNOWN ")", "o" },
  { "CreateInstance", "('bob', 'Confluence', " UNKNOWN ")", "s" },
  { "ListInstances", "(" UNKNOWN ",)", "aa{sv}" },
  { "ListServers", "(" UNKNOWN ",)", "aa{sv}" },
  { "SetClient", "('Confluence', 'client-2', " UNKNOWN ")", "" },
  { "DeleteUserAuth", "('ada', 'Confluence', " UNKNOWN ")", "b" },
  { "DeleteInstanceAuth", "(" ID ", " UNKNOWN ")", "b" },
  { "DeleteInstance", "(" ID ", " UNKNOWN ")", "b" },
};

static void
test_unknown_options (BusWorld *world, gconstpointer data)
{
  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);

  for (size_t i = 0; i < G_N_ELEMENTS (unknown_rows); i++)
    {
      const UnknownRow *row = &unknown_rows[i];
      g_autoptr (GVariant) answer = bus_call (
          world->caller, row->method, g_variant_new_parsed (row->arguments), row->signature);
    }
}

static void
add_rows (const char *prefix,
          const Row *table,
          size_t length,
          void (*test) (BusWorld *, gconstpointer))
{
  for (size_t i = 0; i < length; i++)
    {
      g_autofree char *path = g_strconcat (prefix, table[i].path, NULL);

      g_test_add (path, BusWorld, &table[i], bus_world_set_up, test, bus_world_tear_down);
    }
}

int
main (int argc, char **argv)
{
  bus_tests_init (&argc, &argv);
  add_rows ("/arguments/", rows, G_N_ELEMENTS (rows), test_row);
  add_rows ("/arguments/Authorize/", authorize_rows, G_N_ELEMENTS (authorize_rows),
            test_authorize_row);
  BUS_TEST ("/arguments/too-long", test_too_long);
  BUS_TEST ("/arguments/unknown-options-are-ignored", test_unknown_options);
  return bus_tests_run ();
}
