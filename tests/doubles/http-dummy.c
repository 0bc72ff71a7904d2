/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request that finds no scripted answer is a mistake of the test or of the code under test:
 * it ends the program with the request's method and URL.
 */
#include "doubles/http-dummy.h"

/* What one request will be answered with: one of the two. */
typedef struct
{
  CvgHttpResponse *response; /* (owned) (nullable) */
  GError *error;             /* (owned) (nullable) */
  gboolean is_unsent;        /* of an error: it came before the request was on the wire */
} Answer;

/* A request on the wire. */
typedef struct
{
  GTask *task;      /* (owned) */
  GSource *leaving; /* (owned) (nullable): the caller's cancellable */
} Held;

struct _CvgHttpDummy
{
  GObject parent_instance;

  GPtrArray *requests; /* (owned) (element-type CvgHttpDummyRequest) */
  GQueue answers;      /* (element-type Answer) */
  GQueue held;         /* (element-type Held) */
  gboolean hold;
};

/* The data of the task of a request that never was on the wire. */
static const char unsent[] = "unsent";

static void cvg_http_dummy_http_init (CvgHttpInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgHttpDummy,
                               cvg_http_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_HTTP, cvg_http_dummy_http_init))

static void
request_free (CvgHttpDummyRequest *request)
{
  g_free (request->method);
  g_free (request->url);
  g_free (request->authorization);
  g_free (request->content_type);
  g_free (request->body);
  g_free (request);
}

static void
answer_free (Answer *answer)
{
  g_clear_pointer (&answer->response, cvg_http_response_free);
  g_clear_error (&answer->error);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static void
held_free (Held *held)
{
  if (held->leaving != NULL)
    g_source_destroy (held->leaving);
  g_clear_pointer (&held->leaving, g_source_unref);
  g_clear_object (&held->task);
  g_free (held);
}

static char *
secret_text (CvgSecret *secret)
{
  return g_strdup (secret != NULL ? cvg_secret_peek (secret) : "");
}

static void
remember (CvgHttpDummy *self, const CvgHttpRequest *request)
{
  CvgHttpDummyRequest *copy = g_new0 (CvgHttpDummyRequest, 1);

  copy->method = g_strdup (request->method);
  copy->url = g_strdup (request->url);
  copy->authorization = secret_text (request->authorization);
  copy->content_type = g_strdup (request->content_type != NULL ? request->content_type : "");
  copy->body = secret_text (request->body);
  g_ptr_array_add (self->requests, copy);
}

static void
answer_task (CvgHttpDummy *self, GTask *task)
{
  g_autoptr (Answer) answer = g_queue_pop_head (&self->answers);

  if (answer == NULL)
    {
      const CvgHttpDummyRequest *last = self->requests->pdata[self->requests->len - 1];

      g_error ("No answer is scripted for %s %s", last->method, last->url);
    }
  if (answer->is_unsent)
    g_task_set_task_data (task, (gpointer) unsent, NULL);
  if (answer->error != NULL)
    g_task_return_error (task, g_steal_pointer (&answer->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&answer->response),
                           (GDestroyNotify) cvg_http_response_free);
}

static gboolean
on_caller_left (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  CvgHttpDummy *self = g_task_get_source_object (task);

  for (GList *link = self->held.head; link != NULL; link = link->next)
    {
      Held *held = link->data;

      if (held->task != task)
        continue;
      g_queue_delete_link (&self->held, link);
      g_task_return_error_if_cancelled (task);
      held_free (held);
      break;
    }
  return G_SOURCE_REMOVE;
}

static void
hold (CvgHttpDummy *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Held *held = g_new0 (Held, 1);

  held->task = g_object_ref (task);
  g_queue_push_tail (&self->held, held);
  if (cancellable == NULL)
    return;

  held->leaving = g_cancellable_source_new (cancellable);
  g_task_attach_source (task, held->leaving, G_SOURCE_FUNC (on_caller_left));
}

static void
http_dummy_send_async (CvgHttp *http,
                       const CvgHttpRequest *request,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  CvgHttpDummy *self = CVG_HTTP_DUMMY (http);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, http_dummy_send_async);
  if (g_task_return_error_if_cancelled (task))
    {
      g_task_set_task_data (task, (gpointer) unsent, NULL);
      return;
    }

  remember (self, request);
  if (self->hold)
    hold (self, task);
  else
    answer_task (self, task);
}

static CvgHttpResponse *
http_dummy_send_finish (CvgHttp *http, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, http), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, http_dummy_send_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
http_dummy_was_sent (CvgHttp *http, GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, http_dummy_send_async), TRUE);

  return g_task_get_task_data (G_TASK (result)) != unsent;
}

static void
cvg_http_dummy_finalize (GObject *object)
{
  CvgHttpDummy *self = CVG_HTTP_DUMMY (object);

  /* A held request holds us, so there is none. */
  g_assert (g_queue_is_empty (&self->held));
  g_queue_clear_full (&self->answers, (GDestroyNotify) answer_free);
  g_ptr_array_unref (self->requests);

  G_OBJECT_CLASS (cvg_http_dummy_parent_class)->finalize (object);
}

static void
cvg_http_dummy_class_init (CvgHttpDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_http_dummy_finalize;
}

static void
cvg_http_dummy_http_init (CvgHttpInterface *iface)
{
  iface->send_async = http_dummy_send_async;
  iface->send_finish = http_dummy_send_finish;
  iface->was_sent = http_dummy_was_sent;
}

static void
cvg_http_dummy_init (CvgHttpDummy *self)
{
  self->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) request_free);
  g_queue_init (&self->answers);
  g_queue_init (&self->held);
}

/** cvg_http_dummy_new: Returns: (transfer full): a dummy with an empty script */
CvgHttpDummy *
cvg_http_dummy_new (void)
{
  return g_object_new (CVG_TYPE_HTTP_DUMMY, NULL);
}

/**
 * cvg_http_dummy_push:
 * @status: HTTP status
 * @content_type: (nullable): of the answer
 * @retry_after: seconds, or 0
 * @body: text of the answer
 *
 * Adds an answer to the end of the script.
 */
void
cvg_http_dummy_push (CvgHttpDummy *self,
                     guint status,
                     const char *content_type,
                     guint retry_after,
                     const char *body)
{
  Answer *answer = g_new0 (Answer, 1);
  g_autoptr (CvgSecret) secret = cvg_secret_new (body);

  answer->response = cvg_http_response_new (status, content_type, retry_after, secret);
  g_queue_push_tail (&self->answers, answer);
}

/** cvg_http_dummy_push_json: adds an answer of type application/json to the end of the script */
void
cvg_http_dummy_push_json (CvgHttpDummy *self, guint status, const char *body)
{
  cvg_http_dummy_push (self, status, "application/json", 0, body);
}

/** cvg_http_dummy_push_challenge: adds a refusal with @challenge (nullable) to the script: HTTP 401
 */
void
cvg_http_dummy_push_challenge (CvgHttpDummy *self, const char *challenge)
{
  cvg_http_dummy_push (self, 401, NULL, 0, "");
  ((Answer *) g_queue_peek_tail (&self->answers))->response->challenge = g_strdup (challenge);
}

/**
 * cvg_http_dummy_push_error:
 * @error: (transfer full): what the request ends with
 *
 * Adds a failure to the script, of which nobody knows whether the server saw the request.
 */
void
cvg_http_dummy_push_error (CvgHttpDummy *self, GError *error)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->error = error;
  g_queue_push_tail (&self->answers, answer);
}

/** cvg_http_dummy_push_unsent_error: likewise, but the request never reached a server */
void
cvg_http_dummy_push_unsent_error (CvgHttpDummy *self, GError *error)
{
  cvg_http_dummy_push_error (self, error);
  ((Answer *) g_queue_peek_tail (&self->answers))->is_unsent = TRUE;
}

/** cvg_http_dummy_get_queued: Returns: how many scripted answers nobody has asked for yet */
guint
cvg_http_dummy_get_queued (CvgHttpDummy *self)
{
  return self->answers.length;
}

/** cvg_http_dummy_set_hold: requests from now on stay on the wire until they are let go */
void
cvg_http_dummy_set_hold (CvgHttpDummy *self, gboolean hold_them)
{
  self->hold = hold_them;
}

/** cvg_http_dummy_get_held: Returns: how many requests are on the wire */
guint
cvg_http_dummy_get_held (CvgHttpDummy *self)
{
  return self->held.length;
}

/** cvg_http_dummy_answer: lets the oldest held request have the next answer of the script */
void
cvg_http_dummy_answer (CvgHttpDummy *self)
{
  Held *held = g_queue_pop_head (&self->held);

  g_assert_nonnull (held);
  answer_task (self, held->task);
  held_free (held);
}

/** cvg_http_dummy_get_count: Returns: how many requests have come */
guint
cvg_http_dummy_get_count (CvgHttpDummy *self)
{
  return self->requests->len;
}

/** cvg_http_dummy_get_request: Returns: (transfer none): the request @index, from 0 */
const CvgHttpDummyRequest *
cvg_http_dummy_get_request (CvgHttpDummy *self, guint index)
{
  g_assert_cmpuint (index, <, self->requests->len);
  return g_ptr_array_index (self->requests, index);
}
