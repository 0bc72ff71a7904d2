/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as what a connection to the redirect listener sends first. What is taken for a request
 * must be free of all that could mean something else to a later reader.
 */
#include <string.h>

#include "adapters/redirect-request.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_plain (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    g_assert_true (g_ascii_isgraph (*c));
}

static void
check_request (const CvgRedirectRequest *request)
{
  if (request->refusal != 0)
    {
      g_assert_cmpuint (request->refusal, >=, 400);
      g_assert_cmpuint (request->refusal, <, 500);
      g_assert_null (request->path);
      return;
    }
  g_assert_true (request->path[0] == '/');
  g_assert_null (strpbrk (request->path, "?#"));
  g_assert_null (strchr (request->host, ','));
  check_plain (request->path);
  check_plain (request->query);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  gsize length = cvg_redirect_request_measure ((const char *) data, size);

  g_assert_cmpuint (length, <=, size);
  if (length > 0)
    {
      g_autofree char *copy = g_memdup2 (data, length);
      g_autoptr (CvgRedirectRequest) request = cvg_redirect_request_parse (copy, length);

      check_request (request);
    }

  /* And as the listener never would: without the end of the head. */
  g_autofree char *all = g_memdup2 (data, size);
  g_autoptr (CvgRedirectRequest) whole = cvg_redirect_request_parse (all != NULL ? all : "", size);

  check_request (whole);
  return 0;
}
