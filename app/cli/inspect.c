#include "config.h"

#include <stdio.h>

#include <tpo/model-info.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "io/weights.h"

static void
print_value (const char *key, const TpoValue *value)
{
  printf ("  %s = ", key);
  if (value->is_array && value->n > 8)
    printf ("%" G_GSIZE_FORMAT " values", value->n);
  for (gsize i = 0; i < value->n && (!value->is_array || value->n <= 8); i++) {
    if (i > 0)
      printf (", ");
    if (value->type == TPO_VALUE_STRING)
      printf ("%s", value->strings[i]);
    else if (tpo_value_is_real (value))
      printf ("%g", value->reals[i]);
    else if (value->type == TPO_VALUE_BOOL)
      printf ("%s", value->ints[i] != 0 ? "true" : "false");
    else
      printf ("%" G_GINT64_FORMAT, value->ints[i]);
  }
  printf ("\n");
}

static void
print_info (const TpoModelInfo *info)
{
  printf ("%s: %s%s%s\n", info->path, info->architecture, info->name != NULL ? ", " : "",
          info->name != NULL ? info->name : "");
  if (info->description != NULL)
    printf ("%s\n", info->description);
  for (guint i = 0; i < info->n_parts; i++) {
    const TpoModelPart *part = &info->parts[i];
    g_autofree char *size = g_format_size_full (part->size, G_FORMAT_SIZE_IEC_UNITS);

    printf ("  %-16s %6u tensors %14" G_GUINT64_FORMAT " parameters %12s\n", part->name,
            part->n_tensors, part->n_parameters, size);
  }
  if (info->n_parts != 1) {
    g_autofree char *size = g_format_size_full (info->size, G_FORMAT_SIZE_IEC_UNITS);

    printf ("  %-16s %6u tensors %14" G_GUINT64_FORMAT " parameters %12s\n", "all",
            info->n_tensors, info->n_parameters, size);
  }
}

static gboolean
print_details (const char *path, gboolean show_settings, gboolean show_tensors, GError **error)
{
  g_autoptr (TpoWeights) weights = tpo_weights_open (path, error);
  const TpoMetadata *metadata;

  if (weights == NULL)
    return FALSE;
  metadata = tpo_weights_get_metadata (weights);
  for (guint i = 0; show_settings && i < tpo_metadata_get_n (metadata); i++)
    print_value (tpo_metadata_get_key (metadata, i), tpo_metadata_get_value (metadata, i));
  for (guint i = 0; show_tensors && i < tpo_weights_get_n (weights); i++) {
    const TpoWeight *weight = tpo_weights_get (weights, i);
    g_autofree char *shape = tpo_shape_to_string (&weight->shape);

    printf ("  %-5s %-20s %s\n", tpo_type_name (weight->type), shape, weight->name);
  }
  return TRUE;
}

static void
add_tensors (JsonBuilder *json, const TpoWeights *weights)
{
  json_builder_set_member_name (json, "tensors");
  json_builder_begin_array (json);
  for (guint i = 0; i < tpo_weights_get_n (weights); i++) {
    const TpoWeight *weight = tpo_weights_get (weights, i);

    json_builder_begin_object (json);
    tpo_cli_json_string (json, "name", weight->name);
    tpo_cli_json_string (json, "type", tpo_type_name (weight->type));
    json_builder_set_member_name (json, "shape");
    json_builder_begin_array (json);
    for (guint k = 0; k < weight->shape.n; k++)
      json_builder_add_int_value (json, weight->shape.dim[k]);
    json_builder_end_array (json);
    tpo_cli_json_int (json, "size", (gint64) weight->size);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
}

static gboolean
print_json (const TpoModelInfo *info, gboolean show_tensors, GError **error)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (TpoWeights) weights = NULL;

  json_builder_begin_object (json);
  tpo_cli_json_string (json, "path", info->path);
  tpo_cli_json_string (json, "architecture", info->architecture);
  tpo_cli_json_string (json, "name", info->name);
  tpo_cli_json_string (json, "description", info->description);
  tpo_cli_json_int (json, "n_tensors", info->n_tensors);
  tpo_cli_json_int (json, "n_parameters", (gint64) info->n_parameters);
  tpo_cli_json_int (json, "size", (gint64) info->size);
  tpo_cli_json_int (json, "largest_tensor_size", (gint64) info->tensor_size);
  json_builder_set_member_name (json, "parts");
  json_builder_begin_array (json);
  for (guint i = 0; i < info->n_parts; i++) {
    json_builder_begin_object (json);
    tpo_cli_json_string (json, "name", info->parts[i].name);
    tpo_cli_json_int (json, "n_tensors", info->parts[i].n_tensors);
    tpo_cli_json_int (json, "n_parameters", (gint64) info->parts[i].n_parameters);
    tpo_cli_json_int (json, "size", (gint64) info->parts[i].size);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  tpo_cli_json_string (json, "problem", info->problem);
  if (show_tensors) {
    weights = tpo_weights_open (info->path, error);
    if (weights == NULL)
      return FALSE;
    add_tensors (json, weights);
  }
  json_builder_end_object (json);
  tpo_cli_print_json (json);
  return TRUE;
}

int
tpo_cli_inspect (int argc, char **argv)
{
  gboolean as_json = FALSE, show_settings = FALSE, show_tensors = FALSE, ok;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    { "settings", 0, 0, G_OPTION_ARG_NONE, &show_settings, "List all settings", NULL },
    { "tensors", 0, 0, G_OPTION_ARG_NONE, &show_tensors, "List all tensors", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (TpoModelInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  if (!tpo_cli_parse (&argc, &argv, entries, "MODEL",
                      "Tells what a model file or folder holds, and whether it is complete.", 1,
                      1))
    return 2;
  info = tpo_model_info_load (argv[1], &error);
  if (info == NULL)
    return tpo_cli_fail (error);
  if (as_json) {
    ok = print_json (info, show_tensors, &error);
  } else {
    print_info (info);
    ok = print_details (argv[1], show_settings, show_tensors, &error);
  }
  if (!ok)
    return tpo_cli_fail (error);
  if (info->problem == NULL)
    return 0;
  fprintf (stderr, "%s: %s\n", g_get_prgname (), info->problem);
  return 1;
}
