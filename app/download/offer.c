#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include <tpo/error.h>

#include "download/http.h"
#include "download/transfer.h"

/* A header with a large vocabulary takes some megabytes. */
static const gsize FIRST_HEAD = 1 << 20, LARGEST_HEAD = 64 << 20;
static const gsize LONGEST_NAME = 200;

void
tpo_offer_free (TpoOffer *self)
{
  g_clear_pointer (&self->model, tpo_model_file_free);
  g_free (self->name);
  g_free (self);
}

/* A name for the file: the last part of the address, without what could lead out of a folder. */
static char *
choose_name (const char *address)
{
  static const char suffix[] = ".gguf";
  g_autoptr (GUri) uri = tpo_http_parse (address, NULL); /* it was asked for already */
  g_autofree char *path = g_uri_unescape_string (uri != NULL ? g_uri_get_path (uri) : "", NULL);
  g_autofree char *base = g_path_get_basename (path != NULL ? path : "");
  g_autofree char *name = g_utf8_make_valid (base, -1);

  for (char *c = name; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) || *c == '/' || *c == '\\' || (c == name && *c == '.'))
      *c = '-';
  if (g_str_has_suffix (name, suffix))
    name[strlen (name) - strlen (suffix)] = '\0';
  if (strlen (name) > LONGEST_NAME)
    *g_utf8_find_prev_char (name, name + LONGEST_NAME) = '\0';
  return g_strconcat (*name != '\0' && strcmp (name, "-") != 0 ? name : "model", suffix, NULL);
}

/* Up to @size bytes from the start of the file. */
static GBytes *
fetch_head (TpoHttp *http, const char *address, gsize size, TpoOffer *offer,
            GCancellable *cancellable, GError **error)
{
  const TpoHttpRange range = { .n = size };
  g_auto (TpoHttpAnswer) answer = { 0 };
  g_autofree guint8 *head = g_malloc (size);
  gsize n_read = 0;
  gssize n = 0;

  if (!tpo_http_get (http, address, &range, &answer, cancellable, error))
    return NULL;
  offer->size = answer.size;
  offer->can_resume = answer.is_part && answer.mark != NULL;
  while (answer.body != NULL && answer.first == 0 && n_read < size &&
         (n = tpo_http_read (&answer, address, head + n_read, size - n_read, cancellable,
                             error)) > 0)
    n_read += (gsize) n;
  return n >= 0 ? g_bytes_new (head, n_read) : NULL;
}

/* Reads the header in a file in memory as large as the real one, of which the rest is a hole. */
static TpoModelFile *
read_head (GBytes *head, const TpoOffer *offer, GError **error)
{
  int file = memfd_create ("header", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", file);
  gsize n;
  const guint8 *bytes = g_bytes_get_data (head, &n);
  g_autoptr (GError) problem = NULL;
  TpoModelFile *model = NULL;

  if (file >= 0 && write (file, bytes, n) == (gssize) n &&
      ftruncate (file, (off_t) offer->size) == 0)
    model = tpo_model_file_load (path, &problem);
  else
    g_set_error_literal (error, TPO_ERROR, TPO_ERROR_IO, g_strerror (errno));
  if (model != NULL) {
    g_free (model->path);
    model->path = g_strdup (offer->name);
  } else if (problem != NULL) {
    g_autoptr (GString) text = g_string_new (problem->message);

    g_string_replace (text, path, offer->name, 0); /* what people know it by */
    g_set_error_literal (error, problem->domain, problem->code, text->str);
  }
  if (file >= 0)
    close (file);
  return model;
}

static gboolean
is_gguf (GBytes *head)
{
  gsize n;
  const void *bytes = g_bytes_get_data (head, &n);

  return n >= 4 && memcmp (bytes, "GGUF", 4) == 0;
}

TpoOffer *
tpo_offer_get (const char *address, GCancellable *cancellable, GError **error)
{
  g_autoptr (TpoHttp) http = tpo_http_new ();
  g_autoptr (TpoOffer) self = g_new0 (TpoOffer, 1);
  g_autoptr (GError) problem = NULL;

  self->name = choose_name (address);
  for (gsize n = FIRST_HEAD; n <= LARGEST_HEAD; n *= 4) {
    g_autoptr (GBytes) head = fetch_head (http, address, n, self, cancellable, error);

    if (head == NULL)
      return NULL;
    if (!is_gguf (head)) {
      g_set_error_literal (error, TPO_ERROR, TPO_ERROR_FORMAT,
                           _ ("The file at this address is not a GGUF model file."));
      return NULL;
    }
    if (self->size == 0)
      return g_steal_pointer (&self);
    g_clear_error (&problem);
    self->model = read_head (head, self, &problem);
    if (self->model != NULL)
      return g_steal_pointer (&self);
    if (g_bytes_get_size (head) < n) /* that was all of it */
      break;
  }
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               /* Translators: %s is the reason */
               _ ("The file at this address is damaged: %s"), problem->message);
  return NULL;
}
