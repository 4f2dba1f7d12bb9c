#include "config.h"

#include "document/label-template.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include <tpo/error.h>

#include "files/tpo-data-files.h"
#include "store/tpo-store-labels.h"

#define FOLDER "label-templates"

enum {
  MAX_BYTES = 1024 * 1024,
  MAX_LABELS = 1000,
  MAX_ATTRIBUTES = 100,
  MAX_NAME = 200
};

static const char DEFAULT_COLOR[] = "#5e5c64";

/* Those that ship, with the names in them for translators. */
static const struct {
  const char *file, *name;
} shipped[] = {
  { "actions.json", N_ ("Actions and Events") },
  { "objects.json", N_ ("People, Animals, Vehicles") },
  { "road.json", N_ ("Road Traffic") },
};

void
tpo_label_template_free (TpoLabelTemplate *self)
{
  g_free (self->name);
  g_free (self->path);
  g_free (self);
}

/* ---- reading ---- */

/* What is read and where it comes from; @error is the first thing wrong. */
typedef struct {
  char *file;
  GError *error;
} Reading;

static gboolean
fail (Reading *self, const char *where, const char *problem)
{
  if (self->error == NULL)
    self->error = g_error_new (TPO_ERROR, TPO_ERROR_FORMAT, _ ("“%s”, “%s”: %s"), self->file,
                               where, problem);
  return FALSE;
}

/* Returns: the text, @fallback where there is none, or %NULL with an error */
static const char *
get_text (Reading *self, JsonObject *object, const char *member, const char *fallback)
{
  JsonNode *node = json_object_get_member (object, member);
  const char *text;

  if (node == NULL && fallback != NULL)
    return fallback;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING) {
    fail (self, member, _ ("a text is expected here"));
    return NULL;
  }
  text = json_node_get_string (node);
  if (strlen (text) > MAX_NAME) {
    fail (self, member, _ ("the text is too long"));
    return NULL;
  }
  return text;
}

/* Returns: the objects of a list, none where there is no list. (transfer container) */
static GList *
get_objects (Reading *self, JsonObject *object, const char *member, guint max)
{
  JsonNode *node = json_object_get_member (object, member);
  GList *nodes;

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) > max) {
    fail (self, member, _ ("a list of a sensible length is expected here"));
    return NULL;
  }
  nodes = json_array_get_elements (json_node_get_array (node));
  for (GList *l = nodes; l != NULL; l = l->next)
    if (!JSON_NODE_HOLDS_OBJECT (l->data)) {
      fail (self, member, _ ("a list of objects is expected here"));
      g_clear_list (&nodes, NULL);
      break;
    }
  return nodes;
}

static gboolean
get_type (Reading *self, JsonObject *object, TpoAttributeType *type)
{
  const char *name = get_text (self, object, "type", NULL);

  for (guint i = 0; name != NULL && i < TPO_ATTRIBUTE_TYPE_COUNT; i++)
    if (g_str_equal (name, tpo_attribute_type_name ((TpoAttributeType) i))) {
      *type = (TpoAttributeType) i;
      return TRUE;
    }
  return fail (self, "type", _ ("choice, number, text or flag is expected here"));
}

/* Returns: (transfer full): or %NULL with an error */
static GStrv
get_choices (Reading *self, JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "choices");
  g_autoptr (GStrvBuilder) choices = g_strv_builder_new ();
  JsonArray *list;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node)) {
    fail (self, "choices", _ ("a list of texts is expected here"));
    return NULL;
  }
  list = json_node_get_array (node);
  for (guint i = 0; i < MIN (json_array_get_length (list), MAX_ATTRIBUTES); i++) {
    JsonNode *choice = json_array_get_element (list, i);

    if (!JSON_NODE_HOLDS_VALUE (choice) || json_node_get_value_type (choice) != G_TYPE_STRING) {
      fail (self, "choices", _ ("a list of texts is expected here"));
      return NULL;
    }
    g_strv_builder_add (choices, json_node_get_string (choice));
  }
  return g_strv_builder_end (choices);
}

/* Returns: (transfer full): the file's object, or %NULL */
static JsonObject *
read_file (Reading *self, const char *path, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autofree char *text = NULL;
  JsonNode *root;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  if (length > MAX_BYTES || !g_utf8_validate (text, (gssize) length, NULL)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("“%s” is no template of labels."),
                 self->file);
    return NULL;
  }
  if (!json_parser_load_from_data (parser, text, (gssize) length, error)) {
    g_prefix_error (error, "“%s”: ", self->file);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root) ||
      !json_object_has_member (json_node_get_object (root), "labels")) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, _ ("“%s” is no template of labels."),
                 self->file);
    return NULL;
  }
  return json_object_ref (json_node_get_object (root));
}

/* ---- applying ---- */

static gboolean
add_attributes (Reading *self, TpoStore *store, gint64 label_id, JsonObject *label)
{
  g_autoptr (GList) objects = get_objects (self, label, "attributes", MAX_ATTRIBUTES);

  for (GList *l = objects; l != NULL && self->error == NULL; l = l->next) {
    JsonObject *object = json_node_get_object (l->data);
    g_auto (GStrv) choices = NULL;
    TpoAttributeRecord attribute = { .label_id = label_id };

    attribute.name = (char *) get_text (self, object, "name", NULL);
    if (attribute.name == NULL || !get_type (self, object, &attribute.type))
      return FALSE;
    if (attribute.type == TPO_ATTRIBUTE_CHOICE)
      attribute.choices = choices = get_choices (self, object);
    if (self->error == NULL)
      tpo_store_add_attribute (store, &attribute, NULL, &self->error);
  }
  return self->error == NULL;
}

static gboolean
is_key_free (GPtrArray *labels, const char *key)
{
  for (guint i = 0; i < labels->len; i++)
    if (g_strcmp0 (((const TpoLabelRecord *) labels->pdata[i])->key, key) == 0)
      return FALSE;
  return TRUE;
}

static gboolean
add_label (Reading *self, TpoStore *store, JsonObject *object)
{
  const char *name = get_text (self, object, "name", NULL);
  const char *color = get_text (self, object, "color", DEFAULT_COLOR);
  const char *key = get_text (self, object, "key", "");
  g_autoptr (GPtrArray) labels = NULL;
  gboolean has_key;
  gint64 id;

  if (self->error != NULL)
    return FALSE;
  labels = tpo_store_list_labels (store, &self->error);
  if (labels == NULL)
    return FALSE;
  has_key = strlen (key) == 1 && g_ascii_isdigit (key[0]) && is_key_free (labels, key);
  id = tpo_store_add_label (store, name, color, has_key ? key : NULL, NULL, &self->error);
  return id != 0 && add_attributes (self, store, id, object);
}

gboolean
tpo_label_template_apply (const char *path, TpoStore *store, GError **error)
{
  const TpoEdit step = { .name = N_ ("Use a Label Template") };
  g_autofree char *file = NULL;
  g_autoptr (JsonObject) root = NULL;
  g_autoptr (GList) objects = NULL;
  Reading reading = { 0 };

  g_return_val_if_fail (path != NULL && store != NULL, FALSE);

  reading.file = file = g_path_get_basename (path);
  root = read_file (&reading, path, error);
  if (root == NULL || !tpo_store_begin_group (store, &step, error))
    return FALSE;
  objects = get_objects (&reading, root, "labels", MAX_LABELS);
  for (GList *l = objects; l != NULL && reading.error == NULL; l = l->next)
    add_label (&reading, store, json_node_get_object (l->data));
  if (reading.error == NULL)
    return tpo_store_end_group (store, error);
  tpo_store_cancel_group (store);
  g_propagate_error (error, reading.error);
  return FALSE;
}

/* ---- writing ---- */

static void
set_text (JsonBuilder *json, const char *member, const char *text)
{
  json_builder_set_member_name (json, member);
  json_builder_add_string_value (json, text);
}

static void
write_attribute (JsonBuilder *json, const TpoAttributeRecord *attribute)
{
  json_builder_begin_object (json);
  set_text (json, "name", attribute->name);
  set_text (json, "type", tpo_attribute_type_name (attribute->type));
  if (attribute->choices != NULL) {
    json_builder_set_member_name (json, "choices");
    json_builder_begin_array (json);
    for (char **choice = attribute->choices; *choice != NULL; choice++)
      json_builder_add_string_value (json, *choice);
    json_builder_end_array (json);
  }
  json_builder_end_object (json);
}

static gboolean
write_label (JsonBuilder *json, TpoStore *store, const TpoLabelRecord *label, GError **error)
{
  g_autoptr (GPtrArray) attributes = tpo_store_list_attributes (store, label->id, error);

  if (attributes == NULL)
    return FALSE;
  json_builder_begin_object (json);
  set_text (json, "name", label->name);
  set_text (json, "color", label->color);
  if (label->key != NULL)
    set_text (json, "key", label->key);
  json_builder_set_member_name (json, "attributes");
  json_builder_begin_array (json);
  for (guint i = 0; i < attributes->len; i++)
    write_attribute (json, attributes->pdata[i]);
  json_builder_end_array (json);
  json_builder_end_object (json);
  return TRUE;
}

/* Returns: (transfer full): or %NULL */
static char *
write_text (TpoStore *store, const char *name, GError **error)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (GPtrArray) labels = tpo_store_list_labels (store, error);
  g_autoptr (JsonNode) root = NULL;

  if (labels == NULL)
    return NULL;
  json_builder_begin_object (json);
  set_text (json, "name", name);
  json_builder_set_member_name (json, "labels");
  json_builder_begin_array (json);
  for (guint i = 0; i < labels->len; i++)
    if (!write_label (json, store, labels->pdata[i], error))
      return NULL;
  json_builder_end_array (json);
  json_builder_end_object (json);
  root = json_builder_get_root (json);
  return json_to_string (root, TRUE);
}

static char *
own_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "tpo-studio", FOLDER, NULL);
}

/* Letters that file systems and shells take; names that differ in others differ in a checksum. */
static char *
own_path (const char *name)
{
  g_autofree char *folder = own_folder ();
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
  g_autofree char *stem =
      g_strcanon (g_strndup (name, 40), G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS, '-');
  g_autofree char *file = g_strdup_printf ("%s-%.8s.json", stem, sum);

  return g_build_filename (folder, file, NULL);
}

gboolean
tpo_label_template_save (TpoStore *store, const char *name, GError **error)
{
  g_autofree char *stripped = NULL;
  g_autofree char *folder = own_folder ();
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (store != NULL && name != NULL, FALSE);

  stripped = g_strstrip (g_strdup (name));
  if (stripped[0] == '\0' || strlen (stripped) > MAX_NAME) {
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_INVALID,
                         _ ("A template needs a name of moderate length."));
    return FALSE;
  }
  text = write_text (store, stripped, error);
  if (text == NULL)
    return FALSE;
  if (g_mkdir_with_parents (folder, 0755) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                 _ ("The folder “%s” cannot be created: %s."), folder, g_strerror (errno));
    return FALSE;
  }
  path = own_path (stripped);
  return g_file_set_contents (path, text, -1, error);
}

/* ---- listing ---- */

/* @shipped_name: (nullable): of one that ships */
static void
list_file (GPtrArray *list, const char *path, const char *shipped_name)
{
  g_autofree char *file = g_path_get_basename (path);
  Reading reading = { .file = file };
  g_autoptr (JsonObject) root = read_file (&reading, path, NULL); /* none: left out */
  const char *name = root != NULL ? get_text (&reading, root, "name", file) : NULL;
  TpoLabelTemplate *template;

  g_clear_error (&reading.error);
  if (name == NULL)
    return;
  template = g_new0 (TpoLabelTemplate, 1);
  template->name = g_strdup (shipped_name != NULL ? _ (shipped_name) : name);
  template->path = g_strdup (path);
  template->is_own = shipped_name == NULL;
  g_ptr_array_add (list, template);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const TpoLabelTemplate *x = *(TpoLabelTemplate *const *) a;
  const TpoLabelTemplate *y = *(TpoLabelTemplate *const *) b;

  return x->is_own != y->is_own ? x->is_own - y->is_own : g_utf8_collate (x->name, y->name);
}

GPtrArray *
tpo_label_template_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_label_template_free);
  g_autofree char *folder = own_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL); /* none: nothing saved yet */

  for (gsize i = 0; i < G_N_ELEMENTS (shipped); i++) {
    g_autofree char *name = g_build_filename (FOLDER, shipped[i].file, NULL);
    g_autofree char *path = tpo_data_file (name);

    if (path != NULL)
      list_file (list, path, shipped[i].name);
  }
  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL;
       name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    list_file (list, path, NULL);
  }
  g_ptr_array_sort (list, compare);
  return list;
}

gboolean
tpo_label_template_remove (const TpoLabelTemplate *self, GError **error)
{
  g_autoptr (GFile) file = NULL;

  g_return_val_if_fail (self != NULL && self->is_own, FALSE);

  file = g_file_new_for_path (self->path);
  return g_file_delete (file, NULL, error);
}
