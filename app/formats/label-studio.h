#pragma once

#include "formats/import-private.h"

/* Tasks of Label Studio: label-studio-read.c reads them, label-studio-take.c makes labels of them. */

G_BEGIN_DECLS

/** TpoRegionKeyframe: of a box track */
typedef struct {
  gint64 frame; /* from 1 */
  gboolean is_enabled;
  double x, y, width, height; /* percent */
} TpoRegionKeyframe;

/**
 * TpoRegion: a box track, stretches of time, or what is said of such an object, whose id it has
 */
typedef struct {
  char *id, *type, *from_name, *origin, *label, *text;
  char *number, *choice; /* of attributes */
  GArray *ranges;        /* of gint64, two a range */
  GArray *sequence;      /* of TpoRegionKeyframe */
  gint64 n_frames;       /* framesCount, or 0 */
  gboolean is_prediction;
  double score;      /* of a prediction; negative for none */
  const char *maker; /* nullable, the task's: the person, or the model of a prediction */
  GString *fields;   /* that are not known */
} TpoRegion;

typedef struct {
  TpoImport *import;
  char *video;
  GPtrArray *regions; /* of TpoRegion */
  GPtrArray *makers;  /* of char * */
} TpoRegionTask;

gboolean tpo_label_studio_read (TpoImport *self, GError **error);

/**
 * tpo_label_studio_take: a whole task
 * @n_regions: of the tasks before it; counted on
 */
gboolean tpo_label_studio_take (TpoRegionTask *self, guint *n_regions, GError **error);

/** TPO_LABEL_STUDIO_ATTRIBUTE: begins the "from_name" of regions that hold an object's attributes */
#define TPO_LABEL_STUDIO_ATTRIBUTE "attribute-"

G_END_DECLS
