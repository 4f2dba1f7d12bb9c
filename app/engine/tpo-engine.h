#pragma once

#include <gio/gio.h>

#include <tpo/session.h>

G_BEGIN_DECLS

#define TPO_TYPE_ENGINE (tpo_engine_get_type ())
G_DECLARE_FINAL_TYPE (TpoEngine, tpo_engine, TPO, ENGINE, GObject)

/**
 * TpoEngine:
 *
 * The compute engine as the program sees it: one thread that owns the Vulkan device, the model and the session of
 * the latest video, and a queue of requests to it. Requests are answered one after the other; the main thread never
 * waits. Device and model are opened by the first request. All functions belong to the main thread, and so do all
 * callbacks.
 *
 * Properties: "model-path" (string, nullable): file of the model in use; "model-name" and "device-name" (strings, %NULL
 * until they are known), "device-memory" (guint64, bytes; 0 until it is known), "loading" (double: how much of a model is
 * loaded, 0 … 1; below 0 while none is) and "is-busy".
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
 * Cancels all requests and waits until the thread has left the device, a submission or a shader's compilation at most.
 * For the end of the program, whose exit the driver would not survive otherwise; nothing may be asked afterwards.
 */
void tpo_engine_stop (TpoEngine *self);

/** tpo_engine_dup_model_info: (transfer full) (nullable): free with tpo_engine_model_info_free(); %NULL until the model is open */
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
 * Waits for requests before it. When the other cannot be opened, the one before stays in use; it is loaded again by the
 * next request.
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

/** tpo_engine_track_async: tpo_session_track(), likewise */
void tpo_engine_track_async (TpoEngine *self, TpoVideo *video, const TpoTrack *track,
                             TpoEventFunc on_event, gpointer user_data,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer callback_data);

/**
 * tpo_engine_segment_async: tpo_session_segment(); the mask comes as one TPO_EVENT_MASK whose score is the predicted
 *   IoU
 */
void tpo_engine_segment_async (TpoEngine *self, TpoVideo *video, guint frame,
                               const TpoPoint *points, guint n_points, const TpoBox *box,
                               TpoEventFunc on_event, gpointer user_data,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer callback_data);

/** tpo_engine_finish: of each of the above */
gboolean tpo_engine_finish (TpoEngine *self, GAsyncResult *result, GError **error);

G_END_DECLS
