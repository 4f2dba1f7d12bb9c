#include "config.h"

#include "timeline/tpo-filmstrip.h"

#include <glib/gi18n.h>
#include <math.h>

#include "compat/tpo-compat.h"
#include "document/free-in-thread.h"

static const int HEIGHT_PX = 38;
static const guint MAX_KEPT = 400;         /* pictures; some 4 MB */
static const gint64 LEAST_STEP_US = 20000; /* between two pictures */

struct _TpoFilmstrip {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  GHashTable *pictures;      /* frame → GdkTexture; what cannot be decoded has none */
  GQueue *order;             /* frames, oldest first */
  TpoVideoReader *reader;    /* nullable; the task's while one runs */
  GCancellable *cancellable; /* nullable: a picture is being made */
  int tile_px;
  gboolean is_wanted;
};

G_DEFINE_FINAL_TYPE (TpoFilmstrip, tpo_filmstrip, GTK_TYPE_WIDGET)

/* ---- which pictures ------------------------------------------------------------------------------------ */

/* Doubles, so that pictures are used again at most zooms. */
static gint64
get_step (TpoFilmstrip *self)
{
  double least_us = self->tile_px * tpo_timeline_model_get_us_per_px (self->parts->model);
  gint64 step_us = LEAST_STEP_US;

  while ((double) step_us < least_us)
    step_us *= 2;
  return step_us;
}

/* A frame near @time_us that is quick to decode, where there is one near enough. */
static guint
frame_at (TpoFilmstrip *self, gint64 time_us, gint64 step_us)
{
  TpoVideoIndex *index = tpo_document_get_index (self->parts->document);
  guint frame = tpo_video_index_find_frame (index, time_us);
  guint key = tpo_video_index_find_key (index, frame);
  gint64 away_us =
      tpo_video_index_get_time_us (index, frame) - tpo_video_index_get_time_us (index, key);

  return away_us < step_us / 2 ? key : frame;
}

static void
get_sight (TpoFilmstrip *self, gint64 step_us, gint64 *first, gint64 *last)
{
  *first = tpo_timeline_model_get_start (self->parts->model) / step_us;
  *last = (tpo_timeline_model_get_end (self->parts->model) - 1) / step_us;
}

static gboolean
find_missing (TpoFilmstrip *self, guint *frame)
{
  gint64 step_us = get_step (self), first, last;

  get_sight (self, step_us, &first, &last);
  for (gint64 k = first; k <= last; k++) {
    *frame = frame_at (self, k * step_us, step_us);
    if (!g_hash_table_contains (self->pictures, GUINT_TO_POINTER (*frame)))
      return TRUE;
  }
  return FALSE;
}

/* ---- making them ------------------------------------------------------------------------------------------ */

typedef struct {
  TpoVideo *video;
  TpoVideoReader *reader; /* nullable: to be opened */
  guint frame, width, height;
} Making;

/* To close the decoder takes a while. */
static void
drop_reader (TpoVideoReader *reader)
{
  if (reader != NULL)
    tpo_free_in_thread (reader, (GDestroyNotify) tpo_video_reader_free);
}

static void
making_free (Making *self)
{
  tpo_video_unref (self->video);
  drop_reader (self->reader);
  g_free (self);
}

static void
run_making (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Making *self = data;
  TpoPicture *picture;
  GError *error = NULL;

  if (self->reader == NULL)
    self->reader = tpo_video_reader_new (self->video, TPO_PIXEL_BGRA, cancellable, &error);
  if (self->reader == NULL) {
    g_task_return_error (task, error);
    return;
  }
  tpo_video_reader_set_size (self->reader, self->width, self->height);
  picture = tpo_video_reader_read (self->reader, self->frame, cancellable, &error);
  if (picture != NULL)
    g_task_return_pointer (task, picture, (GDestroyNotify) tpo_picture_unref);
  else
    g_task_return_error (task, error);
}

static void
keep (TpoFilmstrip *self, guint frame, const TpoPicture *picture)
{
  GdkTexture *texture = NULL;

  if (picture != NULL)
    texture = tpo_compat_texture_new (picture->width, picture->height, picture->bytes,
                                      picture->stride);
  g_hash_table_replace (self->pictures, GUINT_TO_POINTER (frame), texture);
  g_queue_push_tail (self->order, GUINT_TO_POINTER (frame));
  if (g_queue_get_length (self->order) > MAX_KEPT)
    g_hash_table_remove (self->pictures, g_queue_pop_head (self->order));
}

static void make_next (TpoFilmstrip *self);

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoFilmstrip) self = user_data;
  Making *making = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoPicture) picture = g_task_propagate_pointer (G_TASK (result), &error);

  /* Another video may have been opened meanwhile. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  self->reader = g_steal_pointer (&making->reader);
  keep (self, making->frame, picture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  make_next (self);
}

static void
make_next (TpoFilmstrip *self)
{
  TpoVideo *video = tpo_document_get_video (self->parts->document);
  g_autoptr (GTask) task = NULL;
  Making *making;
  guint frame;

  if (self->cancellable != NULL || video == NULL ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)) || !find_missing (self, &frame))
    return;
  making = g_new0 (Making, 1);
  making->video = tpo_video_ref (video);
  making->reader = g_steal_pointer (&self->reader);
  making->frame = frame;
  making->width = (guint) self->tile_px;
  making->height = (guint) HEIGHT_PX;
  self->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, self->cancellable, on_made, g_object_ref (self));
  g_task_set_task_data (task, making, (GDestroyNotify) making_free);
  g_task_run_in_thread (task, run_making);
}

/* ---- following -------------------------------------------------------------------------------------------- */

static void
forget (TpoFilmstrip *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->reader, drop_reader);
  g_hash_table_remove_all (self->pictures);
  g_queue_clear (self->order);
}

static void
update (TpoFilmstrip *self)
{
  TpoVideo *video = tpo_document_get_video (self->parts->document);
  const TpoVideoInfo *info = video != NULL ? tpo_video_get_info (video) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self),
                          self->is_wanted && info != NULL && !info->is_still);
  if (info != NULL)
    self->tile_px = (int) CLAMP (
        (double) HEIGHT_PX * info->display_width / info->display_height, 8.0, 200.0);
  make_next (self);
}

static void
on_video_changed (TpoFilmstrip *self)
{
  forget (self);
  update (self);
}

static void
on_model_changed (TpoFilmstrip *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  make_next (self);
}

void
tpo_filmstrip_set_wanted (TpoFilmstrip *self, gboolean is_wanted)
{
  g_return_if_fail (TPO_IS_FILMSTRIP (self));

  self->is_wanted = is_wanted;
  update (self);
}

static void
tpo_filmstrip_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tpo_filmstrip_parent_class)->map (widget);
  make_next (TPO_FILMSTRIP (widget));
}

/* As often as it fits between two of them, so that there are no gaps. */
static void
append_picture (TpoFilmstrip *self, GtkSnapshot *snapshot, GdkTexture *texture, double x0,
                double x1)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double x = x0 + self->tile_px * floor (MAX (0.0, -x0) / self->tile_px);

  gtk_snapshot_push_clip (
      snapshot, &GRAPHENE_RECT_INIT ((float) x0, 0, (float) (x1 - x0), (float) HEIGHT_PX));
  for (; x < MIN (x1, width); x += self->tile_px)
    tpo_compat_append_texture (
        GTK_WIDGET (self), snapshot, texture,
        &GRAPHENE_RECT_INIT ((float) x, 0, (float) self->tile_px, (float) HEIGHT_PX), FALSE);
  gtk_snapshot_pop (snapshot);
}

static void
tpo_filmstrip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoFilmstrip *self = TPO_FILMSTRIP (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gint64 duration_us = tpo_timeline_model_get_duration (self->parts->model);
  gint64 step_us, first, last;

  if (tpo_document_get_video (self->parts->document) == NULL)
    return;
  step_us = get_step (self);
  get_sight (self, step_us, &first, &last);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  for (gint64 k = first; k <= last; k++) {
    guint frame = frame_at (self, k * step_us, step_us);
    GdkTexture *texture = g_hash_table_lookup (self->pictures, GUINT_TO_POINTER (frame));

    if (texture != NULL)
      append_picture (self, snapshot, texture,
                      tpo_timeline_model_time_to_x (self->parts->model, k * step_us),
                      tpo_timeline_model_time_to_x (self->parts->model,
                                                    MIN ((k + 1) * step_us, duration_us)));
  }
  gtk_snapshot_pop (snapshot);
}

static void
tpo_filmstrip_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                       int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  /* Rows need the room more, where there is little. */
  *minimum = 0;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT_PX : 1;
  *minimum_baseline = *natural_baseline = -1;
}

/* ---- object -------------------------------------------------------------------------------------------------- */

static void
tpo_filmstrip_dispose (GObject *object)
{
  TpoFilmstrip *self = TPO_FILMSTRIP (object);

  forget (self);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_filmstrip_parent_class)->dispose (object);
}

static void
tpo_filmstrip_finalize (GObject *object)
{
  TpoFilmstrip *self = TPO_FILMSTRIP (object);

  g_hash_table_unref (self->pictures);
  g_queue_free (self->order);
  G_OBJECT_CLASS (tpo_filmstrip_parent_class)->finalize (object);
}

static void
tpo_filmstrip_class_init (TpoFilmstripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_filmstrip_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_filmstrip_finalize;
  widget_class->map = tpo_filmstrip_map;
  widget_class->snapshot = tpo_filmstrip_snapshot;
  widget_class->measure = tpo_filmstrip_measure;
  gtk_widget_class_set_css_name (widget_class, "filmstrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
unref_texture (gpointer texture)
{
  g_clear_object (&texture);
}

static void
tpo_filmstrip_init (TpoFilmstrip *self)
{
  self->pictures = g_hash_table_new_full (NULL, NULL, NULL, unref_texture);
  self->order = g_queue_new ();
  self->tile_px = HEIGHT_PX;
  self->is_wanted = TRUE;
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Pictures of the video"), -1);
}

GtkWidget *
tpo_filmstrip_new (TpoTimelineParts *parts)
{
  TpoFilmstrip *self = g_object_new (TPO_TYPE_FILMSTRIP, NULL);

  self->parts = tpo_timeline_parts_ref (parts);
  g_signal_connect_object (parts->model, "changed", G_CALLBACK (on_model_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (parts->document, "notify::video", G_CALLBACK (on_video_changed),
                           self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
