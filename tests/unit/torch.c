#include "../synth/torch-file.h"

#include <string.h>

#include <glib/gstdio.h>

#include <tpo/error.h>

#include "io/quantize.h"
#include "io/torch.h"

/*
 * Files that PyTorch itself wrote (tests/data/torch/make.py), and broken ones that this test makes.
 */

/* Every number that make.py puts into a tensor is its position in a ramp from -2 in quarters. */
static double
ramp (gint64 position)
{
  return (double) position / 4 - 2;
}

static TpoWeights *
open_dist (const char *name, GError **error)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "torch", name, NULL);

  return tpo_weights_open (path, error);
}

static void
assert_numbers (const TpoWeights *weights, const char *name, TpoType type,
                const TpoShape *shape, const double *expected)
{
  const TpoWeight *weight = tpo_weights_find (weights, name);
  gsize n = (gsize) tpo_shape_count (shape);
  g_autofree float *values = g_new (float, n + 1);

  g_assert_nonnull (weight);
  g_assert_cmpint (weight->type, ==, type);
  g_assert_true (tpo_shape_equal (&weight->shape, shape));
  tpo_numbers_read (weight->type, weight->bytes, n, values);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (values[i], ==, (float) expected[i]);
}

#define ASSERT_NUMBERS(weights, name, type, shape, ...) \
  assert_numbers (weights, name, type, &shape, (const double[]){ __VA_ARGS__ })

static void
test_published (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoWeights) weights = open_dist ("state-dict.pt", &error);
  double whole[24], turned[24];

  g_assert_no_error (error);
  g_assert_cmpuint (tpo_weights_get_n (weights), ==, 20);
  for (guint i = 0; i < 24; i++) {
    whole[i] = ramp (i);
    turned[i] = ramp (i % 4 * 6 + i / 4);
  }
  assert_numbers (weights, "whole", TPO_F32, &TPO_SHAPE (4, 6), whole);
  assert_numbers (weights, "turned", TPO_F32, &TPO_SHAPE (6, 4), turned);
  assert_numbers (weights, "row", TPO_F32, &TPO_SHAPE (6), whole + 12);
  assert_numbers (weights, "parameter", TPO_F32, &TPO_SHAPE (2, 3), whole);
  assert_numbers (weights, "weight", TPO_F32, &TPO_SHAPE (3), whole);
  assert_numbers (weights, "half", TPO_F16, &TPO_SHAPE (5), whole);
  assert_numbers (weights, "bf16", TPO_BF16, &TPO_SHAPE (2, 2), whole);
  assert_numbers (weights, "double", TPO_F64, &TPO_SHAPE (3), whole);
  ASSERT_NUMBERS (weights, "block", TPO_F32, TPO_SHAPE (2, 3), ramp (8), ramp (9), ramp (10),
                  ramp (14), ramp (15), ramp (16));
  ASSERT_NUMBERS (weights, "repeated", TPO_F32, TPO_SHAPE (2, 3), 1.5, 1.5, 1.5, 1.5, 1.5, 1.5);
  ASSERT_NUMBERS (weights, "long", TPO_I64, TPO_SHAPE (2), -1, 0x1p40);
  ASSERT_NUMBERS (weights, "int", TPO_I32, TPO_SHAPE (2), -7, 8);
  ASSERT_NUMBERS (weights, "char", TPO_I8, TPO_SHAPE (1), -8);
  ASSERT_NUMBERS (weights, "byte", TPO_U8, TPO_SHAPE (1), 255);
  ASSERT_NUMBERS (weights, "bool", TPO_BOOL, TPO_SHAPE (2), 1, 0);
  ASSERT_NUMBERS (weights, "num_batches_tracked", TPO_I64, (TpoShape){ 0 }, 0);
  ASSERT_NUMBERS (weights, "empty", TPO_F32, TPO_SHAPE (0, 4), 0);
}

static void
test_refused (void)
{
  static const struct {
    const char *file, *message;
  } cases[] = {
    { "counter.pt", "asks for collections.Counter" },
    { "old-format.pt", "written by a PyTorch before 1.6" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (open_dist (cases[i].file, &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, cases[i].message));
  }
}

/* An archive with the pickle @pickle and the storage @key of @size bytes. */
static GBytes *
make_archive (gconstpointer pickle, gsize pickle_size, const char *key, gsize size,
              gboolean is_large)
{
  static const guint8 content[64] = { 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40 }; /* 1, 2, 0, … */
  g_autofree char *member = g_strconcat ("archive/data/", key, NULL);
  char *text = NULL;
  size_t text_size;
  ZipWriter writer = { .file = open_memstream (&text, &text_size), .is_large = is_large };

  zip_start (&writer, "archive/data.pkl", pickle_size);
  fwrite (pickle, 1, pickle_size, writer.file);
  zip_start (&writer, member, size);
  fwrite (content, 1, size, writer.file);
  zip_end (&writer);
  g_assert_cmpint (fclose (writer.file), ==, 0);
  return g_bytes_new_with_free_func (text, text_size, free, text);
}

static gboolean
read_archive (GBytes *file, TpoWeights **weights, GError **error)
{
  *weights = tpo_weights_new ("test.pt");
  return tpo_torch_read (*weights, file, "test.pt", error);
}

static GByteArray *
one_tensor (const char *wrapper, const TpoShape *shape)
{
  PickleBuilder builder = { 0 };

  pickle_begin (&builder, wrapper);
  pickle_tensor (&builder, "x", TPO_F32, shape);
  return pickle_end (&builder);
}

/* The same file with small and with 64-bit records, bare and wrapped. */
static void
test_written (void)
{
  static const char *const wrappers[] = { NULL, "model", "module", "state_dict" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (wrappers); i++) {
    g_autoptr (GByteArray) pickle = one_tensor (wrappers[i / 2], &TPO_SHAPE (1, 2));
    g_autoptr (GBytes) file = make_archive (pickle->data, pickle->len, "0", 8, i % 2);
    g_autoptr (TpoWeights) weights = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (read_archive (file, &weights, &error));
    g_assert_no_error (error);
    ASSERT_NUMBERS (weights, "x", TPO_F32, TPO_SHAPE (1, 2), 1, 2);
  }
}

static void
assert_broken (GBytes *file, const char *message)
{
  g_autoptr (TpoWeights) weights = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (read_archive (file, &weights, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  if (strstr (error->message, message) == NULL)
    g_error ("“%s” lacks “%s”", error->message, message);
}

#define STORAGE "((X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0000X\3\0\0\0cpuK\2tQ"
#define TENSOR(rest) "\x80\2}(X\1\0\0\0xctorch._utils\n_rebuild_tensor_v2\n" STORAGE rest "tRu."
#define PICKLE(text) text, sizeof text - 1

static void
test_pickles (void)
{
  static const struct {
    const char *pickle;
    gsize size;
    const char *message;
  } cases[] = {
    { PICKLE ("\x80\2cos\nsystem\n"), "asks for os.system" },
    { PICKLE ("\x80\4\x8c\10builtins\x8c\4eval\x93"), "asks for builtins.eval" },
    { PICKLE ("\x80\2ctorch\nShortStorage\n"), "asks for torch.ShortStorage" },
    { PICKLE ("\x80\2(ios\nsystem\n"), "opcode 0x69 at byte 3" },
    { PICKLE ("\x80\2I1\n"), "opcode 0x49 at byte 2" },
    { PICKLE ("\x80\6."), "protocol is not known" },
    { PICKLE ("\x80\2"), "cut off (byte 2)" },
    { PICKLE ("\x80\2X\xff\xff\xff\x7fx"), "cut off (byte 2)" },
    { PICKLE ("\x80\2\x8d\xff\xff\xff\xff\xff\xff\xff\xffx"), "cut off" },
    { PICKLE ("\x80\2X\1\0\0\0\xff"), "not UTF-8" },
    { PICKLE ("\x80\2."), "the stack is empty" },
    { PICKLE ("\x80\2R"), "the stack is empty" },
    { PICKLE ("\x80\2N(0"), "the stack is empty" },
    { PICKLE ("\x80\2h\5"), "has not stored" },
    { PICKLE ("\x80\2t"), "there is no mark" },
    { PICKLE ("\x80\2]NNs"), "no dictionary" },
    { PICKLE ("\x80\2}Na"), "no list" },
    { PICKLE ("\x80\2}(Nu"), "has no value" },
    { PICKLE ("\x80\2}}."), "more than one value" },
    { PICKLE ("\x80\2N)R"), "no name with a tuple" },
    { PICKLE ("\x80\2ctorch\nFloatStorage\n)R"), "a type of storage is called" },
    { PICKLE ("\x80\2ctorch\nSize\n)R"), "not what they should be" },
    { PICKLE ("\x80\2cbuiltins\nset\nN\x85R"), "not what they should be" },
    { PICKLE ("\x80\2ctorch._utils\n_rebuild_parameter\nN\x85R"), "not what they should be" },
    { PICKLE ("\x80\2NQ"), "no storage" },
    { PICKLE ("\x80\2NNb"), "no dictionary" },
    { PICKLE ("\x80\2\x8a\x09\1\1\1\1\1\1\1\1\1"), "longer than 64 bits" },
    { PICKLE ("\x80\2N."), "no dictionary of tensors" },
    { PICKLE (TENSOR ("K\0K\2\x85K\1K\1\x86\x89N")), "describe no tensor" },
    { PICKLE (TENSOR ("K\0K\2\x85N\x85\x89N")), "describe no tensor" },
    { PICKLE (TENSOR ("K\1K\2\x85K\1\x85\x89N")), "point out of its storage" },
    { PICKLE (TENSOR ("J\xff\xff\xff\xffK\2\x85K\1\x85\x89N")), "point out of its storage" },
    { PICKLE (TENSOR ("K\0K\2\x85K\2\x85\x89N")), "point out of its storage" },
    { PICKLE (TENSOR ("K\1K\2\x85J\xff\xff\xff\xff\x85\x89N")), "point out of its storage" },
    { PICKLE (TENSOR ("K\0J\xff\xff\xff\xff\x85K\1\x85\x89N")), "negative or too large" },
    { PICKLE (TENSOR ("K\0\x8a\x08\0\0\0\0\0\0\0\x40\x85K\0\x85\x89N")), "too large" },
    { PICKLE (TENSOR ("K\0\x8a\4\0\0\0\x10\x85K\0\x85\x89N")), "repeats elements" },
    { PICKLE (TENSOR ("K\0(K\1K\1K\1K\1K\1K\1t(K\1K\1K\1K\1K\1K\1t\x89N")), "too many dim" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) file = make_archive (cases[i].pickle, cases[i].size, "0", 8, FALSE);

    assert_broken (file, cases[i].message);
  }
}

/* Attributes, memo by number, tuples of a mark, and things beside the tensors. */
static void
test_beside (void)
{
  static const char pickle[] =
      "\x80\4\x95\1\0\0\0\0\0\0\0}\x94(X\1\0\0\0a]\x94(K\1M\1\2J\1\0\0\0\x8a\0G?\xf0\0\0\0\0\0\0N"
      "\x88\x89)K\1\x85K\1K\2\x86K\1K\2K\3\x87(K\1teX\5\0\0\0modelccollections\nOrderedDict\n)R}b"
      "(X\1\0\0\0xctorch._utils\n_rebuild_parameter\n(ctorch._utils\n_rebuild_tensor_v2\n" STORAGE
      "K\0K\2\x85K\1\x85\x89NtR\x89NtRq\5X\1\0\0\0yh\5K\1K\2uu0h\0.";
  g_autoptr (GBytes) file = make_archive (pickle, sizeof pickle - 1, "0", 8, FALSE);
  g_autoptr (TpoWeights) weights = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (read_archive (file, &weights, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (tpo_weights_get_n (weights), ==, 2);
  ASSERT_NUMBERS (weights, "x", TPO_F32, TPO_SHAPE (2), 1, 2);
  ASSERT_NUMBERS (weights, "y", TPO_F32, TPO_SHAPE (2), 1, 2);
}

static void
test_storages (void)
{
  g_autoptr (GByteArray) pickle = one_tensor ("model", &TPO_SHAPE (2));
  g_autoptr (GBytes) other = make_archive (pickle->data, pickle->len, "1", 8, FALSE);
  g_autoptr (GBytes) shorter = make_archive (pickle->data, pickle->len, "0", 7, FALSE);

  assert_broken (other, "no member archive/data/0");
  assert_broken (shorter, "has 7 bytes, not 2 elements of type f32");
}

/* Whatever is cut off or changed, there is an answer. */
static void
test_damage (void)
{
  for (guint is_large = 0; is_large < 2; is_large++) {
    g_autoptr (GByteArray) pickle = one_tensor ("model", &TPO_SHAPE (2));
    g_autoptr (GBytes) file = make_archive (pickle->data, pickle->len, "0", 8, is_large);
    gsize size;
    const guint8 *bytes = g_bytes_get_data (file, &size);

    for (gsize at = 0; at < size; at++) {
      g_autoptr (GBytes) cut = g_bytes_new (bytes, at);
      g_autofree guint8 *changed = g_memdup2 (bytes, size);
      g_autoptr (GBytes) other = NULL;
      g_autoptr (TpoWeights) weights = NULL, nothing = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (read_archive (cut, &nothing, NULL));
      changed[at] ^= 0xff;
      other = g_bytes_new (changed, size);
      g_assert_true (read_archive (other, &weights, &error) == (error == NULL));
    }
  }
}

static void
test_zip (void)
{
  static const struct {
    guint at; /* from the beginning of the first directory entry */
    guint8 value;
    const char *message;
  } cases[] = {
    { 0, 0, "a directory entry is broken" },
    { 8, 1, "an encrypted member" },
    { 10, 8, "a compressed member" },
    { 24, 1, "a compressed member" },
    { 42, 1, "header is not where the directory says" },
    { 46, 'b', "another name" },
    { 47, 0, "not UTF-8" },
  };
  g_autoptr (GByteArray) pickle = one_tensor ("model", &TPO_SHAPE (2));
  g_autoptr (GBytes) file = make_archive (pickle->data, pickle->len, "0", 8, FALSE);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (file, &size);
  const guint8 *entry = memmem (bytes, size, "PK\1\2", 4);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree guint8 *changed = g_memdup2 (bytes, size);
    g_autoptr (GBytes) other = NULL;

    changed[entry - bytes + cases[i].at] = cases[i].value;
    other = g_bytes_new (changed, size);
    assert_broken (other, cases[i].message);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torch/published", test_published);
  g_test_add_func ("/torch/refused", test_refused);
  g_test_add_func ("/torch/written", test_written);
  g_test_add_func ("/torch/pickles", test_pickles);
  g_test_add_func ("/torch/beside", test_beside);
  g_test_add_func ("/torch/storages", test_storages);
  g_test_add_func ("/torch/damage", test_damage);
  g_test_add_func ("/torch/zip", test_zip);
  return g_test_run ();
}
