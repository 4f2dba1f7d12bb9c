#include "config.h"

#include <stdio.h>

#include <tpo/model-file.h>

#include "cli/cli.h"
#include "cli/commands.h"

static void
print_info (const TpoModelFile *file)
{
  printf ("%s: %s%s%s\n", file->path, file->architecture, file->name != NULL ? ", " : "",
          file->name != NULL ? file->name : "");
  if (file->description != NULL)
    printf ("%s\n", file->description);
  for (guint i = 0; i < file->n_parts; i++) {
    const TpoModelPart *part = &file->parts[i];
    g_autofree char *size = g_format_size_full (part->size, G_FORMAT_SIZE_IEC_UNITS);

    printf ("  %-16s %6u tensors %14" G_GUINT64_FORMAT " parameters %12s\n", part->name,
            part->n_tensors, part->n_parameters, size);
  }
  if (file->n_parts != 1) {
    g_autofree char *size = g_format_size_full (file->size, G_FORMAT_SIZE_IEC_UNITS);

    printf ("  %-16s %6u tensors %14" G_GUINT64_FORMAT " parameters %12s\n", "all",
            file->n_tensors, file->n_parameters, size);
  }
}

/* With the devices of this machine, where there are any. */
static void
print_memory (const TpoModelFile *file)
{
  g_autoptr (GPtrArray) devices = tpo_device_list (NULL); /* none: nothing to compare with */
  g_autofree char *needed = g_format_size_full (file->memory_size, G_FORMAT_SIZE_IEC_UNITS);

  if (file->memory_size == 0)
    return;
  printf ("  needs about %s of device memory\n", needed);
  for (guint i = 0; devices != NULL && i < devices->len; i++) {
    const TpoDeviceInfo *device = g_ptr_array_index (devices, i);
    g_autofree char *budget =
        g_format_size_full (device->memory_budget, G_FORMAT_SIZE_IEC_UNITS);

    if (device->problem == NULL)
      printf ("    %s: %s (%s free)\n", device->name,
              file->memory_size <= device->memory_budget ? "fits" : "does not fit", budget);
  }
}

static void
print_amount (const char *what, guint64 size, const char *remark)
{
  g_autofree char *text = g_format_size_full (size, G_FORMAT_SIZE_IEC_UNITS);

  printf ("    %-24s %12s%s\n", what, text, remark);
}

/* What a device of @memory bytes would hold, before anything is loaded. */
static void
print_fit (const TpoModelFile *file, guint64 memory)
{
  g_autofree char *text = g_format_size_full (memory, G_FORMAT_SIZE_IEC_UNITS);

  printf ("  on a device with %s:\n", text);
  for (guint i = 0; i < file->n_parts; i++)
    print_amount (file->parts[i].name, file->parts[i].memory_size, "");
  print_amount ("cache of a conversation", file->cache_size, "");
  print_amount ("intermediate results", file->activation_size, "");
  print_amount ("all at once", file->memory_size,
                file->memory_size <= memory ? ": fits" : ": does not fit");
  print_amount ("with one head at a time", file->least_memory_size,
                file->least_memory_size <= memory ? ": fits" : ": does not fit");
}

static void
print_tensors (const TpoModelFile *file)
{
  for (guint i = 0; i < file->n_tensors; i++) {
    const TpoModelTensor *tensor = &file->tensors[i];
    g_autoptr (GString) shape = g_string_new (NULL);

    for (guint k = 0; k < tensor->n_sizes; k++)
      g_string_append_printf (shape, "%s%" G_GINT64_FORMAT, k > 0 ? "×" : "", tensor->sizes[k]);
    printf ("  %-5s %-18s %s\n", tensor->type, shape->str, tensor->name);
  }
}

static void
add_parts (JsonBuilder *json, const TpoModelFile *file)
{
  json_builder_set_member_name (json, "parts");
  json_builder_begin_array (json);
  for (guint i = 0; i < file->n_parts; i++) {
    json_builder_begin_object (json);
    tpo_cli_json_string (json, "name", file->parts[i].name);
    tpo_cli_json_int (json, "n_tensors", file->parts[i].n_tensors);
    tpo_cli_json_int (json, "n_parameters", (gint64) file->parts[i].n_parameters);
    tpo_cli_json_int (json, "size", (gint64) file->parts[i].size);
    tpo_cli_json_int (json, "memory_size", (gint64) file->parts[i].memory_size);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
}

static void
add_settings (JsonBuilder *json, const TpoModelFile *file)
{
  json_builder_set_member_name (json, "settings");
  json_builder_begin_object (json);
  for (guint i = 0; i < file->n_settings; i++)
    tpo_cli_json_string (json, file->settings[i].key, file->settings[i].value);
  json_builder_end_object (json);
}

static void
add_tensors (JsonBuilder *json, const TpoModelFile *file)
{
  json_builder_set_member_name (json, "tensors");
  json_builder_begin_array (json);
  for (guint i = 0; i < file->n_tensors; i++) {
    const TpoModelTensor *tensor = &file->tensors[i];

    json_builder_begin_object (json);
    tpo_cli_json_string (json, "name", tensor->name);
    tpo_cli_json_string (json, "type", tensor->type);
    json_builder_set_member_name (json, "shape");
    json_builder_begin_array (json);
    for (guint k = 0; k < tensor->n_sizes; k++)
      json_builder_add_int_value (json, tensor->sizes[k]);
    json_builder_end_array (json);
    tpo_cli_json_int (json, "size", (gint64) tensor->size);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
}

static void
print_json (const TpoModelFile *file, gboolean show_settings, gboolean show_tensors)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  tpo_cli_json_string (json, "path", file->path);
  tpo_cli_json_string (json, "architecture", file->architecture);
  tpo_cli_json_string (json, "name", file->name);
  tpo_cli_json_string (json, "description", file->description);
  tpo_cli_json_int (json, "n_tensors", file->n_tensors);
  tpo_cli_json_int (json, "n_parameters", (gint64) file->n_parameters);
  tpo_cli_json_int (json, "size", (gint64) file->size);
  tpo_cli_json_int (json, "largest_tensor_size", (gint64) file->tensor_size);
  tpo_cli_json_int (json, "memory_size", (gint64) file->memory_size);
  tpo_cli_json_int (json, "least_memory_size", (gint64) file->least_memory_size);
  tpo_cli_json_int (json, "cache_size", (gint64) file->cache_size);
  tpo_cli_json_int (json, "activation_size", (gint64) file->activation_size);
  tpo_cli_json_string (json, "version", file->version);
  tpo_cli_json_string (json, "hash", file->hash);
  tpo_cli_json_string (json, "problem", file->problem);
  add_parts (json, file);
  if (show_settings)
    add_settings (json, file);
  if (show_tensors)
    add_tensors (json, file);
  json_builder_end_object (json);
  tpo_cli_print_json (json);
}

int
tpo_cli_inspect (int argc, char **argv)
{
  gboolean as_json = FALSE, show_settings = FALSE, show_tensors = FALSE;
  double device_gib = 0;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    { "settings", 0, 0, G_OPTION_ARG_NONE, &show_settings, "List all settings", NULL },
    { "tensors", 0, 0, G_OPTION_ARG_NONE, &show_tensors, "List all tensors", NULL },
    { "device-memory", 0, 0, G_OPTION_ARG_DOUBLE, &device_gib,
      "Tell what of it a device with N GiB holds; an estimate", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (TpoModelFile) file = NULL;
  g_autoptr (GError) error = NULL;

  if (!tpo_cli_parse (&argc, &argv, entries, "MODEL",
                      "Tells what a model file or folder holds, and whether it is complete.", 1,
                      1))
    return 2;
  file = tpo_model_file_load (argv[1], &error);
  if (file == NULL)
    return tpo_cli_fail (error);
  if (as_json) {
    print_json (file, show_settings, show_tensors);
  } else {
    print_info (file);
    if (device_gib > 0 && file->memory_size > 0)
      print_fit (file, (guint64) (device_gib * (1 << 30)));
    else
      print_memory (file);
    for (guint i = 0; show_settings && i < file->n_settings; i++)
      printf ("  %s = %s\n", file->settings[i].key, file->settings[i].value);
    if (show_tensors)
      print_tensors (file);
  }
  if (file->problem == NULL)
    return 0;
  fprintf (stderr, "%s: %s\n", g_get_prgname (), file->problem);
  return 1;
}
