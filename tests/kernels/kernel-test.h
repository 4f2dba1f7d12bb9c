#pragma once

#include "nn/graph-internal.h"
#include "nn/ops.h"

/*
 * What the operator tests share: seeded host tensors, a graph per case with guard bands, and
 * the comparison with a reference in double. One file per family of operators defines the
 * tests; main.c holds the list and fails on a row of the operator table that no test names.
 */

typedef struct {
  TpoDevice *device;
  GRand *rand;
  gboolean is_quick; /* one combination of types per case; see kernels_is_due() */
  guint n_cases;     /* of the running test … */
  double worst;      /* … its largest error over the tolerance, and the case it was seen in */
  char *worst_case;
  guint n_errors; /* validation errors seen so far */
} Kernels;

/**
 * KernelTest:
 * @ops: names of the table rows that the test covers
 */
typedef struct {
  const char *name;
  const char *ops[8];
  void (*run) (Kernels *self);
} KernelTest;

extern const KernelTest tests_elementwise[], tests_move[], tests_norm[], tests_position[],
    tests_reduce[], tests_sample[], tests_resize[], tests_spatial[], tests_linear[],
    tests_attention[];

/**
 * kernels_is_due:
 * @index: of the case
 * @combination: of types, 0 … n_combinations - 1
 *
 * Matrix operators have a pipeline per size and types, each of which takes the driver long to compile the
 * first time. So the first cases run with all combinations and later ones with half of them, taking
 * turns; a quick run takes one for each.
 */
gboolean kernels_is_due (const Kernels *self, guint index, guint combination,
                         guint n_combinations);

/* ---- host tensors --------------------------------------------------------------------------- */

/**
 * HostTensor: @v are the values exactly as the stored type has them, @bytes what is uploaded.
 */
typedef struct {
  TpoType type;
  TpoShape shape;
  gint64 n;
  double *v;
  guint8 *bytes;
  gsize size;
} HostTensor;

/**
 * Fill: kinds of content. HUGE and TINY stay where squares and sums of the reference have
 * finite results in the type.
 */
typedef enum {
  FILL_NORMAL, /* mean 0, deviation 1 */
  FILL_EQUAL,  /* one random number throughout */
  FILL_HUGE,
  FILL_TINY,
  FILL_COUNT
} Fill;

const char *fill_name (Fill fill);

/** host_random: U8 and I32 take 0 … 255 and types of 4 or 6 bits any blocks whatever the fill */
HostTensor *host_random (Kernels *self, TpoType type, TpoShape shape, Fill fill);

/**
 * host_random_blocks: fills @self, of a type with 4 or 6 bits, with random blocks
 *
 * Returns: false for other types
 */
gboolean host_random_blocks (GRand *rand, HostTensor *self);

/** host_new: rounds @values to @type; for Q8_0, per block */
HostTensor *host_new (TpoType type, TpoShape shape, const double *values);
HostTensor *host_uniform (Kernels *self, TpoType type, TpoShape shape, double low, double high);
HostTensor *host_int (gint32 value);
void host_free (HostTensor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostTensor, host_free)

/* ---- cases ---------------------------------------------------------------------------------- */

/**
 * Tolerance: |got - want| ≤ @absolute + @relative · |want|. For F16 results half a unit of the
 * type is added, since they are rounded once.
 */
typedef struct {
  double absolute;
  double relative;
} Tolerance;

/**
 * sum_error: what to allow a sum of @n_terms products of size 1 in f32, in any order.
 *
 * One after the other, the partial sums wander to the root of k and each is rounded to 2^-24 of itself,
 * which adds up to a deviation of 2.4e-8 · n; among ten thousand results one is 4.5 deviations off.
 */
double sum_error (gint64 n_terms);

typedef struct {
  Kernels *kernels;
  char *name;
  TpoGraph *graph;
} Case;

Case *case_new (Kernels *kernels, const char *format, ...) G_GNUC_PRINTF (2, 3);
void case_free (Case *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Case, case_free)

/** case_input: an input of the graph that holds @host already */
TpoTensor *case_input (Case *self, const HostTensor *host);

/**
 * case_read: compiles, runs with guard bands and reads @result.
 *
 * Returns: (transfer full): its values; %NULL after a failure, which has been reported
 */
double *case_read (Case *self, TpoTensor *result);

/** case_check: case_read() and the comparison with @want, as many values as @result has */
void case_check (Case *self, TpoTensor *result, const double *want, Tolerance tolerance);

/** case_compare: only the comparison */
void case_compare (Case *self, TpoTensor *result, const double *got, const double *want,
                   Tolerance tolerance);

/** case_fail: reports a failure of the running test, which goes on */
void case_fail (Case *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** case_check_refused: the graph must have refused the operator, naming @phrase */
void case_check_refused (Case *self, const char *phrase);

/** float types of activations, for loops */
extern const TpoType float_types[2];

/** kernel_activate: the activations of products and convolutions, in double */
double kernel_activate (TpoAct act, double v);
