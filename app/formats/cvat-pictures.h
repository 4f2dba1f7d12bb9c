#pragma once

#include "formats/import-private.h"

G_BEGIN_DECLS

/*
 * The pictures of CVAT's format for images, in the order of the file: frames of videos by the numbers
 * in their names, or photographs. Numbers become frames once all are known.
 */
typedef struct _TpoCvatPictures TpoCvatPictures;

TpoCvatPictures *tpo_cvat_pictures_new (TpoImport *import);

void tpo_cvat_pictures_free (TpoCvatPictures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoCvatPictures, tpo_cvat_pictures_free)

/**
 * tpo_cvat_pictures_add: the next one
 * @name: "clip7/00005.jpg" is of a video or a folder of that name, "frame_000005" of @video
 * @video: (nullable): that the task is of
 *
 * One that is nowhere is counted as a loss.
 */
gboolean tpo_cvat_pictures_add (TpoCvatPictures *self, const char *name, TpoImportVideo *video,
                                GError **error);

/** tpo_cvat_pictures_place: all are added */
void tpo_cvat_pictures_place (TpoCvatPictures *self);

/** tpo_cvat_pictures_get: the @nth. Returns: (transfer none) (nullable): its video; %NULL for none */
TpoImportVideo *tpo_cvat_pictures_get (const TpoCvatPictures *self, guint nth, gint64 *frame);

G_END_DECLS
