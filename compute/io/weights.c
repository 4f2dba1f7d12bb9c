#include "io/weights.h"

#include <sys/mman.h>
#include <unistd.h>

#include <tpo/error.h>

struct _TpoWeights {
  gatomicrefcount ref_count;
  char *path;
  TpoMetadata *metadata;
  GPtrArray *mappings; /* of GBytes */
  GPtrArray *tensors;  /* of TpoWeight */
  GHashTable *index;   /* name → TpoWeight */
  GStringChunk *names;
};

TpoWeights *
tpo_weights_new (const char *path)
{
  TpoWeights *self = g_new0 (TpoWeights, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->path = g_strdup (path);
  self->metadata = tpo_metadata_new ();
  self->mappings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->tensors = g_ptr_array_new_with_free_func (g_free);
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  self->names = g_string_chunk_new (16384);
  return self;
}

TpoWeights *
tpo_weights_ref (TpoWeights *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tpo_weights_unref (TpoWeights *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->index);
  g_ptr_array_unref (self->tensors);
  g_ptr_array_unref (self->mappings);
  g_string_chunk_free (self->names);
  tpo_metadata_unref (self->metadata);
  g_free (self->path);
  g_free (self);
}

void
tpo_weights_hold (TpoWeights *self, GBytes *mapping)
{
  g_ptr_array_add (self->mappings, g_bytes_ref (mapping));
}

void
tpo_weights_hold_all (TpoWeights *self, const TpoWeights *other)
{
  for (guint i = 0; i < other->mappings->len; i++)
    tpo_weights_hold (self, g_ptr_array_index (other->mappings, i));
}

void
tpo_weights_remove (TpoWeights *self, const char *name)
{
  TpoWeight *weight = g_hash_table_lookup (self->index, name);

  g_return_if_fail (weight != NULL);
  g_hash_table_remove (self->index, name);
  g_ptr_array_remove (self->tensors, weight);
}

TpoMetadata *
tpo_weights_edit_metadata (TpoWeights *self)
{
  return self->metadata;
}

static gboolean
enter (TpoWeights *self, TpoWeight *weight, GError **error)
{
  if (g_hash_table_insert (self->index, (char *) weight->name, weight))
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: the tensor %s is listed twice",
               self->path, weight->name);
  return FALSE;
}

gboolean
tpo_weights_add (TpoWeights *self, const TpoWeight *weight, GError **error)
{
  TpoWeight *own = g_memdup2 (weight, sizeof *weight);

  own->name = g_string_chunk_insert (self->names, weight->name);
  g_ptr_array_add (self->tensors, own);
  return enter (self, own, error);
}

gboolean
tpo_weights_rename (TpoWeights *self, char *(*new_name) (const char *name), GError **error)
{
  g_hash_table_remove_all (self->index);
  for (guint i = 0; i < self->tensors->len; i++) {
    TpoWeight *weight = g_ptr_array_index (self->tensors, i);
    g_autofree char *name = new_name (weight->name);

    if (name != NULL)
      weight->name = g_string_chunk_insert (self->names, name);
    if (!enter (self, weight, error))
      return FALSE;
  }
  return TRUE;
}

const char *
tpo_weights_get_path (const TpoWeights *self)
{
  return self->path;
}

const TpoMetadata *
tpo_weights_get_metadata (const TpoWeights *self)
{
  return self->metadata;
}

guint
tpo_weights_get_n (const TpoWeights *self)
{
  return self->tensors->len;
}

const TpoWeight *
tpo_weights_get (const TpoWeights *self, guint index)
{
  g_return_val_if_fail (index < self->tensors->len, NULL);
  return g_ptr_array_index (self->tensors, index);
}

const TpoWeight *
tpo_weights_find (const TpoWeights *self, const char *name)
{
  return g_hash_table_lookup (self->index, name);
}

const TpoWeight *
tpo_weights_require (const TpoWeights *self, const char *name, const TpoShape *shape,
                     GError **error)
{
  const TpoWeight *weight = tpo_weights_find (self, name);

  if (weight == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s has no tensor %s", self->path, name);
    return NULL;
  }
  if (shape != NULL && !tpo_shape_equal (&weight->shape, shape)) {
    g_autofree char *found = tpo_shape_to_string (&weight->shape);
    g_autofree char *expected = tpo_shape_to_string (shape);

    g_set_error (error, TPO_ERROR, TPO_ERROR_SHAPE,
                 "%s: the tensor %s has the shape %s, expected is %s", self->path, name, found,
                 expected);
    return NULL;
  }
  return weight;
}

void
tpo_weights_drop_pages (const TpoWeights *self, const TpoWeight *weight)
{
  guintptr page = (guintptr) sysconf (_SC_PAGESIZE);
  guintptr start = ((guintptr) weight->bytes + page - 1) / page * page;
  guintptr end = ((guintptr) weight->bytes + weight->size) / page * page;

  /* Whole pages only. The mapping is private and never written, so its pages come back from the
   * file; a failure changes nothing but the memory used. */
  if (end > start)
    madvise ((void *) start, end - start, MADV_DONTNEED);
}
