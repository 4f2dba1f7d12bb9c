#include "config.h"

#include "reviewer/tpo-history.h"

#include <glib/gi18n.h>

#include "document/tpo-document-review.h"
#include "document/tpo-document-sources.h"
#include "review/history.h"
#include "review/words.h"
#include "reviewer/settings-words.h"
#include "widgets/tpo-title.h"

/* More rows than a person reads. */
static const guint MOST_KEYFRAMES = 200;

struct _TpoHistory {
  AdwWindow parent_instance;

  TpoDocument *document;
  TpoAnnotation *annotation;
  GtkWidget *page, *steps, *keyframes; /* the groups: nullable */
};

G_DEFINE_FINAL_TYPE (TpoHistory, tpo_history, ADW_TYPE_WINDOW)

static GtkWidget *
add_group (TpoHistory *self, const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self->page), ADW_PREFERENCES_GROUP (group));
  return group;
}

static GtkWidget *
add_row (GtkWidget *group, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return row;
}

/* ---- what the model said ---------------------------------------------------------------------------------------- */

static void
show_prediction (TpoHistory *self)
{
  g_autoptr (TpoPredictionRecord) prediction =
      tpo_document_get_prediction (self->document, self->annotation);
  g_autofree char *model = NULL;
  g_autofree char *question = NULL;
  g_autofree char *settings = NULL;
  GtkWidget *group;

  if (prediction == NULL)
    return;
  group = add_group (self, _ ("Prediction"));
  model = g_strjoin (" ", prediction->model,
                     prediction->model_version != NULL ? prediction->model_version : "",
                     prediction->model_hash, NULL);
  add_row (group, _ ("Model"), model);
  question = tpo_words_short (prediction->prompt);
  if (*prediction->prompt != '\0')
    add_row (group, _ ("Question"), question);
  for (guint i = 0; i < MIN (prediction->n_spans, 3); i++) {
    const TpoSpan *span = &prediction->spans[i];
    g_autofree char *start = tpo_words_time (span->start_us, TRUE);
    g_autofree char *end = tpo_words_time (span->end_us, TRUE);
    g_autofree char *title = g_strdup_printf ("%s – %s", start, end);
    /* Translators: how sure the model is, a percentage */
    g_autofree char *score = g_strdup_printf (_ ("%.0f %% sure"), 100.0 * (double) span->score);

    add_row (group, title, score);
  }
  if (prediction->settings != NULL)
    settings = tpo_settings_to_words (prediction->settings);
  if (settings != NULL && *settings != '\0')
    add_row (group, _ ("Settings"), settings);
}

/* ---- revisions --------------------------------------------------------------------------------------------------- */

static void
on_restore (TpoHistory *self, GtkButton *button)
{
  gint64 *revision_id = g_object_get_data (G_OBJECT (button), "revision");

  tpo_document_restore (self->document, *revision_id);
}

static char *
describe_source (const TpoHistoryStep *step)
{
  const TpoAnnotationRecord *record = step->record;
  g_autoptr (GDateTime) then =
      g_date_time_new_from_unix_local (record->revised_us / G_USEC_PER_SEC);
  g_autofree char *when = then != NULL ? g_date_time_format (then, "%x %X") : g_strdup ("");
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;

  g_strv_builder_add_many (parts, record->author, when,
                           tpo_words_provenance (record->provenance), NULL);
  if (record->seconds_spent > 0.0) {
    /* Translators: seconds that a correction took */
    g_autofree char *spent = g_strdup_printf (_ ("%.0f s"), record->seconds_spent);

    g_strv_builder_add (parts, spent);
  }
  if (step->is_undone)
    g_strv_builder_add (parts, _ ("taken back"));
  texts = g_strv_builder_end (parts);
  return g_strjoinv (" · ", texts);
}

static void
add_step (TpoHistory *self, const TpoHistoryStep *step)
{
  g_autofree char *source = describe_source (step);
  GtkWidget *row = add_row (self->steps, step->what, source), *suffix;

  if (step->is_current) {
    suffix = gtk_label_new (_ ("Now"));
    gtk_widget_add_css_class (suffix, "dim-label");
  } else if (!step->record->is_deleted) {
    suffix = gtk_button_new_with_label (_ ("Restore"));
    gtk_widget_set_valign (suffix, GTK_ALIGN_CENTER);
    g_object_set_data_full (
        G_OBJECT (suffix), "revision",
        g_memdup2 (&step->record->revision_id, sizeof step->record->revision_id), g_free);
    g_signal_connect_object (suffix, "clicked", G_CALLBACK (on_restore), self,
                             G_CONNECT_SWAPPED);
  } else {
    return;
  }
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), suffix);
}

static void
remove_group (TpoHistory *self, GtkWidget **group)
{
  if (*group != NULL)
    adw_preferences_page_remove (ADW_PREFERENCES_PAGE (self->page),
                                 ADW_PREFERENCES_GROUP (*group));
  *group = NULL;
}

static void
show_steps (TpoHistory *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) steps =
      tpo_history_list (tpo_document_get_store (self->document),
                        tpo_annotation_get_id (self->annotation), &error);

  remove_group (self, &self->steps);
  self->steps = add_group (self, _ ("Changes"));
  if (steps == NULL)
    adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->steps), error->message);
  for (guint i = 0; steps != NULL && i < steps->len; i++)
    add_step (self, g_ptr_array_index (steps, i));
}

/* ---- keyframes --------------------------------------------------------------------------------------------------- */

static void
add_keyframe (TpoHistory *self, const TpoKeyframeRecord *keyframe)
{
  g_autofree char *time = tpo_words_time (keyframe->time_us, TRUE);
  g_autofree char *source =
      tpo_document_describe_source (self->document, self->annotation, keyframe);
  g_autofree char *text = NULL;

  if (keyframe->is_absent)
    text = g_strdup_printf ("%s · %s", _ ("absent"), source);
  else if (keyframe->score >= 0.0)
    /* Translators: whom a keyframe comes from, and how sure the model is, a percentage */
    text = g_strdup_printf (_ ("%s · %.0f %% sure"), source, 100.0 * keyframe->score);
  add_row (self->keyframes, time, text != NULL ? text : source);
}

static void
show_keyframes (TpoHistory *self)
{
  GPtrArray *keyframes = tpo_annotation_get_keyframes (self->annotation);

  remove_group (self, &self->keyframes);
  if (keyframes->len == 0)
    return;
  self->keyframes = add_group (self, _ ("Keyframes"));
  for (guint i = 0; i < MIN (keyframes->len, MOST_KEYFRAMES); i++)
    add_keyframe (self, g_ptr_array_index (keyframes, i));
  if (keyframes->len > MOST_KEYFRAMES) {
    g_autofree char *rest =
        g_strdup_printf (_ ("The first %u of %u"), MOST_KEYFRAMES, keyframes->len);

    adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->keyframes), rest);
  }
}

static void
on_changed (TpoHistory *self)
{
  show_steps (self);
  show_keyframes (self);
}

/* ---- object -------------------------------------------------------------------------------------------------------- */

static void
tpo_history_dispose (GObject *object)
{
  TpoHistory *self = TPO_HISTORY (object);

  g_clear_object (&self->annotation);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_history_parent_class)->dispose (object);
}

static void
tpo_history_class_init (TpoHistoryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_history_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tpo_history_init (TpoHistory *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();

  self->page = adw_preferences_page_new ();
  gtk_widget_set_vexpand (self->page, TRUE);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header),
                                   g_object_new (TPO_TYPE_TITLE, NULL));
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), self->page);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_default_size (GTK_WINDOW (self), 480, 560);
}

GtkWindow *
tpo_history_new (GtkWindow *parent, TpoDocument *document, TpoAnnotation *annotation)
{
  TpoHistory *self;
  g_autofree char *title = NULL;
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_ANNOTATION (annotation), NULL);

  self = g_object_new (TPO_TYPE_HISTORY, "transient-for", parent, NULL);
  self->document = g_object_ref (document);
  self->annotation = g_object_ref (annotation);
  name = tpo_annotation_dup_title (annotation);
  shown = tpo_words_short (name);
  /* Translators: %s is the name of a span, box or mask */
  title = g_strdup_printf (_ ("History of “%s”"), shown);
  gtk_window_set_title (GTK_WINDOW (self), title);
  show_prediction (self);
  on_changed (self);
  g_signal_connect_object (annotation, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  return GTK_WINDOW (self);
}
