#include "io/gguf.h"

#include <string.h>

#include <glib/gstdio.h>

#include <tpo/error.h>

typedef struct {
  char *folder;
  char *path;
} Place;

static void
set_up (Place *place, gconstpointer data)
{
  place->folder = g_dir_make_tmp ("tpo-gguf-XXXXXX", NULL);
  place->path = g_build_filename (place->folder, "m.gguf", NULL);
}

static void
tear_down (Place *place, gconstpointer data)
{
  g_unlink (place->path);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0); /* nothing else was left behind */
  g_free (place->path);
  g_free (place->folder);
}

static TpoMetadata *
build_metadata (void)
{
  TpoMetadata *metadata = tpo_metadata_new ();
  TpoValue *value;

  tpo_metadata_set_string (metadata, "general.architecture", "test");
  tpo_metadata_set_u32 (metadata, "u32", 4000000000u);
  tpo_metadata_set_f32 (metadata, "f32", 0.5);
  tpo_metadata_set_bool (metadata, "bool", TRUE);
  for (guint type = 0; type < TPO_VALUE_COUNT; type++) {
    g_autofree char *key = g_strdup_printf ("array.%u", type);

    if (type == TPO_VALUE_ARRAY)
      continue;
    value = tpo_value_new (type, TRUE, 2);
    if (type == TPO_VALUE_STRING) {
      value->strings[0] = g_strdup ("");
      value->strings[1] = g_strdup ("\xe2\x96\x81");
    } else if (tpo_value_is_real (value)) {
      value->reals[1] = -1.5;
    } else {
      value->ints[0] = 1;
      value->ints[1] = type == TPO_VALUE_I8    ? G_MININT8
                       : type == TPO_VALUE_I16 ? G_MININT16
                       : type == TPO_VALUE_I32 ? G_MININT32
                       : type == TPO_VALUE_I64 ? G_MININT64
                                               : 0;
    }
    tpo_metadata_set (metadata, key, value);
  }
  tpo_metadata_set (metadata, "empty", tpo_value_new (TPO_VALUE_U8, TRUE, 0));
  return metadata;
}

static const struct {
  const char *name;
  TpoShape shape;
  TpoType type;
} tensors[] = {
  { "five", { 5, { 2, 3, 1, 4, 4 } }, TPO_F32 },
  { "half", { 2, { 3, 5 } }, TPO_F16 },
  { "q8", { 2, { 3, 64 } }, TPO_Q8_0 },
  { "q4", { 1, { 32 } }, TPO_Q4_0 },
  { "q4k", { 1, { 256 } }, TPO_Q4_K },
  { "q6k", { 1, { 256 } }, TPO_Q6_K },
  { "q5k", { 1, { 256 } }, TPO_Q5_K },
  { "q3k", { 1, { 256 } }, TPO_Q3_K },
  { "q41", { 1, { 32 } }, TPO_Q4_1 },
  { "q50", { 1, { 32 } }, TPO_Q5_0 },
  { "q51", { 2, { 2, 32 } }, TPO_Q5_1 },
  { "q2k", { 1, { 256 } }, TPO_Q2_K },
  { "iq4nl", { 1, { 32 } }, TPO_IQ4_NL },
  { "iq4xs", { 1, { 256 } }, TPO_IQ4_XS },
  { "scalar", { 0, { 0 } }, TPO_I32 },
  { "lm.base_model.model.model.layers.31.self_attn.q_proj.lora_A.default.weight",
    { 1, { 3 } },
    TPO_BF16 },
};

static void
write_file (const char *path)
{
  g_autoptr (TpoMetadata) metadata = build_metadata ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoGgufWriter) writer = tpo_gguf_writer_new (path, metadata, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    tpo_gguf_writer_add (writer, tensors[i].name, &tensors[i].shape);
  g_assert_true (tpo_gguf_writer_begin (writer, &error));
  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++) {
    gint64 size = tpo_shape_size (&tensors[i].shape, tensors[i].type);

    g_assert_true (tpo_gguf_writer_start (writer, tensors[i].type, &error));
    for (gint64 k = 0; k < size; k++) {
      guint8 byte = (guint8) (i * 16 + k);

      g_assert_true (tpo_gguf_writer_write (writer, &byte, 1, &error));
    }
  }
  g_assert_true (tpo_gguf_writer_finish (writer, &error));
}

static void
assert_metadata (const TpoMetadata *metadata)
{
  g_autoptr (TpoMetadata) expected = build_metadata ();

  g_assert_cmpuint (tpo_metadata_get_n (metadata), ==, tpo_metadata_get_n (expected));
  for (guint i = 0; i < tpo_metadata_get_n (expected); i++) {
    const TpoValue *a = tpo_metadata_get_value (expected, i);
    const TpoValue *b = tpo_metadata_find (metadata, tpo_metadata_get_key (expected, i));

    g_assert_nonnull (b);
    g_assert_cmpint (a->type, ==, b->type);
    g_assert_cmpint (a->is_array, ==, b->is_array);
    g_assert_cmpuint (a->n, ==, b->n);
    for (gsize k = 0; k < a->n; k++) {
      if (a->type == TPO_VALUE_STRING)
        g_assert_cmpstr (a->strings[k], ==, b->strings[k]);
      else
        g_assert_cmpint (a->ints[k], ==, b->ints[k]);
    }
  }
}

static void
test_round_trip (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoWeights) weights = NULL;

  write_file (place->path);
  weights = tpo_weights_open (place->path, &error);
  g_assert_no_error (error);
  assert_metadata (tpo_weights_get_metadata (weights));
  g_assert_cmpuint (tpo_weights_get_n (weights), ==, G_N_ELEMENTS (tensors));
  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++) {
    const TpoWeight *weight = tpo_weights_get (weights, i);

    g_assert_cmpstr (weight->name, ==, tensors[i].name);
    g_assert_true (tpo_shape_equal (&weight->shape, &tensors[i].shape));
    g_assert_cmpint (weight->type, ==, tensors[i].type);
    for (gsize k = 0; k < weight->size; k++)
      g_assert_cmpuint (weight->bytes[k], ==, (guint8) (i * 16 + k));
  }
}

static void
test_unfinished (Place *place, gconstpointer data)
{
  g_autofree char *part = g_strconcat (place->path, ".part", NULL);
  g_autofree char *content = NULL;
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
  g_autoptr (GError) error = NULL;
  TpoGgufWriter *writer;

  g_assert_true (g_file_set_contents (place->path, "old", -1, NULL));
  writer = tpo_gguf_writer_new (place->path, metadata, &error);
  tpo_gguf_writer_add (writer, "x", &TPO_SHAPE (4));
  g_assert_true (tpo_gguf_writer_begin (writer, &error));
  g_assert_true (g_file_test (part, G_FILE_TEST_EXISTS));
  tpo_gguf_writer_free (writer);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (place->path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");
}

/* A second writer keeps its hands off; what a killed one left is begun anew. */
static void
test_leftover (Place *place, gconstpointer data)
{
  g_autofree char *part = g_strconcat (place->path, ".part", NULL);
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoGgufWriter) writer = NULL;

  g_assert_true (g_file_set_contents (part, "the beginning of something long", -1, NULL));
  writer = tpo_gguf_writer_new (place->path, metadata, &error);
  g_assert_no_error (error);
  g_assert_true (tpo_gguf_writer_replaces_part (writer));
  g_assert_null (tpo_gguf_writer_new (place->path, metadata, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, part));
  g_clear_error (&error);
  g_assert_true (tpo_gguf_writer_begin (writer, &error) &&
                 tpo_gguf_writer_finish (writer, &error));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  {
    g_autoptr (TpoGgufWriter) next = tpo_gguf_writer_new (place->path, metadata, &error);

    g_assert_no_error (error);
    g_assert_false (tpo_gguf_writer_replaces_part (next));
  }
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

static void
test_no_folder (void)
{
  g_autoptr (TpoMetadata) metadata = tpo_metadata_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (tpo_gguf_writer_new ("/nonexistent/m.gguf", metadata, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "/nonexistent/m.gguf"));
}

/* Every cut of a good file is refused, and the message names it. */
static void
test_truncated (Place *place, gconstpointer data)
{
  g_autofree char *content = NULL;
  gsize size;

  write_file (place->path);
  g_assert_true (g_file_get_contents (place->path, &content, &size, NULL));
  for (gsize n = 0; n < size - TPO_GGUF_ALIGNMENT; n++) {
    g_autoptr (GBytes) part = g_bytes_new_static (content, n);
    g_autoptr (TpoWeights) weights = tpo_weights_new ("cut.gguf");
    g_autoptr (GError) error = NULL;

    g_assert_false (tpo_gguf_read (weights, part, "cut.gguf", &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
    g_assert_nonnull (strstr (error->message, "cut.gguf"));
  }
}

/* One changed byte anywhere in the header never does harm; the sanitiser builds see to it. */
static void
test_damaged (Place *place, gconstpointer data)
{
  static const guint8 values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
  g_autofree char *content = NULL;
  gsize size;
  guint n_refused = 0;

  write_file (place->path);
  g_assert_true (g_file_get_contents (place->path, &content, &size, NULL));
  for (gsize at = 0; at < MIN (size, 1200); at++) {
    char kept = content[at];

    for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
      g_autoptr (GBytes) bytes = g_bytes_new_static (content, size);
      g_autoptr (TpoWeights) weights = tpo_weights_new ("bad.gguf");
      g_autoptr (GError) error = NULL;

      content[at] = (char) values[i];
      if (tpo_gguf_read (weights, bytes, "bad.gguf", &error))
        continue;
      g_assert_nonnull (error);
      n_refused++;
    }
    content[at] = kept;
  }
  g_assert_cmpuint (n_refused, >, 1000);
}

static void
put (GByteArray *file, gconstpointer bytes, gsize size)
{
  g_byte_array_append (file, bytes, (guint) size);
}

#define PUT(file, type, number) put (file, (type[]){ number }, sizeof (type))

/* A file with one U8 tensor record of the given fields, no metadata. */
static GBytes *
build (guint32 version, guint64 n_tensors, guint64 n_values, guint32 n_dims, guint64 dim,
       guint32 type, guint64 offset)
{
  GByteArray *file = g_byte_array_new ();

  put (file, "GGUF", 4);
  PUT (file, guint32, version);
  PUT (file, guint64, n_tensors);
  PUT (file, guint64, n_values);
  PUT (file, guint64, 1);
  put (file, "x", 1);
  PUT (file, guint32, n_dims);
  for (guint i = 0; i < MIN (n_dims, 8); i++)
    PUT (file, guint64, dim);
  PUT (file, guint32, type);
  PUT (file, guint64, offset);
  g_byte_array_set_size (file, 256);
  return g_byte_array_free_to_bytes (file);
}

static void
test_fields (void)
{
  static const struct {
    guint32 version;
    guint64 n_tensors, n_values;
    guint32 n_dims;
    guint64 dim;
    guint32 type;
    guint64 offset;
    gint code; /* -1: fine */
  } cases[] = {
    { 3, 1, 0, 1, 4, 0, 0, -1 },
    { 2, 1, 0, 1, 4, 0, 32, -1 },
    { 1, 1, 0, 1, 4, 0, 0, TPO_ERROR_UNSUPPORTED },
    { 0x03000000, 1, 0, 1, 4, 0, 0, TPO_ERROR_UNSUPPORTED },
    { 3, G_MAXUINT64, 0, 1, 4, 0, 0, TPO_ERROR_FORMAT },
    { 3, 1, G_MAXUINT64, 1, 4, 0, 0, TPO_ERROR_FORMAT },
    { 3, 1, 0, 6, 1, 0, 0, TPO_ERROR_UNSUPPORTED },
    { 3, 1, 0, G_MAXUINT32, 1, 0, 0, TPO_ERROR_UNSUPPORTED },
    { 3, 1, 0, 4, G_MAXUINT32, 0, 0, TPO_ERROR_FORMAT },
    { 3, 1, 0, 1, G_MAXUINT64, 0, 0, TPO_ERROR_FORMAT },
    { 3, 1, 0, 1, 33, 8, 0, TPO_ERROR_FORMAT },
    { 3, 1, 0, 1, 4, 99, 0, TPO_ERROR_UNSUPPORTED },
    { 3, 1, 0, 1, 4, 0, 4, TPO_ERROR_FORMAT },
    { 3, 1, 0, 1, 4, 0, G_MAXUINT64 - 31, TPO_ERROR_FORMAT },
    { 3, 1, 0, 1, 4000, 0, 0, TPO_ERROR_FORMAT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) file =
        build (cases[i].version, cases[i].n_tensors, cases[i].n_values, cases[i].n_dims,
               cases[i].dim, cases[i].type, cases[i].offset);
    g_autoptr (TpoWeights) weights = tpo_weights_new ("f.gguf");
    g_autoptr (GError) error = NULL;
    gboolean ok = tpo_gguf_read (weights, file, "f.gguf", &error);

    g_test_message ("case %u: %s", i, error != NULL ? error->message : "fine");
    g_assert_cmpint (ok, ==, cases[i].code < 0);
    if (!ok)
      g_assert_error (error, TPO_ERROR, cases[i].code);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/gguf/round-trip", Place, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/gguf/unfinished", Place, NULL, set_up, test_unfinished, tear_down);
  g_test_add ("/gguf/leftover", Place, NULL, set_up, test_leftover, tear_down);
  g_test_add_func ("/gguf/no-folder", test_no_folder);
  g_test_add ("/gguf/truncated", Place, NULL, set_up, test_truncated, tear_down);
  g_test_add ("/gguf/damaged", Place, NULL, set_up, test_damaged, tear_down);
  g_test_add_func ("/gguf/fields", test_fields);
  return g_test_run ();
}
