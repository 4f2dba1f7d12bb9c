#pragma once

#include <adwaita.h>

#include "media/picture-sequence.h"

G_BEGIN_DECLS

#define TPO_TYPE_PICTURE_FOLDERS (tpo_picture_folders_get_type ())
G_DECLARE_FINAL_TYPE (TpoPictureFolders, tpo_picture_folders, TPO, PICTURE_FOLDERS, AdwWindow)

/**
 * tpo_picture_folders_new: a dialog that asks what numbered pictures are
 * @sequences: (element-type TpoPictureSequence)
 * @about: what else was found, or ""
 *
 * Signal: "chosen" (double rate): frames a second of the videos they are, or 0 for photographs. Does
 * not come when the dialog is only closed.
 */
GtkWindow *tpo_picture_folders_new (GtkWindow *parent, GPtrArray *sequences, const char *about);

/** tpo_picture_folders_get_sequences: Returns: (transfer none) (element-type TpoPictureSequence) */
GPtrArray *tpo_picture_folders_get_sequences (TpoPictureFolders *self);

G_END_DECLS
