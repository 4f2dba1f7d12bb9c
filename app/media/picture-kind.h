#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TPO_PICTURE_NONE, /* neither */
  TPO_PICTURE_JPEG,
  TPO_PICTURE_PNG,
} TpoPictureFormat;

typedef struct {
  TpoPictureFormat format;
  guint width, height; /* pixels, as the file has them, without what it says of turning */
} TpoPictureKind;

/** tpo_picture_kind_read: by the file's first bytes; a picture without pixels is none */
TpoPictureKind tpo_picture_kind_read (GBytes *file);

G_END_DECLS
