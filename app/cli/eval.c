#include "config.h"

#include <stdio.h>
#include <string.h>

#include <tpo/session.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/eval-doubts.h"
#include "cli/eval-figures.h"

/*
 * Asks the questions of a labelled set and compares the answers: folder with manifest.json as
 * data/nano/heldout.py writes it (format "tpo-nano-heldout-1").
 */

typedef struct {
  char *model, *device, *doubts;
  int limit;
  gboolean as_json;
} Options;

/* What an item of the manifest expects; pointers belong to the manifest. */
typedef struct {
  const char *file, *question, *answer, *task, *group;
  const char *kind; /* nullable */
  gboolean is_video, is_held_out;
  JsonArray *box, *span, *masks; /* nullable */
} Item;

/* What the model said. */
typedef struct {
  const Item *item;
  GString *text;
  TpoTask task;
  TpoBox box;
  TpoSpan span;
  gboolean has_box, has_span;
  GHashTable *masks; /* frame → TpoRle */
  double overlap;    /* of a span or track with the truth; -1 of other answers */
  TpoVideo *video;
  TpoEvalDoubts *doubts; /* nullable */
} Reply;

static const char *const task_words[TPO_TASK_COUNT] = {
  [TPO_TASK_NONE] = "none",
  [TPO_TASK_REGION] = "box",
  [TPO_TASK_TEMPORAL] = "time",
  [TPO_TASK_MASK] = "track",
};

static void
on_event (const TpoEvent *event, gpointer user_data)
{
  Reply *reply = user_data;

  if (reply->doubts != NULL)
    tpo_eval_doubts_add (reply->doubts, reply->video, event);
  switch (event->kind) {
  case TPO_EVENT_TEXT:
    g_string_append (reply->text, event->text);
    break;
  case TPO_EVENT_TASK:
    reply->task = event->task;
    break;
  case TPO_EVENT_SPANS:
    reply->has_span = event->n_spans > 0;
    if (reply->has_span)
      reply->span = event->spans[0];
    break;
  case TPO_EVENT_BOX:
    reply->has_box = TRUE;
    reply->box = event->box;
    break;
  case TPO_EVENT_MASK:
    g_hash_table_insert (reply->masks, GUINT_TO_POINTER (event->frame),
                         tpo_rle_ref ((TpoRle *) event->mask));
    break;
  case TPO_EVENT_STEP:
  case TPO_EVENT_KIND_COUNT:
    break;
  }
}

/* ---- manifest ------------------------------------------------------------------------------- */

static const char *
text_of (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static JsonArray *
array_of (JsonObject *object, const char *member, guint n)
{
  JsonNode *node = json_object_get_member (object, member);
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  return array != NULL && json_array_get_length (array) >= n ? array : NULL;
}

static gboolean
read_item (JsonArray *items, guint index, Item *item, GError **error)
{
  JsonNode *node = json_array_get_element (items, index);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *held_out;

  *item = (Item){ NULL };
  if (object != NULL) {
    held_out = json_object_get_member (object, "held_out_pair");
    *item = (Item){
      .file = text_of (object, "file"),
      .question = text_of (object, "question"),
      .answer = text_of (object, "answer"),
      .task = text_of (object, "task"),
      .group = text_of (object, "group"),
      .kind = text_of (object, "kind"),
      .is_video = g_strcmp0 (text_of (object, "media"), "video") == 0,
      .is_held_out = held_out != NULL &&
                     json_node_get_value_type (held_out) == G_TYPE_BOOLEAN &&
                     json_node_get_boolean (held_out),
      .box = array_of (object, "box", 4),
      .span = array_of (object, "span", 2),
      .masks = array_of (object, "masks", 1),
    };
  }
  if (item->file != NULL && item->question != NULL && item->answer != NULL &&
      item->task != NULL && item->group != NULL)
    return TRUE;
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "manifest.json: item %u lacks a file, question, answer, task or group", index);
  return FALSE;
}

static TpoBox
box_of (JsonArray *array)
{
  return (TpoBox){ (float) json_array_get_double_element (array, 0),
                   (float) json_array_get_double_element (array, 1),
                   (float) json_array_get_double_element (array, 2),
                   (float) json_array_get_double_element (array, 3) };
}

/* One stored mask. @frame: (out) */
static TpoRle *
mask_of (JsonArray *masks, guint index, guint *frame, GError **error)
{
  JsonNode *node = json_array_get_element (masks, index);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonArray *size = object != NULL ? array_of (object, "size", 2) : NULL;
  const char *counts = object != NULL ? text_of (object, "counts") : NULL;

  if (size == NULL || counts == NULL || !json_object_has_member (object, "frame")) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
                 "manifest.json: a mask lacks frame, size or counts");
    return NULL;
  }
  *frame = (guint) json_object_get_int_member (object, "frame");
  return tpo_rle_from_string (counts, (guint) json_array_get_int_element (size, 1),
                              (guint) json_array_get_int_element (size, 0), error);
}

/* ---- measuring ------------------------------------------------------------------------------ */

/* Mean overlap of the masks found with those that are stored; a mask that is missing counts as 0. */
static gboolean
mean_overlap (const Reply *reply, double *mean, double *first, GError **error)
{
  JsonArray *masks = reply->item->masks;
  guint n = json_array_get_length (masks);
  double sum = 0.0;

  for (guint i = 0; i < n; i++) {
    guint frame;
    g_autoptr (TpoRle) truth = mask_of (masks, i, &frame, error);
    const TpoRle *found;
    double overlap = 0.0;

    if (truth == NULL)
      return FALSE;
    found = g_hash_table_lookup (reply->masks, GUINT_TO_POINTER (frame));
    if (found != NULL && found->width == truth->width && found->height == truth->height)
      overlap = tpo_rle_area (truth) == 0 && tpo_rle_area (found) == 0
                    ? 1.0
                    : tpo_rle_iou (found, truth);
    if (i == 0)
      *first = overlap;
    sum += overlap;
  }
  *mean = sum / n;
  return TRUE;
}

static guint
last_mask_frame (JsonArray *masks)
{
  JsonObject *last = json_array_get_object_element (masks, json_array_get_length (masks) - 1);

  return (guint) json_object_get_int_member (last, "frame");
}

/* The mask head alone, from the true box on the first frame. */
static gboolean
measure_tracking (TpoSession *session, const Item *item, TpoEvalFigures *figures,
                  GError **error)
{
  TpoBox box = box_of (item->box);
  TpoTrack track = { .box = &box, .last_frame = last_mask_frame (item->masks) };
  Reply reply = { .item = item, .text = g_string_new (NULL) };
  double mean = 0.0, first = 0.0;
  gboolean ok;

  reply.masks = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) tpo_rle_unref);
  ok = tpo_session_track (session, &track, on_event, &reply, NULL, error) &&
       mean_overlap (&reply, &mean, &first, error);
  if (ok) {
    tpo_eval_add (figures, TPO_EVAL_MASK_FROM_BOX, item->is_held_out, first);
    tpo_eval_add (figures, TPO_EVAL_MASK_BY_MEMORY, item->is_held_out, mean);
  }
  g_string_free (reply.text, TRUE);
  g_hash_table_unref (reply.masks);
  return ok;
}

static void
measure_span (Reply *reply, const TpoVideo *video, TpoEvalFigures *figures)
{
  const Item *item = reply->item;
  gboolean held_out = item->is_held_out;
  const double truth[2] = { json_array_get_double_element (item->span, 0),
                            json_array_get_double_element (item->span, 1) };
  const double whole[2] = { 0.0, (double) tpo_video_get_info (video)->duration_us / 1e6 };
  const double found[2] = { (double) reply->span.start_us / 1e6,
                            (double) reply->span.end_us / 1e6 };
  double overlap = reply->has_span ? tpo_eval_span_iou (found, truth) : 0.0;
  double prior = tpo_eval_span_iou (whole, truth);

  reply->overlap = overlap;
  tpo_eval_add (figures, TPO_EVAL_SPAN_HALF, held_out, overlap >= 0.5);
  tpo_eval_add (figures, TPO_EVAL_SPAN_IOU, held_out, overlap);
  tpo_eval_add (figures, TPO_EVAL_SPAN_PRIOR_HALF, held_out, prior >= 0.5);
  tpo_eval_add (figures, TPO_EVAL_SPAN_PRIOR, held_out, prior);
  if (g_strcmp0 (item->kind, "visible") == 0) {
    tpo_eval_add (figures, TPO_EVAL_VISIBLE_HALF, held_out, overlap >= 0.5);
    tpo_eval_add (figures, TPO_EVAL_VISIBLE_IOU, held_out, overlap);
  } else if (g_strcmp0 (item->kind, "moves") == 0) {
    tpo_eval_add (figures, TPO_EVAL_MOVES_HALF, held_out, overlap >= 0.5);
    tpo_eval_add (figures, TPO_EVAL_MOVES_IOU, held_out, overlap);
  }
}

static gboolean
measure_reply (Reply *reply, const TpoVideo *video, TpoEvalFigures *figures, GError **error)
{
  const Item *item = reply->item;
  gboolean held_out = item->is_held_out;
  gboolean is_right_task = g_strcmp0 (item->task, task_words[reply->task]) == 0;

  g_strstrip (reply->text->str);
  tpo_eval_add (figures, TPO_EVAL_TASK, held_out, is_right_task);
  if (g_strcmp0 (item->group, "question") == 0)
    tpo_eval_add (figures, item->is_video ? TPO_EVAL_ANSWER_CLIP : TPO_EVAL_ANSWER_STILL,
                  held_out, g_strcmp0 (reply->text->str, item->answer) == 0);
  if (g_strcmp0 (item->group, "box") == 0 && item->box != NULL) {
    TpoBox truth = box_of (item->box);
    double overlap = reply->has_box ? tpo_eval_box_iou (&reply->box, &truth) : 0.0;

    tpo_eval_add (figures, TPO_EVAL_BOX_HALF, held_out, overlap >= 0.5);
    tpo_eval_add (figures, TPO_EVAL_BOX_IOU, held_out, overlap);
  }
  if (g_strcmp0 (item->group, "time") == 0 && item->span != NULL)
    measure_span (reply, video, figures);
  if (g_strcmp0 (item->group, "track") == 0 && item->masks != NULL) {
    double mean, first;

    if (!mean_overlap (reply, &mean, &first, error))
      return FALSE;
    tpo_eval_add (figures, TPO_EVAL_MASK_BY_WORDS, held_out, mean);
    reply->overlap = mean;
  }
  return TRUE;
}

static gboolean
measure_item (TpoSession *session, TpoVideo *video, const Item *item, TpoEvalFigures *figures,
              TpoEvalDoubts *doubts, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GHashTable) masks =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) tpo_rle_unref);
  Reply reply = { .item = item,
                  .text = text,
                  .masks = masks,
                  .overlap = -1.0,
                  .video = video,
                  .doubts = doubts };
  TpoAsk ask = { .question = item->question, .frame = -1 };

  if (item->masks != NULL)
    ask.max_mask_frames = last_mask_frame (item->masks) + 1;
  else
    ask.max_mask_frames = 1;
  if (!tpo_session_ask (session, &ask, on_event, &reply, NULL, error) ||
      !measure_reply (&reply, video, figures, error))
    return FALSE;
  if (doubts != NULL)
    tpo_eval_doubts_write (doubts, video, reply.overlap >= 0.0 ? item->group : NULL, item->file,
                           text->str, reply.overlap);
  if (item->masks != NULL && item->box != NULL)
    return measure_tracking (session, item, figures, error);
  return TRUE;
}

/* Items of one file follow each other, so that its session is made once. */
static gboolean
measure (const char *folder, JsonArray *items, TpoModel *model, const Options *options,
         TpoEvalFigures *figures, GError **error)
{
  guint n = json_array_get_length (items);
  g_autoptr (TpoVideo) video = NULL;
  g_autoptr (TpoSession) session = NULL;
  g_autoptr (TpoEvalDoubts) doubts =
      options->doubts != NULL ? tpo_eval_doubts_new (options->doubts, error) : NULL;
  const char *open_file = NULL;

  if (options->doubts != NULL && doubts == NULL)
    return FALSE;
  if (options->limit > 0)
    n = MIN (n, (guint) options->limit);
  for (guint i = 0; i < n; i++) {
    Item item;

    if (!read_item (items, i, &item, error))
      return FALSE;
    if (g_strcmp0 (item.file, open_file) != 0) {
      g_autofree char *path = g_build_filename (folder, item.file, NULL);

      g_clear_pointer (&session, tpo_session_free);
      g_clear_pointer (&video, tpo_video_unref);
      video = tpo_video_open (path, NULL, NULL, error);
      if (video == NULL)
        return FALSE;
      session = tpo_session_new (model, video);
      open_file = item.file;
    }
    fprintf (stderr, "\r%u of %u", i + 1, n);
    if (!measure_item (session, video, &item, figures, doubts, error))
      return FALSE;
  }
  fputs ("\r\033[K", stderr);
  return TRUE;
}

static gboolean
run (const char *folder, const Options *options, TpoEvalFigures *figures, GError **error)
{
  g_autofree char *manifest = g_build_filename (folder, "manifest.json", NULL);
  g_autofree char *path = tpo_cli_model_path (options->model, error);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (TpoDevice) device = NULL;
  g_autoptr (TpoModel) model = NULL;
  JsonNode *root;
  JsonArray *items;

  if (path == NULL || !json_parser_load_from_mapped_file (parser, manifest, error))
    return FALSE;
  root = json_parser_get_root (parser);
  items = root != NULL && JSON_NODE_HOLDS_OBJECT (root)
              ? array_of (json_node_get_object (root), "items", 1)
              : NULL;
  if (items == NULL) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: there are no items", manifest);
    return FALSE;
  }
  device = tpo_cli_open_device (options->device, error);
  model = device != NULL ? tpo_model_open (device, path, NULL, NULL, NULL, error) : NULL;
  return model != NULL && measure (folder, items, model, options, figures, error);
}

int
tpo_cli_eval (int argc, char **argv)
{
  Options options = { NULL };
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &options.model,
      "GGUF model (default: the bundled one)", "FILE" },
    { "device", 'd', 0, G_OPTION_ARG_STRING, &options.device,
      "Vulkan device: number, kind or part of the name", "DEVICE" },
    { "limit", 0, 0, G_OPTION_ARG_INT, &options.limit, "Ask the first N questions only", "N" },
    { "doubts", 0, 0, G_OPTION_ARG_FILENAME, &options.doubts,
      "Write what the review queue would doubt of each moment and track", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  TpoEvalFigures figures = { 0 };

  if (!tpo_cli_parse (
          &argc, &argv, entries, "FOLDER",
          "Asks the questions of a labelled set and measures the answers. FOLDER holds "
          "manifest.json and its pictures and clips.",
          1, 1))
    return 2;
  if (!run (argv[1], &options, &figures, &error))
    return tpo_cli_fail (error);
  tpo_eval_print (&figures, options.as_json);
  return 0;
}
