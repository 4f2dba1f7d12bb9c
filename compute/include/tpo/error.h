#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TPO_ERROR (tpo_error_quark ())

/**
 * TpoErrorCode:
 * @TPO_ERROR_SHAPE: a tensor or request has sizes that the operation does not take
 * @TPO_ERROR_FORMAT: a file or text is malformed or not of the expected kind
 * @TPO_ERROR_IO: reading, writing or decoding failed for a reason outside the file's format
 * @TPO_ERROR_NO_MEMORY: device or host memory of weight size is not to be had
 * @TPO_ERROR_NO_DEVICE: no Vulkan device, or none that does what the engine needs
 * @TPO_ERROR_DEVICE_LOST: the device stopped answering; reopen it
 * @TPO_ERROR_UNSUPPORTED: well formed, but of a kind that this version does not handle
 * @TPO_ERROR_INVALID: an argument given by the user is out of range
 *
 * Codes of the one error domain of compute/ and the command line. Cancelling reports
 * G_IO_ERROR_CANCELLED in G_IO_ERROR instead. Messages are whole sentences or clauses that
 * name the file or field concerned; they are shown to people.
 */
typedef enum {
  TPO_ERROR_SHAPE,
  TPO_ERROR_FORMAT,
  TPO_ERROR_IO,
  TPO_ERROR_NO_MEMORY,
  TPO_ERROR_NO_DEVICE,
  TPO_ERROR_DEVICE_LOST,
  TPO_ERROR_UNSUPPORTED,
  TPO_ERROR_INVALID,
} TpoErrorCode;

GQuark tpo_error_quark (void);

/**
 * TpoProgressFunc:
 * @done: work done so far, 0 … 1
 * @step: what is being done, a short translatable phrase, or %NULL
 *
 * Called from the working thread, at most some tens of times a second.
 */
typedef void (*TpoProgressFunc) (double done, const char *step, gpointer user_data);

G_END_DECLS
