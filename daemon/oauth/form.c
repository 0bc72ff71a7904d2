/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The form encoding, both ways. Reading is strict: an escape that is none, a NUL or text that is
 * no UTF-8 is a mistake, never something to guess at. A list of pairs is visited in its order and
 * repeated names are shown each time, because whoever reads a redirect has to see them.
 */
#include "oauth/form.h"

#include <string.h>

#include "model/secret.h"

/**
 * cvg_form_append_escaped:
 * @form: what to append to
 * @text: a name or value
 *
 * Leaves the unreserved characters of RFC 3986 as they are; at most three bytes for one of @text.
 */
void
cvg_form_append_escaped (GString *form, const char *text)
{
  static const char digits[] = "0123456789ABCDEF";

  for (const guchar *c = (const guchar *) text; *c != '\0'; c++)
    {
      if (g_ascii_isalnum (*c) || strchr ("-._~", *c) != NULL)
        g_string_append_c (form, (char) *c);
      else if (*c == ' ')
        g_string_append_c (form, '+');
      else
        {
          g_string_append_c (form, '%');
          g_string_append_c (form, digits[*c >> 4]);
          g_string_append_c (form, digits[*c & 0xf]);
        }
    }
}

/**
 * cvg_form_unescape:
 * @text: an encoded name or value
 * @length: of @text, in bytes
 *
 * Returns: (transfer full) (nullable): it, decoded; %NULL if an escape is malformed, or if what
 *   comes out has a NUL or is no UTF-8. The caller wipes it if it is a secret
 */
char *
cvg_form_unescape (const char *text, gsize length)
{
  char *plain = g_malloc (length + 1);
  gsize out = 0;
  gboolean sound = TRUE;

  for (gsize in = 0; in < length && sound; in++)
    {
      char c = text[in];

      if (c == '+')
        c = ' ';
      else if (c == '%')
        {
          sound =
              length - in > 2 && g_ascii_isxdigit (text[in + 1]) && g_ascii_isxdigit (text[in + 2]);
          if (sound)
            c = (char) (g_ascii_xdigit_value (text[in + 1]) << 4 |
                        g_ascii_xdigit_value (text[in + 2]));
          in += 2;
        }
      sound = sound && c != '\0';
      plain[out++] = c;
    }

  plain[out] = '\0';
  if (sound && g_utf8_validate (plain, (gssize) out, NULL))
    return plain;

  explicit_bzero (plain, length);
  g_free (plain);
  return NULL;
}

/**
 * cvg_form_unescape_line:
 * @text: an encoded name or value
 * @length: of @text, in bytes
 *
 * Returns: (transfer full) (nullable): as cvg_form_unescape(), but also %NULL if what comes out has
 *   control characters
 */
char *
cvg_form_unescape_line (const char *text, gsize length)
{
  char *plain = cvg_form_unescape (text, length);

  for (const char *c = plain; c != NULL && *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      {
        cvg_wipe_free (plain);
        return NULL;
      }

  return plain;
}

/**
 * cvg_form_visit:
 * @form: pairs, joined by "&"
 * @visitor: gets each pair that has a name, in order
 *
 * A name that can't be decoded is no name that anybody waits for; its pair is passed over.
 *
 * Returns: whether @visitor was content with all
 */
gboolean
cvg_form_visit (const char *form, CvgFormVisitor visitor, gpointer user_data)
{
  while (*form != '\0')
    {
      gsize length = strcspn (form, "&");
      const char *equals = memchr (form, '=', length);
      gsize name_length = equals != NULL ? (gsize) (equals - form) : length;
      const char *value = equals != NULL ? equals + 1 : form + length;
      g_autofree char *name = cvg_form_unescape (form, name_length);

      if (name != NULL && *name != '\0' &&
          !visitor (name, value, (gsize) (form + length - value), user_data))
        return FALSE;

      form += length;
      form += *form == '&' ? 1 : 0;
    }

  return TRUE;
}
