#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Folders of numbered pictures, as data sets hold the frames of videos: "bear/00000.jpg". */

typedef struct {
  GFile *folder;
  char *name;   /* of the video: the folder's; of "clip7/img1" and "clip7/img" it is "clip7" */
  GFile *place; /* where the video belongs: what holds the folder of that name */
  GPtrArray *files; /* of char *: the pictures' names, in the order of their numbers */
  double rate; /* frames a second: of a "seqinfo.ini" as MOTChallenge has them, or of a name
                     * above, "JPEGImages_24fps"; or 0 */
  gboolean
      is_labels; /* masks, not what a camera saw: indexed colours, or below "Annotations" */
} TpoPictureSequence;

/**
 * tpo_picture_sequence_new:
 * @names: (element-type char *): of the pictures in @folder
 *
 * Blocks while it looks at a picture; any thread. Returns: (transfer full) (nullable): %NULL unless
 * there are three pictures or more on a local disk, named alike but for their numbers
 */
TpoPictureSequence *tpo_picture_sequence_new (GFile *folder, GPtrArray *names);

void tpo_picture_sequence_free (TpoPictureSequence *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoPictureSequence, tpo_picture_sequence_free)

G_END_DECLS
