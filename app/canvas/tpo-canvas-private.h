#pragma once

#include "canvas/tpo-canvas.h"

typedef enum {
  TPO_TOOL_SELECT,
  TPO_TOOL_BOX,
  TPO_TOOL_CLICK,
  TPO_TOOL_BRUSH,
  TPO_TOOL_ERASER,
  TPO_TOOL_COUNT,
} TpoTool;

struct _TpoCanvas {
  GtkWidget parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  TpoVideoView *view; /* weak: it holds the canvas */
  GSimpleActionGroup *actions;

  TpoTool tool;
  int brush_size; /* diameter in pixels of the video */
};

/** tpo_canvas_add_actions: fills @self->actions */
void tpo_canvas_add_actions (TpoCanvas *self);

/** tpo_canvas_tool_changed: takes back what the old tool left unfinished */
void tpo_canvas_tool_changed (TpoCanvas *self);

void tpo_canvas_finish (TpoCanvas *self);
void tpo_canvas_cancel (TpoCanvas *self);
