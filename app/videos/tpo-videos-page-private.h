#pragma once

#include "videos/tpo-thumbnails.h"
#include "videos/tpo-video-import.h"
#include "videos/tpo-video-query.h"
#include "videos/tpo-videos-page.h"

struct _TpoVideosPage {
  AdwBin parent_instance;

  TpoDocument *document;
  TpoVideoList *videos;
  TpoVideoQuery *query;
  GtkSelectionModel *selection;
  TpoVideoImport *import;
  TpoThumbnails *thumbnails;
  GSimpleActionGroup *actions; /* "videos.*" */
  guint show_id;               /* idle source that gives the list its rows back, or 0 */
  gint64 stepped_id;           /* video that was stepped to and is not open yet, or 0 */
  gboolean has_next, has_previous;
  char *gone_uri; /* nullable: video to be located once the list is read */

  GtkWidget *stack, *results, *search, *show, *list, *counts, *menu;
  GtkWidget *import_bar, *import_text, *import_progress;
};

/** tpo_videos_page_notice: emits "notice" */
void tpo_videos_page_notice (TpoVideosPage *self, const char *text, gboolean with_undo);

/** tpo_videos_page_open: emits "open-video" */
void tpo_videos_page_open (TpoVideosPage *self, const char *uri);

GtkWindow *tpo_videos_page_get_window (TpoVideosPage *self);

/** tpo_videos_page_get_items: Returns: (transfer full) (element-type TpoVideoItem): the selected ones */
GPtrArray *tpo_videos_page_get_items (TpoVideosPage *self);

/* ---- tpo-videos-actions.c ---- */

void tpo_videos_page_add_actions (TpoVideosPage *self);

/** tpo_videos_page_update_actions: what makes sense with the selection */
void tpo_videos_page_update_actions (TpoVideosPage *self);

/* ---- tpo-videos-steps.c ---- */

/** tpo_videos_page_update_steps: after the list or the open video changed */
void tpo_videos_page_update_steps (TpoVideosPage *self);

/* ---- tpo-videos-locate.c ---- */

/** tpo_videos_page_locate: asks for the file of @item */
void tpo_videos_page_locate (TpoVideosPage *self, TpoVideoItem *item);

/**
 * tpo_videos_page_offer_gone: asks for the video that was wanted before the list was read, if there
 * is one
 */
void tpo_videos_page_offer_gone (TpoVideosPage *self);

/* ---- tpo-videos-add.c ---- */

void tpo_videos_page_add_import (TpoVideosPage *self);

/** tpo_videos_page_choose: asks for videos to add, or for a folder of them */
void tpo_videos_page_choose (TpoVideosPage *self, gboolean is_folder);
