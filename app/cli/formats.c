#include <stdio.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "formats/tpo-formats.h"

static const struct {
  TpoHolds feature;
  const char *name;
} features[] = {
  { TPO_HOLDS_SPANS, "spans" },       { TPO_HOLDS_BOXES, "boxes" },
  { TPO_HOLDS_MASKS, "masks" },       { TPO_HOLDS_LABELS, "labels" },
  { TPO_HOLDS_TEXTS, "texts" },       { TPO_HOLDS_KEYFRAMES, "keyframes" },
  { TPO_HOLDS_STATES, "states" },     { TPO_HOLDS_CURVES, "saliency" },
  { TPO_HOLDS_CHAT, "chat" },         { TPO_HOLDS_PREDICTIONS, "predictions" },
  { TPO_HOLDS_HISTORY, "revisions" }, { TPO_HOLDS_ATTRIBUTES, "attributes" },
};

static void
print_text (const TpoFormat *format)
{
  printf ("%-18s %-6s %-6s %-7s", format->id, format->write != NULL ? "export" : "",
          format->read != NULL ? "import" : "",
          format->extension != NULL ? format->extension : "folder");
  for (gsize i = 0; i < G_N_ELEMENTS (features); i++)
    if ((format->holds & features[i].feature) != 0)
      printf (" %s", features[i].name);
  printf ("\n");
}

static void
add_json (JsonBuilder *json, const TpoFormat *format)
{
  json_builder_begin_object (json);
  tpo_cli_json_string (json, "id", format->id);
  tpo_cli_json_string (json, "title", format->title);
  tpo_cli_json_string (json, "extension", format->extension);
  json_builder_set_member_name (json, "export");
  json_builder_add_boolean_value (json, format->write != NULL);
  json_builder_set_member_name (json, "import");
  json_builder_add_boolean_value (json, format->read != NULL);
  json_builder_set_member_name (json, "holds");
  json_builder_begin_array (json);
  for (gsize i = 0; i < G_N_ELEMENTS (features); i++)
    if ((format->holds & features[i].feature) != 0)
      json_builder_add_string_value (json, features[i].name);
  json_builder_end_array (json);
  json_builder_end_object (json);
}

int
tpo_cli_formats (int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "As JSON", NULL },
    { NULL },
  };
  g_autoptr (JsonBuilder) json = json_builder_new ();
  guint n_formats;
  const TpoFormat *const *formats = tpo_formats (&n_formats);

  if (!tpo_cli_parse (&argc, &argv, entries, "",
                      "Lists the exchange formats and what each can hold.", 0, 0))
    return 2;
  json_builder_begin_array (json);
  for (guint i = 0; i < n_formats; i++) {
    if (as_json)
      add_json (json, formats[i]);
    else
      print_text (formats[i]);
  }
  json_builder_end_array (json);
  if (as_json)
    tpo_cli_print_json (json);
  return 0;
}
