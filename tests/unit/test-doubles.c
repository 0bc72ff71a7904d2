/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The doubles are what other tests stand on, so they are tested where they do more than remember.
 */
#include "doubles/browser-dummy.h"
#include "doubles/http-dummy.h"
#include "doubles/network-dummy.h"
#include "doubles/notify-dummy.h"
#include "doubles/redirect-dummy.h"
#include "doubles/sleep-dummy.h"
#include "dbus/error.h"

#define URI "http://127.0.0.1:18417/callback"

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static void
send (CvgHttpDummy *http, const char *body, GCancellable *cancellable, GAsyncResult **slot)
{
  g_autoptr (CvgHttpRequest) request = cvg_http_request_new ("POST", "https://idp.invalid/token");

  request->body = cvg_secret_new (body);
  cvg_http_send_async (CVG_HTTP (http), request, cancellable, on_ready, slot);
}

static void
wait_for (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_http_script (void)
{
  CvgHttpDummy *http = cvg_http_dummy_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_push_json (http, 200, "{}");
  cvg_http_dummy_push_error (http, g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "no network"));

  send (http, "a=1", NULL, &first);
  g_assert_null (first);
  wait_for (&first);
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (http), first, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  g_assert_cmpstr (cvg_secret_peek (response->body), ==, "{}");

  send (http, "b=2", NULL, &second);
  wait_for (&second);
  g_assert_null (cvg_http_send_finish (CVG_HTTP (http), second, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_TRY_LATER);

  g_assert_cmpuint (cvg_http_dummy_get_count (http), ==, 2);
  g_assert_cmpstr (cvg_http_dummy_get_request (http, 1)->body, ==, "b=2");
  g_clear_object (&first);
  g_clear_object (&second);
  g_assert_finalize_object (http);
}

static void
test_http_hold (void)
{
  CvgHttpDummy *http = cvg_http_dummy_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) left = NULL;
  g_autoptr (GAsyncResult) stays = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_set_hold (http, TRUE);
  cvg_http_dummy_push_json (http, 200, "{}");
  send (http, "a=1", cancellable, &left);
  send (http, "b=2", NULL, &stays);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (left);
  g_assert_null (stays);
  g_assert_cmpuint (cvg_http_dummy_get_held (http), ==, 2);

  g_cancellable_cancel (cancellable);
  wait_for (&left);
  g_assert_null (cvg_http_send_finish (CVG_HTTP (http), left, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (cvg_http_dummy_get_held (http), ==, 1);

  cvg_http_dummy_answer (http);
  wait_for (&stays);
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (http), stays, NULL);
  g_assert_nonnull (response);
  g_clear_object (&left);
  g_clear_object (&stays);
  g_assert_finalize_object (http);
}

static void
test_http_was_sent (void)
{
  CvgHttpDummy *http = cvg_http_dummy_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *results[3] = { NULL };

  cvg_http_dummy_push_unsent_error (http, g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "no route"));
  cvg_http_dummy_push_error (http, g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "dropped"));
  g_cancellable_cancel (cancellable);
  send (http, "a=1", NULL, &results[0]);
  send (http, "b=2", NULL, &results[1]);
  send (http, "c=3", cancellable, &results[2]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      wait_for (&results[i]);
      g_assert_null (cvg_http_send_finish (CVG_HTTP (http), results[i], NULL));
      g_assert_true (cvg_http_was_sent (CVG_HTTP (http), results[i]) == (i == 1));
      g_clear_object (&results[i]);
    }
  g_assert_finalize_object (http);
}

static void
count (gpointer emitter, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
test_network (void)
{
  CvgNetworkDummy *network = cvg_network_dummy_new ();
  guint changes = 0;

  g_signal_connect (network, "changed", G_CALLBACK (count), &changes);
  g_assert_true (cvg_network_is_up (CVG_NETWORK (network)));
  cvg_network_dummy_set_up (network, FALSE);
  g_assert_false (cvg_network_is_up (CVG_NETWORK (network)));
  cvg_network_dummy_set_up (network, TRUE);
  cvg_network_dummy_set_up (network, TRUE);
  g_assert_cmpuint (changes, ==, 3);
  g_assert_finalize_object (network);
}

static void
test_sleep (void)
{
  CvgSleepDummy *sleep = cvg_sleep_dummy_new ();
  guint about = 0;
  guint awake = 0;

  g_signal_connect (sleep, "about-to-sleep", G_CALLBACK (count), &about);
  g_signal_connect (sleep, "awake", G_CALLBACK (count), &awake);
  g_assert_false (cvg_sleep_dummy_is_allowed (sleep));
  cvg_sleep_dummy_about_to_sleep (sleep);
  g_assert_false (cvg_sleep_dummy_is_allowed (sleep));
  cvg_sleep_allow (CVG_SLEEP (sleep));
  g_assert_true (cvg_sleep_dummy_is_allowed (sleep));
  cvg_sleep_dummy_awake (sleep);
  cvg_sleep_dummy_about_to_sleep (sleep);
  g_assert_false (cvg_sleep_dummy_is_allowed (sleep));
  g_assert_cmpuint (cvg_sleep_dummy_get_allows (sleep), ==, 1);
  g_assert_cmpuint (about, ==, 2);
  g_assert_cmpuint (awake, ==, 1);
  g_assert_finalize_object (sleep);
}

static void
test_notify (void)
{
  CvgNotifyDummy *dummy = cvg_notify_dummy_new ();
  CvgNotify *notify = CVG_NOTIFY (dummy);

  cvg_notify_show (notify, "a", "A", "first");
  cvg_notify_show (notify, "b", "B", "other");
  cvg_notify_show (notify, "a", "A", "second");
  g_assert_cmpuint (cvg_notify_dummy_get_count (dummy), ==, 2);
  g_assert_cmpuint (cvg_notify_dummy_get_shows (dummy), ==, 3);
  g_assert_cmpstr (cvg_notify_dummy_get_title (dummy, "a"), ==, "A");
  g_assert_cmpstr (cvg_notify_dummy_get_body (dummy, "a"), ==, "second");

  cvg_notify_withdraw (notify, "a");
  cvg_notify_withdraw (notify, "a");
  g_assert_null (cvg_notify_dummy_get_body (dummy, "a"));
  g_assert_cmpuint (cvg_notify_dummy_get_count (dummy), ==, 1);
  g_assert_cmpuint (cvg_notify_dummy_get_withdrawals (dummy), ==, 1);
  g_assert_finalize_object (notify);
}

static void
on_redirect (const char *uri, const char *query, CvgRedirectReply *reply, gpointer user_data)
{
  CvgRedirectReply **slot = user_data;

  g_assert_cmpstr (uri, ==, URI);
  g_assert_cmpstr (query, ==, "code=1");
  *slot = reply;
}

static void
test_redirect (void)
{
  CvgRedirectDummy *redirect = cvg_redirect_dummy_new ();
  CvgRedirectReply *reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *exact =
      cvg_redirect_open (CVG_REDIRECT (redirect), URI, FALSE, on_redirect, &reply, &error);
  g_autofree char *any =
      cvg_redirect_open (CVG_REDIRECT (redirect), URI, TRUE, on_redirect, &reply, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (exact, ==, URI);
  g_assert_cmpstr (any, ==, "http://127.0.0.1:20001/callback");
  g_assert_cmpuint (cvg_redirect_dummy_get_users (redirect, URI), ==, 1);

  guint visit = cvg_redirect_dummy_visit (redirect, URI, "code=1");
  g_assert_nonnull (reply);
  g_assert_null (cvg_redirect_dummy_get_page (redirect, visit));
  cvg_redirect_reply_send (reply, cvg_page_new (200, CVG_PAGE_SUCCESS, "Done", NULL, NULL));
  g_assert_cmpstr (cvg_redirect_dummy_get_page (redirect, visit)->title, ==, "Done");

  cvg_redirect_close (CVG_REDIRECT (redirect), exact);
  cvg_redirect_close (CVG_REDIRECT (redirect), any);
  g_assert_cmpuint (cvg_redirect_dummy_get_users (redirect, URI), ==, 0);
  g_assert_cmpuint (cvg_redirect_dummy_get_closed (redirect), ==, 2);

  cvg_redirect_dummy_set_port_in_use (redirect, TRUE);
  g_assert_null (
      cvg_redirect_open (CVG_REDIRECT (redirect), URI, FALSE, on_redirect, &reply, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_PORT_IN_USE);
  g_assert_finalize_object (redirect);
}

static void
test_browser (void)
{
  CvgBrowserDummy *browser = cvg_browser_dummy_new ();
  g_autoptr (GAsyncResult) good = NULL;
  g_autoptr (GAsyncResult) bad = NULL;
  g_autoptr (GError) error = NULL;

  cvg_browser_open_async (CVG_BROWSER (browser), "https://idp.invalid/", "t", NULL, on_ready,
                          &good);
  wait_for (&good);
  g_assert_true (cvg_browser_open_finish (CVG_BROWSER (browser), good, &error));
  g_assert_cmpstr (cvg_browser_dummy_get_url (browser, 0), ==, "https://idp.invalid/");
  g_assert_cmpstr (cvg_browser_dummy_get_token (browser, 0), ==, "t");

  cvg_browser_dummy_set_error (browser, g_error_new (CVG_ERROR, CVG_ERROR_FAILED, "no browser"));
  cvg_browser_open_async (CVG_BROWSER (browser), "https://idp.invalid/", NULL, NULL, on_ready,
                          &bad);
  wait_for (&bad);
  g_assert_false (cvg_browser_open_finish (CVG_BROWSER (browser), bad, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_clear_object (&good);
  g_clear_object (&bad);
  g_assert_finalize_object (browser);
}

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/doubles/http/answers-come-from-the-script", test_http_script);
  g_test_add_func ("/doubles/http/held-requests-wait-or-leave", test_http_hold);
  g_test_add_func ("/doubles/http/what-was-not-sent", test_http_was_sent);
  g_test_add_func ("/doubles/network/comes-and-goes", test_network);
  g_test_add_func ("/doubles/sleep/waits-to-be-allowed", test_sleep);
  g_test_add_func ("/doubles/notify/remembers", test_notify);
  g_test_add_func ("/doubles/redirect/the-test-is-the-browser", test_redirect);
  g_test_add_func ("/doubles/browser/urls-are-remembered", test_browser);

  return g_test_run ();
}
