#include <tpo/parity.h>

#include <math.h>

#include "models/parity/runner.h"

/* One row per kind of fixture: metadata "module" and what runs it. */
static const struct {
  const char *module;
  TpoParityRunner run;
} runners[] = {
  { "vit", tpo_parity_vit },
  { "qformer", tpo_parity_qformer },
  { "mistral_lora", tpo_parity_mistral },
  { "tokenizer", tpo_parity_tokenizer },
  { "preprocess", tpo_parity_preprocess },
  { "task_heads", tpo_parity_heads },
  { "videochat_tpo_end_to_end", tpo_parity_chain },
  { "cgdetr", tpo_parity_cgdetr },
  { "internvideo2_clip", tpo_parity_clip },
  { "sam2_image", tpo_parity_sam2_image },
  { "sam2_video", tpo_parity_sam2_video },
};

const char *
tpo_parity_storage_name (TpoParityStorage storage)
{
  static const char *const names[] = {
    [TPO_PARITY_F32] = "f32", [TPO_PARITY_F16] = "f16", [TPO_PARITY_Q8_0] = "q8_0"
  };

  g_return_val_if_fail ((guint) storage < G_N_ELEMENTS (names), NULL);
  return names[storage];
}

static void
item_free (TpoParityItem *item)
{
  g_free (item->name);
  g_free (item);
}

void
tpo_parity_report_free (TpoParityReport *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->items);
  g_free (self->module);
  g_free (self->path);
  g_free (self);
}

static TpoParityReport *
report_new (const char *path, const char *module)
{
  TpoParityReport *self = g_new0 (TpoParityReport, 1);

  self->path = g_strdup (path);
  self->module = g_strdup (module);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  return self;
}

TpoParityItem *
tpo_parity_add (TpoParityRun *run, const char *name, const char *remark, gint64 n_values,
                double error, double tolerance)
{
  TpoParityItem *item = g_new0 (TpoParityItem, 1);

  item->name = remark != NULL ? g_strdup_printf ("%s (%s)", name, remark) : g_strdup (name);
  item->n_values = n_values;
  item->error = error;
  item->tolerance = tolerance;
  item->worst_at = -1;
  item->passed = error <= tolerance;
  if (!item->passed)
    run->report->n_failed++;
  g_ptr_array_add (run->report->items, item);
  g_hash_table_add (run->checked, g_strdup (name));
  return item;
}

void
tpo_parity_skip (TpoParityRun *run, const char *prefix)
{
  for (guint i = 0; i < tpo_weights_get_n (run->weights); i++) {
    const char *name = tpo_weights_get (run->weights, i)->name;

    if (g_str_has_prefix (name, prefix) && g_hash_table_add (run->checked, g_strdup (name)))
      run->report->n_skipped++;
  }
}

/* A runner that overlooks a stored result must not pass. */
static void
fail_unchecked (TpoParityRun *run)
{
  guint n = run->weights != NULL ? tpo_weights_get_n (run->weights) : 0;

  for (guint i = 0; i < n; i++) {
    const TpoWeight *weight = tpo_weights_get (run->weights, i);

    if (g_str_has_prefix (weight->name, "out.") &&
        !g_hash_table_contains (run->checked, weight->name))
      tpo_parity_add (run, weight->name, "not compared", 0, INFINITY, 0);
  }
}

/* The tokenizer's fixture is JSON text; all others name their module in the header. */
static gboolean
find_module (const char *path, TpoWeights **weights, char **module, GError **error)
{
  const char *named;

  if (g_str_has_suffix (path, ".json")) {
    *module = g_strdup ("tokenizer");
    return TRUE;
  }
  *weights = tpo_weights_open (path, error);
  if (*weights == NULL)
    return FALSE;
  named = tpo_metadata_find_string (tpo_weights_get_metadata (*weights), "module");
  if (named == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "%s: the metadata has no \"module\", so this is no fixture", path);
    return FALSE;
  }
  *module = g_strdup (named);
  return TRUE;
}

static TpoParityRunner
find_runner (const char *path, const char *module, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (runners); i++) {
    if (g_str_equal (module, runners[i].module))
      return runners[i].run;
  }
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "%s: there is no runner for module \"%s\"", path, module);
  return NULL;
}

/* Returns: (transfer full) */
static char *
find_fixture (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_DIR)
             ? g_build_filename (path, "expected.safetensors", NULL)
             : g_strdup (path);
}

gboolean
tpo_parity_run (TpoDevice *device, const char *path, const TpoParityOptions *options,
                TpoParityReport **report, GError **error)
{
  g_autoptr (TpoWeights) weights = NULL;
  g_autofree char *file = NULL;
  g_autofree char *module = NULL;
  g_autoptr (TpoParityReport) made = NULL;
  g_autoptr (GHashTable) checked =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  TpoParityRun run = { .device = device, .checked = checked };
  TpoParityRunner runner;

  g_return_val_if_fail (path != NULL && report != NULL, FALSE);
  *report = NULL;
  run.path = file = find_fixture (path);
  if (options != NULL)
    run.options = *options;
  if (!find_module (file, &weights, &module, error))
    return FALSE;
  runner = find_runner (file, module, error);
  if (runner == NULL)
    return FALSE;

  run.weights = weights;
  run.report = made = report_new (file, module);
  if (!runner (&run, error))
    return FALSE;
  fail_unchecked (&run);
  *report = g_steal_pointer (&made);
  return TRUE;
}
