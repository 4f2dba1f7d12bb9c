#include "config.h"

#include "settings/tpo-settings.h"

static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) built = NULL;
  GSettingsSchema *schema = NULL;

  if (installed != NULL)
    schema = g_settings_schema_source_lookup (installed, TPO_APP_ID, TRUE);
  if (schema != NULL)
    return schema;
  built = g_settings_schema_source_new_from_directory (TPO_BUILD_SCHEMA_DIR, NULL, TRUE,
                                                       NULL); /* none: not built here either */
  return built != NULL ? g_settings_schema_source_lookup (built, TPO_APP_ID, FALSE) : NULL;
}

GSettings *
tpo_settings_new (void)
{
  g_autoptr (GSettingsSchema) schema = find_schema ();

  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

/* Where the state of an action is kept. */
typedef struct {
  GSettings *settings;
  char *key;
} Memory;

static void
memory_free (gpointer data, GClosure *closure)
{
  Memory *self = data;

  g_object_unref (self->settings);
  g_free (self->key);
  g_free (self);
}

static void
on_state_changed (GActionGroup *actions, const char *name, GVariant *state, gpointer user_data)
{
  const Memory *memory = user_data;

  g_settings_set_value (memory->settings, memory->key, state);
}

void
tpo_settings_remember (GSettings *settings, const char *key, GActionGroup *actions,
                       const char *name)
{
  g_autofree char *signal = g_strconcat ("action-state-changed::", name, NULL);
  g_autoptr (GVariant) state = NULL;
  Memory *memory;

  g_return_if_fail (G_IS_SETTINGS (settings) && G_IS_ACTION_GROUP (actions));
  g_return_if_fail (g_action_group_has_action (actions, name));

  state = g_settings_get_value (settings, key);
  g_action_group_change_action_state (actions, name, state);
  memory = g_new (Memory, 1);
  *memory = (Memory){ g_object_ref (settings), g_strdup (key) };
  g_signal_connect_data (actions, signal, G_CALLBACK (on_state_changed), memory, memory_free,
                         0);
}
