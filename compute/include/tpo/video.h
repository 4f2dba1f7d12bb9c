#pragma once

#include <gio/gio.h>

#include <tpo/error.h>

G_BEGIN_DECLS

/*
 * Videos and pictures: an exact index of presentation times made once by demuxing, a reader that
 * delivers frame N and no other, and a reader of the sound. The player and the models use the
 * same index, so that a time means the same frame everywhere.
 *
 * Time is presentation time in microseconds, counted from the first displayed frame. It never
 * comes from a frame number and a frame rate.
 */

/* ---- Index ------------------------------------------------------------------------------- */

/**
 * TpoVideoIndex:
 *
 * Times of all displayed frames in presentation order, and what else is known of the video
 * without decoding. Immutable, reference-counted, thread-safe.
 */
typedef struct _TpoVideoIndex TpoVideoIndex;

/**
 * TpoVideoInfo:
 *
 * Properties of the video stream. A still picture has one frame, lasts one second and has a
 * frame rate of 1. The EXIF orientation of photographs is not applied, as data sets expect.
 */
typedef struct {
  guint width, height; /* stored pixels, after rotation: the size of frames read */
  guint display_width, display_height; /* the same with square pixels, never fewer pixels */
  guint n_frames;                      /* at least 1 */
  double fps;         /* average frame rate that the file states, else the measured one */
  gint64 duration_us; /* end of the last frame */
  gint64
      start_offset_us; /* time stamp of the first frame in the file; sound is shifted by it */
  guint64 file_size;   /* bytes */
  gboolean has_audio;
  gboolean is_still;     /* a picture, not a video */
  gboolean is_truncated; /* the file ends before its video does; what is there is indexed */
} TpoVideoInfo;

TpoVideoIndex *tpo_video_index_ref (TpoVideoIndex *self);
void tpo_video_index_unref (TpoVideoIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVideoIndex, tpo_video_index_unref)

/** tpo_video_index_get_info: Returns: (transfer none) */
const TpoVideoInfo *tpo_video_index_get_info (const TpoVideoIndex *self);

/**
 * tpo_video_index_get_time_us:
 * @frame: must be below n_frames
 *
 * Returns: when @frame appears; 0 for frame 0, strictly increasing
 */
gint64 tpo_video_index_get_time_us (const TpoVideoIndex *self, guint frame);

/** tpo_video_index_get_frame_duration_us: how long @frame stays, more than 0 */
gint64 tpo_video_index_get_frame_duration_us (const TpoVideoIndex *self, guint frame);

/**
 * tpo_video_index_find_frame:
 * @time_us: any time; clamped to the video
 *
 * Returns: the frame displayed at @time_us
 */
guint tpo_video_index_find_frame (const TpoVideoIndex *self, gint64 time_us);

/** tpo_video_index_is_key: whether decoding can start at @frame */
gboolean tpo_video_index_is_key (const TpoVideoIndex *self, guint frame);

/**
 * tpo_video_index_find_key:
 *
 * Returns: the last frame at or before @frame where decoding can start; 0 when none is displayed
 */
guint tpo_video_index_find_key (const TpoVideoIndex *self, guint frame);

/**
 * tpo_video_index_serialize:
 *
 * Returns: (transfer full): a compact blob, about two bytes a frame, the same on all machines
 */
GBytes *tpo_video_index_serialize (const TpoVideoIndex *self);

/**
 * tpo_video_index_deserialize:
 * @blob: what tpo_video_index_serialize() made; any other bytes are refused, never trusted
 *
 * Returns: (transfer full) (nullable): %NULL with %TPO_ERROR_FORMAT
 */
TpoVideoIndex *tpo_video_index_deserialize (GBytes *blob, GError **error);

/* ---- Video ------------------------------------------------------------------------------- */

/**
 * TpoVideo:
 *
 * A file that was found to be a readable video or picture, with its index. It holds no open
 * file: readers open their own. Immutable, reference-counted, thread-safe.
 */
typedef struct _TpoVideo TpoVideo;

/** TpoVideoOpenParams: valid when zeroed */
typedef struct {
  TpoVideoIndex *index; /* (nullable): a stored index; used if it fits the file, else remade */
  TpoProgressFunc progress; /* (nullable): called on the opening thread */
  gpointer progress_data;
} TpoVideoOpenParams;

/**
 * tpo_video_open:
 * @location: a path in the file system's encoding, or a URI that GIO can read
 * @params: (nullable)
 *
 * Opens and indexes a video or a picture. Reads the whole file once unless a fitting index is
 * given, so call it off the main thread. A file that is cut off opens up to where it ends, with
 * is_truncated set. Only @location itself is read: files or addresses named inside it (play
 * lists, references) are refused.
 *
 * Returns: (transfer full) (nullable): %NULL with %TPO_ERROR_FORMAT (no video, empty, damaged),
 *   %TPO_ERROR_UNSUPPORTED (no decoder, or a picture of absurd size), %TPO_ERROR_IO or a
 *   cancellation; the message names the file
 */
TpoVideo *tpo_video_open (const char *location, const TpoVideoOpenParams *params,
                          GCancellable *cancellable, GError **error);

TpoVideo *tpo_video_ref (TpoVideo *self);
void tpo_video_unref (TpoVideo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVideo, tpo_video_unref)

/** tpo_video_get_location: as it was given. Returns: (transfer none) */
const char *tpo_video_get_location (const TpoVideo *self);

/** tpo_video_get_name: the file's name for messages, UTF-8. Returns: (transfer none) */
const char *tpo_video_get_name (const TpoVideo *self);

/** tpo_video_get_index: Returns: (transfer none) */
TpoVideoIndex *tpo_video_get_index (const TpoVideo *self);

/** tpo_video_get_info: that of the index. Returns: (transfer none) */
const TpoVideoInfo *tpo_video_get_info (const TpoVideo *self);

/**
 * tpo_video_get_notice:
 *
 * Returns: (transfer none) (nullable): a sentence to show to the user, such as that the file
 *   ends early and up to where it plays
 */
const char *tpo_video_get_notice (const TpoVideo *self);

/* ---- Pictures ---------------------------------------------------------------------------- */

/**
 * TpoPixelFormat:
 * @TPO_PIXEL_RGB24: three bytes a pixel, best quality; what models read
 * @TPO_PIXEL_RGBA: four bytes a pixel, alpha always 255, best quality
 * @TPO_PIXEL_BGRA: four bytes a pixel, alpha always 255, converted for speed; what screens show
 */
typedef enum {
  TPO_PIXEL_RGB24,
  TPO_PIXEL_RGBA,
  TPO_PIXEL_BGRA,
} TpoPixelFormat;

/**
 * TpoPicture:
 *
 * One frame in host memory, upright, full-range sRGB-like samples. Immutable, reference-counted,
 * thread-safe.
 */
typedef struct {
  guint frame;         /* number in presentation order */
  gint64 time_us;      /* as in the index */
  guint width, height; /* pixels */
  gsize stride;        /* bytes from one row to the next, at least width · bytes per pixel */
  TpoPixelFormat format;
  gboolean is_damaged; /* the decoder met errors and filled gaps */
  GBytes *bytes;       /* [height, stride] */
} TpoPicture;

TpoPicture *tpo_picture_ref (TpoPicture *self);
void tpo_picture_unref (TpoPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoPicture, tpo_picture_unref)

/**
 * TpoVideoReader:
 *
 * Reads exact frames. Forward reading decodes each frame once; a jump seeks to the key frame
 * before. Recently decoded frames are kept, so stepping back is cheap. One reader belongs to one
 * thread at a time.
 */
typedef struct _TpoVideoReader TpoVideoReader;

/** tpo_video_reader_new: Returns: (transfer full) (nullable): %NULL as for tpo_video_open() */
TpoVideoReader *tpo_video_reader_new (TpoVideo *video, TpoPixelFormat format,
                                      GCancellable *cancellable, GError **error);
void tpo_video_reader_free (TpoVideoReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVideoReader, tpo_video_reader_free)

/**
 * tpo_video_reader_set_size:
 * @width: 0 for the size of the video
 * @height: 0 for the size of the video
 *
 * Size of the pictures read from now on; the aspect ratio is the caller's business.
 */
void tpo_video_reader_set_size (TpoVideoReader *self, guint width, guint height);

/**
 * tpo_video_reader_read:
 * @frame: must be below n_frames
 *
 * Returns: (transfer full) (nullable): the picture of @frame, or %NULL with %TPO_ERROR_IO where
 *   the data of that frame is damaged or missing, %TPO_ERROR_NO_MEMORY, or a cancellation. The
 *   reader stays usable after each.
 */
TpoPicture *tpo_video_reader_read (TpoVideoReader *self, guint frame, GCancellable *cancellable,
                                   GError **error);

/* ---- Sound ------------------------------------------------------------------------------- */

/**
 * TpoSoundReader:
 *
 * Reads the sound as interleaved 32-bit floats at a chosen rate, placed on the video's time.
 * Silence fills gaps and the stretch before a late start. One reader belongs to one thread.
 */
typedef struct _TpoSoundReader TpoSoundReader;

/**
 * tpo_sound_reader_new:
 * @rate: samples a second of each channel, 8000 … 192000
 * @n_channels: 1 or 2; others are mixed down
 *
 * Returns: (transfer full) (nullable): %NULL with an error, among others when there is no sound
 */
TpoSoundReader *tpo_sound_reader_new (TpoVideo *video, guint rate, guint n_channels,
                                      GCancellable *cancellable, GError **error);
void tpo_sound_reader_free (TpoSoundReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoSoundReader, tpo_sound_reader_free)

/** tpo_sound_reader_seek: the next read starts with the sample at @time_us */
gboolean tpo_sound_reader_seek (TpoSoundReader *self, gint64 time_us, GError **error);

/**
 * tpo_sound_reader_read:
 * @samples: (out caller-allocates): [n, n_channels]
 * @n: number of samples of each channel that are wanted
 *
 * Returns: samples of each channel delivered; fewer than @n only at the end, then 0. Damaged
 *   stretches are silent.
 */
guint tpo_sound_reader_read (TpoSoundReader *self, float *samples, guint n);

G_END_DECLS
