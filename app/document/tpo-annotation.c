#include "config.h"

#include "document/tpo-annotation.h"

#include <glib/gi18n.h>

struct _TpoAnnotation {
  GObject parent_instance;

  TpoAnnotationRecord *record;
  GPtrArray *keyframes; /* TpoKeyframeRecord */
  TpoLabel *label;      /* nullable */
  TpoAnnotationFunc
      watcher; /* nullable; a handler of "changed" on each of thousands costs more */
  gpointer watcher_data;
};

G_DEFINE_FINAL_TYPE (TpoAnnotation, tpo_annotation, G_TYPE_OBJECT)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tpo_annotation_finalize (GObject *object)
{
  TpoAnnotation *self = TPO_ANNOTATION (object);

  g_clear_pointer (&self->record, tpo_annotation_record_free);
  g_clear_pointer (&self->keyframes, g_ptr_array_unref);
  g_clear_object (&self->label);
  G_OBJECT_CLASS (tpo_annotation_parent_class)->finalize (object);
}

static void
tpo_annotation_class_init (TpoAnnotationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_annotation_finalize;
  signals[CHANGED] = g_signal_new ("changed", TPO_TYPE_ANNOTATION, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
tpo_annotation_init (TpoAnnotation *self)
{
}

static void
emit_changed (TpoAnnotation *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
  if (self->watcher != NULL)
    self->watcher (self, self->watcher_data);
}

static void
take (TpoAnnotation *self, TpoAnnotationRecord *record, GPtrArray *keyframes)
{
  self->record = record;
  self->keyframes =
      keyframes != NULL
          ? keyframes
          : g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_keyframe_record_free);
}

TpoAnnotation *
tpo_annotation_new (TpoAnnotationRecord *record, GPtrArray *keyframes)
{
  TpoAnnotation *self;

  g_return_val_if_fail (record != NULL, NULL);

  self = g_object_new (TPO_TYPE_ANNOTATION, NULL);
  take (self, record, keyframes);
  return self;
}

void
tpo_annotation_update (TpoAnnotation *self, TpoAnnotationRecord *record, GPtrArray *keyframes)
{
  g_return_if_fail (TPO_IS_ANNOTATION (self) && record != NULL);

  g_clear_pointer (&self->record, tpo_annotation_record_free);
  g_clear_pointer (&self->keyframes, g_ptr_array_unref);
  take (self, record, keyframes);
  emit_changed (self);
}

/* Where the keyframe of that time is, or would be. */
static guint
find_keyframe (GPtrArray *keyframes, gint64 time_us)
{
  guint low = 0, high = keyframes->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (((TpoKeyframeRecord *) g_ptr_array_index (keyframes, middle))->time_us < time_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static gboolean
has_keyframe (GPtrArray *keyframes, guint place, gint64 time_us)
{
  return place < keyframes->len &&
         ((TpoKeyframeRecord *) g_ptr_array_index (keyframes, place))->time_us == time_us;
}

/* Takes @keyframe over. */
static void
set_keyframe (GPtrArray *keyframes, TpoKeyframeRecord *keyframe)
{
  guint place = find_keyframe (keyframes, keyframe->time_us);

  if (!has_keyframe (keyframes, place, keyframe->time_us)) {
    g_ptr_array_insert (keyframes, (int) place, keyframe);
    return;
  }
  tpo_keyframe_record_free (g_ptr_array_index (keyframes, place));
  g_ptr_array_index (keyframes, place) = keyframe;
}

void
tpo_annotation_change (TpoAnnotation *self, TpoAnnotationRecord *record, GPtrArray *set,
                       const GArray *removed_us)
{
  g_return_if_fail (TPO_IS_ANNOTATION (self) && record != NULL);
  g_return_if_fail (set != NULL && removed_us != NULL);

  for (guint i = 0; i < removed_us->len; i++) {
    gint64 time_us = g_array_index (removed_us, gint64, i);
    guint place = find_keyframe (self->keyframes, time_us);

    if (has_keyframe (self->keyframes, place, time_us))
      g_ptr_array_remove_index (self->keyframes, place);
  }
  for (guint i = 0; i < set->len; i++)
    set_keyframe (self->keyframes, g_steal_pointer (&g_ptr_array_index (set, i)));
  g_ptr_array_set_free_func (set, NULL);
  g_ptr_array_unref (set);
  g_clear_pointer (&self->record, tpo_annotation_record_free);
  self->record = record;
  emit_changed (self);
}

void
tpo_annotation_set_watcher (TpoAnnotation *self, TpoAnnotationFunc func, gpointer user_data)
{
  g_return_if_fail (TPO_IS_ANNOTATION (self));

  self->watcher = func;
  self->watcher_data = user_data;
}

void
tpo_annotation_set_label (TpoAnnotation *self, TpoLabel *label)
{
  g_return_if_fail (TPO_IS_ANNOTATION (self));

  if (g_set_object (&self->label, label))
    emit_changed (self);
}

TpoLabel *
tpo_annotation_get_label (TpoAnnotation *self)
{
  g_return_val_if_fail (TPO_IS_ANNOTATION (self), NULL);

  return self->label;
}

/* Bright ones, which read on most pictures. Neighbours differ in hue and in lightness, so that
 * two new objects are told apart without colour vision too. */
static const guint32 colors[] = {
  0x33d17a, 0xf66151, 0x62a0ea, 0xf8e45c, 0xdc8add,
  0xff7800, 0x5bc8d8, 0xb5e853, 0xff8fb1, 0xa58aff,
};

const guint32 *
tpo_annotation_list_colors (guint *n)
{
  *n = G_N_ELEMENTS (colors);
  return colors;
}

guint32
tpo_annotation_get_color (TpoAnnotation *self)
{
  g_return_val_if_fail (TPO_IS_ANNOTATION (self), 0);

  if (self->label != NULL)
    return tpo_label_get_color (self->label);
  /* Spans that answer the same question are of one colour; objects differ. */
  if (self->record->kind == TPO_ANNOTATION_SPAN)
    return colors[g_str_hash (self->record->text != NULL ? self->record->text : "") %
                  G_N_ELEMENTS (colors)];
  return colors[(guint64) self->record->id % G_N_ELEMENTS (colors)];
}

const TpoAnnotationRecord *
tpo_annotation_get_record (TpoAnnotation *self)
{
  g_return_val_if_fail (TPO_IS_ANNOTATION (self), NULL);

  return self->record;
}

GPtrArray *
tpo_annotation_get_keyframes (TpoAnnotation *self)
{
  g_return_val_if_fail (TPO_IS_ANNOTATION (self), NULL);

  return self->keyframes;
}

gint64
tpo_annotation_get_id (TpoAnnotation *self)
{
  g_return_val_if_fail (TPO_IS_ANNOTATION (self), 0);

  return self->record->id;
}

gboolean
tpo_annotation_get_box (TpoAnnotation *self, gint64 time_us, TpoBox *box)
{
  g_return_val_if_fail (TPO_IS_ANNOTATION (self), FALSE);

  return self->record->kind != TPO_ANNOTATION_SPAN &&
         tpo_track_box_at (self->record, self->keyframes, time_us, box);
}

gboolean
tpo_annotation_find_mask (TpoAnnotation *self, gint64 time_us, guint *place)
{
  const TpoKeyframeRecord *keyframe;
  guint n;

  g_return_val_if_fail (TPO_IS_ANNOTATION (self) && place != NULL, FALSE);

  if (self->record->kind != TPO_ANNOTATION_MASK_TRACK || time_us < self->record->start_us ||
      time_us >= self->record->end_us)
    return FALSE;
  n = find_keyframe (self->keyframes, time_us + 1);
  if (n == 0)
    return FALSE;
  *place = n - 1;
  keyframe = g_ptr_array_index (self->keyframes, n - 1);
  return !keyframe->is_absent && tpo_keyframe_has_mask (keyframe);
}

char *
tpo_annotation_dup_title (TpoAnnotation *self)
{
  static const char *const kinds[TPO_ANNOTATION_KIND_COUNT] = {
    [TPO_ANNOTATION_SPAN] = N_ ("Span"),
    [TPO_ANNOTATION_BOX_TRACK] = N_ ("Box"),
    [TPO_ANNOTATION_MASK_TRACK] = N_ ("Mask"),
  };
  const char *text, *label;

  g_return_val_if_fail (TPO_IS_ANNOTATION (self), NULL);

  text = self->record->text != NULL ? self->record->text : "";
  label = self->label != NULL ? tpo_label_get_record (self->label)->name : NULL;
  if (label != NULL && *text != '\0' && self->record->kind == TPO_ANNOTATION_SPAN)
    /* Translators: a label and what happens or was asked: "car: When does the car move?" */
    return g_strdup_printf (_ ("%s: %s"), label, text);
  if (label != NULL)
    return g_strdup (label);
  return g_strdup (*text != '\0' ? text : _ (kinds[self->record->kind]));
}
