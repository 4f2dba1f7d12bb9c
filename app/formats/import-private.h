#pragma once

#include "formats/formats-private.h"
#include "formats/import-limits.h"
#include "formats/json-fields.h"
#include "formats/json-reader.h"
#include "formats/line-reader.h"
#include "formats/tpo-import.h"
#include "store/tpo-store-annotations.h"
#include "store/tpo-store-predictions.h"
#include "store/tpo-store-videos.h"

/* What readers of formats share: videos by name, and labels that wait to be saved. */

G_BEGIN_DECLS

/** TpoImportVideo: a video that labels are for */
typedef struct {
  TpoVideoRecord *record; /* with its time index; id 0 while it is not in the project */
  gboolean has_labels;
  guint number; /* in the order in which the file names them */
} TpoImportVideo;

typedef struct _TpoImportAttribute TpoImportAttribute; /* import-values.c */

/** TpoImportItem: an annotation to be */
typedef struct {
  TpoImportVideo *video;
  TpoAnnotationKind kind;
  TpoAnnotationStatus status;
  char *label;       /* nullable */
  char *author;      /* nullable: who made it, as the file says; %NULL: who imports it */
  char *text;        /* nullable */
  GPtrArray *values; /* nullable: of attributes; see import-values.c */
  gint64 start_us, end_us;
  GPtrArray *keyframes; /* of TpoKeyframeRecord; of a track */
  gint64
      step; /* of a track: most frames between keyframes, beyond which it is absent; 0: any */
  gboolean is_open_ended; /* of a track: the last keyframe holds to the end of the video */
  gboolean is_dropped;
  gint64 given_start_us,
      given_end_us; /* of a track: as the file says; equal when it does not */
  guint prediction; /* index in predictions + 1, or 0 */
  char *fields;     /* nullable: see tpo_import_set_fields() */
  float *saliency;  /* [n_saliency] (nullable): the prediction's curve, redrawn */
  guint n_saliency;
} TpoImportItem;

/** TpoImportTalk: a conversation to be */
typedef struct {
  TpoImportVideo *video;
  char *title;
  GPtrArray *texts; /* of char *: question, answer, question, … */
} TpoImportTalk;

struct _TpoImport {
  TpoStore *store; /* only while reading */
  const TpoFormat *format;
  GFile *source;
  TpoImportOptions options;
  gboolean is_base_known; /* options.zero_based is what the description says */
  GCancellable *cancellable;
  TpoLossReport *report;
  TpoImportSummary summary;
  GPtrArray *videos;      /* of TpoImportVideo */
  GPtrArray *known;       /* of TpoVideoRecord, all of the project, without time indices */
  GHashTable *known_by;   /* key → GPtrArray of the same */
  GHashTable *by_name;    /* name as the file has it → TpoImportVideo, or NULL for none */
  GHashTable *uris;       /* name → URI, from the description beside the source */
  GPtrArray *items;       /* of TpoImportItem */
  GHashTable *tracks;     /* key → TpoImportItem */
  GHashTable *labels;     /* set of names */
  GPtrArray *label_names; /* of char *: the same, in order */
  GHashTable *schema;     /* name → TpoLabelRecord: colours and keys, from the description */
  GPtrArray *attributes;  /* of TpoImportAttribute */
  GHashTable *attributes_by; /* label and name → the same */
  GPtrArray *predictions;    /* of TpoPredictionRecord, see tpo_import_add_prediction() */
  GPtrArray *talks;          /* of TpoImportTalk */
  GHashTable *unknown; /* names of fields that are lost → how often; see json-fields.h */
  guint64 n_keyframes;
  GHashTable *lost; /* set of names of videos that are missing */
  char *missing;    /* why their labels are lost */
};

/* ---- files --------------------------------------------------------------------------------------- */

/** tpo_import_open: a regular file. Returns: (transfer full): or %NULL with an error */
GInputStream *tpo_import_open (TpoImport *self, GFile *file, GError **error);

/** tpo_import_open_json: Returns: (transfer full): or %NULL with an error */
TpoJsonReader *tpo_import_open_json (TpoImport *self, GFile *file, GError **error);

/** tpo_import_open_lines: Returns: (transfer full): or %NULL with an error */
TpoLineReader *tpo_import_open_lines (TpoImport *self, GFile *file, GError **error);

/** tpo_import_read_bytes: a whole file of at most @max bytes. Returns: (transfer full) */
GBytes *tpo_import_read_bytes (TpoImport *self, GFile *file, gsize max, GError **error);

/**
 * tpo_import_list:
 * @suffix: (nullable): of the names; %NULL lists folders instead
 *
 * Links are left out, so that nothing leads out of the folder.
 *
 * Returns: (transfer full) (element-type utf8): names in @folder, sorted
 */
GPtrArray *tpo_import_list (TpoImport *self, GFile *folder, const char *suffix, GError **error);

/** tpo_import_has: whether @folder has a file or folder of that path, which is no link */
gboolean tpo_import_has (GFile *folder, const char *path);

/** tpo_import_each_file: @read for the source, or for each file in it that ends in @suffix */
gboolean tpo_import_each_file (TpoImport *self, const char *suffix,
                               gboolean (*read) (TpoImport *self, GFile *file, GError **error),
                               GError **error);

/** tpo_import_check_name: refuses a @name of a file that leads out of the folder it is in */
gboolean tpo_import_check_name (const char *name, GError **error);

/** tpo_import_may_go_on: false when cancelled; @share of the work is done */
gboolean tpo_import_may_go_on (TpoImport *self, double share, GError **error);

/* ---- videos -------------------------------------------------------------------------------------- */

/**
 * tpo_import_get_video:
 * @name: as the file has it: a path, a file name, or that without extension
 * @video: (out) (transfer none) (nullable): %NULL when there is none, which is counted as a loss
 *
 * Returns: false with an error when @name leads out of the folder, or its file is no video
 */
gboolean tpo_import_get_video (TpoImport *self, const char *name, TpoImportVideo **video,
                               GError **error);

/** tpo_import_try_video: the same, but none is no loss */
gboolean tpo_import_try_video (TpoImport *self, const char *name, TpoImportVideo **video,
                               GError **error);

/** tpo_is_video_name: whether a path or an address ends as names of videos do */
gboolean tpo_is_video_name (const char *name);

/** tpo_import_index_videos: once self->known is there */
void tpo_import_index_videos (TpoImport *self);

/** tpo_name_of_frame: "clip7/00012.jpg" is frame 12 of "clip7". Returns: whether it is such a name */
gboolean tpo_name_of_frame (const char *path, char **video, gint64 *frame);

/**
 * tpo_import_place_frames: makes the numbers of pictures into frames of @video
 * @numbers: (element-type gint64): of all pictures that the data set has of it, in order
 *
 * They are the same but where the video is made of just these pictures: it has as many frames, and
 * the numbers, from 1 on or with gaps ("00000", "00005"), lead beyond its end.
 */
void tpo_import_place_frames (const TpoImportVideo *video, GArray *numbers);

/** tpo_import_find_step: Returns: the least distance of @frames (element-type gint64), 1 at least */
gint64 tpo_import_find_step (const GArray *frames);

/* ---- labels -------------------------------------------------------------------------------------- */

/** tpo_import_lose: shorthand for the loss report */
void tpo_import_lose (TpoImport *self, const char *what, gint64 count, const char *why);

/**
 * tpo_import_add_span:
 * @label: (nullable)
 * @text: (nullable)
 *
 * A span's ends are swapped when reversed and cut at the video's end; both are counted.
 *
 * Returns: (transfer none) (nullable): %NULL when nothing of it is in the video
 */
TpoImportItem *tpo_import_add_span (TpoImport *self, TpoImportVideo *video, const char *label,
                                    const char *text, double start_s, double end_s);

/** tpo_import_add_frames: a span from frame @first to frame @last, both within. Returns: as above */
TpoImportItem *tpo_import_add_frames (TpoImport *self, TpoImportVideo *video, const char *label,
                                      const char *text, gint64 first, gint64 last);

/** tpo_import_get_track: the track of @video that has this @key in the file. Returns: (transfer none) */
TpoImportItem *tpo_import_get_track (TpoImport *self, TpoImportVideo *video, const char *key);

/** tpo_import_find_track: Returns: (transfer none) (nullable): the same if there is one */
TpoImportItem *tpo_import_find_track (TpoImport *self, TpoImportVideo *video, const char *key);

/** tpo_import_drop_track: it was none; it comes to nothing and is no loss */
void tpo_import_drop_track (TpoImport *self, TpoImportItem *track);

/**
 * tpo_import_add_label: a label that the file defines, used or not. Returns: false when there are
 * too many
 */
gboolean tpo_import_add_label (TpoImport *self, const char *name);

/** tpo_import_set_label, _set_text: %NULL and "" leave what is there */
void tpo_import_set_label (TpoImport *self, TpoImportItem *item, const char *label);
void tpo_import_set_text (TpoImport *self, TpoImportItem *item, const char *text);

/** tpo_import_set_status: by its name in files; %NULL and unknown ones leave what is there */
void tpo_import_set_status (TpoImportItem *item, const char *name);

/** tpo_import_set_author: who made it; %NULL, "" and names beyond %TPO_MAX_NAME leave what is there */
void tpo_import_set_author (TpoImportItem *item, const char *name);

/**
 * tpo_import_set_fields: what the file says of an object in fields that this program does not know,
 * perhaps frame by frame: the first ones count
 * @fields: of tpo_json_keep_field()
 */
void tpo_import_set_fields (TpoImport *self, TpoImportItem *item, const GString *fields);

/** tpo_import_lose_fields: once the file is read: counts those that are lost */
void tpo_import_lose_fields (TpoImport *self);

/**
 * tpo_import_add_box: corners, as shares of the picture
 * @score: negative for none
 *
 * What reaches out of the picture is cut off and counted; what has no area in it is left out.
 *
 * Returns: (transfer none) (nullable): the keyframe, or %NULL when it is left out
 */
TpoKeyframeRecord *tpo_import_add_box (TpoImport *self, TpoImportItem *track, gint64 frame,
                                       double x0, double y0, double x1, double y1,
                                       double score);

/** tpo_import_add_mask: an empty one makes the object absent */
TpoKeyframeRecord *tpo_import_add_mask (TpoImport *self, TpoImportItem *track, gint64 frame,
                                        TpoRle *mask, double score);

/** tpo_import_add_absent: not in the picture from @frame on */
void tpo_import_add_absent (TpoImport *self, TpoImportItem *track, gint64 frame);

/** tpo_import_set_ends: where a track begins and ends, when the file says so */
void tpo_import_set_ends (TpoImportItem *track, double start_s, double end_s);

/** tpo_import_finish_tracks: sorts keyframes and finds where tracks begin and end */
void tpo_import_finish_tracks (TpoImport *self);

/**
 * tpo_import_add_prediction: takes @prediction over, for items of one video, or one track, whose
 * stretch and keyframes it gets
 *
 * Returns: its number
 */
guint tpo_import_add_prediction (TpoImport *self, TpoPredictionRecord *prediction);

/** tpo_import_add_talk: Returns: (transfer none): to add texts to */
TpoImportTalk *tpo_import_add_talk (TpoImport *self, TpoImportVideo *video, const char *title);

/** tpo_import_values_new: Returns: (transfer full): for the next three */
GPtrArray *tpo_import_values_new (void);

/** tpo_import_values_add: @type: as far as the file shows it, else a text */
void tpo_import_values_add (GPtrArray *values, const char *name, const char *value,
                            TpoAttributeType type);

/** tpo_json_read_values: an object of texts, numbers and flags; what else is in it is left out */
void tpo_json_read_values (TpoJsonReader *json, GPtrArray *values);

/** tpo_import_set_values: of one object, perhaps frame by frame: the first value of each name counts */
void tpo_import_set_values (TpoImport *self, TpoImportItem *item, GPtrArray *values);

/**
 * tpo_import_define_attribute: that labels of that name have it
 * @choices: (nullable): of a choice
 *
 * The first definition counts, the project's above all.
 */
void tpo_import_define_attribute (TpoImport *self, const char *label, const char *name,
                                  TpoAttributeType type, const char *const *choices);

/** tpo_import_read_schema: a label of a description: name, colour, key, attributes */
void tpo_import_read_schema (TpoImport *self, TpoJsonReader *json);

/**
 * tpo_import_leave_keys: what is read gets no number key that a label of the project has. @labels:
 * (element-type TpoLabelRecord): of the project
 */
void tpo_import_leave_keys (TpoImport *self, GPtrArray *labels);

/** tpo_import_finish_values: once labels are known: which attributes values belong to */
gboolean tpo_import_finish_values (TpoImport *self, GError **error);

/** tpo_import_save_attributes: those of one label */
gboolean tpo_import_save_attributes (TpoImport *self, TpoStore *store, const char *label,
                                     gint64 label_id, GError **error);

/** tpo_import_pack_values: of an item that has some. Returns: (transfer full): or %NULL with an error */
char *tpo_import_pack_values (const TpoImportItem *item, TpoStore *store, GError **error);

void tpo_import_attribute_free (gpointer data);

/**
 * tpo_json_read_box: x, y, width, height, as COCO has them; negative sizes fail
 *
 * Returns: whether there is one: not for null and for an empty list
 */
gboolean tpo_json_read_box (TpoJsonReader *json, double box[4]);

/** tpo_box_problem: what is wrong with a box given by its sizes; %NULL when nothing is */
const char *tpo_box_problem (double width, double height);

/**
 * tpo_json_read_category: {"id", "name"} of a category or a video into @table: gint64 → name
 * @import: (nullable): gets it as a label
 */
void tpo_json_read_category (TpoJsonReader *json, GHashTable *table, TpoImport *import);

/* ---- detection ------------------------------------------------------------------------------------ */

struct _TpoProbe {
  GFile *source;
  char *name;
  gboolean is_folder;
  char *head; /* the first bytes of a file, perhaps cut within a character; zero-terminated */
  gsize head_size;     /* bytes */
  GHashTable *members; /* names of JSON members in the head */
};

/** tpo_probe_has: whether the head is JSON with a member of each of these names; ends with %NULL */
gboolean tpo_probe_has (const TpoProbe *self, ...) G_GNUC_NULL_TERMINATED;

/** tpo_probe_has_path: whether a folder has @path, or one of its folders has it */
gboolean tpo_probe_has_path (const TpoProbe *self, const char *path);

/** tpo_probe_has_file: whether a folder has a file whose name ends in @suffix */
gboolean tpo_probe_has_file (const TpoProbe *self, const char *suffix);

G_END_DECLS
