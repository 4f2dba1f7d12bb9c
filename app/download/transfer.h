#pragma once

#include <gio/gio.h>

#include <tpo/model-file.h>

/**
 * TpoOffer: what a server has at an address, found without fetching more than the file's header
 */
typedef struct {
  char *name;          /* a name for the file, "model.gguf" */
  guint64 size;        /* bytes; 0 when the server does not say */
  gboolean can_resume; /* the server sends parts */
  TpoModelFile *model; /* (nullable): what its header says; %NULL when the size is not known */
} TpoOffer;

/**
 * tpo_offer_get:
 * @address: of a GGUF file; HTTPS, or HTTP to this computer itself
 *
 * Asks for the header, which may be some megabytes. For a thread of its own.
 *
 * Returns: (transfer full) (nullable): %NULL with a sentence, also when the file is no model
 */
TpoOffer *tpo_offer_get (const char *address, GCancellable *cancellable, GError **error);
void tpo_offer_free (TpoOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoOffer, tpo_offer_free)

/** TpoTransferProgress: where a transfer stands */
typedef struct {
  gboolean
      is_checking; /* everything is there, and the checksum is computed; @done counts that */
  guint64 done, total; /* bytes; @total is 0 while nobody knows */
  double rate;         /* bytes a second; 0 while nobody knows */
  gint64 left_us;      /* or -1 */
} TpoTransferProgress;

/** TpoTransferFunc: called from the working thread, some times a second */
typedef void (*TpoTransferFunc) (const TpoTransferProgress *progress, gpointer user_data);

/** TpoTransfer: a model file to fetch */
typedef struct {
  const char *address;
  const char *
      path; /* where it goes; must be free. What is unfinished is kept beside it (download/part.h) */
  const char
      *sha256; /* (nullable): what its checksum must be: 64 hexadecimal digits in any case */
  TpoTransferFunc progress; /* (nullable) */
  gpointer user_data;
  GCancellable *cancellable;
} TpoTransfer;

/**
 * tpo_transfer_run:
 * @sha256: (out) (transfer full): the checksum that was found
 *
 * Goes on where an earlier try was cut off, if the server's file is still the same, else begins
 * anew. A cut connection is made again as long as each brings something. A file that turns out to
 * be wrong is removed; after any other error, and after cancelling, what came stays for the next
 * try. For a thread of its own.
 *
 * Returns: (transfer full) (nullable): the model in its place, or %NULL with a sentence
 */
TpoModelFile *tpo_transfer_run (const TpoTransfer *self, char **sha256, GError **error);

/** tpo_transfer_is_checksum: whether @text could be a SHA-256 */
gboolean tpo_transfer_is_checksum (const char *text);
