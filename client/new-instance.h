/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An instance that a command makes, and takes back if nothing comes of it.
 */
#pragma once

#include <glib.h>

/**
 * CvgNewInstance:
 * @server_name: name of the server
 * @user_id: whose connection it is
 * @label: (nullable): a name for people
 * @client_id: (nullable): the OAuth client of its sign-ins
 * @tenant: a{ss}, of cvg_tenant_read(); empty for none
 */
typedef struct
{
  const char *server_name;
  const char *user_id;
  const char *label;
  const char *client_id;
  GVariant *tenant;
} CvgNewInstance;

char *cvg_new_instance_create (const CvgNewInstance *wanted, GError **error);
void cvg_new_instance_discard (const char *instance_id);
