#include "io/safetensors.h"

#include <string.h>

#include <tpo/error.h>

static GBytes *
build (const char *header, gsize data_size)
{
  GByteArray *file = g_byte_array_new ();
  guint64 length = GUINT64_TO_LE (strlen (header));

  g_byte_array_append (file, (const guint8 *) &length, sizeof length);
  g_byte_array_append (file, (const guint8 *) header, (guint) strlen (header));
  for (gsize i = 0; i < data_size; i++) {
    guint8 byte = (guint8) i;

    g_byte_array_append (file, &byte, 1);
  }
  return g_byte_array_free_to_bytes (file);
}

static TpoWeights *
read_header (const char *header, gsize data_size, GError **error)
{
  g_autoptr (GBytes) file = build (header, data_size);
  g_autoptr (TpoWeights) weights = tpo_weights_new ("m.safetensors");

  return tpo_safetensors_read (weights, file, "m.safetensors", error)
             ? g_steal_pointer (&weights)
             : NULL;
}

static void
test_read (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoWeights) weights = read_header (
      "{\"__metadata__\":{\"format\":\"pt\",\"hparams\":\"{\\\"a\\\":{\\\"b\\\":3},\\\"l\\\":[1,2]}\"},"
      "\"y\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[8,20]},"
      "\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,8]},"
      "\"x\":{\"dtype\":\"U8\",\"shape\":[4,1],\"data_offsets\":[0,4]},"
      "\"none\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[4,4]}}  ",
      20, &error);
  const TpoWeight *weight;
  const TpoMetadata *metadata;
  TpoReader reader;
  guint list[2];

  g_assert_no_error (error);
  g_assert_cmpuint (tpo_weights_get_n (weights), ==, 4);
  weight = tpo_weights_require (weights, "y", &TPO_SHAPE (2, 3), &error);
  g_assert_no_error (error);
  g_assert_cmpint (weight->type, ==, TPO_BF16);
  g_assert_cmpuint (weight->size, ==, 12);
  g_assert_cmpuint (weight->bytes[0], ==, 8);
  g_assert_cmpuint (tpo_weights_find (weights, "s")->shape.n, ==, 0);
  g_assert_cmpuint (tpo_weights_find (weights, "none")->size, ==, 0);
  g_assert_null (tpo_weights_require (weights, "y", &TPO_SHAPE (3, 2), &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (tpo_weights_require (weights, "z", NULL, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  g_clear_error (&error);

  metadata = tpo_weights_get_metadata (weights);
  g_assert_cmpstr (tpo_metadata_find_string (metadata, "format"), ==, "pt");
  reader = tpo_reader (metadata, "hparams.");
  g_assert_cmpuint (tpo_reader_uint (&reader, "a.b", 1, 9), ==, 3);
  g_assert_cmpuint (tpo_reader_uints (&reader, "l", 0, 9, list, 2), ==, 2);
  g_assert_cmpuint (list[1], ==, 2);
  g_assert_cmpuint (tpo_reader_uint_or (&reader, "absent", 1, 9, 5), ==, 5);
  g_assert_true (tpo_reader_finish (&reader, &error));
  reader = tpo_reader (metadata, "hparams.");
  tpo_reader_uint (&reader, "a.b", 4, 9);
  tpo_reader_uint (&reader, "other", 4, 9);
  g_assert_false (tpo_reader_finish (&reader, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, "the setting hparams.a.b is 3, allowed are 4 to 9");
}

static void
test_malformed (void)
{
  static const struct {
    const char *header;
    const char *message; /* part of it */
    TpoErrorCode code;
  } cases[] = {
    { "[]", "no object", TPO_ERROR_FORMAT },
    { "{\"a\":1}", "tensor a", TPO_ERROR_FORMAT },
    { "{\"a\":{\"shape\":[4],\"data_offsets\":[0,4]}}", "no dtype (byte 13)",
      TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", "F8_E4M3",
      TPO_ERROR_UNSUPPORTED },
    { "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,4]}}", "no shape", TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[-4],\"data_offsets\":[0,4]}}", "no count",
      TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "no count",
      TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1],\"data_offsets\":[0,1]}}",
      "too many dimensions", TPO_ERROR_UNSUPPORTED },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296,4],\"data_offsets\":[0,4]}}",
      "do not fit", TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,4]}}", "do not fit",
      TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,0]}}", "ascending",
      TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[-4,0]}}", "ascending",
      TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0]}}", "no pair",
      TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]}}", "cut off",
      TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
      "\"b\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[3,8]}}",
      "inside", TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
      "\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[5,8]}}",
      "gap", TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "take 4 bytes",
      TPO_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
      "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
      "listed twice", TPO_ERROR_FORMAT },
    { "{\"__metadata__\":[]}", "__metadata__", TPO_ERROR_FORMAT },
    { "{\"__metadata__\":{\"x\":1}}", "x in __metadata__", TPO_ERROR_FORMAT },
    { "{\"a\":", "byte 5 of the JSON text", TPO_ERROR_FORMAT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", cases[i].header);
    g_assert_null (read_header (cases[i].header, 8, &error));
    g_assert_error (error, TPO_ERROR, (gint) cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].message));
    g_assert_nonnull (strstr (error->message, "m.safetensors"));
  }
}

/* Every cut of a good file is refused. */
static void
test_truncated (void)
{
  g_autoptr (GBytes) file =
      build ("{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}", 8);

  for (gsize n = 0; n < g_bytes_get_size (file); n++) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (file, 0, n);
    g_autoptr (TpoWeights) weights = tpo_weights_new ("cut");
    g_autoptr (GError) error = NULL;

    g_assert_false (tpo_safetensors_read (weights, part, "cut", &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  }
}

static void
test_header_length (void)
{
  static const guint64 lengths[] = { G_MAXUINT64, G_MAXUINT64 - 7, 100000001, 9 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    guint64 length = GUINT64_TO_LE (lengths[i]);
    g_autoptr (GBytes) file = NULL;
    g_autoptr (TpoWeights) weights = tpo_weights_new ("long");
    g_autoptr (GError) error = NULL;
    guint8 bytes[16] = { 0 };

    memcpy (bytes, &length, sizeof length);
    file = g_bytes_new (bytes, sizeof bytes);
    g_assert_false (tpo_safetensors_read (weights, file, "long", &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors/read", test_read);
  g_test_add_func ("/safetensors/malformed", test_malformed);
  g_test_add_func ("/safetensors/truncated", test_truncated);
  g_test_add_func ("/safetensors/header-length", test_header_length);
  return g_test_run ();
}
