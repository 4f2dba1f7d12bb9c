#include "torch-files.h"

#include <string.h>

#include <glib/gstdio.h>

#include <tpo/error.h>

#include "io/quantize.h"
#include "sizes.h"
#include "torch-file.h"
#include "values.h"

enum {
  CHUNK = 1 << 20
};

static void
write_storage (ZipWriter *zip, guint key, const TpoTensorSpec *tensor, TpoType type)
{
  g_autofree char *member = g_strdup_printf ("archive/data/%u", key);
  g_autofree float *values = g_new (float, CHUNK);
  g_autofree guint8 *bytes = g_malloc (CHUNK * sizeof (float));
  gsize total = (gsize) tpo_shape_count (&tensor->shape);

  zip_start (zip, member, total * tpo_type_block_size (type));
  for (gsize first = 0; first < total && !ferror (zip->file); first += CHUNK) {
    gsize n = MIN (CHUNK, total - first);

    synth_values (tensor->name, &tensor->shape, first, n, values);
    tpo_numbers_write (type, values, n, bytes);
    fwrite (bytes, tpo_type_block_size (type), n, zip->file);
  }
}

gboolean
torch_file_write (const char *path, const char *wrapper, TpoType type, const TpoModelSpec *spec,
                  char *(*rename) (const char *name), GError **error)
{
  PickleBuilder builder = { 0 };
  ZipWriter zip = { .file = g_fopen (path, "wbe") };
  g_autoptr (GByteArray) pickle = NULL;
  g_autoptr (GPtrArray) tensors = g_ptr_array_new ();
  gboolean has_failed = zip.file == NULL;

  pickle_begin (&builder, wrapper);
  for (guint i = 0; i < tpo_model_spec_get_n (spec); i++) {
    const TpoTensorSpec *tensor = tpo_model_spec_get (spec, i);
    g_autofree char *name = rename (tensor->name);

    if (name == NULL)
      continue;
    pickle_tensor (&builder, name, type, &tensor->shape);
    g_ptr_array_add (tensors, (gpointer) tensor);
  }
  pickle = pickle_end (&builder);
  if (!has_failed) {
    zip_start (&zip, "archive/data.pkl", pickle->len);
    fwrite (pickle->data, 1, pickle->len, zip.file);
    for (guint i = 0; i < tensors->len; i++)
      write_storage (&zip, i, g_ptr_array_index (tensors, i), type);
    zip_end (&zip);
    has_failed = ferror (zip.file);
    has_failed = fclose (zip.file) != 0 || has_failed;
  }
  if (has_failed)
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, "cannot write %s", path);
  return !has_failed;
}

static char *
keep (const char *name)
{
  return strcmp (name, "temp") != 0 ? g_strdup (name) : NULL;
}

static char *
keep_difference (const char *name)
{
  return strstr (name, "clip_projector") != NULL || strcmp (name, "temp") == 0 ? g_strdup (name)
                                                                               : NULL;
}

static char *
text_name (const char *name)
{
  g_autoptr (GString) text = g_string_new (name + strlen ("text_encoder."));

  g_string_replace (text, ".base_layer", "", 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
mask_name (const char *name)
{
  return g_strdup (name + strlen ("sam."));
}

static gboolean
write_sam (const char *folder, GError **error)
{
  for (guint i = 0; i < 2 * SAM_N_SIZES; i++) {
    g_autoptr (TpoMetadata) metadata = sam_settings (&sam_sizes[i / 2], i % 2);
    g_autoptr (TpoModelSpec) spec =
        tpo_model_spec_new (metadata, 1u << TPO_COMPONENT_MASK, error);
    g_autofree char *path = g_strdup_printf ("%s/sam2%s_hiera_%s.pt", folder, i % 2 ? ".1" : "",
                                             sam_sizes[i / 2].name);

    if (spec == NULL || !torch_file_write (path, "model", TPO_F32, spec, mask_name, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
torch_files_write (const char *folder, GError **error)
{
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
  g_autoptr (TpoModelSpec) vision = NULL, text = NULL;
  g_autofree char *stage2 =
      g_build_filename (folder, "InternVideo2-stage2_1b-224p-f4.pt", NULL);
  g_autofree char *difference = g_build_filename (folder, "1B_clip.pth", NULL);
  g_autofree char *text_path = g_build_filename (folder, "internvl_c_13b_224px.pth", NULL);

  tpo_model_config_published (TPO_COMPONENT_CLIP_VISION, metadata);
  tpo_model_config_published (TPO_COMPONENT_CLIP_TEXT, metadata);
  vision = tpo_model_spec_new (metadata, 1u << TPO_COMPONENT_CLIP_VISION, error);
  text = tpo_model_spec_new (metadata, 1u << TPO_COMPONENT_CLIP_TEXT, error);
  return vision != NULL && text != NULL &&
         torch_file_write (stage2, "module", TPO_BF16, vision, keep, error) &&
         torch_file_write (difference, NULL, TPO_F32, vision, keep_difference, error) &&
         torch_file_write (text_path, NULL, TPO_F16, text, text_name, error) &&
         write_sam (folder, error);
}
