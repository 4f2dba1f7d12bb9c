#pragma once

#include "store/tpo-store-annotations.h"

G_BEGIN_DECLS

/**
 * TpoHistoryStep: a revision of a label, in words
 */
typedef struct {
  TpoAnnotationRecord *record; /* as the revision left it; owned */
  char *what;                  /* what it changed, translated; owned */
  gboolean is_current;
  gboolean is_undone; /* no longer part of what led to the current one */
} TpoHistoryStep;

void tpo_history_step_free (TpoHistoryStep *self);

/**
 * tpo_history_list: all that an annotation ever was, undone and overwritten ones too, newest first
 *
 * Returns: (transfer full) (element-type TpoHistoryStep): or %NULL
 */
GPtrArray *tpo_history_list (TpoStore *store, gint64 annotation_id, GError **error);

G_END_DECLS
