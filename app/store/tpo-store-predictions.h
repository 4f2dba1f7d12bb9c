#pragma once

#include "store/tpo-store.h"

G_BEGIN_DECLS

/**
 * tpo_store_add_prediction:
 * @prediction: everything but @id; @created_us is now when 0
 *
 * Keeps what a head said, for ever: the database itself refuses to change or remove it. No undo
 * step; what a user sees and undoes is the annotation made from it.
 *
 * Returns: id, or 0
 */
gint64 tpo_store_add_prediction (TpoStore *self, const TpoPredictionRecord *prediction,
                                 GError **error);

/**
 * tpo_store_grow_prediction:
 * @prediction_id: of one that was added as growing
 * @keyframes: (element-type TpoKeyframeRecord): of frames that it has none of yet
 * @end_us: when the display of the last of them ends; its spans last until then, if not longer
 *
 * So that a track of hours is kept while it is found. After tpo_store_seal_prediction() the
 * database refuses it.
 */
gboolean tpo_store_grow_prediction (TpoStore *self, gint64 prediction_id, GPtrArray *keyframes,
                                    gint64 end_us, GError **error);

/** tpo_store_seal_prediction: nothing more comes. Does nothing where that has been said already */
gboolean tpo_store_seal_prediction (TpoStore *self, gint64 prediction_id, GError **error);

/** tpo_store_get_prediction: with everything. Returns: (transfer full): or %NULL */
TpoPredictionRecord *tpo_store_get_prediction (TpoStore *self, gint64 prediction_id,
                                               GError **error);

/**
 * tpo_store_get_outline: a prediction with its masks left in the project, see tpo_store_get_mask().
 * Returns: (transfer full): or %NULL
 */
TpoPredictionRecord *tpo_store_get_outline (TpoStore *self, gint64 prediction_id,
                                            GError **error);

/**
 * tpo_store_list_predictions: of one answer, in the order of their task tokens
 *
 * Returns: (transfer full) (element-type gint64): ids
 */
GArray *tpo_store_list_predictions (TpoStore *self, gint64 message_id, GError **error);

/**
 * tpo_store_list_claims:
 * @after_id: as for tpo_store_list_later_messages()
 *
 * What the heads said in the answers of the branch that is shown, in the order of their task tokens.
 *
 * Returns: (transfer full) (element-type TpoClaim): by message
 */
GArray *tpo_store_list_claims (TpoStore *self, gint64 conversation_id, gint64 after_id,
                               GError **error);

/** TpoBestSpan: when a prediction says that it is, above all, and which model said so */
typedef struct {
  gint64 prediction_id;
  TpoSpan span;
  const char *model; /* its name; interned */
  const char *
      model_title; /* with its version, or else with how its file's checksum begins; interned */
} TpoBestSpan;

/**
 * tpo_store_list_best_spans: of what a video's annotations were predicted as. Returns: (transfer
 * full) (element-type TpoBestSpan): or %NULL
 */
GPtrArray *tpo_store_list_best_spans (TpoStore *self, gint64 video_id, GError **error);

/** tpo_store_get_best_span: Returns: (transfer full): to be freed with g_free(); or %NULL: it has none */
TpoBestSpan *tpo_store_get_best_span (TpoStore *self, gint64 prediction_id, GError **error);

/** TpoTrackMaker: that a model followed an annotation, whatever that was predicted as */
typedef struct {
  gint64 annotation_id;
  gint64 began_us;   /* wall clock */
  const char *model; /* its name; interned */
} TpoTrackMaker;

/**
 * tpo_store_list_track_makers: of a video: predictions without an answer whose settings name the
 * “annotation”
 *
 * Returns: (transfer full) (element-type TpoTrackMaker): by @began_us, or %NULL
 */
GPtrArray *tpo_store_list_track_makers (TpoStore *self, gint64 video_id, GError **error);

G_END_DECLS
