#include <tpo/convert.h>

#include <math.h>
#include <string.h>

#include "io/adapter.h"
#include "io/convert-settings.h"
#include "io/gguf.h"
#include "io/model-spec.h"
#include "io/quantize.h"
#include "io/sources.h"

enum {
  CHUNK_ELEMENTS = 1 << 20,
  SMALL = 1024, /* elements; below it nothing is gained by fewer bits */
};

typedef struct {
  const TpoConvertOptions *options;
  TpoType type; /* of large matrices */
  TpoConvertReport *report;
  TpoWeights *weights;
  TpoModelSpec *spec;
  TpoMetadata *metadata;
  TpoGgufWriter *writer;
  GPtrArray *jobs;         /* of Job */
  guint64 n_done, n_total; /* bytes of the source */
  float *values;           /* [CHUNK_ELEMENTS] or one row */
  guint8 *bytes;
  gsize capacity; /* elements of the two */
  guint n_text_adapters;
} Converter;

/* A tensor to be written, and the adapter that becomes part of it. */
typedef struct {
  const TpoWeight *weight;
  const TpoTensorSpec *spec;
  TpoAdapter adapter;
  double squares; /* sum of the squares of the matrix, where it has an adapter */
} Job;

void
tpo_convert_report_clear (TpoConvertReport *self)
{
  g_clear_pointer (&self->unused, g_ptr_array_unref);
  g_clear_pointer (&self->widened, g_ptr_array_unref);
}

static float
adapter_scale (const Converter *self, TpoComponent component)
{
  TpoReader reader = tpo_reader (self->metadata, component == TPO_COMPONENT_LLM
                                                     ? TPO_ARCHITECTURE ".llm."
                                                     : TPO_ARCHITECTURE ".clip.text.");
  double rank = tpo_reader_real_or (&reader, "lora_r", 1);
  double alpha = tpo_reader_real_or (&reader, "lora_alpha", rank);

  g_clear_error (&reader.error); /* the settings were checked with the tensors */
  return rank > 0 ? (float) (alpha / rank) : 0;
}

static gboolean
is_quantised (TpoComponent component)
{
  return component == TPO_COMPONENT_LLM || component == TPO_COMPONENT_VISION ||
         component == TPO_COMPONENT_BRIDGE || component == TPO_COMPONENT_CLIP_VISION ||
         component == TPO_COMPONENT_CLIP_TEXT;
}

static gboolean
is_embedding (const char *name)
{
  return strstr (name, "embed_tokens") != NULL || strstr (name, "_embeddings.") != NULL ||
         strstr (name, "position_embedding.") != NULL;
}

/* Matrices that are most of a model and bear four bits best. */
static gboolean
is_language_layer (const Job *job)
{
  TpoComponent component = job->spec->component;

  return (component == TPO_COMPONENT_LLM || component == TPO_COMPONENT_CLIP_TEXT) &&
         strstr (job->weight->name, ".layers.") != NULL;
}

static TpoType
choose_type (const Converter *self, const Job *job)
{
  const TpoShape *shape = &job->weight->shape;
  const char *name = job->weight->name;
  TpoType wanted = self->type;

  if (wanted == TPO_F32 || shape->n < 2 || tpo_shape_count (shape) < SMALL ||
      !g_str_has_suffix (name, "weight"))
    return TPO_F32;
  if (shape->n > 2 || is_embedding (name) || tpo_is_adapter (name) ||
      !is_quantised (job->spec->component) || shape->dim[1] % tpo_type_block (wanted) != 0)
    return TPO_F16;
  return wanted == TPO_Q4_0 && !is_language_layer (job) ? TPO_Q8_0 : wanted;
}

static gboolean
go_on (Converter *self, const char *step, GError **error)
{
  if (self->options->progress != NULL)
    self->options->progress (self->n_total > 0 ? (double) self->n_done / (double) self->n_total
                                               : 1,
                             step, self->options->progress_data);
  return !g_cancellable_set_error_if_cancelled (self->options->cancellable, error);
}

/* Sorts the source's tensors into jobs, merged adapters and unused ones. */
static void
plan (Converter *self)
{
  TpoConvertReport *report = self->report;

  for (guint i = 0; i < tpo_weights_get_n (self->weights); i++) {
    const TpoWeight *weight = tpo_weights_get (self->weights, i);
    const TpoTensorSpec *spec = tpo_model_spec_find (self->spec, weight->name);
    Job *job;

    if (spec->use == TPO_USE_NONE && !self->options->keep_unused) {
      g_ptr_array_add (report->unused, g_strdup_printf ("%s: %s", weight->name, spec->reason));
      continue;
    }
    if (tpo_is_adapter (weight->name) && !self->options->keep_adapters) {
      report->n_merged++;
      continue;
    }
    job = g_new0 (Job, 1);
    job->weight = weight;
    job->spec = spec;
    if (!self->options->keep_adapters)
      job->adapter =
          tpo_adapter_find (self->weights, weight->name, adapter_scale (self, spec->component));
    g_ptr_array_add (self->jobs, job);
    self->n_total += 2 * weight->size; /* looked at, then written */
  }
}

/* rows first … first + n of W, plus scale · B·A where there is an adapter */
static void
read_rows (Job *job, gsize first, gsize n, gsize row, float *values)
{
  const TpoWeight *weight = job->weight;
  gsize row_size = row / tpo_type_block (weight->type) * tpo_type_block_size (weight->type);

  tpo_numbers_read (weight->type, weight->bytes + first * row_size, n * row, values);
  if (job->adapter.down == NULL)
    return;
  job->squares = first > 0 ? job->squares : 0;
  for (gsize i = 0; i < n * row; i++)
    job->squares += (double) values[i] * (double) values[i];
  tpo_adapter_add (&job->adapter, first, n, values);
}

/* Calls @use on the tensor's values a few rows at a time. */
static gboolean
for_rows (Converter *self, Job *job,
          gboolean (*use) (Converter *self, gsize n, gpointer data, GError **error),
          gpointer data, GError **error)
{
  const TpoShape *shape = &job->weight->shape;
  gsize row = shape->n > 0 ? (gsize) shape->dim[shape->n - 1] : 1;
  gsize total = (gsize) tpo_shape_count (shape);
  gsize n_rows = row > 0 ? total / row : 0;
  gsize at_once = row > 0 ? MAX (CHUNK_ELEMENTS / row, 1) : 1;

  if (row * MIN (at_once, n_rows) > self->capacity) {
    self->capacity = row * MIN (at_once, n_rows);
    self->values = g_renew (float, self->values, self->capacity);
    self->bytes = g_renew (guint8, self->bytes, self->capacity * sizeof (float));
  }
  for (gsize first = 0; first < n_rows; first += at_once) {
    gsize n = MIN (at_once, n_rows - first);

    read_rows (job, first, n, row, self->values);
    self->n_done += job->weight->size * n / n_rows;
    if (!use (self, n * row, data, error) ||
        !go_on (self, tpo_component_name (job->spec->component), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_half (Converter *self, gsize n, gpointer data, GError **error)
{
  gboolean *fits = data;

  *fits = *fits && tpo_numbers_fit_half (self->values, n);
  return TRUE;
}

static gboolean
write_values (Converter *self, gsize n, gpointer data, GError **error)
{
  TpoType type = *(TpoType *) data;

  tpo_numbers_write (type, self->values, n, self->bytes);
  return tpo_gguf_writer_write (self->writer, self->bytes,
                                n / tpo_type_block (type) * tpo_type_block_size (type), error);
}

/* How much the adapters of the query encoder change it is of interest by itself: whether its
 * published matrices contain them already is not known. */
static void
add_share (Converter *self, const Job *job)
{
  double share = tpo_adapter_norm (&job->adapter) / sqrt (MAX (job->squares, G_MINDOUBLE));
  guint n = ++self->n_text_adapters;

  self->report->text_adapter_share += (share - self->report->text_adapter_share) / n;
}

static gboolean
write_tensor (Converter *self, Job *job, GError **error)
{
  TpoType type = choose_type (self, job);
  gboolean fits = TRUE;

  if (type == TPO_F32)
    self->n_done += job->weight->size;
  else if (!for_rows (self, job, check_half, &fits, error))
    return FALSE;
  if (!fits) {
    g_ptr_array_add (self->report->widened, g_strdup (job->weight->name));
    type = TPO_F32;
  }
  if (!tpo_gguf_writer_start (self->writer, type, error) ||
      !for_rows (self, job, write_values, &type, error))
    return FALSE;
  if (job->adapter.down != NULL && job->spec->component == TPO_COMPONENT_CLIP_TEXT)
    add_share (self, job);
  self->report->n_written++;
  self->report->n_elements += (guint64) tpo_shape_count (&job->weight->shape);
  self->report->size += (guint64) tpo_shape_size (&job->weight->shape, type);
  tpo_weights_drop_pages (self->weights, job->weight);
  return TRUE;
}

static gboolean
check_source (Converter *self, const char *source, GError **error)
{
  static const guint chat = 1u << TPO_COMPONENT_LLM | 1u << TPO_COMPONENT_VISION |
                            1u << TPO_COMPONENT_BRIDGE | 1u << TPO_COMPONENT_HEADS;
  guint needed = source != NULL ? chat : 1u << TPO_COMPONENT_MASK;
  const char *architecture = tpo_metadata_find_string (self->metadata, "general.architecture");

  if (g_strcmp0 (architecture, TPO_ARCHITECTURE) != 0) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
                 "%s is not a VideoChat-TPO model: it has no config.json or settings of one",
                 source);
    return FALSE;
  }
  self->spec =
      tpo_model_spec_new (self->metadata, needed | tpo_model_components (self->weights), error);
  return self->spec != NULL && tpo_model_spec_check (self->spec, self->weights, error);
}

/* Better said now than after many minutes. */
static gboolean
check_space (const Converter *self, const char *output, GError **error)
{
  g_autofree char *folder_path = g_path_get_dirname (output);
  g_autoptr (GFile) folder = g_file_new_for_path (folder_path);
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info (
      folder, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL); /* not known: try */
  g_autofree char *needed = NULL, *left = NULL;
  guint64 size = 0, available;

  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return TRUE;
  available = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  for (guint i = 0; i < self->jobs->len; i++) {
    const Job *job = g_ptr_array_index (self->jobs, i);

    size += (guint64) tpo_shape_size (&job->weight->shape, choose_type (self, job));
  }
  if (size <= available)
    return TRUE;
  needed = g_format_size_full (size, G_FORMAT_SIZE_IEC_UNITS);
  left = g_format_size_full (available, G_FORMAT_SIZE_IEC_UNITS);
  g_set_error (error, TPO_ERROR, TPO_ERROR_IO, "%s will take %s, but only %s are free there",
               output, needed, left);
  return FALSE;
}

static gboolean
convert (Converter *self, const char *source, const char *output, GError **error)
{
  self->weights = tpo_sources_open (source, self->options, self->report->unused, error);
  if (self->weights == NULL)
    return FALSE;
  self->metadata = tpo_weights_edit_metadata (self->weights);
  if (!check_source (self, source, error))
    return FALSE;
  plan (self);
  if (!tpo_convert_settings (source, self->options, self->type, self->metadata, error) ||
      !check_space (self, output, error))
    return FALSE;
  self->writer = tpo_gguf_writer_new (output, self->metadata, error);
  if (self->writer == NULL)
    return FALSE;
  self->report->replaced_part = tpo_gguf_writer_replaces_part (self->writer);
  for (guint i = 0; i < self->jobs->len; i++) {
    const Job *job = g_ptr_array_index (self->jobs, i);

    tpo_gguf_writer_add (self->writer, job->weight->name, &job->weight->shape);
  }
  if (!tpo_gguf_writer_begin (self->writer, error))
    return FALSE;
  for (guint i = 0; i < self->jobs->len; i++) {
    if (!write_tensor (self, g_ptr_array_index (self->jobs, i), error))
      return FALSE;
  }
  return tpo_gguf_writer_finish (self->writer, error);
}

gboolean
tpo_convert (const char *source, const char *output, const TpoConvertOptions *options,
             TpoConvertReport *report, GError **error)
{
  static const TpoType types[] = {
    [TPO_STORAGE_F16] = TPO_F16,
    [TPO_STORAGE_Q8_0] = TPO_Q8_0,
    [TPO_STORAGE_F32] = TPO_F32,
    [TPO_STORAGE_Q4_0] = TPO_Q4_0,
  };
  Converter self = { .options = options, .report = report };
  gboolean ok;

  g_return_val_if_fail (source != NULL || options->mask_path != NULL, FALSE);
  g_return_val_if_fail (output != NULL && report != NULL, FALSE);
  g_return_val_if_fail (options->storage < G_N_ELEMENTS (types), FALSE);
  *report = (TpoConvertReport){ .unused = g_ptr_array_new_with_free_func (g_free),
                                .widened = g_ptr_array_new_with_free_func (g_free) };
  self.type = types[options->storage];
  self.jobs = g_ptr_array_new_with_free_func (g_free);
  ok = convert (&self, source, output, error);
  g_ptr_array_unref (self.jobs);
  g_clear_pointer (&self.writer, tpo_gguf_writer_free);
  g_clear_pointer (&self.spec, tpo_model_spec_free);
  g_clear_pointer (&self.weights, tpo_weights_unref);
  g_free (self.values);
  g_free (self.bytes);
  return ok;
}
