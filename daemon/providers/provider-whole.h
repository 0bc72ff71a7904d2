/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must be right of a provider file beyond its single keys.
 */
#pragma once

#include <glib.h>

#include "model/provider.h"

/**
 * CvgProviderMistake:
 * @group: where it is
 * @key: of which key
 * @error: with a message "[Group] Key: reason"
 */
typedef struct
{
  char *group;   /* (owned) */
  char *key;     /* (owned) */
  GError *error; /* (owned) */
} CvgProviderMistake;

GPtrArray *cvg_provider_mistakes_new (void) G_GNUC_WARN_UNUSED_RESULT;
void
cvg_provider_mistakes_add (GPtrArray *mistakes, const char *group, const char *key, GError *error);

void cvg_provider_whole_check (const CvgProvider *provider, GPtrArray *mistakes);
gboolean cvg_provider_check_names (const CvgProvider *provider, GHashTable *others, GError **error);
