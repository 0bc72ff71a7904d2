/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The encrypted session, in which secrets cross the bus. libsecret opens it, and encrypts and
 * decrypts with it; nothing else of libsecret's proxy is used. So it does not listen: its own
 * handling of signals asks for properties that a keyring which has just been restarted does not
 * have yet, and complains.
 *
 * The session is not authenticated: a program that takes the keyring's name first gets what we
 * store. No client can prevent that.
 */
#include "adapters/keyring-session.h"

/* Milliseconds; as for all calls to the keyring that no person has to answer. */
#define CALL_TIMEOUT 20000

#define CVG_TYPE_KEYRING_SESSION (cvg_keyring_session_get_type ())
G_DECLARE_FINAL_TYPE (CvgKeyringSession, cvg_keyring_session, CVG, KEYRING_SESSION, SecretService)

struct _CvgKeyringSession
{
  SecretService parent_instance;
};

G_DEFINE_FINAL_TYPE (CvgKeyringSession, cvg_keyring_session, SECRET_TYPE_SERVICE)

/* libsecret sets its flags in its own constructor, so they can't be given as properties. */
static GObject *
cvg_keyring_session_constructor (GType type, guint n, GObjectConstructParam *properties)
{
  GObject *object =
      G_OBJECT_CLASS (cvg_keyring_session_parent_class)->constructor (type, n, properties);

  g_object_set (object, "g-flags",
                G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES |
                    G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS |
                    G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
                "g-default-timeout", CALL_TIMEOUT, NULL);
  return object;
}

static void
cvg_keyring_session_class_init (CvgKeyringSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->constructor = cvg_keyring_session_constructor;
}

static void
cvg_keyring_session_init (CvgKeyringSession *self)
{
}

/** cvg_keyring_session_open_async: with the keyring that owns the name now; starts none */
void
cvg_keyring_session_open_async (GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  secret_service_open (CVG_TYPE_KEYRING_SESSION, NULL, SECRET_SERVICE_OPEN_SESSION, cancellable,
                       callback, user_data);
}

/** cvg_keyring_session_open_finish: Returns: (transfer full): the session; errors as they came */
SecretService *
cvg_keyring_session_open_finish (GAsyncResult *result, GError **error)
{
  return secret_service_open_finish (result, error);
}
