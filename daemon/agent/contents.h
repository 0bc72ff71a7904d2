/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the keyring has, taken into memory when it opens, and dropped when it locks.
 */
#pragma once

#include "agent/clients.h"
#include "agent/instances.h"
#include "agent/rotations.h"

/** CvgContents: where it goes; all (borrowed) */
typedef struct
{
  CvgInstances *instances;
  CvgClients *clients;
  CvgRotations *rotations;
} CvgContents;

void cvg_contents_take (const CvgContents *self, GPtrArray *items);
void cvg_contents_drop (const CvgContents *self);
