#include "config.h"

#include "reviewer/tpo-review-row.h"

#include "compat/tpo-compat.h"

enum {
  MARGIN = 6,
  GAP = 2,
  REASON_LINES = 2,
  LEAST_WIDTH = 100,
};

static const double CAPTION_SCALE = 0.82; /* as the class "caption" has it */
static const float DIM = 0.7f;

typedef enum {
  TITLE,
  REASON,
  VIDEO,
  N_TEXTS,
} Text;

struct _TpoReviewRow {
  GtkWidget parent_instance;

  TpoReviewEntry *entry;         /* nullable */
  PangoLayout *layouts[N_TEXTS]; /* nullable: made when drawn */
};

G_DEFINE_FINAL_TYPE (TpoReviewRow, tpo_review_row, GTK_TYPE_WIDGET)

static void
forget_layouts (TpoReviewRow *self)
{
  for (guint i = 0; i < N_TEXTS; i++)
    g_clear_object (&self->layouts[i]);
}

static PangoLayout *
layout_new (TpoReviewRow *self, Text which, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);

  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  if (which != REASON)
    pango_layout_set_single_paragraph_mode (layout, TRUE);
  else
    pango_layout_set_height (layout, -REASON_LINES);
  if (which != TITLE) {
    g_autoptr (PangoAttrList) caption = pango_attr_list_new ();

    pango_attr_list_insert (caption, pango_attr_scale_new (CAPTION_SCALE));
    pango_layout_set_attributes (layout, caption);
  }
  return layout;
}

static void
make_layouts (TpoReviewRow *self)
{
  g_autofree char *title = tpo_review_entry_dup_title (self->entry);
  g_autofree char *reason = tpo_review_entry_dup_reason (self->entry);
  g_autofree char *video = tpo_review_entry_dup_video_name (self->entry);
  const char *const texts[N_TEXTS] = { title, reason, video };

  for (guint i = 0; i < N_TEXTS; i++)
    self->layouts[i] = layout_new (self, (Text) i, texts[i]);
}

static void
tpo_review_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoReviewRow *self = TPO_REVIEW_ROW (widget);
  int height = (N_TEXTS - 1) * GAP, heights[N_TEXTS];
  GdkRGBA color, dim;
  float y;

  if (self->entry == NULL)
    return;
  if (self->layouts[0] == NULL)
    make_layouts (self);
  for (guint i = 0; i < N_TEXTS; i++) {
    pango_layout_set_width (self->layouts[i], gtk_widget_get_width (widget) * PANGO_SCALE);
    pango_layout_get_pixel_size (self->layouts[i], NULL, &heights[i]);
    height += heights[i];
  }
  tpo_compat_get_color (widget, &color);
  dim = color;
  dim.alpha *= DIM;
  y = (float) (gtk_widget_get_height (widget) - height) / 2.0f;
  for (guint i = 0; i < N_TEXTS; i++) {
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, y));
    gtk_snapshot_append_layout (snapshot, self->layouts[i], i == VIDEO ? &dim : &color);
    gtk_snapshot_restore (snapshot);
    y += (float) (heights[i] + GAP);
  }
}

static void
tpo_review_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                        int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = LEAST_WIDTH;
    *natural = 2 * LEAST_WIDTH;
  } else {
    PangoFontMetrics *metrics =
        pango_context_get_metrics (gtk_widget_get_pango_context (widget), NULL, NULL);
    int line = pango_font_metrics_get_height (metrics);
    int captions =
        (REASON_LINES + 1) * PANGO_PIXELS_CEIL ((int) (CAPTION_SCALE * (double) line));

    pango_font_metrics_unref (metrics);
    *minimum = *natural =
        PANGO_PIXELS_CEIL (line) + captions + 2 * MARGIN + (N_TEXTS - 1) * GAP;
  }
}

/* Another font or text size. */
static void
tpo_review_row_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (tpo_review_row_parent_class)->css_changed (widget, change);
  forget_layouts (TPO_REVIEW_ROW (widget));
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_review_row_dispose (GObject *object)
{
  TpoReviewRow *self = TPO_REVIEW_ROW (object);

  forget_layouts (self);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (tpo_review_row_parent_class)->dispose (object);
}

static void
tpo_review_row_class_init (TpoReviewRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_review_row_dispose;
  widget_class->snapshot = tpo_review_row_snapshot;
  widget_class->measure = tpo_review_row_measure;
  widget_class->css_changed = tpo_review_row_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tpo_review_row_init (TpoReviewRow *self)
{
}

GtkWidget *
tpo_review_row_new (void)
{
  return g_object_new (TPO_TYPE_REVIEW_ROW, NULL);
}

void
tpo_review_row_set_entry (TpoReviewRow *self, TpoReviewEntry *entry)
{
  GtkWidget *parent;
  g_autofree char *name = NULL;

  g_return_if_fail (TPO_IS_REVIEW_ROW (self) && TPO_IS_REVIEW_ENTRY (entry));

  if (!g_set_object (&self->entry, entry))
    return;
  forget_layouts (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  name = tpo_review_entry_dup_name (entry);
  tpo_compat_set_tooltip (GTK_WIDGET (self), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  /* The list's own item is what has the focus. */
  parent = gtk_widget_get_parent (GTK_WIDGET (self));
  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    name, -1);
}
