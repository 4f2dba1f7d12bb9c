#include "config.h"

#include "preferences/model-words.h"

#include <glib/gi18n.h>

static char *
describe_size (const TpoModelFile *file)
{
  g_autofree char *size = g_format_size (file->file_size);

  if (file->n_parameters >= 1000000000)
    /* Translators: of a model: billions of parameters, then the file's size: "8.1 billion
     * parameters, 15.2 GB" */
    return g_strdup_printf (_ ("%1$.1f billion parameters, %2$s"),
                            (double) file->n_parameters / 1e9, size);
  /* Translators: of a model: millions of parameters, then the file's size: "7.1 million parameters,
   * 13.7 MB" */
  return g_strdup_printf (_ ("%1$.1f million parameters, %2$s"),
                          (double) file->n_parameters / 1e6, size);
}

static char *
describe_heads (const TpoModelFile *file)
{
  g_autoptr (GPtrArray) heads = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  if (file->has_temporal)
    g_ptr_array_add (heads, _ ("moments"));
  if (file->has_region)
    g_ptr_array_add (heads, _ ("boxes"));
  if (file->has_mask)
    g_ptr_array_add (heads, _ ("masks"));
  g_ptr_array_add (heads, NULL);
  joined = g_strjoinv (_ (", "), (char **) heads->pdata);
  if (heads->len == 1)
    return g_strdup (_ ("Answers in words only"));
  /* Translators: what a model's answers bring besides words: "Finds moments, boxes, masks" */
  return g_strdup_printf (_ ("Finds %s"), joined);
}

static char *
describe_fit (TpoLibrary *library, const TpoModelFile *file)
{
  g_autofree char *needed = g_format_size (file->memory_size);
  g_autofree char *least = g_format_size (file->least_memory_size);
  g_autofree char *device = NULL;
  guint64 memory;

  g_object_get (tpo_library_get_engine (library), "device-memory", &memory, NULL);
  device = g_format_size (memory);
  switch (tpo_library_get_fit (library, file)) {
  case TPO_FIT_NOT:
    /* Translators: both are sizes: "Does not fit this device: needs about 16 GB of 8 GB" */
    return g_strdup_printf (_ ("Does not fit this device: needs about %1$s of %2$s"), least,
                            device);
  case TPO_FIT_IN_TURN:
    /* Translators: all are sizes; a model can find moments, boxes and masks at a time or one after
     * the other */
    return g_strdup_printf (
        _ ("Fits this device tightly: needs about %1$s of %2$s, %3$s for everything at once"),
        least, device, needed);
  case TPO_FIT_WHOLE:
    /* Translators: both are sizes: "Fits this device: needs about 5 GB of 8 GB" */
    return g_strdup_printf (_ ("Fits this device: needs about %1$s of %2$s"), needed, device);
  case TPO_FIT_UNKNOWN:
  case TPO_FIT_COUNT:
    break;
  }
  /* Translators: %s is a size */
  return g_strdup_printf (_ ("Needs about %s of device memory"), needed);
}

char *
tpo_model_words (TpoLibrary *library, const TpoModelFile *file)
{
  g_autofree char *size = describe_size (file);
  g_autofree char *heads = NULL, *fit = NULL;
  const char *version;

  if (file->problem != NULL)
    return g_strdup_printf ("%s\n%s", size, file->problem);
  heads = describe_heads (file);
  fit = describe_fit (library, file);
  version = file->version != NULL ? file->version : file->hash;
  if (version == NULL)
    return g_strdup_printf ("%s\n%s\n%s", size, heads, fit);
  /* Translators: size of a model, its version, what it finds, whether it fits */
  return g_strdup_printf (_ ("%1$s · version %2$s\n%3$s\n%4$s"), size, version, heads, fit);
}
