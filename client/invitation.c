/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On stderr, and with --quiet too where the person can't go on without. The code of the device flow
 * is shown even where the address has it already: that the page shows the same one is how a person
 * knows that it is this sign-in, and not one that somebody else began (RFC 8628 section 5.4).
 */
#include "client/invitation.h"

#include "client/qr-code.h"

static void
show_device (const CvgCli *cli, const CvgSignIn *sign_in, gboolean qr)
{
  const char *url = cvg_sign_in_get_url (sign_in);

  cvg_cli_tell ("To sign in to %s, open this address in a browser, on any device:", cli->server);
  cvg_cli_show (url);
  if (qr)
    cvg_qr_code_show (url);
  cvg_cli_tell ("Enter this code there, or see that it is the one that is shown:");
  cvg_cli_show (cvg_sign_in_get_user_code (sign_in));
}

static void
show_paste (const CvgCli *cli, const CvgSignIn *sign_in, gboolean qr)
{
  const char *url = cvg_sign_in_get_url (sign_in);

  cvg_cli_tell ("To sign in to %s, open this address in a browser:\n  %s", cli->server, url);
  if (qr)
    cvg_qr_code_show (url);
  cvg_cli_tell ("Sign in there, and paste the address that it ends on (an error page is fine):");
}

static void
show_usual (const CvgCli *cli, const CvgSignIn *sign_in, const CvgFlowWish *wish)
{
  const char *url = cvg_sign_in_get_url (sign_in);

  if (wish->no_browser)
    cvg_cli_tell ("Open this address in a browser of this machine:\n  %s", url);
  else
    cvg_cli_note (cli, "Signing in to %s. If no browser opens, open this address:\n  %s",
                  cli->server, url);
  if (wish->qr)
    cvg_qr_code_show (url);
}

/**
 * cvg_invitation_show:
 * @cli: the command's context
 * @sign_in: a sign-in that waits for the person
 * @flow: the way it goes
 * @wish: what was asked for
 *
 * Tells the person what to do.
 */
void
cvg_invitation_show (const CvgCli *cli,
                     const CvgSignIn *sign_in,
                     CvgFlow flow,
                     const CvgFlowWish *wish)
{
  switch (flow)
    {
    case CVG_FLOW_DEVICE:
      show_device (cli, sign_in, wish->qr);
      break;
    case CVG_FLOW_PASTE:
      show_paste (cli, sign_in, wish->qr);
      break;
    case CVG_FLOW_USUAL:
    default:
      show_usual (cli, sign_in, wish);
      break;
    }
}
