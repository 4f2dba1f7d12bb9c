#include "config.h"

#include "document/free-in-thread.h"
#include "document/tpo-document-private.h"

/*
 * The labels that are shown follow the project: few of them at once, thousands in slices, between
 * which the window goes on. Each is as the project has it when its turn comes, whatever else
 * happened since.
 */

static const guint MANY = 100;       /* changes that are followed in slices */
static const guint MANY_NEW = 500;   /* labels of a video that is opened */
static const guint CHUNK = 64;       /* of those, looked at together */
static const gint64 SLICE_US = 4000; /* a part of a frame */
static const guint PAUSE_MS = 4;     /* for the rest of it */

static gint64
id_at (GPtrArray *annotations, guint i)
{
  TpoAnnotation *annotation = g_ptr_array_index (annotations, i);

  return annotation != NULL ? tpo_annotation_get_id (annotation) : 0;
}

static void
free_annotation (gpointer annotation)
{
  g_clear_object ((TpoAnnotation **) &annotation);
}

/* ---- labels that arrive ------------------------------------------------------------------------------- */

/* Where the one of that id is among those that arrive. Returns: (nullable) */
static gpointer *
find_arriving (TpoDocument *self, gint64 annotation_id)
{
  guint low = self->n_arrived, high = self->arriving != NULL ? self->arriving->len : 0;

  while (low < high) {
    guint middle = low + (high - low) / 2, known = middle;

    /* Those that are forgotten already say nothing of the order. */
    while (known < high && g_ptr_array_index (self->arriving, known) == NULL)
      known++;
    if (known == high)
      high = middle;
    else if (id_at (self->arriving, known) == annotation_id)
      return &g_ptr_array_index (self->arriving, known);
    else if (id_at (self->arriving, known) < annotation_id)
      low = known + 1;
    else
      high = middle;
  }
  return NULL;
}

void
tpo_document_forget_arriving (TpoDocument *self, gint64 annotation_id)
{
  gpointer *place = find_arriving (self, annotation_id);

  if (place != NULL)
    g_clear_object ((TpoAnnotation **) place);
}

/* The label as the schema has it now. */
static void
give_label (TpoDocument *self, TpoAnnotation *annotation)
{
  gint64 id = tpo_annotation_get_record (annotation)->label_id;

  tpo_annotation_set_label (annotation, tpo_document_find_label (self, id));
}

/* One that is asked for comes before its turn. */
static void
take_at_once (TpoDocument *self, gint64 annotation_id)
{
  gpointer *place = find_arriving (self, annotation_id);
  g_autoptr (TpoAnnotation) annotation = place != NULL ? g_steal_pointer (place) : NULL;

  if (annotation == NULL)
    return;
  give_label (self, annotation);
  tpo_annotation_list_add (self->annotations, annotation);
}

/* The next @n_most of them join those that are shown. */
static void
take_arriving (TpoDocument *self, guint n_most)
{
  g_autofree TpoAnnotation **chunk = g_new (TpoAnnotation *, n_most);
  guint n = 0;

  for (; self->n_arrived < self->arriving->len && n < n_most; self->n_arrived++) {
    TpoAnnotation *annotation =
        g_steal_pointer (&g_ptr_array_index (self->arriving, self->n_arrived));

    if (annotation == NULL)
      continue;
    give_label (self, annotation);
    chunk[n++] = annotation;
  }
  tpo_annotation_list_add_sorted (self->annotations, chunk, n);
  for (guint i = 0; i < n; i++)
    g_object_unref (chunk[i]);
  if (self->n_arrived < self->arriving->len)
    return;
  g_clear_pointer (&self->arriving, g_ptr_array_unref);
  self->n_arrived = 0;
  tpo_document_reselect (self);
}

/* ---- slices ------------------------------------------------------------------------------------------- */

static gboolean
follow_slice (gpointer user_data)
{
  TpoDocument *self = user_data;
  gint64 end_us = g_get_monotonic_time () + SLICE_US;
  gboolean is_done = FALSE;

  while (!is_done && g_get_monotonic_time () < end_us) {
    if (self->arriving != NULL)
      take_arriving (self, CHUNK);
    else if (self->n_followed < self->stale->len)
      tpo_document_sync_annotation (
          self, g_array_index (self->stale, gint64, self->n_followed++), FALSE);
    else
      is_done = TRUE;
  }
  if (!is_done)
    return G_SOURCE_CONTINUE;
  g_array_set_size (self->stale, 0);
  self->n_followed = 0;
  self->follow_id = 0;
  return G_SOURCE_REMOVE;
}

static void
schedule (TpoDocument *self)
{
  /* After whatever the user does, and after it is drawn. */
  if (self->follow_id == 0)
    self->follow_id =
        g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, PAUSE_MS, follow_slice, self, NULL);
}

void
tpo_document_follow (TpoDocument *self, const gint64 *annotation_ids, guint n)
{
  if (n > MANY) {
    g_array_append_vals (self->stale, annotation_ids, n);
    schedule (self);
    return;
  }
  for (guint i = 0; i < n; i++)
    tpo_document_sync_annotation (self, annotation_ids[i], FALSE);
}

void
tpo_document_stop_following (TpoDocument *self)
{
  g_clear_handle_id (&self->follow_id, g_source_remove);
  g_clear_pointer (&self->arriving, g_ptr_array_unref);
  g_array_set_size (self->stale, 0);
  self->n_arrived = self->n_followed = 0;
}

/* ---- another video ------------------------------------------------------------------------------------ */

void
tpo_document_free_in_thread (GPtrArray *array)
{
  if (array->len < MANY_NEW)
    g_ptr_array_unref (array);
  else
    tpo_free_in_thread (array, (GDestroyNotify) g_ptr_array_unref);
}

void
tpo_document_show_annotations (TpoDocument *self, GPtrArray *annotations)
{
  g_autoptr (GArray) changed = NULL;

  tpo_document_stop_following (self);
  tpo_document_free_in_thread (tpo_annotation_list_clear (self->annotations));
  self->arriving = annotations;
  g_ptr_array_set_free_func (annotations, free_annotation);
  if (annotations->len > 0)
    take_arriving (self, MANY_NEW);
  else
    g_clear_pointer (&self->arriving, g_ptr_array_unref);
  if (self->arriving != NULL)
    schedule (self);
  /* Many of them wait until all are there. */
  if (self->reselected != NULL && self->reselected->len <= MANY)
    tpo_document_reselect (self);
  changed = tpo_document_list_changed (self);
  tpo_document_follow (self, (const gint64 *) (gpointer) changed->data, changed->len);
}

TpoAnnotation *
tpo_document_require (TpoDocument *self, gint64 annotation_id)
{
  g_return_val_if_fail (TPO_IS_DOCUMENT (self), NULL);

  take_at_once (self, annotation_id);
  if (tpo_document_find (self, annotation_id) == NULL)
    tpo_document_sync_annotation (self, annotation_id, TRUE);
  return tpo_document_find (self, annotation_id);
}
