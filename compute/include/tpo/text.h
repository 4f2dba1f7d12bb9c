#pragma once

#include <gio/gio.h>

#include <tpo/device.h>

G_BEGIN_DECLS

/**
 * TpoTextModel: a language model on a device, for text alone.
 *
 * From GGUF files of architecture "llama", which is what converters call Llama and Mistral, or
 * "qwen2", or from the language model of a "videochat-tpo" file. Belongs to its device's thread.
 */
typedef struct _TpoTextModel TpoTextModel;

/**
 * tpo_text_model_open:
 * @path: a GGUF file
 * @capacity: tokens of prompt and continuation together; 0: what the file gives, but at most 2048
 * @progress: (nullable): loading
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT (naming the field or tensor),
 *   TPO_ERROR_UNSUPPORTED for other architectures, tokenizers and element types,
 *   TPO_ERROR_NO_MEMORY, or G_IO_ERROR_CANCELLED
 */
TpoTextModel *tpo_text_model_open (TpoDevice *device, const char *path, guint capacity,
                                   TpoProgressFunc progress, gpointer user_data,
                                   GCancellable *cancellable, GError **error);

/** tpo_text_model_get_name: what the file says it is. Returns: (transfer none) */
const char *tpo_text_model_get_name (const TpoTextModel *self);

/**
 * tpo_text_model_has_chat: whether the file has a template of conversations, known or not: it was
 *   trained to answer people, and TpoTextRequest.is_chat is what it expects
 */
gboolean tpo_text_model_has_chat (const TpoTextModel *self);

void tpo_text_model_free (TpoTextModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoTextModel, tpo_text_model_free)

/**
 * TpoTextRequest: valid when zeroed but for @prompt.
 */
typedef struct {
  const char *prompt; /* continued as it is, unless @is_chat */
  gboolean
      parses_special; /* "<s>", "[INST]" and other special tokens in @prompt are taken as such */
  gboolean
      is_chat; /* @prompt is a message, to be put in the file's template of conversations */
  guint max_tokens;                             /* 0: 200 */
  float temperature, top_p, repetition_penalty; /* 0: greedy, off, off */
  guint32 seed;
} TpoTextRequest;

/** TpoTextFunc: @text: more of the continuation, valid UTF-8, valid during the call */
typedef void (*TpoTextFunc) (const char *text, gpointer user_data);

/**
 * tpo_text_model_generate:
 *
 * Continues a text until the model ends it, @max_tokens are written or the capacity is reached. Blocks.
 *
 * Returns: false with TPO_ERROR_INVALID (prompt empty or longer than the capacity, or special
 * tokens in a message),
 *   TPO_ERROR_UNSUPPORTED (no template of conversations, or an unknown one), a device error, or
 *   G_IO_ERROR_CANCELLED
 */
gboolean tpo_text_model_generate (TpoTextModel *self, const TpoTextRequest *request,
                                  TpoTextFunc on_text, gpointer user_data,
                                  GCancellable *cancellable, GError **error);

/**
 * tpo_text_model_time:
 * @n_prompt: tokens read at once; may be 0
 * @n_generated: tokens written one by one, from an empty sequence; may be 0
 * @prompt_us, @generated_us: (out): how long each took
 *
 * One measurement of speed, on ids without meaning, as llama-bench makes it.
 */
gboolean tpo_text_model_time (TpoTextModel *self, guint n_prompt, guint n_generated,
                              gint64 *prompt_us, gint64 *generated_us,
                              GCancellable *cancellable, GError **error);

G_END_DECLS
