#include "config.h"

#include "reviewer/tpo-agreement.h"

#include <glib/gi18n.h>
#include <math.h>

#include "document/tpo-document-review.h"
#include "review/words.h"
#include "widgets/tpo-title.h"

struct _TpoAgreement {
  AdwWindow parent_instance;

  TpoDocument *document;
  TpoComparison *comparison;
  guint position;         /* of the difference that is shown */
  GPtrArray *theirs_only; /* TpoDifference: that only they have and nothing was decided about */
  gboolean has_taken_all; /* of them: the walk passes them by */
  GtkWidget *difference, *skip, *mine, *theirs, *choices, *take_all, *figures;
  GtkWidget *buttons[TPO_CHOICE_COUNT];
};

G_DEFINE_FINAL_TYPE (TpoAgreement, tpo_agreement, ADW_TYPE_WINDOW)

enum {
  SHOW_LABEL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *const button_titles[TPO_CHOICE_COUNT] = {
  [TPO_CHOICE_MINE] = N_ ("Keep Mine"),
  [TPO_CHOICE_THEIRS] = N_ ("Take Theirs"),
  [TPO_CHOICE_MEAN] = N_ ("Blend"),
  [TPO_CHOICE_UNION] = N_ ("Unite"),
  [TPO_CHOICE_INTERSECTION] = N_ ("Intersect"),
};

/* ---- figures ------------------------------------------------------------------------------------------------------ */

/* “ · colour: 8 of 9 alike” for each attribute. */
static void
add_attributes (GString *text, GPtrArray *attributes)
{
  for (guint i = 0; attributes != NULL && i < attributes->len; i++) {
    const TpoAttributeAgreement *attribute = g_ptr_array_index (attributes, i);

    /* Translators: goes on after other figures: an attribute, pairs that say the same of it, pairs of
     * which at least one says something, and that in per cent */
    g_string_append_printf (text, _ (" · %s: %u of %u alike (%d %%)"), attribute->name,
                            attribute->n_same, attribute->n_compared,
                            (int) lround (100.0 * attribute->n_same / attribute->n_compared));
  }
}

/* Those that there are; none is said by saying nothing. */
static void
add_differences (GString *text, const TpoAgreementFigures *figures)
{
  /* Translators: goes on after other figures: pairs with different labels */
  if (figures->n_renamed > 0)
    g_string_append_printf (text, _ (" · %u named differently"), figures->n_renamed);
  /* Translators: goes on after other figures: labels without a partner, as are those that follow */
  if (figures->n_mine_only > 0)
    g_string_append_printf (text, _ (" · %u only mine"), figures->n_mine_only);
  if (figures->n_theirs_only > 0)
    g_string_append_printf (text, _ (" · %u only theirs"), figures->n_theirs_only);
}

static void
add_figures (TpoAgreement *self, const char *title, const TpoAgreementFigures *figures)
{
  GtkWidget *row = adw_action_row_new ();
  /* Translators: pairs of labels and their mean overlap */
  g_autofree char *matched = figures->n_matched > 0
                                 ? g_strdup_printf (_ ("%u matched, mean IoU %.2f"),
                                                    figures->n_matched, figures->overlap)
                                 : g_strdup (_ ("None matched"));
  g_autoptr (GString) text = g_string_new (matched);

  add_differences (text, figures);
  add_attributes (text, figures->attributes);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text->str);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->figures), row);
}

static void
show_figures (TpoAgreement *self)
{
  const TpoComparison *comparison = self->comparison;
  g_autofree char *kappa = NULL;
  g_autofree char *text = NULL;

  if (!isnan (comparison->kappa))
    /* Translators: Cohen's kappa, −1 … 1, of which label was given */
    kappa = g_strdup_printf (_ ("Kappa of labels: %.2f. "), comparison->kappa);
  text = g_strdup_printf (
      /* Translators: the sentence about kappa or nothing, then numbers of videos */
      _ ("%sVideos: %u in both projects, %u only in mine, %u only in theirs."),
      kappa != NULL ? kappa : "", comparison->n_videos, comparison->n_my_videos_only,
      comparison->n_their_videos_only);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->figures), text);
  add_figures (self, _ ("All Labels"), &comparison->all);
  for (guint i = 0; i < comparison->figures->len; i++) {
    const TpoAgreementFigures *figures = g_ptr_array_index (comparison->figures, i);

    add_figures (self,
                 figures->label_name != NULL ? figures->label_name : _ ("Without a label"),
                 figures);
  }
}

/* ---- differences --------------------------------------------------------------------------------------------------- */

static TpoDifference *
current (TpoAgreement *self)
{
  GPtrArray *differences = self->comparison->differences;

  return self->position < differences->len ? g_ptr_array_index (differences, self->position)
                                           : NULL;
}

static char *
describe_side (const TpoAnnotationRecord *record, const char *label, GPtrArray *values)
{
  g_autofree char *start = NULL;
  g_autofree char *end = NULL;
  g_autoptr (GString) text = NULL;

  if (record == NULL)
    return g_strdup (_ ("None"));
  start = tpo_words_time (record->start_us, TRUE);
  end = tpo_words_time (record->end_us, TRUE);
  text = g_string_new (NULL);
  g_string_append_printf (text, "%s – %s", start, end);
  if (label != NULL)
    g_string_append_printf (text, " · %s", label);
  if (record->text != NULL) {
    g_autofree char *caption = tpo_words_short (record->text);

    g_string_append_printf (text, " · %s", caption);
  }
  for (guint i = 0; i < values->len; i++) {
    const TpoSaidValue *value = g_ptr_array_index (values, i);

    /* Translators: goes on after other facts: an attribute and its value */
    g_string_append_printf (text, _ (" · %s: %s"), value->name, tpo_said_value_words (value));
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* “colour red / blue, parked Yes / not said”. Returns: (transfer full): empty where all are alike */
static GString *
describe_values (const TpoDifference *difference)
{
  g_autoptr (GArray) values = tpo_difference_compare_values (difference);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < values->len; i++) {
    const TpoValueDifference *value = &g_array_index (values, TpoValueDifference, i);
    const char *name = (value->mine != NULL ? value->mine : value->theirs)->name;

    /* Translators: between two attributes in a list */
    g_string_append (text, i > 0 ? _ (", ") : "");
    /* Translators: an attribute, what I say of it, and what they say */
    g_string_append_printf (text, _ ("%s %s / %s"), name, tpo_said_value_words (value->mine),
                            tpo_said_value_words (value->theirs));
  }
  return text;
}

static char *
describe_pair (const TpoDifference *difference, const char *video)
{
  g_autoptr (GString) values = describe_values (difference);

  if (!tpo_difference_has_same_text (difference))
    /* Translators: a video's name, and how much two captions overlap, 0 … 1 */
    return g_strdup_printf (_ ("%s: IoU %.2f, captions differ"), video,
                            difference->pair.overlap);
  return values->len > 0
             /* Translators: a video's name, how much two labels overlap, 0 … 1, and “colour red / blue” */
             ? g_strdup_printf (_ ("%s: IoU %.2f, attributes differ: %s"), video,
                                difference->pair.overlap, values->str)
             /* Translators: a video's name, and how much two labels overlap, 0 … 1 */
             : g_strdup_printf (_ ("%s: IoU %.2f"), video, difference->pair.overlap);
}

static void
show_sides (TpoAgreement *self, const TpoDifference *difference)
{
  g_autofree char *mine =
      describe_side (difference->mine, difference->my_label, difference->my_values);
  g_autofree char *theirs =
      describe_side (difference->theirs, difference->their_label, difference->their_values);
  g_autoptr (GFile) file = g_file_new_for_uri (difference->video_uri);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *text = NULL;

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->mine), mine);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->theirs), theirs);
  text = difference->mine != NULL && difference->theirs != NULL
             ? describe_pair (difference, name)
             : g_strdup (name);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->difference), text);
}

/* How many could be taken at one go, on the button that does it. */
static void
show_take_all (TpoAgreement *self)
{
  g_autofree char *text =
      /* Translators: %u is how many labels */
      g_strdup_printf (_ ("Take All That Only They Have (%u)"), self->theirs_only->len);

  gtk_button_set_label (GTK_BUTTON (self->take_all), text);
  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->take_all))), TRUE);
  gtk_widget_set_visible (self->take_all, self->theirs_only->len > 0);
}

/* In one line, but four in two of two: three and one look like an oversight. */
static void
show_choices (TpoAgreement *self, const TpoDifference *difference)
{
  guint n = 0;

  for (guint i = 0; i < TPO_CHOICE_COUNT; i++) {
    gboolean is_allowed = tpo_difference_allows (difference, (TpoChoice) i);

    gtk_widget_set_visible (gtk_widget_get_parent (self->buttons[i]), is_allowed);
    n += is_allowed ? 1 : 0;
  }
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->choices), n == 4 ? 2 : n);
}

static void
show_difference (TpoAgreement *self)
{
  const TpoDifference *difference = current (self);
  guint n = self->comparison->differences->len;
  g_autofree char *title = NULL;
  gint64 time_us;

  /* Translators: the how-manieth of how many */
  title = difference != NULL
              ? g_strdup_printf (_ ("Difference %u of %u"), self->position + 1, n)
              : g_strdup (n > 0 ? _ ("No More Differences") : _ ("No Differences"));
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->difference), title);
  gtk_widget_set_visible (self->skip, difference != NULL);
  gtk_widget_set_visible (self->mine, difference != NULL);
  gtk_widget_set_visible (self->theirs, difference != NULL);
  gtk_widget_set_visible (self->choices, difference != NULL);
  if (difference == NULL) {
    adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->difference), NULL);
    return;
  }
  show_sides (self, difference);
  show_choices (self, difference);
  time_us =
      difference->mine != NULL ? difference->mine->start_us : difference->theirs->start_us;
  g_signal_emit (self, signals[SHOW_LABEL], 0, difference->video_uri, difference->pair.mine,
                 time_us);
}

static void
go_on (TpoAgreement *self)
{
  const TpoDifference *difference;

  do {
    self->position++;
    difference = current (self);
  } while (difference != NULL && difference->mine == NULL && self->has_taken_all);
  show_take_all (self);
  show_difference (self);
}

static void
on_clicked (TpoAgreement *self, GtkWidget *button)
{
  TpoDifference *difference = current (self);
  guint choice = 0;

  while (self->buttons[choice] != button)
    choice++;
  if (difference == NULL ||
      !tpo_document_resolve (self->document, difference, (TpoChoice) choice))
    return;
  g_ptr_array_remove (self->theirs_only, difference);
  go_on (self);
}

static void
on_take_all (TpoAgreement *self)
{
  const TpoDifference *difference = current (self);

  if (!tpo_document_take_all (self->document, self->theirs_only))
    return;
  /* The document may still hold the others. */
  g_ptr_array_unref (self->theirs_only);
  self->theirs_only = g_ptr_array_new ();
  self->has_taken_all = TRUE;
  if (difference != NULL && difference->mine == NULL)
    go_on (self);
  else
    show_take_all (self);
}

/* ---- object ----------------------------------------------------------------------------------------------------------- */

static void
tpo_agreement_dispose (GObject *object)
{
  TpoAgreement *self = TPO_AGREEMENT (object);

  g_clear_object (&self->document);
  G_OBJECT_CLASS (tpo_agreement_parent_class)->dispose (object);
}

static void
tpo_agreement_finalize (GObject *object)
{
  TpoAgreement *self = TPO_AGREEMENT (object);

  g_clear_pointer (&self->theirs_only, g_ptr_array_unref);
  g_clear_pointer (&self->comparison, tpo_comparison_free);
  G_OBJECT_CLASS (tpo_agreement_parent_class)->finalize (object);
}

static void
tpo_agreement_class_init (TpoAgreementClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_agreement_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_agreement_finalize;
  signals[SHOW_LABEL] =
      g_signal_new ("show-label", TPO_TYPE_AGREEMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_INT64, G_TYPE_INT64);
  g_type_ensure (TPO_TYPE_TITLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/reviewer/tpo-agreement.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoAgreement, difference);
  gtk_widget_class_bind_template_child (widget_class, TpoAgreement, skip);
  gtk_widget_class_bind_template_child (widget_class, TpoAgreement, mine);
  gtk_widget_class_bind_template_child (widget_class, TpoAgreement, theirs);
  gtk_widget_class_bind_template_child (widget_class, TpoAgreement, choices);
  gtk_widget_class_bind_template_child (widget_class, TpoAgreement, take_all);
  gtk_widget_class_bind_template_child (widget_class, TpoAgreement, figures);
  gtk_widget_class_bind_template_callback (widget_class, on_take_all);
  gtk_widget_class_bind_template_callback (widget_class, go_on);
}

static void
tpo_agreement_init (TpoAgreement *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < TPO_CHOICE_COUNT; i++) {
    self->buttons[i] = gtk_button_new_with_label (_ (button_titles[i]));
    gtk_flow_box_append (GTK_FLOW_BOX (self->choices), self->buttons[i]);
    gtk_widget_set_focusable (gtk_widget_get_parent (self->buttons[i]), FALSE);
    g_signal_connect_object (self->buttons[i], "clicked", G_CALLBACK (on_clicked), self,
                             G_CONNECT_SWAPPED);
  }
}

static void
find_theirs_only (TpoAgreement *self)
{
  GPtrArray *differences = self->comparison->differences;

  self->theirs_only = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_difference_unref);
  for (guint i = 0; i < differences->len; i++) {
    TpoDifference *difference = g_ptr_array_index (differences, i);

    if (difference->mine == NULL)
      g_ptr_array_add (self->theirs_only, tpo_difference_ref (difference));
  }
}

GtkWindow *
tpo_agreement_new (GtkWindow *parent, TpoDocument *document, TpoComparison *comparison,
                   const char *name)
{
  TpoAgreement *self;
  g_autofree char *title = NULL;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && comparison != NULL, NULL);

  self = g_object_new (TPO_TYPE_AGREEMENT, "transient-for", parent, NULL);
  self->document = g_object_ref (document);
  self->comparison = comparison;
  /* Translators: %s is the name of a project file */
  title = g_strdup_printf (_ ("Comparison with %s"), name);
  gtk_window_set_title (GTK_WINDOW (self), title);
  find_theirs_only (self);
  show_figures (self);
  return GTK_WINDOW (self);
}

void
tpo_agreement_start (TpoAgreement *self)
{
  g_return_if_fail (TPO_IS_AGREEMENT (self));

  show_take_all (self);
  show_difference (self);
}
