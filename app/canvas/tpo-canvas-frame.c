#include "config.h"

#include "canvas/tpo-canvas-private.h"
#include "document/tpo-document-masks.h"

/*
 * What the frame shown has: which annotations, where, and which of them lies under a pointer.
 */

static const guint MAX_TAGS = 4;
static const guint MAX_SPARE = 64; /* items that are not on the frame */
static const int MAX_TAG_CHARS = 32;

/* The document and the player change videos one after the other; nothing is shown in between. */
static TpoVideo *
shown_video (TpoCanvas *self)
{
  TpoVideo *video = tpo_player_get_video (self->player);

  return video == tpo_document_get_video (self->document) ? video : NULL;
}

const TpoVideoInfo *
tpo_canvas_get_info (TpoCanvas *self)
{
  TpoVideo *video = shown_video (self);

  return video != NULL ? tpo_video_get_info (video) : NULL;
}

gboolean
tpo_canvas_get_time (TpoCanvas *self, gint64 *time_us)
{
  TpoVideo *video = shown_video (self);
  guint frame;

  *time_us = 0;
  if (video == NULL || tpo_player_get_texture (self->player) == NULL)
    return FALSE;
  frame = tpo_player_get_frame_index (self->player);
  if (frame >= tpo_video_get_info (video)->n_frames)
    return FALSE;
  *time_us = tpo_video_index_get_time_us (tpo_video_get_index (video), frame);
  return TRUE;
}

/* ---- looks ------------------------------------------------------------------------------------------- */

static gboolean
find_box (TpoAnnotation *annotation, gint64 time_us, TpoCanvasLook *look)
{
  const TpoKeyframeRecord *keyframe =
      tpo_track_keyframe_at (tpo_annotation_get_keyframes (annotation), time_us);

  look->is_keyframe = keyframe != NULL && keyframe->time_us == time_us;
  return tpo_annotation_get_box (annotation, time_us, &look->box);
}

/* A mask stays as it is until the next; its own box says where it lies. */
static gboolean
find_mask (TpoCanvas *self, TpoAnnotation *annotation, gint64 time_us, TpoCanvasLook *look)
{
  const TpoKeyframeRecord *keyframe;

  look->mask = tpo_document_get_mask (self->document, annotation, time_us);
  if (look->mask == NULL)
    return find_box (annotation, time_us, look);
  keyframe = tpo_track_keyframe_at (tpo_annotation_get_keyframes (annotation), time_us);
  look->is_keyframe = keyframe->time_us == time_us;
  look->box = keyframe->box;
  return keyframe->has_box || tpo_rle_bounds (look->mask, &look->box);
}

gboolean
tpo_canvas_find_look (TpoCanvas *self, TpoAnnotation *annotation, gint64 time_us,
                      TpoCanvasLook *look)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  const TpoVideoInfo *info = tpo_canvas_get_info (self);
  gboolean is_box = record->kind == TPO_ANNOTATION_BOX_TRACK;
  const TpoBox *dragged;

  *look = (TpoCanvasLook){
    .has_handles = is_box && !record->is_locked &&
                   annotation == tpo_document_get_selected (self->document) &&
                   (self->tool == TPO_TOOL_SELECT || self->tool == TPO_TOOL_BOX),
    .is_passing = tpo_player_get_playing (self->player),
    .width = info->display_width,
    .height = info->display_height,
  };
  if (record->kind == TPO_ANNOTATION_SPAN || record->status == TPO_STATUS_DISCARDED ||
      record->is_hidden ||
      !(is_box ? find_box (annotation, time_us, look)
               : find_mask (self, annotation, time_us, look)))
    return FALSE;
  dragged = tpo_canvas_find_dragged (self, annotation);
  if (dragged != NULL) {
    look->box = *dragged;
    look->is_keyframe = look->is_keyframe || self->drag.is_moved;
  }
  return TRUE;
}

/* An item whose annotation the frame does not have becomes that of one which it has, where there is
 * one: to make and to remove them takes longer, above all while a video plays. */
static TpoCanvasItem *
take_item (TpoCanvas *self, TpoAnnotation *annotation, GPtrArray *free_items)
{
  TpoCanvasItem *item;

  if (free_items->len > 0) {
    item = g_ptr_array_steal_index_fast (free_items, free_items->len - 1);
    g_hash_table_steal (self->items, tpo_canvas_item_get_annotation (item));
    tpo_canvas_item_set_annotation (item, annotation);
  } else {
    item = TPO_CANVAS_ITEM (tpo_canvas_item_new (self->document, annotation));
    gtk_widget_set_parent (GTK_WIDGET (item), GTK_WIDGET (self));
  }
  g_hash_table_insert (self->items, annotation, item);
  return item;
}

/* Those whose annotations the frame does not have. */
static GPtrArray *
list_free (TpoCanvas *self, GHashTable *shown)
{
  GPtrArray *items = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer annotation, item;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, &annotation, &item)) {
    if (g_hash_table_contains (shown, annotation))
      continue;
    if (gtk_widget_has_focus (item))
      gtk_widget_grab_focus (GTK_WIDGET (self));
    g_ptr_array_add (items, item);
  }
  return items;
}

/* Only what covers the time is worth a closer look: a video may have thousands. */
static gboolean
covers (TpoAnnotation *annotation, gint64 time_us)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

  return record->start_us <= time_us && time_us < record->end_us;
}

/* Returns: whether anything changed */
static gboolean
show_items (TpoCanvas *self, gboolean has_time, gint64 time_us)
{
  g_autoptr (GHashTable) shown = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) looks = g_array_new (FALSE, FALSE, sizeof (TpoCanvasLook));
  g_autoptr (GPtrArray) free_items = NULL;
  gboolean is_changed = FALSE;

  g_array_set_clear_func (looks, (GDestroyNotify) tpo_canvas_look_clear);
  g_ptr_array_set_size (self->shown, 0);
  for (guint i = 0; has_time && i < self->annotations->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->annotations, i);
    TpoCanvasLook look;

    if (!covers (annotation, time_us))
      continue;
    if (!tpo_canvas_find_look (self, annotation, time_us, &look)) {
      tpo_canvas_look_clear (&look);
      continue;
    }
    g_array_append_val (looks, look);
    g_ptr_array_add (self->shown, annotation);
    g_hash_table_add (shown, annotation);
  }
  free_items = list_free (self, shown);
  for (guint i = 0; i < self->shown->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->shown, i);
    TpoCanvasItem *item = g_hash_table_lookup (self->items, annotation);

    if (item == NULL)
      item = take_item (self, annotation, free_items);
    is_changed |= tpo_canvas_item_show (item, &g_array_index (looks, TpoCanvasLook, i));
  }
  for (guint i = 0; i < free_items->len; i++) {
    TpoCanvasItem *item = g_ptr_array_index (free_items, i);

    is_changed |= tpo_canvas_item_show (item, NULL);
    if (i >= MAX_SPARE)
      g_hash_table_remove (self->items, tpo_canvas_item_get_annotation (item));
  }
  return is_changed;
}

/* ---- tags of spans ------------------------------------------------------------------------------------ */

static GtkWidget *
new_tag (TpoCanvas *self)
{
  GtkWidget *tag = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (tag), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (tag), MAX_TAG_CHARS);
  gtk_label_set_single_line_mode (GTK_LABEL (tag), TRUE);
  gtk_widget_set_halign (tag, GTK_ALIGN_END);
  gtk_widget_add_css_class (tag, "span-tag");
  gtk_box_append (GTK_BOX (self->tags), tag);
  return tag;
}

static void
show_tag (TpoCanvas *self, TpoAnnotation *annotation, GtkWidget *tag)
{
  g_autofree char *title = tpo_annotation_dup_title (annotation);

  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (tag)), title) != 0)
    gtk_label_set_text (GTK_LABEL (tag), title);
  if (tpo_document_is_selected (self->document, annotation))
    gtk_widget_add_css_class (tag, "selected");
  else
    gtk_widget_remove_css_class (tag, "selected");
}

static void
update_tags (TpoCanvas *self, gboolean has_time, gint64 time_us)
{
  GtkWidget *tag = gtk_widget_get_first_child (self->tags);
  guint n_shown = 0;

  for (guint i = 0; has_time && i < self->annotations->len && n_shown < MAX_TAGS; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->annotations, i);
    const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

    if (record->kind != TPO_ANNOTATION_SPAN || record->status == TPO_STATUS_DISCARDED ||
        record->is_hidden || time_us < record->start_us || time_us >= record->end_us)
      continue;
    if (tag == NULL)
      tag = new_tag (self);
    show_tag (self, annotation, tag);
    tag = gtk_widget_get_next_sibling (tag);
    n_shown++;
  }
  while (tag != NULL) {
    GtkWidget *next = gtk_widget_get_next_sibling (tag);

    gtk_box_remove (GTK_BOX (self->tags), tag);
    tag = next;
  }
}

/* ---- updates ------------------------------------------------------------------------------------------- */

void
tpo_canvas_update (TpoCanvas *self)
{
  gint64 time_us;
  gboolean has_time = tpo_canvas_get_time (self, &time_us), is_changed;

  g_clear_handle_id (&self->update_id, g_source_remove);
  if (tpo_canvas_has_prompt (self) && (!has_time || time_us != self->clicks.time_us))
    tpo_canvas_clear_clicks (self);
  if (self->drag.kind == TPO_DRAG_NUDGE && (!has_time || time_us != self->drag.time_us))
    tpo_canvas_end_nudge (self);
  if (self->drag.kind == TPO_DRAG_STROKE && !has_time)
    tpo_canvas_clear_drag (self); /* another video: it belongs nowhere */
  else if (self->drag.kind == TPO_DRAG_STROKE && time_us != self->drag.time_us)
    tpo_canvas_end_stroke (self);
  is_changed = show_items (self, has_time, time_us);
  update_tags (self, has_time, time_us);
  tpo_canvas_update_shades (self);
  if (!is_changed)
    return;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_update (gpointer user_data)
{
  TpoCanvas *self = user_data;

  self->update_id = 0;
  tpo_canvas_update (self);
  return G_SOURCE_REMOVE;
}

void
tpo_canvas_schedule_update (TpoCanvas *self)
{
  if (self->update_id == 0)
    self->update_id = g_idle_add_full (GDK_PRIORITY_REDRAW - 1, on_update, self, NULL);
}

TpoCanvasItem *
tpo_canvas_get_item (TpoCanvas *self, TpoAnnotation *annotation)
{
  TpoCanvasItem *item = g_hash_table_lookup (self->items, annotation);

  return item != NULL && tpo_canvas_item_is_shown (item) ? item : NULL;
}

gboolean
tpo_canvas_is_editable (TpoCanvas *self, TpoAnnotation *annotation, TpoAnnotationKind kind)
{
  const TpoAnnotationRecord *record;

  if (annotation == NULL)
    return FALSE;
  record = tpo_annotation_get_record (annotation);
  return record->kind == kind && !record->is_locked &&
         tpo_canvas_get_item (self, annotation) != NULL;
}

TpoAnnotation *
tpo_canvas_get_selected (TpoCanvas *self, TpoAnnotationKind kind)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  const TpoAnnotationRecord *record =
      selected != NULL ? tpo_annotation_get_record (selected) : NULL;

  return record != NULL && record->kind == kind && !record->is_locked && !record->is_hidden
             ? selected
             : NULL;
}

/* ---- under the pointer ------------------------------------------------------------------------------------ */

static TpoGrip
grip_of (TpoCanvasItem *item, const TpoPlane *plane, double x, double y)
{
  const TpoCanvasLook *look = tpo_canvas_item_get_look (item);
  TpoFrameRect rect = tpo_plane_place (plane, &look->box);
  double at_x = x, at_y = y;

  if (look->mask == NULL)
    return tpo_grip_at (&rect, x, y);
  tpo_plane_to_picture (plane, &at_x, &at_y);
  return tpo_rle_has (look->mask, at_x, at_y) ? TPO_GRIP_ALL : TPO_GRIP_NONE;
}

TpoAnnotation *
tpo_canvas_pick (TpoCanvas *self, double x, double y, TpoGrip *grip)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document), *best = NULL;
  double best_area = G_MAXDOUBLE;
  TpoPlane plane;

  *grip = TPO_GRIP_NONE;
  if (!tpo_canvas_get_plane (self, &plane))
    return NULL;
  /* The handles of the selected box lie above everything. */
  if (tpo_canvas_is_editable (self, selected, TPO_ANNOTATION_BOX_TRACK)) {
    *grip = grip_of (tpo_canvas_get_item (self, selected), &plane, x, y);
    if (*grip != TPO_GRIP_NONE && *grip != TPO_GRIP_ALL)
      return selected;
  }
  *grip = TPO_GRIP_NONE;
  for (guint i = 0; i < self->shown->len; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->shown, i);
    TpoCanvasItem *item = tpo_canvas_get_item (self, annotation);
    gboolean is_free = !tpo_annotation_get_record (annotation)->is_locked;
    TpoGrip found = item != NULL && is_free ? grip_of (item, &plane, x, y) : TPO_GRIP_NONE;
    double area = item != NULL ? tpo_box_area (&tpo_canvas_item_get_look (item)->box) : 0.0;

    if (found == TPO_GRIP_NONE || area > best_area ||
        (area == best_area && best == selected && best != NULL))
      continue;
    best = annotation;
    best_area = area;
    *grip = found;
  }
  return best;
}

void
tpo_canvas_select (TpoCanvas *self, TpoAnnotation *annotation)
{
  TpoCanvasItem *item = annotation != NULL ? tpo_canvas_get_item (self, annotation) : NULL;

  gtk_widget_grab_focus (item != NULL ? GTK_WIDGET (item) : GTK_WIDGET (self));
  tpo_document_select (self->document, annotation);
}

void
tpo_canvas_step_object (TpoCanvas *self, int by)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);
  int n = (int) self->shown->len;
  guint position;

  if (n == 0)
    return;
  if (selected == NULL || !g_ptr_array_find (self->shown, selected, &position))
    position = by > 0 ? (guint) (n - 1) : 0;
  tpo_canvas_select (self, g_ptr_array_index (self->shown, ((int) position + by + n) % n));
}
