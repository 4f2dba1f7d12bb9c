#include "config.h"

#include <stdio.h>

#include <json-glib/json-glib.h>
#include <tpo/device.h>

#include "cli/cli.h"
#include "cli/commands.h"

static void
print_device (const TpoDeviceInfo *info)
{
  g_autofree char *memory = g_format_size_full (info->memory_size, G_FORMAT_SIZE_IEC_UNITS);

  printf ("%u  %s (%s, %s)  %s\n", info->index, info->name, tpo_device_kind_name (info->kind),
          memory, info->driver);
  if (info->problem != NULL)
    printf ("   cannot be used: %s\n", info->problem);
}

static void
add_device (JsonBuilder *json, const TpoDeviceInfo *info)
{
  json_builder_begin_object (json);
  tpo_cli_json_int (json, "index", info->index);
  tpo_cli_json_string (json, "name", info->name);
  tpo_cli_json_string (json, "kind", tpo_device_kind_name (info->kind));
  tpo_cli_json_string (json, "driver", info->driver);
  tpo_cli_json_int (json, "memory_size", (gint64) info->memory_size);
  tpo_cli_json_int (json, "memory_budget", (gint64) info->memory_budget);
  tpo_cli_json_string (json, "problem", info->problem);
  json_builder_end_object (json);
}

int
tpo_cli_devices (int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = NULL;

  if (!tpo_cli_parse (&argc, &argv, entries, "", "Lists the Vulkan devices of this machine.", 0,
                      0))
    return 2;
  devices = tpo_device_list (&error);
  if (devices == NULL)
    return tpo_cli_fail (error);

  if (as_json) {
    g_autoptr (JsonBuilder) json = json_builder_new ();

    json_builder_begin_array (json);
    for (guint i = 0; i < devices->len; i++)
      add_device (json, g_ptr_array_index (devices, i));
    json_builder_end_array (json);
    tpo_cli_print_json (json);
  } else {
    for (guint i = 0; i < devices->len; i++)
      print_device (g_ptr_array_index (devices, i));
  }
  if (devices->len > 0)
    return 0;
  fprintf (stderr, "tpo devices: Vulkan is installed, but no device has a driver. Debian's "
                   "mesa-vulkan-drivers has one for every machine.\n");
  return 1;
}
