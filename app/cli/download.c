#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "download/transfer.h"
#include "files/free-space.h"

typedef struct {
  TpoTransfer transfer;
  TpoOffer *offer;
  TpoModelFile *model;
  char *sha256; /* that was found */
} Download;

static char *
format_size (guint64 size)
{
  return g_format_size_full (size, G_FORMAT_SIZE_IEC_UNITS);
}

static void
show_progress (const TpoTransferProgress *progress, gpointer user_data)
{
  g_autofree char *done = format_size (progress->done);
  g_autofree char *rate = format_size ((guint64) progress->rate);
  g_autofree char *left =
      progress->left_us >= 0 ? g_strdup_printf ("%.0f s left", (double) progress->left_us / 1e6)
                             : g_strdup ("");

  if (progress->total > 0)
    fprintf (stderr, "\r%3.0f %%  ",
             100.0 * (double) progress->done / (double) progress->total);
  else
    fprintf (stderr, "\r       ");
  fprintf (stderr, "%s, %s a second, %s  %-10s", done, rate, left,
           progress->is_checking ? "(checking)" : "");
}

static gboolean
look (gpointer data, GCancellable *cancellable, GError **error)
{
  Download *self = data;

  self->offer = tpo_offer_get (self->transfer.address, cancellable, error);
  return self->offer != NULL;
}

static gboolean
fetch (gpointer data, GCancellable *cancellable, GError **error)
{
  Download *self = data;

  self->transfer.cancellable = cancellable;
  self->model = tpo_transfer_run (&self->transfer, &self->sha256, error);
  return self->model != NULL;
}

/* What will come, and whether there is room for it. */
static void
print_offer (const Download *self)
{
  const TpoModelFile *model = self->offer->model;
  g_autofree char *folder = g_path_get_dirname (self->transfer.path);
  g_autofree char *size = format_size (self->offer->size);
  g_autofree char *room = NULL, *memory = NULL, *least = NULL;
  guint64 n_free;

  if (self->offer->size > 0)
    printf ("size: %s\n", size);
  else
    printf ("size: not known\n");
  if (tpo_free_space (folder, &n_free, NULL, NULL)) { /* else the transfer will say so */
    room = format_size (n_free);
    printf ("free in %s: %s\n", folder, room);
  }
  if (!self->offer->can_resume)
    printf ("the server cannot go on with a download that was cut off\n");
  if (model == NULL)
    return;
  printf ("model: %s, %s, %" G_GUINT64_FORMAT " parameters\n",
          model->name != NULL ? model->name : "without a name", model->architecture,
          model->n_parameters);
  if (model->problem != NULL)
    printf ("problem: %s\n", model->problem);
  if (model->memory_size > 0) {
    memory = format_size (model->memory_size);
    least = format_size (model->least_memory_size);
    printf ("device memory: about %s, at least %s\n", memory, least);
  }
}

static int
run (Download *self, const char *output)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = tpo_cli_work (look, self, &error);

  if (ok) {
    path = g_strdup (output != NULL ? output : self->offer->name);
    self->transfer.path = path;
    print_offer (self);
    ok = tpo_cli_work (fetch, self, &error);
  }
  if (self->transfer.progress != NULL)
    fprintf (stderr, "\r%70s\r", "");
  if (ok) {
    printf ("%s: SHA-256 %s%s\n", path, self->sha256,
            self->transfer.sha256 != NULL ? ", as wanted" : "");
    return 0;
  }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return tpo_cli_fail (error);
  fprintf (stderr, "%s: stopped; the same command goes on from here\n", g_get_prgname ());
  return 1;
}

static const char summary[] =
    "Fetches a GGUF model over HTTPS. What came is kept in FILE.part until everything is there\n"
    "and its checksum is right; the same command goes on with it. Nothing but the request is\n"
    "sent, and nothing is fetched but what this command names.";

int
tpo_cli_download (int argc, char **argv)
{
  Download self = { 0 };
  g_autofree char *sha256 = NULL, *output = NULL;
  const GOptionEntry entries[] = {
    { "sha256", 0, 0, G_OPTION_ARG_STRING, &sha256, "What the file's checksum must be",
      "DIGITS" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
      "Where it goes; by default here, with its own name", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  int status;

  if (!tpo_cli_parse (&argc, &argv, entries, "URL", summary, 1, 1))
    return 2;
  if (sha256 != NULL && !tpo_transfer_is_checksum (sha256)) {
    fprintf (stderr, "%s: --sha256 takes 64 hexadecimal digits\n", g_get_prgname ());
    return 2;
  }
  self.transfer = (TpoTransfer){ .address = argv[1], .sha256 = sha256 };
  if (isatty (STDERR_FILENO))
    self.transfer.progress = show_progress;
  status = run (&self, output);
  g_clear_pointer (&self.offer, tpo_offer_free);
  g_clear_pointer (&self.model, tpo_model_file_free);
  g_free (self.sha256);
  return status;
}
