#pragma once

#include <gio/gio.h>

#include <tpo/error.h>

G_BEGIN_DECLS

/**
 * TpoStorage: how the large matrices of a model file are stored
 * @TPO_STORAGE_Q8_0: 8 bits and a scale per 32 values, 8.5 bits per value
 * @TPO_STORAGE_Q4_0: 4 bits and a scale per 32 values, 4.5 bits per value, in the layers of the
 *   language model and of the query encoder; Q8_0 elsewhere
 */
typedef enum {
  TPO_STORAGE_F16,
  TPO_STORAGE_Q8_0,
  TPO_STORAGE_F32,
  TPO_STORAGE_Q4_0,
} TpoStorage;

/**
 * TpoConvertOptions: how a model is converted; valid when zeroed.
 */
typedef struct {
  TpoStorage storage;
  gboolean keep_adapters; /* keep lora_A and lora_B apart; else W + alpha/r · B·A */
  gboolean keep_unused;   /* also write tensors that nothing reads */
  const char *const
      *clip_paths;       /* (nullable): files of the clip encoder, later ones override */
  const char *text_path; /* (nullable): file of the query encoder, or its folder */
  const char *text_tokenizer_path; /* (nullable): its tokenizer.model, if it is not beside it */
  gboolean skip_text_adapters;     /* leave the query encoder's lora_A and lora_B out */
  const char *mask_path;           /* (nullable): file of SAM 2 or 2.1, any of the four sizes */
  TpoProgressFunc progress;
  gpointer progress_data;
  GCancellable *cancellable; /* (nullable) */
} TpoConvertOptions;

/** TpoConvertReport: every tensor of the source was written, merged or is in @unused */
typedef struct {
  guint n_written;
  gboolean
      replaced_part; /* an unfinished "OUTPUT.part" of an earlier run, which was killed, was begun anew */
  guint n_merged;     /* adapters that became part of a matrix */
  GPtrArray *unused;  /* of char *, "NAME: reason" */
  GPtrArray *widened; /* of char *, names stored as F32 since F16 cannot hold their values */
  double
      text_adapter_share; /* of merged adapters of the query encoder: |scale · B·A| / |W|, on average */
  guint64 n_elements; /* written */
  guint64 size;       /* bytes of tensor data written */
} TpoConvertReport;

void tpo_convert_report_clear (TpoConvertReport *self);

/**
 * tpo_convert:
 * @source: (nullable): folder in Hugging Face layout, or a GGUF file of ours to be stored in another
 *   way; %NULL for a file that holds only the mask head of @options
 * @output: path of the GGUF file; written as "OUTPUT.part" and renamed at the end
 * @report: (out caller-allocates): filled in even on failure; clear it
 *
 * Other files named in @options, as their authors published them with torch.save(), as safetensors or
 * GGUF, take the place of the same part of @source. With a mask head of another width than the
 * source's, questions no longer lead to masks; clicks and boxes do.
 *
 * Checks that the source has all tensors of its settings, in the right shapes, and no others, then
 * writes settings, tokenizer and tensors under their published names. Works a few megabytes at a
 * time. Stored are
 *   F32         vectors, tokens, position tables, everything under 1024 elements
 *   F16         convolutions, embeddings, adapters, task, temporal and mask heads
 *   @storage    matrices of the language model, both encoders, Q-Former, where rows are whole blocks
 * or all F32 if that is @storage. Values that F16 cannot hold make their tensor F32.
 *
 * Takes from seconds to many minutes; call it from a thread of its own.
 *
 * Returns: false with TPO_ERROR_IO, TPO_ERROR_FORMAT, TPO_ERROR_SHAPE, TPO_ERROR_UNSUPPORTED or
 *   G_IO_ERROR_CANCELLED; a file at @output is untouched then, and nothing else is left of the
 *   attempt. Conversions start from the beginning each time; what a killed one left as
 *   "OUTPUT.part" is replaced
 */
gboolean tpo_convert (const char *source, const char *output, const TpoConvertOptions *options,
                      TpoConvertReport *report, GError **error);

G_END_DECLS
