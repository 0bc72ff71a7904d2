/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalogue as it is installed: all of its servers, by their names to the letter, for programs
 * name them; and what must be right across files, which no single file can promise.
 */
#include <string.h>

#include "providers/catalogue.h"

typedef struct
{
  const char *name;
  const char *slug;
  const char *path_name; /* (nullable): where it is not the slug */
  const char *kinds;     /* the first leads */
} Server;

/* clang-format off */
static const Server servers[] = {
  { "Affinity", "affinity", NULL, "api-key" },
  { "Airtable", "airtable", NULL, "oauth2;api-key" },
  { "Amplitude", "amplitude", NULL, "oauth2;basic" },
  { "Asana", "asana", NULL, "oauth2;api-key" },
  { "Attio", "attio", NULL, "oauth2;api-key" },
  { "Box", "box", NULL, "oauth2" },
  { "Brave Search", "brave-search", NULL, "api-key" },
  { "Cal.com", "cal-com", "calcom", "oauth2;api-key" },
  { "Canva", "canva", NULL, "oauth2" },
  { "ClickUp", "clickup", NULL, "oauth2;api-key" },
  { "Clockwise", "clockwise", NULL, "oauth2" },
  { "Close", "close", NULL, "oauth2;api-key" },
  { "Cloudflare", "cloudflare", NULL, "api-key" },
  { "Coinbase", "coinbase", NULL, "api-key" },
  { "Confluence", "confluence", NULL, "oauth2;basic" },
  { "Dialpad", "dialpad", NULL, "oauth2;api-key" },
  { "Discord", "discord", NULL, "api-key" },
  { "Doc2markdown", "doc2markdown", NULL, "none" },
  { "DocuSign", "docusign", NULL, "oauth2" },
  { "Dropbox", "dropbox", NULL, "oauth2" },
  { "ElevenLabs", "elevenlabs", NULL, "api-key" },
  { "Exa", "exa", NULL, "api-key" },
  { "Fathom", "fathom", NULL, "oauth2;api-key" },
  { "Fetch URL", "fetch-url", NULL, "none" },
  { "Figma", "figma", NULL, "oauth2;api-key" },
  { "Firecrawl Deep Research", "firecrawl-deep-research", NULL, "api-key" },
  { "Firecrawl Web Search", "firecrawl-web-search", NULL, "api-key" },
  { "Fireflies", "fireflies", NULL, "api-key" },
  { "Freshdesk", "freshdesk", NULL, "api-key" },
  { "GitHub", "github", NULL, "oauth2;api-key" },
  { "GitLab", "gitlab", NULL, "oauth2;api-key" },
  { "Gmail", "gmail", NULL, "oauth2" },
  { "Gong", "gong", NULL, "basic;oauth2" },
  { "Google Calendar", "google-calendar", "gcalendar", "oauth2" },
  { "Google Cloud", "google-cloud", NULL, "oauth2" },
  { "Google Docs", "google-docs", "gdocs", "oauth2" },
  { "Google Drive", "google-drive", "gdrive", "oauth2" },
  { "Google Forms", "google-forms", NULL, "oauth2" },
  { "Google Jobs", "google-jobs", NULL, "api-key" },
  { "Google Sheets", "google-sheets", "gsheets", "oauth2" },
  { "GoogleWorkspaceAtlas", "google-workspace-atlas", NULL, "oauth2" },
  { "Hacker News", "hacker-news", NULL, "none" },
  { "Heygen", "heygen", NULL, "api-key" },
  { "Honeycomb", "honeycomb", NULL, "oauth2;api-key" },
  { "HubSpot", "hubspot", NULL, "oauth2;api-key" },
  { "Hugging Face", "hugging-face", "huggingface", "oauth2;api-key" },
  { "Instagram", "instagram", NULL, "oauth2" },
  { "Intercom", "intercom", NULL, "oauth2;api-key" },
  { "Jira", "jira", NULL, "oauth2;basic" },
  { "Jotform", "jotform", NULL, "oauth2;api-key" },
  { "Klavis ReportGen", "klavis-reportgen", NULL, "none" },
  { "Klaviyo", "klaviyo", NULL, "oauth2;api-key" },
  { "Linear", "linear", NULL, "oauth2;api-key" },
  { "LinkedIn", "linkedin", NULL, "oauth2" },
  { "Markdown2doc", "markdown2doc", NULL, "none" },
  { "Mem0", "mem0", NULL, "api-key" },
  { "Microsoft Teams", "microsoft-teams", "teams", "oauth2" },
  { "Mixpanel", "mixpanel", NULL, "basic" },
  { "Monday", "monday", NULL, "oauth2;api-key" },
  { "Moneybird", "moneybird", NULL, "api-key;oauth2" },
  { "MongoDB", "mongodb", NULL, "connection-string" },
  { "Motion", "motion", NULL, "api-key" },
  { "Netlify", "netlify", NULL, "oauth2;api-key" },
  { "Notion", "notion", NULL, "oauth2;api-key" },
  { "OneDrive", "onedrive", NULL, "oauth2" },
  { "Openrouter", "openrouter", NULL, "api-key" },
  { "Outlook Calendar", "outlook-calendar", "mscalendar", "oauth2" },
  { "Outlook Mail", "outlook-mail", "outlook", "oauth2" },
  { "PagerDuty", "pagerduty", NULL, "oauth2;api-key" },
  { "PayPal", "paypal", NULL, "oauth2;basic" },
  { "Pipedrive", "pipedrive", NULL, "oauth2;api-key" },
  { "Plai", "plai", NULL, "api-key" },
  { "PostHog", "posthog", NULL, "api-key" },
  { "Postgres", "postgres", NULL, "connection-string" },
  { "Postman", "postman", NULL, "api-key" },
  { "QuickBooks", "quickbooks", NULL, "oauth2" },
  { "Resend", "resend", NULL, "api-key" },
  { "Salesforce", "salesforce", NULL, "oauth2" },
  { "SendGrid", "sendgrid", NULL, "api-key" },
  { "Sentry", "sentry", NULL, "oauth2;api-key" },
  { "ServiceNow", "servicenow", NULL, "basic;oauth2" },
  { "Sharesight", "sharesight", NULL, "oauth2" },
  { "Shopify", "shopify", NULL, "api-key;oauth2" },
  { "Slack", "slack", NULL, "oauth2;api-key" },
  { "Snowflake", "snowflake", NULL, "oauth2;api-key" },
  { "Square", "square", NULL, "oauth2;api-key" },
  { "Stripe", "stripe", NULL, "oauth2;api-key" },
  { "Supabase", "supabase", NULL, "oauth2;api-key" },
  { "Tavily", "tavily", NULL, "api-key" },
  { "Vercel", "vercel", NULL, "oauth2;api-key" },
  { "Weights and Biases", "weights-and-biases", NULL, "api-key" },
  { "WhatsApp", "whatsapp", NULL, "api-key" },
  { "WordPress", "wordpress", NULL, "oauth2" },
  { "YouTube", "youtube", NULL, "oauth2" },
  { "Zendesk", "zendesk", NULL, "oauth2;basic" },
  { "Zoho Mail", "zoho-mail", NULL, "oauth2" },
};
/* clang-format on */

static CvgCatalogue *
load (void)
{
  g_autofree char *directory = g_test_build_filename (G_TEST_DIST, "..", "data", "providers", NULL);
  const char *const directories[] = { directory, NULL };

  return cvg_catalogue_load (directories);
}

static void
test_names (void)
{
  g_autoptr (CvgCatalogue) catalogue = load ();
  g_autoptr (GPtrArray) list = cvg_catalogue_list (catalogue);

  for (size_t i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      const CvgProvider *provider = cvg_catalogue_lookup (catalogue, servers[i].name);
      g_autofree char *kinds = NULL;

      if (provider == NULL)
        {
          g_test_fail_printf ("%s is not in the catalogue", servers[i].name);
          continue;
        }
      kinds = g_strjoinv (";", provider->kinds);
      g_assert_cmpstr (provider->slug, ==, servers[i].slug);
      g_assert_cmpstr (provider->path_name, ==, servers[i].path_name);
      g_assert_cmpstr (kinds, ==, servers[i].kinds);
      g_assert_nonnull (provider->documentation);
    }

  g_assert_cmpuint (G_N_ELEMENTS (servers), ==, 96);
  g_assert_cmpuint (list->len, ==, 96);
}

/* Adds @value (nullable), which nobody may have had before. */
static void
assert_new (GHashTable *seen, const char *value, const char *server)
{
  if (value == NULL)
    return;
  if (g_hash_table_contains (seen, value))
    g_test_fail_printf ("%s has “%s”, and so has %s", server, value,
                        (const char *) g_hash_table_lookup (seen, value));
  g_hash_table_insert (seen, (gpointer) value, (gpointer) server);
}

/* Paths of the HTTP face are told apart by nothing else. */
static void
test_paths (void)
{
  g_autoptr (CvgCatalogue) catalogue = load ();
  g_autoptr (GPtrArray) list = cvg_catalogue_list (catalogue);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < list->len; i++)
    {
      const CvgProvider *provider = g_ptr_array_index (list, i);

      assert_new (seen, provider->slug, provider->name);
      if (g_strcmp0 (provider->path_name, provider->slug) != 0)
        assert_new (seen, provider->path_name, provider->name);
    }
}

/* So that an answer can't be taken for another server's. Two share one on purpose: their vendor has
 * one application for both, with one address. */
static void
test_redirects (void)
{
  g_autoptr (CvgCatalogue) catalogue = load ();
  g_autoptr (GPtrArray) list = cvg_catalogue_list (catalogue);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < list->len; i++)
    {
      const CvgProvider *provider = g_ptr_array_index (list, i);
      g_autofree char *ending = g_strconcat (":18417/callback/", provider->slug, NULL);

      if (provider->redirect_uri == NULL || g_str_equal (provider->name, "Jira"))
        continue;
      assert_new (seen, provider->redirect_uri, provider->name);
      if (!g_str_equal (provider->name, "Confluence"))
        g_assert_true (g_str_has_suffix (provider->redirect_uri, ending));
    }

  g_assert_cmpstr (cvg_catalogue_lookup (catalogue, "Jira")->redirect_uri, ==,
                   cvg_catalogue_lookup (catalogue, "Confluence")->redirect_uri);
}

/* Each {name} of the header is something that the person is asked for. */
static void
assert_header (const CvgProvider *provider)
{
  const char *place = provider->api_key_header;

  while (place != NULL && (place = strchr (place, '{')) != NULL)
    {
      g_autofree char *name = g_strndup (place + 1, strcspn (place + 1, "}"));

      if (!g_strv_contains ((const char *const *) provider->api_key_fields, name))
        g_test_fail_printf ("%s sends {%s}, which is not one of its Fields", provider->name, name);
      place++;
    }
}

static void
test_ways_in (void)
{
  g_autoptr (CvgCatalogue) catalogue = load ();
  g_autoptr (GPtrArray) list = cvg_catalogue_list (catalogue);
  guint n_oauth2 = 0;

  for (guint i = 0; i < list->len; i++)
    {
      const CvgProvider *provider = g_ptr_array_index (list, i);
      gboolean has_oauth2 = cvg_provider_has_kind (provider, "oauth2");
      gboolean has_key = cvg_provider_has_kind (provider, "api-key") ||
                         cvg_provider_has_kind (provider, "basic") ||
                         cvg_provider_has_kind (provider, "connection-string");

      n_oauth2 += has_oauth2 ? 1 : 0;
      if (has_oauth2 != (provider->token_endpoint != NULL || provider->resource != NULL))
        g_test_fail_printf ("%s: either its kind or its [OAuth2] is wrong", provider->name);
      if (has_key != (*provider->api_key_fields != NULL))
        g_test_fail_printf ("%s: either its kind or its [ApiKey] is wrong", provider->name);
      assert_header (provider);
    }

  g_assert_cmpuint (n_oauth2, ==, 64);
}

/* Whether {name} is what the host of @url (nullable) ends with: then its value decides whose host
 * that is, and not only which of a vendor's. */
static gboolean
ends_host (const char *url, const char *name)
{
  g_autofree char *place = g_strconcat ("{", name, "}", NULL);
  const char *host = url != NULL ? strstr (url, "://") : NULL;
  g_autofree char *text = host != NULL ? g_strndup (host + 3, strcspn (host + 3, "/?")) : NULL;

  return text != NULL && g_str_has_suffix (text, place);
}

static void
assert_refuses (const CvgProvider *provider, const CvgTenantParameter *parameter, const char *value)
{
  if (g_regex_match (parameter->regex, value, 0, NULL))
    g_test_fail_printf ("%s: [Tenant] %s takes “%s”", provider->name, parameter->name, value);
}

/* Whose value the whole host ends with must be one of a vendor's own. */
static void
assert_refuses_foreign_hosts (const CvgProvider *provider, const CvgTenantParameter *parameter)
{
  static const char *const foreign[] = { "evil.example", "evil.com", "com.evil.example", "a.b.c" };
  g_autofree char *after = g_strconcat (parameter->default_value, ".evil.example", NULL);
  g_autofree char *before = g_strconcat ("evil", parameter->default_value, NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (foreign); i++)
    assert_refuses (provider, parameter, foreign[i]);
  g_assert_nonnull (parameter->default_value);
  assert_refuses (provider, parameter, after);
  assert_refuses (provider, parameter, before);
}

static void
assert_is_narrow (const CvgProvider *provider, const CvgTenantParameter *parameter)
{
  static const char *const hostile[] = { "",    " ",    "a/b",   "a@b", "a:1", "a?b",
                                         "a#b", "a\\b", "a%2fb", "..",  ".",   "-",
                                         "a\n", "ä",    "a..b",  ".a",  "a.",  "{a}" };

  for (size_t i = 0; i < G_N_ELEMENTS (hostile); i++)
    assert_refuses (provider, parameter, hostile[i]);
  if (ends_host (provider->token_endpoint, parameter->name) ||
      ends_host (provider->authorization_endpoint, parameter->name) ||
      ends_host (provider->resource, parameter->name))
    assert_refuses_foreign_hosts (provider, parameter);
}

static void
test_tenants (void)
{
  g_autoptr (CvgCatalogue) catalogue = load ();
  g_autoptr (GPtrArray) list = cvg_catalogue_list (catalogue);

  for (guint i = 0; i < list->len; i++)
    {
      const CvgProvider *provider = g_ptr_array_index (list, i);

      for (guint j = 0; j < provider->tenant_parameters->len; j++)
        {
          const CvgTenantParameter *parameter = g_ptr_array_index (provider->tenant_parameters, j);

          g_assert_nonnull (parameter->description);
          assert_is_narrow (provider, parameter);
        }
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shipped/names", test_names);
  g_test_add_func ("/shipped/paths", test_paths);
  g_test_add_func ("/shipped/redirects", test_redirects);
  g_test_add_func ("/shipped/ways-in", test_ways_in);
  g_test_add_func ("/shipped/tenants", test_tenants);
  return g_test_run ();
}
