#include "config.h"

#include "videos/tpo-video-row.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

enum {
  PICTURE_WIDTH = 96,
  PICTURE_HEIGHT = 54,
  MARGIN = 6,
  GAP = 10,
  ICON = 16,
  EMPTY_ICON = 24,
  N_LINES = 3,
};

struct _TpoVideoRow {
  GtkWidget parent_instance;

  TpoThumbnails *thumbnails;
  TpoVideoItem *item; /* nullable */
  gboolean is_open;
  PangoLayout *lines[N_LINES]; /* name, counts, status; nullable: made when drawn */
};

G_DEFINE_FINAL_TYPE (TpoVideoRow, tpo_video_row, GTK_TYPE_WIDGET)

/* Middle tones, which read on light and on dark rows. */
static const struct {
  const char *title, *icon_name;
  GdkRGBA color;
} statuses[TPO_VIDEO_STATUS_COUNT] = {
  [TPO_VIDEO_UNLABELLED] = { N_ ("Unlabelled"),
                             "tpo-video-unlabelled-symbolic",
                             { 0.47f, 0.46f, 0.48f, 1.0f } },
  [TPO_VIDEO_PREDICTED] = { N_ ("Predicted"),
                            "tpo-video-predicted-symbolic",
                            { 0.57f, 0.35f, 0.76f, 1.0f } },
  [TPO_VIDEO_IN_WORK] = { N_ ("In Work"),
                          "tpo-video-in-work-symbolic",
                          { 0.85f, 0.42f, 0.0f, 1.0f } },
  [TPO_VIDEO_REVIEWED] = { N_ ("Reviewed"),
                           "tpo-video-reviewed-symbolic",
                           { 0.15f, 0.6f, 0.36f, 1.0f } },
};

const char *
tpo_video_status_title (TpoVideoStatus status)
{
  g_return_val_if_fail (status < TPO_VIDEO_STATUS_COUNT, NULL);

  return _ (statuses[status].title);
}

/* ---- text ---------------------------------------------------------------------------------------- */

/* "0:12", "1:02:03"; a picture lasts no time. */
static char *
dup_duration (const TpoVideoRecord *video)
{
  gint64 seconds = (video->duration_us + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC;

  if (video->n_frames <= 1)
    return g_strdup (_ ("Picture"));
  if (seconds >= 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d:%02d", seconds / 3600,
                            (int) (seconds / 60 % 60), (int) (seconds % 60));
  return g_strdup_printf ("%d:%02d", (int) (seconds / 60), (int) (seconds % 60));
}

/* "0:12 · 3 labels, 2 to check" */
static char *
dup_counts (const TpoVideoSummary *summary)
{
  g_autofree char *duration = dup_duration (&summary->video);
  int n = (int) MIN (summary->n_annotations, G_MAXINT);
  int n_to_check = (int) MIN (summary->n_predicted, G_MAXINT);

  if (n == 0)
    return g_steal_pointer (&duration);
  if (n_to_check == 0)
    /* Translators: a duration such as "0:12", and how many labels the video has */
    return g_strdup_printf (ngettext ("%s · %d label", "%s · %d labels", (gulong) n), duration,
                            n);
  return g_strdup_printf (
      /* Translators: as above, and how many of the labels nobody has looked at yet */
      ngettext ("%s · %d label, %d to check", "%s · %d labels, %d to check", (gulong) n),
      duration, n, n_to_check);
}

/* A file that is gone is what matters about its video. */
static const char *
state_title (TpoVideoItem *item)
{
  return tpo_video_item_is_missing (item)
             ? _ ("File Missing")
             : tpo_video_status_title (tpo_video_item_get_summary (item)->status);
}

static void
update_accessible (TpoVideoRow *self)
{
  const TpoVideoSummary *summary = tpo_video_item_get_summary (self->item);
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *counts = dup_counts (summary);
  g_autofree char *text = g_strdup_printf ("%s, %s, %s", tpo_video_item_get_name (self->item),
                                           counts, state_title (self->item));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  /* The list's own item is what has the focus. */
  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    text, -1);
}

static void
forget_lines (TpoVideoRow *self)
{
  for (guint i = 0; i < N_LINES; i++)
    g_clear_object (&self->lines[i]);
}

static void
make_lines (TpoVideoRow *self)
{
  const TpoVideoSummary *summary = tpo_video_item_get_summary (self->item);
  g_autofree char *counts = dup_counts (summary);
  const char *texts[N_LINES] = { tpo_video_item_get_name (self->item), counts,
                                 state_title (self->item) };

  for (guint i = 0; i < N_LINES; i++) {
    self->lines[i] = gtk_widget_create_pango_layout (GTK_WIDGET (self), texts[i]);
    pango_layout_set_ellipsize (self->lines[i],
                                i == 0 ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END);
    pango_layout_set_single_paragraph_mode (self->lines[i], TRUE);
  }
  if (self->is_open) {
    g_autoptr (PangoAttrList) bold = pango_attr_list_new ();

    pango_attr_list_insert (bold, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
    pango_layout_set_attributes (self->lines[0], bold);
  }
}

static void
on_item_changed (TpoVideoRow *self)
{
  forget_lines (self);
  if (self->item != NULL)
    update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- drawing ------------------------------------------------------------------------------------- */

static void
draw_icon (TpoVideoRow *self, GtkSnapshot *snapshot, const char *name, float x, float y,
           int size, const GdkRGBA *color)
{
  GtkIconTheme *theme =
      gtk_icon_theme_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (
      theme, name, NULL, size, gtk_widget_get_scale_factor (GTK_WIDGET (self)),
      gtk_widget_get_direction (GTK_WIDGET (self)), GTK_ICON_LOOKUP_FORCE_SYMBOLIC);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size,
                                            color, 1);
  gtk_snapshot_restore (snapshot);
}

/* The whole picture, in the middle of its place. */
static void
draw_texture (GtkSnapshot *snapshot, GdkTexture *texture, const graphene_rect_t *place)
{
  float width = (float) gdk_texture_get_width (texture);
  float height = (float) gdk_texture_get_height (texture);
  float scale = MIN (place->size.width / width, place->size.height / height);
  graphene_rect_t bounds =
      GRAPHENE_RECT_INIT (place->origin.x + (place->size.width - width * scale) / 2.0f,
                          place->origin.y + (place->size.height - height * scale) / 2.0f,
                          width * scale, height * scale);

  gtk_snapshot_append_texture (snapshot, texture, &bounds);
}

static void
draw_picture (TpoVideoRow *self, GtkSnapshot *snapshot, const graphene_rect_t *place,
              const GdkRGBA *color)
{
  GdkTexture *texture =
      tpo_thumbnails_get (self->thumbnails, tpo_video_item_get_id (self->item));
  GdkRGBA background = *color, icon = *color;
  GskRoundedRect shape;

  background.alpha *= 0.1f;
  icon.alpha *= 0.3f;
  gsk_rounded_rect_init_from_rect (&shape, place, 6.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &background, place);
  if (texture != NULL)
    draw_texture (snapshot, texture, place);
  else
    draw_icon (self, snapshot, "video-x-generic-symbolic",
               place->origin.x + (place->size.width - EMPTY_ICON) / 2.0f,
               place->origin.y + (place->size.height - EMPTY_ICON) / 2.0f, EMPTY_ICON, &icon);
  gtk_snapshot_pop (snapshot);
}

static void
draw_line (TpoVideoRow *self, GtkSnapshot *snapshot, guint line, float x, float y, int width,
           const GdkRGBA *color)
{
  pango_layout_set_width (self->lines[line], MAX (1, width) * PANGO_SCALE);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, self->lines[line], color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_status (TpoVideoRow *self, GtkSnapshot *snapshot, float x, float y, int height)
{
  static const GdkRGBA warning = { 0.88f, 0.11f, 0.14f, 1.0f };
  TpoVideoStatus status = tpo_video_item_get_summary (self->item)->status;
  gboolean is_missing = tpo_video_item_is_missing (self->item);

  draw_icon (self, snapshot,
             is_missing ? "dialog-warning-symbolic" : statuses[status].icon_name, x,
             y + (float) (height - ICON) / 2.0f, ICON,
             is_missing ? &warning : &statuses[status].color);
}

static void
tpo_video_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoVideoRow *self = TPO_VIDEO_ROW (widget);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int text_width = width - 2 * MARGIN - PICTURE_WIDTH - GAP, line_height, shift = 0;
  float x = (float) (is_rtl ? MARGIN : MARGIN + PICTURE_WIDTH + GAP), y;
  graphene_rect_t picture = GRAPHENE_RECT_INIT (
      (float) (is_rtl ? width - MARGIN - PICTURE_WIDTH : MARGIN),
      (float) (height - PICTURE_HEIGHT) / 2.0f, PICTURE_WIDTH, PICTURE_HEIGHT);
  GdkRGBA color, dim;

  if (self->item == NULL)
    return;
  if (self->lines[0] == NULL)
    make_lines (self);
  tpo_compat_get_color (widget, &color);
  dim = color;
  dim.alpha *= 0.7f;
  draw_picture (self, snapshot, &picture, &color);
  pango_layout_get_pixel_size (self->lines[0], NULL, &line_height);
  y = (float) (height - N_LINES * line_height) / 2.0f;
  for (guint i = 0; i < N_LINES; i++) {
    if (i == N_LINES - 1) {
      shift = ICON + MARGIN;
      draw_status (self, snapshot, is_rtl ? x + (float) (text_width - ICON) : x, y,
                   line_height);
    }
    draw_line (self, snapshot, i, is_rtl ? x : x + (float) shift, y, text_width - shift,
               i == 0 ? &color : &dim);
    y += (float) line_height;
  }
}

static void
tpo_video_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                       int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = 2 * MARGIN + PICTURE_WIDTH + GAP + 60;
    *natural = *minimum + 100;
  } else {
    PangoContext *context = gtk_widget_get_pango_context (widget);
    PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
    int text =
        N_LINES * PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics)) + 2 * MARGIN;

    pango_font_metrics_unref (metrics);
    *minimum = *natural = MAX (text, PICTURE_HEIGHT + 2 * MARGIN);
  }
}

/* Another font or text size. */
static void
tpo_video_row_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (tpo_video_row_parent_class)->css_changed (widget, change);
  forget_lines (TPO_VIDEO_ROW (widget));
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_video_row_dispose (GObject *object)
{
  tpo_video_row_set_item (TPO_VIDEO_ROW (object), NULL);
  forget_lines (TPO_VIDEO_ROW (object));
  g_clear_object (&TPO_VIDEO_ROW (object)->thumbnails);
  G_OBJECT_CLASS (tpo_video_row_parent_class)->dispose (object);
}

static void
tpo_video_row_class_init (TpoVideoRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_video_row_dispose;
  widget_class->snapshot = tpo_video_row_snapshot;
  widget_class->measure = tpo_video_row_measure;
  widget_class->css_changed = tpo_video_row_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tpo_video_row_init (TpoVideoRow *self)
{
}

GtkWidget *
tpo_video_row_new (TpoThumbnails *thumbnails)
{
  TpoVideoRow *self;

  g_return_val_if_fail (TPO_IS_THUMBNAILS (thumbnails), NULL);

  self = g_object_new (TPO_TYPE_VIDEO_ROW, NULL);
  self->thumbnails = g_object_ref (thumbnails);
  return GTK_WIDGET (self);
}

void
tpo_video_row_set_item (TpoVideoRow *self, TpoVideoItem *item)
{
  g_return_if_fail (TPO_IS_VIDEO_ROW (self) && (item == NULL || TPO_IS_VIDEO_ITEM (item)));

  if (self->item == item)
    return;
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, on_item_changed, self);
  if (self->item != NULL)
    tpo_thumbnails_forget (self->thumbnails, tpo_video_item_get_id (self->item));
  g_set_object (&self->item, item);
  if (item != NULL)
    g_signal_connect_swapped (item, "changed", G_CALLBACK (on_item_changed), self);
  if (item != NULL)
    tpo_thumbnails_request (self->thumbnails, item);
  on_item_changed (self);
}

TpoVideoItem *
tpo_video_row_get_item (TpoVideoRow *self)
{
  g_return_val_if_fail (TPO_IS_VIDEO_ROW (self), NULL);

  return self->item;
}

void
tpo_video_row_set_open (TpoVideoRow *self, gboolean is_open)
{
  g_return_if_fail (TPO_IS_VIDEO_ROW (self));

  if (self->is_open == is_open)
    return;
  self->is_open = is_open;
  forget_lines (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

char *
tpo_video_row_dup_tooltip (TpoVideoRow *self)
{
  g_autofree char *folder = NULL;
  g_autofree char *counts = NULL;

  g_return_val_if_fail (TPO_IS_VIDEO_ROW (self) && self->item != NULL, NULL);

  folder = tpo_video_item_dup_folder (self->item);
  counts = dup_counts (tpo_video_item_get_summary (self->item));
  return g_strdup_printf ("%s\n%s\n%s", tpo_video_item_get_name (self->item), folder, counts);
}
