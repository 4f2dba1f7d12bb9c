#pragma once

#include <gio/gio.h>

/*
 * Requests for files. Nothing is sent but the request: no cookies, no languages, no referring page.
 * Connections are HTTPS, or HTTP to this computer itself; an address on the way that is neither is
 * not followed.
 */

/**
 * TpoHttp: connections, kept open between requests. Blocks; belongs to the thread that makes it,
 * and is freed there
 */
typedef struct _TpoHttp TpoHttp;

TpoHttp *tpo_http_new (void);
void tpo_http_free (TpoHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoHttp, tpo_http_free)

/** TpoHttpRange: a part of a file */
typedef struct {
  guint64 first; /* byte */
  guint64 n;     /* bytes at most; 0: all that follow */
  const char *
      mark; /* (nullable): of the file that is meant; of any other one the server sends everything */
} TpoHttpRange;

/** TpoHttpAnswer: what comes of a request */
typedef struct {
  GInputStream
      *body;     /* (nullable): %NULL when the file ends before the part that was asked for */
  guint64 first; /* byte of the file that @body begins with: 0 where a server sends no parts */
  guint64 size;  /* bytes of the whole file; 0 when the server does not say */
  gboolean is_part; /* the server sends parts */
  char *
      mark; /* (nullable): tells whether the file is the same later: a strong ETag, or the time of its last change */
} TpoHttpAnswer;

void tpo_http_answer_clear (TpoHttpAnswer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TpoHttpAnswer, tpo_http_answer_clear)

/**
 * tpo_http_get:
 * @range: (nullable): %NULL for the whole file
 * @answer: (out): empty; to be cleared
 *
 * Returns: %FALSE with a sentence for people. G_IO_ERROR_CONNECTION_CLOSED: the connection was cut,
 *   and another try may go on; G_IO_ERROR_CANCELLED
 */
gboolean tpo_http_get (TpoHttp *self, const char *address, const TpoHttpRange *range,
                       TpoHttpAnswer *answer, GCancellable *cancellable, GError **error);

/**
 * tpo_http_read: the next bytes of an answer
 *
 * Returns: how many; 0 at the end; -1 with an error as of tpo_http_get()
 */
gssize tpo_http_read (const TpoHttpAnswer *answer, const char *address, gpointer buffer,
                      gsize size, GCancellable *cancellable, GError **error);

/**
 * tpo_http_parse: Returns: (transfer full) (nullable): @address, or %NULL with a sentence: it is
 * none, or not a safe one
 */
GUri *tpo_http_parse (const char *address, GError **error);
