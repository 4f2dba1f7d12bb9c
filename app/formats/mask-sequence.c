#include "formats/mask-sequence.h"

#include <glib/gi18n.h>
#include <stdlib.h>
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
    const TpoTrackFrame *frame;
    g_autoptr (TpoRle) mask = NULL;

    while (stack->next[i] < frames->len &&
           g_array_index (frames, TpoTrackFrame, stack->next[i]).frame < index)
      stack->next[i]++;
    if (stack->next[i] == frames->len)
      continue;
    frame = &g_array_index (frames, TpoTrackFrame, stack->next[i]);
    if (frame->frame != index)
      continue;
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

/* A picture of every @step-th frame from @first on, before @end. */
static gboolean
write_pictures (TpoExport *self, const TpoVideoRecord *video, GPtrArray *all,
                const char *folder, gint64 first, gint64 end, gint64 step, GError **error)
{
  gsize size = (gsize) video->width * video->height;
  g_autofree guint *next = g_new0 (guint, all->len + 1);
  g_autofree guint8 *picture = g_malloc (size);
  g_autofree guint8 *mask = g_malloc (size);
  Stack stack = { .frames = all, .next = next, .picture = picture, .mask = mask };

  for (gint64 index = first; index < end; index += step) {
    compose (self, video, &stack, index);
    if (!write_picture (self, video, &stack, folder, index, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_possible (TpoExport *self, const TpoVideoRecord *video, guint n_tracks)
{
  if (tpo_check_picture (video->width, video->height))
    return TRUE;
  tpo_loss_report_add (self->report, N_ ("mask tracks"), n_tracks,
                       N_ ("of videos too large for pictures of masks"));
  return FALSE;
}

gboolean
tpo_export_write_indexed (TpoExport *self, const TpoVideoRecord *video, GPtrArray *tracks,
                          const char *folder, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  gint64 first = G_MAXINT64, end = 0;

  if (!is_possible (self, video, tracks->len))
    return TRUE;
  return collect (self, video, tracks, all, &first, &end, error) &&
         write_pictures (self, video, all, folder, first, end, 1, error);
}

void
tpo_export_count_skipped (TpoExport *self, const GArray *frames, gint64 step)
{
  for (guint i = 0; i < frames->len; i++)
    tpo_loss_report_add (self->report, N_ ("masks"),
                         g_array_index (frames, TpoTrackFrame, i).frame % step != 0,
                         N_ ("between the annotated frames, of which there is one in four"));
}

gboolean
tpo_export_write_object (TpoExport *self, const TpoVideoRecord *video,
                         TpoAnnotationRecord *track, const char *folder, gint64 step,
                         GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (GPtrArray) tracks = g_ptr_array_new ();
  gint64 first = G_MAXINT64, end = 0;

  if (!is_possible (self, video, 1))
    return TRUE;
  g_ptr_array_add (tracks, track);
  if (!collect (self, video, tracks, all, &first, &end, error))
    return FALSE;
  tpo_export_count_skipped (self, all->pdata[0], step);
  return write_pictures (self, video, all, folder, 0, video->n_frames, step, error);
}

/* ---- import ------------------------------------------------------------------------------------- */

/* A folder of pictures. */
typedef struct {
  GFile *folder;
  char *key; /* nullable: of the one object that they show; else indices tell objects */
  GPtrArray *names;
  GArray *numbers; /* gint64, as the names have them */
} Pictures;

static void
pictures_free (gpointer data)
{
  Pictures *self = data;

  g_object_unref (self->folder);
  g_free (self->key);
  g_ptr_array_unref (self->names);
  g_array_unref (self->numbers);
  g_free (self);
}

/* "00012.png" */
static gboolean
number_of_name (const char *name, gint64 *number)
{
  g_autofree char *digits = g_strndup (name, strcspn (name, "."));

  return strlen (digits) > 0 && strlen (digits) <= 12 &&
         strspn (digits, "0123456789") == strlen (digits) && tpo_parse_int (digits, number);
}

/* Those of @folder that are called by a number. */
static gboolean
add_pictures (TpoImport *self, GPtrArray *all, GFile *folder, const char *key, GError **error)
{
  g_autoptr (GPtrArray) names = tpo_import_list (self, folder, ".png", error);
  GArray *numbers;
  Pictures *pictures;
  gint64 number;

  if (names == NULL)
    return FALSE;
  numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < names->len;)
    if (number_of_name (names->pdata[i], &number)) {
      g_array_append_val (numbers, number);
      i++;
    } else {
      tpo_import_lose (self, N_ ("pictures"), 1, N_ ("not named by the number of a frame"));
      g_ptr_array_remove_index (names, i);
    }
  pictures = g_new0 (Pictures, 1);
  pictures->folder = g_object_ref (folder);
  pictures->key = g_strdup (key);
  pictures->names = g_steal_pointer (&names);
  pictures->numbers = numbers;
  g_ptr_array_add (all, pictures);
  return TRUE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const gint64 *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

/* All of a video, each once, in order. */
static GArray *
list_numbers (GPtrArray *all)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n = 0;

  for (guint i = 0; i < all->len; i++) {
    const Pictures *pictures = all->pdata[i];

    g_array_append_vals (numbers, pictures->numbers->data, pictures->numbers->len);
  }
  g_array_sort (numbers, compare_numbers);
  for (guint i = 0; i < numbers->len; i++) {
    gint64 number = g_array_index (numbers, gint64, i);

    if (n == 0 || number != g_array_index (numbers, gint64, n - 1))
      g_array_index (numbers, gint64, n++) = number;
  }
  g_array_set_size (numbers, n);
  return numbers;
}

static void
take_mask (TpoImport *self, TpoImportItem *track, const guint8 *mask, guint width, guint height,
           gint64 frame)
{
  g_autoptr (TpoRle) rle = tpo_rle_encode (mask, width, height, width);

  tpo_import_add_mask (self, track, frame, rle, -1);
}

static TpoImportItem *
get_track (TpoImport *self, TpoImportVideo *video, const char *key, gint64 step)
{
  TpoImportItem *track = tpo_import_get_track (self, video, key);

  track->step = step;
  return track;
}

/* A picture of one object, whatever number its pixels have. */
static void
take_object (TpoImport *self, TpoImportItem *track, guint8 *picture, guint width, guint height,
             gint64 frame)
{
  for (gsize i = 0; i < (gsize) width * height; i++)
    picture[i] = picture[i] != 0;
  take_mask (self, track, picture, width, height, frame);
}

static void
take_indices (TpoImport *self, TpoImportVideo *video, const guint8 *picture, guint width,
              guint height, gint64 frame, gint64 step)
{
  gsize size = (gsize) width * height;
  g_autofree guint8 *mask = NULL;
  gboolean is_used[256] = { FALSE };

  for (gsize i = 0; i < size; i++)
    is_used[picture[i]] = TRUE;
  for (guint index = 1; index <= MAX_OBJECTS; index++) {
    g_autofree char *key = g_strdup_printf ("%u", index);

    if (!is_used[index])
      continue;
    if (mask == NULL)
      mask = g_malloc (size);
    for (gsize i = 0; i < size; i++)
      mask[i] = picture[i] == index;
    take_mask (self, get_track (self, video, key, step), mask, width, height, frame);
  }
}

/* What the pictures of a video have in common. */
typedef struct {
  TpoImportVideo *video;
  GArray *numbers, *frames; /* gint64: each number of a name, in order, and its frame */
  gint64 step;
} Places;

static gint64
place_of (const Places *self, gint64 number)
{
  const gint64 *numbers = (const gint64 *) self->numbers->data;
  const gint64 *found =
      bsearch (&number, numbers, self->numbers->len, sizeof number, compare_numbers);

  return g_array_index (self->frames, gint64, found - numbers);
}

/* A mask that is missing on a picture is absent there. */
static gboolean
read_pictures (TpoImport *self, const Places *places, const Pictures *pictures, GError **error)
{
  GPtrArray *names = pictures->names;

  for (guint i = 0; i < names->len; i++) {
    gint64 frame = place_of (places, g_array_index (pictures->numbers, gint64, i));
    g_autoptr (GFile) file = g_file_get_child (pictures->folder, names->pdata[i]);
    g_autoptr (GBytes) png = tpo_import_read_bytes (self, file, MAX_PNG, error);
    g_autofree guint8 *picture = NULL;
    guint width, height;

    picture =
        png != NULL ? tpo_mask_png_decode (png, names->pdata[i], &width, &height, error) : NULL;
    if (picture == NULL || !tpo_import_may_go_on (self, (double) i / names->len, error))
      return FALSE;
    if (pictures->key != NULL)
      take_object (self, get_track (self, places->video, pictures->key, places->step), picture,
                   width, height, frame);
    else
      take_indices (self, places->video, picture, width, height, frame, places->step);
  }
  return TRUE;
}

static gboolean
read_all (TpoImport *self, TpoImportVideo *video, GPtrArray *all, GError **error)
{
  g_autoptr (GArray) numbers = list_numbers (all);
  g_autoptr (GArray) frames = g_array_copy (numbers);
  Places places = { .video = video, .numbers = numbers, .frames = frames };

  tpo_import_place_frames (video, frames);
  places.step = tpo_import_find_step (frames);
  for (guint i = 0; i < all->len; i++)
    if (!read_pictures (self, &places, all->pdata[i], error))
      return FALSE;
  return TRUE;
}

gboolean
tpo_import_read_indexed (TpoImport *self, TpoImportVideo *video, GFile *folder, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (pictures_free);

  return add_pictures (self, all, folder, NULL, error) && read_all (self, video, all, error);
}

gboolean
tpo_import_read_objects (TpoImport *self, TpoImportVideo *video, GFile *folder, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (pictures_free);
  g_autoptr (GPtrArray) objects = tpo_import_list (self, folder, NULL, error);

  for (guint i = 0; objects != NULL && i < objects->len; i++) {
    g_autoptr (GFile) object = g_file_get_child (folder, objects->pdata[i]);

    if (!add_pictures (self, all, object, objects->pdata[i], error))
      return FALSE;
  }
  return objects != NULL && read_all (self, video, all, error);
}

gboolean
tpo_import_read_sequences (TpoImport *self, GFile *folder, TpoReadSequenceFunc read,
                           GError **error)
{
  g_autoptr (GPtrArray) names = tpo_import_list (self, folder, NULL, error);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (GFile) sequence = g_file_get_child (folder, names->pdata[i]);
    TpoImportVideo *video;

    if (!tpo_import_get_video (self, names->pdata[i], &video, error) ||
        (video != NULL && !read (self, video, sequence, error)))
      return FALSE;
  }
  return names != NULL;
}
