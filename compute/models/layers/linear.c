#include "models/layers/loader-private.h"

/*
 * Linear layers with low-rank adapters, Hu et al., "LoRA: Low-Rank Adaptation of Large Language
 * Models" (2021): y = W x + alpha / R · B (A x), kept apart or merged to W + alpha / R · B A.
 */

/* The adapter of the current layer; @rank comes from its shape. */
typedef struct {
  const TpoWeight *a; /* [R, n_in] */
  const TpoWeight *b; /* [n_out, R] */
  gint64 rank;
} Adapter;

static gboolean
find_adapter (TpoLoader *self, const char *name, gint64 n_out, gint64 n_in, Adapter *adapter)
{
  g_autofree char *a = g_strconcat (name, ".lora_A.default.weight", NULL);
  g_autofree char *b = g_strconcat (name, ".lora_B.default.weight", NULL);
  TpoShape shape;

  if (self->lora_alpha == 0 || !tpo_loader_has (self, a) || !tpo_loader_shape (self, a, &shape))
    return FALSE;
  if (shape.n != 2 || shape.dim[0] < 1) {
    tpo_loader_fail (self, TPO_ERROR_SHAPE, "tensor %s%s is no adapter matrix",
                     self->prefix->str, a);
    return FALSE;
  }
  adapter->rank = shape.dim[0];
  adapter->a = tpo_loader_find (self, a, &TPO_SHAPE (adapter->rank, n_in), TRUE);
  adapter->b = tpo_loader_find (self, b, &TPO_SHAPE (n_out, adapter->rank), TRUE);
  return adapter->a != NULL && adapter->b != NULL;
}

/* Runs W + scale · B A on the device and reads the sum back to @values, [n_out, n_in]. */
static gboolean
merge_on_device (TpoLoader *self, const Adapter *adapter, gint64 n_out, gint64 n_in,
                 float *values)
{
  gsize size = (gsize) (n_out * n_in) * sizeof (float);
  g_autoptr (TpoGraph) g = tpo_graph_new (self->device, "merge adapter");
  g_autofree float *a = tpo_loader_decode (self, adapter->a, 0, adapter->rank * n_in);
  g_autofree float *b = tpo_loader_decode (self, adapter->b, 0, n_out * adapter->rank);
  TpoLinear low = { NULL };
  TpoTensor *w, *sum;

  if (a == NULL || b == NULL)
    return FALSE;
  /* As a layer on the rows of B with W for its residual: it takes matrices of any size in slices. */
  w = tpo_graph_input (g, "w", TPO_F32, TPO_SHAPE (n_out, n_in));
  low.w = tpo_graph_constant (g, "a", TPO_F32, TPO_SHAPE (adapter->rank, n_in), a);
  low.w = tpo_permute (g, low.w, (const int[]){ 1, 0 });
  sum = tpo_graph_constant (g, "b", TPO_F32, TPO_SHAPE (n_out, adapter->rank), b);
  sum = tpo_scale (g, sum, self->lora_alpha / (float) adapter->rank);
  sum = tpo_linear (g, sum, &low, TPO_ACT_NONE, w);
  tpo_graph_output (g, sum);
  return tpo_graph_compile (g, &self->error) &&
         tpo_graph_write (g, w, values, size, &self->error) &&
         tpo_graph_run (g, self->options.cancellable, &self->error) &&
         tpo_graph_read (g, sum, values, size, &self->error);
}

/* Merged matrices are packed anew, which is done for these types only. */
static TpoType
merged_type (TpoLoader *self, TpoType filed, gint64 n_in)
{
  TpoType type = tpo_loader_matrix_type (self, filed, n_in);

  return type == TPO_F32 || type == TPO_Q8_0 || type == TPO_Q4_0 ? type : TPO_F16;
}

static TpoTensor *
load_merged (TpoLoader *self, const char *name, const Adapter *adapter, gint64 n_out,
             gint64 n_in)
{
  const TpoWeight *weight = tpo_loader_find (self, name, &TPO_SHAPE (n_out, n_in), TRUE);
  g_autofree float *values = NULL;
  TpoTensor *tensor;

  if (weight == NULL)
    return NULL;
  values = tpo_loader_decode (self, weight, 0, n_out * n_in);
  if (values == NULL || !merge_on_device (self, adapter, n_out, n_in, values))
    return NULL;
  tensor = tpo_loader_store_floats (self, weight->name, merged_type (self, weight->type, n_in),
                                    TPO_SHAPE (n_out, n_in), values);
  tpo_loader_advance (self, weight, weight->size);
  return tensor;
}

/* Adapters are small, so they are never packed in blocks. */
static TpoTensor *
load_adapter_matrix (TpoLoader *self, const TpoWeight *weight, gint64 rows, gint64 cols,
                     TpoType type)
{
  g_autofree float *values = tpo_loader_decode (self, weight, 0, rows * cols);
  TpoTensor *tensor;

  if (values == NULL)
    return NULL;
  tensor = tpo_loader_store_floats (self, weight->name, type == TPO_F32 ? TPO_F32 : TPO_F16,
                                    TPO_SHAPE (rows, cols), values);
  tpo_loader_advance (self, weight, weight->size);
  return tensor;
}

static void
load_adapted (TpoLoader *self, const char *name, gint64 n_out, gint64 n_in, TpoLinear *linear)
{
  g_autofree char *base = g_strconcat (name, ".base_layer.weight", NULL);
  g_autofree char *plain = g_strconcat (name, ".weight", NULL);
  const char *stored = tpo_loader_has (self, base) ? base : plain;
  Adapter adapter;

  if (!find_adapter (self, name, n_out, n_in, &adapter)) {
    linear->w = tpo_load_matrix (self, stored, n_out, n_in);
  } else if (self->options.merge_lora) {
    linear->w = load_merged (self, stored, &adapter, n_out, n_in);
  } else {
    linear->w = tpo_load_matrix (self, stored, n_out, n_in);
    if (linear->w == NULL)
      return;
    linear->lora_a = load_adapter_matrix (self, adapter.a, adapter.rank, n_in,
                                          tpo_tensor_get_type (linear->w));
    linear->lora_b = load_adapter_matrix (self, adapter.b, n_out, adapter.rank,
                                          tpo_tensor_get_type (linear->w));
    linear->lora_scale = self->lora_alpha / (float) adapter.rank;
  }
}

void
tpo_load_linear (TpoLoader *self, const char *name, gint64 n_out, gint64 n_in,
                 TpoLoadFlags flags, TpoLinear *linear)
{
  *linear = (TpoLinear){ 0 };
  if (flags & TPO_LOAD_LORA) {
    load_adapted (self, name, n_out, n_in, linear);
  } else {
    g_autofree char *w = g_strconcat (name, ".weight", NULL);

    linear->w = tpo_load_matrix (self, w, n_out, n_in);
  }
  if (flags & TPO_LOAD_BIAS) {
    g_autofree char *b = g_strconcat (name, ".bias", NULL);
    g_autofree char *wrapped = g_strconcat (name, ".base_layer.bias", NULL);

    linear->b = tpo_load_vector (self, tpo_loader_has (self, wrapped) ? wrapped : b, n_out);
  }
}
