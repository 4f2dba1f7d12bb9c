#include "config.h"

#include "media/picture-sequence.h"

#include <string.h>

/* Fewer are no video. */
#define MIN_PICTURES 3

/* Frames a second; more is a mistake. */
#define MAX_RATE 1000

/* Of a number in a name. */
#define MAX_DIGITS 12

/* ---- names --------------------------------------------------------------------------------------- */

/* "frame0391.jpg" is "frame", 391, ".jpg". */
typedef struct {
  gsize prefix; /* bytes */
  gint64 number;
  const char *ending;
} Name;

static gboolean
parse (const char *text, Name *name)
{
  const char *dot = strrchr (text, '.');
  const char *digits = dot;

  while (digits != NULL && digits > text && g_ascii_isdigit (digits[-1]))
    digits--;
  if (digits == dot || dot - digits > MAX_DIGITS)
    return FALSE;
  name->prefix = (gsize) (digits - text);
  name->number = g_ascii_strtoll (digits, NULL, 10);
  name->ending = dot;
  return TRUE;
}

static gboolean
are_numbered (GPtrArray *names)
{
  const char *first = names->pdata[0];
  Name like, name;

  if (!parse (first, &like))
    return FALSE;
  for (guint i = 1; i < names->len; i++) {
    const char *text = names->pdata[i];

    if (!parse (text, &name) || name.prefix != like.prefix ||
        strncmp (text, first, name.prefix) != 0 || !g_str_equal (name.ending, like.ending))
      return FALSE;
  }
  return TRUE;
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  Name left, right;

  parse (*(const char *const *) a, &left);
  parse (*(const char *const *) b, &right);
  return left.number < right.number ? -1 : left.number > right.number;
}

/* ---- what the pictures are ----------------------------------------------------------------------- */

/* A PNG whose pixels are places in a table of colours, as masks of objects are. */
static gboolean
is_indexed (GFile *file)
{
  static const guint8 signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  enum {
    COLOUR_TYPE = 25,
    INDEXED = 3
  }; /* its place in the first chunk, and a value of it */
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  guint8 bytes[COLOUR_TYPE + 1];
  gsize n = 0;

  return stream != NULL &&
         g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, sizeof bytes, &n, NULL,
                                  NULL) &&
         n == sizeof bytes && memcmp (bytes, signature, sizeof signature) == 0 &&
         bytes[COLOUR_TYPE] == INDEXED;
}

/* "Annotations/480p/bear", "Annotations_6fps/…" */
static gboolean
is_below_annotations (GFile *folder)
{
  g_autofree char *uri = g_file_get_uri (folder);

  return strstr (uri, "/Annotations") != NULL;
}

static double
read_rate (GFile *folder)
{
  g_autoptr (GFile) file = g_file_get_child (folder, "seqinfo.ini");
  g_autoptr (GKeyFile) keys = g_key_file_new ();

  if (!g_key_file_load_from_file (keys, g_file_peek_path (file), G_KEY_FILE_NONE, NULL))
    return 0; /* most have none */
  return MAX (g_key_file_get_double (keys, "Sequence", "frameRate", NULL), 0);
}

/* "JPEGImages_24fps" */
static double
rate_of_name (GFile *folder)
{
  g_autofree char *name = g_file_get_basename (folder);
  char *end = g_str_has_suffix (name, "fps") ? strrchr (name, '_') : NULL;
  gint64 rate = end != NULL ? g_ascii_strtoll (end + 1, &end, 10) : 0;

  return rate > 0 && rate <= MAX_RATE && g_str_equal (end, "fps") ? (double) rate : 0;
}

TpoPictureSequence *
tpo_picture_sequence_new (GFile *folder, GPtrArray *names)
{
  TpoPictureSequence *self;
  g_autoptr (GFile) named = g_object_ref (folder);
  g_autoptr (GFile) first = NULL;
  g_autofree char *base = g_file_get_basename (folder);

  if (names->len < MIN_PICTURES || g_file_peek_path (folder) == NULL || !are_numbered (names))
    return NULL;
  if (g_str_equal (base, "img1") || g_str_equal (base, "img")) {
    g_object_unref (named);
    named = g_file_get_parent (folder);
  }
  self = g_new0 (TpoPictureSequence, 1);
  self->folder = g_object_ref (folder);
  self->name = named != NULL ? g_file_get_basename (named) : g_steal_pointer (&base);
  self->place = named != NULL ? g_file_get_parent (named) : NULL;
  if (self->place == NULL) /* pictures at the top of a disk */
    self->place = g_object_ref (folder);
  self->files = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (self->files, g_strdup (names->pdata[i]));
  g_ptr_array_sort (self->files, by_number);
  first = g_file_get_child (folder, self->files->pdata[0]);
  self->is_labels = is_indexed (first) || is_below_annotations (folder);
  self->rate = named != NULL ? read_rate (named) : 0;
  if (self->rate <= 0)
    self->rate = rate_of_name (self->place);
  return self;
}

void
tpo_picture_sequence_free (TpoPictureSequence *self)
{
  g_object_unref (self->folder);
  g_object_unref (self->place);
  g_ptr_array_unref (self->files);
  g_free (self->name);
  g_free (self);
}
