/* Models that are fetched from a server on this computer: whole, in parts, and from servers that do
 * everything wrong. */

#include <string.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "download/http.h"
#include "download/part.h"
#include "download/rate.h"
#include "download/tpo-download.h"

enum {
  CUT = 3 << 20, /* where a connection is cut */
};

/* What the server is told to do, in its own thread; a test sets it before it asks. */
typedef struct {
  const guint8 *file;
  gsize size;
  const char *tag;      /* nullable */
  gboolean has_parts;   /* it sends parts */
  gboolean has_length;  /* it says how long the file is */
  guint n_cuts;         /* so many answers are cut off after CUT bytes */
  gboolean is_stalled;  /* after CUT bytes nothing comes any more */
  gboolean claims_more; /* it says that the file is far too long for any disk */
  gint n_requests;
  char *last_range;    /* nullable: of the last request */
  char *other_headers; /* names of the last request's other headers, sorted */
} Behaviour;

typedef struct {
  char *folder, *path;
  char *model; /* the bytes of a model file */
  gsize model_size;
  char *model_sha256;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  Behaviour behaviour;
  guint port;     /* of the HTTP server */
  guint tls_port; /* of the HTTPS server */
  GTlsCertificate *certificate;
  GMutex mutex;
  GCond ready;
} Fixture;

/* ---- the server ------------------------------------------------------------------------------- */

static void
note_header (const char *name, const char *value, gpointer names)
{
  if (g_ascii_strcasecmp (name, "Range") != 0 && g_ascii_strcasecmp (name, "If-Range") != 0)
    g_ptr_array_add (names, g_ascii_strdown (name, -1));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
note_request (Behaviour *self, SoupMessageHeaders *headers)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  soup_message_headers_foreach (headers, note_header, names);
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  g_free (self->other_headers);
  self->other_headers = g_strjoinv (" ", (char **) names->pdata);
  g_free (self->last_range);
  self->last_range = g_strdup (soup_message_headers_get_one (headers, "Range"));
  g_atomic_int_inc (&self->n_requests);
}

static void
cut (SoupServerMessage *message)
{
  g_socket_close (soup_server_message_get_socket (message), NULL);
}

/* The first CUT bytes go out, and then the line is dead. */
static void
on_wrote_chunk (SoupServerMessage *message, gpointer user_data)
{
  const Behaviour *self = user_data;

  if (!self->is_stalled)
    cut (message);
}

/* Whether the part that is wanted is of the file that there is. */
static gboolean
is_same (const Behaviour *self, SoupMessageHeaders *headers)
{
  const char *wanted = soup_message_headers_get_one (headers, "If-Range");

  return wanted == NULL || g_strcmp0 (wanted, self->tag) == 0;
}

static void
send_file (Behaviour *self, SoupServerMessage *message, goffset first, goffset last)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  gsize n = (gsize) (last - first + 1);

  if (self->claims_more)
    soup_message_headers_set_content_length (headers, G_GINT64_CONSTANT (1) << 60);
  else if (self->has_length)
    soup_message_headers_set_content_length (headers, (goffset) n);
  else
    soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  if ((self->n_cuts > 0 && n > CUT) || self->is_stalled || self->claims_more) {
    self->n_cuts -= self->n_cuts > 0;
    n = MIN (n, CUT);
    g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), self);
  }
  soup_message_body_append (body, SOUP_MEMORY_COPY, self->file + first, n);
  if (n == (gsize) (last - first + 1))
    soup_message_body_complete (body);
}

static void
on_file (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
         gpointer user_data)
{
  Behaviour *self = user_data;
  SoupMessageHeaders *wanted = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupRange *ranges = NULL;
  int n_ranges = 0;

  note_request (self, wanted);
  if (self->tag != NULL)
    soup_message_headers_replace (headers, "ETag", self->tag);
  if (self->has_parts && soup_message_headers_get_one (wanted, "Range") != NULL &&
      is_same (self, wanted)) {
    if (!soup_message_headers_get_ranges (wanted, (goffset) self->size, &ranges, &n_ranges)) {
      soup_server_message_set_status (message, SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE,
                                      NULL);
      return;
    }
    soup_server_message_set_status (message, SOUP_STATUS_PARTIAL_CONTENT, NULL);
    ranges[0].end = MIN (ranges[0].end, (goffset) self->size - 1);
    soup_message_headers_set_content_range (headers, ranges[0].start, ranges[0].end,
                                            (goffset) self->size);
    send_file (self, message, ranges[0].start, ranges[0].end);
    soup_message_headers_free_ranges (wanted, ranges);
    return;
  }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  /* libsoup's server knows parts by itself, unless it is told that there are none. */
  soup_message_headers_remove (wanted, "Range");
  send_file (self, message, 0, (goffset) self->size - 1);
}

static void
on_missing (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}

static void
on_private (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
}

/* "/to?ADDRESS", or "/to", which leads to itself */
static void
on_redirect (SoupServer *server, SoupServerMessage *message, const char *path,
             GHashTable *query, gpointer user_data)
{
  const char *to = g_uri_get_query (soup_server_message_get_uri (message));

  soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, to != NULL ? to : path);
}

static SoupServer *
start_server (Fixture *self, SoupServerListenOptions options, guint *port)
{
  SoupServer *server = soup_server_new ("tls-certificate", self->certificate, NULL);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  soup_server_add_handler (server, "/model.gguf", on_file, &self->behaviour, NULL);
  soup_server_add_handler (server, "/missing.gguf", on_missing, NULL, NULL);
  soup_server_add_handler (server, "/private.gguf", on_private, NULL, NULL);
  soup_server_add_handler (server, "/to", on_redirect, NULL, NULL);
  soup_server_listen_local (server, 0, options | SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  *port = (guint) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return server;
}

static gpointer
serve (gpointer data)
{
  Fixture *self = data;
  g_autoptr (SoupServer) open = NULL;
  g_autoptr (SoupServer) safe = NULL;

  g_main_context_push_thread_default (self->context);
  open = start_server (self, 0, &self->port);
  safe = start_server (self, SOUP_SERVER_LISTEN_HTTPS, &self->tls_port);
  g_mutex_lock (&self->mutex);
  self->loop = g_main_loop_new (self->context, FALSE);
  g_cond_signal (&self->ready);
  g_mutex_unlock (&self->mutex);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* ---- set up -------------------------------------------------------------------------------------- */

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *source =
      g_build_filename (g_getenv ("TPO_DATA_PATH"), "tpo-nano.gguf", NULL);
  g_autofree char *pem = g_test_build_filename (G_TEST_DIST, "tls", "localhost.pem", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (source, &self->model, &self->model_size, &error));
  self->model_sha256 = g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, (const guint8 *) self->model, self->model_size);
  self->folder = g_dir_make_tmp ("tpo-download-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "model.gguf", NULL);
  self->behaviour = (Behaviour){ .file = (const guint8 *) self->model,
                                 .size = self->model_size,
                                 .tag = "\"one\"",
                                 .has_parts = TRUE,
                                 .has_length = TRUE };
  self->certificate = g_tls_certificate_new_from_file (pem, &error);
  g_assert_no_error (error);
  self->context = g_main_context_new ();
  self->thread = g_thread_new ("server", serve, self);
  g_mutex_lock (&self->mutex);
  while (self->loop == NULL)
    g_cond_wait (&self->ready, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_main_context_invoke (self->context, quit, self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_object_unref (self->certificate);
  tpo_part_remove (self->path);
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0); /* nothing else was left */
  g_free (self->behaviour.last_range);
  g_free (self->behaviour.other_headers);
  g_free (self->model);
  g_free (self->model_sha256);
  g_free (self->path);
  g_free (self->folder);
}

static char *
address_of (Fixture *self, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u/%s", self->port, path);
}

static gboolean
run (Fixture *self, const char *address, const char *wanted, GError **error)
{
  const TpoTransfer transfer = { .address = address, .path = self->path, .sha256 = wanted };
  g_autofree char *sha256 = NULL;
  g_autoptr (TpoModelFile) model = tpo_transfer_run (&transfer, &sha256, error);

  if (model == NULL)
    return FALSE;
  g_assert_cmpstr (sha256, ==, self->model_sha256);
  g_assert_cmpstr (model->path, ==, self->path);
  return TRUE;
}

static gboolean
run_model (Fixture *self, const char *wanted, GError **error)
{
  g_autofree char *address = address_of (self, "model.gguf");

  return run (self, address, wanted, error);
}

static gsize
part_size (Fixture *self)
{
  g_autofree char *path = g_strconcat (self->path, ".part", NULL);
  GStatBuf info;

  return g_stat (path, &info) == 0 ? (gsize) info.st_size : 0;
}

static void
assert_complete (Fixture *self)
{
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (self->path, &content, &size, NULL));
  g_assert_cmpmem (content, size, self->model, self->model_size);
  g_assert_cmpuint (part_size (self), ==, 0);
}

static void
assert_fails (Fixture *self, const char *address, const char *wanted, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (run (self, address, wanted, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

/* ---- whole ---------------------------------------------------------------------------------------- */

static void
test_complete (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (run_model (self, self->model_sha256, &error));
  g_assert_no_error (error);
  assert_complete (self);
  g_assert_cmpint (self->behaviour.n_requests, ==, 1);
  /* Nothing about the user: no cookies, languages, referring page. */
  g_assert_cmpstr (self->behaviour.other_headers, ==,
                   "accept-encoding connection host user-agent");
  /* What is there is not overwritten. */
  g_assert_false (run_model (self, NULL, &error));
  g_assert_nonnull (strstr (error->message, "there already"));
}

static void
test_unknown_length (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->behaviour.has_length = self->behaviour.has_parts = FALSE;
  g_assert_true (run_model (self, NULL, &error));
  g_assert_no_error (error);
  assert_complete (self);
}

/* ---- in parts --------------------------------------------------------------------------------------- */

/* Each connection brings something: all of it comes in one go. */
static void
test_cut (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->behaviour.n_cuts = 2;
  g_assert_true (run_model (self, NULL, &error));
  g_assert_no_error (error);
  assert_complete (self);
  g_assert_cmpint (self->behaviour.n_requests, ==, 3);
  g_assert_cmpstr (self->behaviour.last_range, !=, NULL);
}

static gboolean
wake (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, wake, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* Leaves what came before somebody cancelled. */
static void
begin (Fixture *self)
{
  g_autofree char *address = address_of (self, "model.gguf");
  g_autoptr (TpoDownload) download = tpo_download_new (address, self->path, NULL);

  self->behaviour.is_stalled = TRUE;
  tpo_download_start (download);
  while (part_size (self) < CUT) /* nothing tells when the last bytes before a silence came */
    wait (10);
  tpo_download_pause (download);
  g_assert_cmpint (tpo_download_get_state (download), ==, TPO_DOWNLOAD_PAUSED);
  while (G_OBJECT (download)->ref_count > 1) /* its thread */
    wait (10);
  self->behaviour.is_stalled = FALSE;
  self->behaviour.n_requests = 0;
  g_assert_cmpuint (part_size (self), ==, CUT);
}

/* A program that ends and starts again finds what came, and only the rest is fetched. */
static void
test_resumed (Fixture *self, gconstpointer data)
{
  g_autofree char *range = g_strdup_printf ("bytes=%d-", CUT);
  g_autoptr (GPtrArray) downloads = NULL;
  g_autoptr (TpoModelFile) model = NULL;
  TpoDownload *download;

  begin (self);
  downloads = tpo_download_list (self->folder);
  g_assert_cmpuint (downloads->len, ==, 1);
  download = g_ptr_array_index (downloads, 0);
  g_assert_cmpint (tpo_download_get_state (download), ==, TPO_DOWNLOAD_PAUSED);
  g_assert_cmpuint (tpo_download_get_progress (download)->done, ==, CUT);
  g_assert_cmpuint (tpo_download_get_progress (download)->total, ==, self->model_size);
  tpo_download_start (download);
  while (tpo_download_get_state (download) == TPO_DOWNLOAD_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (tpo_download_get_problem (download), ==, NULL);
  g_assert_cmpint (self->behaviour.n_requests, ==, 1);
  g_assert_cmpstr (self->behaviour.last_range, ==, range);
  g_assert_cmpstr (tpo_download_get_checksum (download), ==, self->model_sha256);
  model = tpo_download_take_model (download);
  g_assert_nonnull (model);
  assert_complete (self);
}

static void
test_discarded (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) downloads = NULL;

  begin (self);
  downloads = tpo_download_list (self->folder);
  tpo_download_discard (g_ptr_array_index (downloads, 0));
  g_ptr_array_set_size (downloads, 0);
  g_clear_pointer (&downloads, g_ptr_array_unref);
  downloads = tpo_download_list (self->folder);
  g_assert_cmpuint (downloads->len, ==, 0);
  g_assert_cmpuint (part_size (self), ==, 0);
}

/* The other file has the same length: only its mark tells. */
static void
test_changed (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *part_path = g_strconcat (self->path, ".part", NULL);
  g_autofree char *part = NULL;

  begin (self);
  /* What came was of another file. */
  part = g_malloc0 (CUT);
  g_assert_true (
      g_file_set_contents_full (part_path, part, CUT, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  self->behaviour.tag = "\"two\"";
  g_assert_true (run_model (self, NULL, &error));
  g_assert_no_error (error);
  assert_complete (self);
  g_assert_cmpint (self->behaviour.n_requests, ==,
                   1); /* the answer to the first is all of it */
}

/* A server that ignores which file is meant, and sends a part of another one. */
static void
test_careless (Fixture *self, gconstpointer data)
{
  g_autofree char *address = address_of (self, "model.gguf");
  g_autoptr (TpoPart) part = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *zeros = g_malloc0 (CUT);

  part = tpo_part_open (self->path, address, NULL, &error);
  g_assert_true (tpo_part_restart (part, "\"one\"", self->model_size - 1, &error));
  g_assert_true (tpo_part_append (part, zeros, CUT, &error));
  g_clear_pointer (&part, tpo_part_free);
  g_assert_true (run_model (self, NULL, &error));
  g_assert_no_error (error);
  assert_complete (self);
  g_assert_cmpint (self->behaviour.n_requests, ==, 2); /* a part that is of no use, then all */
}

static void
test_no_parts (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin (self);
  self->behaviour.has_parts = FALSE;
  g_assert_true (run_model (self, NULL, &error));
  g_assert_no_error (error);
  assert_complete (self);
}

/* Nothing tells whether it is the same file: it begins anew, unless a checksum will tell. */
static void
test_no_mark (Fixture *self, gconstpointer data)
{
  g_autofree char *range = g_strdup_printf ("bytes=%d-", CUT);
  g_autoptr (GError) error = NULL;

  self->behaviour.tag = "W/\"one\""; /* a weak one proves nothing */
  begin (self);
  g_assert_true (run_model (self, self->model_sha256, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (self->behaviour.last_range, ==, range);
  assert_complete (self);
  g_unlink (self->path);

  begin (self);
  g_assert_true (run_model (self, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (self->behaviour.last_range, ==, NULL);
  assert_complete (self);
}

static void
test_two_programs (Fixture *self, gconstpointer data)
{
  g_autofree char *address = address_of (self, "model.gguf");
  g_autoptr (TpoPart) part = tpo_part_open (self->path, address, NULL, NULL);

  g_assert_nonnull (part);
  assert_fails (self, address, NULL, "another program");
}

/* ---- everything that goes wrong ----------------------------------------------------------------------- */

static void
test_wrong_checksum (Fixture *self, gconstpointer data)
{
  g_autofree char *address = address_of (self, "model.gguf");
  g_autofree char *wrong = g_strnfill (64, 'A');

  assert_fails (self, address, wrong, self->model_sha256);
  g_assert_cmpuint (part_size (self), ==, 0); /* of no use to anybody */
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *missing = address_of (self, "missing.gguf");
  g_autofree char *private = address_of (self, "private.gguf");

  assert_fails (self, missing, NULL, "no file at this address");
  assert_fails (self, private, NULL, "to everybody");
  assert_fails (self, "https://nowhere.invalid/model.gguf", NULL, "cannot be reached");
  assert_fails (self, "http://127.0.0.1:1/model.gguf", NULL, "takes no connections");
  assert_fails (self, "http://example.org/model.gguf", NULL, "begins with “https://”");
  assert_fails (self, "file:///etc/passwd", NULL, "begins with “https://”");
  assert_fails (self, "model.gguf", NULL, "begins with “https://”");
}

/* Less than another try is worth comes each time. */
static void
test_truncated (Fixture *self, gconstpointer data)
{
  g_autofree char *address = address_of (self, "model.gguf");

  self->behaviour.size = (1 << 20) - 1;
  self->behaviour.has_length = FALSE;
  self->behaviour.has_parts = FALSE;
  /* The server ends too early, and says that this was all. */
  assert_fails (self, address, NULL, "not a whole GGUF model file");
  g_assert_cmpuint (part_size (self), ==, 0);

  self->behaviour.size = self->model_size;
  self->behaviour.has_length = TRUE;
  self->behaviour.n_cuts = 1;
  self->behaviour.tag = NULL; /* what came is of no use for a second try, which is cut, too */
  self->behaviour.n_cuts = G_MAXUINT;
  assert_fails (self, address, NULL, "was cut");
  g_assert_cmpuint (part_size (self), ==, CUT); /* it stays for the next */
}

static void
test_no_model (Fixture *self, gconstpointer data)
{
  g_autofree char *address = address_of (self, "model.gguf");
  static const char page[] = "<html>This file has moved.</html>";
  g_autoptr (TpoOffer) offer = NULL;
  g_autoptr (GError) error = NULL;

  self->behaviour.file = (const guint8 *) page;
  self->behaviour.size = strlen (page);
  assert_fails (self, address, NULL, "not a whole GGUF model file");
  offer = tpo_offer_get (address, NULL, &error);
  g_assert_null (offer);
  g_assert_nonnull (strstr (error->message, "not a GGUF model file"));
}

static void
test_no_room (Fixture *self, gconstpointer data)
{
  g_autofree char *address = address_of (self, "model.gguf");

  self->behaviour.claims_more = TRUE;
  self->behaviour.has_parts = FALSE;
  assert_fails (self, address, NULL, "are free");
}

/* ---- safety ---------------------------------------------------------------------------------------------- */

static void
test_redirect (Fixture *self, gconstpointer data)
{
  g_autofree char *model = address_of (self, "model.gguf");
  g_autofree char *once = g_strdup_printf ("http://127.0.0.1:%u/to?%s", self->port, model);
  g_autofree char *relative = address_of (self, "to?/model.gguf");
  g_autofree char *away = address_of (self, "to?http://example.org/model.gguf");
  g_autofree char *local = address_of (self, "to?file:///etc/passwd");
  g_autofree char *round = address_of (self, "to");
  g_autoptr (GError) error = NULL;

  g_assert_true (run (self, once, NULL, &error));
  g_assert_no_error (error);
  assert_complete (self);
  g_unlink (self->path);
  g_assert_true (run (self, relative, NULL, &error));
  g_assert_no_error (error);
  g_unlink (self->path);
  assert_fails (self, away, NULL, "not safe");
  assert_fails (self, local, NULL, "not safe");
  assert_fails (self, round, NULL, "without an end");
}

/* A server that cannot prove who it is; one that can; and one that leads from there into the open. */
static void
test_tls (Fixture *self, gconstpointer data)
{
  g_autofree char *address =
      g_strdup_printf ("https://127.0.0.1:%u/model.gguf", self->tls_port);
  g_autofree char *open = g_strdup_printf (
      "https://127.0.0.1:%u/to?http://127.0.0.1:%u/model.gguf", self->tls_port, self->port);
  g_autofree char *pem = g_test_build_filename (G_TEST_DIST, "tls", "localhost.pem", NULL);
  g_autoptr (GTlsDatabase) database = NULL;
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GError) error = NULL;

  if (!g_tls_backend_supports_tls (backend)) {
    g_test_skip ("this GIO has no TLS");
    return;
  }
  assert_fails (self, address, NULL, "cannot prove");
  g_assert_cmpint (self->behaviour.n_requests, ==, 0);

  database = g_tls_file_database_new (pem, &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (backend, database);
  g_assert_true (run (self, address, NULL, &error));
  g_assert_no_error (error);
  assert_complete (self);
  g_unlink (self->path);
  assert_fails (self, open, NULL, "not safe");
  g_tls_backend_set_default_database (backend, NULL);
}

/* ---- before anything is fetched ---------------------------------------------------------------------------- */

static void
test_offer (Fixture *self, gconstpointer data)
{
  g_autofree char *address = address_of (self, "model.gguf?download=true");
  g_autofree char *bundled =
      g_build_filename (g_getenv ("TPO_DATA_PATH"), "tpo-nano.gguf", NULL);
  g_autoptr (TpoModelFile) model = tpo_model_file_load (bundled, NULL);
  g_autoptr (TpoOffer) offer = NULL;
  g_autoptr (GError) error = NULL;

  offer = tpo_offer_get (address, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (offer->name, ==, "model.gguf");
  g_assert_cmpuint (offer->size, ==, self->model_size);
  g_assert_true (offer->can_resume);
  g_assert_cmpstr (self->behaviour.last_range, ==, "bytes=0-1048575");
  /* As if the whole file were here. */
  g_assert_cmpstr (offer->model->name, ==, model->name);
  g_assert_cmpstr (offer->model->hash, ==, model->hash);
  g_assert_cmpuint (offer->model->memory_size, ==, model->memory_size);
  g_assert_cmpuint (offer->model->n_parameters, ==, model->n_parameters);
  g_assert_cmpstr (offer->model->problem, ==, NULL);
  g_clear_pointer (&offer, tpo_offer_free);

  self->behaviour.has_parts = FALSE;
  offer = tpo_offer_get (address, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (offer->size, ==, self->model_size);
  g_assert_false (offer->can_resume);
  g_assert_cmpuint (offer->model->memory_size, ==, model->memory_size);
  g_clear_pointer (&offer, tpo_offer_free);

  self->behaviour.has_length = FALSE;
  offer = tpo_offer_get (address, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (offer->size, ==, 0);
  g_assert_null (offer->model);
}

static void
test_rate (void)
{
  TpoRate rate = { 0 };

  g_assert_cmpint (tpo_rate_left_us (&rate, 10), ==, -1);
  tpo_rate_add (&rate, 5000, 1000000); /* bytes of an earlier try say nothing */
  g_assert_cmpint (tpo_rate_left_us (&rate, 10), ==, -1);
  for (guint i = 1; i <= 100; i++)
    tpo_rate_add (&rate, 5000 + i * 100, 1000000 + i * 100000);
  g_assert_cmpfloat_with_epsilon (rate.rate, 1000.0, 1e-6);
  g_assert_cmpint (tpo_rate_left_us (&rate, 2000), ==, 2000000);
  for (guint i = 1; i <= 600; i++)
    tpo_rate_add (&rate, 15000 + i * 200, 11000000 + i * 100000);
  g_assert_cmpfloat_with_epsilon (rate.rate, 2000.0, 1.0);
  tpo_rate_add (&rate, 0, 90000000); /* begun anew */
  g_assert_cmpfloat_with_epsilon (rate.rate, 2000.0, 1.0);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*run) (Fixture *self, gconstpointer data);
  } tests[] = {
    { "/download/complete", test_complete },
    { "/download/unknown-length", test_unknown_length },
    { "/download/cut", test_cut },
    { "/download/resumed", test_resumed },
    { "/download/discarded", test_discarded },
    { "/download/changed", test_changed },
    { "/download/careless", test_careless },
    { "/download/no-parts", test_no_parts },
    { "/download/no-mark", test_no_mark },
    { "/download/two-programs", test_two_programs },
    { "/download/wrong-checksum", test_wrong_checksum },
    { "/download/refused", test_refused },
    { "/download/truncated", test_truncated },
    { "/download/no-model", test_no_model },
    { "/download/no-room", test_no_room },
    { "/download/redirect", test_redirect },
    { "/download/tls", test_tls },
    { "/download/offer", test_offer },
  };

  g_setenv ("NO_PROXY", "*", TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].run, tear_down);
  g_test_add_func ("/download/rate", test_rate);
  return g_test_run ();
}
