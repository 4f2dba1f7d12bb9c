#pragma once

#include <gio/gio.h>

#include "engine/follow.h"

/**
 * TpoRequest: what the engine's thread is asked to do, with copies of everything it needs.
 */
typedef enum {
  TPO_REQUEST_WARM_UP,
  TPO_REQUEST_SWITCH,
  TPO_REQUEST_ASK,
  TPO_REQUEST_FOLLOW,
  TPO_REQUEST_SEGMENT,
  TPO_REQUEST_QUIT,
} TpoRequestKind;

typedef struct {
  TpoRequestKind kind;
  GTask *task;     /* owned; NULL to quit */
  TpoVideo *video; /* nullable, owned */
  char *path;      /* owned; of the model to switch to */
  TpoEventFunc on_event;
  gpointer user_data;
  TpoAsk ask;  /* texts and history are ours */
  TpoBox box;  /* where ask.box points to */
  GStrv texts; /* owned, behind ask.question and ask.history */
  TpoTurn *turns;
  TpoBox *boxes;     /* of the turns */
  TpoFollow *follow; /* owned; of a segmentation, its one correction */
} TpoRequest;

TpoRequest *tpo_request_new (TpoRequestKind kind, TpoVideo *video, TpoEventFunc on_event,
                             gpointer user_data, GTask *task);
void tpo_request_set_ask (TpoRequest *self, const TpoAsk *ask);
void tpo_request_free (TpoRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoRequest, tpo_request_free)

/**
 * tpo_request_emit: hands @event over to the main thread; from the engine's thread
 *
 * Events arrive in order. After the request's task was cancelled they are dropped.
 */
void tpo_request_emit (const TpoEvent *event, gpointer request);
