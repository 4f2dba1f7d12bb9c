#pragma once

#include "document/tpo-document.h"

/* What the table of labels shows of each, how it sorts and what it filters by. No widgets. */

typedef enum {
  TPO_COLUMN_LABEL,
  TPO_COLUMN_TEXT,
  TPO_COLUMN_KIND,
  TPO_COLUMN_START,
  TPO_COLUMN_END,
  TPO_COLUMN_DURATION,
  TPO_COLUMN_STATUS,
  TPO_COLUMN_SCORE,
  TPO_COLUMN_AUTHOR,
  TPO_COLUMN_COUNT,
} TpoColumn;

/** tpo_column_title: translated */
const char *tpo_column_title (TpoColumn column);

/** tpo_column_dup_text: as shown in a cell. Returns: (transfer full) */
char *tpo_column_dup_text (TpoColumn column, TpoDocument *document, TpoAnnotation *annotation);

/** tpo_spoken_text: "dog runs, 0:03.200 to 0:05.000, predicted", translated. Returns: (transfer full) */
char *tpo_spoken_text (TpoAnnotation *annotation, gint64 start_us, gint64 end_us);

/** tpo_column_compare: negative, 0 or positive; annotations that are alike in it are by start */
int tpo_column_compare (TpoColumn column, TpoDocument *document, TpoAnnotation *a,
                        TpoAnnotation *b);

/** tpo_column_set: what a person typed into a cell. Returns: whether it was saved; else a toast said why */
gboolean tpo_column_set (TpoColumn column, TpoDocument *document, TpoAnnotation *annotation,
                         const char *text);

/** Who said so last, by its provenance; what a person has corrected is by people */
typedef enum {
  TPO_MAKER_PEOPLE,
  TPO_MAKER_MODEL,
  TPO_MAKER_IMPORT,
  TPO_MAKER_COUNT,
} TpoMaker;

/** tpo_maker_text: "By people", "By the model" or "Imported", translated */
const char *tpo_maker_text (TpoMaker maker);

/** TpoLabelFilter: valid when zeroed but for @status and @maker */
typedef struct {
  /* nullable or empty: any; case-folded: in the label, the text, the annotator's name, or a value
   * of an attribute, also of one that is the label's no longer */
  char *words;
  gint64 label_id;   /* 0: any */
  int status;        /* -1: any */
  int maker;         /* a TpoMaker; -1: any */
  const char *model; /* as tpo_document_get_model() gives it; %NULL: any, or none */
} TpoLabelFilter;

gboolean tpo_label_filter_match (const TpoLabelFilter *self, TpoDocument *document,
                                 TpoAnnotation *annotation);

/** tpo_kind_text: "Span", "Box" or "Mask", translated */
const char *tpo_kind_text (TpoAnnotationKind kind);

/** tpo_status_text: "predicted", "accepted", …, translated */
const char *tpo_status_text (TpoAnnotationStatus status);
