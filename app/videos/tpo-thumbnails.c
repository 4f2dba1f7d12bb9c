#include "config.h"

#include "videos/tpo-thumbnails.h"

#include "store/tpo-store-videos.h"
#include "videos/thumbnail.h"

/* A list keeps about two hundred rows. */
static const guint MAX_KEPT = 400;

/* Larger files are read through when they are opened, not for a picture. */
static const gint64 MAX_READ_BYTES = G_GINT64_CONSTANT (2) << 30;

typedef struct {
  gint64 id;
  char *uri;           /* nullable: it may not be read for this */
  TpoVideo *video;     /* nullable: already open */
  GdkTexture *texture; /* result, nullable */
  GBytes *file;        /* result, nullable: to be saved */
} Request;

/*
 * What both threads share. The thread waits for requests and has a connection to the project of its
 * own; results wait for the main thread. Each side holds a reference, so that neither waits for the
 * other at the end.
 */
typedef struct {
  GMutex mutex;
  GCond wake;
  GQueue wanted, done; /* Request */
  gboolean is_over;
  GSource *ready; /* of the main thread */
  char *project;
  GCancellable *cancellable;
} Shared;

struct _TpoThumbnails {
  GObject parent_instance;

  TpoDocument *document;
  Shared *shared;
  GHashTable *kept;   /* id → link in @order */
  GQueue order;       /* Request with a texture, the latest first */
  GHashTable *asked;  /* ids on their way */
  GHashTable *failed; /* addresses of which there is no picture */
};

G_DEFINE_FINAL_TYPE (TpoThumbnails, tpo_thumbnails, G_TYPE_OBJECT)

enum {
  READY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
request_free (Request *self)
{
  g_free (self->uri);
  g_clear_pointer (&self->video, tpo_video_unref);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->file, g_bytes_unref);
  g_free (self);
}

static void
clear_requests (GQueue *queue)
{
  g_queue_clear_full (queue, (GDestroyNotify) request_free);
}

static void
shared_clear (Shared *self)
{
  clear_requests (&self->wanted);
  clear_requests (&self->done);
  g_source_unref (self->ready);
  g_object_unref (self->cancellable);
  g_free (self->project);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
}

static void
shared_unref (Shared *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) shared_clear);
}

/* ---- thread -------------------------------------------------------------------------------------- */

/* NULL: there is none, and none can be made; the list shows why in other ways. */
static GBytes *
make_file (Request *request, GCancellable *cancellable)
{
  g_autoptr (TpoVideo) video = request->video != NULL ? tpo_video_ref (request->video)
                               : request->uri != NULL
                                   ? tpo_video_open (request->uri, NULL, cancellable, NULL)
                                   : NULL;

  return video != NULL ? tpo_thumbnail_new (video, cancellable, NULL) : NULL;
}

static void
fulfil (Shared *self, TpoStore *store, Request *request)
{
  g_autoptr (GBytes) stored =
      store != NULL ? tpo_store_get_thumbnail (store, request->id, NULL) : NULL;

  if (stored != NULL)
    request->texture = gdk_texture_new_from_bytes (stored, NULL);
  if (request->texture != NULL)
    return;
  request->file = make_file (request, self->cancellable);
  if (request->file != NULL)
    request->texture = gdk_texture_new_from_bytes (request->file, NULL);
}

static gpointer
run (gpointer user_data)
{
  Shared *self = user_data;
  g_autoptr (TpoStore) store = tpo_store_open (self->project, TPO_STORE_READ_ONLY, NULL);

  g_mutex_lock (&self->mutex);
  while (!self->is_over) {
    Request *request = g_queue_pop_head (&self->wanted);

    if (request == NULL) {
      g_cond_wait (&self->wake, &self->mutex);
      continue;
    }
    g_mutex_unlock (&self->mutex);
    fulfil (self, store, request);
    g_mutex_lock (&self->mutex);
    g_queue_push_tail (&self->done, request);
    g_source_set_ready_time (self->ready, 0);
  }
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&store, tpo_store_close);
  shared_unref (self);
  return NULL;
}

/* ---- main thread --------------------------------------------------------------------------------- */

/* Takes @request over. */
static void
keep (TpoThumbnails *self, Request *request)
{
  g_queue_push_head (&self->order, request);
  g_hash_table_insert (self->kept, &request->id, self->order.head);
  while (self->order.length > MAX_KEPT) {
    Request *oldest = g_queue_pop_tail (&self->order);

    g_hash_table_remove (self->kept, &oldest->id);
    request_free (oldest);
  }
}

static void
take (TpoThumbnails *self, Request *request)
{
  TpoStore *store = tpo_document_get_store (self->document);
  gint64 id = request->id;

  g_hash_table_remove (self->asked, &id);
  if (request->file != NULL && !tpo_store_is_read_only (store))
    tpo_store_set_thumbnail (store, id, request->file, NULL); /* it is made again next time */
  if (request->texture == NULL || g_hash_table_contains (self->kept, &id)) {
    if (request->texture == NULL && request->uri != NULL)
      g_hash_table_add (self->failed, g_strdup (request->uri));
    request_free (request);
    return;
  }
  keep (self, request);
  g_signal_emit (self, signals[READY], 0, id);
}

/* One at a time: each may be saved. */
static gboolean
on_ready (gpointer user_data)
{
  TpoThumbnails *self = user_data;
  Shared *shared = self->shared;
  Request *request;

  g_mutex_lock (&shared->mutex);
  request = g_queue_pop_head (&shared->done);
  g_source_set_ready_time (shared->ready, g_queue_is_empty (&shared->done) ? -1 : 0);
  g_mutex_unlock (&shared->mutex);
  if (request != NULL)
    take (self, request);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static void
start (TpoThumbnails *self)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };
  Shared *shared = g_atomic_rc_box_new0 (Shared);

  g_mutex_init (&shared->mutex);
  g_cond_init (&shared->wake);
  shared->cancellable = g_cancellable_new ();
  shared->project = g_strdup (tpo_store_get_path (tpo_document_get_store (self->document)));
  shared->ready = g_source_new (&funcs, sizeof (GSource));
  g_source_set_priority (shared->ready, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (shared->ready, on_ready, self, NULL);
  g_source_attach (shared->ready, NULL);
  self->shared = shared;
  g_thread_unref (g_thread_new ("thumbnails", run, g_atomic_rc_box_acquire (shared)));
}

static void
ask (TpoThumbnails *self, Request *request, gboolean is_urgent)
{
  g_hash_table_add (self->asked, g_memdup2 (&request->id, sizeof request->id));
  if (self->shared == NULL)
    start (self);
  g_mutex_lock (&self->shared->mutex);
  if (is_urgent)
    g_queue_push_head (&self->shared->wanted, request);
  else
    g_queue_push_tail (&self->shared->wanted, request);
  g_cond_signal (&self->shared->wake);
  g_mutex_unlock (&self->shared->mutex);
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_thumbnails_dispose (GObject *object)
{
  TpoThumbnails *self = TPO_THUMBNAILS (object);
  Shared *shared = g_steal_pointer (&self->shared);

  if (shared != NULL) {
    g_source_destroy (shared->ready);
    g_cancellable_cancel (shared->cancellable);
    g_mutex_lock (&shared->mutex);
    shared->is_over = TRUE;
    g_cond_signal (&shared->wake);
    g_mutex_unlock (&shared->mutex);
    shared_unref (shared);
  }
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_thumbnails_parent_class)->dispose (object);
}

static void
tpo_thumbnails_finalize (GObject *object)
{
  TpoThumbnails *self = TPO_THUMBNAILS (object);

  g_hash_table_unref (self->kept);
  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->failed);
  clear_requests (&self->order);
  G_OBJECT_CLASS (tpo_thumbnails_parent_class)->finalize (object);
}

static void
tpo_thumbnails_class_init (TpoThumbnailsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_thumbnails_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_thumbnails_finalize;
  signals[READY] = g_signal_new ("ready", TPO_TYPE_THUMBNAILS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
tpo_thumbnails_init (TpoThumbnails *self)
{
  self->kept = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

TpoThumbnails *
tpo_thumbnails_new (TpoDocument *document)
{
  TpoThumbnails *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document), NULL);

  self = g_object_new (TPO_TYPE_THUMBNAILS, NULL);
  self->document = g_object_ref (document);
  return self;
}

GdkTexture *
tpo_thumbnails_get (TpoThumbnails *self, gint64 video_id)
{
  GList *link;

  g_return_val_if_fail (TPO_IS_THUMBNAILS (self), NULL);

  link = g_hash_table_lookup (self->kept, &video_id);
  return link != NULL ? ((Request *) link->data)->texture : NULL;
}

void
tpo_thumbnails_request (TpoThumbnails *self, TpoVideoItem *item)
{
  const TpoVideoRecord *video;
  GList *link;
  Request *request;

  g_return_if_fail (TPO_IS_THUMBNAILS (self) && TPO_IS_VIDEO_ITEM (item));

  video = &tpo_video_item_get_summary (item)->video;
  link = g_hash_table_lookup (self->kept, &video->id);
  if (link != NULL) {
    g_queue_unlink (&self->order, link);
    g_queue_push_head_link (&self->order, link);
    return;
  }
  if (g_hash_table_contains (self->asked, &video->id) ||
      g_hash_table_contains (self->failed, video->uri))
    return;
  request = g_new0 (Request, 1);
  request->id = video->id;
  request->uri = video->size <= MAX_READ_BYTES ? g_strdup (video->uri) : NULL;
  ask (self, request, FALSE);
}

static int
compare_id (gconstpointer request, gconstpointer id)
{
  return ((const Request *) request)->id != *(const gint64 *) id;
}

void
tpo_thumbnails_forget (TpoThumbnails *self, gint64 video_id)
{
  Request *request = NULL;
  GList *link;

  g_return_if_fail (TPO_IS_THUMBNAILS (self));

  if (self->shared == NULL || !g_hash_table_contains (self->asked, &video_id))
    return;
  g_mutex_lock (&self->shared->mutex);
  link = g_queue_find_custom (&self->shared->wanted, &video_id, compare_id);
  if (link != NULL) {
    request = link->data;
    g_queue_delete_link (&self->shared->wanted, link);
  }
  g_mutex_unlock (&self->shared->mutex);
  if (request == NULL)
    return;
  g_hash_table_remove (self->asked, &video_id);
  request_free (request);
}

void
tpo_thumbnails_take_open (TpoThumbnails *self)
{
  TpoVideo *video;
  gint64 id;
  Request *request;

  g_return_if_fail (TPO_IS_THUMBNAILS (self));

  video = tpo_document_get_video (self->document);
  id = tpo_document_get_video_id (self->document);
  if (video == NULL || g_hash_table_contains (self->kept, &id))
    return;
  tpo_thumbnails_forget (self, id);
  if (g_hash_table_contains (self->asked, &id))
    return;
  request = g_new0 (Request, 1);
  request->id = id;
  request->video = tpo_video_ref (video);
  ask (self, request, TRUE);
}
