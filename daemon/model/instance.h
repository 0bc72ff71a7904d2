/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One connection of one user to one server: what is known of it without the keyring.
 */
#pragma once

#include <glib.h>

/**
 * CvgInstance:
 * @id: UUID, lower case
 * @user_id: free text, at least one character
 * @server_name: name in the catalogue
 * @owner: "host", "app:ID" or "key:NAME": who created it
 * @label: (nullable): a name for people
 * @client_id: (nullable): the client that its sign-ins use; %NULL: the server's default
 * @resource_id: (nullable): the site (workspace, tenant) of the grant that the person chose
 * @tenant: (nullable): a{ss}: values of the provider's tenant parameters
 * @created_at: Unix seconds
 * @authorized_at: Unix microseconds of the last sign-in (or set credentials); 0: never
 * @signed_in: whether the keyring should have credentials of it
 * @dead_reason: (nullable): why its grant is dead, a sentence; %NULL while it lives
 * @last_serial: the highest serial that its credentials ever had
 *
 * A value: filled by its maker and never changed after; cvg_instance_copy() is the way to a
 * changed one. Nothing in it is secret, so that it can rest outside of the keyring and be shown
 * while that is locked.
 */
typedef struct
{
  gatomicrefcount references;

  char *id;
  char *user_id;
  char *server_name;
  char *owner;
  char *label;
  char *client_id;
  char *resource_id;
  GVariant *tenant;
  gint64 created_at;
  gint64 authorized_at;
  gboolean signed_in;
  char *dead_reason;
  guint64 last_serial;
} CvgInstance;

CvgInstance *cvg_instance_new (void) G_GNUC_WARN_UNUSED_RESULT;
CvgInstance *cvg_instance_copy (const CvgInstance *from) G_GNUC_WARN_UNUSED_RESULT;
CvgInstance *cvg_instance_ref (CvgInstance *instance);
void cvg_instance_unref (CvgInstance *instance);

GVariant *cvg_instance_to_record (const CvgInstance *instance);
CvgInstance *cvg_instance_from_record (GVariant *record, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgInstance, cvg_instance_unref)
