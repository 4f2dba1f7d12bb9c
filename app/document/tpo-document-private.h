#pragma once

#include "document/mask-reader.h"
#include "document/tpo-document-conversations.h"
#include "document/tpo-document.h"
#include "store/tpo-store-conversations.h"
#include "store/tpo-store-videos.h"

/**
 * TpoTracked: an object that is being followed.
 */
typedef struct {
  TpoAnnotation *annotation; /* owned */
  gint64 prediction_id;      /* that grows with what is found; 0: none does */
  gboolean is_signed; /* of that without one: who finds it is in the document's track_makers */
  guint frame;        /* from which it is followed; it stays as it is */
  TpoBox box;         /* there */
  GPtrArray *found;   /* TpoKeyframeRecord, not saved yet */
  gint64 first_us, last_us; /* of all that was found */
  double score;             /* sum of @n_found */
  guint n_found;
} TpoTracked;

/**
 * TpoTracking: objects on their way through the video.
 */
typedef struct {
  GPtrArray *tracked; /* TpoTracked, by the engine's object number */
  guint n_frames, n_done;
  guint frame;       /* done last */
  gint64 save_at_us; /* monotonic: when what was found is saved next */
  gint64 began_us;   /* wall clock */
} TpoTracking;

/**
 * TpoWork: the question or track that the engine is busy with.
 */
typedef struct {
  GCancellable *cancellable;
  TpoMessage *answer;         /* nullable */
  gint64 step_id;             /* undo step that everything of it joins */
  gint64 saved_text_us;       /* when the answer's text was last saved */
  char *prompt;               /* what was asked; owned */
  TpoAnswerSettings settings; /* of the answer, with the seed that was drawn */
  guint n_turns;              /* before the question; sent to models that take them */
  gboolean has_box;
  TpoBox box;            /* that was asked about */
  TpoTask task;          /* that the answer called for */
  gboolean is_segment;   /* one mask for one frame */
  TpoAnnotation *track;  /* that gets it; nullable: a new one */
  TpoTracking *tracking; /* nullable */
} TpoWork;

struct _TpoDocument {
  GObject parent_instance;

  TpoStore *store;
  TpoEngine *engine;

  TpoVideo *video; /* nullable, with all below */
  char *title;
  gint64 video_id;
  gint64 conversation_id; /* 0: none yet */
  char *conversation_title;
  guint n_conversation_changes; /* that were taken in */
  GTask *rereading;             /* nullable: reads its messages; not owned */
  gint64 sought_message_id;     /* that is to be gone to, or 0 */
  gboolean is_branch_changing;  /* to the one that it is in */
  gint64 position_us;
  TpoMaskReader *masks;
  gboolean is_mask_missed; /* the last one could not be read, which was said */
  TpoAnnotationList *annotations;
  GPtrArray *
      arriving; /* TpoAnnotation of the open video by id, or NULL, that are not shown yet; nullable */
  guint n_arrived;  /* of them */
  GArray *stale;    /* annotation ids that are to be read again */
  guint n_followed; /* of them */
  guint follow_id;
  GHashTable *being_read; /* set of gint64: ids of annotations whose keyframes a thread reads */
  GQueue jobs;            /* of changes that wait for their turn; tpo-document-jobs.c */
  GTask *job;             /* nullable: that runs */
  GListStore *messages;
  GListStore *labels;
  TpoAnnotation *selected; /* of those in @selection the one chosen last; nullable */
  GHashTable *selection;   /* set of TpoAnnotation */
  GArray *
      reselected; /* nullable: gint64: ids of those that will be selected once they are shown again */
  GHashTable *best_spans; /* prediction → TpoBestSpan, of the video */
  GPtrArray
      *track_makers; /* TpoTrackMaker, of the video, by when they began; NULL: none is open */
  GHashTable *revisions; /* id → TpoAnnotationRecord, as far as was asked who made it */
  TpoAnnotation *highlighted;
  gint64 seen_step_id; /* that "undo-name" names */
  guint poll_id;
  TpoStoreMark mark; /* up to which changes of others are known */

  TpoAnswerSettings settings; /* for the next answer */
  TpoReach reach;             /* how far objects are followed */
  TpoWork *work;              /* nullable */
  char *step;
  double progress;
  char *problem;
};

typedef enum {
  TPO_DOCUMENT_PROP_0,
  TPO_DOCUMENT_PROP_VIDEO,
  TPO_DOCUMENT_PROP_TITLE,
  TPO_DOCUMENT_PROP_SELECTED,
  TPO_DOCUMENT_PROP_HIGHLIGHTED,
  TPO_DOCUMENT_PROP_CONVERSATION,
  TPO_DOCUMENT_PROP_POSITION_US,
  TPO_DOCUMENT_PROP_IS_BUSY,
  TPO_DOCUMENT_PROP_STEP,
  TPO_DOCUMENT_PROP_PROGRESS,
  TPO_DOCUMENT_PROP_UNDO_NAME,
  TPO_DOCUMENT_PROP_REDO_NAME,
  TPO_DOCUMENT_PROP_PROBLEM,
  TPO_DOCUMENT_N_PROPS,
} TpoDocumentProp;

void tpo_document_notify (TpoDocument *self, TpoDocumentProp prop);

/**
 * tpo_document_saved: @ok as a call of the store gave it, which may stand among the arguments; says
 * in a toast why not, and clears @error
 */
gboolean tpo_document_saved (TpoDocument *self, gboolean ok, GError **error);

/**
 * tpo_document_provenance_at: of what a person sets on a frame: a correction where the model had an
 * opinion about it
 */
TpoProvenance tpo_document_provenance_at (TpoAnnotation *annotation, gint64 time_us);

/** tpo_document_sync_labels: reads the label schema again; annotations follow */
void tpo_document_sync_labels (TpoDocument *self);

/* ---- tpo-document-annotations.c ---- */

/** tpo_document_find: Returns: (transfer none) (nullable) */
TpoAnnotation *tpo_document_find (TpoDocument *self, gint64 annotation_id);

/**
 * tpo_document_sync_annotation: reads one annotation again: it may be new, changed or gone.
 * @at_once: also a long track
 */
void tpo_document_sync_annotation (TpoDocument *self, gint64 annotation_id, gboolean at_once);

/**
 * tpo_document_show_annotation:
 * @known: (nullable): shown so far
 * @record: taken over
 * @keyframes: (nullable): taken over
 *
 * Shows an annotation as it is now, with its label and as a chip of its answer.
 */
void tpo_document_show_annotation (TpoDocument *self, TpoAnnotation *known,
                                   TpoAnnotationRecord *record, GPtrArray *keyframes);

/**
 * tpo_document_load_annotations: those of a video with their keyframes; in the thread of @store
 *
 * Returns: (transfer full) (element-type TpoAnnotation): by id, without their labels; or %NULL
 */
GPtrArray *tpo_document_load_annotations (TpoStore *store, gint64 video_id, GError **error);

/* ---- tpo-document-predicted.c ---- */

/**
 * tpo_document_load_best_spans: of a video, in the thread of @store. Returns: (transfer full):
 * prediction → TpoBestSpan
 */
GHashTable *tpo_document_load_best_spans (TpoStore *store, gint64 video_id);

/** tpo_document_load_track_makers: likewise. (element-type TpoTrackMaker): by when they began */
GPtrArray *tpo_document_load_track_makers (TpoStore *store, gint64 video_id);

/** tpo_document_find_best_span: of what an annotation was predicted as. Returns: (nullable) */
const TpoBestSpan *tpo_document_find_best_span (TpoDocument *self, TpoAnnotation *annotation);

/* ---- tpo-document-read.c ---- */

/**
 * tpo_document_read_track: the keyframes of a track that is new or has changed
 * @known: (nullable): what is shown so far
 * @record: taken over
 * @at_once: however many there are
 *
 * Those that stay as they are are not read again. All others are read at once where there are few,
 * else in a thread: the annotation stays as it was until then.
 */
void tpo_document_read_track (TpoDocument *self, TpoAnnotation *known,
                              TpoAnnotationRecord *record, gboolean at_once);

/* ---- tpo-document-jobs.c ---- */

/** TpoJobFunc: makes a change as one step, in the thread of @store or in another one */
typedef gboolean (*TpoJobFunc) (TpoStore *store, gpointer data, GError **error);

/** TpoJobDoneFunc: once it is saved; main thread */
typedef void (*TpoJobDoneFunc) (TpoDocument *self, gpointer data);

/**
 * tpo_document_run_job:
 * @n_changes: how large it is
 * @data: taken over
 * @free_data: (nullable)
 * @done: (nullable)
 *
 * At once where it is small, else in a thread, after the jobs before.
 *
 * Returns: whether it was saved, or is on its way; a toast says what goes wrong later
 */
gboolean tpo_document_run_job (TpoDocument *self, guint n_changes, TpoJobFunc func,
                               gpointer data, GDestroyNotify free_data, TpoJobDoneFunc done);

/**
 * tpo_document_is_saving: whether a thread changes labels right now, so that other changes would
 * have to wait
 */
gboolean tpo_document_is_saving (TpoDocument *self);

/** tpo_document_is_following: whether labels are being saved or read again, little by little */
gboolean tpo_document_is_following (TpoDocument *self);

/** tpo_document_finish_jobs: waits for all of them */
void tpo_document_finish_jobs (TpoDocument *self);

/* ---- tpo-document-selection.c ---- */

/**
 * tpo_document_list_selected_ids: the one chosen last is last. Returns: (transfer full)
 * (element-type gint64)
 */
GArray *tpo_document_list_selected_ids (TpoDocument *self);

/** tpo_document_select_id: now, or once a thread has read it; unless something else is selected until then */
void tpo_document_select_id (TpoDocument *self, gint64 annotation_id);

/**
 * tpo_document_reselect: those of @reselected that are there; unless something else was selected
 * meanwhile
 */
void tpo_document_reselect (TpoDocument *self);

/* ---- tpo-document-follow.c ---- */

/**
 * tpo_document_show_annotations: instead of those before, of which those in @reselected are
 * selected again, and those again that changed since they were loaded. Takes @annotations over
 */
void tpo_document_show_annotations (TpoDocument *self, GPtrArray *annotations);

/** tpo_document_follow: reads annotations again, many of them little by little */
void tpo_document_follow (TpoDocument *self, const gint64 *annotation_ids, guint n);

/** tpo_document_stop_following: whatever is not read yet stays as it is */
void tpo_document_stop_following (TpoDocument *self);

/** tpo_document_forget_arriving: one that is read from the store instead */
void tpo_document_forget_arriving (TpoDocument *self, gint64 annotation_id);

/**
 * tpo_document_free_in_thread: takes @array over; where it has thousands, to free them takes time
 * that a thread has
 */
void tpo_document_free_in_thread (GPtrArray *array);

/* ---- tpo-document-ask.c: the parts of asking ---- */

/** tpo_document_message_at: Returns: (transfer none) */
TpoMessage *tpo_document_message_at (TpoDocument *self, guint position);

/**
 * tpo_document_collect_history: questions with complete answers among the first @n messages. Texts
 * and boxes belong to the messages
 */
GArray *tpo_document_collect_history (TpoDocument *self, guint n);

/** tpo_document_begin_answer: is busy from now on, with the settings of now. @box: (nullable) */
void tpo_document_begin_answer (TpoDocument *self, const char *question, const TpoBox *box);

/**
 * tpo_document_add_question: where it is asked for the first time, with its picture and box, in the
 * group that is open
 */
gboolean tpo_document_add_question (TpoDocument *self, const char *question, gint64 position_us,
                                    const TpoBox *box, GError **error);

/** tpo_document_add_answer: an empty one behind the conversation's end, in the group that is open */
gint64 tpo_document_add_answer (TpoDocument *self, GError **error);

/**
 * tpo_document_start_answer: puts the last question to the engine, with the turns before it; its
 * empty answer is there already
 */
void tpo_document_start_answer (TpoDocument *self, const GArray *history, gint64 position_us);

/* ---- tpo-document-shown.c ---- */

/**
 * tpo_document_sync_conversation:
 * @same_message_id: as in TpoStoreChange
 *
 * Reads it again; where it is gone, the newest one of the video is shown. Which one that is, and its
 * title, is known at once; where there are many messages to read, they follow once a thread has.
 */
void tpo_document_sync_conversation (TpoDocument *self, gint64 same_message_id);

/**
 * tpo_document_settle_messages: those that a thread is reading are read at once, for what goes on
 * from them
 */
void tpo_document_settle_messages (TpoDocument *self);

/** tpo_document_forget_messages: none are shown, and none wanted, until they are read again */
void tpo_document_forget_messages (TpoDocument *self);

/** TpoConversationReading: a conversation that a thread has read */
typedef struct {
  gint64 wanted_id;             /* of that which was asked for; 0: of none */
  TpoConversationRecord *shown; /* nullable: what there is instead of it, if it is gone */
  gint64 after_id;     /* of the message that the others come after; 0: all are there */
  GPtrArray *messages; /* TpoMessage, without chips */
} TpoConversationReading;

/**
 * tpo_document_load_conversation: in the thread of @store
 * @after_id: of a message after which they are wanted; all come where it is not shown any more, too
 *
 * Returns: (transfer full)
 */
TpoConversationReading *tpo_document_load_conversation (TpoStore *store, gint64 video_id,
                                                        gint64 conversation_id,
                                                        gint64 after_id);

void tpo_conversation_reading_free (TpoConversationReading *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoConversationReading, tpo_conversation_reading_free)

/** tpo_document_show_loaded_conversation: of the open video, whose annotations are there */
void tpo_document_show_loaded_conversation (TpoDocument *self, TpoConversationReading *reading);

/* ---- tpo-document-branches.c ---- */

/** tpo_document_look_for_message: that tpo_document_show_message() wants, once all are there */
void tpo_document_look_for_message (TpoDocument *self);

/* ---- tpo-document-messages.c ---- */

/** tpo_document_add_chips: to messages that will be shown. @messages: (element-type TpoMessage) */
void tpo_document_add_chips (TpoDocument *self, GPtrArray *messages);

/** tpo_document_find_answer: whose chips @annotation is one of. Returns: (transfer none) (nullable) */
TpoMessage *tpo_document_find_answer (TpoDocument *self, TpoAnnotation *annotation);

/**
 * tpo_document_get_withdrawn: what a chip that a person deleted is now. Returns: (transfer full)
 * (nullable)
 */
TpoAnnotationRecord *tpo_document_get_withdrawn (TpoDocument *self, TpoAnnotation *annotation);

/** tpo_document_find_withdrawn: the chip that @record was. Returns: (transfer none) (nullable) */
TpoAnnotation *tpo_document_find_withdrawn (TpoDocument *self,
                                            const TpoAnnotationRecord *record);

/**
 * tpo_document_list_changed: annotations that are not as the store has them. Returns: (transfer
 * full) (element-type gint64)
 */
GArray *tpo_document_list_changed (TpoDocument *self);

/* ---- tpo-document.c ---- */

/** tpo_document_poll: takes in what another window or program did, like a change of its own */
void tpo_document_poll (TpoDocument *self);

/** tpo_document_unselect: for annotations that go away */
void tpo_document_unselect (TpoDocument *self, TpoAnnotation *annotation);

/**
 * tpo_document_frame: of the open video. @end_us: (out) (optional): when its display ends. Returns:
 * when it begins
 */
gint64 tpo_document_frame (TpoDocument *self, gint64 position_us, gint64 *end_us);

/** tpo_document_set_step: @step: (nullable) */
void tpo_document_set_step (TpoDocument *self, const char *step, double progress);

/** tpo_document_save_place: where the user is in the open video, and in which conversation */
gboolean tpo_document_save_place (TpoDocument *self, GError **error);

/** tpo_document_abandon_work: when the video goes away, what came of it is undone, or the document ends */
void tpo_document_abandon_work (TpoDocument *self);

/** tpo_document_drop_undone_work: ends the work whose step was undone; nothing more comes of it */
void tpo_document_drop_undone_work (TpoDocument *self);

/** tpo_document_begin_work: Returns: (transfer none): no longer than until tpo_document_end_work() */
TpoWork *tpo_document_begin_work (TpoDocument *self, const char *prompt);
void tpo_document_end_work (TpoDocument *self);

/**
 * tpo_document_is_work: whether the work that goes on is that of @result; another video may be open
 * by now
 */
gboolean tpo_document_is_work (TpoDocument *self, GAsyncResult *result);

/* ---- tpo-document-tracked.c ---- */

TpoTracking *tpo_tracking_new (void);
void tpo_tracking_free (TpoTracking *self);

/** tpo_tracking_add: @box: that it has on @frame. Returns: (transfer none) */
TpoTracked *tpo_tracking_add (TpoTracking *self, TpoAnnotation *annotation, guint frame,
                              const TpoBox *box);
TpoTracked *tpo_tracking_get (const TpoTracking *self, guint object); /* (transfer none) */

/** tpo_tracking_drop: forgets what was found and is not saved yet */
void tpo_tracking_drop (TpoTracking *self);

/** tpo_document_begin_tracking: takes @tracking over, whose objects @follow numbers */
void tpo_document_begin_tracking (TpoDocument *self, TpoTracking *tracking,
                                  const TpoFollow *follow);

/** tpo_document_keep_keyframe: takes @keyframe over, which is saved with the next ones about once a second */
void tpo_document_keep_keyframe (TpoDocument *self, TpoTracked *tracked,
                                 TpoKeyframeRecord *keyframe);

/** tpo_document_end_tracking: saves what was found of the objects; does nothing where none are followed */
void tpo_document_end_tracking (TpoDocument *self);

/* ---- tpo-document-findings.c: of the work that goes on ---- */

/** tpo_document_settings_json: what its predictions are made with. Returns: (transfer full) */
char *tpo_document_settings_json (TpoDocument *self);

void tpo_document_keep_spans (TpoDocument *self, const TpoEvent *event);
void tpo_document_keep_box (TpoDocument *self, const TpoEvent *event);

/** tpo_document_keep_mask: of a click, or of a track that grows until tpo_document_end_tracking() */
void tpo_document_keep_mask (TpoDocument *self, const TpoEvent *event);
