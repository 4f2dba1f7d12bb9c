#pragma once

#include "formats/tpo-formats.h"

/* The rows of the table, each defined in the file of its format. */

G_BEGIN_DECLS

extern const TpoFormat tpo_format_activitynet;
extern const TpoFormat tpo_format_charades_sta;
extern const TpoFormat tpo_format_coco;
extern const TpoFormat tpo_format_cocovid;
extern const TpoFormat tpo_format_cvat;
extern const TpoFormat tpo_format_davis;
extern const TpoFormat tpo_format_elan;
extern const TpoFormat tpo_format_got_10k;
extern const TpoFormat tpo_format_hugging_face;
extern const TpoFormat tpo_format_label_studio;
extern const TpoFormat tpo_format_lasot;
extern const TpoFormat tpo_format_llava;
extern const TpoFormat tpo_format_mevis;
extern const TpoFormat tpo_format_motchallenge;
extern const TpoFormat tpo_format_preference;
extern const TpoFormat tpo_format_qvhighlights;
extern const TpoFormat tpo_format_ref_youtube_vos;
extern const TpoFormat tpo_format_refcoco;
extern const TpoFormat tpo_format_sa_v;
extern const TpoFormat tpo_format_sa_v_png;
extern const TpoFormat tpo_format_tpo_instruct;
extern const TpoFormat tpo_format_videochat2;
extern const TpoFormat tpo_format_webdataset;
extern const TpoFormat tpo_format_webvtt;
extern const TpoFormat tpo_format_youtube_vis;

G_END_DECLS
