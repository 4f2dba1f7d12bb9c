#include "formats/formats-private.h"

static const TpoFormat *const formats[] = {
  &tpo_format_cocovid, /* before COCO, which looks the same but for some members */
  &tpo_format_coco,         &tpo_format_youtube_vis,
  &tpo_format_davis,        &tpo_format_ref_youtube_vos,
  &tpo_format_mevis,        &tpo_format_sa_v,
  &tpo_format_activitynet,  &tpo_format_charades_sta,
  &tpo_format_qvhighlights, &tpo_format_tpo_instruct,
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
