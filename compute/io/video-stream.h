#pragma once

#include <gio/gio.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <tpo/error.h>

G_BEGIN_DECLS

/** TpoFileState: what tells whether a file was written to */
typedef struct {
  guint64 size;       /* bytes; 0 when unknown */
  gint64 modified_us; /* since 1970 */
} TpoFileState;

/**
 * TpoVideoStream:
 *
 * One file opened by the demuxer. Bytes come through GIO, so that any GFile works and so that
 * nothing but this file is ever read: requests of a demuxer for other files are refused. Not
 * thread-safe.
 */
typedef struct {
  GInputStream *input;
  GCancellable *cancellable; /* (nullable): polled while set; leave unset once demuxing must
                              * survive a cancellation */
  GError *io_error;          /* first error of reading bytes */
  AVIOContext *io;
  AVFormatContext *format;
  TpoFileState file; /* when it was opened */
  char *name;        /* UTF-8, for messages */
  AVStream *video;   /* (nullable) */
  AVStream *audio;   /* (nullable) */
} TpoVideoStream;

/**
 * tpo_video_stream_open:
 * @before: (nullable): what tpo_video_stream_check_same() is to find of it
 *
 * Returns: (transfer full) (nullable): with streams found but not chosen
 */
TpoVideoStream *tpo_video_stream_open (const char *location, const TpoFileState *before,
                                       GCancellable *cancellable, GError **error);
void tpo_video_stream_free (TpoVideoStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVideoStream, tpo_video_stream_free)

/**
 * tpo_video_stream_check_same: whether the file that is open is as it was at @before, as far as its
 * file system tells; false with %TPO_ERROR_IO
 */
gboolean tpo_video_stream_check_same (const TpoVideoStream *self, const TpoFileState *before,
                                      GError **error);

/** tpo_video_stream_only: lets the demuxer drop packets of all streams but @stream */
void tpo_video_stream_only (TpoVideoStream *self, const AVStream *stream);

/**
 * tpo_video_stream_fail:
 * @code: what the demuxer or decoder returned, a negative number
 * @what: clause in the past tense, such as "could not be opened", marked for translation
 *
 * Turns a code of the library into an error that names the file. A cancellation becomes
 * %G_IO_ERROR_CANCELLED and a failed read its own message.
 */
void tpo_video_stream_fail (const TpoVideoStream *self, int code, const char *what,
                            GError **error);

/**
 * tpo_video_stream_open_decoder:
 * @n_threads: 0 for as many as there are cores
 *
 * Returns: (transfer full) (nullable): %TPO_ERROR_UNSUPPORTED when there is no decoder, with the
 *   name of what is missing
 */
AVCodecContext *tpo_video_stream_open_decoder (const TpoVideoStream *self,
                                               const AVStream *stream, int n_threads,
                                               GError **error);

/** tpo_video_stream_check_size: false with %TPO_ERROR_UNSUPPORTED for more than can be shown */
gboolean tpo_video_stream_check_size (const TpoVideoStream *self, gint64 width, gint64 height,
                                      GError **error);

/** tpo_video_location_to_file: a path or a URI. Returns: (transfer full) */
GFile *tpo_video_location_to_file (const char *location);

G_END_DECLS
