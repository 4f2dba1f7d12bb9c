#pragma once

#include <tpo/parity.h>

#include "models/cgdetr/cgdetr.h"
#include "models/layers/loader.h"
#include "models/layers/taps.h"
#include "models/sam2/sam2.h"

/**
 * TpoParityRun: one fixture while its module is run; what runners work with.
 *
 * A runner reads its config from tpo_parity_hparams(), loads the network with tpo_parity_loader(),
 * makes graphs from the stored inputs and hands results to the check functions, which compare them
 * with the stored tensor of the same name and add an item to the report. Stored "out." tensors that
 * no check asked for fail the report at the end; "mid." ones need not be checked.
 */
typedef struct {
  TpoDevice *device;
  TpoParityOptions options;
  const char *path;
  TpoWeights *weights; /* of the fixture; NULL for JSON fixtures */
  TpoParityReport *report;
  GHashTable *checked; /* names of stored tensors that were compared */
} TpoParityRun;

/**
 * TpoParityRunner:
 *
 * Returns: false with an error when the module cannot be run; figures over their tolerance are no error
 */
typedef gboolean (*TpoParityRunner) (TpoParityRun *run, GError **error);

gboolean tpo_parity_vit (TpoParityRun *run, GError **error);
gboolean tpo_parity_qformer (TpoParityRun *run, GError **error);
gboolean tpo_parity_mistral (TpoParityRun *run, GError **error);
gboolean tpo_parity_tokenizer (TpoParityRun *run, GError **error);
gboolean tpo_parity_preprocess (TpoParityRun *run, GError **error);
gboolean tpo_parity_heads (TpoParityRun *run, GError **error);
gboolean tpo_parity_chain (TpoParityRun *run, GError **error);
gboolean tpo_parity_cgdetr (TpoParityRun *run, GError **error);
gboolean tpo_parity_clip (TpoParityRun *run, GError **error);
gboolean tpo_parity_sam2_image (TpoParityRun *run, GError **error);
gboolean tpo_parity_sam2_video (TpoParityRun *run, GError **error);

/** tpo_parity_hparams: reader of the metadata's "hparams"; ended by tpo_reader_finish() */
TpoReader tpo_parity_hparams (TpoParityRun *run);

/**
 * tpo_parity_loader: (transfer full): loader of the fixture's weights in the storage that was asked
 * for
 */
TpoLoader *tpo_parity_loader (TpoParityRun *run);

/** tpo_parity_loader_of: the same for weights of another file */
TpoLoader *tpo_parity_loader_of (TpoParityRun *run, TpoWeights *weights);

/** tpo_parity_stored: (transfer none) (nullable): a stored tensor, or %NULL with the error */
const TpoWeight *tpo_parity_stored (TpoParityRun *run, const char *name, GError **error);

/** tpo_parity_require_count: whether a stored tensor is there and has @n elements, else the error */
gboolean tpo_parity_require_count (TpoParityRun *run, const char *name, gint64 n,
                                   GError **error);

/** tpo_parity_floats: (transfer full) (nullable): values of a stored tensor */
float *tpo_parity_floats (TpoParityRun *run, const char *name, GError **error);

/** tpo_parity_ints: (transfer full) (nullable): values of a stored I64 or I32 tensor as I32 */
gint32 *tpo_parity_ints (TpoParityRun *run, const char *name, GError **error);

/**
 * tpo_parity_images: (transfer full) (nullable): a stored U8 [..., 3, rows, cols] with its channels
 * moved last
 *
 * @shape: (out): [T, rows, cols, 3]
 */
guint8 *tpo_parity_images (TpoParityRun *run, const char *name, TpoShape *shape,
                           GError **error);

/** tpo_parity_input: (transfer none) (nullable): a constant with a stored tensor's values, sizes of 1 in front left
 *   out as long as two dimensions remain */
TpoTensor *tpo_parity_input (TpoParityRun *run, TpoGraph *graph, const char *name,
                             GError **error);

/** tpo_parity_to_planes: [T, rows, cols, 3] to [T, 3, rows, cols]. Returns: (transfer full) */
float *tpo_parity_to_planes (const float *images, const TpoShape *shape);

/**
 * tpo_parity_tolerance: largest error of @name that passes with the run's storage
 *
 * Returns: false with TPO_ERROR_FORMAT when the metadata states none
 */
gboolean tpo_parity_tolerance (TpoParityRun *run, const char *name, double *tolerance,
                               GError **error);

/**
 * tpo_parity_check:
 * @name: of the stored tensor, of any number type
 * @remark: (nullable): told apart by it when @name is checked several times
 * @actual: [@n], @n its number of elements
 */
gboolean tpo_parity_check (TpoParityRun *run, const char *name, const char *remark,
                           const float *actual, gint64 n, GError **error);

/** tpo_parity_check_output: the same with an output of a graph that has run */
gboolean tpo_parity_check_output (TpoParityRun *run, const char *name, const char *remark,
                                  TpoGraph *graph, TpoTensor *output, GError **error);

/** tpo_parity_skip: counts the stored results named @prefix… as ones of training, which are not run */
void tpo_parity_skip (TpoParityRun *run, const char *prefix);

/**
 * tpo_parity_check_taps: checks all stored tensors named @prefix + tap, @prefix such as
 * "mid.video."
 */
gboolean tpo_parity_check_taps (TpoParityRun *run, const char *prefix, TpoGraph *graph,
                                TpoTaps *taps, GError **error);

/** tpo_parity_check_ints: values must be equal; @name is a stored I64 or I32 tensor */
gboolean tpo_parity_check_ints (TpoParityRun *run, const char *name, const char *remark,
                                const gint32 *actual, gint64 n, GError **error);

/**
 * tpo_parity_check_masks:
 * @name: stored [..., rows, cols] U8: logits above 0, resized bilinearly from @logits_name to rows
 *   × cols
 * @logits_name: stored [..., edge, edge]
 * @order: (nullable): [masks]: which of the logits each mask came from; %NULL: in their order
 * @masks: [masks, rows, cols]: 0 or 1
 *
 * Counts the pixels that differ. Those whose stored logit lies within its tolerance of zero may
 * fall on either side.
 */
gboolean tpo_parity_check_masks (TpoParityRun *run, const char *name, const char *logits_name,
                                 const guint *order, const guint8 *masks, gsize n,
                                 GError **error);

/**
 * tpo_parity_check_windows: @name is what CG-DETR's @output, of @g that has run, says in seconds:
 *   [Q, 3]: start, end, score
 * @duration: name of the stored length of the video, [1]
 *
 * Returns: (transfer full) (nullable): [Q]; %NULL with the error
 */
TpoCgdetrWindow *tpo_parity_check_windows (TpoParityRun *run, const char *name,
                                           const char *duration, TpoGraph *g,
                                           const TpoCgdetrOutput *output, GError **error);

/** tpo_parity_check_box_code: @name is the mask head's code of @box: [4], corners normalised */
gboolean tpo_parity_check_box_code (TpoParityRun *run, const TpoSam2 *sam2, const char *name,
                                    const float *box, GError **error);

/**
 * tpo_parity_add:
 *
 * Adds an item of the runner's own making and marks @name as compared; @passed is derived.
 * Returns: (transfer none)
 */
TpoParityItem *tpo_parity_add (TpoParityRun *run, const char *name, const char *remark,
                               gint64 n_values, double error, double tolerance);
