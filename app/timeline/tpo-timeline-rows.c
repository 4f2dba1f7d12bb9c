#include "config.h"

#include "timeline/tpo-timeline-rows.h"

#include "timeline/row-refresh.h"

static const int MARGIN_PX = 3; /* above and below each lane */

/* Where more change between two frames, thousands do: they are told of once in a while. */
static const guint FEW = 32;
static const guint TELL_EVERY_MS = 100;

struct _TpoTimelineRows {
  GObject parent_instance;

  TpoAnnotationList *model;
  GPtrArray *annotations;  /* TpoAnnotation, as in the model */
  GHashTable *row_of;      /* TpoAnnotation → TpoRow */
  GHashTable *by_key;      /* key → TpoRow */
  GPtrArray *rows;         /* TpoRow, owned, top to bottom once settled */
  GArray *edges;           /* gint64; nullable: to be collected */
  TpoAnnotation *curve_of; /* whose curve is edited; nullable */
  int row_px, lane_px, curve_px, height;
  gboolean is_settled;
  guint n_untold; /* changes since all was settled, or since many of them were told of */
  guint tell_id;  /* of many changes; a timeout, or 0 */
};

G_DEFINE_FINAL_TYPE (TpoTimelineRows, tpo_timeline_rows, G_TYPE_OBJECT)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- which row -------------------------------------------------------------------------------------- */

static char *
key_of (TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);

  if (record->kind != TPO_ANNOTATION_SPAN)
    return g_strdup_printf ("track %" G_GINT64_FORMAT, record->id);
  if (tpo_annotation_get_label (annotation) != NULL)
    return g_strdup_printf ("label %" G_GINT64_FORMAT, record->label_id);
  return g_strconcat ("text ", record->text, NULL);
}

TpoRow *
tpo_row_ref (const TpoRow *self)
{
  return g_rc_box_acquire ((TpoRow *) self);
}

static void
row_clear (TpoRow *self)
{
  g_free (self->key);
  g_ptr_array_unref (self->items);
  g_clear_pointer (&self->lanes, g_ptr_array_unref);
}

void
tpo_row_unref (TpoRow *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) row_clear);
}

static void
touch (TpoTimelineRows *self, TpoRow *row)
{
  row->is_stale = TRUE;
  self->is_settled = FALSE;
  g_clear_pointer (&self->edges, g_array_unref);
}

static void
add (TpoTimelineRows *self, TpoAnnotation *annotation)
{
  g_autofree char *key = key_of (annotation);
  TpoRow *row = g_hash_table_lookup (self->by_key, key);

  if (row == NULL) {
    row = g_rc_box_new0 (TpoRow);
    row->key = g_steal_pointer (&key);
    row->items = g_ptr_array_new_with_free_func (g_object_unref);
    g_hash_table_insert (self->by_key, row->key, row);
    g_ptr_array_add (self->rows, row);
  }
  g_ptr_array_add (row->items, g_object_ref (annotation));
  g_hash_table_insert (self->row_of, annotation, row);
  touch (self, row);
}

/* It leaves the row's items when all is settled, and empty rows go: what moves within one change
 * may come back. */
static void
take_away (TpoTimelineRows *self, TpoAnnotation *annotation)
{
  TpoRow *row = g_hash_table_lookup (self->row_of, annotation);

  g_hash_table_remove (self->row_of, annotation);
  row->has_gone = TRUE;
  touch (self, row);
}

/* Of another video, thousands of them. */
static void
take_away_all (TpoTimelineRows *self)
{
  g_clear_object (&self->curve_of);
  g_hash_table_remove_all (self->row_of);
  for (guint i = 0; i < self->rows->len; i++) {
    TpoRow *row = g_ptr_array_index (self->rows, i);

    g_ptr_array_set_size (row->items, 0);
    touch (self, row);
  }
  g_ptr_array_set_size (self->annotations, 0);
}

static gboolean
on_told (gpointer user_data)
{
  TpoTimelineRows *self = user_data;
  gboolean are_many = self->n_untold > FEW;

  self->n_untold = 0;
  if (!are_many)
    self->tell_id = 0;
  g_signal_emit (self, signals[CHANGED], 0);
  return are_many ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
tell (TpoTimelineRows *self)
{
  self->n_untold++;
  if (self->tell_id == 0 && self->n_untold > FEW)
    self->tell_id = g_timeout_add (TELL_EVERY_MS, on_told, self);
  else if (self->tell_id == 0)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_annotation_changed (TpoTimelineRows *self, TpoAnnotation *annotation)
{
  TpoRow *row = g_hash_table_lookup (self->row_of, annotation);
  g_autofree char *key = key_of (annotation);

  if (g_strcmp0 (key, row->key) == 0) {
    touch (self, row);
  } else {
    take_away (self, annotation);
    add (self, annotation);
  }
  tell (self);
}

static void
on_items_changed (TpoTimelineRows *self, guint position, guint removed, guint added)
{
  if (removed == self->annotations->len) {
    take_away_all (self);
    removed = 0;
  }
  for (guint i = position; i < position + removed; i++) {
    TpoAnnotation *annotation = g_ptr_array_index (self->annotations, i);

    if (self->curve_of == annotation)
      g_clear_object (&self->curve_of);
    take_away (self, annotation);
  }
  if (removed > 0)
    g_ptr_array_remove_range (self->annotations, position, removed);
  for (guint i = position; i < position + added; i++) {
    TpoAnnotation *annotation = tpo_annotation_list_get (self->model, i);

    g_ptr_array_insert (self->annotations, (int) i, g_object_ref (annotation));
    add (self, annotation);
  }
  tell (self);
}

/* ---- order and places ---------------------------------------------------------------------------------- */

static int
by_first (gconstpointer a, gconstpointer b)
{
  const TpoRow *left = *(TpoRow *const *) a, *right = *(TpoRow *const *) b;

  return left->first_id < right->first_id ? -1 : left->first_id > right->first_id;
}

static int
height_of (TpoTimelineRows *self, const TpoRow *row)
{
  guint n = row->is_collapsed ? 1 : row->lanes->len;

  return self->row_px + (int) (n - 1) * self->lane_px + row->curve_px;
}

static void
settle (TpoTimelineRows *self)
{
  if (self->is_settled)
    return;
  for (guint i = 0; i < self->rows->len;) {
    TpoRow *row = g_ptr_array_index (self->rows, i);

    if (row->is_stale)
      tpo_row_refresh (row, self->row_of);
    if (row->items->len > 0) {
      i++;
      continue;
    }
    g_hash_table_remove (self->by_key, row->key);
    g_ptr_array_remove_index_fast (self->rows, i);
  }
  g_ptr_array_sort (self->rows, by_first);
  self->height = 0;
  for (guint i = 0; i < self->rows->len; i++) {
    TpoRow *row = g_ptr_array_index (self->rows, i);

    row->index = i;
    row->curve_px =
        self->curve_of != NULL && g_hash_table_lookup (self->row_of, self->curve_of) == row
            ? self->curve_px
            : 0;
    row->y = self->height;
    row->height = height_of (self, row);
    self->height += row->height;
  }
  self->is_settled = TRUE;
  if (self->tell_id == 0)
    self->n_untold = 0;
}

void
tpo_timeline_rows_set_metrics (TpoTimelineRows *self, int row_px, int lane_px)
{
  g_return_if_fail (TPO_IS_TIMELINE_ROWS (self));

  if (self->row_px == row_px && self->lane_px == lane_px)
    return;
  self->row_px = row_px;
  self->lane_px = lane_px;
  self->is_settled = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
tpo_timeline_rows_set_collapsed (TpoTimelineRows *self, const TpoRow *row,
                                 gboolean is_collapsed)
{
  g_return_if_fail (TPO_IS_TIMELINE_ROWS (self) && row != NULL);

  ((TpoRow *) row)->is_collapsed = is_collapsed;
  self->is_settled = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
tpo_timeline_rows_set_curve (TpoTimelineRows *self, TpoAnnotation *annotation, int curve_px)
{
  g_return_if_fail (TPO_IS_TIMELINE_ROWS (self));

  g_set_object (&self->curve_of, annotation);
  self->curve_px = curve_px;
  self->is_settled = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

TpoAnnotation *
tpo_timeline_rows_get_curve (TpoTimelineRows *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_ROWS (self), NULL);

  return self->curve_of;
}

/* ---- questions ------------------------------------------------------------------------------------------ */

guint
tpo_timeline_rows_get_n (TpoTimelineRows *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_ROWS (self), 0);

  settle (self);
  return self->rows->len;
}

const TpoRow *
tpo_timeline_rows_get (TpoTimelineRows *self, guint index)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_ROWS (self), NULL);

  settle (self);
  g_return_val_if_fail (index < self->rows->len, NULL);
  return g_ptr_array_index (self->rows, index);
}

int
tpo_timeline_rows_get_height (TpoTimelineRows *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_ROWS (self), 0);

  settle (self);
  return self->height;
}

const TpoRow *
tpo_timeline_rows_find_y (TpoTimelineRows *self, int y)
{
  guint low = 0, high;

  g_return_val_if_fail (TPO_IS_TIMELINE_ROWS (self), NULL);

  settle (self);
  high = self->rows->len;
  /* All rows before low start at or above y, all from high on below it. */
  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (((TpoRow *) g_ptr_array_index (self->rows, middle))->y <= y)
      low = middle + 1;
    else
      high = middle;
  }
  if (self->rows->len == 0)
    return NULL;
  return g_ptr_array_index (self->rows, MAX (low, 1) - 1);
}

const TpoRow *
tpo_timeline_rows_find (TpoTimelineRows *self, TpoAnnotation *annotation)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_ROWS (self), NULL);

  settle (self);
  return g_hash_table_lookup (self->row_of, annotation);
}

void
tpo_timeline_rows_get_lane (TpoTimelineRows *self, const TpoRow *row, guint lane, int *y,
                            int *height)
{
  int n = (int) MAX (1, row->lanes->len), k = (int) lane;

  if (row->is_collapsed) {
    int room = self->row_px - 2 * MARGIN_PX;

    *y = MARGIN_PX + room * k / n;
    *height = MAX (2, room * (k + 1) / n - room * k / n);
    return;
  }
  *y = k == 0 ? MARGIN_PX : self->row_px + (k - 1) * self->lane_px;
  *height = (k == 0 ? self->row_px - MARGIN_PX : self->lane_px) - MARGIN_PX;
}

void
tpo_timeline_rows_collect (TpoTimelineRows *self, const TpoRow *row, const TpoSight *sight,
                           GPtrArray *wide, GArray *runs)
{
  g_return_if_fail (TPO_IS_TIMELINE_ROWS (self) && row != NULL && sight != NULL);

  settle (self);
  for (guint i = 0; i < row->lanes->len; i++) {
    int y, height;

    tpo_timeline_rows_get_lane (self, row, i, &y, &height);
    if (y < sight->y1 && y + height > sight->y0)
      tpo_lane_collect (g_ptr_array_index (row->lanes, i), i, sight, wide, runs);
  }
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

GArray *
tpo_timeline_rows_get_edges (TpoTimelineRows *self)
{
  g_return_val_if_fail (TPO_IS_TIMELINE_ROWS (self), NULL);

  if (self->edges != NULL)
    return self->edges;
  self->edges = g_array_sized_new (FALSE, FALSE, sizeof (gint64), 2 * self->annotations->len);
  for (guint i = 0; i < self->annotations->len; i++) {
    const TpoAnnotationRecord *record =
        tpo_annotation_get_record (g_ptr_array_index (self->annotations, i));

    g_array_append_val (self->edges, record->start_us);
    g_array_append_val (self->edges, record->end_us);
  }
  g_array_sort (self->edges, by_time);
  return self->edges;
}

/* ---- object -------------------------------------------------------------------------------------------- */

static void
tpo_timeline_rows_dispose (GObject *object)
{
  TpoTimelineRows *self = TPO_TIMELINE_ROWS (object);

  g_clear_handle_id (&self->tell_id, g_source_remove);
  g_ptr_array_set_size (self->annotations, 0);
  g_clear_object (&self->curve_of);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tpo_timeline_rows_parent_class)->dispose (object);
}

static void
tpo_timeline_rows_finalize (GObject *object)
{
  TpoTimelineRows *self = TPO_TIMELINE_ROWS (object);

  g_hash_table_unref (self->row_of);
  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->annotations);
  g_clear_pointer (&self->edges, g_array_unref);
  G_OBJECT_CLASS (tpo_timeline_rows_parent_class)->finalize (object);
}

static void
tpo_timeline_rows_class_init (TpoTimelineRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_timeline_rows_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_timeline_rows_finalize;
  signals[CHANGED] = g_signal_new ("changed", TPO_TYPE_TIMELINE_ROWS, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tpo_timeline_rows_init (TpoTimelineRows *self)
{
  self->annotations = g_ptr_array_new_with_free_func (g_object_unref);
  self->row_of = g_hash_table_new (NULL, NULL);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_row_unref);
  self->row_px = 28;
  self->lane_px = 24;
}

TpoTimelineRows *
tpo_timeline_rows_new (TpoAnnotationList *annotations)
{
  TpoTimelineRows *self;

  g_return_val_if_fail (TPO_IS_ANNOTATION_LIST (annotations), NULL);

  self = g_object_new (TPO_TYPE_TIMELINE_ROWS, NULL);
  self->model = g_object_ref (annotations);
  g_signal_connect_object (annotations, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (annotations, "item-changed", G_CALLBACK (on_annotation_changed),
                           self, G_CONNECT_SWAPPED);
  on_items_changed (self, 0, 0, tpo_annotation_list_get_n (annotations));
  return self;
}
