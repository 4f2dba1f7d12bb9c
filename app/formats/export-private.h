#pragma once

#include "formats/formats-private.h"
#include "formats/json-writer.h"
#include "formats/output-folder.h"
#include "formats/tpo-export.h"
#include "store/tpo-store-annotations.h"
#include "store/tpo-store-videos.h"

/* What the formats share: the walk over a project, names of videos, losses. */

G_BEGIN_DECLS

typedef struct {
  gint64 id;
  char *uri;
  char *path; /* for readers: relative to the exported file, or the bare file name */
  char *stem; /* file name without its extension, different for each video */
} TpoExportVideo;

struct _TpoExport {
  TpoStore *store;
  const TpoFormat *format;
  TpoExportOptions options;
  GFile *folder;              /* where the files are made */
  TpoOutputFolder *in_making; /* NULL for a format of one file */
  TpoOutputFile *file;        /* the main one; NULL for a folder */
  TpoJsonWriter json;         /* into file */
  GPtrArray *finished;        /* of TpoOutputFile, still to be named; of a format of one file */
  TpoOutputFile *description;
  TpoJsonWriter about; /* into description, within its list of files */
  GCancellable *cancellable;
  GPtrArray *videos;     /* of TpoExportVideo */
  GHashTable *aliases;   /* further names of videos in the files → TpoExportVideo */
  GPtrArray *labels;     /* of TpoLabelRecord, by id */
  GPtrArray *attributes; /* of TpoAttributeRecord, of all labels */
  TpoLossReport *report;
  GError *problem;             /* nullable: with a mask or values that could not be read */
  gboolean has_foreign_fields; /* any annotation of the project */
  gboolean has_unlabelled;     /* objects without a label were written */
  gboolean is_counting;        /* losses; nothing is written yet */
  guint n_walks,
      n_walked; /* over all videos: that the format needs, if not one; that are done */
};

/**
 * tpo_export_open:
 * @name: of a format of one file: what follows the target's name without extension, ".jsonl"; of
 *   a folder: the path in it
 *
 * Returns: (transfer full): a further file, for tpo_export_close(); or %NULL with an error
 */
TpoOutputFile *tpo_export_open (TpoExport *self, const char *name, GError **error);

/** tpo_export_close: finishes @file, taking it over, and notes its checksum */
gboolean tpo_export_close (TpoExport *self, TpoOutputFile *file, GError **error);

/** tpo_export_add_format_losses: what the format has no place for, as far as the project has it */
gboolean tpo_export_add_format_losses (TpoExport *self, const TpoStoreCounts *counts,
                                       GError **error);

/** tpo_export_name_videos: those of the project that the options choose, by id. (transfer full) (element-type TpoExportVideo) */
GPtrArray *tpo_export_name_videos (TpoExport *self, GFile *target, GError **error);

/** tpo_export_begin_description: up to the list of files */
void tpo_export_begin_description (TpoExport *self);

/** tpo_export_describe_file: @file is finished */
void tpo_export_describe_file (TpoExport *self, const TpoOutputFile *file, const char *name);

/** tpo_export_end_description: all other files are finished */
void tpo_export_end_description (TpoExport *self, const TpoStoreCounts *counts);

/** tpo_export_add_alias: @name stands for @video in the files; the description tells importers */
void tpo_export_add_alias (TpoExport *self, const char *name, const TpoExportVideo *video);

/** tpo_export_label_name: Returns: (nullable): %NULL for none or a deleted one */
const char *tpo_export_label_name (TpoExport *self, gint64 label_id);

/** tpo_export_list_annotations: those that the options choose. (transfer full) */
GPtrArray *tpo_export_list_annotations (TpoExport *self, gint64 video_id, GError **error);

/** tpo_export_may_go_on: false with an error once writing or reading a mask failed, or it was cancelled */
gboolean tpo_export_may_go_on (TpoExport *self, GError **error);

/**
 * TpoExportVideoFunc: writes one video
 * @annotations: (element-type TpoAnnotationRecord): that the options choose, by start
 */
typedef gboolean (*TpoExportVideoFunc) (TpoExport *self, const TpoExportVideo *names,
                                        const TpoVideoRecord *video, GPtrArray *annotations,
                                        gpointer data, GError **error);

/** tpo_export_each_video: all videos, by id, with progress; stops at an error or when cancelled */
gboolean tpo_export_each_video (TpoExport *self, TpoExportVideoFunc func, gpointer data,
                                GError **error);

/** tpo_export_progress: @n_done of @n_all parts of the work are done */
void tpo_export_progress (TpoExport *self, guint n_done, guint n_all);

/**
 * TpoTrackFrame: a track on one frame of the video
 */
typedef struct {
  gint64 frame; /* index in the video */
  gint64 time_us;
  TpoBox box;
  const TpoRle *mask; /* nullable, of the video's size; %NULL in a collected track */
  guint64 area;       /* of the mask, pixels; 0: there is none */
  gboolean is_scaled; /* the mask was of another size */
  const TpoKeyframeRecord *keyframe; /* that the mask is of; nullable */
} TpoTrackFrame;

typedef void (*TpoTrackFrameFunc) (const TpoTrackFrame *frame, gpointer data);

/**
 * tpo_export_walk_track: calls @func for the frames that show the object, in order
 *
 * A box track is on every frame of its time unless options.keyframes_only; a mask track where it
 * has masks.
 */
void tpo_export_walk_track (TpoExport *self, const TpoVideoRecord *video,
                            const TpoAnnotationRecord *track, GPtrArray *keyframes,
                            TpoTrackFrameFunc func, gpointer data);

/** tpo_export_has_kind: whether there is one of @kind in @annotations */
gboolean tpo_export_has_kind (GPtrArray *annotations, TpoAnnotationKind kind);

/** tpo_is_track: boxes or masks */
gboolean tpo_is_track (const TpoAnnotationRecord *annotation);

/**
 * tpo_export_collect_track: what tpo_export_walk_track() shows, of a track that the format holds
 *
 * Returns: (transfer full) (element-type TpoTrackFrame): by frame, without their masks; empty for a track
 *   that the format has no place for; or %NULL with an error
 */
GArray *tpo_export_collect_track (TpoExport *self, const TpoVideoRecord *video,
                                  const TpoAnnotationRecord *track, GError **error);

/**
 * tpo_export_frame_mask: of a frame of a collected track. Returns: (transfer full) (nullable): as
 * tpo_export_read_mask()
 */
TpoRle *tpo_export_frame_mask (TpoExport *self, const TpoVideoRecord *video,
                               const TpoTrackFrame *frame);

/** tpo_export_count_frames: what is lost of a collected track by writing all its frames alike */
void tpo_export_count_frames (TpoExport *self, const TpoAnnotationRecord *track,
                              const GArray *frames);

/** TPO_UNLABELLED: the category of objects without a label */
#define TPO_UNLABELLED "unlabelled"

/** tpo_export_category: number of the track's category: its label's id, or one that no label has */
gint64 tpo_export_category (TpoExport *self, const TpoAnnotationRecord *track);

/** tpo_export_write_categories: the member "categories", once all annotations are written */
void tpo_export_write_categories (TpoExport *self);

/** tpo_json_xywh: a box in pixels, as left, top, width, height */
void tpo_json_xywh (TpoJsonWriter *json, const char *name, const TpoVideoRecord *video,
                    const TpoBox *box);

/** TPO_LOSS_MASKS_SCALED: what and why, for tpo_loss_report_add() */
#define TPO_LOSS_MASKS_SCALED N_ ("scaled to the size of the picture")

/** TPO_LOSS_KEYFRAMES: the same for the keyframes of box tracks */
#define TPO_LOSS_KEYFRAMES \
  N_ ("written frame by frame, which does not tell their keyframes from interpolated boxes")

/** TPO_LOSS_SPANS_WIDENED, TPO_LOSS_MILLISECONDS: the same for spans */
#define TPO_LOSS_SPANS_WIDENED N_ ("widened to whole frames")
#define TPO_LOSS_MILLISECONDS N_ ("rounded to milliseconds")

/**
 * tpo_export_read_mask: of tracks of hours masks are read one after the other
 * @keyframe: perhaps a light one
 * @is_scaled: (out): the mask was of another size
 *
 * Returns: (transfer full) (nullable): the mask at the size of @video; %NULL where there is none,
 *   or none can be read, of which tpo_export_may_go_on() tells
 */
TpoRle *tpo_export_read_mask (TpoExport *self, const TpoVideoRecord *video,
                              const TpoKeyframeRecord *keyframe, gboolean *is_scaled);

/** tpo_export_take_mask: the same, and counts what is lost by scaling */
TpoRle *tpo_export_take_mask (TpoExport *self, const TpoVideoRecord *video,
                              const TpoKeyframeRecord *keyframe);

/** tpo_export_write_mask: the same as an element of a list: its counts as COCO compresses them, or null */
void tpo_export_write_mask (TpoExport *self, TpoJsonWriter *json, const TpoVideoRecord *video,
                            const TpoKeyframeRecord *keyframe);

/** tpo_mask_scale: nearest pixels. Returns: (transfer full): @mask again when it has that size */
TpoRle *tpo_mask_scale (TpoRle *mask, guint width, guint height);

/**
 * TpoExportValue: what is said of an annotation
 */
typedef struct {
  const TpoAttributeRecord *attribute; /* not owned */
  char *value;                         /* as TpoAttributeValue has it */
} TpoExportValue;

/** tpo_export_load_attributes: once self->labels is there */
gboolean tpo_export_load_attributes (TpoExport *self, GError **error);

/**
 * tpo_export_list_values: Returns: (transfer full) (element-type TpoExportValue): perhaps none; of those
 * that cannot be read tpo_export_may_go_on() tells
 */
GPtrArray *tpo_export_list_values (TpoExport *self, const TpoAnnotationRecord *annotation);

/** tpo_json_values: {"colour": "red", "doors": 4, "parked": true}; without @values nothing, not even @name */
void tpo_json_values (TpoJsonWriter *json, const char *name, GPtrArray *values);

/** tpo_export_write_values: the same of an annotation, whose values are listed for it */
void tpo_export_write_values (TpoExport *self, TpoJsonWriter *json, const char *name,
                              const TpoAnnotationRecord *annotation);

/**
 * tpo_export_has_dialect:
 * @fields: (out) (transfer full) (nullable): that came with @annotation from a foreign file, an object
 *
 * Returns: whether the format knows what they mean; so it does of none. Of those that cannot be read
 * tpo_export_may_go_on() tells
 */
gboolean tpo_export_has_dialect (TpoExport *self, const TpoAnnotationRecord *annotation,
                                 char **fields);

/** tpo_export_get_fields: Returns: (transfer full) (nullable): those that the format writes again */
char *tpo_export_get_fields (TpoExport *self, const TpoAnnotationRecord *annotation);

/** tpo_export_write_fields: the same, as members of the object at hand */
void tpo_export_write_fields (TpoExport *self, TpoJsonWriter *json,
                              const TpoAnnotationRecord *annotation);

/** tpo_export_write_schema: the member "labels": names, colours, keys and attributes */
void tpo_export_write_schema (TpoExport *self, TpoJsonWriter *json);

/** tpo_export_text_of: an annotation's text; its label's name where it has none, else "" */
const char *tpo_export_text_of (TpoExport *self, const TpoAnnotationRecord *annotation);

/**
 * TpoExportQuery: the spans of a video that answer one query
 */
typedef struct {
  const char *text; /* of the first span, as tpo_export_text_of() gives it */
  GPtrArray *spans; /* of TpoAnnotationRecord, by start; not owned */
} TpoExportQuery;

/** tpo_export_group_queries: in order of their first spans. (element-type TpoExportQuery) */
GPtrArray *tpo_export_group_queries (TpoExport *self, GPtrArray *annotations);

/**
 * tpo_export_get_prediction:
 * @prediction: (out) (transfer full) (nullable): the first one behind @query whose saliency curve a
 *   person redrew, with that curve; else the first one that has a curve, else any, else %NULL
 */
gboolean tpo_export_get_prediction (TpoExport *self, const TpoExportQuery *query,
                                    TpoPredictionRecord **prediction, GError **error);

G_END_DECLS
