#include "engine/request.h"

/* An event on its way, with copies of what it points to. */
typedef struct {
  GTask *task; /* keeps the receiver's data alive and tells whether it is still wanted */
  TpoEventFunc on_event;
  gpointer user_data;
  TpoEvent event;
  char *text;
  TpoSpan *spans;
  float *saliency;
  TpoRle *mask;
} Delivery;

TpoRequest *
tpo_request_new (TpoRequestKind kind, TpoVideo *video, TpoEventFunc on_event,
                 gpointer user_data, GTask *task)
{
  TpoRequest *self = g_new0 (TpoRequest, 1);

  self->kind = kind;
  self->task = task;
  self->video = video != NULL ? tpo_video_ref (video) : NULL;
  self->on_event = on_event;
  self->user_data = user_data;
  return self;
}

void
tpo_request_set_ask (TpoRequest *self, const TpoAsk *ask)
{
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

  g_strv_builder_add (texts, ask->question);
  for (guint i = 0; i < ask->n_history; i++) {
    g_strv_builder_add (texts, ask->history[i].question);
    g_strv_builder_add (texts, ask->history[i].answer);
  }
  self->texts = g_strv_builder_end (texts);
  self->turns = g_new (TpoTurn, ask->n_history);
  self->boxes = g_new (TpoBox, ask->n_history);
  for (guint i = 0; i < ask->n_history; i++) {
    const TpoTurn *turn = &ask->history[i];

    self->turns[i] = (TpoTurn){ self->texts[1 + 2 * i], self->texts[2 + 2 * i], turn->task };
    if (turn->box != NULL) {
      self->boxes[i] = *turn->box;
      self->turns[i].box = &self->boxes[i];
    }
  }
  self->ask = *ask;
  self->ask.question = self->texts[0];
  self->ask.history = self->turns;
  if (ask->box != NULL) {
    self->box = *ask->box;
    self->ask.box = &self->box;
  }
}

void
tpo_request_free (TpoRequest *self)
{
  g_clear_object (&self->task);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->texts, g_strfreev);
  g_clear_pointer (&self->turns, g_free);
  g_clear_pointer (&self->boxes, g_free);
  g_clear_pointer (&self->follow, tpo_follow_free);
  g_free (self);
}

static void
delivery_free (Delivery *self)
{
  g_clear_object (&self->task);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->spans, g_free);
  g_clear_pointer (&self->saliency, g_free);
  g_clear_pointer (&self->mask, tpo_rle_unref);
  g_free (self);
}

static gboolean
deliver (gpointer data)
{
  Delivery *self = data;

  if (!g_cancellable_is_cancelled (g_task_get_cancellable (self->task)))
    self->on_event (&self->event, self->user_data);
  return G_SOURCE_REMOVE;
}

void
tpo_request_emit (const TpoEvent *event, gpointer request)
{
  TpoRequest *self = request;
  Delivery *delivery;

  if (self->on_event == NULL)
    return;
  delivery = g_new0 (Delivery, 1);
  delivery->task = g_object_ref (self->task);
  delivery->on_event = self->on_event;
  delivery->user_data = self->user_data;
  delivery->event = *event;
  delivery->event.text = delivery->text = g_strdup (event->text);
  delivery->event.spans = delivery->spans =
      g_memdup2 (event->spans, event->n_spans * sizeof *event->spans);
  delivery->event.saliency = delivery->saliency =
      g_memdup2 (event->saliency, event->n_saliency * sizeof *event->saliency);
  if (event->mask != NULL)
    delivery->event.mask = delivery->mask = tpo_rle_ref ((TpoRle *) event->mask);
  g_main_context_invoke_full (g_task_get_context (self->task), G_PRIORITY_DEFAULT, deliver,
                              delivery, (GDestroyNotify) delivery_free);
}
