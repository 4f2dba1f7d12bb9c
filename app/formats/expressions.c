#include "formats/expressions.h"

static void
expression_free (gpointer data)
{
  TpoExpression *expression = data;

  g_free (expression->text);
  g_ptr_array_unref (expression->objects);
  g_ptr_array_unref (expression->annotations);
  g_free (expression);
}

static void
expressions_free (gpointer data)
{
  TpoExpressions *self = data;

  g_array_unref (self->frames);
  g_ptr_array_unref (self->expressions);
  g_free (self);
}

/* An id, or several. */
static void
read_ids (TpoJsonReader *json, GPtrArray *ids)
{
  if (tpo_json_peek (json) != '[') {
    g_ptr_array_add (ids, tpo_json_read_name (json));
    return;
  }
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    if (ids->len == 65536)
      tpo_json_fail (json, "an expression is of more than 65536 objects");
    g_ptr_array_add (ids, tpo_json_read_name (json));
  }
}

static TpoExpression *
read_expression (TpoJsonReader *json)
{
  TpoExpression *expression = g_new0 (TpoExpression, 1);
  const char *name;

  expression->objects = g_ptr_array_new_with_free_func (g_free);
  expression->annotations = g_ptr_array_new_with_free_func (g_free);
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "exp") && expression->text == NULL)
      expression->text = tpo_json_read_text (json);
    else if (g_str_equal (name, "obj_id"))
      read_ids (json, expression->objects);
    else if (g_str_equal (name, "anno_id"))
      read_ids (json, expression->annotations);
    else
      tpo_json_skip_field (json, name, NULL);
  }
  return expression;
}

/* Names of frames are their numbers; a name that is none stands for its place. */
static void
read_frames (TpoJsonReader *json, GArray *frames)
{
  tpo_json_read_array (json);
  while (tpo_json_next_element (json)) {
    g_autofree char *name = tpo_json_read_name (json);
    gint64 frame;

    if (!tpo_parse_int (name, &frame))
      frame = frames->len;
    if (frames->len == TPO_MAX_FILES)
      tpo_json_fail (json, "the video has more than %d frames", TPO_MAX_FILES);
    g_array_append_val (frames, frame);
  }
}

static TpoExpressions *
read_video (TpoJsonReader *json)
{
  TpoExpressions *self = g_new0 (TpoExpressions, 1);
  const char *name;

  self->frames = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->expressions = g_ptr_array_new_with_free_func (expression_free);
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "frames")) {
      read_frames (json, self->frames);
    } else if (g_str_equal (name, "expressions")) {
      tpo_json_read_object (json);
      while (tpo_json_next_name (json) != NULL)
        g_ptr_array_add (self->expressions, read_expression (json));
    } else {
      tpo_json_skip_field (json, name, NULL);
    }
  }
  return self;
}

static gboolean
read_videos (TpoImport *self, TpoJsonReader *json, GPtrArray *all, GError **error)
{
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    g_autofree char *video_name = g_strdup (name);
    TpoExpressions *expressions = read_video (json);

    if (!tpo_json_has_failed (json) &&
        !tpo_import_get_video (self, video_name, &expressions->video, error)) {
      expressions_free (expressions);
      return FALSE;
    }
    if (expressions->video == NULL) {
      expressions_free (expressions);
      continue;
    }
    tpo_import_place_frames (expressions->video, expressions->frames);
    g_ptr_array_add (all, expressions);
  }
  return TRUE;
}

GPtrArray *
tpo_expressions_read (TpoImport *self, GFile *file, GError **error)
{
  g_autoptr (TpoJsonReader) json = tpo_import_open_json (self, file, error);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (expressions_free);
  const char *name;

  if (json == NULL)
    return NULL;
  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (!g_str_equal (name, "videos"))
      tpo_json_skip (json);
    else if (!read_videos (self, json, all, error))
      return NULL;
  }
  return tpo_json_finish (json, error) ? g_steal_pointer (&all) : NULL;
}

void
tpo_json_frames (TpoJsonWriter *json, gint64 first, gint64 end)
{
  tpo_json_begin_array (json, "frames");
  for (gint64 frame = first; frame < end; frame++) {
    char name[32];

    g_snprintf (name, sizeof name, "%05" G_GINT64_FORMAT, frame);
    tpo_json_string (json, NULL, name);
  }
  tpo_json_end_array (json);
}
