#include "fuzz.h"

#include "io/model-spec.h"

/* config.json, from the text to the table of tensors that it implies: of one part, which the length
 * of the text chooses, since the tables of all take most of the time. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoJson) json = tpo_json_parse ((const char *) data, size, "fuzz.json", &error);
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
  g_autoptr (TpoModelSpec) spec = NULL;

  g_assert ((json == NULL) == (error != NULL));
  if (json == NULL)
    return 0;
  tpo_metadata_set_json (metadata, "root", tpo_json_root (json));
  if (!tpo_model_config_from_json (tpo_json_root (json), "fuzz.json", ~0u, metadata, &error))
    return 0;
  spec = tpo_model_spec_new (metadata, 1u << size % TPO_COMPONENT_COUNT, &error);
  g_assert ((spec == NULL) == (error != NULL));
  return 0;
}
