#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "reviewer/tpo-agreement.h"
#include "reviewer/tpo-ask-many.h"
#include "reviewer/tpo-history.h"
#include "reviewer/tpo-review-page.h"
#include "store/tpo-store-videos.h"
#include "videos/tpo-videos-page.h"
#include "window/shortcuts.h"
#include "window/tpo-application-private.h"
#include "window/tpo-window-private.h"

/* Review: the queue in the side bar, questions that run over many videos, and labels shown wherever
 * they are. */

/* ---- labels of any video ---------------------------------------------------------------------------------- */

static void
show_wanted (TpoWindow *self)
{
  TpoAnnotation *annotation;

  if (self->wanted_label.video_id == 0 ||
      tpo_document_get_video_id (self->document) != self->wanted_label.video_id)
    return;
  self->wanted_label.video_id = 0;
  annotation = tpo_document_require (self->document, self->wanted_label.annotation_id);
  if (annotation != NULL)
    tpo_document_select (self->document, annotation);
  tpo_player_seek (self->player, self->wanted_label.time_us);
  gtk_widget_grab_focus (self->canvas); /* for the single keys */
}

void
tpo_window_show_label (TpoWindow *self, const char *uri, gint64 annotation_id, gint64 time_us)
{
  TpoStore *store = tpo_document_get_store (self->document);
  g_autoptr (GFile) file = g_file_new_for_uri (uri);

  self->wanted_label.video_id =
      MAX (tpo_store_find_video (store, NULL, uri, NULL), 0); /* none: gone */
  self->wanted_label.annotation_id = annotation_id;
  self->wanted_label.time_us = time_us;
  show_wanted (self);
  if (self->wanted_label.video_id != 0)
    tpo_window_open (self, file);
}

/* ---- questions that run ------------------------------------------------------------------------------------- */

/* A person's own question goes first. */
static void
on_busy_changed (TpoWindow *self)
{
  gboolean is_busy;

  if (self->runner == NULL) /* the window is going away */
    return;
  g_object_get (self->document, "is-busy", &is_busy, NULL);
  if (is_busy == self->is_holding)
    return;
  self->is_holding = is_busy;
  if (is_busy)
    tpo_question_runner_hold (self->runner);
  else
    tpo_question_runner_release (self->runner);
}

static void
on_saved (TpoWindow *self, const TpoStoreChange *change)
{
  tpo_document_take_change (self->document, change);
}

/* Who looks elsewhere would not see the progress end. */
static void
on_rested (TpoWindow *self)
{
  TpoRunnerState state;
  g_autofree char *text = NULL;

  tpo_question_runner_get_state (self->runner, &state);
  if (state.problem != NULL)
    /* Translators: %s is the reason, a sentence */
    text = g_strdup_printf (_ ("No more videos are asked: %s"), state.problem);
  else if (state.n_failed > 0)
    text = g_strdup_printf (
        ngettext ("All videos have been asked, but for %d video that could not be",
                  "All videos have been asked, but for %d videos that could not be",
                  (gulong) state.n_failed),
        (int) MIN (state.n_failed, G_MAXINT));
  else
    text = g_strdup (_ ("All videos have been asked"));
  tpo_window_toast_button (self, text, _ ("_Review"), "win.review");
  tpo_application_notify (TPO_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))),
                          "questions", _ ("Ask Many Videos"), text);
}

static void
on_ask_many (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;
  g_autoptr (GArray) selected = tpo_videos_page_get_selected (TPO_VIDEOS_PAGE (self->videos));
  GtkWindow *dialog =
      tpo_ask_many_new (GTK_WINDOW (self), self->runner,
                        tpo_store_get_path (tpo_document_get_store (self->document)), selected);

  /* Its progress shows there. */
  tpo_window_show_side_page (self, "review");
  gtk_window_present (dialog);
}

static void
on_review (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_window_show_side_page (user_data, "review");
}

/* ---- history ---------------------------------------------------------------------------------------------------- */

static void
on_history (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoWindow *self = user_data;
  TpoAnnotation *selected = tpo_document_get_selected (self->document);

  if (selected != NULL)
    gtk_window_present (tpo_history_new (GTK_WINDOW (self), self->document, selected));
}

static void
on_selected (TpoWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "history");
  TpoAnnotation *selected =
      self->document != NULL ? tpo_document_get_selected (self->document) : NULL;

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), selected != NULL);
}

/* ---- another project ----------------------------------------------------------------------------------------------- */

typedef struct {
  char *mine, *theirs;
} Paths;

static void
paths_free (Paths *self)
{
  g_free (self->mine);
  g_free (self->theirs);
  g_free (self);
}

static void
run_comparing (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Paths *paths = data;
  GError *error = NULL;
  g_autoptr (TpoStore) mine = tpo_store_open (paths->mine, TPO_STORE_READ_ONLY, &error);
  g_autoptr (TpoStore) theirs =
      mine != NULL ? tpo_store_open (paths->theirs, TPO_STORE_READ_ONLY, &error) : NULL;
  TpoComparison *comparison =
      theirs != NULL ? tpo_comparison_new (mine, theirs, cancellable, &error) : NULL;

  if (comparison != NULL)
    g_task_return_pointer (task, comparison, (GDestroyNotify) tpo_comparison_free);
  else
    g_task_return_error (task, error);
}

static void
on_compared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TpoWindow *self = TPO_WINDOW (source);
  const Paths *paths = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  TpoComparison *comparison = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *name = g_path_get_basename (paths->theirs);
  g_autofree char *shown = g_filename_display_name (name);
  GtkWindow *window;

  if (self->document == NULL) { /* the window has gone */
    g_clear_pointer (&comparison, tpo_comparison_free);
    return;
  }
  if (comparison == NULL) {
    tpo_compat_tell (GTK_WINDOW (self), _ ("That Did Not Work"), error->message);
    return;
  }
  window = tpo_agreement_new (GTK_WINDOW (self), self->document, comparison, shown);
  g_signal_connect_object (window, "show-label", G_CALLBACK (tpo_window_show_label), self,
                           G_CONNECT_SWAPPED);
  tpo_agreement_start (TPO_AGREEMENT (window));
  gtk_window_present (window);
}

static void
on_project_chosen (GFile *file, const GError *error, gpointer user_data)
{
  g_autoptr (TpoWindow) self = user_data;
  g_autoptr (GTask) task = NULL;
  Paths *paths;

  if (error != NULL)
    tpo_window_toast (self, error->message, FALSE);
  if (file == NULL || self->document == NULL)
    return;
  paths = g_new (Paths, 1);
  paths->mine = g_strdup (tpo_store_get_path (tpo_document_get_store (self->document)));
  paths->theirs = g_file_get_path (file);
  task = g_task_new (self, NULL, on_compared, NULL);
  g_task_set_task_data (task, paths, (GDestroyNotify) paths_free);
  g_task_run_in_thread (task, run_comparing);
}

static void
on_compare (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_compat_open_file (GTK_WINDOW (user_data), _ ("Compare with Another Project"), NULL,
                        on_project_chosen, g_object_ref (user_data));
}

/* ---- the queue ------------------------------------------------------------------------------------------------ */

/* How many wait, on the switcher. */
static void
on_queue_changed (AdwViewStackPage *page, guint position, guint removed, guint added,
                  GListModel *queue)
{
  adw_view_stack_page_set_badge_number (page, g_list_model_get_n_items (queue));
}

void
tpo_window_add_review (TpoWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "ask-many", .activate = on_ask_many },
    { .name = "compare", .activate = on_compare },
    { .name = "history", .activate = on_history },
    { .name = "review", .activate = on_review },
  };
  TpoStore *store = tpo_document_get_store (self->document);
  GtkWidget *page = tpo_review_page_new (self->document, self->runner);
  GListModel *queue = tpo_review_page_get_queue (TPO_REVIEW_PAGE (page));
  AdwViewStackPage *added;

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  if (tpo_store_is_read_only (store))
    g_simple_action_set_enabled (
        G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "ask-many")), FALSE);
  g_signal_connect_object (self->document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  on_selected (self);
  added =
      tpo_window_add_side_page (self, page, "review", _ ("Review"), "object-select-symbolic");
  gtk_widget_add_controller (page, tpo_shortcuts_new_controller (self->settings));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "review",
                                  tpo_review_page_get_actions (TPO_REVIEW_PAGE (page)));
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (on_queue_changed), added,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "show-label", G_CALLBACK (tpo_window_show_label), self,
                           G_CONNECT_SWAPPED);
  /* After the window itself has gone to where the user last was. */
  g_signal_connect_object (self->document, "notify::video", G_CALLBACK (show_wanted), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->document, "notify::is-busy", G_CALLBACK (on_busy_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "saved", G_CALLBACK (on_saved), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "rested", G_CALLBACK (on_rested), self,
                           G_CONNECT_SWAPPED);
}

void
tpo_window_end_review (TpoWindow *self)
{
  if (self->runner == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->runner, self);
  if (self->is_holding)
    tpo_question_runner_release (self->runner);
  self->is_holding = FALSE;
  g_clear_object (&self->runner);
}
