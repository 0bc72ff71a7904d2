/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/agent.h"

#include <string.h>

#include "doubles/agent-world.h"

static void
test_find_server (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (cvg_agent_find_server (world->agent, "Confluence", NULL)->slug, ==,
                   "confluence");
  /* Names are matched exactly; slugs and letter cases are the client's business. */
  g_assert_null (cvg_agent_find_server (world->agent, "confluence", &error));
  agent_world_assert_error (error, CVG_ERROR_UNKNOWN_SERVER);
}

static void
test_create (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  g_autoptr (GVariant) tenant = g_variant_ref_sink (g_variant_new_parsed ("{'subdomain': 'acme'}"));
  g_autoptr (GVariant) complete = g_variant_ref_sink (
      g_variant_new_parsed ("{'subdomain': 'acme', 'region': 'eu'}")); /* with the default */
  const CvgNewInstance full = {
    .user_id = "user",
    .server_name = "Tenanted",
    .owner = "app:org.example.App",
    .id = "ABCDEF00-0000-4000-8000-0000000000AB",
    .label = "Work",
    .client_id = "its",
    .tenant = tenant,
  };
  const CvgNewInstance little = {
    .user_id = "u", .server_name = "Confluence", .owner = "host", .label = "", .client_id = ""
  };
  g_autoptr (GError) error = NULL;
  CvgEntry *entry = cvg_agent_create_instance (world->agent, &full, &error);

  g_assert_no_error (error);
  /* RFC 4122 section 3: read in any case, written in lower. */
  g_assert_cmpstr (entry->record->id, ==, "abcdef00-0000-4000-8000-0000000000ab");
  g_assert_cmpstr (entry->record->user_id, ==, "user");
  g_assert_cmpstr (entry->record->owner, ==, "app:org.example.App");
  g_assert_cmpstr (entry->record->label, ==, "Work");
  g_assert_cmpstr (entry->record->client_id, ==, "its");
  g_assert_cmpvariant (entry->record->tenant, complete);
  g_assert_cmpint (entry->record->created_at, ==, AGENT_WORLD_NOW);
  g_assert_cmpint (entry->record->authorized_at, ==, 0);
  g_assert_false (entry->record->signed_in);

  entry = cvg_agent_create_instance (world->agent, &little, &error);
  g_assert_no_error (error);
  g_assert_true (g_uuid_string_is_valid (entry->record->id));
  g_assert_null (entry->record->label);
  g_assert_null (entry->record->client_id);
  /* All of it without the keyring. */
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
  g_assert_cmpuint (cvg_records_dummy_count (world->records, CVG_RECORDS_INSTANCES), ==, 3);
}

static void
test_create_refused (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autofree char *long_text = g_strnfill (1025, 'x');
  g_autoptr (GVariant) unasked = g_variant_ref_sink (g_variant_new_parsed ("{'subdomain': 'a'}"));
  g_autoptr (GVariant) bad = g_variant_ref_sink (g_variant_new_parsed ("{'subdomain': 'a/b'}"));
  const struct
  {
    CvgNewInstance made;
    CvgError code;
    const char *named;
  } vectors[] = {
    { { .user_id = "", .server_name = "Confluence" }, CVG_ERROR_INVALID_ARGUMENT, "user id" },
    { { .user_id = long_text, .server_name = "Confluence" },
      CVG_ERROR_INVALID_ARGUMENT,
      "user id" },
    { { .user_id = "u", .server_name = "Nothing" }, CVG_ERROR_UNKNOWN_SERVER, "Nothing" },
    { { .user_id = "u", .server_name = "Confluence", .id = "nonsense" },
      CVG_ERROR_INVALID_ARGUMENT,
      "instance-id" },
    { { .user_id = "u", .server_name = "Confluence", .id = AGENT_WORLD_ID },
      CVG_ERROR_INVALID_ARGUMENT,
      "instance-id" },
    { { .user_id = "u", .server_name = "Confluence", .label = long_text },
      CVG_ERROR_INVALID_ARGUMENT,
      "label" },
    { { .user_id = "u", .server_name = "Confluence", .client_id = "a b" },
      CVG_ERROR_INVALID_ARGUMENT,
      "client-id" },
    { { .user_id = "u", .server_name = "Tenanted" }, CVG_ERROR_INVALID_ARGUMENT, "subdomain" },
    { { .user_id = "u", .server_name = "Tenanted", .tenant = bad },
      CVG_ERROR_INVALID_ARGUMENT,
      "subdomain" },
    { { .user_id = "u", .server_name = "Confluence", .tenant = unasked },
      CVG_ERROR_INVALID_ARGUMENT,
      "subdomain" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      CvgNewInstance made = vectors[i].made;
      g_autoptr (GError) error = NULL;

      g_test_message ("row %zu", i);
      made.owner = "host";
      g_assert_null (cvg_agent_create_instance (world->agent, &made, &error));
      agent_world_assert_error (error, vectors[i].code);
      g_assert_nonnull (strstr (error->message, vectors[i].named));
    }
  g_assert_cmpuint (cvg_records_dummy_count (world->records, CVG_RECORDS_INSTANCES), ==, 1);
}

static void
test_auth_data_of_a_lost_server (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GVariant) auth_data = NULL;
  g_autofree char *token = NULL;

  /* The catalogue lost it, and what it gave is still good. */
  g_clear_pointer (&entry->provider, cvg_provider_unref);
  auth_data = cvg_agent_build_auth_data (world->agent, entry, entry->credentials);
  g_variant_lookup (auth_data, "access_token", "s", &token);
  g_assert_cmpstr (token, ==, "hush-A1");
}

static void
test_idle (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);

  g_assert_true (cvg_agent_is_idle (world->agent));
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_start (world);
  g_assert_false (cvg_agent_is_idle (world->agent));
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_settle ();
  g_assert_true (cvg_agent_is_idle (world->agent));
}

static void
test_stop_twice (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  cvg_agent_stop (world->agent);
  cvg_agent_stop (world->agent);
  agent_world_settle ();
  g_assert_true (cvg_agent_is_idle (world->agent));
}

/* A file that got a parameter after the instance was made: the record has no value for it. */
static void
test_later_parameter (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  CvgProvider *provider = cvg_agent_find_server (world->agent, "Tenanted", NULL);
  g_autoptr (CvgInstance) record = cvg_instance_new ();
  g_autoptr (CvgEntry) entry = NULL;
  g_autoptr (CvgEntry) chosen = NULL;
  const char *region = NULL;

  record->tenant = g_variant_ref_sink (g_variant_new_parsed ("{'subdomain': 'acme'}"));
  entry = cvg_entry_new (record, provider);
  g_assert_true (g_variant_lookup (entry->record->tenant, "region", "&s", &region));
  g_assert_cmpstr (region, ==, "eu");
  g_assert_false (g_variant_lookup (record->tenant, "region", "&s", &region));

  g_variant_unref (record->tenant);
  record->tenant =
      g_variant_ref_sink (g_variant_new_parsed ("{'subdomain': 'acme', 'region': 'us'}"));
  chosen = cvg_entry_new (record, provider);
  g_assert_true (chosen->record == record); /* nothing to add */
}

/* Who brings a key has no way to name the addresses of a sign-in, and needs none. */
static void
test_tenant_of_a_key (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  const CvgNewInstance key = {
    .user_id = "ada", .server_name = "Shopify", .owner = "host", .has_key = TRUE
  };
  const CvgNewInstance sign_in = { .user_id = "ada", .server_name = "Shopify", .owner = "host" };
  const CvgNewInstance grant = {
    .user_id = "ada", .server_name = "Tenanted", .owner = "host", .has_key = TRUE
  };
  g_autoptr (GError) no_tenant = NULL;
  g_autoptr (GError) no_other_way = NULL;

  g_assert_nonnull (cvg_agent_create_instance (world->agent, &key, NULL));
  g_assert_null (cvg_agent_create_instance (world->agent, &sign_in, &no_tenant));
  agent_world_assert_error (no_tenant, CVG_ERROR_INVALID_ARGUMENT);
  g_assert_null (cvg_agent_create_instance (world->agent, &grant, &no_other_way));
  agent_world_assert_error (no_other_way, CVG_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/agent/find-server", test_find_server);
  g_test_add_func ("/agent/create", test_create);
  g_test_add_func ("/agent/create/later-parameter", test_later_parameter);
  g_test_add_func ("/agent/create-refused", test_create_refused);
  g_test_add_func ("/agent/auth-data-of-a-lost-server", test_auth_data_of_a_lost_server);
  g_test_add_func ("/agent/idle", test_idle);
  g_test_add_func ("/agent/stopped-twice", test_stop_twice);
  g_test_add_func ("/agent/create/tenant-of-a-key", test_tenant_of_a_key);

  return g_test_run ();
}
