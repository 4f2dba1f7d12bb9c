#include "config.h"

#include <glib/gi18n.h>

#include "reviewer/tpo-ask-many.h"
#include "reviewer/tpo-review-page.h"
#include "videos/tpo-videos-page.h"
#include "window/tpo-window-private.h"

/* Review: the queue in the side bar, questions that run over many videos, and labels shown wherever they are. */

/* ---- labels of any video ---------------------------------------------------------------------------------- */

static void
show_wanted (TpoWindow *self)
{
  GListModel *annotations = tpo_document_get_annotations (self->document);
  guint n = g_list_model_get_n_items (annotations);

  for (guint i = 0; i < n && self->wanted_id != 0; i++) {
    g_autoptr (TpoAnnotation) annotation = g_list_model_get_item (annotations, i);

    if (tpo_annotation_get_id (annotation) != self->wanted_id)
      continue;
    self->wanted_id = 0;
    tpo_document_select (self->document, annotation);
    tpo_player_seek (self->player, self->wanted_us);
    gtk_widget_grab_focus (self->canvas); /* for the single keys */
  }
}

void
tpo_window_show_label (TpoWindow *self, const char *uri, gint64 annotation_id, gint64 time_us)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);

  self->wanted_id = annotation_id;
  self->wanted_us = time_us;
  show_wanted (self);
  if (self->wanted_id != 0)
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
  added =
      tpo_window_add_side_page (self, page, "review", _ ("Review"), "object-select-symbolic");
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
