#pragma once

#include "store/tpo-records.h"

G_BEGIN_DECLS

/**
 * TpoLoss: something that an export or an import does not carry over, or not exactly
 */
typedef struct {
  char *what;   /* plural, to be translated: "masks" */
  gint64 count; /* how many of them */
  char *why;    /* what goes on from there: "without a place in COCO" */
} TpoLoss;

/** TpoContents: what is written or read, and the videos that have any of it */
typedef struct {
  guint n_spans, n_box_tracks, n_mask_tracks, n_messages, n_videos;
} TpoContents;

/** tpo_contents_count: one more annotation of that kind */
void tpo_contents_count (TpoContents *self, TpoAnnotationKind kind);

/**
 * TpoLossReport: no losses when what was written or read is exact
 */
typedef struct {
  GPtrArray *losses; /* of TpoLoss */
  /* Of an export: what has a place in it, before losses of single ones; files with it. */
  TpoContents contents;
  guint n_files;
} TpoLossReport;

TpoLossReport *tpo_loss_report_new (void);
void tpo_loss_report_free (TpoLossReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoLossReport, tpo_loss_report_free)

/**
 * tpo_loss_report_add: adds @count to the loss of that @what and @why, both marked for translation;
 * 0 adds nothing
 */
void tpo_loss_report_add (TpoLossReport *self, const char *what, gint64 count, const char *why);

/**
 * tpo_loss_report_to_text: a line for each loss, translated: "Masks without a place in COCO: 12".
 * (transfer full)
 */
char *tpo_loss_report_to_text (const TpoLossReport *self);

G_END_DECLS
