/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/flow.h"

#include <string.h>

#include "dbus/error.h"

#define LOOPBACK "http://127.0.0.1:18417/callback"
#define HTTPS "https://example.org/callback"

static void
test_choice (void)
{
  static const struct
  {
    CvgFlow asked;
    gboolean has_browser;
    gboolean has_device;
    const char *redirect_uri;
    CvgFlow chosen;
    const char *reason; /* part of the sentence; NULL: chosen */
  } vectors[] = {
    /* nobody says which */
    { CVG_FLOW_ANY, TRUE, FALSE, LOOPBACK, CVG_FLOW_LOOPBACK, NULL },
    { CVG_FLOW_ANY, TRUE, FALSE, HTTPS, CVG_FLOW_PASTE, NULL },
    { CVG_FLOW_ANY, TRUE, TRUE, LOOPBACK, CVG_FLOW_LOOPBACK, NULL },
    { CVG_FLOW_ANY, TRUE, TRUE, HTTPS, CVG_FLOW_PASTE, NULL },
    { CVG_FLOW_ANY, FALSE, TRUE, LOOPBACK, CVG_FLOW_DEVICE, NULL },
    { CVG_FLOW_ANY, FALSE, TRUE, NULL, CVG_FLOW_DEVICE, NULL },
    /* that there is no redirect URI is found where one is needed */
    { CVG_FLOW_ANY, TRUE, FALSE, NULL, CVG_FLOW_LOOPBACK, NULL },
    { CVG_FLOW_ANY, FALSE, FALSE, LOOPBACK, 0, "no sign-in that a browser" },
    /* somebody says which */
    { CVG_FLOW_LOOPBACK, TRUE, TRUE, LOOPBACK, CVG_FLOW_LOOPBACK, NULL },
    { CVG_FLOW_LOOPBACK, TRUE, TRUE, HTTPS, 0, "use “paste”" },
    { CVG_FLOW_LOOPBACK, FALSE, TRUE, LOOPBACK, 0, "no sign-in that a browser" },
    { CVG_FLOW_PASTE, TRUE, FALSE, LOOPBACK, CVG_FLOW_PASTE, NULL },
    { CVG_FLOW_PASTE, TRUE, FALSE, HTTPS, CVG_FLOW_PASTE, NULL },
    { CVG_FLOW_PASTE, FALSE, TRUE, HTTPS, 0, "no sign-in that a browser" },
    { CVG_FLOW_DEVICE, TRUE, TRUE, LOOPBACK, CVG_FLOW_DEVICE, NULL },
    { CVG_FLOW_DEVICE, TRUE, TRUE, HTTPS, CVG_FLOW_DEVICE, NULL },
    { CVG_FLOW_DEVICE, FALSE, TRUE, NULL, CVG_FLOW_DEVICE, NULL },
    { CVG_FLOW_DEVICE, TRUE, FALSE, LOOPBACK, 0, "no device flow" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgProvider) provider = cvg_provider_new ();
      g_autoptr (GError) error = NULL;
      CvgFlow flow = vectors[i].asked;
      gboolean possible = FALSE;

      provider->name = g_strdup ("Example");
      provider->authorization_endpoint = g_strdup (vectors[i].has_browser ? "https://a" : NULL);
      provider->device_authorization_endpoint =
          g_strdup (vectors[i].has_device ? "https://d" : NULL);
      possible = cvg_flow_choose (&flow, provider, vectors[i].redirect_uri, &error);

      g_test_message ("row %zu: %s", i, error != NULL ? error->message : "possible");
      g_assert_cmpint (possible, ==, vectors[i].reason == NULL);
      if (possible)
        {
          g_assert_no_error (error);
          g_assert_cmpint (flow, ==, vectors[i].chosen);
          continue;
        }
      g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, vectors[i].reason));
      g_assert_nonnull (strstr (error->message, "Example"));
    }
}

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flow/choice", test_choice);
  return g_test_run ();
}
