/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/revocation.h"

#include <string.h>

#include "dbus/error.h"

#define ID "00000000-0000-4000-8000-000000000001"

static CvgHttpRequest *
make_request (const char *url, const char *body)
{
  CvgHttpRequest *request = cvg_http_request_new ("POST", url);

  request->authorization = cvg_secret_new ("Basic hush");
  request->content_type = "application/json";
  request->body = cvg_secret_new (body);
  request->headers = g_strdupv ((char *[]){ (char *) "X-Version", (char *) "1", NULL });
  return request;
}

static CvgRevocation *
make_revocation (void)
{
  CvgRevocation *revocation = cvg_revocation_new ();

  revocation->id = g_strdup (ID);
  revocation->server_name = g_strdup ("A 'Server'");
  revocation->instance_id = g_strdup ("an-instance");
  revocation->manage_url = g_strdup ("https://s/apps");
  revocation->created_at = 1700000000;
  revocation->authorized_at = 1600000000000000;
  revocation->attempts = 3;
  cvg_revocation_add_step (revocation, make_request ("https://s/r", "{\"token\":\"'R\"}"));
  cvg_revocation_add_step (revocation, make_request ("https://s/r", ""));
  return revocation;
}

static CvgRevocation *
pack_and_unpack (const CvgRevocation *revocation)
{
  g_autoptr (CvgSecret) packed = cvg_revocation_pack (revocation);
  g_autoptr (GError) error = NULL;
  CvgRevocation *again = cvg_revocation_unpack (revocation->id, packed, &error);

  g_assert_no_error (error);
  return again;
}

static void
test_packed (void)
{
  g_autoptr (CvgRevocation) revocation = make_revocation ();
  g_autoptr (CvgRevocation) again = pack_and_unpack (revocation);
  const CvgRevocationStep *first = g_ptr_array_index (again->steps, 0);
  const CvgRevocationStep *second = g_ptr_array_index (again->steps, 1);

  g_assert_cmpstr (again->id, ==, ID);
  g_assert_cmpstr (again->server_name, ==, "A 'Server'");
  g_assert_cmpstr (again->instance_id, ==, "an-instance");
  g_assert_cmpstr (again->manage_url, ==, "https://s/apps");
  g_assert_cmpint (again->created_at, ==, 1700000000);
  g_assert_cmpint (again->authorized_at, ==, 1600000000000000);
  g_assert_cmpuint (again->attempts, ==, 3);
  g_assert_cmpuint (again->steps->len, ==, 2);
  g_assert_cmpint (first->state, ==, CVG_REVOCATION_STEP_PENDING);
  g_assert_cmpstr (first->request->method, ==, "POST");
  g_assert_cmpstr (first->request->url, ==, "https://s/r");
  g_assert_cmpstr (cvg_secret_peek (first->request->authorization), ==, "Basic hush");
  g_assert_cmpstr (first->request->content_type, ==, "application/json");
  g_assert_cmpstr (first->request->headers[0], ==, "X-Version");
  g_assert_cmpstr (first->request->headers[1], ==, "1");
  g_assert_cmpstr (cvg_secret_peek (first->request->body), ==, "{\"token\":\"'R\"}");
  g_assert_cmpstr (cvg_secret_peek (second->request->body), ==, "");
}

static void
test_least (void)
{
  g_autoptr (CvgRevocation) revocation = cvg_revocation_new ();
  g_autoptr (CvgRevocation) again = NULL;
  const CvgRevocationStep *step = NULL;

  revocation->id = g_strdup (ID);
  revocation->server_name = g_strdup ("S");
  revocation->instance_id = g_strdup ("i");
  cvg_revocation_add_step (revocation,
                           cvg_http_request_new ("DELETE", "http://127.0.0.1:80/t/x?a=b"));
  again = pack_and_unpack (revocation);
  step = cvg_revocation_get_next (again);
  g_assert_cmpstr (step->request->method, ==, "DELETE");
  g_assert_null (step->request->authorization);
  g_assert_null (step->request->body);
  g_assert_null (again->manage_url);
  g_assert_cmpuint (again->attempts, ==, 0);
}

static void
test_steps (void)
{
  g_autoptr (CvgRevocation) revocation = make_revocation ();
  g_autoptr (CvgRevocation) none = cvg_revocation_new ();
  g_autoptr (CvgRevocation) again = NULL;
  g_autoptr (CvgSecret) packed = NULL;
  CvgRevocationStep *first = g_ptr_array_index (revocation->steps, 0);
  CvgRevocationStep *second = g_ptr_array_index (revocation->steps, 1);

  g_assert_true (cvg_revocation_get_next (revocation) == first);
  cvg_revocation_step_settle (first, CVG_REVOCATION_STEP_CONFIRMED);
  g_assert_true (cvg_revocation_get_next (revocation) == second);
  g_assert_false (cvg_revocation_is_confirmed (revocation));

  /* What is settled is not secret any more, nor sent again. */
  packed = cvg_revocation_pack (revocation);
  g_assert_null (strstr (cvg_secret_peek (packed), "'R"));
  again = pack_and_unpack (revocation);
  g_assert_cmpstr (cvg_secret_peek (cvg_revocation_get_next (again)->request->body), ==, "");

  cvg_revocation_step_settle (second, CVG_REVOCATION_STEP_REFUSED);
  g_assert_null (cvg_revocation_get_next (revocation));
  g_assert_false (cvg_revocation_is_confirmed (revocation));
  cvg_revocation_step_settle (second, CVG_REVOCATION_STEP_CONFIRMED);
  g_assert_true (cvg_revocation_is_confirmed (revocation));
  g_assert_false (cvg_revocation_is_confirmed (none));
}

#define STEP(url) "'steps': <[{'method': <'POST'>, 'url': <'" url "'>}]>"
#define STORY "'server-name': <'S'>, 'instance-id': <'i'>, "
#define WHOLE(version, rest) "{'version': <uint64 " version ">, " rest "}"

static void
test_illegible (void)
{
  static const struct
  {
    const char *packed;
    const char *complaint; /* %NULL: none */
  } rows[] = {
    { WHOLE ("1", STORY STEP ("https://s/r")), NULL },
    /* What a later writer adds is not in the way. */
    { WHOLE ("1", STORY "'more': <1>, " STEP ("https://s/r")), NULL },
    { "", "form" },
    { "hush", "form" },
    { "{}", "form" },
    { "{'version': <1>}", "form" },
    { WHOLE ("2", STORY STEP ("https://s/r")), "version 2" },
    { WHOLE ("1", STEP ("https://s/r")), "form" },
    { WHOLE ("1", STORY "'steps': <'hush'>"), "form" },
    { WHOLE ("1", STORY "'steps': <@aa{sv} []>"), "form" },
    { WHOLE ("1", STORY "'steps': <[{'state': <uint64 3>}]>"), "form" },
    { WHOLE ("1", STORY "'steps': <[{'state': <uint64 0>}]>"), "form" },
    { WHOLE ("1", STORY "'steps': <[{'method': <'GET'>, 'url': <'https://s'>}]>"), "form" },
    /* Tokens go only where they may. */
    { WHOLE ("1", STORY STEP ("http://s/r")), "form" },
    { WHOLE ("1", STORY STEP ("https://u@s/r")), "form" },
    { WHOLE ("1", STORY STEP ("https:/s/r")), "form" },
    { WHOLE ("1", STORY STEP ("https://s/{token}")), "form" },
    { WHOLE ("1", STORY STEP ("https://s/r\\n")), "form" },
    { WHOLE ("1", STORY STEP ("file:///etc/passwd")), "form" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CvgSecret) packed = cvg_secret_new (rows[i].packed);
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgRevocation) revocation = cvg_revocation_unpack (ID, packed, &error);

      if (rows[i].complaint == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      if (revocation != NULL)
        g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_null (revocation);
      g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
      g_assert_nonnull (strstr (error->message, rows[i].complaint));
      g_assert_null (strstr (error->message, "hush"));
    }
}

/* An address with a token in it may be longer than any in a file. */
static void
test_long_address (void)
{
  g_autoptr (CvgRevocation) revocation = make_revocation ();
  g_autofree char *token = g_strnfill (10000, 'x');
  g_autofree char *url = g_strconcat ("https://s/r?token=", token, NULL);
  g_autoptr (CvgRevocation) again = NULL;

  cvg_revocation_add_step (revocation, cvg_http_request_new ("POST", url));
  again = pack_and_unpack (revocation);
  g_assert_cmpstr (((CvgRevocationStep *) g_ptr_array_index (again->steps, 2))->request->url, ==,
                   url);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/revocation/comes-back-as-it-was", test_packed);
  g_test_add_func ("/revocation/needs-little", test_least);
  g_test_add_func ("/revocation/goes-step-by-step", test_steps);
  g_test_add_func ("/revocation/illegible", test_illegible);
  g_test_add_func ("/revocation/long-address", test_long_address);

  return g_test_run ();
}
