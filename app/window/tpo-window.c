#include "config.h"

#include <glib/gi18n.h>

#include <tpo/error.h>

#include "compat/tpo-compat.h"
#include "files/tpo-data-files.h"
#include "labels/label-colors.h"
#include "settings/tpo-settings.h"
#include "store/tpo-store-videos.h"
#include "window/divider.h"
#include "window/examples.h"
#include "window/shortcuts.h"
#include "window/tpo-project-problem.h"
#include "window/tpo-side-pane.h"
#include "window/tpo-transfer-bar.h"
#include "window/tpo-window-private.h"

/* Where there is room, the timeline begins with its pictures and sound in sight. */
static const int LEAST_PICTURE_PX = 400, STRIPS_PX = 72;
static const guint HIDE_BARS_AFTER_MS = 2500;

G_DEFINE_FINAL_TYPE (TpoWindow, tpo_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- feedback --------------------------------------------------------------------------------- */

void
tpo_window_show_problem (TpoWindow *self, const char *text)
{
  g_return_if_fail (TPO_IS_WINDOW (self));

  gtk_label_set_text (GTK_LABEL (self->problem_text), text != NULL ? text : "");
  gtk_widget_set_visible (self->models_button, FALSE);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->problem), text != NULL);
}

static void
on_problem_closed (TpoWindow *self)
{
  tpo_window_show_problem (self, NULL);
}

static void
on_toast (TpoWindow *self, const char *text)
{
  tpo_window_toast (self, text, FALSE);
}

static void
on_toast_undo (TpoWindow *self, const char *text)
{
  tpo_window_toast (self, text, TRUE);
}

/* ---- opening ------------------------------------------------------------------------------------ */

static void
show_page (TpoWindow *self)
{
  gboolean has_video = tpo_document_get_video (self->document) != NULL;

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), self->opening != NULL ? "opening"
                                                             : has_video           ? "video"
                                                                                   : "empty");
  tpo_window_update_actions (self);
}

static void
on_position_changed (TpoWindow *self)
{
  if (self->opening == NULL && tpo_player_get_video (self->player) != NULL)
    tpo_document_set_position (self->document, tpo_player_get_position_us (self->player));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = tpo_document_open_finish (TPO_DOCUMENT (source), result, &error);

  /* Another one is wanted by now, or nobody is there any more. */
  if (g_task_get_cancellable (G_TASK (result)) != self->opening)
    return;
  g_clear_object (&self->opening);
  on_position_changed (self); /* where a label of it was shown, perhaps */
  if (!ok && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      !tpo_window_offer_location (self, self->wanted))
    tpo_window_toast (self, error->message, FALSE);
  show_page (self);
}

void
tpo_window_open (TpoWindow *self, GFile *file)
{
  g_autofree char *location = NULL;

  g_return_if_fail (TPO_IS_WINDOW (self) && G_IS_FILE (file));

  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  self->opening = g_cancellable_new ();
  g_set_object (&self->wanted, file);
  location = g_file_get_path (file);
  if (location == NULL)
    location = g_file_get_uri (file);
  tpo_document_open_async (self->document, location, NULL, NULL, self->opening, on_opened,
                           g_object_ref (self));
  show_page (self);
}

/* The video that was open last; if it is not there any more, opening it asks where it is. */
static GFile *
last_video (TpoWindow *self)
{
  g_autoptr (GPtrArray) videos = tpo_store_list_videos (tpo_document_get_store (self->document),
                                                        NULL); /* none: first start */

  if (videos == NULL || videos->len == 0)
    return NULL;
  return g_file_new_for_uri (((TpoVideoRecord *) g_ptr_array_index (videos, 0))->uri);
}

gboolean
tpo_window_open_last (TpoWindow *self)
{
  g_autoptr (GFile) file = NULL;

  g_return_val_if_fail (TPO_IS_WINDOW (self), FALSE);

  file = last_video (self);
  if (file != NULL)
    tpo_window_open (self, file);
  return file != NULL;
}

void
tpo_window_open_first (TpoWindow *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *clip = tpo_data_file ("clips/morning.mp4");

  g_return_if_fail (TPO_IS_WINDOW (self));

  if (tpo_window_open_last (self) || clip == NULL)
    return;
  file = g_file_new_for_path (clip);
  tpo_window_open (self, file);
}

TpoStore *
tpo_window_get_store (TpoWindow *self)
{
  g_return_val_if_fail (TPO_IS_WINDOW (self), NULL);

  return tpo_document_get_store (self->document);
}

static void
on_video_changed (TpoWindow *self)
{
  TpoVideo *video = tpo_document_get_video (self->document);
  g_auto (GStrv) examples = tpo_examples_for (video);
  g_autofree char *title = NULL;
  gint64 position_us = tpo_document_get_position (self->document);

  g_object_get (self->document, "title", &title, NULL);
  gtk_window_set_title (GTK_WINDOW (self), title);
  tpo_chat_set_examples (TPO_CHAT (self->chat), (const char *const *) examples);
  tpo_player_set_video (self->player, video);
  tpo_player_seek (self->player, position_us);
  /* Single keys work at once. */
  gtk_widget_grab_focus (self->canvas);
  if (tpo_video_get_notice (video) != NULL)
    tpo_window_show_problem (self, tpo_video_get_notice (video));
}

/* A project has a window of its own. One file is to be looked at; several, and folders, are for the project. */
static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  TpoWindow *self = user_data;
  GSList *files = g_value_get_boxed (value);

  if (files == NULL)
    return FALSE;
  if (files->next == NULL && tpo_is_project (files->data))
    g_application_open (G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))),
                        (GFile **) &files->data, 1, "");
  else if (files->next == NULL && g_file_query_file_type (files->data, G_FILE_QUERY_INFO_NONE,
                                                          NULL) != G_FILE_TYPE_DIRECTORY)
    tpo_window_open (self, files->data);
  else
    tpo_window_add_videos (self, files);
  return TRUE;
}

/* ---- engine ------------------------------------------------------------------------------------- */

static void
on_model_changed (TpoWindow *self)
{
  g_autofree char *model = NULL;
  g_autofree char *text = NULL;
  double loading;

  g_object_get (self->engine, "model-name", &model, "loading", &loading, NULL);
  if (self->has_engine_problem && model != NULL) {
    self->has_engine_problem = FALSE;
    tpo_window_show_problem (self, NULL);
  }
  if (loading >= 0.0)
    /* Translators: a percentage follows: "Loading the model… 45 %" */
    text = g_strdup_printf (_ ("Loading the model… %.0f %%"), 100.0 * loading);
  else if (self->project_name != NULL && model != NULL)
    text = g_strdup_printf ("%s · %s", self->project_name, model);
  else
    text = g_strdup (self->project_name != NULL ? self->project_name : model);
  gtk_label_set_text (GTK_LABEL (self->subtitle), text != NULL ? text : "");
  gtk_widget_set_visible (self->subtitle, text != NULL);
}

static void
on_warm (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TpoWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (tpo_engine_finish (TPO_ENGINE (source), result, &error) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* Translators: %s is the reason, a sentence or clause */
  text = g_strdup_printf (_ ("Questions cannot be answered now: %s"), error->message);
  tpo_window_show_problem (self, text);
  /* Another model helps against all but this. */
  gtk_widget_set_visible (self->models_button,
                          !g_error_matches (error, TPO_ERROR, TPO_ERROR_NO_DEVICE));
  self->has_engine_problem = TRUE;
}

/* ---- preferences -------------------------------------------------------------------------------- */

static void
on_settings_changed (TpoWindow *self)
{
  g_autofree char *setting = g_settings_get_string (self->settings, "author");
  const char *author = g_strstrip (setting);
  gboolean is_drawn = g_settings_get_boolean (self->settings, "vary-answers");
  TpoAnswerSettings answers = {
    .repetition_penalty = (float) g_settings_get_double (self->settings, "repetition-penalty"),
    .max_tokens = g_settings_get_uint (self->settings, "max-tokens"),
  };

  if (is_drawn) {
    answers.temperature = (float) g_settings_get_double (self->settings, "temperature");
    answers.top_p = (float) g_settings_get_double (self->settings, "top-p");
    answers.seed = g_settings_get_uint (self->settings, "seed");
  }
  tpo_document_set_answer_settings (self->document, &answers);
  tpo_question_runner_set_answer_settings (self->runner, &answers);
  tpo_store_set_author (tpo_document_get_store (self->document),
                        *author != '\0' ? author : g_get_user_name ());
}

/* ---- full screen ------------------------------------------------------------------------------- */

static void
set_bars (TpoWindow *self, gboolean are_shown)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->transport), are_shown);
  gtk_widget_set_visible (self->tools, are_shown);
}

static gboolean
hide_bars (gpointer user_data)
{
  TpoWindow *self = user_data;

  self->hide_bars_id = 0;
  if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
    set_bars (self, FALSE);
  return G_SOURCE_REMOVE;
}

/* Bars come back when somebody moves or types. */
static void
on_activity (TpoWindow *self)
{
  if (!gtk_window_is_fullscreen (GTK_WINDOW (self)))
    return;
  set_bars (self, TRUE);
  g_clear_handle_id (&self->hide_bars_id, g_source_remove);
  self->hide_bars_id = g_timeout_add (HIDE_BARS_AFTER_MS, hide_bars, self);
}

static gboolean
on_key (TpoWindow *self)
{
  on_activity (self);
  return GDK_EVENT_PROPAGATE;
}

static void
on_fullscreened (TpoWindow *self)
{
  gboolean is_full = gtk_window_is_fullscreen (GTK_WINDOW (self));

  gtk_widget_set_visible (self->header, !is_full);
  gtk_widget_set_visible (self->bottom, !is_full);
  adw_flap_set_reveal_flap (ADW_FLAP (self->flap), !is_full);
  tpo_window_update_side_bar (self);
  set_bars (self, TRUE);
  on_activity (self);
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_window_dispose (GObject *object)
{
  TpoWindow *self = TPO_WINDOW (object);

  g_clear_weak_pointer (&self->toast);
  g_clear_handle_id (&self->hide_bars_id, g_source_remove);
  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  if (self->exporting != NULL)
    g_cancellable_cancel (self->exporting);
  if (self->document != NULL) {
    tpo_document_cancel (self->document);
    tpo_document_flush (self->document, NULL); /* nobody is left to tell */
  }
  g_clear_object (&self->opening);
  g_clear_object (&self->wanted);
  g_clear_object (&self->exporting);
  if (self->player != NULL)
    tpo_player_set_video (self->player, NULL);
  g_clear_object (&self->player);
  tpo_window_end_review (self);
  g_clear_object (&self->document);
  g_clear_object (&self->engine);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tpo_window_parent_class)->dispose (object);
}

static void
tpo_window_finalize (GObject *object)
{
  g_free (TPO_WINDOW (object)->project_name);
  G_OBJECT_CLASS (tpo_window_parent_class)->finalize (object);
}

static void
tpo_window_class_init (TpoWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_window_finalize;
  g_type_ensure (TPO_TYPE_SIDE_PANE);
  g_type_ensure (TPO_TYPE_TRANSFER_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/window/tpo-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, header);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, paned);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, problem_text);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, models_button);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, transfer);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, export_button);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, picture);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, tools);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, tracking);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, transport);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, bottom);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, conversation);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, side_flap);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, side_bar);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, side_switcher);
  gtk_widget_class_bind_template_child (widget_class, TpoWindow, side_stack);
  gtk_widget_class_bind_template_child_full (widget_class, "undo_button", FALSE, 0);
  gtk_widget_class_bind_template_child_full (widget_class, "redo_button", FALSE, 0);
  gtk_widget_class_bind_template_callback (widget_class, on_problem_closed);
  gtk_widget_class_bind_template_callback (widget_class, gtk_spinner_start);
  gtk_widget_class_bind_template_callback (widget_class, gtk_spinner_stop);
}

static void
tpo_window_init (TpoWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Picture with its overlay, transport bar, timeline and conversation. */
static void
add_views (TpoWindow *self)
{
  g_autoptr (GSimpleActionGroup) player_actions = tpo_player_actions_new (self->player);

  tpo_compat_name_toasts (ADW_TOAST_OVERLAY (self->toasts));
  self->view = tpo_video_view_new ();
  tpo_video_view_set_player (TPO_VIDEO_VIEW (self->view), self->player);
  self->canvas = tpo_canvas_new (self->document, self->player, TPO_VIDEO_VIEW (self->view));
  tpo_video_view_set_overlay (TPO_VIDEO_VIEW (self->view), self->canvas);
  adw_bin_set_child (ADW_BIN (self->picture), self->view);
  adw_bin_set_child (ADW_BIN (self->tools), tpo_canvas_tools_new (TPO_CANVAS (self->canvas)));
  adw_bin_set_child (ADW_BIN (self->tracking),
                     tpo_track_bar_new (self->document, self->player));

  self->transport_bar = tpo_transport_bar_new ();
  tpo_transport_bar_set_player (TPO_TRANSPORT_BAR (self->transport_bar), self->player);
  gtk_revealer_set_child (GTK_REVEALER (self->transport), self->transport_bar);
  self->timeline = tpo_timeline_new (self->document, self->player);
  gtk_overlay_set_child (
      GTK_OVERLAY (self->bottom),
      tpo_labels_pane_new (TPO_TIMELINE (self->timeline), self->document, self->player));
  self->chat = tpo_chat_new (self->document, self->player, self->settings);
  tpo_side_pane_set_child (TPO_SIDE_PANE (self->conversation), self->chat);

  gtk_widget_insert_action_group (GTK_WIDGET (self), "player", G_ACTION_GROUP (player_actions));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "timeline",
                                  tpo_timeline_get_actions (TPO_TIMELINE (self->timeline)));
  tpo_settings_remember (self->settings, "labels-view",
                         tpo_timeline_get_actions (TPO_TIMELINE (self->timeline)), "view");
  gtk_widget_insert_action_group (GTK_WIDGET (self), "canvas",
                                  tpo_canvas_get_actions (TPO_CANVAS (self->canvas)));
  tpo_window_add_chat (self);
  tpo_divider_keep_end (GTK_PANED (self->paned), _ ("Height of the Timeline"), STRIPS_PX,
                        LEAST_PICTURE_PX, self->settings, "timeline-height");
  g_settings_bind (self->settings, "conversation-width", self->conversation, "chosen-width",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
  g_settings_bind (self->settings, "titles-width", self->timeline, "titles-width",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
  gtk_widget_add_controller (self->paned, tpo_shortcuts_new_controller (self->settings));
  /* A menu leaves the keyboard with its button, a press with a chip, and nobody types there. */
  gtk_widget_add_controller (self->header, tpo_shortcuts_new_controller (self->settings));
  gtk_widget_add_controller (self->conversation, tpo_shortcuts_new_controller (self->settings));
}

static void
add_controllers (TpoWindow *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_activity), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

TpoWindow *
tpo_window_new (TpoApplication *application, TpoStore *store, TpoEngine *engine,
                GSettings *settings)
{
  TpoWindow *self;

  g_return_val_if_fail (TPO_IS_APPLICATION (application) && store != NULL, NULL);

  self = g_object_new (TPO_TYPE_WINDOW, "application", application, NULL);
  self->engine = g_object_ref (engine);
  self->settings = g_object_ref (settings);
  self->project_name = tpo_application_get_project_name (application, store);
  self->document = tpo_document_new (store, engine);
  tpo_label_colors_follow (self->document, gtk_widget_get_display (GTK_WIDGET (self)));
  self->runner = tpo_application_get_runner (application, store);
  self->player = tpo_player_new ();
  add_views (self);
  add_controllers (self);
  tpo_window_add_actions (self);
  tpo_window_fit_room (self);
  tpo_window_add_side_bar (self);
  tpo_window_add_review (self);
  g_settings_bind (settings, "side-page", self->side_stack, "visible-child-name",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
  g_signal_connect_object (self->document, "toast", G_CALLBACK (on_toast), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "toast-undo", G_CALLBACK (on_toast_undo), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::video", G_CALLBACK (on_video_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->player, "notify::position-us",
                           G_CALLBACK (on_position_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::model-name", G_CALLBACK (on_model_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::loading", G_CALLBACK (on_model_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::fullscreened", G_CALLBACK (on_fullscreened), NULL);
  g_signal_connect_object (settings, "changed", G_CALLBACK (on_settings_changed), self,
                           G_CONNECT_SWAPPED);
  on_model_changed (self);
  on_settings_changed (self);
  show_page (self);
  tpo_engine_warm_up_async (engine, NULL, NULL, NULL, on_warm, g_object_ref (self));
  return self;
}
