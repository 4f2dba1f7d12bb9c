#include "config.h"

#include "window/examples.h"

#include <json-glib/json-glib.h>

#include "files/tpo-data-files.h"

/* In English whatever the user's language is, since the models were trained on English questions. */
static const char *const general[] = {
  "What is in the video?",
  "How many objects are there?",
  "When does something move?",
};

/* The bundled clips' list: {"clips": [{"file": …, "questions": […]}]}; it ships with the program. */
static GStrv
bundled (const char *name)
{
  g_autofree char *path = tpo_data_file ("clips/clips.json");
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonArray *clips;

  if (path == NULL ||
      !json_parser_load_from_mapped_file (parser, path, NULL)) /* none: general */
    return NULL;
  clips = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)),
                                        "clips");
  for (guint i = 0; i < json_array_get_length (clips); i++) {
    JsonObject *clip = json_array_get_object_element (clips, i);
    JsonArray *questions = json_object_get_array_member (clip, "questions");
    g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

    if (g_strcmp0 (json_object_get_string_member (clip, "file"), name) != 0)
      continue;
    for (guint k = 0; k < json_array_get_length (questions); k++)
      g_strv_builder_add (texts, json_array_get_string_element (questions, k));
    return g_strv_builder_end (texts);
  }
  return NULL;
}

GStrv
tpo_examples_for (TpoVideo *video)
{
  GStrv examples = bundled (tpo_video_get_name (video));
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

  if (examples != NULL)
    return examples;
  for (gsize i = 0; i < G_N_ELEMENTS (general); i++)
    g_strv_builder_add (texts, general[i]);
  return g_strv_builder_end (texts);
}
