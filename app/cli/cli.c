#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "files/tpo-data-files.h"

gboolean
tpo_cli_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *arguments,
               const char *summary, int n_least, int n_most)
{
  g_autoptr (GOptionContext) context = g_option_context_new (arguments);
  g_autoptr (GError) error = NULL;
  int n_given;

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    fprintf (stderr, "%s: %s\n", g_get_prgname (), error->message);
    return FALSE;
  }
  /* A lone "--" ends the options and is no argument. */
  if (*argc >= 2 && strcmp ((*argv)[1], "--") == 0) {
    (*argv)[1] = (*argv)[0];
    (*argv)++;
    (*argc)--;
  }
  n_given = *argc - 1;
  if (n_given < n_least || n_given > n_most) {
    fprintf (stderr, "%s: %s\nUsage: %s [OPTION…] %s\n", g_get_prgname (),
             n_given < n_least ? "too few arguments" : "too many arguments", g_get_prgname (),
             arguments);
    return FALSE;
  }
  return TRUE;
}

int
tpo_cli_fail (const GError *error)
{
  fprintf (stderr, "%s: %s\n", g_get_prgname (), error->message);
  return 1;
}

void
tpo_cli_print_json (JsonBuilder *json)
{
  g_autoptr (JsonNode) root = json_builder_get_root (json);
  g_autofree char *text = json_to_string (root, TRUE);

  printf ("%s\n", text);
}

void
tpo_cli_json_string (JsonBuilder *json, const char *member, const char *value)
{
  json_builder_set_member_name (json, member);
  if (value != NULL)
    json_builder_add_string_value (json, value);
  else
    json_builder_add_null_value (json);
}

void
tpo_cli_json_int (JsonBuilder *json, const char *member, gint64 value)
{
  json_builder_set_member_name (json, member);
  json_builder_add_int_value (json, value);
}

void
tpo_cli_json_double (JsonBuilder *json, const char *member, double value)
{
  json_builder_set_member_name (json, member);
  json_builder_add_double_value (json, value);
}

void
tpo_cli_json_losses (JsonBuilder *json, const TpoLossReport *report)
{
  json_builder_set_member_name (json, "losses");
  json_builder_begin_array (json);
  for (guint i = 0; i < report->losses->len; i++) {
    const TpoLoss *loss = report->losses->pdata[i];

    json_builder_begin_object (json);
    tpo_cli_json_string (json, "what", loss->what);
    tpo_cli_json_int (json, "count", loss->count);
    tpo_cli_json_string (json, "why", loss->why);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
}

TpoDevice *
tpo_cli_open_device (const char *selector, GError **error)
{
  return tpo_cli_open_device_within (selector, 0, error);
}

TpoDevice *
tpo_cli_open_device_within (const char *selector, guint64 max_memory, GError **error)
{
  g_autofree char *cache_dir = g_build_filename (g_get_user_cache_dir (), "tpo-studio", NULL);
  TpoDeviceOptions options = {
    .selector = selector != NULL ? selector : g_getenv ("TPO_DEVICE"),
    .cache_dir = cache_dir,
    .max_memory = max_memory,
    .validate = g_strcmp0 (g_getenv ("TPO_VALIDATE"), "1") == 0,
  };

  return tpo_device_open (&options, error);
}

char *
tpo_cli_model_path (const char *given, GError **error)
{
  g_autofree char *path = NULL;

  if (given == NULL)
    given = g_getenv ("TPO_MODEL");
  path = given != NULL ? g_strdup (given) : tpo_data_file ("tpo-nano.gguf");
  if (path == NULL)
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
                 "the bundled model tpo-nano.gguf is not installed; name a model with --model");
  return g_steal_pointer (&path);
}
