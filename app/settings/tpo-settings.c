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
