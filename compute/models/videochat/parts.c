#include "io/model-spec.h"
#include "models/videochat/session.h"

/* Parts of a model come when an answer first needs them and go, the longest unused first, when
 * memory runs short. Conversation itself stays. */

/* Whether @part is a network that is loaded. */
static gboolean
is_loaded (const TpoModel *self, TpoPart part)
{
  const gboolean loaded[TPO_PART_COUNT] = {
    [TPO_PART_MASK] = self->sam2 != NULL,
    [TPO_PART_CLIP_VISION] = self->clip_vision != NULL,
    [TPO_PART_CLIP_TEXT] = self->clip_text != NULL,
    [TPO_PART_TEMPORAL] = self->cgdetr != NULL,
  };

  return loaded[part];
}

static gboolean
load (TpoModel *self, TpoPart part, GCancellable *cancellable, GError **error)
{
  switch (part) {
  case TPO_PART_MASK:
    return tpo_model_load_mask (self, cancellable, error);
  case TPO_PART_CLIP_VISION:
    return tpo_model_load_clip_vision (self, cancellable, error);
  case TPO_PART_CLIP_TEXT:
    return tpo_model_load_clip_text (self, cancellable, error);
  case TPO_PART_TEMPORAL:
    return tpo_model_load_temporal (self, cancellable, error);
  case TPO_PART_PROMPTS:
  case TPO_PART_LOOKING:
  case TPO_PART_COUNT:
    break;
  }
  return TRUE;
}

gboolean
tpo_model_hold (TpoModel *self, TpoPart part, GCancellable *cancellable, GError **error)
{
  TpoPartUse *use = &self->parts[part];

  /* Held while it is loaded, too, so that it does not make room for itself. */
  use->n_users++;
  use->last = ++self->n_holds;
  if (is_loaded (self, part) || load (self, part, cancellable, error))
    return TRUE;
  use->n_users--;
  return FALSE;
}

void
tpo_model_release (TpoModel *self, TpoPart part)
{
  g_assert (self->parts[part].n_users > 0);
  self->parts[part].n_users--;
}

/* Frees @part with all that sessions made of it. Returns: whether that was anything */
static gboolean
drop (TpoModel *self, TpoPart part)
{
  gboolean any = is_loaded (self, part);

  for (guint i = 0; i < self->sessions->len; i++)
    any |= tpo_session_drop (self->sessions->pdata[i], part);
  switch (part) {
  case TPO_PART_PROMPTS:
    any = self->llm != NULL && tpo_llm_trim (self->llm);
    break;
  case TPO_PART_MASK:
    g_clear_pointer (&self->sam2, tpo_sam2_free);
    break;
  case TPO_PART_CLIP_VISION:
    g_clear_pointer (&self->clip_vision, tpo_clip_vision_free);
    break;
  case TPO_PART_CLIP_TEXT:
    g_clear_pointer (&self->clip_text, tpo_mistral_unref);
    break;
  case TPO_PART_TEMPORAL:
    g_clear_pointer (&self->cgdetr, tpo_cgdetr_free);
    break;
  case TPO_PART_LOOKING:
  case TPO_PART_COUNT:
    break;
  }
  return any;
}

gboolean
tpo_model_reclaim (gpointer user_data)
{
  TpoModel *self = user_data;
  gboolean is_tried[TPO_PART_COUNT] = { FALSE };

  for (guint n = 0; n < TPO_PART_COUNT; n++) {
    int oldest = -1;

    for (int i = 0; i < TPO_PART_COUNT; i++)
      if (!is_tried[i] && self->parts[i].n_users == 0 &&
          (oldest < 0 || self->parts[i].last < self->parts[oldest].last))
        oldest = i;
    if (oldest < 0)
      return FALSE;
    if (drop (self, (TpoPart) oldest))
      return TRUE;
    is_tried[oldest] = TRUE;
  }
  return FALSE;
}

/* ---- what to say when that is not enough ----------------------------------------------------- */

/* Bytes of the weights of a component as they are stored, and as four bits a number would need. */
typedef struct {
  guint64 stored, smallest;
} Need;

static void
add_needs (const TpoModel *self, const TpoModelSpec *spec, Need needs[TPO_COMPONENT_COUNT])
{
  const guint64 block = tpo_type_block (TPO_Q4_0), size = tpo_type_block_size (TPO_Q4_0);

  for (guint i = 0; i < tpo_weights_get_n (self->weights); i++) {
    const TpoWeight *weight = tpo_weights_get (self->weights, i);
    const TpoTensorSpec *tensor = tpo_model_spec_find (spec, weight->name);
    guint64 packed = (guint64) tpo_shape_count (&weight->shape) / block * size;
    gboolean is_kept =
        tensor == NULL || weight->shape.n != 2 || tensor->component == TPO_COMPONENT_MASK ||
        tensor->component == TPO_COMPONENT_HEADS || tensor->component == TPO_COMPONENT_TEMPORAL;

    if (tensor == NULL || tensor->use == TPO_USE_NONE)
      continue;
    needs[tensor->component].stored += weight->size;
    needs[tensor->component].smallest += is_kept ? weight->size : MIN (weight->size, packed);
  }
}

/* Of conversation and of the largest part beside it, since parts make room for each other. */
static Need
sum_needs (const Need needs[TPO_COMPONENT_COUNT])
{
  static const TpoComponent beside[] = { TPO_COMPONENT_MASK, TPO_COMPONENT_CLIP_VISION,
                                         TPO_COMPONENT_CLIP_TEXT, TPO_COMPONENT_TEMPORAL };
  Need sum = { 0 }, largest = { 0 };

  for (guint i = 0; i < TPO_COMPONENT_COUNT; i++) {
    sum.stored += needs[i].stored;
    sum.smallest += needs[i].smallest;
  }
  for (guint i = 0; i < G_N_ELEMENTS (beside); i++) {
    const Need *need = &needs[beside[i]];

    sum.stored -= need->stored;
    sum.smallest -= need->smallest;
    largest.stored = MAX (largest.stored, need->stored);
    largest.smallest = MAX (largest.smallest, need->smallest);
  }
  return (Need){ sum.stored + largest.stored, sum.smallest + largest.smallest };
}

void
tpo_model_explain (const TpoModel *self, GError **error)
{
  Need needs[TPO_COMPONENT_COUNT] = { { 0 } };
  g_autoptr (TpoModelSpec) spec = NULL;
  g_autofree char *stored = NULL, *smallest = NULL, *granted = NULL;
  g_autoptr (GString) text = NULL;
  guint64 used;
  Need need;

  if (error == NULL || !g_error_matches (*error, TPO_ERROR, TPO_ERROR_NO_MEMORY))
    return;
  spec = tpo_model_spec_new (tpo_weights_get_metadata (self->weights),
                             tpo_model_components (self->weights),
                             NULL /* the first error is the one to report */);
  if (spec == NULL)
    return;
  add_needs (self, spec, needs);
  need = sum_needs (needs);
  tpo_device_memory_used (self->device, &used, NULL);
  stored = g_format_size (need.stored);
  smallest = g_format_size (need.smallest);
  granted = g_format_size (used + tpo_device_memory_left (self->device));
  text = g_string_new ((*error)->message);
  g_string_append_printf (
      text, ". The weights of this model alone take up to %s at a time, and %s has %s", stored,
      tpo_device_get_info (self->device)->name, granted);
  if (need.smallest < need.stored / 10 * 9)
    g_string_append_printf (
        text, "; converted with four bits a number (--type q4_0) they would take %s", smallest);
  g_free ((*error)->message);
  (*error)->message = g_string_free (g_steal_pointer (&text), FALSE);
}
