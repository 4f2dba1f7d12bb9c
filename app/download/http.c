#include "config.h"

#include "download/http.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>

#include <tpo/error.h>

struct _TpoHttp {
  GMainContext *context; /* the session's timers must not end up in the main thread */
  SoupSession *session;
};

static const guint TIMEOUT_S = 30; /* without a byte */
static const guint MOST_REDIRECTS = 10;

TpoHttp *
tpo_http_new (void)
{
  TpoHttp *self = g_new0 (TpoHttp, 1);

  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->session = soup_session_new_with_options ("user-agent", "tpo-studio/" TPO_VERSION,
                                                 "timeout", TIMEOUT_S, NULL);
  /* Bytes are counted and kept as they are on the server. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  return self;
}

void
tpo_http_free (TpoHttp *self)
{
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
  g_free (self);
}

void
tpo_http_answer_clear (TpoHttpAnswer *self)
{
  if (self->body != NULL)
    g_input_stream_close (self->body, NULL, NULL); /* what was wanted of it has been read */
  g_clear_object (&self->body);
  g_free (self->mark);
  *self = (TpoHttpAnswer){ 0 };
}

/* ---- addresses ------------------------------------------------------------------------------ */

static gboolean
is_this_computer (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_strcmp0 (host, "localhost") == 0;
}

static gboolean
is_safe (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri), *host = g_uri_get_host (uri);

  if (host == NULL || *host == '\0')
    return FALSE;
  return g_strcmp0 (scheme, "https") == 0 ||
         (g_strcmp0 (scheme, "http") == 0 && is_this_computer (host));
}

GUri *
tpo_http_parse (const char *address, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, NULL); /* said below */

  if (uri != NULL && is_safe (uri))
    return g_steal_pointer (&uri);
  g_set_error (error, TPO_ERROR, TPO_ERROR_INVALID,
               /* Translators: %s is what somebody typed as the address of a file */
               _ ("“%s” is no address of a file on the web. It begins with “https://”."),
               address);
  return NULL;
}

/* ---- words ------------------------------------------------------------------------------------ */

static gboolean
is_cut (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
         g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF);
}

static gboolean
is_without_network (const GError *error)
{
  return error->domain == G_RESOLVER_ERROR ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
}

/* Takes @reason over and puts it into words. */
static void
explain (GError *reason, const char *host, GError **error)
{
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, reason);
    return;
  }
  if (is_cut (reason))
    /* Translators: %s is the name of a server */
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                 _ ("The connection to “%s” was cut, or nothing came for a while."), host);
  else if (is_without_network (reason))
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
                 /* Translators: %s is the name of a server */
                 _ ("“%s” cannot be reached: there is no network, or no server of that name."),
                 host);
  else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
                 /* Translators: %s is the name of a server */
                 _ ("“%s” takes no connections now."), host);
  else if (reason->domain == G_TLS_ERROR)
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_IO,
        /* Translators: the first %s is the name of a server, the second the reason */
        _ ("“%s” cannot prove that it is that server, so nothing was taken from it: %s"), host,
        reason->message);
  else
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
                 /* Translators: the first %s is the name of a server, the second the reason */
                 _ ("“%s” could not be read from: %s"), host, reason->message);
  g_error_free (reason);
}

static void
refuse (SoupMessage *message, GError **error)
{
  guint status = soup_message_get_status (message);
  const char *host = g_uri_get_host (soup_message_get_uri (message));

  if (status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE)
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
                 /* Translators: %s is the name of a server */
                 _ ("“%s” has no file at this address."), host);
  else if (status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN)
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_IO,
        /* Translators: %s is the name of a server */
        _ ("“%s” does not give this file to everybody. Download it with a web browser, and "
           "import it here."),
        host);
  else
    g_set_error (
        error, TPO_ERROR, TPO_ERROR_IO,
        /* Translators: the name of a server, and what it says: "500 Internal Server Error" */
        _ ("“%s” does not send the file: %u %s"), host, status,
        soup_message_get_reason_phrase (message));
}

/* ---- requests ------------------------------------------------------------------------------ */

/* The address that @message was sent on to. */
static GUri *
follow (SoupMessage *message, GError **error)
{
  const char *location =
      soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  GUri *from = soup_message_get_uri (message);
  g_autoptr (GUri) to = location != NULL
                            ? g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL)
                            : NULL;

  /* What began safely must not go on in the open, not even on this computer. */
  if (to != NULL && is_safe (to) &&
      (g_strcmp0 (g_uri_get_scheme (from), "https") != 0 ||
       g_strcmp0 (g_uri_get_scheme (to), "https") == 0))
    return g_steal_pointer (&to);
  g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
               /* Translators: %s is the name of a server */
               _ ("“%s” sends on to an address that is not safe."), g_uri_get_host (from));
  return NULL;
}

static SoupMessage *
new_message (GUri *uri, const TpoHttpRange *range)
{
  SoupMessage *message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (range != NULL)
    soup_message_headers_set_range (headers, (goffset) range->first,
                                    range->n > 0 ? (goffset) (range->first + range->n - 1)
                                                 : -1);
  if (range != NULL && range->mark != NULL)
    soup_message_headers_replace (headers, "If-Range", range->mark);
  return message;
}

/* A weak ETag stays when bytes change, and proves nothing. */
static char *
dup_mark (SoupMessageHeaders *headers)
{
  const char *tag = soup_message_headers_get_one (headers, "ETag");

  if (tag == NULL || g_str_has_prefix (tag, "W/"))
    tag = soup_message_headers_get_one (headers, "Last-Modified");
  return g_strdup (tag);
}

static gboolean
read_range (SoupMessageHeaders *headers, TpoHttpAnswer *answer)
{
  goffset first, last, size;

  if (!soup_message_headers_get_content_range (headers, &first, &last, &size) || first < 0 ||
      last < first)
    return FALSE;
  answer->first = (guint64) first;
  answer->size = size > last ? (guint64) size : 0;
  answer->is_part = TRUE;
  return TRUE;
}

/* Fills @answer, whose body is set. */
static gboolean
read_headers (SoupMessage *message, TpoHttpAnswer *answer, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  guint status = soup_message_get_status (message);

  answer->mark = dup_mark (headers);
  if (status == SOUP_STATUS_OK) {
    if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
      answer->size = (guint64) soup_message_headers_get_content_length (headers);
    return TRUE;
  }
  if (status == SOUP_STATUS_PARTIAL_CONTENT && read_range (headers, answer))
    return TRUE;
  if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE) {
    g_clear_object (&answer->body);
    return TRUE;
  }
  refuse (message, error);
  return FALSE;
}

gboolean
tpo_http_get (TpoHttp *self, const char *address, const TpoHttpRange *range,
              TpoHttpAnswer *answer, GCancellable *cancellable, GError **error)
{
  g_autoptr (GUri) uri = tpo_http_parse (address, error);

  for (guint i = 0; uri != NULL && i < MOST_REDIRECTS; i++) {
    g_autoptr (SoupMessage) message = new_message (uri, range);
    g_autoptr (GUri) next = NULL;
    GError *reason = NULL;

    answer->body = soup_session_send (self->session, message, cancellable, &reason);
    if (answer->body == NULL) {
      explain (reason, g_uri_get_host (uri), error);
      return FALSE;
    }
    if (!SOUP_STATUS_IS_REDIRECTION (soup_message_get_status (message)))
      return read_headers (message, answer, error);
    tpo_http_answer_clear (answer);
    next = follow (message, error);
    if (next == NULL)
      return FALSE;
    g_uri_unref (uri);
    uri = g_steal_pointer (&next);
  }
  if (uri != NULL)
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
                 /* Translators: %s is the name of a server */
                 _ ("“%s” sends on from one address to the next without an end."),
                 g_uri_get_host (uri));
  return FALSE;
}

gssize
tpo_http_read (const TpoHttpAnswer *answer, const char *address, gpointer buffer, gsize size,
               GCancellable *cancellable, GError **error)
{
  GError *reason = NULL;
  gssize n = g_input_stream_read (answer->body, buffer, size, cancellable, &reason);

  if (n < 0) {
    g_autoptr (GUri) uri = tpo_http_parse (address, NULL); /* it was sent: it is one */

    explain (reason, uri != NULL ? g_uri_get_host (uri) : address, error);
  }
  return n;
}
