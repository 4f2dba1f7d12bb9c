#include "config.h"

#include "download/transfer.h"

#include <string.h>

#include <glib/gi18n.h>

#include <tpo/error.h>

#include "download/http.h"
#include "download/part.h"
#include "download/rate.h"
#include "files/free-space.h"

enum {
  BLOCK = 1 << 18,
  SHA256_DIGITS = 64,
};

static const guint64 LEAST_GAIN = 1 << 20; /* of a connection that was cut, for another one */
static const gint64 REPORT_EVERY_US = 100 * G_TIME_SPAN_MILLISECOND;

/* A transfer that is under way. */
typedef struct {
  const TpoTransfer *transfer;
  TpoPart *part;
  TpoRate rate;
  gint64 reported_us;
} Run;

static void
report (Run *self, gboolean is_checking, guint64 done)
{
  const TpoTransfer *transfer = self->transfer;
  gint64 now_us = g_get_monotonic_time ();
  TpoTransferProgress progress = { .is_checking = is_checking,
                                   .done = done,
                                   .total = self->part->total };

  if (transfer->progress == NULL || now_us - self->reported_us < REPORT_EVERY_US)
    return;
  self->reported_us = now_us;
  tpo_rate_add (&self->rate, done, now_us);
  progress.rate = self->rate.rate;
  progress.left_us =
      progress.total > 0
          ? tpo_rate_left_us (&self->rate, progress.total - MIN (done, progress.total))
          : -1;
  transfer->progress (&progress, transfer->user_data);
}

/* ---- fetching -------------------------------------------------------------------------------- */

/* Whether @answer goes on with the bytes that are there. */
static gboolean
continues (const TpoPart *part, const TpoHttpAnswer *answer)
{
  return answer->body != NULL && answer->first == part->size &&
         (answer->size == part->total || part->total == 0) &&
         (part->mark == NULL || g_strcmp0 (part->mark, answer->mark) == 0);
}

/* Asks for what is missing. Bytes of a file that nothing tells apart from another are not gone on with. */
static gboolean
ask (Run *self, TpoHttp *http, TpoHttpAnswer *answer, GError **error)
{
  const TpoTransfer *transfer = self->transfer;
  TpoPart *part = self->part;
  TpoHttpRange rest = { .first = part->size, .mark = part->mark };

  if (part->size > 0 && (part->mark != NULL || part->sha256 != NULL)) {
    if (!tpo_http_get (http, transfer->address, &rest, answer, transfer->cancellable, error))
      return FALSE;
    if (continues (part, answer))
      return TRUE;
    if (answer->body == NULL || answer->first > 0)
      tpo_http_answer_clear (answer);
  }
  if (answer->body == NULL &&
      !tpo_http_get (http, transfer->address, NULL, answer, transfer->cancellable, error))
    return FALSE;
  return tpo_part_restart (part, answer->mark, answer->size, error);
}

static gboolean
check_space (const TpoPart *part, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (part->path);

  return tpo_free_space_check (folder, part->total - MIN (part->size, part->total), cancellable,
                               error);
}

/* One connection, until everything is there or it ends. */
static gboolean
receive (Run *self, TpoHttp *http, GError **error)
{
  const TpoTransfer *transfer = self->transfer;
  TpoPart *part = self->part;
  g_auto (TpoHttpAnswer) answer = { 0 };
  g_autofree guint8 *block = g_malloc (BLOCK);
  gssize n;

  if (part->total > 0 && part->size == part->total)
    return TRUE;
  if (!ask (self, http, &answer, error) || !check_space (part, transfer->cancellable, error))
    return FALSE;
  do {
    n = tpo_http_read (&answer, transfer->address, block, BLOCK, transfer->cancellable, error);
    if (n < 0 || !tpo_part_append (part, block, (gsize) n, error))
      return FALSE;
    report (self, FALSE, part->size);
  } while (n > 0);
  if (part->total == 0)
    part->total = part->size;
  if (part->size == part->total)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                       _ ("The server sent another number of bytes than it had said."));
  return FALSE;
}

static gboolean
receive_all (Run *self, GError **error)
{
  g_autoptr (TpoHttp) http = tpo_http_new ();

  for (;;) {
    guint64 before = self->part->size;
    g_autoptr (GError) problem = NULL;

    if (receive (self, http, &problem))
      return TRUE;
    if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
        self->part->size < before + LEAST_GAIN) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  }
}

/* ---- checking -------------------------------------------------------------------------------- */

gboolean
tpo_transfer_is_checksum (const char *text)
{
  gsize n = 0;

  while (g_ascii_isxdigit (text[n]))
    n++;
  return n == SHA256_DIGITS && text[n] == '\0';
}

/* Of what is on the disk, whichever tries it came with. */
static char *
compute_checksum (Run *self, GError **error)
{
  GCancellable *cancellable = self->transfer->cancellable;
  g_autoptr (GFile) file = g_file_new_for_path (self->part->part_path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *block = g_malloc (BLOCK);
  guint64 done = 0;
  gssize n;

  if (stream == NULL)
    return NULL;
  self->rate = (TpoRate){ 0 };
  while ((n = g_input_stream_read (G_INPUT_STREAM (stream), block, BLOCK, cancellable, error)) >
         0) {
    g_checksum_update (checksum, block, n);
    done += (guint64) n;
    report (self, TRUE, done);
  }
  return n == 0 ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}

/* A wrong file is of no use to anybody: it goes. */
static gboolean
check_file (Run *self, char **sha256, GError **error)
{
  g_autofree char *found = compute_checksum (self, error);
  g_autoptr (TpoModelFile) model = NULL;

  if (found == NULL)
    return FALSE;
  if (self->part->sha256 != NULL && g_ascii_strcasecmp (found, self->part->sha256) != 0) {
    tpo_part_remove (self->part->path);
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_FORMAT,
        /* Translators: both are checksums, long numbers */
        _ ("What came is not the file that was wanted, and was removed. Its SHA-256 is %s "
           "instead of %s."),
        found, self->part->sha256);
    return FALSE;
  }
  model = tpo_model_file_load (self->part->part_path, NULL); /* said below */
  if (model == NULL) {
    tpo_part_remove (self->part->path);
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_FORMAT,
                         _ ("What came is not a whole GGUF model file, and was removed."));
    return FALSE;
  }
  *sha256 = g_steal_pointer (&found);
  return TRUE;
}

TpoModelFile *
tpo_transfer_run (const TpoTransfer *self, char **sha256, GError **error)
{
  g_autoptr (TpoPart) part = NULL;
  Run run = { .transfer = self };

  g_return_val_if_fail (self->address != NULL && self->path != NULL, NULL);
  g_return_val_if_fail (self->sha256 == NULL || tpo_transfer_is_checksum (self->sha256), NULL);

  if (g_file_test (self->path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
                 /* Translators: %s is the name of a file */
                 _ ("“%s” is there already."), self->path);
    return NULL;
  }
  part = tpo_part_open (self->path, self->address, self->sha256, error);
  if (part == NULL)
    return NULL;
  run.part = part;
  if (!receive_all (&run, error) || !check_file (&run, sha256, error) ||
      !tpo_part_finish (part, error))
    return NULL;
  return tpo_model_file_load (self->path, error);
}
