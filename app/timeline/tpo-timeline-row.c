#include "config.h"

#include "timeline/tpo-timeline-row.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "labels/palette.h"
#include "labels/tpo-swatch.h"
#include "timeline/tpo-span-widget.h"

static const int MARGIN_PX = 3;

struct _TpoTimelineRow {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoTimelineModel *model;
  TpoAnnotation *annotation;
  GtkWidget *header, *swatch, *icon, *title, *span, *menu;
  float *saliency; /* [n_saliency], scaled to 0 … 1 */
  guint n_saliency;
  gint64 saliency_start_us, saliency_step_us;
};

G_DEFINE_FINAL_TYPE (TpoTimelineRow, tpo_timeline_row, GTK_TYPE_WIDGET)

static const char *const status_icons[TPO_STATUS_COUNT] = {
  [TPO_STATUS_PREDICTED] = "dialog-question-symbolic",
  [TPO_STATUS_ACCEPTED] = "object-select-symbolic",
  [TPO_STATUS_CORRECTED] = "document-edit-symbolic",
  [TPO_STATUS_MANUAL] = "list-add-symbolic",
  [TPO_STATUS_DISCARDED] = "process-stop-symbolic",
};

/* Scores have no fixed range; their shape is what tells. */
static void
load_saliency (TpoTimelineRow *self)
{
  g_autoptr (TpoPredictionRecord) prediction =
      tpo_document_get_prediction (self->document, self->annotation);
  float low = G_MAXFLOAT, high = -G_MAXFLOAT;

  if (prediction == NULL || prediction->n_saliency == 0)
    return;
  for (guint i = 0; i < prediction->n_saliency; i++) {
    low = MIN (low, prediction->saliency[i]);
    high = MAX (high, prediction->saliency[i]);
  }
  self->n_saliency = prediction->n_saliency;
  self->saliency_start_us = prediction->saliency_start_us;
  self->saliency_step_us = prediction->saliency_step_us;
  self->saliency = g_new (float, self->n_saliency);
  for (guint i = 0; i < self->n_saliency; i++)
    self->saliency[i] = high > low ? (prediction->saliency[i] - low) / (high - low) : 0.5f;
}

static void
update (TpoTimelineRow *self)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);
  g_autofree char *title = tpo_annotation_dup_title (self->annotation);

  tpo_palette_apply (self->swatch, tpo_annotation_get_color (self->annotation));
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_widget_set_tooltip_text (self->header, title);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), status_icons[record->status]);
  if (record->status == TPO_STATUS_DISCARDED)
    gtk_widget_add_css_class (GTK_WIDGET (self), "discarded");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "discarded");
}

static void
on_selected (TpoTimelineRow *self)
{
  if (tpo_document_get_selected (self->document) == self->annotation)
    gtk_widget_add_css_class (GTK_WIDGET (self), "selected");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "selected");
}

static void
on_pressed (TpoTimelineRow *self)
{
  tpo_document_select (self->document, self->annotation);
}

static GtkWidget *
create_menu (void)
{
  static const struct {
    const char *label, *action;
  } items[] = {
    { N_ ("Accept"), "timeline.accept" },
    { N_ ("Discard"), "timeline.discard" },
    { N_ ("Label…"), "timeline.label" },
    { N_ ("Rename…"), "timeline.rename" },
    { N_ ("Split at the Play Position"), "timeline.split" },
    { N_ ("Play"), "timeline.play-selection" },
    { N_ ("Track Forward"), "timeline.track-forward" },
    { N_ ("Track Backward"), "timeline.track-backward" },
    { N_ ("History…"), "win.history" },
    { N_ ("Delete"), "timeline.delete" },
  };
  g_autoptr (GMenu) menu = g_menu_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (items); i++)
    g_menu_append (menu, _ (items[i].label), items[i].action);
  return gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
}

static void
show_menu (TpoTimelineRow *self, double x, double y)
{
  GdkRectangle at = { (int) x, (int) y, 1, 1 };

  on_pressed (self);
  if (self->menu == NULL) {
    self->menu = create_menu ();
    gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
    gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_secondary (TpoTimelineRow *self, int n_presses, double x, double y)
{
  show_menu (self, x, y);
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  show_menu (TPO_TIMELINE_ROW (widget), TPO_TIMELINE_HEADER_PX, gtk_widget_get_height (widget));
  return TRUE;
}

static void
tpo_timeline_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoTimelineRow *self = TPO_TIMELINE_ROW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA color;

  tpo_compat_get_color (widget, &color);
  color.alpha *= 0.16f;
  gtk_snapshot_push_clip (
      snapshot,
      &GRAPHENE_RECT_INIT (TPO_TIMELINE_HEADER_PX, 0, width - TPO_TIMELINE_HEADER_PX, height));
  for (guint i = 0; i < self->n_saliency; i++) {
    gint64 start_us = self->saliency_start_us + i * self->saliency_step_us;
    double x0 = tpo_timeline_model_time_to_x (self->model, start_us);
    double x1 = tpo_timeline_model_time_to_x (self->model, start_us + self->saliency_step_us);
    float bar = (float) (height - 2) * (0.1f + 0.9f * self->saliency[i]);

    gtk_snapshot_append_color (snapshot, &color,
                               &GRAPHENE_RECT_INIT ((float) (TPO_TIMELINE_HEADER_PX + x0),
                                                    (float) height - bar,
                                                    (float) (x1 - x0) - 1.0f, bar));
  }
  gtk_widget_snapshot_child (widget, self->span, snapshot);
  gtk_snapshot_pop (snapshot);
  gtk_widget_snapshot_child (widget, self->header, snapshot);
}

static void
tpo_timeline_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                          int *minimum, int *natural, int *minimum_baseline,
                          int *natural_baseline)
{
  TpoTimelineRow *self = TPO_TIMELINE_ROW (widget);
  int header;

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = *natural = TPO_TIMELINE_HEADER_PX + 40;
    return;
  }
  gtk_widget_measure (self->header, orientation, TPO_TIMELINE_HEADER_PX, &header, NULL, NULL,
                      NULL);
  *minimum = *natural = MAX (28, header);
}

static void
tpo_timeline_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoTimelineRow *self = TPO_TIMELINE_ROW (widget);
  GtkAllocation header = { 0, 0, TPO_TIMELINE_HEADER_PX, height };
  GtkAllocation span = { 0, MARGIN_PX, 0, height - 2 * MARGIN_PX };
  gint64 start_us, end_us;
  double x0, x1;

  gtk_widget_size_allocate (self->header, &header, -1);
  tpo_span_widget_get_range (TPO_SPAN_WIDGET (self->span), &start_us, &end_us);
  x0 = tpo_timeline_model_time_to_x (self->model, start_us);
  x1 = tpo_timeline_model_time_to_x (self->model, end_us);
  span.x = TPO_TIMELINE_HEADER_PX + (int) x0;
  span.width = MAX (6, (int) x1 - (int) x0);
  gtk_widget_size_allocate (self->span, &span, -1);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
tpo_timeline_row_dispose (GObject *object)
{
  TpoTimelineRow *self = TPO_TIMELINE_ROW (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->header, gtk_widget_unparent);
  g_clear_pointer (&self->span, gtk_widget_unparent);
  g_clear_object (&self->annotation);
  g_clear_object (&self->model);
  g_clear_object (&self->document);
  g_clear_pointer (&self->saliency, g_free);
  G_OBJECT_CLASS (tpo_timeline_row_parent_class)->dispose (object);
}

static void
tpo_timeline_row_class_init (TpoTimelineRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_timeline_row_dispose;
  widget_class->snapshot = tpo_timeline_row_snapshot;
  widget_class->measure = tpo_timeline_row_measure;
  widget_class->size_allocate = tpo_timeline_row_size_allocate;
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
  gtk_widget_class_set_css_name (widget_class, "timeline-row");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
tpo_timeline_row_init (TpoTimelineRow *self)
{
  GtkGesture *primary = gtk_gesture_click_new (), *secondary = gtk_gesture_click_new ();

  self->header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->swatch = tpo_swatch_new (0);
  self->icon = gtk_image_new ();
  self->title = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->header, "row-header");
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0.0f);
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_widget_add_css_class (self->title, "caption");
  gtk_box_append (GTK_BOX (self->header), self->swatch);
  gtk_box_append (GTK_BOX (self->header), self->icon);
  gtk_box_append (GTK_BOX (self->header), self->title);
  gtk_widget_set_parent (self->header, GTK_WIDGET (self));

  g_signal_connect_swapped (primary, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (self->header, GTK_EVENT_CONTROLLER (primary));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (secondary, "pressed", G_CALLBACK (on_secondary), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (secondary));
}

GtkWidget *
tpo_timeline_row_new (TpoDocument *document, TpoPlayer *player, TpoTimelineModel *model,
                      TpoAnnotation *annotation)
{
  TpoTimelineRow *self = g_object_new (TPO_TYPE_TIMELINE_ROW, NULL);
  g_autofree char *title = tpo_annotation_dup_title (annotation);

  self->document = g_object_ref (document);
  self->model = g_object_ref (model);
  self->annotation = g_object_ref (annotation);
  self->span = tpo_span_widget_new (document, player, model, annotation);
  gtk_widget_set_parent (self->span, GTK_WIDGET (self));
  load_saliency (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  g_signal_connect_object (annotation, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "changed", G_CALLBACK (gtk_widget_queue_allocate), self,
                           G_CONNECT_SWAPPED);
  update (self);
  on_selected (self);
  return GTK_WIDGET (self);
}

TpoAnnotation *
tpo_timeline_row_get_annotation (TpoTimelineRow *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_ROW (self), NULL);

  return self->annotation;
}
