/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adding, changing and forgetting OAuth clients.
 */
#pragma once

#include <gio/gio.h>

#include "agent/keeper.h"
#include "model/provider.h"
#include "ports/clock.h"

#define CVG_TYPE_CLIENT_CHANGES (cvg_client_changes_get_type ())
G_DECLARE_FINAL_TYPE (CvgClientChanges, cvg_client_changes, CVG, CLIENT_CHANGES, GObject)

/**
 * CvgClientChange:
 * @secret: (nullable): the new secret, "" to forget it; %NULL: as it was
 * @redirect_uri: (nullable): as registered; %NULL: as it was
 * @label: (nullable): a name for people; %NULL: as it was
 * @make_default: (nullable): %NULL: as it was
 */
typedef struct
{
  const char *secret;
  const char *redirect_uri;
  const char *label;
  const gboolean *make_default;
} CvgClientChange;

CvgClientChanges *cvg_client_changes_new (CvgClients *clients,
                                          CvgInstances *instances,
                                          CvgKeeper *keeper,
                                          CvgClock *clock);

void cvg_client_changes_set_async (CvgClientChanges *self,
                                   const CvgProvider *provider,
                                   const char *client_id,
                                   const CvgClientChange *change,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
void cvg_client_changes_delete_async (CvgClientChanges *self,
                                      const char *server_name,
                                      const char *client_id,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean cvg_client_changes_finish (CvgClientChanges *self, GAsyncResult *result, GError **error);
