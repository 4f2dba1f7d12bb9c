#pragma once

#include <adwaita.h>

#include "tasks/tpo-question-runner.h"

G_BEGIN_DECLS

#define TPO_TYPE_ASK_MANY (tpo_ask_many_get_type ())
G_DECLARE_FINAL_TYPE (TpoAskMany, tpo_ask_many, TPO, ASK_MANY, AdwWindow)

/**
 * tpo_ask_many_new: a dialog that puts a question to many videos
 * @project: path of @runner's project
 * @selected: (element-type gint64): ids of the videos that are selected in the list, perhaps none
 */
GtkWindow *tpo_ask_many_new (GtkWindow *parent, TpoQuestionRunner *runner, const char *project,
                             GArray *selected);

G_END_DECLS
