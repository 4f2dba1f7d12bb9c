#pragma once

#include "canvas/tpo-canvas.h"
#include "chat/tpo-chat.h"
#include "player/tpo-player-actions.h"
#include "player/tpo-transport-bar.h"
#include "player/tpo-video-view.h"
#include "timeline/tpo-timeline.h"
#include "window/tpo-window.h"

struct _TpoWindow {
  AdwApplicationWindow parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  TpoEngine *engine;
  GSettings *settings;
  GCancellable *opening;   /* nullable: a video is being indexed */
  GCancellable *exporting; /* nullable: labels go out or come in */

  GtkWidget *toasts, *header, *title, *flap, *stack, *paned;
  GtkWidget *problem, *problem_text, *transfer, *transfer_text, *export_button;
  gboolean has_engine_problem; /* @problem says that no model answers */
  GtkWidget *picture, *tools, *transport, *bottom, *conversation;
  GtkWidget *view, *canvas, *timeline, *chat, *transport_bar;
  guint hide_bars_id; /* in full screen */
};

/** tpo_window_add_actions: "win.*" */
void tpo_window_add_actions (TpoWindow *self);

/** tpo_window_add_transfer: the same for exports and imports; fills the menu of formats */
void tpo_window_add_transfer (TpoWindow *self);

/** tpo_window_update_actions: what makes sense now */
void tpo_window_update_actions (TpoWindow *self);

/** tpo_window_toast: @text is no markup. @with_undo: offers to take the last step back */
void tpo_window_toast (TpoWindow *self, const char *text, gboolean with_undo);
