/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/protocol.h"

static void
test_owns (void)
{
  static const struct
  {
    const char *name;
    gboolean owns;
  } vectors[] = {
    { "state", TRUE },
    { "State", TRUE }, /* there are servers that don't care */
    { "client_secret", TRUE },
    { "client_assertion", TRUE }, /* a second way to authenticate */
    { "code_challenge_method", TRUE },
    { "request_uri", TRUE }, /* a whole request */
    { "resource", TRUE },
    { "refresh_token", TRUE },
    { "audience", FALSE },
    { "prompt", FALSE },
    { "login_hint", FALSE },
    { "user_scope", FALSE },
    { "states", FALSE },
    { "", FALSE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("%s", vectors[i].name);
      g_assert_cmpint (cvg_protocol_owns (vectors[i].name), ==, vectors[i].owns);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/owns", test_owns);
  return g_test_run ();
}
