#pragma once

#include "media/picture-sequence.h"

G_BEGIN_DECLS

/* Takes what tpo_media_files_find() comes upon, in its thread. */
typedef struct {
  void (*found) (GFile *file, gpointer user_data);
  /** @sequence: numbered pictures of a folder; taken over; they are not found one by one */
  void (*found_sequence) (TpoPictureSequence *sequence, gpointer user_data);
  /** @reason: why @folder could not be read */
  void (*failed) (GFile *folder, const char *reason, gpointer user_data);
  gpointer user_data;
} TpoMediaSink;

/**
 * tpo_media_files_find: looks for videos and pictures, by their names
 * @files: (element-type GFile): a folder is searched, in the order of names, with those in it, but
 *   for what is hidden and for links to folders; a file that is named here is found whatever it
 *   looks like
 *
 * Blocks; any thread. Ends early when cancelled.
 */
void tpo_media_files_find (GPtrArray *files, const TpoMediaSink *sink,
                           GCancellable *cancellable);

G_END_DECLS
