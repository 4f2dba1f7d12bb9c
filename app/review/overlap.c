#include "review/overlap.h"

double
tpo_overlap_intervals (double a0, double a1, double b0, double b1)
{
  double inter = MAX (0.0, MIN (a1, b1) - MAX (a0, b0));
  double both = (a1 - a0) + (b1 - b0) - inter;

  return both > 0.0 ? inter / both : 0.0;
}

double
tpo_overlap_boxes (const TpoBox *a, const TpoBox *b)
{
  double width = (double) MIN (a->x1, b->x1) - (double) MAX (a->x0, b->x0);
  double height = (double) MIN (a->y1, b->y1) - (double) MAX (a->y0, b->y0);
  double inter = MAX (0.0, width) * MAX (0.0, height);
  double both = (double) (a->x1 - a->x0) * (double) (a->y1 - a->y0) +
                (double) (b->x1 - b->x0) * (double) (b->y1 - b->y0) - inter;

  return both > 0.0 ? inter / both : 0.0;
}

typedef struct {
  gboolean is_there;
  TpoBox box;
  TpoRle *mask; /* nullable */
} Sight;

static void
sight_clear (Sight *self)
{
  g_clear_pointer (&self->mask, tpo_rle_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sight, sight_clear)

/* Returns: (transfer full) (nullable): also %NULL where it cannot be read; its box has its say then */
static TpoRle *
read_mask (const TpoLabelShape *shape, const TpoKeyframeRecord *keyframe)
{
  if (shape->store != NULL)
    return tpo_store_get_mask (shape->store, keyframe, NULL);
  return keyframe->mask != NULL ? tpo_rle_ref (keyframe->mask) : NULL;
}

static Sight
look (const TpoLabelShape *shape, gint64 time_us)
{
  const TpoAnnotationRecord track = { .start_us = shape->start_us, .end_us = shape->end_us };
  Sight sight = { 0 };

  if (shape->keyframes == NULL)
    return sight;
  sight.is_there = tpo_track_box_at (&track, shape->keyframes, time_us, &sight.box);
  if (sight.is_there)
    sight.mask = read_mask (shape, tpo_track_keyframe_at (shape->keyframes, time_us));
  return sight;
}

static double
compare (const Sight *a, const Sight *b)
{
  if (!a->is_there || !b->is_there)
    return 0.0;
  if (a->mask != NULL && b->mask != NULL && a->mask->width == b->mask->width &&
      a->mask->height == b->mask->height)
    return tpo_rle_iou (a->mask, b->mask);
  return tpo_overlap_boxes (&a->box, &b->box);
}

double
tpo_overlap_labels (const TpoLabelShape *a, const TpoLabelShape *b)
{
  gint64 start_us = MIN (a->start_us, b->start_us), end_us = MAX (a->end_us, b->end_us);
  double sum = 0.0;
  guint n = 0;

  if (a->kind != b->kind)
    return 0.0;
  if (a->kind == TPO_ANNOTATION_SPAN)
    return tpo_overlap_intervals ((double) a->start_us, (double) a->end_us,
                                  (double) b->start_us, (double) b->end_us);
  for (guint i = 0; i < TPO_OVERLAP_SAMPLES; i++) {
    gint64 time_us =
        start_us + (gint64) ((double) (end_us - start_us) * (i + 0.5) / TPO_OVERLAP_SAMPLES);
    g_auto (Sight) mine = look (a, time_us);
    g_auto (Sight) other = look (b, time_us);

    if (!mine.is_there && !other.is_there)
      continue;
    sum += compare (&mine, &other);
    n++;
  }
  return n > 0 ? sum / n : 0.0;
}
