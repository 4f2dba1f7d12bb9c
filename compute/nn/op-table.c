#include "config.h"

#include "nn/op-table.h"

static const TpoOpRow rows[TPO_OP_COUNT] = {
  [TPO_OP_UNARY] = { .name = "unary",
                     .spirv = { TPO_SPIRV_UNARY_F32, TPO_SPIRV_UNARY_F16 },
                     .params_size = 4,
                     .n_bindings = 2,
                     .n_spec = 1 },
};

const TpoOpRow *
tpo_op_row (TpoOp op)
{
  g_assert (op < TPO_OP_COUNT);
  return &rows[op];
}
