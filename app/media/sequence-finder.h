#pragma once

#include "media/picture-sequence.h"
#include "store/tpo-records.h"

G_BEGIN_DECLS

/* Videos of numbered pictures by the names that a data set's labels have for them; one thread. */

typedef struct {
  GFile *folder;
  double rate;          /* frames a second of pictures that do not say; 0: no video is made */
  gboolean is_trial;    /* videos are described, and no file is written */
  GPtrArray *sequences; /* nullable until the first look: of TpoPictureSequence */
  char *
      unmade; /* nullable: the name of the first that labels name and that no video is made of */
  char *problem; /* nullable: why the first one was none */
} TpoSequenceFinder;

/** tpo_sequence_finder_new: below @folder, which is searched when the first name is asked for */
TpoSequenceFinder *tpo_sequence_finder_new (GFile *folder, double rate, gboolean is_trial);

void tpo_sequence_finder_free (TpoSequenceFinder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoSequenceFinder, tpo_sequence_finder_free)

/**
 * tpo_sequence_finder_find: a TpoImportFindFunc
 * @name: the end of the path of a folder of pictures, or the video's name
 * @finder: a TpoSequenceFinder
 *
 * Of several the last one, in the order of names, counts: "Full-Resolution" after "480p". Pictures that
 * are no video, of several sizes for instance, are none, and are noted.
 */
TpoVideoRecord *tpo_sequence_finder_find (const char *name, gpointer finder,
                                          GCancellable *cancellable, GError **error);

G_END_DECLS
