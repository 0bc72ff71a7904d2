/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words are for people. The libraries' own are not passed on: they may hold the whole address.
 */
#include "adapters/http-failure.h"

#include <libsoup/soup.h>

/**
 * cvg_http_failure_describe:
 * @error: of GIO, the TLS library or libsoup
 * @is_begun: whether the request was being written, or its answer read
 *
 * Returns: (transfer none): what happened at the server, the end of a sentence that names it
 */
const char *
cvg_http_failure_describe (const GError *error, gboolean is_begun)
{
  static const char by_proxy[] = "the proxy on the way did not let us through";

  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    return "its name was not found";
  if (error->domain == G_RESOLVER_ERROR)
    return "its name could not be looked up";
  if (error->domain == SOUP_SESSION_ERROR)
    return is_begun ? "what it sent is not HTTP" : by_proxy;
  if (error->domain == G_TLS_ERROR)
    return error->code == G_TLS_ERROR_BAD_CERTIFICATE ? "its TLS certificate is not trusted" :
                                                        "no secure connection could be made";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE))
    return "there is no network to it";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return "it refused the connection";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return "it did not answer in time";
  if (error->domain == G_IO_ERROR &&
      (error->code == G_IO_ERROR_PROXY_FAILED || error->code == G_IO_ERROR_PROXY_AUTH_FAILED ||
       error->code == G_IO_ERROR_PROXY_NEED_AUTH || error->code == G_IO_ERROR_PROXY_NOT_ALLOWED))
    return by_proxy;
  return "the connection was dropped";
}
