#include "config.h"

#include <math.h>
#include <string.h>

#include <tpo/text.h>

#include "cli/bench-text.h"
#include "models/bench/language.h"

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

/* Times @model, which holds as many tokens as @bench asks for. */
static gboolean
time_model (TpoTextModel *model, const char *name, const TpoTextBench *bench,
            TpoTextFigureFunc func, gpointer user_data, GError **error)
{
  Speeds prompt = { .n_tokens = bench->n_prompt };
  Speeds generated = { .n_tokens = bench->n_generated };
  const guint n_runs = bench->n_runs > 0 ? bench->n_runs : 5;

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

gboolean
tpo_bench_text (TpoDevice *device, const char *path, const TpoTextBench *bench,
                TpoTextFigureFunc func, gpointer user_data, GError **error)
{
  TpoTextBench wanted = *bench;
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (TpoTextModel) model = NULL;

  if (wanted.n_prompt == 0 && wanted.n_generated == 0) {
    wanted.n_prompt = 512;
    wanted.n_generated = 128;
  }
  model = tpo_text_model_open (device, path, MAX (wanted.n_prompt, wanted.n_generated), NULL,
                               NULL, NULL, error);
  if (model == NULL)
    return FALSE;
  if (g_str_has_suffix (name, ".gguf"))
    name[strlen (name) - strlen (".gguf")] = '\0';
  return time_model (model, name, &wanted, func, user_data, error);
}

/* Whether a test of the model is wanted: "llm.a.q4_0.pp128" contains @filter. */
static gboolean
is_wanted (const char *name, const TpoTextBench *bench, const char *filter)
{
  g_autofree char *cases = g_strdup_printf ("llm.%s.pp%u llm.%s.tg%u", name, bench->n_prompt,
                                            name, bench->n_generated);

  g_strdelimit (cases, "-", '.');
  return filter == NULL || strstr (cases, filter) != NULL;
}

gboolean
tpo_bench_made_up_text (TpoDevice *device, const char *filter, TpoTextFigureFunc func,
                        gpointer user_data, GError **error)
{
  static const TpoType types[] = { TPO_F16, TPO_Q8_0, TPO_Q4_0 };
  static const TpoTextBench bench = { .n_prompt = 128, .n_generated = 16 };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *name = g_strconcat ("a-", tpo_type_name (types[i]), NULL);
    g_autoptr (TpoTextModel) model = NULL;

    if (!is_wanted (name, &bench, filter))
      continue;
    model = tpo_made_up_text_model (device, types[i], bench.n_prompt, error);
    if (model == NULL || !time_model (model, name, &bench, func, user_data, error))
      return FALSE;
  }
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
