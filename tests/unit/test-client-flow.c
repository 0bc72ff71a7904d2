/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "client/flow.h"

#define ALL "{'flows': <['loopback', 'paste', 'device']>}"
#define NO_DEVICE "{'flows': <['loopback', 'paste']>}"
#define DEVICE_ONLY "{'flows': <['device']>}"
#define NOT_TOLD "@a{sv} {}"

static void
test_choose (void)
{
  static const struct
  {
    const char *server;
    CvgFlowWish wish;
    CvgFlow flow;
    const char *reason; /* what it has in it; %NULL: there is none */
  } vectors[] = {
    /* At a desktop nothing is decided here, come from wherever. */
    { ALL, { .has_display = TRUE }, CVG_FLOW_USUAL, NULL },
    { ALL, { .has_display = TRUE, .is_remote = TRUE }, CVG_FLOW_USUAL, NULL },
    { DEVICE_ONLY, { .has_display = TRUE }, CVG_FLOW_USUAL, NULL },
    /* Who has chosen is not told why. */
    { NO_DEVICE, { .device = TRUE }, CVG_FLOW_DEVICE, NULL },
    { ALL, { .paste = TRUE }, CVG_FLOW_PASTE, NULL },
    { ALL, { .paste = TRUE, .qr = TRUE, .has_display = TRUE }, CVG_FLOW_PASTE, NULL },
    { ALL, { .no_browser = TRUE }, CVG_FLOW_USUAL, NULL },
    { ALL, { .no_browser = TRUE, .qr = TRUE }, CVG_FLOW_USUAL, NULL },
    /* Without a display. */
    { ALL, { .is_remote = TRUE }, CVG_FLOW_DEVICE, "SSH" },
    { ALL, { .has_display = FALSE }, CVG_FLOW_DEVICE, "DISPLAY" },
    { NO_DEVICE, { .is_remote = TRUE }, CVG_FLOW_PASTE, "SSH" },
    { NOT_TOLD, { .is_remote = TRUE }, CVG_FLOW_PASTE, "SSH" },
    /* Nobody waits here to paste. */
    { ALL, { .detach = TRUE }, CVG_FLOW_DEVICE, "DISPLAY" },
    { NO_DEVICE, { .detach = TRUE }, CVG_FLOW_USUAL, NULL },
    /* The telephone that reads the code has no listener of ours. */
    { ALL, { .qr = TRUE, .has_display = TRUE }, CVG_FLOW_DEVICE, "QR" },
    { NO_DEVICE, { .qr = TRUE, .has_display = TRUE }, CVG_FLOW_PASTE, "QR" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GVariant) server = g_variant_ref_sink (g_variant_new_parsed (vectors[i].server));
      const char *reason = "not touched";
      CvgFlow flow = cvg_flow_choose (server, &vectors[i].wish, &reason);

      g_test_message ("row %zu", i);
      g_assert_cmpint ((int) flow, ==, (int) vectors[i].flow);
      if (vectors[i].reason == NULL)
        g_assert_null (reason);
      else
        g_assert_nonnull (strstr (reason, vectors[i].reason));
    }
}

static void
test_look_around (void)
{
  static const struct
  {
    const char *x11;
    const char *wayland;
    const char *ssh;
    gboolean has_display;
    gboolean is_remote;
  } vectors[] = {
    { NULL, NULL, NULL, FALSE, FALSE },         { ":0", NULL, NULL, TRUE, FALSE },
    { NULL, "wayland-0", NULL, TRUE, FALSE },   { "", "", "", FALSE, FALSE },
    { "host:10.0", NULL, "1 2 3", TRUE, TRUE }, { NULL, NULL, "1 2 3", FALSE, TRUE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const char *values[] = { vectors[i].x11, vectors[i].wayland, vectors[i].ssh };
      static const char *const names[] = { "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION" };
      CvgFlowWish wish = { .qr = TRUE };

      for (size_t j = 0; j < G_N_ELEMENTS (names); j++)
        if (values[j] != NULL)
          g_setenv (names[j], values[j], TRUE);
        else
          g_unsetenv (names[j]);

      cvg_flow_wish_look_around (&wish);
      g_assert_cmpint (wish.has_display, ==, vectors[i].has_display);
      g_assert_cmpint (wish.is_remote, ==, vectors[i].is_remote);
      g_assert_true (wish.qr);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/flow/choose", test_choose);
  g_test_add_func ("/client/flow/look-around", test_look_around);
  return g_test_run ();
}
