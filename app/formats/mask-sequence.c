#include "formats/mask-sequence.h"

#include <glib/gi18n.h>
#include <string.h>

#include "formats/mask-png.h"
#include "formats/segmentation.h"

#define MAX_OBJECTS 253 /* 254 and 255 mean "void" to some readers */
#define MAX_PNG ((gsize) 64 * 1024 * 1024)

GPtrArray *
tpo_export_mask_tracks (TpoExport *self, GPtrArray *annotations)
{
  GPtrArray *tracks = g_ptr_array_new ();

  for (guint i = 0; i < annotations->len; i++) {
    const TpoAnnotationRecord *track = annotations->pdata[i];

    if (track->kind != TPO_ANNOTATION_MASK_TRACK)
      continue;
    if (tracks->len < MAX_OBJECTS)
      g_ptr_array_add (tracks, annotations->pdata[i]);
    else
      tpo_loss_report_add (self->report, N_ ("mask tracks"), 1,
                           N_ ("beyond the 253 objects that a picture of indices has"));
  }
  return tracks;
}

/* The tracks of a video while their frames are put together. */
typedef struct {
  GPtrArray *frames; /* of GArray of TpoTrackFrame, one a track */
  guint *next;       /* [tracks]: the first frame not written yet */
  guint8 *picture;   /* [height, width] */
  guint8 *mask;      /* the same size */
} Stack;

/* Puts the masks of a frame on the picture. */
static void
compose (TpoExport *self, const TpoVideoRecord *video, Stack *stack, gint64 index)
{
  gsize size = (gsize) video->width * video->height;
  gint64 n_covered = 0;

  memset (stack->picture, 0, size);
  for (guint i = 0; i < stack->frames->len; i++) {
    const GArray *frames = stack->frames->pdata[i];
    const TpoTrackFrame *frame = stack->next[i] < frames->len
                                     ? &g_array_index (frames, TpoTrackFrame, stack->next[i])
                                     : NULL;
    g_autoptr (TpoRle) mask = NULL;

    if (frame == NULL || frame->frame != index)
      continue;
    stack->next[i]++;
    mask = tpo_export_frame_mask (self, video, frame);
    if (mask == NULL)
      continue;
    tpo_rle_decode (mask, stack->mask, video->width, 1);
    for (gsize k = 0; k < size; k++)
      if (stack->mask[k]) {
        n_covered += stack->picture[k] != 0;
        stack->picture[k] = (guint8) (i + 1);
      }
  }
  tpo_loss_report_add (self->report, N_ ("pixels"), n_covered,
                       N_ ("of masks below another object, of which the later one is on top"));
}

static gboolean
write_picture (TpoExport *self, const TpoVideoRecord *video, const Stack *stack,
               const char *folder, gint64 index, GError **error)
{
  g_autoptr (GBytes) png = tpo_mask_png_encode (stack->picture, video->width, video->height);
  g_autofree char *name = g_strdup_printf ("%s/%05" G_GINT64_FORMAT ".png", folder, index);
  TpoOutputFile *file = tpo_export_open (self, name, error);

  if (file == NULL)
    return FALSE;
  tpo_output_file_write (file, g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  return tpo_export_close (self, file, error) && tpo_export_may_go_on (self, error);
}

static gboolean
collect (TpoExport *self, const TpoVideoRecord *video, GPtrArray *tracks, GPtrArray *all,
         gint64 *first, gint64 *end, GError **error)
{
  for (guint i = 0; i < tracks->len; i++) {
    GArray *frames = tpo_export_collect_track (self, video, tracks->pdata[i], error);

    if (frames == NULL)
      return FALSE;
    g_ptr_array_add (all, frames);
    tpo_export_count_frames (self, tracks->pdata[i], frames);
    if (frames->len == 0)
      continue;
    *first = MIN (*first, g_array_index (frames, TpoTrackFrame, 0).frame);
    *end = MAX (*end, g_array_index (frames, TpoTrackFrame, frames->len - 1).frame + 1);
  }
  return TRUE;
}

gboolean
tpo_export_write_indexed (TpoExport *self, const TpoVideoRecord *video, GPtrArray *tracks,
                          const char *folder, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  gsize size = (gsize) video->width * video->height;
  g_autofree guint *next = g_new0 (guint, tracks->len + 1);
  g_autofree guint8 *picture = NULL;
  g_autofree guint8 *mask = NULL;
  gint64 first = G_MAXINT64, end = 0;

  if (!tpo_check_picture (video->width, video->height)) {
    tpo_loss_report_add (self->report, N_ ("mask tracks"), tracks->len,
                         N_ ("of videos too large for pictures of masks"));
    return TRUE;
  }
  if (!collect (self, video, tracks, all, &first, &end, error))
    return FALSE;
  picture = g_malloc (size);
  mask = g_malloc (size);
  for (gint64 index = first; index < end; index++) {
    Stack stack = { .frames = all, .next = next, .picture = picture, .mask = mask };

    compose (self, video, &stack, index);
    if (!write_picture (self, video, &stack, folder, index, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- import ------------------------------------------------------------------------------------- */

/* "00012.png" */
static gboolean
frame_of_name (const char *name, gint64 *frame)
{
  g_autofree char *digits = g_strndup (name, strcspn (name, "."));

  return strlen (digits) > 0 && strlen (digits) <= 12 &&
         strspn (digits, "0123456789") == strlen (digits) && tpo_parse_int (digits, frame);
}

static void
take_picture (TpoImport *self, TpoImportVideo *video, const guint8 *picture, guint width,
              guint height, gint64 frame, gint64 step)
{
  gsize size = (gsize) width * height;
  g_autofree guint8 *mask = NULL;
  gboolean is_used[256] = { FALSE };

  for (gsize i = 0; i < size; i++)
    is_used[picture[i]] = TRUE;
  for (guint index = 1; index <= MAX_OBJECTS; index++) {
    g_autofree char *key = g_strdup_printf ("%u", index);
    g_autoptr (TpoRle) rle = NULL;
    TpoImportItem *track;

    if (!is_used[index])
      continue;
    if (mask == NULL)
      mask = g_malloc (size);
    for (gsize i = 0; i < size; i++)
      mask[i] = picture[i] == index;
    rle = tpo_rle_encode (mask, width, height, width);
    track = tpo_import_get_track (self, video, key);
    track->step = step;
    tpo_import_add_mask (self, track, frame, rle, -1);
  }
}

/* The frames of the pictures that are called by a number; the names of others are taken out. */
static GArray *
find_frames (TpoImport *self, const TpoImportVideo *video, GPtrArray *names)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 number;

  for (guint i = 0; i < names->len;)
    if (frame_of_name (names->pdata[i], &number)) {
      g_array_append_val (frames, number);
      i++;
    } else {
      tpo_import_lose (self, N_ ("pictures"), 1, N_ ("not named by the number of a frame"));
      g_ptr_array_remove_index (names, i);
    }
  tpo_import_place_frames (video, frames);
  return frames;
}

/* A mask that is missing on a picture is absent there. */
static gboolean
read_pictures (TpoImport *self, TpoImportVideo *video, GFile *folder, GPtrArray *names,
               GError **error)
{
  g_autoptr (GArray) frames = find_frames (self, video, names);
  gint64 step = tpo_import_find_step (frames);

  for (guint i = 0; i < names->len; i++) {
    g_autoptr (GFile) file = g_file_get_child (folder, names->pdata[i]);
    g_autoptr (GBytes) png = tpo_import_read_bytes (self, file, MAX_PNG, error);
    g_autofree guint8 *picture = NULL;
    guint width, height;

    picture =
        png != NULL ? tpo_mask_png_decode (png, names->pdata[i], &width, &height, error) : NULL;
    if (picture == NULL || !tpo_import_may_go_on (self, (double) i / names->len, error))
      return FALSE;
    take_picture (self, video, picture, width, height, g_array_index (frames, gint64, i), step);
  }
  return TRUE;
}

gboolean
tpo_import_read_indexed (TpoImport *self, TpoImportVideo *video, GFile *folder, GError **error)
{
  g_autoptr (GPtrArray) names = tpo_import_list (self, folder, ".png", error);

  return names != NULL && read_pictures (self, video, folder, names, error);
}
