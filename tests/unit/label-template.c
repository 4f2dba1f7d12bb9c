/* Label templates: what ships, what a person saves, and what a stranger sends. */

#include "document/label-template.h"
#include "../store/fixture.h"

#include <tpo/error.h>

static char *
describe (TpoStore *store)
{
  g_autoptr (GPtrArray) labels = tpo_store_list_labels (store, NULL);
  GString *text = g_string_new (NULL);

  g_assert_nonnull (labels);
  for (guint i = 0; i < labels->len; i++) {
    const TpoLabelRecord *label = labels->pdata[i];
    g_autoptr (GPtrArray) attributes = tpo_store_list_attributes (store, label->id, NULL);

    g_string_append_printf (text, "%s %s %s\n", label->name, label->color, label->key);
    for (guint k = 0; k < attributes->len; k++) {
      const TpoAttributeRecord *attribute = attributes->pdata[k];
      g_autofree char *choices =
          attribute->choices != NULL ? g_strjoinv ("|", attribute->choices) : NULL;

      g_string_append_printf (text, "  %s %s %s\n", attribute->name,
                              tpo_attribute_type_name (attribute->type), choices);
    }
  }
  return g_string_free (text, FALSE);
}

static void
apply (TpoStore *store, const char *path)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done = tpo_label_template_apply (path, store, &error);

  g_assert_no_error (error);
  g_assert_true (is_done);
}

static void
test_shipped (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) templates = tpo_label_template_list ();
  g_autofree char *before = describe (self->store);
  g_autofree char *once = NULL;
  g_autofree char *twice = NULL;
  g_autofree char *after = NULL;
  g_autofree char *name = NULL;

  g_assert_cmpuint (templates->len, ==, 3);
  for (guint i = 0; i < templates->len; i++) {
    const TpoLabelTemplate *template = templates->pdata[i];

    g_assert_false (template->is_own);
    apply (self->store, template->path);
  }
  once = describe (self->store);
  g_assert_nonnull (
      strstr (once, "traffic light #e66100 7\n  state choice red|amber|green|off\n"));
  /* The first template took key 1. */
  g_assert_nonnull (strstr (once, "action #3584e4 1\n"));
  g_assert_nonnull (strstr (once, "person #3584e4 (null)\n"));
  apply (self->store, ((const TpoLabelTemplate *) templates->pdata[2])->path);
  twice = describe (self->store);
  g_assert_cmpstr (twice, ==, once);

  name = tpo_store_dup_undo_name (self->store);
  g_assert_cmpstr (name, ==, "Use a Label Template");
  for (guint i = 0; i < templates->len; i++)
    g_assert_true (tpo_store_undo (self->store, NULL));
  after = describe (self->store);
  g_assert_cmpstr (after, ==, before);
}

static void
test_own (Fixture *self, gconstpointer data)
{
  static const char NAME[] = "../Größe & “quotes”";
  const TpoLabelTemplate *own = NULL;
  g_autofree char *path = g_build_filename (self->folder, "other.tpo", NULL);
  g_autoptr (TpoStore) other = tpo_store_open (path, TPO_STORE_DEFAULT, NULL);
  g_autoptr (GPtrArray) templates = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  g_autofree char *mine = NULL;
  g_autofree char *theirs = NULL;
  g_autoptr (GError) error = NULL;

  templates = tpo_label_template_list ();
  apply (self->store, ((const TpoLabelTemplate *) templates->pdata[2])->path);
  g_assert_true (tpo_label_template_save (self->store, NAME, &error));
  g_assert_true (tpo_label_template_save (self->store, NAME, &error)); /* in its place */
  g_ptr_array_unref (templates);
  templates = tpo_label_template_list ();
  g_assert_cmpuint (templates->len, ==, 4);
  own = templates->pdata[3];
  g_assert_true (own->is_own);
  g_assert_cmpstr (own->name, ==, NAME);
  g_assert_true (g_str_has_prefix (own->path, g_get_user_data_dir ()));
  apply (other, own->path);
  mine = describe (self->store);
  theirs = describe (other);
  g_assert_cmpstr (theirs, ==, mine);

  g_assert_true (tpo_label_template_remove (own, &error));
  rest = tpo_label_template_list ();
  g_assert_cmpuint (rest->len, ==, 3);
  g_assert_false (tpo_label_template_save (self->store, " ", &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_INVALID);
}

static void
test_hostile (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = {
    "",
    "[]",
    "{",
    "{\"name\": \"x\"}",
    "{\"labels\": 7}",
    "{\"labels\": [7]}",
    "{\"labels\": [{}]}",
    "{\"labels\": [{\"name\": 7}]}",
    "{\"labels\": [{\"name\": \"\"}]}",
    "{\"labels\": [{\"name\": \"a\", \"color\": \"red\"}]}",
    "{\"labels\": [{\"name\": \"a\", \"key\": {}}]}",
    "{\"labels\": [{\"name\": \"a\", \"attributes\": {}}]}",
    "{\"labels\": [{\"name\": \"a\", \"attributes\": [{\"name\": \"b\"}]}]}",
    "{\"labels\": [{\"name\": \"a\", \"attributes\": [{\"name\": \"b\", \"type\": \"c\"}]}]}",
    "{\"labels\": [{\"name\": \"a\", \"attributes\": [{\"name\": \"b\", \"type\": \"choice\"}]}]}",
    "{\"labels\": [{\"name\": \"a\", \"attributes\": [{\"name\": \"\", \"type\": \"flag\"}]}]}",
    "{\"labels\": [{\"name\": \"a\", \"attributes\": [{\"name\": \"b\", \"type\": \"choice\", \"choices\": [1]}]}]}",
    "{\"labels\": [{\"name\": \"good\"}, {\"name\": 7}]}",
  };
  g_autofree char *path = g_build_filename (self->folder, "x.json", NULL);
  g_autofree char *before = describe (self->store);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *after = NULL;

    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
    g_assert_false (tpo_label_template_apply (path, self->store, &error));
    g_assert_nonnull (error);
    g_test_message ("%s", error->message);
    after = describe (self->store);
    g_assert_cmpstr (after, ==, before);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  FIXTURE_ADD ("/label-template/shipped", test_shipped);
  FIXTURE_ADD ("/label-template/own", test_own);
  FIXTURE_ADD ("/label-template/hostile", test_hostile);
  return g_test_run ();
}
