/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Changing what an instance has, other than by a sign-in: setting its credentials, deleting them,
 * choosing a site.
 */
#pragma once

#include <gio/gio.h>

#include "agent/keeper.h"
#include "agent/revoker.h"
#include "agent/sign-ins.h"

#define CVG_TYPE_CHANGES (cvg_changes_get_type ())
G_DECLARE_FINAL_TYPE (CvgChanges, cvg_changes, CVG, CHANGES, GObject)

CvgChanges *cvg_changes_new (CvgInstances *instances,
                             CvgSignIns *sign_ins,
                             CvgKeeper *keeper,
                             CvgRevoker *revoker,
                             CvgClock *clock);

void cvg_changes_set_auth_async (CvgChanges *self,
                                 CvgEntry *entry,
                                 GVariant *auth_data,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void cvg_changes_delete_auth_async (CvgChanges *self,
                                    CvgEntry *entry,
                                    gboolean revoke,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void cvg_changes_delete_instance_async (CvgChanges *self,
                                        CvgEntry *entry,
                                        gboolean revoke,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
void cvg_changes_select_resource_async (CvgChanges *self,
                                        CvgEntry *entry,
                                        const char *resource_id,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean cvg_changes_delete_finish (CvgChanges *self,
                                    GAsyncResult *result,
                                    gboolean *revoked,
                                    GError **error);
gboolean cvg_changes_finish (CvgChanges *self, GAsyncResult *result, GError **error);
