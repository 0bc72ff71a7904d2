/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the keyring share. The object and the owner of the name are keyring.c's;
 * a probe (keyring-probe.c), a session (keyring-open.c) and a call (keyring-call.c) are operations
 * on it.
 */
#pragma once

#include "adapters/keyring.h"

#define CVG_KEYRING_BUS_NAME "org.freedesktop.secrets"

/* A session that is being opened; held by the call that opens it. */
typedef struct _CvgKeyringOpening CvgKeyringOpening;

struct _CvgKeyring
{
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) (nullable): NULL until it was needed */
  GCancellable *cancellable;   /* (owned): of the probes that nobody waits for */
  guint watch;                 /* of the name */
  guint subscriptions[3];      /* to signals of @owner */

  CvgVaultState state;
  char *owner;                /* (owned) (nullable): unique name */
  char *default_path;         /* (owned) (nullable): of the default collection */
  gboolean no_default;        /* @owner says that there is none */
  SecretService *session;     /* (owned) (nullable): with @owner */
  CvgKeyringOpening *opening; /* (borrowed) (nullable): with @owner */
  GCancellable *late;         /* (owned) (nullable): of a question that @owner may answer one day */
  gboolean probing;           /* one that nobody waits for is under way */
  gboolean probe_again;       /* and something happened since it began */
  int timeout;                /* of calls, in milliseconds */
};

void cvg_keyring_set_state (CvgKeyring *self, CvgVaultState state);
void cvg_keyring_set_owner (CvgKeyring *self, const char *owner);
void cvg_keyring_set_connection (CvgKeyring *self, GDBusConnection *connection);
void cvg_keyring_probe_soon (CvgKeyring *self);
void cvg_keyring_forget_session (CvgKeyring *self);
