#include <glib/gi18n.h>

#include "formats/import-private.h"
#include "store/tpo-store-conversations.h"
#include "store/tpo-store-labels.h"

/* Colours of new labels, one after the other. */
static const char *const colors[] = { "#3584e4", "#33d17a", "#f6d32d", "#ff7800", "#e01b24",
                                      "#9141ac", "#986a44", "#2190a4", "#c061cb", "#5e5c64" };

/* The ids that names get when they are saved. */
typedef struct {
  TpoStore *store;
  GHashTable *schema;  /* name → TpoLabelRecord */
  GHashTable *labels;  /* name → id */
  GArray *predictions; /* of gint64; 0 until they are saved */
  const char *author;  /* who imports */
} Ids;

static gboolean
save_videos (TpoImport *self, Ids *ids, GError **error)
{
  for (guint i = 0; i < self->videos->len; i++) {
    TpoImportVideo *video = self->videos->pdata[i];

    if (!video->has_labels || video->record->id != 0)
      continue;
    video->record->id = tpo_store_import_video (ids->store, video->record, NULL, error);
    if (video->record->id == 0)
      return FALSE;
  }
  return TRUE;
}

static gint64
label_id (Ids *ids, const char *name, GError **error)
{
  const TpoLabelRecord *described = g_hash_table_lookup (ids->schema, name);
  const char *color = colors[g_hash_table_size (ids->labels) % G_N_ELEMENTS (colors)];
  gint64 *found = g_hash_table_lookup (ids->labels, name), id;

  if (found != NULL)
    return *found;
  id = tpo_store_add_label (ids->store, name, described != NULL ? described->color : color,
                            described != NULL ? described->key : NULL, NULL, error);
  if (id != 0)
    g_hash_table_insert (ids->labels, g_strdup (name), g_memdup2 (&id, sizeof id));
  return id;
}

/* Saved with the first item that was made of it. */
static gint64
prediction_id (const TpoImport *self, const TpoImportItem *item, Ids *ids, GError **error)
{
  TpoPredictionRecord *prediction = self->predictions->pdata[item->prediction - 1];
  gint64 *id = &g_array_index (ids->predictions, gint64, item->prediction - 1);

  if (*id != 0)
    return *id;
  prediction->video_id = item->video->record->id;
  prediction->kind = item->kind;
  if (item->kind != TPO_ANNOTATION_SPAN) {
    g_assert (prediction->n_spans == 1 && prediction->keyframes == NULL);
    prediction->spans[0].start_us = item->start_us;
    prediction->spans[0].end_us = item->end_us;
    prediction->keyframes = g_ptr_array_ref (item->keyframes);
  }
  *id = tpo_store_add_prediction (ids->store, prediction, error);
  return *id;
}

static gboolean
save_fields (const TpoImport *self, const TpoImportItem *item, gint64 id, Ids *ids,
             GError **error)
{
  g_autofree char *object = NULL;

  if (item->fields == NULL || item->fields[0] == '\0')
    return TRUE;
  object = g_strdup_printf ("{%s}", item->fields);
  return tpo_store_set_foreign_fields (ids->store, id, self->format->dialect, object, error);
}

static gboolean
save_item (const TpoImport *self, const TpoImportItem *item, Ids *ids, GError **error)
{
  TpoAnnotationRecord record = {
    .video_id = item->video->record->id,
    .kind = item->kind,
    .status = item->status,
    .text = item->text,
    .start_us = item->start_us,
    .end_us = item->end_us,
    .provenance = TPO_PROVENANCE_IMPORTED,
    .saliency = item->saliency,
    .n_saliency = item->n_saliency,
  };

  g_autofree char *values = NULL;
  gint64 id;

  if (item->label != NULL && (record.label_id = label_id (ids, item->label, error)) == 0)
    return FALSE;
  if (item->values != NULL && item->values->len > 0) {
    values = tpo_import_pack_values (item, ids->store, error);
    if (values == NULL)
      return FALSE;
    record.attributes = values;
  }
  if (item->prediction > 0 &&
      (record.prediction_id = prediction_id (self, item, ids, error)) == 0)
    return FALSE;
  tpo_store_set_author (ids->store, item->author != NULL ? item->author : ids->author);
  id = tpo_store_add_annotation (ids->store, &record, item->keyframes, NULL, error);
  return id != 0 && save_fields (self, item, id, ids, error);
}

static gboolean
save_talk (const TpoImportTalk *talk, Ids *ids, GError **error)
{
  gint64 id = tpo_store_add_conversation (ids->store, talk->video->record->id, talk->title,
                                          NULL, error);

  if (id == 0)
    return FALSE;
  for (guint i = 0; i < talk->texts->len; i++)
    if (tpo_store_append_message (
            ids->store, id, i % 2 == 0 ? TPO_MESSAGE_USER : TPO_MESSAGE_ASSISTANT,
            talk->texts->pdata[i], TPO_MESSAGE_COMPLETE, NULL, error) == 0)
      return FALSE;
  return TRUE;
}

static gboolean
save_all (TpoImport *self, Ids *ids, GError **error)
{
  for (guint i = 0; i < self->label_names->len; i++) {
    const char *name = self->label_names->pdata[i];
    gint64 id = label_id (ids, name, error);

    if (id == 0 || !tpo_import_save_attributes (self, ids->store, name, id, error))
      return FALSE;
  }
  if (!save_videos (self, ids, error))
    return FALSE;
  for (guint i = 0; i < self->items->len; i++)
    if (!save_item (self, self->items->pdata[i], ids, error) ||
        (i % 256 == 0 && g_cancellable_set_error_if_cancelled (self->cancellable, error)))
      return FALSE;
  for (guint i = 0; i < self->talks->len; i++)
    if (!save_talk (self->talks->pdata[i], ids, error))
      return FALSE;
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

gboolean
tpo_import_commit (TpoImport *self, TpoStore *store, GCancellable *cancellable, GError **error)
{
  const TpoEdit edit = { .name = N_ ("Import Labels") };
  g_autoptr (GHashTable) labels =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GArray) predictions = g_array_new (FALSE, TRUE, sizeof (gint64));
  g_autofree char *author = NULL;
  Ids ids = {
    .store = store, .schema = self->schema, .labels = labels, .predictions = predictions
  };
  gboolean is_saved;

  g_return_val_if_fail (self != NULL && store != NULL, FALSE);

  g_array_set_size (predictions, self->predictions->len);
  ids.author = author = g_strdup (tpo_store_get_author (store));
  self->cancellable = cancellable;
  if (!tpo_store_begin_group (store, &edit, error))
    return FALSE;
  is_saved = tpo_store_finish_group (store, save_all (self, &ids, error), error);
  tpo_store_set_author (store, author);
  return is_saved;
}
