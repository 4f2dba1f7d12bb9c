#include "config.h"

#include "library/tpo-library.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "library/tpo-library-private.h"

G_DEFINE_FINAL_TYPE (TpoLibrary, tpo_library, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_CURRENT,
  PROP_OPENING,
  PROP_IS_IMPORTING,
  PROP_IMPORT_STEP,
  PROP_IMPORT_PROGRESS,
  N_PROPS,
};

enum {
  PROBLEM,
  IMPORTED,
  DOWNLOADED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
notify (TpoLibrary *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
tpo_library_report (TpoLibrary *self, const char *heading, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[PROBLEM], 0, heading, error->message);
}

/* ---- the list ----------------------------------------------------------------------------------- */

static TpoModelEntry *
find (TpoLibrary *self, const char *path)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->models));

  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoModelEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->models), i);

    if (g_strcmp0 (tpo_model_entry_get_path (entry), path) == 0)
      return entry; /* the list keeps it */
  }
  return NULL;
}

static int
by_name (gconstpointer a, gconstpointer b, gpointer user_data)
{
  TpoModelEntry *left = (TpoModelEntry *) a, *right = (TpoModelEntry *) b;
  const TpoLibrary *self = user_data;
  gboolean is_first = g_strcmp0 (tpo_model_entry_get_path (left), self->bundled) == 0;
  gboolean is_second = g_strcmp0 (tpo_model_entry_get_path (right), self->bundled) == 0;
  int order = is_second - is_first;

  if (order == 0)
    order = g_utf8_collate (tpo_model_entry_get_name (left), tpo_model_entry_get_name (right));
  return order != 0
             ? order
             : g_strcmp0 (tpo_model_entry_get_path (left), tpo_model_entry_get_path (right));
}

static void
update_current (TpoLibrary *self)
{
  g_autofree char *path = NULL;

  g_object_get (self->engine, "model-path", &path, NULL);
  if (g_set_object (&self->current, find (self, path)))
    notify (self, PROP_CURRENT);
}

static gboolean
is_ours (TpoLibrary *self, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return g_strcmp0 (folder, self->folder) == 0;
}

TpoModelEntry *
tpo_library_add (TpoLibrary *self, TpoModelFile *file)
{
  g_autoptr (TpoModelEntry) entry = tpo_model_entry_new (file, is_ours (self, file->path));

  g_list_store_insert_sorted (self->models, entry, by_name, self);
  update_current (self);
  return entry; /* the list keeps it */
}

GStrv
tpo_library_list_hashes (TpoLibrary *self)
{
  g_autoptr (GStrvBuilder) hashes = g_strv_builder_new ();
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->models));

  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoModelEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->models), i);

    if (tpo_model_entry_get_file (entry)->hash != NULL)
      g_strv_builder_add (hashes, tpo_model_entry_get_file (entry)->hash);
  }
  return g_strv_builder_end (hashes);
}

/* What the folder holds. */
typedef struct {
  GPtrArray *files;     /* TpoModelFile */
  GPtrArray *downloads; /* TpoDownload */
} Found;

static void
found_free (Found *self)
{
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->downloads);
  g_free (self);
}

/* An import that ended with the program; what is downloaded has a note beside it, and goes on. */
static void
remove_leftover (const char *part)
{
  g_autofree char *note = g_strconcat (part, ".info", NULL);

  if (!g_file_test (note, G_FILE_TEST_EXISTS))
    g_unlink (part);
}

/* Paths of what may be models. */
static GHashTable *
list_paths (const char *folder)
{
  GHashTable *paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL); /* none: nothing imported yet */
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_str_has_suffix (name, ".gguf"))
      g_hash_table_add (paths, g_steal_pointer (&path));
    else if (g_str_has_suffix (name, ".gguf.part"))
      remove_leftover (path);
  }
  return paths;
}

/* The folder's files, the bundled model and the one given on the command line. */
static void
run_scan (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TpoLibrary *self = source;
  g_autoptr (GHashTable) paths = list_paths (self->folder);
  Found *found = g_new (Found, 1);
  GHashTableIter iter;
  gpointer path;

  *found = (Found){ g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_model_file_free),
                    tpo_download_list (self->folder) };
  if (self->bundled != NULL)
    g_hash_table_add (paths, g_strdup (self->bundled));
  if (data != NULL)
    g_hash_table_add (paths, g_strdup (data));
  g_hash_table_iter_init (&iter, paths);
  while (g_hash_table_iter_next (&iter, &path, NULL)) {
    TpoModelFile *file = tpo_model_file_load (path, NULL); /* not a model: not in the list */

    if (file != NULL)
      g_ptr_array_add (found->files, file);
  }
  g_task_return_pointer (task, found, (GDestroyNotify) found_free);
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoLibrary *self = TPO_LIBRARY (source);
  Found *found = g_task_propagate_pointer (G_TASK (result), NULL); /* never fails */

  g_ptr_array_set_free_func (found->files, NULL); /* taken over */
  for (guint i = 0; i < found->files->len; i++)
    tpo_library_add (self, g_ptr_array_index (found->files, i));
  for (guint i = 0; i < found->downloads->len; i++)
    tpo_library_add_download (self, g_ptr_array_index (found->downloads, i));
  found_free (found);
}

static void
scan (TpoLibrary *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_scanned, NULL);
  char *path;

  g_object_get (self->engine, "model-path", &path, NULL);
  g_task_set_task_data (task, path, g_free);
  g_task_run_in_thread (task, run_scan);
}

/* ---- switching ------------------------------------------------------------------------------------ */

static void
set_opening (TpoLibrary *self, TpoModelEntry *entry)
{
  if (g_set_object (&self->opening, entry))
    notify (self, PROP_OPENING);
}

static void
on_switched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoLibrary) self = user_data;
  gboolean is_latest = g_task_get_cancellable (G_TASK (result)) == self->switching;
  g_autoptr (GError) error = NULL;
  gboolean ok = tpo_engine_finish (TPO_ENGINE (source), result, &error);

  if (is_latest) {
    g_clear_object (&self->switching);
    set_opening (self, NULL);
  }
  if (!ok)
    tpo_library_report (self, _ ("The Model Cannot Be Used"), error);
}

void
tpo_library_use (TpoLibrary *self, TpoModelEntry *entry)
{
  g_return_if_fail (TPO_IS_LIBRARY (self) && TPO_IS_MODEL_ENTRY (entry));

  if (entry == self->opening || (entry == self->current && self->opening == NULL))
    return;
  if (self->switching != NULL)
    g_cancellable_cancel (self->switching);
  g_clear_object (&self->switching);
  self->switching = g_cancellable_new ();
  set_opening (self, entry);
  tpo_engine_switch_async (self->engine, tpo_model_entry_get_path (entry), NULL, NULL,
                           self->switching, on_switched, g_object_ref (self));
}

/* ---- removing -------------------------------------------------------------------------------------- */

void
tpo_library_remove (TpoLibrary *self, TpoModelEntry *entry)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  guint position;

  g_return_if_fail (TPO_IS_LIBRARY (self) && TPO_IS_MODEL_ENTRY (entry));
  g_return_if_fail (tpo_model_entry_is_removable (entry));

  if (entry == self->current || entry == self->opening)
    return;
  file = g_file_new_for_path (tpo_model_entry_get_path (entry));
  if (!g_file_delete (file, NULL, &error))
    tpo_library_report (self, _ ("The Model Cannot Be Removed"), error);
  else if (g_list_store_find (self->models, entry, &position))
    g_list_store_remove (self->models, position);
}

/* ---- object ---------------------------------------------------------------------------------------- */

static void
tpo_library_dispose (GObject *object)
{
  TpoLibrary *self = TPO_LIBRARY (object);

  g_clear_object (&self->switching);
  g_clear_object (&self->importing);
  g_clear_object (&self->current);
  g_clear_object (&self->opening);
  g_clear_object (&self->models);
  g_clear_object (&self->downloads);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (tpo_library_parent_class)->dispose (object);
}

static void
tpo_library_finalize (GObject *object)
{
  TpoLibrary *self = TPO_LIBRARY (object);

  g_free (self->folder);
  g_free (self->bundled);
  g_free (self->import_step);
  G_OBJECT_CLASS (tpo_library_parent_class)->finalize (object);
}

static void
tpo_library_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TpoLibrary *self = TPO_LIBRARY (object);

  switch (id) {
  case PROP_CURRENT:
    g_value_set_object (value, self->current);
    break;
  case PROP_OPENING:
    g_value_set_object (value, self->opening);
    break;
  case PROP_IS_IMPORTING:
    g_value_set_boolean (value, self->importing != NULL);
    break;
  case PROP_IMPORT_STEP:
    g_value_set_string (value, self->import_step);
    break;
  case PROP_IMPORT_PROGRESS:
    g_value_set_double (value, self->import_progress);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_library_class_init (TpoLibraryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = tpo_library_dispose;
  object_class->finalize = tpo_library_finalize;
  object_class->get_property = tpo_library_get_property;
  properties[PROP_CURRENT] =
      g_param_spec_object ("current", NULL, NULL, TPO_TYPE_MODEL_ENTRY, flags);
  properties[PROP_OPENING] =
      g_param_spec_object ("opening", NULL, NULL, TPO_TYPE_MODEL_ENTRY, flags);
  properties[PROP_IS_IMPORTING] =
      g_param_spec_boolean ("is-importing", NULL, NULL, FALSE, flags);
  properties[PROP_IMPORT_STEP] = g_param_spec_string ("import-step", NULL, NULL, NULL, flags);
  properties[PROP_IMPORT_PROGRESS] =
      g_param_spec_double ("import-progress", NULL, NULL, 0.0, 1.0, 0.0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[PROBLEM] = g_signal_new ("problem", TPO_TYPE_LIBRARY, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[IMPORTED] = g_signal_new ("imported", TPO_TYPE_LIBRARY, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, TPO_TYPE_MODEL_ENTRY);
  signals[DOWNLOADED] = g_signal_new ("downloaded", TPO_TYPE_LIBRARY, G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, TPO_TYPE_MODEL_ENTRY);
}

static void
tpo_library_init (TpoLibrary *self)
{
  self->models = g_list_store_new (TPO_TYPE_MODEL_ENTRY);
  self->downloads = g_list_store_new (TPO_TYPE_DOWNLOAD);
}

TpoLibrary *
tpo_library_new (TpoEngine *engine, const char *folder, const char *bundled)
{
  TpoLibrary *self;

  g_return_val_if_fail (TPO_IS_ENGINE (engine) && folder != NULL, NULL);

  self = g_object_new (TPO_TYPE_LIBRARY, NULL);
  self->engine = g_object_ref (engine);
  self->folder = g_strdup (folder);
  self->bundled = g_strdup (bundled);
  g_signal_connect_object (engine, "notify::model-path", G_CALLBACK (update_current), self,
                           G_CONNECT_SWAPPED);
  scan (self);
  return self;
}

GListModel *
tpo_library_get_models (TpoLibrary *self)
{
  g_return_val_if_fail (TPO_IS_LIBRARY (self), NULL);

  return G_LIST_MODEL (self->models);
}

const char *
tpo_library_get_folder (TpoLibrary *self)
{
  g_return_val_if_fail (TPO_IS_LIBRARY (self), NULL);

  return self->folder;
}

TpoModelEntry *
tpo_library_get_current (TpoLibrary *self)
{
  g_return_val_if_fail (TPO_IS_LIBRARY (self), NULL);

  return self->current;
}

TpoModelEntry *
tpo_library_get_opening (TpoLibrary *self)
{
  g_return_val_if_fail (TPO_IS_LIBRARY (self), NULL);

  return self->opening;
}

TpoEngine *
tpo_library_get_engine (TpoLibrary *self)
{
  g_return_val_if_fail (TPO_IS_LIBRARY (self), NULL);

  return self->engine;
}

TpoFit
tpo_library_get_fit (TpoLibrary *self, const TpoModelFile *file)
{
  guint64 device;

  g_return_val_if_fail (TPO_IS_LIBRARY (self) && file != NULL, TPO_FIT_UNKNOWN);

  g_object_get (self->engine, "device-memory", &device, NULL);
  if (device == 0 || file->memory_size == 0)
    return TPO_FIT_UNKNOWN;
  if (file->memory_size <= device)
    return TPO_FIT_WHOLE;
  return file->least_memory_size <= device ? TPO_FIT_IN_TURN : TPO_FIT_NOT;
}
