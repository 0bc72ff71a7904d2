/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A grant that was left, and what has still to be said to its server: complete in itself, since the
 * instance, its client and its server's file may all be gone when it can be said.
 */
#pragma once

#include <glib.h>

#include "model/http-message.h"
#include "model/secret.h"

typedef enum
{
  CVG_REVOCATION_STEP_PENDING,
  CVG_REVOCATION_STEP_CONFIRMED, /* the token is dead */
  CVG_REVOCATION_STEP_REFUSED,   /* for good */
} CvgRevocationStepState;

/** CvgRevocationStep: one token */
typedef struct
{
  CvgHttpRequest *request; /* (owned) (nullable): ready to be sent; %NULL once it is not pending */
  CvgRevocationStepState state;
} CvgRevocationStep;

/**
 * CvgRevocation:
 * @id: a UUID of its own, under which the keyring has it
 * @server_name: name in the catalogue
 * @instance_id: whose grant it was
 * @manage_url: (nullable): where a person can end it
 * @created_at: Unix seconds at which the grant was left
 * @authorized_at: of the sign-in that is left: while the instance still has that one, it is not
 *   left; 0: none, it is left in any case
 * @attempts: in a row that came to nothing
 * @steps: (element-type CvgRevocationStep): in this order
 *
 * All fields are owned. Its owner, the revoker, changes it as it goes.
 */
typedef struct
{
  char *id;
  char *server_name;
  char *instance_id;
  char *manage_url;
  gint64 created_at;
  gint64 authorized_at;
  guint attempts;
  GPtrArray *steps;
} CvgRevocation;

CvgRevocation *cvg_revocation_new (void) G_GNUC_WARN_UNUSED_RESULT;
void cvg_revocation_free (CvgRevocation *revocation);

void cvg_revocation_add_step (CvgRevocation *revocation, CvgHttpRequest *request);
CvgRevocationStep *cvg_revocation_get_next (const CvgRevocation *revocation);
void cvg_revocation_step_settle (CvgRevocationStep *step, CvgRevocationStepState state);
gboolean cvg_revocation_is_confirmed (const CvgRevocation *revocation);

CvgSecret *cvg_revocation_pack (const CvgRevocation *revocation) G_GNUC_WARN_UNUSED_RESULT;
CvgRevocation *cvg_revocation_unpack (const char *id,
                                      const CvgSecret *packed,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgRevocation, cvg_revocation_free)
