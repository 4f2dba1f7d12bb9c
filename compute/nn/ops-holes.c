#include "config.h"

#include "nn/ops-common.h"

/*
 * Filling of small holes. Every background pixel starts with its own index as label and takes the
 * lowest label around it, once per sweep. After as many sweeps as the largest area to be filled, a
 * component of at most that many pixels carries one label throughout, since no two of its pixels
 * are further apart. In a larger one, a label may still cover few pixels; but then one of those
 * touches another label, which marks the label as open. So the result is exact whatever the
 * picture.
 */

enum {
  MAX_AREA = 64
};

enum {
  STAGE_START,
  STAGE_SWEEP,
  STAGE_ZERO
};

typedef struct {
  guint32 rows;
  guint32 cols;
  TpoDivisor by_cols;
} LabelParams;

typedef struct {
  guint32 n;
  guint32 area;
  float value;
} FillParams;

G_STATIC_ASSERT (sizeof (LabelParams) == 16);

static TpoTensor *
add_label (TpoGraph *g, TpoTensor *x, const LabelParams *params, guint32 stage)
{
  TpoNodeDesc node = {
    .op = TPO_OP_HOLES_LABEL,
    .operands = { x },
    .params = params,
    .spec = { stage },
  };

  tpo_grid_for (node.grid, (gint64) params->rows * params->cols, 64);
  return tpo_graph_add (g, &node, TPO_I32, *tpo_tensor_get_shape (x));
}

static TpoTensor *
add_count (TpoGraph *g, TpoTensor *labels, TpoTensor *counts, const LabelParams *params)
{
  TpoNodeDesc node = {
    .op = TPO_OP_HOLES_COUNT,
    .operands = { labels, counts },
    .in_place = 2,
    .params = params,
  };

  tpo_grid_for (node.grid, (gint64) params->rows * params->cols, 64);
  return tpo_graph_add (g, &node, TPO_I32, *tpo_tensor_get_shape (counts));
}

TpoTensor *
tpo_fill_holes (TpoGraph *g, TpoTensor *logits, guint area, float value)
{
  const TpoShape *shape = tpo_tensor_get_shape (logits);
  LabelParams params = { 0 };
  FillParams fill = { .area = area, .value = value };
  TpoNodeDesc node = { .op = TPO_OP_HOLES_FILL, .params = &fill };
  TpoTensor *labels, *counts;

  if (area == 0)
    return logits;
  if (!tpo_graph_check_count (g, TPO_OP_HOLES_FILL, logits) ||
      !tpo_graph_check (g, TPO_OP_HOLES_FILL,
                        shape->n == 2 && tpo_tensor_get_type (logits) == TPO_F32,
                        "the logits are not [rows, columns] f32") ||
      !tpo_graph_check (g, TPO_OP_HOLES_FILL, area <= MAX_AREA, "an area of %u is over %d",
                        area, MAX_AREA))
    return tpo_graph_nothing (g);
  params.rows = (guint32) shape->dim[0];
  params.cols = (guint32) shape->dim[1];
  params.by_cols = tpo_divisor (params.cols);
  labels = add_label (g, logits, &params, STAGE_START);
  for (guint i = 0; i < area; i++)
    labels = add_label (g, labels, &params, STAGE_SWEEP);
  counts = add_label (g, logits, &params, STAGE_ZERO);
  counts = add_count (g, labels, counts, &params);
  fill.n = params.rows * params.cols;
  node.operands[0] = logits;
  node.operands[1] = labels;
  node.operands[2] = counts;
  tpo_grid_for (node.grid, fill.n, 64);
  return tpo_graph_add (g, &node, TPO_F32, *shape);
}
