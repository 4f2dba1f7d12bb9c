#pragma once

#include "formats/export-private.h"
#include "formats/import-private.h"

G_BEGIN_DECLS

/* ---- reading: tpo-instruct-read.c, tpo-instruct-take.c ------------------------------------------- */

/** TpoInstructTrack: parallel arrays: frames with boxes or masks */
typedef struct {
  GArray *frames;   /* of gint64 */
  GArray *boxes;    /* of double, four a frame; the first is -1 for null */
  GPtrArray *masks; /* of char *: run lengths, or NULL */
  double size[2];   /* height, width of the masks */
} TpoInstructTrack;

/** TpoInstructTarget: what the sample, or a prediction in it, says about one object or query */
typedef struct {
  GArray *windows; /* of double, three a window: start, end, score */
  GArray *scores;  /* of double: the curve */
  GArray *redrawn; /* of double: the same, as a person redrew it; empty where nobody did */
  double clip_s;
  gint64 first_clip;
  TpoInstructTrack track;
  char *model, *version, *hash, *prompt, *annotator;
} TpoInstructTarget;

/** TpoInstructSample: a line */
typedef struct {
  char *task, *video, *question, *answer, *status, *label;
  TpoInstructTarget target;
  GPtrArray *predictions; /* of TpoInstructTarget */
  GPtrArray *values;      /* a list of values of attributes for each span, or the track */
  guint n_revisions;
  double ends[2]; /* of the current revision; equal when unknown */
} TpoInstructSample;

gboolean tpo_instruct_read (TpoImport *self, GError **error);

/** tpo_instruct_take: @number: of the line, from 0 */
void tpo_instruct_take (TpoImport *self, TpoJsonReader *json, TpoImportVideo *video,
                        const TpoInstructSample *sample, guint number);

/* ---- writing: tpo-instruct-targets.c ----------------------------------------------------------------- */

/** TpoInstructWriter: the sample being written */
typedef struct {
  TpoExport *export;
  const TpoExportVideo *names;
  const TpoVideoRecord *video;
} TpoInstructWriter;

/** tpo_instruct_write_window: [start, end] in seconds */
void tpo_instruct_write_window (TpoJsonWriter *json, gint64 start_us, gint64 end_us);
void tpo_instruct_write_scores (TpoJsonWriter *json, const char *name, const float *scores,
                                guint n_scores);

/** tpo_instruct_write_curve: @prediction: (nullable): nothing without a curve */
void tpo_instruct_write_curve (TpoJsonWriter *json, const TpoPredictionRecord *prediction);

/** tpo_instruct_write_xyxy: corners as shares of the picture */
void tpo_instruct_write_xyxy (TpoJsonWriter *json, const char *name, const TpoBox *box);

/** tpo_instruct_write_track, _masks: @keyframes: (element-type TpoKeyframeRecord): as parallel arrays */
void tpo_instruct_write_track (const TpoInstructWriter *self, GPtrArray *keyframes);
void tpo_instruct_write_masks (const TpoInstructWriter *self, GPtrArray *keyframes);

G_END_DECLS
