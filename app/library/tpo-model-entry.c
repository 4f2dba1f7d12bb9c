#include "config.h"

#include "library/tpo-model-entry.h"

struct _TpoModelEntry {
  GObject parent_instance;

  TpoModelFile *file;
  char *name;
  gboolean is_removable;
};

G_DEFINE_FINAL_TYPE (TpoModelEntry, tpo_model_entry, G_TYPE_OBJECT)

static void
tpo_model_entry_finalize (GObject *object)
{
  TpoModelEntry *self = TPO_MODEL_ENTRY (object);

  g_clear_pointer (&self->file, tpo_model_file_free);
  g_free (self->name);
  G_OBJECT_CLASS (tpo_model_entry_parent_class)->finalize (object);
}

static void
tpo_model_entry_class_init (TpoModelEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_model_entry_finalize;
}

static void
tpo_model_entry_init (TpoModelEntry *self)
{
}

TpoModelEntry *
tpo_model_entry_new (TpoModelFile *file, gboolean is_removable)
{
  TpoModelEntry *self;

  g_return_val_if_fail (file != NULL, NULL);

  self = g_object_new (TPO_TYPE_MODEL_ENTRY, NULL);
  self->file = file;
  self->name =
      file->name != NULL ? g_strdup (file->name) : g_filename_display_basename (file->path);
  self->is_removable = is_removable;
  return self;
}

const TpoModelFile *
tpo_model_entry_get_file (TpoModelEntry *self)
{
  g_return_val_if_fail (TPO_IS_MODEL_ENTRY (self), NULL);

  return self->file;
}

const char *
tpo_model_entry_get_name (TpoModelEntry *self)
{
  g_return_val_if_fail (TPO_IS_MODEL_ENTRY (self), NULL);

  return self->name;
}

const char *
tpo_model_entry_get_path (TpoModelEntry *self)
{
  g_return_val_if_fail (TPO_IS_MODEL_ENTRY (self), NULL);

  return self->file->path;
}

gboolean
tpo_model_entry_is_removable (TpoModelEntry *self)
{
  g_return_val_if_fail (TPO_IS_MODEL_ENTRY (self), FALSE);

  return self->is_removable;
}
