#pragma once

#include "io/video-index.h"
#include "io/video-scan.h"

G_BEGIN_DECLS

struct _TpoVideo {
  gatomicrefcount ref_count;
  char *location;
  char *name;   /* UTF-8 */
  char *notice; /* (nullable) */
  TpoVideoIndex *index;
  TpoOrientation orientation;
  TpoFileState file; /* as it was opened; what changed since is not read */
};

/** tpo_video_format_time: "0:12.480" as messages show it. Returns: (transfer full) */
char *tpo_video_format_time (gint64 time_us);

G_END_DECLS
