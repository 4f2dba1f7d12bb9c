#pragma once

#include "canvas/tpo-canvas.h"
#include "canvas/tpo-track-bar.h"
#include "chat/tpo-chat.h"
#include "formats/tpo-export.h"
#include "player/tpo-player-actions.h"
#include "player/tpo-transport-bar.h"
#include "player/tpo-video-view.h"
#include "tasks/tpo-question-runner.h"
#include "timeline/tpo-labels-pane.h"
#include "window/tpo-window.h"

struct _TpoWindow {
  AdwApplicationWindow parent_instance;

  char *project_name; /* nullable: the usual project */
  TpoDocument *document;
  TpoPlayer *player;
  TpoEngine *engine;
  GSettings *settings;
  GCancellable *opening;   /* nullable: a video is being indexed */
  GFile *wanted;           /* nullable: what was to be opened last */
  GCancellable *exporting; /* nullable: labels go out or come in */

  GtkWidget *toasts, *header, *subtitle, *flap, *stack, *paned;
  GtkWidget *problem, *problem_text, *models_button, *transfer, *export_button;
  gboolean has_engine_problem; /* @problem says that no model answers */
  GtkWidget *picture, *tools, *tracking, *transport, *bottom, *conversation;
  GtkWidget *view, *canvas, *timeline, *chat, *transport_bar;
  GtkWidget *side_flap, *side_bar, *side_switcher, *side_stack;
  GtkWidget *videos;         /* page of the side bar */
  gboolean focuses_side_bar; /* once it is on the screen */
  TpoQuestionRunner *runner; /* of the project, shared by its windows */
  gboolean is_holding;       /* @runner, as a question of this window goes first */
  struct {
    gint64 video_id, annotation_id, time_us;
  } wanted_label;     /* once its video is open; zeroed: none */
  guint hide_bars_id; /* in full screen */
  struct {
    gint64 video_id, conversation_id, message_id;
  } wanted_message; /* once its video is open; zeroed: none */
  AdwToast *toast;  /* the last one, while it is to be seen; weak, nullable */
};

/** tpo_window_add_actions: "win.*" */
void tpo_window_add_actions (TpoWindow *self);

/** tpo_window_add_transfer: the same for exports and imports; fills the menu of formats */
void tpo_window_add_transfer (TpoWindow *self);

/* ---- tpo-window-export.c ---- */

/** tpo_window_add_export_options: which videos and labels; actions, and sections of @menu */
void tpo_window_add_export_options (TpoWindow *self, GMenu *menu);

/** tpo_window_get_export_options: as they are chosen now */
TpoExportOptions tpo_window_get_export_options (TpoWindow *self);

/* ---- tpo-window-room.c ---- */

/**
 * tpo_window_fit_room: fewer buttons where else no room is left for the title, a wider side bar where there is some and
 * the text is large; once there is the menu of exports
 */
void tpo_window_fit_room (TpoWindow *self);

/** tpo_window_open_export_menu: at its button, which comes for it where there is no room */
void tpo_window_open_export_menu (TpoWindow *self);

/* ---- tpo-window-chat.c ---- */

/** tpo_window_add_chat: the conversation's actions, and messages of other videos that were searched for */
void tpo_window_add_chat (TpoWindow *self);

/* ---- tpo-window-side.c ---- */

/** tpo_window_add_side_bar: its pages, the actions that show it and those on videos */
void tpo_window_add_side_bar (TpoWindow *self);

/**
 * tpo_window_add_side_page: one line in tpo_window_add_side_bar() for each page
 * @page: floating; brings its own scrolled window and fits 320 pixels of width
 * @name: for tpo_window_show_side_page()
 * @title: shown in the switcher, which appears with the second page
 *
 * Returns: (transfer none): for a number or a mark on the switcher
 */
AdwViewStackPage *tpo_window_add_side_page (TpoWindow *self, GtkWidget *page, const char *name,
                                            const char *title, const char *icon_name);

/** tpo_window_show_side_page: unfolds the side bar at that page and moves the focus there */
void tpo_window_show_side_page (TpoWindow *self, const char *name);

/** tpo_window_update_side_bar: shown or not as the width, the setting and full screen want it */
void tpo_window_update_side_bar (TpoWindow *self);

/** tpo_window_add_videos: @files: (element-type GFile): files and folders, indexed in the background */
void tpo_window_add_videos (TpoWindow *self, GSList *files);

/**
 * tpo_window_offer_location: asks where @file (nullable) is now. Returns: FALSE where it is no
 * video of the project, or not gone
 */
gboolean tpo_window_offer_location (TpoWindow *self, GFile *file);

/* ---- tpo-window-review.c ---- */

/** tpo_window_add_review: the page of what to review, and questions that run over many videos */
void tpo_window_add_review (TpoWindow *self);

/** tpo_window_end_review: in dispose */
void tpo_window_end_review (TpoWindow *self);

/** tpo_window_show_label: opens the video at @uri if need be, selects the annotation and goes to @time_us */
void tpo_window_show_label (TpoWindow *self, const char *uri, gint64 annotation_id,
                            gint64 time_us);

/* ---- tpo-window-actions.c ---- */

/** tpo_window_enable: @name: of an action without "win." */
void tpo_window_enable (TpoWindow *self, const char *name, gboolean is_enabled);

/** tpo_window_update_actions: what makes sense now */
void tpo_window_update_actions (TpoWindow *self);
