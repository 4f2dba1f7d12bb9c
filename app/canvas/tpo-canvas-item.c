#include "config.h"

#include "canvas/tpo-canvas-item.h"

#include <glib/gi18n.h>

#include "canvas/mask-texture.h"
#include "canvas/outline.h"
#include "document/tpo-document-conversations.h"
#include "labels/palette.h"

static const int MAX_NAME_CHARS = 28;
static const int NAME_LINES = 6; /* in a view of fewer, names would cover what they name */

struct _TpoCanvasItem {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoAnnotation *annotation;
  GdkRGBA color;
  gboolean is_selected, is_highlighted;
  TpoCanvasLook look;
  TpoFrameRect frame; /* in the parent */
  gboolean is_stale;  /* the annotation changed since it was shown */

  PangoLayout *name; /* nullable: shown above it */

  TpoMaskTexture texture;
};

G_DEFINE_FINAL_TYPE (TpoCanvasItem, tpo_canvas_item, GTK_TYPE_WIDGET)

static const char *const status_names[TPO_STATUS_COUNT] = {
  [TPO_STATUS_PREDICTED] = N_ ("predicted"), [TPO_STATUS_ACCEPTED] = N_ ("accepted"),
  [TPO_STATUS_CORRECTED] = N_ ("corrected"), [TPO_STATUS_MANUAL] = N_ ("made by hand"),
  [TPO_STATUS_DISCARDED] = N_ ("discarded"),
};

void
tpo_canvas_look_clear (TpoCanvasLook *self)
{
  g_clear_pointer (&self->mask, tpo_rle_unref);
}

static const TpoAnnotationRecord *
record_of (TpoCanvasItem *self)
{
  return tpo_annotation_get_record (self->annotation);
}

static gboolean
is_predicted (TpoCanvasItem *self)
{
  return record_of (self)->status == TPO_STATUS_PREDICTED;
}

/* ---- words --------------------------------------------------------------------------------------- */

static void
describe (TpoCanvasItem *self)
{
  const TpoBox *box = &self->look.box;
  g_autofree char *title = tpo_annotation_dup_title (self->annotation);
  g_autofree char *label = NULL;
  g_autofree char *locked = NULL;
  const char *status = _ (status_names[record_of (self)->status]);
  int x = (int) (box->x0 * (float) self->look.width + 0.5f);
  int y = (int) (box->y0 * (float) self->look.height + 0.5f);
  int width = (int) ((box->x1 - box->x0) * (float) self->look.width + 0.5f);
  int height = (int) ((box->y1 - box->y0) * (float) self->look.height + 0.5f);

  if (self->look.mask != NULL)
    /* Translators: spoken; name of an object, then pixels of the picture */
    label = g_strdup_printf (_ ("%s, mask at %d, %d, %d by %d"), title, x, y, width, height);
  else
    /* Translators: spoken; name of an object, then pixels of the picture */
    label = g_strdup_printf (_ ("%s, box at %d, %d, %d by %d"), title, x, y, width, height);
  if (record_of (self)->is_locked)
    /* Translators: spoken; %s is "predicted", "corrected" and the like */
    locked = g_strdup_printf (_ ("%s, locked"), status);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  locked != NULL ? locked : status, -1);
}

static void
on_selected (TpoCanvasItem *self)
{
  self->is_selected = tpo_document_is_selected (self->document, self->annotation);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED,
                               self->is_selected, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_highlighted (TpoCanvasItem *self)
{
  gboolean is_highlighted = tpo_document_get_highlighted (self->document) == self->annotation;

  if (is_highlighted != self->is_highlighted)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  self->is_highlighted = is_highlighted;
}

static void
on_changed (TpoCanvasItem *self)
{
  tpo_palette_rgba (tpo_annotation_get_color (self->annotation), &self->color);
  self->is_stale = TRUE;
}

/* Where several are selected they stay so. */
static void
on_focus (TpoCanvasItem *self)
{
  if (!tpo_document_is_selected (self->document, self->annotation))
    tpo_document_select (self->document, self->annotation);
}

/* ---- drawing --------------------------------------------------------------------------------------- */

static double
score (TpoCanvasItem *self)
{
  const TpoKeyframeRecord *keyframe;
  GPtrArray *keyframes = tpo_annotation_get_keyframes (self->annotation);

  if (!is_predicted (self) || keyframes->len == 0)
    return -1.0;
  keyframe = g_ptr_array_index (keyframes, 0);
  return keyframe->score;
}

/* Kept from drawing to drawing: of many objects the names cost most. */
static PangoLayout *
name_layout (TpoCanvasItem *self)
{
  static const char *const marks[TPO_STATUS_COUNT] = {
    [TPO_STATUS_PREDICTED] = "", [TPO_STATUS_ACCEPTED] = "✓ ", [TPO_STATUS_CORRECTED] = "✎ ",
    [TPO_STATUS_MANUAL] = "",    [TPO_STATUS_DISCARDED] = "",
  };
  g_autofree char *title = tpo_annotation_dup_title (self->annotation);
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  double sure = score (self);

  if (g_utf8_strlen (title, -1) > MAX_NAME_CHARS) {
    g_autofree char *start = g_utf8_substring (title, 0, MAX_NAME_CHARS - 1);

    name = g_strconcat (start, "…", NULL);
  } else {
    name = g_strdup (title);
  }
  g_strdelimit (name, "\n\r\t", ' ');
  if (sure >= 0.0)
    /* Translators: name of an object and how sure the model is, in percent */
    text = g_strdup_printf (_ ("%s %d %%"), name, (int) (sure * 100.0 + 0.5));
  else
    text = g_strconcat (marks[record_of (self)->status], name, NULL);
  if (self->name == NULL)
    self->name = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  else if (g_strcmp0 (pango_layout_get_text (self->name), text) != 0)
    pango_layout_set_text (self->name, text, -1);
  return self->name;
}

/* Above the box, or inside it at the top of the view; not at all where that is low. */
static void
append_name (TpoCanvasItem *self, GtkSnapshot *snapshot)
{
  PangoLayout *layout = name_layout (self);
  GdkRGBA back = self->color, ink;
  GskRoundedRect rounded;
  graphene_rect_t tag;
  int width, height;
  float y;

  pango_layout_get_pixel_size (layout, &width, &height);
  if (gtk_widget_get_height (gtk_widget_get_parent (GTK_WIDGET (self))) < NAME_LINES * height)
    return;
  y = self->frame.y >= height + 6 ? (float) (-height - 6) : 4.0f;
  tag = GRAPHENE_RECT_INIT (y < 0 ? -2.0f : 4.0f, y, (float) width + 12, (float) height + 2);
  if (is_predicted (self)) {
    /* As the model said: dark with an edge in the object's colour; by a person: filled with it. */
    back = (GdkRGBA){ 0, 0, 0, 0.7f };
    ink = (GdkRGBA){ 1, 1, 1, 1 };
  } else {
    tpo_palette_ink (&self->color, &ink);
  }
  gsk_rounded_rect_init_from_rect (&rounded, &tag, 3.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, &back, &tag);
  if (is_predicted (self))
    gtk_snapshot_append_color (
        snapshot, &self->color,
        &GRAPHENE_RECT_INIT (tag.origin.x, tag.origin.y, 4.0f, tag.size.height));
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (tag.origin.x + 7.0f, tag.origin.y + 1.0f));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
}

static void
tpo_canvas_item_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoCanvasItem *self = TPO_CANVAS_ITEM (widget);
  graphene_rect_t rect =
      GRAPHENE_RECT_INIT (0, 0, (float) self->frame.width, (float) self->frame.height);
  TpoOutline outline = {
    .color = self->color,
    .width = (is_predicted (self) ? 2.0f : 3.0f) + (self->is_highlighted ? 2.0f : 0.0f),
    .is_dashed = !self->look.is_keyframe,
    .has_corners = !is_predicted (self),
  };

  if (self->look.mask == NULL) {
    tpo_outline_append (snapshot, &rect, &outline);
  } else if (self->is_selected || self->is_highlighted) {
    outline = (TpoOutline){ .color = { 1, 1, 1, 1 }, .width = 1.0f, .is_dashed = TRUE };
    tpo_outline_append (snapshot, &rect, &outline);
  }
  if (self->is_selected && self->look.has_handles)
    tpo_outline_append_handles (snapshot, &rect);
  else if (self->is_selected && self->look.mask == NULL)
    tpo_outline_append_selection (snapshot, &rect);
  if (gtk_widget_has_visible_focus (widget))
    tpo_outline_append_focus (snapshot, &rect);
  append_name (self, snapshot);
}

void
tpo_canvas_item_snapshot_mask (TpoCanvasItem *self, GtkSnapshot *snapshot,
                               const TpoPlane *plane)
{
  TpoRle *shown;

  g_return_if_fail (TPO_IS_CANVAS_ITEM (self));

  shown = self->look.mask;
  if (shown == NULL || shown->width == 0 || shown->height == 0)
    return;
  tpo_mask_texture_show (&self->texture, shown, plane,
                         gtk_widget_get_scale_factor (GTK_WIDGET (self)), &self->color,
                         is_predicted (self));
  tpo_mask_texture_append (&self->texture, GTK_WIDGET (self), snapshot, plane);
}

/* Another font or size. */
static void
tpo_canvas_item_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  TpoCanvasItem *self = TPO_CANVAS_ITEM (widget);

  GTK_WIDGET_CLASS (tpo_canvas_item_parent_class)->css_changed (widget, change);
  g_clear_object (&self->name);
}

static void
tpo_canvas_item_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                         int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = *natural = 0;
}

/* ---- object ------------------------------------------------------------------------------------------ */

static void
tpo_canvas_item_dispose (GObject *object)
{
  TpoCanvasItem *self = TPO_CANVAS_ITEM (object);

  g_clear_object (&self->name);
  tpo_mask_texture_clear (&self->texture);
  tpo_canvas_look_clear (&self->look);
  g_clear_object (&self->annotation);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_canvas_item_parent_class)->dispose (object);
}

static void
tpo_canvas_item_class_init (TpoCanvasItemClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_canvas_item_dispose;
  widget_class->snapshot = tpo_canvas_item_snapshot;
  widget_class->css_changed = tpo_canvas_item_css_changed;
  widget_class->measure = tpo_canvas_item_measure;
  gtk_widget_class_set_css_name (widget_class, "object");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
tpo_canvas_item_init (TpoCanvasItem *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_focus), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  /* The ring comes and goes with the focus, which no style of ours follows. */
  g_signal_connect (self, "state-flags-changed", G_CALLBACK (gtk_widget_queue_draw), NULL);
}

static void
follow (TpoCanvasItem *self)
{
  g_signal_connect_object (self->annotation, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  on_changed (self);
  on_selected (self);
  on_highlighted (self);
}

GtkWidget *
tpo_canvas_item_new (TpoDocument *document, TpoAnnotation *annotation)
{
  TpoCanvasItem *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_ANNOTATION (annotation), NULL);

  self = g_object_new (TPO_TYPE_CANVAS_ITEM, NULL);
  self->document = g_object_ref (document);
  self->annotation = g_object_ref (annotation);
  g_signal_connect_object (document, "notify::highlighted", G_CALLBACK (on_highlighted), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  follow (self);
  return GTK_WIDGET (self);
}

void
tpo_canvas_item_set_annotation (TpoCanvasItem *self, TpoAnnotation *annotation)
{
  g_return_if_fail (TPO_IS_CANVAS_ITEM (self) && TPO_IS_ANNOTATION (annotation));

  g_signal_handlers_disconnect_by_func (self->annotation, on_changed, self);
  g_set_object (&self->annotation, annotation);
  follow (self);
}

static gboolean
is_same (const TpoCanvasLook *a, const TpoCanvasLook *b)
{
  return a->mask == b->mask && a->box.x0 == b->box.x0 && a->box.y0 == b->box.y0 &&
         a->box.x1 == b->box.x1 && a->box.y1 == b->box.y1 && a->width == b->width &&
         a->height == b->height && a->is_keyframe == b->is_keyframe &&
         a->has_handles == b->has_handles && a->is_passing == b->is_passing;
}

gboolean
tpo_canvas_item_show (TpoCanvasItem *self, const TpoCanvasLook *look)
{
  gboolean was_shown;

  g_return_val_if_fail (TPO_IS_CANVAS_ITEM (self), FALSE);

  was_shown = gtk_widget_get_visible (GTK_WIDGET (self));
  if (was_shown == (look != NULL) &&
      (!was_shown || (!self->is_stale && is_same (look, &self->look))))
    return FALSE;
  tpo_canvas_look_clear (&self->look);
  gtk_widget_set_visible (GTK_WIDGET (self), look != NULL);
  if (look == NULL)
    return TRUE;
  self->is_stale = FALSE;
  self->look = *look;
  if (look->mask != NULL)
    tpo_rle_ref (look->mask);
  if (!look->is_passing)
    describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

gboolean
tpo_canvas_item_is_shown (TpoCanvasItem *self)
{
  g_return_val_if_fail (TPO_IS_CANVAS_ITEM (self), FALSE);

  return gtk_widget_get_visible (GTK_WIDGET (self));
}

TpoAnnotation *
tpo_canvas_item_get_annotation (TpoCanvasItem *self)
{
  g_return_val_if_fail (TPO_IS_CANVAS_ITEM (self), NULL);

  return self->annotation;
}

const TpoCanvasLook *
tpo_canvas_item_get_look (TpoCanvasItem *self)
{
  g_return_val_if_fail (TPO_IS_CANVAS_ITEM (self), NULL);

  return &self->look;
}

void
tpo_canvas_item_place (TpoCanvasItem *self, const TpoPlane *plane)
{
  GskTransform *move;

  g_return_if_fail (TPO_IS_CANVAS_ITEM (self));

  self->frame = tpo_plane_place (plane, &self->look.box);
  move = gsk_transform_translate (
      NULL, &GRAPHENE_POINT_INIT ((float) self->frame.x, (float) self->frame.y));
  gtk_widget_allocate (GTK_WIDGET (self), self->frame.width, self->frame.height, -1, move);
}
