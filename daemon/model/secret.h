/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A secret: bytes that are wiped when the last holder lets go, and that nothing prints.
 */
#pragma once

#include <glib.h>

typedef struct _CvgSecret CvgSecret;

/**
 * CvgSecretMemory:
 * @keep: copies @length bytes and a NUL behind them into memory of its kind; returns a handle
 * @peek: the kept bytes of a handle
 * @wipe: overwrites the bytes and frees the handle
 *
 * Where secrets rest. The daemon plugs in the keyring library's memory, which is not paged out
 * and not dumped; without it secrets are on the heap, but wiped all the same.
 */
typedef struct
{
  gpointer (*keep) (const char *bytes, gsize length);
  const char *(*peek) (gconstpointer handle);
  void (*wipe) (gpointer handle);
} CvgSecretMemory;

void cvg_secret_set_memory (const CvgSecretMemory *memory);

CvgSecret *cvg_secret_new (const char *text) G_GNUC_WARN_UNUSED_RESULT;
CvgSecret *cvg_secret_new_sized (const char *bytes, gsize length) G_GNUC_WARN_UNUSED_RESULT;
CvgSecret *cvg_secret_new_take (char *text) G_GNUC_WARN_UNUSED_RESULT;
CvgSecret *cvg_secret_ref (CvgSecret *secret);
void cvg_secret_unref (CvgSecret *secret);

const char *cvg_secret_peek (const CvgSecret *secret);
gsize cvg_secret_get_length (const CvgSecret *secret);
gboolean cvg_secret_is_empty (const CvgSecret *secret);
gboolean cvg_secret_equal (const CvgSecret *a, const CvgSecret *b);

void cvg_wipe_free (char *text);
gboolean cvg_equal_in_constant_time (const char *a, gsize a_length, const char *b, gsize b_length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgSecret, cvg_secret_unref)
