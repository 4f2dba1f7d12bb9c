#pragma once

#include <tpo/video.h>

#include "document/label-template.h"
#include "document/message-details.h"
#include "document/tpo-annotation-list.h"
#include "document/tpo-message.h"
#include "document/track-reach.h"
#include "engine/tpo-engine.h"
#include "store/tpo-store-labels.h"
#include "store/tpo-store-predictions.h"

G_BEGIN_DECLS

#define TPO_TYPE_DOCUMENT (tpo_document_get_type ())
G_DECLARE_FINAL_TYPE (TpoDocument, tpo_document, TPO, DOCUMENT, GObject)

/**
 * TpoDocument:
 *
 * What a window shows: one video of a project with its conversation and annotations. It is the only
 * way by which views change anything: each correction is saved in the project at once, as one undo
 * step, and comes back through the models. It holds no widgets. Main thread only.
 *
 * Properties (readable; those marked * also writable):
 *   "video" (TpoVideo, pointer, nullable)  "title" (string)
 *   "conversation" (string, nullable): title of the one that is shown; nothing is asked yet where it is %NULL
 *   "selected"* (TpoAnnotation, nullable)  "highlighted" (TpoAnnotation, nullable): pointed at, in whatever view
 *   "position-us"* (gint64): set by the player, remembered in the project
 *   "is-busy": a question or a track is being worked on  "step" (nullable) and "progress" (0 … 1) say what and how far
 *   "undo-name", "redo-name" (nullable, translated): what undo and redo would take back
 *   "problem" (nullable): a state that lasts and that the user should know: no device, read-only project
 * Signals: "toast" (string): a sentence to show for a moment; "toast-undo" (string): the same, with
 *   an Undo button; "project-changed" (TpoStoreChange, pointer): after every change that can be
 *   undone, also of other videos than the open one, for lists of the whole project;
 *   "message-shown" (uint): the position of one that was to be shown
 */

/** tpo_document_new: @store is taken over, @engine shared */
TpoDocument *tpo_document_new (TpoStore *store, TpoEngine *engine);

/** tpo_document_toast: says @text, a sentence, in a "toast" */
void tpo_document_toast (TpoDocument *self, const char *text);

/* ---- video ---- */

/**
 * tpo_document_open_async:
 * @location: path or URI
 *
 * Indexes the video, finds or adds it in the project and restores its conversation, annotations and
 * position. The video open before stays until that worked.
 */
void tpo_document_open_async (TpoDocument *self, const char *location, TpoProgressFunc progress,
                              gpointer user_data, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer callback_data);
gboolean tpo_document_open_finish (TpoDocument *self, GAsyncResult *result, GError **error);

/**
 * tpo_document_take_change: what another connection, such as an import in a thread, has changed in
 * the project
 *
 * Models follow and "project-changed" is emitted as if the document had made the change itself.
 */
void tpo_document_take_change (TpoDocument *self, const TpoStoreChange *change);

/**
 * tpo_document_reload: reads all again, in a thread, after another connection has changed the
 * project; what is selected stays so
 */
void tpo_document_reload (TpoDocument *self);

TpoVideo *tpo_document_get_video (TpoDocument *self);      /* (transfer none) (nullable) */
gint64 tpo_document_get_video_id (TpoDocument *self);      /* in the project; 0: none is open */
TpoVideoIndex *tpo_document_get_index (TpoDocument *self); /* (transfer none) (nullable) */
TpoStore *tpo_document_get_store (TpoDocument *self);      /* (transfer none) */
TpoEngine *tpo_document_get_engine (TpoDocument *self);    /* (transfer none) */
gint64 tpo_document_get_position (TpoDocument *self);      /* microseconds, as remembered */
void tpo_document_set_position (TpoDocument *self, gint64 position_us);

/** tpo_document_flush: saves the position and empties the log into the project file */
gboolean tpo_document_flush (TpoDocument *self, GError **error);

/* ---- models ---- */

/**
 * tpo_document_get_annotations: those of the open video, discarded ones included
 *
 * Where a video has thousands, the first of them are there when it is opened, the others little by little.
 */
TpoAnnotationList *tpo_document_get_annotations (TpoDocument *self);

/**
 * tpo_document_require: one of the open video that may not have come yet. Returns: (transfer none)
 * (nullable)
 */
TpoAnnotation *tpo_document_require (TpoDocument *self, gint64 annotation_id);

GListModel *tpo_document_get_messages (TpoDocument *self); /* of TpoMessage */

/*
 * Any number of annotations are selected; the one chosen last is "selected", which the picture
 * shows with handles. "notify::selected" tells of every change of either.
 */
TpoAnnotation *tpo_document_get_selected (TpoDocument *self); /* (transfer none) (nullable) */
gboolean tpo_document_is_selected (TpoDocument *self, TpoAnnotation *annotation);

/**
 * tpo_document_list_selected: in the order of making. Returns: (transfer full) (element-type
 * TpoAnnotation)
 */
GPtrArray *tpo_document_list_selected (TpoDocument *self);

/** tpo_document_select: this one alone. @annotation: (nullable): %NULL: none */
void tpo_document_select (TpoDocument *self, TpoAnnotation *annotation);

/**
 * tpo_document_select_many: these alone. @annotations: (element-type TpoAnnotation), the last of
 * which is "selected"
 */
void tpo_document_select_many (TpoDocument *self, GPtrArray *annotations);

/** tpo_document_toggle_selected: adds it to the selected ones, or takes it away */
void tpo_document_toggle_selected (TpoDocument *self, TpoAnnotation *annotation);

/**
 * tpo_document_get_prediction: what an annotation derives from, without masks. Returns: (transfer
 * full) (nullable)
 */
TpoPredictionRecord *tpo_document_get_prediction (TpoDocument *self, TpoAnnotation *annotation);

/**
 * tpo_document_find_replaced: what the model said of a frame that a person corrected. Returns:
 * (transfer full) (nullable)
 */
TpoKeyframeRecord *tpo_document_find_replaced (TpoDocument *self, TpoAnnotation *annotation,
                                               gint64 time_us);

/**
 * tpo_document_get_predicted_span: when its prediction says that it is. Returns: (transfer none)
 * (nullable)
 */
const TpoSpan *tpo_document_get_predicted_span (TpoDocument *self, TpoAnnotation *annotation);

/**
 * tpo_document_get_score: of its prediction, or the lowest of a track's frames, 0 … 1; negative
 * when there is none
 */
double tpo_document_get_score (TpoDocument *self, TpoAnnotation *annotation);

/**
 * tpo_document_set_curve:
 * @values: [n_values] in the range of the prediction's curve; 0 values: as predicted
 *
 * The highlight curve as a person draws it.
 */
gboolean tpo_document_set_curve (TpoDocument *self, TpoAnnotation *annotation,
                                 const float *values, guint n_values);

GListModel *tpo_document_get_labels (TpoDocument *self); /* of TpoLabel, by id */

/** tpo_document_find_label: Returns: (transfer none) (nullable) */
TpoLabel *tpo_document_find_label (TpoDocument *self, gint64 label_id);

/** tpo_document_list_attributes: Returns: (transfer full) (element-type TpoAttributeRecord) */
GPtrArray *tpo_document_list_attributes (TpoDocument *self, gint64 label_id);

/**
 * tpo_document_list_values: what is said of @annotation. Returns: (transfer full) (element-type
 * TpoAttributeValue)
 */
GPtrArray *tpo_document_list_values (TpoDocument *self, TpoAnnotation *annotation);

/* ---- questions ---- */

/** tpo_document_set_answer_settings: for the next answers; stored with each of them */
void tpo_document_set_answer_settings (TpoDocument *self, const TpoAnswerSettings *settings);

/**
 * tpo_document_ask:
 * @position_us: the picture that "where" means
 * @box: (nullable): stands for <track_box> in the question
 *
 * Adds question and answer to the conversation; the answer streams. What the heads find is saved as
 * predictions and shows up as annotations. Problems appear in the answer. Does nothing while busy.
 */
void tpo_document_ask (TpoDocument *self, const char *question, gint64 position_us,
                       const TpoBox *box);

/**
 * tpo_document_regenerate: answers the last question anew, with the model and settings of now
 *
 * The answer before becomes a branch of the conversation; its labels go unless a person accepted or
 * changed them. Does nothing while busy or where there is no answer.
 */
void tpo_document_regenerate (TpoDocument *self);

/**
 * tpo_document_set_reach: how far objects are followed from now on; not remembered beyond this
 * document's life
 */
void tpo_document_set_reach (TpoDocument *self, const TpoReach *reach);
TpoReach tpo_document_get_reach (TpoDocument *self);

/**
 * tpo_document_track:
 * @loop: (nullable): of the player
 *
 * Follows a track's object from @position_us, or from where the mask shown there comes from, by the
 * mask or box it has there, as far as the reach says. What a person said of a frame stays, and
 * where the object was said to be absent it is not looked for. Boxes stay boxes. What is found is
 * saved on the way, as one undo step. Does nothing while busy.
 */
void tpo_document_track (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us,
                         gboolean backward, const TpoTimes *loop);

/**
 * tpo_document_track_all: tpo_document_track() of all objects that have a mask of their own or a
 * box on that frame; those locked or hidden stay
 */
void tpo_document_track_all (TpoDocument *self, gint64 position_us, gboolean backward,
                             const TpoTimes *loop);

/**
 * tpo_document_retrack:
 *
 * After a correction at @position_us: follows the object anew, both ways, through the frames around
 * it that the model had found, and no others. Does nothing while busy.
 */
void tpo_document_retrack (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us);

/** tpo_document_is_tracking: whether objects are followed; "step" and "progress" say how far */
gboolean tpo_document_is_tracking (TpoDocument *self);

/**
 * tpo_document_can_retrack: whether the frame at @position_us was corrected after the frames beside
 * it were tracked
 */
gboolean tpo_document_can_retrack (TpoDocument *self, TpoAnnotation *annotation,
                                   gint64 position_us);

/**
 * tpo_document_segment:
 * @annotation: (nullable): mask track whose mask on this frame is replaced; %NULL: a new one is made
 * @prompt: a box or all clicks so far on this frame, and the mask, if any, that they correct; its
 *   frame does not matter
 *
 * Click-to-segment. When the mask arrives it is saved and selected.
 */
void tpo_document_segment (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us,
                           const TpoCorrection *prompt);

/** tpo_document_cancel: stops what is being worked on; what was found so far stays */
void tpo_document_cancel (TpoDocument *self);

/* ---- corrections: each returns whether it was saved; if not, "toast" said why ---- */

/**
 * tpo_document_add_span:
 * @like: (nullable): a span whose label the new one gets, or its text where it has none
 *
 * Returns: (transfer none) (nullable): the new annotation, selected
 */
TpoAnnotation *tpo_document_add_span (TpoDocument *self, gint64 start_us, gint64 end_us,
                                      TpoAnnotation *like);
gboolean tpo_document_set_span (TpoDocument *self, TpoAnnotation *annotation, gint64 start_us,
                                gint64 end_us);
/**
 * tpo_document_set_spans: in one step, and, where they are many, by a thread: nothing is moved while
 * one is at work. @times: [@annotations]: where each goes
 */
gboolean tpo_document_set_spans (TpoDocument *self, GPtrArray *annotations,
                                 const TpoTimes *times);
/** tpo_document_split_span: at @position_us, inside it; the second half is a new annotation */
gboolean tpo_document_split_span (TpoDocument *self, TpoAnnotation *annotation,
                                  gint64 position_us);
/**
 * tpo_document_merge_spans: @annotations: two or more spans: the earliest one covers all of them,
 * the others go
 */
gboolean tpo_document_merge_spans (TpoDocument *self, GPtrArray *annotations);
/** tpo_document_set_shared_edge: where @left ends and @right starts, in one step */
gboolean tpo_document_set_shared_edge (TpoDocument *self, TpoAnnotation *left,
                                       TpoAnnotation *right, gint64 time_us);

/**
 * tpo_document_add_box: Returns: (transfer none) (nullable): a new box track with a keyframe at
 * @position_us, selected
 */
TpoAnnotation *tpo_document_add_box (TpoDocument *self, gint64 position_us, const TpoBox *box);
/** tpo_document_set_box: sets the box on the frame at @position_us, which becomes a keyframe */
gboolean tpo_document_set_box (TpoDocument *self, TpoAnnotation *annotation, gint64 position_us,
                               const TpoBox *box);
/** tpo_document_toggle_keyframe: box tracks: makes the interpolated box a keyframe, or removes one */
gboolean tpo_document_toggle_keyframe (TpoDocument *self, TpoAnnotation *annotation,
                                       gint64 position_us);
/**
 * tpo_document_set_absent: the object is not in the picture from @position_us to the next keyframe
 * that a person made
 */
gboolean tpo_document_set_absent (TpoDocument *self, TpoAnnotation *annotation,
                                  gint64 position_us);
/**
 * tpo_document_set_mask: @annotation: (nullable): %NULL makes a new mask track. Returns: (transfer
 * none) (nullable)
 */
TpoAnnotation *tpo_document_set_mask (TpoDocument *self, TpoAnnotation *annotation,
                                      gint64 position_us, const TpoRle *mask);

gboolean tpo_document_set_status (TpoDocument *self, TpoAnnotation *annotation,
                                  TpoAnnotationStatus status);
gboolean tpo_document_set_text (TpoDocument *self, TpoAnnotation *annotation, const char *text);
gboolean tpo_document_set_label (TpoDocument *self, TpoAnnotation *annotation, gint64 label_id);
/** tpo_document_set_attribute: @value: (nullable): as tpo_store_set_attribute() takes it */
gboolean tpo_document_set_attribute (TpoDocument *self, TpoAnnotation *annotation,
                                     gint64 attribute_id, const char *value);
gboolean tpo_document_delete (TpoDocument *self, TpoAnnotation *annotation);

/* Of many in one undo step; locked ones stay as they are, and a toast says how many. @annotations:
 * (element-type TpoAnnotation) */
gboolean tpo_document_set_status_of (TpoDocument *self, GPtrArray *annotations,
                                     TpoAnnotationStatus status);
gboolean tpo_document_set_label_of (TpoDocument *self, GPtrArray *annotations, gint64 label_id);
gboolean tpo_document_delete_all (TpoDocument *self, GPtrArray *annotations);

/** tpo_document_is_open: whether @annotation may be changed; if it is locked a toast says so */
gboolean tpo_document_is_open (TpoDocument *self, TpoAnnotation *annotation);

/** tpo_document_set_locked: whether corrections are refused; no undo step */
gboolean tpo_document_set_locked (TpoDocument *self, GPtrArray *annotations,
                                  gboolean is_locked);
/** tpo_document_set_hidden: whether they are out of sight; no undo step */
gboolean tpo_document_set_hidden (TpoDocument *self, GPtrArray *annotations,
                                  gboolean is_hidden);

/* ---- label schema ---- */

/**
 * tpo_document_add_label: with a colour and a number key that no other label has, while there are any
 *
 * Returns: its id, also when a label of that name was there; 0 when "toast" said why not
 */
gint64 tpo_document_add_label (TpoDocument *self, const char *name);

/**
 * tpo_document_update_label: sets name, colour and key of @label->id; a key taken is taken from the
 * other label
 */
gboolean tpo_document_update_label (TpoDocument *self, const TpoLabelRecord *label);
gboolean tpo_document_remove_label (TpoDocument *self, TpoLabel *label);

/**
 * tpo_document_count_label_uses_async: in the whole project, by a thread
 *
 * Finish returns: (transfer full) (nullable) (element-type TpoLabelUse): by label, without those
 * that nothing carries; %NULL when "toast" said why not
 */
void tpo_document_count_label_uses_async (TpoDocument *self, GAsyncReadyCallback callback,
                                          gpointer user_data);
GArray *tpo_document_count_label_uses_finish (TpoDocument *self, GAsyncResult *result);

/** tpo_document_save_attribute: adds @attribute where its id is 0, else changes name and choices */
gboolean tpo_document_save_attribute (TpoDocument *self, const TpoAttributeRecord *attribute);
gboolean tpo_document_remove_attribute (TpoDocument *self, gint64 attribute_id);

/** tpo_document_use_label_template, save, remove: as in label-template.h */
gboolean tpo_document_use_label_template (TpoDocument *self, const char *path);
gboolean tpo_document_save_label_template (TpoDocument *self, const char *name);
gboolean tpo_document_remove_label_template (TpoDocument *self,
                                             const TpoLabelTemplate *label_template);

gboolean tpo_document_undo (TpoDocument *self);
gboolean tpo_document_redo (TpoDocument *self);

/** tpo_document_clear_conversation: starts a new conversation; the old one stays in the project */
gboolean tpo_document_clear_conversation (TpoDocument *self);

G_END_DECLS
