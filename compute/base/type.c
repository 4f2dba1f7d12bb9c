#include "base/type.h"

typedef struct {
  const char *name;
  guint block;
  guint block_size;
} TypeInfo;

static const TypeInfo infos[TPO_TYPE_COUNT] = {
  [TPO_F32] = { "f32", 1, 4 },
  [TPO_F16] = { "f16", 1, 2 },
  [TPO_BF16] = { "bf16", 1, 2 },
  [TPO_Q8_0] = { "q8_0", 32, 34 },
  [TPO_U8] = { "u8", 1, 1 },
  [TPO_I32] = { "i32", 1, 4 },
  [TPO_F64] = { "f64", 1, 8 },
  [TPO_I64] = { "i64", 1, 8 },
  [TPO_BOOL] = { "bool", 1, 1 },
  [TPO_I8] = { "i8", 1, 1 },
  [TPO_Q4_0] = { "q4_0", 32, 18 },
  [TPO_Q4_K] = { "q4_k", 256, 144 },
  [TPO_Q6_K] = { "q6_k", 256, 210 },
  [TPO_Q5_K] = { "q5_k", 256, 176 },
  [TPO_Q4_1] = { "q4_1", 32, 20 },
  [TPO_Q5_0] = { "q5_0", 32, 22 },
  [TPO_Q5_1] = { "q5_1", 32, 24 },
  [TPO_Q3_K] = { "q3_k", 256, 110 },
  [TPO_Q2_K] = { "q2_k", 256, 84 },
  [TPO_IQ4_NL] = { "iq4_nl", 32, 18 },
  [TPO_IQ4_XS] = { "iq4_xs", 256, 136 },
};

const char *
tpo_type_name (TpoType type)
{
  return infos[type].name;
}

guint
tpo_type_block (TpoType type)
{
  return infos[type].block;
}

guint
tpo_type_block_size (TpoType type)
{
  return infos[type].block_size;
}

gint64
tpo_shape_count (const TpoShape *shape)
{
  gint64 count = 1;

  for (guint i = 0; i < shape->n; i++) {
    if (shape->dim[i] < 0 || __builtin_mul_overflow (count, shape->dim[i], &count))
      return -1;
  }
  return count;
}

gint64
tpo_shape_size (const TpoShape *shape, TpoType type)
{
  gint64 count = tpo_shape_count (shape);
  gint64 row = shape->n > 0 ? shape->dim[shape->n - 1] : 1;
  gint64 size;

  if (count < 0 || row % infos[type].block != 0 ||
      __builtin_mul_overflow (count / infos[type].block, (gint64) infos[type].block_size,
                              &size))
    return -1;
  return size;
}

gboolean
tpo_shape_equal (const TpoShape *a, const TpoShape *b)
{
  if (a->n != b->n)
    return FALSE;
  for (guint i = 0; i < a->n; i++) {
    if (a->dim[i] != b->dim[i])
      return FALSE;
  }
  return TRUE;
}

char *
tpo_shape_to_string (const TpoShape *shape)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < shape->n; i++)
    g_string_append_printf (text, i > 0 ? ", %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT,
                            shape->dim[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}
