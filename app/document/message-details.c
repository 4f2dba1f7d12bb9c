#include "config.h"

#include "document/message-details.h"

#include <json-glib/json-glib.h>

static void
add_box (JsonBuilder *json, const TpoBox *box)
{
  const float corners[] = { box->x0, box->y0, box->x1, box->y1 };

  json_builder_set_member_name (json, "box");
  json_builder_begin_array (json);
  for (guint i = 0; i < G_N_ELEMENTS (corners); i++)
    json_builder_add_double_value (json, corners[i]);
  json_builder_end_array (json);
}

static void
add_string (JsonBuilder *json, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
add_double (JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_double_value (json, value);
}

static void
add_int (JsonBuilder *json, const char *name, gint64 value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, value);
}

static char *
finish (JsonBuilder *json)
{
  g_autoptr (JsonNode) root = NULL;

  json_builder_end_object (json);
  root = json_builder_get_root (json);
  return json_to_string (root, FALSE);
}

char *
tpo_question_details (gint64 position_us, const TpoBox *box)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  add_int (json, "position_us", position_us);
  if (box != NULL)
    add_box (json, box);
  return finish (json);
}

char *
tpo_answer_details (const TpoAnswerMaker *maker, TpoTask task)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  add_string (json, "model", maker->model);
  add_string (json, "version", maker->version);
  add_string (json, "hash", maker->hash);
  add_string (json, "task", tpo_task_name (task));
  json_builder_set_member_name (json, "settings");
  json_builder_add_value (json, json_from_string (maker->settings, NULL)); /* our own */
  return finish (json);
}

TpoAnswerSettings
tpo_answer_settings_draw (const TpoAnswerSettings *self)
{
  TpoAnswerSettings drawn;

  g_return_val_if_fail (self != NULL, (TpoAnswerSettings){ 0 });

  drawn = *self;
  if (drawn.seed == 0)
    drawn.seed = g_random_int () | 1;
  return drawn;
}

char *
tpo_answer_settings_to_json (const TpoAnswerSettings *self, const char *device,
                             const TpoBox *box, guint n_turns)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  add_string (json, "sampling", self->temperature > 0.0f ? "drawn" : "greedy");
  if (self->temperature > 0.0f) {
    add_double (json, "temperature", self->temperature);
    add_double (json, "top_p", self->top_p);
    add_int (json, "seed", self->seed);
  }
  if (self->repetition_penalty > 1.0f)
    add_double (json, "repetition_penalty", self->repetition_penalty);
  if (self->max_tokens > 0)
    add_int (json, "max_tokens", self->max_tokens);
  if (box != NULL)
    add_box (json, box);
  if (n_turns > 0)
    add_int (json, "turns", n_turns);
  add_string (json, "program", TPO_VERSION);
  add_string (json, "device", device != NULL ? device : "");
  return finish (json);
}

static gboolean
parse_box (JsonObject *object, TpoBox *box)
{
  JsonNode *node = json_object_get_member (object, "box");
  JsonArray *corners =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (corners == NULL || json_array_get_length (corners) != 4)
    return FALSE;
  *box = (TpoBox){
    (float) json_array_get_double_element (corners, 0),
    (float) json_array_get_double_element (corners, 1),
    (float) json_array_get_double_element (corners, 2),
    (float) json_array_get_double_element (corners, 3),
  };
  return box->x0 < box->x1 && box->y0 < box->y1;
}

void
tpo_message_details_parse (TpoMessageDetails *self, const char *json)
{
  g_autoptr (JsonNode) root = json != NULL ? json_from_string (json, NULL) : NULL;
  JsonObject *object =
      root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;

  *self = (TpoMessageDetails){ .position_us = -1 };
  if (object == NULL)
    return;
  self->position_us = json_object_get_int_member_with_default (object, "position_us", -1);
  self->has_box = parse_box (object, &self->box);
  self->task =
      tpo_task_from_name (json_object_get_string_member_with_default (object, "task", NULL));
}

char *
tpo_track_settings (const char *device, gint64 annotation_id, gint64 from_us)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  add_string (json, "device", device);
  add_int (json, "annotation", annotation_id);
  add_int (json, "from_us", from_us);
  return finish (json);
}
