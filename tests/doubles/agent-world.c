/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "doubles/agent-world.h"

/* More turns of the main loop than anything here takes: beyond it something goes round. */
#define MANY_TURNS 10000

/* ---- logs ------------------------------------------------------------------------------------ */

/* (owned) (element-type utf8) (nullable): what the agent warned of and no test has taken yet. */
static GPtrArray *warnings;

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *message = "";
  gboolean is_ours = FALSE;

  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      message = fields[i].value;
    else if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      is_ours = g_str_has_prefix (fields[i].value, "claviger-");

  g_assert_null (strstr (message, AGENT_WORLD_SECRET));
  if (!is_ours || (level & G_LOG_LEVEL_MASK) != G_LOG_LEVEL_WARNING)
    return g_log_writer_default (level, fields, n_fields, user_data);

  g_ptr_array_add (warnings, g_strdup (message));
  return G_LOG_WRITER_HANDLED;
}

/**
 * agent_world_init:
 *
 * As g_test_init(); and from now on no log line may have a secret in it, and every warning of ours
 * must be taken by agent_world_take_warning().
 */
void
agent_world_init (int *argc, char ***argv)
{
  warnings = g_ptr_array_new_with_free_func (g_free);
  g_log_writer_default_set_use_stderr (TRUE);
  g_log_set_writer_func (write_log, NULL, NULL);
  g_test_init (argc, argv, NULL);
}

/** agent_world_take_warning: there is a warning, and the first one has @part in it */
void
agent_world_take_warning (const char *part)
{
  g_assert_cmpuint (warnings->len, >, 0);
  if (strstr (g_ptr_array_index (warnings, 0), part) == NULL)
    g_assert_cmpstr (g_ptr_array_index (warnings, 0), ==, part);
  g_ptr_array_remove_index (warnings, 0);
}

/* ---- beginning and end ----------------------------------------------------------------------- */

/** agent_world_settle: does all that can be done without time passing or a test answering */
void
agent_world_settle (void)
{
  for (guint turn = 0; g_main_context_iteration (NULL, FALSE); turn++)
    g_assert_cmpuint (turn, <, MANY_TURNS);
}

/** agent_world_pass: time passes, and what comes of it is done */
void
agent_world_pass (AgentWorld *world, guint seconds)
{
  /* A second at a time, so that what an alarm begins has its turn before the next one. */
  for (guint i = 0; i < seconds; i++)
    {
      cvg_clock_dummy_advance (world->clock, G_USEC_PER_SEC);
      agent_world_settle ();
    }
}

/**
 * agent_world_on_ready:
 * @user_data: a (GAsyncResult **) that points to %NULL, which owns the result then
 *
 * A callback for every operation; that it comes only once is checked.
 */
void
agent_world_on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

static void
make_agent (AgentWorld *world)
{
  const CvgAgentPorts ports = {
    .catalogue = world->catalogue,
    .http = CVG_HTTP (world->http),
    .clock = CVG_CLOCK (world->clock),
    .vault = CVG_VAULT (world->vault),
    .records = CVG_RECORDS (world->records),
    .journal = CVG_JOURNAL (world->journal),
    .network = CVG_NETWORK (world->network),
    .sleep = CVG_SLEEP (world->sleep),
    .notify = CVG_NOTIFY (world->notify),
    .redirect = CVG_REDIRECT (world->redirect),
    .browser = CVG_BROWSER (world->browser),
  };

  world->agent = cvg_agent_new (&ports);
  world->instances = cvg_agent_get_instances (world->agent);
  world->clients = cvg_agent_get_clients (world->agent);
  world->keeper = cvg_agent_get_keeper (world->agent);
}

/**
 * agent_world_new_at:
 * @now: Unix seconds at which it begins
 * @catalogue: (transfer full): the servers there are
 *
 * Returns: (transfer full): a world whose agent has not been started
 */
AgentWorld *
agent_world_new_at (gint64 now, CvgCatalogue *catalogue, CvgVaultState found)
{
  AgentWorld *world = g_new0 (AgentWorld, 1);

  world->catalogue = catalogue;
  world->clock = cvg_clock_dummy_new (now * G_TIME_SPAN_SECOND);
  world->vault = cvg_vault_dummy_new (found);
  world->http = cvg_http_dummy_new ();
  world->records = cvg_records_dummy_new ();
  world->journal = cvg_journal_dummy_new ();
  world->network = cvg_network_dummy_new ();
  world->sleep = cvg_sleep_dummy_new ();
  world->notify = cvg_notify_dummy_new ();
  world->redirect = cvg_redirect_dummy_new ();
  world->browser = cvg_browser_dummy_new ();

  make_agent (world);
  return world;
}

/** agent_world_new: Returns: (transfer full): a world whose agent has not been started */
AgentWorld *
agent_world_new (CvgVaultState found)
{
  g_autofree char *shipped = g_test_build_filename (G_TEST_DIST, "..", "data", "providers", NULL);
  g_autofree char *invented = g_test_build_filename (G_TEST_DIST, "doubles", "providers", NULL);
  const char *const directories[] = { shipped, invented, NULL };
  CvgCatalogue *catalogue = cvg_catalogue_load (directories);

  /* Else G_TEST_SRCDIR is not tests/, and what follows could not be understood. */
  g_assert_nonnull (cvg_catalogue_lookup (catalogue, "Confluence"));
  return agent_world_new_at (AGENT_WORLD_NOW, catalogue, found);
}

/**
 * agent_world_restart:
 *
 * The daemon ends in good order and another one starts, on what is left on the disk and in the
 * keyring. Every entry of before is gone.
 */
void
agent_world_restart (AgentWorld *world)
{
  cvg_agent_stop (world->agent);
  agent_world_settle ();
  g_assert_true (cvg_agent_is_idle (world->agent));
  g_assert_finalize_object (world->agent);
  make_agent (world);
  agent_world_start (world);
}

static void
copy_records (AgentWorld *from, AgentWorld *to, const char *kind, const char *key)
{
  g_autoptr (GPtrArray) records = cvg_records_load (CVG_RECORDS (from->records), kind);

  for (guint i = 0; i < records->len; i++)
    {
      GVariant *record = g_ptr_array_index (records, i);
      const char *id = NULL;

      g_assert_true (g_variant_lookup (record, key, "&s", &id));
      cvg_records_save (CVG_RECORDS (to->records), kind, id, record);
    }
}

/**
 * agent_world_crash:
 *
 * Returns: (transfer full): the world in which the next daemon would start if that of @world were
 *   killed at this moment: the same disk and keyring, unlocked, and the same time. @world goes on
 *   beside it, and is to be freed as ever
 */
AgentWorld *
agent_world_crash (AgentWorld *world)
{
  AgentWorld *next = agent_world_new (CVG_VAULT_UNLOCKED);

  cvg_clock_dummy_set_now (next->clock, cvg_clock_get_now (CVG_CLOCK (world->clock)));
  cvg_vault_dummy_copy (world->vault, next->vault);
  copy_records (world, next, CVG_RECORDS_INSTANCES, "instance-id");
  copy_records (world, next, CVG_RECORDS_CLIENTS, "id");
  return next;
}

/** agent_world_start: starts the agent, and waits until it has what it can have */
void
agent_world_start (AgentWorld *world)
{
  cvg_agent_start (world->agent);
  agent_world_settle ();
}

/**
 * agent_world_new_started:
 *
 * Returns: (transfer full): a started world with a client of Confluence and an instance of it,
 *   which is signed in for an hour with a refresh token
 */
AgentWorld *
agent_world_new_started (CvgVaultState found)
{
  AgentWorld *world = agent_world_new (found);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);

  agent_world_seed_client (world, "Confluence", "hush-S");
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  agent_world_start (world);
  return world;
}

/**
 * agent_world_free:
 *
 * Stops the agent and checks that nothing is left of it: no work, no alarm, no open port, no
 * reference. Every scripted answer must have been asked for.
 */
void
agent_world_free (AgentWorld *world)
{
  cvg_agent_stop (world->agent);
  agent_world_settle ();
  g_assert_true (cvg_agent_is_idle (world->agent));
  g_assert_cmpuint (cvg_http_dummy_get_queued (world->http), ==, 0);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 0);
  g_assert_finalize_object (world->agent);

  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
  g_assert_cmpuint (cvg_redirect_dummy_get_opened (world->redirect), ==,
                    cvg_redirect_dummy_get_closed (world->redirect));
  g_assert_finalize_object (world->browser);
  g_assert_finalize_object (world->redirect);
  g_assert_finalize_object (world->records);
  g_assert_finalize_object (world->journal);
  g_assert_finalize_object (world->notify);
  g_assert_finalize_object (world->sleep);
  g_assert_finalize_object (world->network);
  g_assert_finalize_object (world->http);
  g_assert_finalize_object (world->vault);
  g_assert_finalize_object (world->clock);
  cvg_catalogue_free (world->catalogue);
  g_free (world);

  if (warnings != NULL && warnings->len > 0)
    g_assert_cmpstr (g_ptr_array_index (warnings, 0), ==, NULL);
}

/* ---- what is in it --------------------------------------------------------------------------- */

/**
 * agent_world_credentials:
 * @refresh_token: (nullable): none
 * @lifetime: seconds from the beginning of the world; 0: for ever
 *
 * Returns: (transfer full): credentials of serial 1
 */
CvgCredentials *
agent_world_credentials (const char *access_token, const char *refresh_token, guint lifetime)
{
  CvgCredentials *credentials = cvg_credentials_new ();

  credentials->serial = 1;
  credentials->access_token = cvg_secret_new (access_token);
  credentials->refresh_token = refresh_token != NULL ? cvg_secret_new (refresh_token) : NULL;
  credentials->token_type = g_strdup ("Bearer");
  credentials->scope = g_strdup ("read:me offline_access");
  credentials->client_id = g_strdup (AGENT_WORLD_CLIENT_ID);
  credentials->obtained_at = AGENT_WORLD_NOW;
  credentials->expires_at = lifetime > 0 ? AGENT_WORLD_NOW + lifetime : 0;
  return credentials;
}

static CvgInstance *
make_record (const char *id, const char *server_name)
{
  CvgInstance *record = cvg_instance_new ();

  record->id = g_strdup (id);
  record->user_id = g_strdup ("user");
  record->server_name = g_strdup (server_name);
  record->owner = g_strdup ("host");
  record->created_at = AGENT_WORLD_NOW - 1000;
  return record;
}

/**
 * agent_world_seed_instance_of:
 * @server_name: name in the catalogue
 * @credentials: (transfer none): in the keyring
 *
 * An instance that was signed in before the agent was started.
 */
void
agent_world_seed_instance_of (AgentWorld *world,
                              const char *server_name,
                              const char *id,
                              CvgCredentials *credentials)
{
  g_autoptr (CvgInstance) record = make_record (id, server_name);
  g_autoptr (GVariant) identity = NULL;
  g_autoptr (CvgSecret) packed = NULL;

  record->signed_in = TRUE;
  record->authorized_at = AGENT_WORLD_AUTHORIZED_AT;
  record->last_serial = credentials->serial;
  identity = cvg_instance_to_record (record);
  packed = cvg_credentials_pack (credentials, identity);
  cvg_records_save (CVG_RECORDS (world->records), CVG_RECORDS_INSTANCES, id, identity);
  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, id, cvg_secret_peek (packed));
}

/** agent_world_seed_instance: the same, of Confluence */
void
agent_world_seed_instance (AgentWorld *world, const char *id, CvgCredentials *credentials)
{
  agent_world_seed_instance_of (world, "Confluence", id, credentials);
}

/**
 * agent_world_seed_client:
 * @secret: (nullable): in the keyring; %NULL: a public client
 *
 * A default client that was added before the agent was started.
 */
void
agent_world_seed_client (AgentWorld *world, const char *server_name, const char *secret)
{
  g_autoptr (CvgClient) client = cvg_client_new ();
  g_autoptr (GVariant) record = NULL;

  client->id = g_strdup (AGENT_WORLD_CLIENT_UUID);
  client->server_name = g_strdup (server_name);
  client->client_id = g_strdup (AGENT_WORLD_CLIENT_ID);
  client->is_default = TRUE;
  client->has_secret = secret != NULL;
  client->created_at = AGENT_WORLD_NOW - 1000;
  record = cvg_client_to_record (client);
  cvg_records_save (CVG_RECORDS (world->records), CVG_RECORDS_CLIENTS, client->id, record);
  if (secret != NULL)
    cvg_vault_dummy_put (world->vault, CVG_VAULT_CLIENT, client->id, secret);
}

/** agent_world_lookup: Returns: (transfer none): the instance @id, which is there */
CvgEntry *
agent_world_lookup (AgentWorld *world, const char *id)
{
  g_autoptr (GError) error = NULL;
  CvgEntry *entry = cvg_instances_lookup (world->instances, id, &error);

  g_assert_no_error (error);
  return entry;
}

/** agent_world_status_of: Returns: (transfer none): its status, as the contract spells it */
const char *
agent_world_status_of (AgentWorld *world, const char *id)
{
  return cvg_entry_get_status (agent_world_lookup (world, id), cvg_keeper_is_open (world->keeper));
}

/** agent_world_add_instance: Returns: (transfer none): a new instance, signed out */
CvgEntry *
agent_world_add_instance (AgentWorld *world, const char *server_name)
{
  const CvgNewInstance made = { .user_id = "user", .server_name = server_name, .owner = "host" };
  g_autoptr (GError) error = NULL;
  CvgEntry *entry = cvg_agent_create_instance (world->agent, &made, &error);

  g_assert_no_error (error);
  return entry;
}

/* (nullable): what the keyring has of the instance @id. */
static char *
dup_stored (AgentWorld *world, const char *id)
{
  const CvgSecret *packed = cvg_vault_dummy_peek (world->vault, CVG_VAULT_CREDENTIALS, id);
  g_autoptr (CvgCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  if (packed == NULL)
    return NULL;

  credentials = cvg_credentials_unpack (packed, NULL, &error);
  g_assert_no_error (error);
  return g_strdup_printf (
      "%s/%s/%" G_GUINT64_FORMAT,
      credentials->access_token != NULL ? cvg_secret_peek (credentials->access_token) : "",
      credentials->refresh_token != NULL ? cvg_secret_peek (credentials->refresh_token) : "",
      credentials->serial);
}

/**
 * agent_world_assert_stored:
 * @expected: (nullable): "ACCESS/REFRESH/SERIAL"
 *
 * The keyring has just that of the instance @id.
 */
void
agent_world_assert_stored (AgentWorld *world, const char *id, const char *expected)
{
  g_autofree char *stored = dup_stored (world, id);

  g_assert_cmpstr (stored, ==, expected);
}

/**
 * agent_world_push_token:
 * @refresh: (nullable): the new refresh token; %NULL: none in the answer
 *
 * Scripts an answer of the token endpoint, for an hour.
 */
void
agent_world_push_token (AgentWorld *world, const char *access, const char *refresh)
{
  g_autofree char *rotated =
      refresh != NULL ? g_strdup_printf (",\"refresh_token\":\"%s\"", refresh) : g_strdup ("");
  g_autofree char *body = g_strdup_printf (
      "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":3600%s}", access, rotated);

  cvg_http_dummy_push_json (world->http, 200, body);
}

/* ---- sign-ins -------------------------------------------------------------------------------- */

/**
 * agent_world_begin:
 * @options: (nullable): the defaults
 *
 * Returns: (transfer full): a sign-in to @entry that waits for its answer
 */
CvgSignIn *
agent_world_begin (AgentWorld *world, CvgEntry *entry, const CvgSignInOptions *options)
{
  const CvgSignInOptions defaults = CVG_SIGN_IN_OPTIONS_INIT;
  CvgSignIns *sign_ins = cvg_agent_get_sign_ins (world->agent);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CvgSignIn *sign_in = NULL;

  cvg_sign_ins_begin_async (sign_ins, entry, options != NULL ? options : &defaults, NULL,
                            agent_world_on_ready, &result);
  agent_world_settle ();
  g_assert_nonnull (result);
  sign_in = cvg_sign_ins_begin_finish (sign_ins, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cvg_sign_in_get_phase (sign_in), ==, CVG_PHASE_IS_WAITING);
  return sign_in;
}

/** agent_world_dup_parameter: Returns: (transfer full) (nullable): @name in the query of @url */
char *
agent_world_dup_parameter (const char *url, const char *name)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (GHashTable) parameters = NULL;

  g_assert_nonnull (uri);
  parameters = g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_NONE, NULL);
  g_assert_nonnull (parameters);
  return g_strdup (g_hash_table_lookup (parameters, name));
}

/** agent_world_dup_answer: Returns: (transfer full): the query with its state, and @what before */
char *
agent_world_dup_answer (CvgSignIn *sign_in, const char *what)
{
  g_autofree char *state = agent_world_dup_parameter (cvg_sign_in_get_url (sign_in), "state");

  return g_strdup_printf ("%s&state=%s", what, state);
}

/**
 * agent_world_answer:
 * @what: "code=hush-C", or "error=…"
 *
 * The browser comes back with the state of @sign_in, and what comes of it is done.
 *
 * Returns: the number of the visit: cvg_redirect_dummy_get_page()
 */
guint
agent_world_answer (AgentWorld *world, CvgSignIn *sign_in, const char *what)
{
  g_autofree char *query = agent_world_dup_answer (sign_in, what);
  guint visit =
      cvg_redirect_dummy_visit (world->redirect, cvg_sign_in_get_redirect_uri (sign_in), query);

  agent_world_settle ();
  return visit;
}

/** agent_world_push_profile: scripts what is asked after a sign-in to Confluence: site, account */
void
agent_world_push_profile (AgentWorld *world)
{
  cvg_http_dummy_push_json (world->http, 200,
                            "[{\"id\":\"site\",\"name\":\"Site\",\"url\":\"https://site\"}]");
  cvg_http_dummy_push_json (world->http, 200, "{\"name\":\"Name\",\"email\":\"n@example.org\"}");
}
