/* Run-length masks: COCO's published vectors, identity on random masks, and malformed text. */

#include <locale.h>
#include <string.h>

#include <tpo/error.h>
#include <tpo/rle.h>

typedef struct {
  const char *name;
  const char *rows; /* '#' is set; rows one after the other */
  guint width, height;
  guint32 counts[8];
  guint n_counts;
  const char *text;
  guint64 area;
} Vector;

/* The published vectors of the COCO mask format. */
static const Vector vectors[] = {
  { "cup", "......###..##.......", 5, 4, { 5, 2, 2, 2, 2, 1, 6 }, 7, "52200O4", 5 },
  { "full", "######", 3, 2, { 0, 6 }, 2, "06", 6 },
  { "empty", "......", 3, 2, { 6 }, 1, "6", 0 },
  { "corners", "#.......#", 3, 3, { 0, 1, 7, 1 }, 4, "0170", 2 },
};

static void
paint (const Vector *vector, guint8 *mask)
{
  for (guint i = 0; i < vector->width * vector->height; i++)
    mask[i] = vector->rows[i] == '#' ? 255 : 0;
}

static void
test_vectors (void)
{
  for (guint v = 0; v < G_N_ELEMENTS (vectors); v++) {
    const Vector *vector = &vectors[v];
    guint8 mask[32], back[32];
    g_autoptr (TpoRle) rle = NULL;
    g_autoptr (TpoRle) parsed = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;

    paint (vector, mask);
    rle = tpo_rle_encode (mask, vector->width, vector->height, vector->width);
    g_assert_cmpmem (rle->counts, rle->n_counts * sizeof (guint32), vector->counts,
                     vector->n_counts * sizeof (guint32));
    text = tpo_rle_to_string (rle);
    g_assert_cmpstr (text, ==, vector->text);
    g_assert_cmpuint (tpo_rle_area (rle), ==, vector->area);

    parsed = tpo_rle_from_string (text, vector->width, vector->height, &error);
    g_assert_no_error (error);
    tpo_rle_decode (parsed, back, vector->width, 255);
    g_assert_cmpmem (back, vector->width * vector->height, mask,
                     vector->width * vector->height);
  }
}

static void
test_text_of_counts (void)
{
  static const guint32 counts[] = { 2, 8, 3, 4, 3 };
  g_autoptr (TpoRle) rle = tpo_rle_from_counts (counts, G_N_ELEMENTS (counts), 5, 4, NULL);
  g_autofree char *text = tpo_rle_to_string (rle);

  g_assert_cmpstr (text, ==, "283L0");
}

/* 100 high, 80 wide, columns 10 … 29 and rows 20 … 59: its text needs several characters. */
static void
test_rectangle (void)
{
  g_autofree guint8 *mask = g_malloc0 (80 * 100);
  g_autoptr (TpoRle) rle = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GString) expected = g_string_new ("lo0X1l1");
  TpoBox box;

  for (guint y = 20; y < 60; y++)
    memset (mask + y * 80 + 10, 1, 20);
  rle = tpo_rle_encode (mask, 80, 100, 80);
  text = tpo_rle_to_string (rle);
  for (guint i = 0; i < 37; i++)
    g_string_append_c (expected, '0');
  g_string_append (expected, "dk4");
  g_assert_cmpuint (rle->n_counts, ==, 41);
  g_assert_cmpstr (text, ==, expected->str);
  g_assert_cmpuint (tpo_rle_area (rle), ==, 800);
  g_assert_true (tpo_rle_bounds (rle, &box));
  g_assert_cmpfloat (box.x0, ==, 10.0f / 80.0f);
  g_assert_cmpfloat (box.y0, ==, 20.0f / 100.0f);
  g_assert_cmpfloat (box.x1, ==, 30.0f / 80.0f);
  g_assert_cmpfloat (box.y1, ==, 60.0f / 100.0f);
}

typedef struct {
  guint x0, y0, x1, y1;
  guint64 area;
} Measure;

static Measure
measure (const guint8 *mask, guint width, guint height, gsize stride)
{
  Measure m = { width, height, 0, 0, 0 };

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      if (mask[y * stride + x] != 0) {
        m.x0 = MIN (m.x0, x);
        m.y0 = MIN (m.y0, y);
        m.x1 = MAX (m.x1, x + 1);
        m.y1 = MAX (m.y1, y + 1);
        m.area++;
      }
  return m;
}

/* From nearly empty to nearly full, in blobs, with rows longer than the picture. */
static void
random_mask (guint8 *mask, guint width, guint height, gsize stride)
{
  int density = g_test_rand_int_range (0, 5);
  guint8 value = 0;

  memset (mask, 0xa5, stride * height);
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++) {
      if (g_test_rand_int_range (0, 4) == 0)
        value = g_test_rand_int_range (0, 4) < density ? (guint8) g_test_rand_int_range (1, 256)
                                                       : 0;
      mask[y * stride + x] = value;
    }
}

static void
test_random (void)
{
  for (guint round = 0; round < 300; round++) {
    guint width = (guint) g_test_rand_int_range (1, 150);
    guint height = (guint) g_test_rand_int_range (1, 40);
    gsize stride = width + (gsize) g_test_rand_int_range (0, 9);
    g_autofree guint8 *mask = g_malloc (stride * height);
    g_autofree guint8 *back = g_malloc (stride * height);
    g_autoptr (TpoRle) rle = NULL;
    g_autoptr (TpoRle) parsed = NULL;
    g_autofree char *text = NULL;
    Measure expected;
    TpoBox box;

    random_mask (mask, width, height, stride);
    expected = measure (mask, width, height, stride);
    rle = tpo_rle_encode (mask, width, height, stride);
    text = tpo_rle_to_string (rle);
    parsed = tpo_rle_from_string (text, width, height, NULL);
    g_assert_nonnull (parsed);
    memset (back, 0x5a, stride * height);
    tpo_rle_decode (parsed, back, stride, 1);
    for (guint y = 0; y < height; y++)
      for (guint x = 0; x < stride; x++)
        g_assert_cmpuint (back[y * stride + x], ==,
                          x >= width ? 0x5a : mask[y * stride + x] != 0);
    g_assert_cmpuint (tpo_rle_area (rle), ==, expected.area);
    g_assert_true (tpo_rle_bounds (rle, &box) == (expected.area > 0));
    if (expected.area > 0) {
      g_assert_cmpfloat (box.x0, ==, (float) expected.x0 / (float) width);
      g_assert_cmpfloat (box.y0, ==, (float) expected.y0 / (float) height);
      g_assert_cmpfloat (box.x1, ==, (float) expected.x1 / (float) width);
      g_assert_cmpfloat (box.y1, ==, (float) expected.y1 / (float) height);
    }
  }
}

static void
test_iou (void)
{
  for (guint round = 0; round < 200; round++) {
    guint width = (guint) g_test_rand_int_range (1, 30), n = width * 7;
    g_autofree guint8 *a = g_malloc (n);
    g_autofree guint8 *b = g_malloc (n);
    g_autoptr (TpoRle) rle_a = NULL;
    g_autoptr (TpoRle) rle_b = NULL;
    guint both = 0, either = 0;

    random_mask (a, width, 7, width);
    random_mask (b, width, 7, width);
    for (guint i = 0; i < n; i++) {
      both += a[i] != 0 && b[i] != 0;
      either += a[i] != 0 || b[i] != 0;
    }
    rle_a = tpo_rle_encode (a, width, 7, width);
    rle_b = tpo_rle_encode (b, width, 7, width);
    g_assert_cmpfloat (tpo_rle_iou (rle_a, rle_b), ==,
                       either > 0 ? (double) both / either : 0.0);
  }
}

/* Each for a picture of 5 × 4: what is wrong with the text. */
static const struct {
  const char *text;
  const char *what;
} malformed[] = {
  { "", "no runs at all" },
  { "52200O", "covers too little" },
  { "52200O5", "covers too much" },
  { "5220/", "a character below the alphabet" },
  { "5220p", "a character above the alphabet" },
  { "P", "ends inside a number" },
  { "O", "a negative count" },
  { "111A", "a negative count after adding the difference" },
  { "oooooooooooooooo", "a number without end" },
  { "PPPPPPPP1", "a number beyond 32 bits" },
  { "o\xc3\xa9", "not ASCII" },
};

static void
test_malformed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", malformed[i].what);
    g_assert_null (tpo_rle_from_string (malformed[i].text, 5, 4, &error));
    g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  }
}

/* Any bytes give a mask of the right size or an error, never anything else. */
static void
test_random_text (void)
{
  for (guint round = 0; round < 20000; round++) {
    char text[24];
    guint n = (guint) g_test_rand_int_range (0, sizeof text - 1);
    g_autoptr (TpoRle) rle = NULL;
    guint8 mask[4 * 5];

    for (guint i = 0; i < n; i++)
      text[i] = (char) g_test_rand_int_range (47, 113);
    text[n] = '\0';
    rle = tpo_rle_from_string (text, 5, 4, NULL);
    if (rle != NULL)
      tpo_rle_decode (rle, mask, 5, 1);
  }
}

static void
test_malformed_counts (void)
{
  static const guint32 wraps[] = { G_MAXUINT32, G_MAXUINT32, 22 };
  g_autoptr (GError) error = NULL;

  g_assert_null (tpo_rle_from_counts (wraps, G_N_ELEMENTS (wraps), 5, 4, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (tpo_rle_from_counts (NULL, 0, 5, 4, &error));
  g_assert_error (error, TPO_ERROR, TPO_ERROR_FORMAT);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rle/vectors", test_vectors);
  g_test_add_func ("/rle/text-of-counts", test_text_of_counts);
  g_test_add_func ("/rle/rectangle", test_rectangle);
  g_test_add_func ("/rle/random", test_random);
  g_test_add_func ("/rle/iou", test_iou);
  g_test_add_func ("/rle/malformed", test_malformed);
  g_test_add_func ("/rle/malformed-counts", test_malformed_counts);
  g_test_add_func ("/rle/random-text", test_random_text);
  return g_test_run ();
}
