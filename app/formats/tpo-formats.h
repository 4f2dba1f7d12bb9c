#pragma once

#include <gio/gio.h>

/*
 * The exchange formats, one row each. A format's own file defines its row and the functions in
 * it; nothing else needs to know of it.
 */

G_BEGIN_DECLS

/** TpoHolds: what of a project a format has a place for */
typedef enum {
  TPO_HOLDS_SPANS = 1 << 0,
  TPO_HOLDS_BOXES = 1 << 1,
  TPO_HOLDS_MASKS = 1 << 2,
  TPO_HOLDS_LABELS = 1 << 3,
  TPO_HOLDS_TEXTS = 1 << 4,     /* queries and captions of annotations */
  TPO_HOLDS_KEYFRAMES = 1 << 5, /* which boxes were set and which interpolated */
  TPO_HOLDS_STATES = 1 << 6,    /* predicted, accepted, corrected */
  TPO_HOLDS_CURVES = 1 << 7,    /* saliency */
  TPO_HOLDS_CHAT = 1 << 8,
  TPO_HOLDS_PREDICTIONS = 1 << 9,
  TPO_HOLDS_HISTORY = 1 << 10,    /* earlier revisions with their authors */
  TPO_HOLDS_ATTRIBUTES = 1 << 11, /* values of attributes */
} TpoHolds;

/** TpoFormatGroup: how a menu sorts them */
typedef enum {
  TPO_FORMAT_TRACKS,   /* boxes and masks */
  TPO_FORMAT_MOMENTS,  /* spans and captions */
  TPO_FORMAT_TRAINING, /* instructions, and packages for trainers */
  TPO_FORMAT_GROUP_COUNT,
} TpoFormatGroup;

typedef struct _TpoExport TpoExport; /* export-private.h */
typedef struct _TpoImport TpoImport; /* import-private.h */
typedef struct _TpoProbe TpoProbe;   /* import-private.h */

/**
 * TpoFormat: everything about one format
 *
 * @write puts the project's labels into the export's files; @read takes labels of the import's
 * source into the import, which saves them later; both report what is lost. @detect says whether
 * a file or folder looks like the format. Each may be %NULL.
 */
typedef struct {
  const char *id;        /* on the command line */
  const char *title;     /* for people; a proper name, not translated */
  const char *extension; /* of the file, with its dot; %NULL for a folder */
  TpoFormatGroup group;
  guint holds; /* TpoHolds */
  const char *
      dialect; /* (nullable): whose foreign fields it writes again; of formats that share them */
  const char *knows; /* (nullable): all that it knows: N_ ("spans"), for loss reports */
  gboolean (*write) (TpoExport *self, GError **error);
  gboolean (*read) (TpoImport *self, GError **error);
  gboolean (*detect) (const TpoProbe *probe);
} TpoFormat;

/** tpo_formats: all of them, in the order of the menu. Returns: (transfer none): [@n_formats] */
const TpoFormat *const *tpo_formats (guint *n_formats);

/** tpo_format_find: Returns: (transfer none) (nullable): the one of that id */
const TpoFormat *tpo_format_find (const char *id);

G_END_DECLS
