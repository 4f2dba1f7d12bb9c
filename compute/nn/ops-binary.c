#include "config.h"

#include "nn/ops-common.h"

/* How four neighbours of a find theirs in b; the numbers of binary.comp. */
enum {
  MODE_SAME,
  MODE_FOURS,
  MODE_ONE,
  MODE_EACH
};

typedef struct {
  guint32 n;
  guint32 size[4];
  guint32 multiplier[4];
  guint32 shifts;
  guint32 stride[5];
} BinaryParams;

G_STATIC_ASSERT (sizeof (BinaryParams) == 60);

/* The dimensions of a with b's stride in each; neighbours that b walks alike are merged. */
typedef struct {
  guint n;
  gint64 size[TPO_MAX_DIMS];
  gint64 stride[TPO_MAX_DIMS];
} Broadcast;

static gboolean
broadcast_init (Broadcast *self, const TpoShape *a, const TpoShape *b)
{
  gint64 stride = 1;

  self->n = 0;
  if (b->n > a->n)
    return FALSE;
  /* From the last dimension to the first; reversed below. */
  for (guint k = 0; k < a->n; k++) {
    gint64 size = a->dim[a->n - 1 - k];
    gint64 size_b = k < b->n ? b->dim[b->n - 1 - k] : 1;
    gint64 step = size_b == 1 ? 0 : stride;

    if (size_b != 1 && size_b != size)
      return FALSE;
    stride *= size_b;
    if (size == 1)
      continue;
    if (self->n > 0 && step == self->stride[self->n - 1] * self->size[self->n - 1]) {
      self->size[self->n - 1] *= size;
      continue;
    }
    self->size[self->n] = size;
    self->stride[self->n] = step;
    self->n++;
  }
  if (self->n == 0) {
    self->size[0] = 1;
    self->stride[0] = 0;
    self->n = 1;
  }
  for (guint k = 0; k < self->n / 2; k++) {
    guint other = self->n - 1 - k;
    gint64 size = self->size[k], step = self->stride[k];

    self->size[k] = self->size[other];
    self->stride[k] = self->stride[other];
    self->size[other] = size;
    self->stride[other] = step;
  }
  return TRUE;
}

static guint
broadcast_mode (const Broadcast *self)
{
  guint last = self->n - 1;
  gboolean in_fours = self->size[last] % 4 == 0;

  if (self->n == 1)
    return self->stride[0] == 1 ? MODE_SAME : MODE_ONE;
  if (!in_fours)
    return MODE_EACH;
  if (self->stride[last] == 0)
    return MODE_ONE;
  for (guint k = 0; k < last; k++)
    if (self->stride[k] % 4 != 0)
      return MODE_EACH;
  return MODE_FOURS;
}

static void
broadcast_params (Broadcast *self, guint mode, BinaryParams *params)
{
  guint last = self->n - 1;

  if (mode == MODE_FOURS || (mode == MODE_ONE && self->n > 1))
    self->size[last] /= 4;
  if (mode == MODE_FOURS)
    for (guint k = 0; k < last; k++)
      self->stride[k] /= 4;
  for (guint k = 0; k < self->n; k++) {
    guint place = 5 - self->n + k;

    params->stride[place] = (guint32) self->stride[k];
    if (k > 0) {
      TpoDivisor divisor = tpo_divisor (self->size[k]);

      params->size[place - 1] = (guint32) self->size[k];
      params->multiplier[place - 1] = divisor.multiplier;
      params->shifts |= divisor.shift << (8 * (place - 1));
    }
  }
}

TpoTensor *
tpo_binary (TpoGraph *g, TpoBinary op, TpoTensor *a, TpoTensor *b)
{
  const TpoShape *shape = tpo_tensor_get_shape (a);
  TpoType type = tpo_tensor_get_type (a);
  BinaryParams params = { .n = (guint32) tpo_tensor_count (a) };
  TpoNodeDesc node = {
    .op = TPO_OP_BINARY,
    .variant = (type == TPO_F16) * 2 + (tpo_tensor_get_type (b) == TPO_F16),
    .operands = { a, b },
    .params = &params,
  };
  g_autofree char *name_a = tpo_shape_to_string (shape);
  g_autofree char *name_b = tpo_shape_to_string (tpo_tensor_get_shape (b));
  Broadcast broadcast = { 0 };
  guint mode;

  if (!tpo_graph_check_float (g, TPO_OP_BINARY, a) ||
      !tpo_graph_check_float (g, TPO_OP_BINARY, b) ||
      !tpo_graph_check (g, TPO_OP_BINARY,
                        broadcast_init (&broadcast, shape, tpo_tensor_get_shape (b)),
                        "%s does not repeat over %s", name_b, name_a) ||
      !tpo_graph_check (g, TPO_OP_BINARY, op < TPO_BINARY_COUNT, "no function %d", (int) op))
    return tpo_graph_nothing (g);
  mode = broadcast_mode (&broadcast);
  node.spec[0] = op;
  node.spec[1] = mode;
  node.spec[2] = broadcast.n;
  broadcast_params (&broadcast, mode, &params);
  tpo_grid_for (node.grid, tpo_fours (params.n), 64);
  return tpo_graph_add (g, &node, type, *shape);
}

TpoTensor *
tpo_add (TpoGraph *g, TpoTensor *a, TpoTensor *b)
{
  return tpo_binary (g, TPO_BINARY_ADD, a, b);
}

TpoTensor *
tpo_mul (TpoGraph *g, TpoTensor *a, TpoTensor *b)
{
  return tpo_binary (g, TPO_BINARY_MUL, a, b);
}
