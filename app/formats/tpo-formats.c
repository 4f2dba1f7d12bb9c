#include "formats/formats-private.h"

/* What looks like two of them is the first: CocoVID is COCO with some more members. */
static const TpoFormat *const formats[] = {
  /* Boxes and masks. */
  &tpo_format_cocovid,
  &tpo_format_coco,
  &tpo_format_youtube_vis,
  &tpo_format_davis,
  &tpo_format_ref_youtube_vos,
  &tpo_format_mevis,
  &tpo_format_sa_v,
  &tpo_format_sa_v_png,
  &tpo_format_refcoco,
  &tpo_format_motchallenge,
  &tpo_format_lasot,
  &tpo_format_got_10k,
  &tpo_format_cvat,
  &tpo_format_label_studio,
  /* Spans and captions. */
  &tpo_format_activitynet,
  &tpo_format_charades_sta,
  &tpo_format_qvhighlights,
  &tpo_format_webvtt,
  &tpo_format_elan,
  /* For trainers. */
  &tpo_format_tpo_instruct,
  &tpo_format_preference,
  &tpo_format_videochat2,
  &tpo_format_llava,
  &tpo_format_hugging_face,
  &tpo_format_webdataset,
};

const TpoFormat *const *
tpo_formats (guint *n_formats)
{
  *n_formats = G_N_ELEMENTS (formats);
  return formats;
}

const TpoFormat *
tpo_format_find (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_strcmp0 (formats[i]->id, id) == 0)
      return formats[i];
  return NULL;
}
