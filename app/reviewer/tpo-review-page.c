#include "config.h"

#include "reviewer/tpo-review-page.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "reviewer/choices.h"
#include "reviewer/tpo-review-queue.h"
#include "reviewer/tpo-review-row.h"

struct _TpoReviewPage {
  AdwBin parent_instance;

  TpoDocument *document;
  TpoQuestionRunner *runner;
  TpoReviewQueue *queue;
  GtkSingleSelection *selection;
  GSimpleActionGroup *actions;
  TpoReviewEntry *current; /* nullable: being reviewed */
  gboolean is_filling;     /* the drop-downs get other choices */
  GtkWidget *stack, *list, *empty;
  GtkWidget *progress, *progress_text, *progress_bar, *pause_button, *problem, *problem_text;
  GtkWidget *filters, *filter_button, *labels, *questions, *models;
};

G_DEFINE_FINAL_TYPE (TpoReviewPage, tpo_review_page, ADW_TYPE_BIN)

enum {
  SHOW_LABEL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- rows ------------------------------------------------------------------------------------------ */

static void
on_setup (TpoReviewPage *self, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, tpo_review_row_new ());
}

static void
on_bind (TpoReviewPage *self, GtkListItem *list_item)
{
  tpo_review_row_set_entry (TPO_REVIEW_ROW (gtk_list_item_get_child (list_item)),
                            gtk_list_item_get_item (list_item));
}

/* ---- reviewing --------------------------------------------------------------------------------------- */

static void
set_enabled (TpoReviewPage *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

static void
on_queue_changed (TpoReviewPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queue));
  gboolean is_filtered = tpo_review_queue_get_n_all (self->queue) > n;
  AdwStatusPage *empty = ADW_STATUS_PAGE (self->empty);

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), n > 0 ? "list" : "empty");
  set_enabled (self, "next", n > 0);
  set_enabled (self, "previous", n > 0);
  adw_status_page_set_title (empty, is_filtered ? _ ("Nothing Fits") : _ ("Nothing to Review"));
  adw_status_page_set_description (
      empty, is_filtered ? _ ("There is more to review with another choice.")
                         : _ ("What a model finds is listed here until you accept or discard "
                              "it, the most doubtful first."));
}

/* What is reviewed stays marked when the list is read again. */
static void
mark_current (TpoReviewPage *self)
{
  guint position = GTK_INVALID_LIST_POSITION;

  if (self->current != NULL) {
    const TpoReviewItem *item = tpo_review_entry_get_item (self->current);
    g_autoptr (TpoReviewEntry) there = NULL;

    position = tpo_review_queue_find (self->queue, item);
    there = g_list_model_get_item (G_LIST_MODEL (self->queue), position);
    if (there == NULL || tpo_review_item_compare (tpo_review_entry_get_item (there), item) != 0)
      position = GTK_INVALID_LIST_POSITION;
  }
  gtk_single_selection_set_selected (self->selection, position);
}

static void
review (TpoReviewPage *self, guint position)
{
  const TpoReviewItem *item;

  g_clear_object (&self->current);
  self->current = g_list_model_get_item (G_LIST_MODEL (self->queue), position);
  mark_current (self);
  if (self->current == NULL)
    return;
  gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", position);
  item = tpo_review_entry_get_item (self->current);
  g_signal_emit (self, signals[SHOW_LABEL], 0, item->record->video_uri,
                 item->record->annotation_id, tpo_review_item_get_time (item));
}

/* After what is reviewed, or was; from the start again after the last one. */
static void
review_next (TpoReviewPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queue)), position = 0;

  if (self->current != NULL) {
    const TpoReviewItem *item = tpo_review_entry_get_item (self->current);
    g_autoptr (TpoReviewEntry) there = NULL;

    position = tpo_review_queue_find (self->queue, item);
    there = g_list_model_get_item (G_LIST_MODEL (self->queue), position);
    if (there != NULL && tpo_review_item_compare (tpo_review_entry_get_item (there), item) == 0)
      position++;
  }
  review (self, position < n ? position : 0);
}

/* Before what is reviewed, or was; from the end again before the first one. */
static void
review_previous (TpoReviewPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queue)), position = 0;

  if (self->current != NULL)
    position = tpo_review_queue_find (self->queue, tpo_review_entry_get_item (self->current));
  if (n > 0)
    review (self, position > 0 ? MIN (position, n) - 1 : n - 1);
}

static void
on_activate (TpoReviewPage *self, guint position)
{
  review (self, position);
}

static void
on_next (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  review_next (user_data);
}

static void
on_previous (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  review_previous (user_data);
}

/* The one reviewed is decided: it goes on with the next. What is corrected may need more. */
static void
on_project_changed (TpoReviewPage *self, const TpoStoreChange *change)
{
  gint64 current = 0;

  if (self->current != NULL)
    current = tpo_review_entry_get_item (self->current)->record->annotation_id;
  for (guint i = 0; i < change->n_annotation_ids && current != 0; i++) {
    g_autoptr (TpoAnnotationRecord) record = NULL;

    if (change->annotation_ids[i] != current)
      continue;
    record = tpo_store_get_annotation (tpo_document_get_store (self->document), current,
                                       NULL); /* none: deleted */
    if (record == NULL || record->status == TPO_STATUS_ACCEPTED ||
        record->status == TPO_STATUS_DISCARDED)
      review_next (self);
    return;
  }
}

/* Who selects something else reviews no more. */
static void
on_selected (TpoReviewPage *self)
{
  TpoAnnotation *selected = tpo_document_get_selected (self->document);

  if (self->current == NULL || selected == NULL ||
      tpo_annotation_get_id (selected) ==
          tpo_review_entry_get_item (self->current)->record->annotation_id)
    return;
  g_clear_object (&self->current);
  mark_current (self);
}

/* ---- filter ------------------------------------------------------------------------------------------ */

static void
on_filters_shown (TpoReviewPage *self)
{
  GListModel *labels = tpo_document_get_labels (self->document);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) questions = tpo_review_queue_list_questions (self->queue);
  g_autoptr (GPtrArray) models = tpo_review_queue_list_models (self->queue);

  for (guint i = 0; i < g_list_model_get_n_items (labels); i++) {
    g_autoptr (TpoLabel) label = g_list_model_get_item (labels, i);

    g_ptr_array_add (names, tpo_label_get_record (label)->name);
  }
  self->is_filling = TRUE;
  tpo_choices_refill (self->labels, _ ("Any Label"), names);
  tpo_choices_refill (self->questions, _ ("Any Question"), questions);
  tpo_choices_refill (self->models, _ ("Any Model"), models);
  self->is_filling = FALSE;
}

static gint64
find_label (TpoReviewPage *self, const char *name)
{
  GListModel *labels = tpo_document_get_labels (self->document);

  for (guint i = 0; name != NULL && i < g_list_model_get_n_items (labels); i++) {
    g_autoptr (TpoLabel) label = g_list_model_get_item (labels, i);

    if (g_strcmp0 (tpo_label_get_record (label)->name, name) == 0)
      return tpo_label_get_id (label);
  }
  return 0;
}

static void
on_filter_chosen (TpoReviewPage *self)
{
  TpoReviewFilter filter = { find_label (self, tpo_choices_get (self->labels)),
                             tpo_choices_get (self->questions),
                             tpo_choices_get (self->models) };
  gboolean is_any = filter.label_id == 0 && filter.question == NULL && filter.model == NULL;

  if (self->is_filling)
    return;
  if (is_any)
    gtk_widget_remove_css_class (self->filter_button, "suggested-action");
  else
    gtk_widget_add_css_class (self->filter_button, "suggested-action");
  tpo_review_queue_set_filter (self->queue, &filter);
  on_queue_changed (self);
  mark_current (self);
}

/* ---- questions that run -------------------------------------------------------------------------------- */

static void
on_pause (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TpoReviewPage *self = user_data;

  tpo_question_runner_set_paused (self->runner, !tpo_question_runner_get_paused (self->runner));
}

static void
on_cancel (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_question_runner_drop (((TpoReviewPage *) user_data)->runner);
}

static void
on_retry (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tpo_question_runner_retry (((TpoReviewPage *) user_data)->runner);
}

static void
show_progress (TpoReviewPage *self, const TpoRunnerState *state)
{
  gboolean is_paused = tpo_question_runner_get_paused (self->runner);
  g_autofree char *text = NULL;
  /* Translators: how many of how many videos were asked */
  g_autofree char *count = g_strdup_printf (_ ("%d of %d"), (int) MIN (state->n_done, G_MAXINT),
                                            (int) MIN (state->n_all, G_MAXINT));

  if (state->question != NULL)
    /* Translators: a question and the video that it is put to */
    text = g_strdup_printf (_ ("“%s”: %s"), state->question, state->video_name);
  else
    text = g_strdup (is_paused ? _ ("Paused") : _ ("Videos wait to be asked"));
  gtk_label_set_text (GTK_LABEL (self->progress_text), text);
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (self->progress_bar), count);
  gtk_progress_bar_set_fraction (
      GTK_PROGRESS_BAR (self->progress_bar),
      state->n_all > 0 ? (double) state->n_done / (double) state->n_all : 0.0);
  gtk_button_set_label (GTK_BUTTON (self->pause_button),
                        is_paused ? _ ("_Go On") : _ ("_Pause"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  is_paused ? _ ("Go On") : _ ("Pause"), -1);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->progress), state->is_active);
}

static void
on_runner_changed (TpoReviewPage *self)
{
  TpoRunnerState state;
  g_autofree char *all = NULL;
  g_autofree char *text = NULL;

  tpo_question_runner_get_state (self->runner, &state);
  show_progress (self, &state);
  if (state.problem != NULL)
    text = g_strdup (state.problem);
  else if (state.n_failed > 0)
    text = g_strdup_printf (
        /* Translators: a number, and the reason of the first one, a sentence */
        ngettext ("%d video could not be asked: %s", "%d videos could not be asked: %s",
                  (gulong) state.n_failed),
        (int) MIN (state.n_failed, G_MAXINT),
        state.failures[0] != NULL ? state.failures[0] : "");
  all = g_strjoinv ("\n", (char **) state.failures);
  gtk_label_set_text (GTK_LABEL (self->problem_text), text != NULL ? text : "");
  gtk_widget_set_tooltip_text (self->problem_text, *all != '\0' ? all : NULL);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->problem), text != NULL);
  set_enabled (self, "pause", state.is_active);
  set_enabled (self, "cancel", state.is_active);
  set_enabled (self, "retry", text != NULL);
}

/* ---- object -------------------------------------------------------------------------------------------- */

static void
tpo_review_page_dispose (GObject *object)
{
  TpoReviewPage *self = TPO_REVIEW_PAGE (object);

  if (self->list != NULL)
    gtk_list_view_set_model (GTK_LIST_VIEW (self->list), NULL);
  g_clear_object (&self->current);
  g_clear_object (&self->selection);
  g_clear_object (&self->queue);
  g_clear_object (&self->actions);
  g_clear_object (&self->runner);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_review_page_parent_class)->dispose (object);
}

/* What is to be reviewed comes before the buttons above it. */
static gboolean
tpo_review_page_grab_focus (GtkWidget *widget)
{
  TpoReviewPage *self = TPO_REVIEW_PAGE (widget);

  return gtk_widget_get_mapped (self->list) && gtk_widget_grab_focus (self->list);
}

static void
tpo_review_page_class_init (TpoReviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_review_page_dispose;
  widget_class->grab_focus = tpo_review_page_grab_focus;
  signals[SHOW_LABEL] =
      g_signal_new ("show-label", TPO_TYPE_REVIEW_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_INT64, G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/reviewer/tpo-review-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, list);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, empty);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, progress);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, progress_text);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, problem);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, problem_text);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, filters);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, filter_button);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, labels);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, questions);
  gtk_widget_class_bind_template_child (widget_class, TpoReviewPage, models);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
tpo_review_page_init (TpoReviewPage *self)
{
  static const GActionEntry actions[] = {
    { .name = "next", .activate = on_next },   { .name = "previous", .activate = on_previous },
    { .name = "pause", .activate = on_pause }, { .name = "cancel", .activate = on_cancel },
    { .name = "retry", .activate = on_retry },
  };
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  tpo_compat_name_with_button (self->labels, _ ("Label"));
  tpo_compat_name_with_button (self->questions, _ ("Question"));
  tpo_compat_name_with_button (self->models, _ ("Model"));
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (on_bind), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), actions,
                                   G_N_ELEMENTS (actions), self);
  g_signal_connect_swapped (self->filters, "show", G_CALLBACK (on_filters_shown), self);
}

static void
connect_filters (TpoReviewPage *self)
{
  GtkWidget *const drop_downs[] = { self->labels, self->questions, self->models };

  for (guint i = 0; i < G_N_ELEMENTS (drop_downs); i++)
    g_signal_connect_object (drop_downs[i], "notify::selected", G_CALLBACK (on_filter_chosen),
                             self, G_CONNECT_SWAPPED);
}

GtkWidget *
tpo_review_page_new (TpoDocument *document, TpoQuestionRunner *runner)
{
  TpoReviewPage *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_QUESTION_RUNNER (runner), NULL);

  self = g_object_new (TPO_TYPE_REVIEW_PAGE, NULL);
  self->document = g_object_ref (document);
  self->runner = g_object_ref (runner);
  /* The queue follows the project first: what is decided has left it when this page hears of it. */
  self->queue = tpo_review_queue_new (document);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->queue)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->queue, "items-changed", G_CALLBACK (on_queue_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->queue, "loaded", G_CALLBACK (mark_current), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "project-changed", G_CALLBACK (on_project_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (runner, "changed", G_CALLBACK (on_runner_changed), self,
                           G_CONNECT_SWAPPED);
  connect_filters (self);
  on_queue_changed (self);
  on_runner_changed (self);
  return GTK_WIDGET (self);
}

GActionGroup *
tpo_review_page_get_actions (TpoReviewPage *self)
{
  g_return_val_if_fail (TPO_IS_REVIEW_PAGE (self), NULL);

  return G_ACTION_GROUP (self->actions);
}

GListModel *
tpo_review_page_get_queue (TpoReviewPage *self)
{
  g_return_val_if_fail (TPO_IS_REVIEW_PAGE (self), NULL);

  return G_LIST_MODEL (self->queue);
}
