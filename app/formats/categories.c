#include "formats/export-private.h"
#include "formats/import-private.h"

/* Categories, as COCO and its relatives have them: a number and a name. */

static gint64
unlabelled_id (TpoExport *self)
{
  const TpoLabelRecord *last =
      self->labels->len > 0 ? self->labels->pdata[self->labels->len - 1] : NULL;

  return last != NULL ? last->id + 1 : 1; /* they are listed by id */
}

gint64
tpo_export_category (TpoExport *self, const TpoAnnotationRecord *track)
{
  if (tpo_export_label_name (self, track->label_id) != NULL)
    return track->label_id;
  self->has_unlabelled = TRUE;
  return unlabelled_id (self);
}

static void
write_category (TpoJsonWriter *json, gint64 id, const char *name)
{
  tpo_json_begin_object (json, NULL);
  tpo_json_int (json, "id", id);
  tpo_json_string (json, "name", name);
  tpo_json_string (json, "supercategory", "object");
  tpo_json_end_object (json);
}

void
tpo_export_write_categories (TpoExport *self)
{
  tpo_json_begin_array (&self->json, "categories");
  for (guint i = 0; i < self->labels->len; i++) {
    const TpoLabelRecord *label = self->labels->pdata[i];

    write_category (&self->json, label->id, label->name);
  }
  if (self->has_unlabelled)
    write_category (&self->json, unlabelled_id (self), TPO_UNLABELLED);
  tpo_json_end_array (&self->json);
}

void
tpo_json_xywh (TpoJsonWriter *json, const char *name, const TpoVideoRecord *video,
               const TpoBox *box)
{
  double width = video->width, height = video->height;

  tpo_json_begin_array (json, name);
  tpo_json_number (json, NULL, (double) box->x0 * width, 3);
  tpo_json_number (json, NULL, (double) box->y0 * height, 3);
  tpo_json_number (json, NULL, ((double) box->x1 - (double) box->x0) * width, 3);
  tpo_json_number (json, NULL, ((double) box->y1 - (double) box->y0) * height, 3);
  tpo_json_end_array (json);
}

void
tpo_json_read_category (TpoJsonReader *json, GHashTable *table, TpoImport *import)
{
  g_autofree char *text = NULL;
  gint64 id = 0;
  const char *name;

  tpo_json_read_object (json);
  while ((name = tpo_json_next_name (json)) != NULL) {
    if (g_str_equal (name, "id"))
      id = tpo_json_read_int (json);
    else if (g_str_equal (name, "name") && text == NULL && tpo_json_peek (json) == '"')
      text = tpo_json_read_text (json);
    else
      tpo_json_skip (json);
  }
  if (g_hash_table_size (table) >= TPO_MAX_ITEMS)
    tpo_json_fail (json, "there are more than %d of them", TPO_MAX_ITEMS);
  if (text != NULL && import != NULL && !g_str_equal (text, TPO_UNLABELLED))
    tpo_import_add_label (import, text);
  if (text != NULL)
    g_hash_table_insert (table, g_memdup2 (&id, sizeof id), g_steal_pointer (&text));
}
