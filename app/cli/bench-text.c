#include "config.h"

#include <math.h>
#include <string.h>

#include <tpo/text.h>

#include "cli/bench-text.h"

/* Tokens a second of the runs of one test. */
typedef struct {
  guint n_tokens, n;
  double sum, squares, best;
} Speeds;

static void
add_run (Speeds *self, gint64 us)
{
  double speed = (double) self->n_tokens * 1e6 / (double) MAX (us, 1);

  self->n++;
  self->sum += speed;
  self->squares += speed * speed;
  self->best = MAX (self->best, speed);
}

static void
report (const Speeds *self, const char *model, const char *kind, TpoTextFigureFunc func,
        gpointer user_data)
{
  g_autofree char *test = g_strdup_printf ("%s%u", kind, self->n_tokens);
  double mean = self->sum / self->n;
  const TpoTextFigure figure = {
    .model = model,
    .test = test,
    .best = self->best,
    .mean = mean,
    .deviation = sqrt (MAX (0, self->squares / self->n - mean * mean)),
  };

  if (self->n_tokens > 0)
    func (&figure, user_data);
}

gboolean
tpo_bench_text (TpoDevice *device, const char *path, const TpoTextBench *bench,
                TpoTextFigureFunc func, gpointer user_data, GError **error)
{
  gboolean is_default = bench->n_prompt == 0 && bench->n_generated == 0;
  Speeds prompt = { .n_tokens = is_default ? 512 : bench->n_prompt };
  Speeds generated = { .n_tokens = is_default ? 128 : bench->n_generated };
  const guint n_runs = bench->n_runs > 0 ? bench->n_runs : 5;
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (TpoTextModel) model = tpo_text_model_open (
      device, path, MAX (prompt.n_tokens, generated.n_tokens), NULL, NULL, NULL, error);

  if (model == NULL)
    return FALSE;
  if (g_str_has_suffix (name, ".gguf"))
    name[strlen (name) - strlen (".gguf")] = '\0';
  for (guint i = 0; i <= n_runs; i++) {
    gint64 prompt_us, generated_us;

    if (!tpo_text_model_time (model, prompt.n_tokens, generated.n_tokens, &prompt_us,
                              &generated_us, NULL, error))
      return FALSE;
    if (i == 0) /* shaders are compiled, memory is touched */
      continue;
    add_run (&prompt, prompt_us);
    add_run (&generated, generated_us);
  }
  report (&prompt, name, "pp", func, user_data);
  report (&generated, name, "tg", func, user_data);
  return TRUE;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

gboolean
tpo_bench_text_folder (TpoDevice *device, const char *folder, const TpoTextBench *bench,
                       TpoTextFigureFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (name, ".gguf"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  }
  g_ptr_array_sort (paths, by_name);
  for (guint i = 0; i < paths->len; i++) {
    if (!tpo_bench_text (device, paths->pdata[i], bench, func, user_data, error))
      return FALSE;
  }
  return TRUE;
}
