#include "config.h"

#include "reviewer/settings-words.h"

#include <inttypes.h>

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

static const struct {
  const char *member, *title;
} settings[] = {
  { "temperature", N_ ("Temperature") },
  { "top_p", N_ ("Top P") },
  { "seed", N_ ("Seed") },
  { "repetition_penalty", N_ ("Repetition Penalty") },
  { "max_tokens", N_ ("Longest Answer") },
  { "turns", N_ ("Earlier Questions") },
  { "device", N_ ("Device") },
  { "program", N_ ("TPO Studio") },
};

/* (nullable): no text and no number */
static char *
dup_value (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return g_strdup_printf ("%" PRId64, json_node_get_int (node));
  if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    return g_strdup_printf ("%.4g", json_node_get_double (node));
  return NULL;
}

char *
tpo_settings_to_words (const char *json)
{
  g_autoptr (JsonNode) root = json_from_string (json, NULL); /* nothing to say */
  JsonObject *object =
      root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (gsize i = 0; object != NULL && i < G_N_ELEMENTS (settings); i++) {
    JsonNode *node = json_object_get_member (object, settings[i].member);
    g_autofree char *value = node != NULL ? dup_value (node) : NULL;
    g_autofree char *line = NULL;

    if (value == NULL || *value == '\0')
      continue;
    /* Translators: a setting and its value, "Temperature: 0.7" */
    line = g_strdup_printf (_ ("%s: %s"), _ (settings[i].title), value);
    g_strv_builder_add (lines, line);
  }
  list = g_strv_builder_end (lines);
  return g_strjoinv ("\n", list);
}
