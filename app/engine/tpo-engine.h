#pragma once

#include <gio/gio.h>

#include <tpo/session.h>

G_BEGIN_DECLS

#define TPO_TYPE_ENGINE (tpo_engine_get_type ())
G_DECLARE_FINAL_TYPE (TpoEngine, tpo_engine, TPO, ENGINE, GObject)

/**
 * TpoEngine:
 *
 * The compute engine as the program sees it: one thread that owns the Vulkan device, the model and
 * the session of the latest video, and a queue of requests to it. Requests are answered one after
 * the other; the main thread never waits. Device and model are opened by the first request. All
 * functions belong to the main thread, and so do all callbacks.
 *
 * Properties: "model-path" (string, nullable): file of the model in use; "model-name" and
 * "device-name" (strings, %NULL until they are known), "device-memory" (guint64, bytes; 0 until it
 * is known), "loading" (double: how much of a model is loaded, 0 … 1; below 0 while none is) and
 * "is-busy".
 */

/**
 * tpo_engine_new:
 * @model_path: (nullable): GGUF file; %NULL: every request fails with a sentence that says so
 * @device: (nullable): as in TpoDeviceOptions.selector
 */
TpoEngine *tpo_engine_new (const char *model_path, const char *device);

/**
 * tpo_engine_stop:
 *
 * Cancels all requests and waits until the thread has left the device, a submission or a shader's
 * compilation at most. For the end of the program, whose exit the driver would not survive
 * otherwise; nothing may be asked afterwards.
 */
void tpo_engine_stop (TpoEngine *self);

/**
 * tpo_engine_dup_model_info: (transfer full) (nullable): free with tpo_engine_model_info_free();
 * %NULL until the model is open
 */
TpoModelInfo *tpo_engine_dup_model_info (TpoEngine *self);
void tpo_engine_model_info_free (TpoModelInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoModelInfo, tpo_engine_model_info_free)

/**
 * tpo_engine_warm_up_async: opens device and model, so that the first question does not wait
 * @on_event: (nullable): gets TPO_EVENT_STEP
 */
void tpo_engine_warm_up_async (TpoEngine *self, TpoEventFunc on_event, gpointer user_data,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer callback_data);

/**
 * tpo_engine_switch_async: closes the model in use and opens another
 * @on_event: (nullable): gets TPO_EVENT_STEP
 *
 * Waits for requests before it. When the other cannot be opened, the one before stays in use; it is
 * loaded again by the next request.
 */
void tpo_engine_switch_async (TpoEngine *self, const char *model_path, TpoEventFunc on_event,
                              gpointer user_data, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer callback_data);

/**
 * tpo_engine_ask_async:
 * @ask: copied, with all that it points to
 * @on_event: events of tpo_session_ask(); pointers in them are valid during the call
 * @user_data: of @on_event; must live until @callback
 */
void tpo_engine_ask_async (TpoEngine *self, TpoVideo *video, const TpoAsk *ask,
                           TpoEventFunc on_event, gpointer user_data, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer callback_data);

/**
 * TpoFollow: objects to be followed, and all that is known of them.
 */
typedef struct {
  const TpoCorrection
      *corrections; /* [n_corrections]: at least one of each object; in the order given */
  guint n_corrections;
  const TpoStretch *stretches; /* [n_stretches], one after the other */
  guint n_stretches;
} TpoFollow;

/**
 * tpo_engine_follow_async:
 * @follow: copied, with all that it points to
 *
 * Tells the session the corrections and propagates through each stretch; see tpo_session_correct()
 * and tpo_session_propagate(), whose TPO_EVENT_MASKs it gives. Nothing is remembered for the next
 * request, so that what is found depends on @follow alone.
 */
void tpo_engine_follow_async (TpoEngine *self, TpoVideo *video, const TpoFollow *follow,
                              TpoEventFunc on_event, gpointer user_data,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer callback_data);

/**
 * tpo_engine_segment_async:
 * @prompt: copied, with all that it points to; its object does not matter
 *
 * Finds one object on one frame: tpo_session_segment() by clicks or a box, or tpo_session_correct()
 * where they correct a mask. The mask comes as one TPO_EVENT_MASK whose score is the predicted IoU.
 */
void tpo_engine_segment_async (TpoEngine *self, TpoVideo *video, const TpoCorrection *prompt,
                               TpoEventFunc on_event, gpointer user_data,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer callback_data);

/** tpo_engine_finish: of each of the above */
gboolean tpo_engine_finish (TpoEngine *self, GAsyncResult *result, GError **error);

G_END_DECLS
