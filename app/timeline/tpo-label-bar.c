#include "config.h"

#include "timeline/tpo-label-bar.h"

#include <string.h>

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "document/tpo-document-sources.h"

struct _TpoLabelBar {
  AdwBin parent_instance;

  TpoDocument *document;
  TpoLabelFilter wanted;
  GtkWidget *box, *search, *labels, *statuses, *makers, *models, *count;
  GPtrArray *known_models; /* that @models has, after “any”: borrowed texts that stay */
  GtkWidget *popped_labels, *popped_statuses, *popped_makers,
      *popped_models; /* where a narrow window has the choices */
};

enum {
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TpoLabelBar, tpo_label_bar, ADW_TYPE_BIN)

/* ---- what is wanted -------------------------------------------------------------------------------- */

/* The one that is chosen of a list that begins with "any", or -1. */
static int
get_chosen (GtkWidget *drop_down)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (drop_down));

  return chosen != GTK_INVALID_LIST_POSITION ? (int) chosen - 1 : -1;
}

static void
on_choice (TpoLabelBar *self)
{
  int label = get_chosen (self->labels), model = get_chosen (self->models);
  g_autofree char *words =
      g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  g_autoptr (TpoLabel) chosen = NULL;
  TpoLabelFilter wanted;

  if (label >= 0)
    chosen = g_list_model_get_item (tpo_document_get_labels (self->document), (guint) label);
  wanted.words = words;
  wanted.label_id = chosen != NULL ? tpo_label_get_id (chosen) : 0;
  wanted.status = get_chosen (self->statuses);
  wanted.maker = get_chosen (self->makers);
  wanted.model = model >= 0 ? g_ptr_array_index (self->known_models, (guint) model) : NULL;
  if (strcmp (words, self->wanted.words) == 0 && wanted.label_id == self->wanted.label_id &&
      wanted.status == self->wanted.status && wanted.maker == self->wanted.maker &&
      wanted.model == self->wanted.model)
    return;
  g_free (self->wanted.words);
  self->wanted = wanted;
  self->wanted.words = g_steal_pointer (&words);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- what can be wanted ----------------------------------------------------------------------------- */

/* Takes @names over. */
static void
set_names (GtkWidget *drop_down, GtkStringList *names)
{
  gtk_drop_down_set_model (GTK_DROP_DOWN (drop_down), G_LIST_MODEL (names));
  g_object_unref (names);
}

static void
fill_labels (TpoLabelBar *self)
{
  GListModel *labels = tpo_document_get_labels (self->document);
  GtkStringList *names = gtk_string_list_new (NULL);
  guint n = g_list_model_get_n_items (labels);

  gtk_string_list_append (names, _ ("All labels"));
  for (guint i = 0; i < n; i++) {
    g_autoptr (TpoLabel) label = g_list_model_get_item (labels, i);

    gtk_string_list_append (names, tpo_label_get_record (label)->name);
  }
  set_names (self->labels, names);
}

static void
fill_statuses (TpoLabelBar *self)
{
  GtkStringList *names = gtk_string_list_new (NULL);

  gtk_string_list_append (names, _ ("Any status"));
  for (int i = 0; i < TPO_STATUS_COUNT; i++)
    gtk_string_list_append (names, tpo_status_text ((TpoAnnotationStatus) i));
  set_names (self->statuses, names);
}

static void
fill_makers (TpoLabelBar *self)
{
  GtkStringList *names = gtk_string_list_new (NULL);

  gtk_string_list_append (names, _ ("By anybody"));
  for (int i = 0; i < TPO_MAKER_COUNT; i++)
    gtk_string_list_append (names, tpo_maker_text ((TpoMaker) i));
  set_names (self->makers, names);
}

static gboolean
are_same (GPtrArray *a, GPtrArray *b)
{
  return a->len == b->len &&
         (a->len == 0 || memcmp (a->pdata, b->pdata, a->len * sizeof *a->pdata) == 0);
}

/* Where no model said anything there is nothing to choose. What is chosen stays while it is there. */
static void
fill_models (TpoLabelBar *self)
{
  g_autoptr (GPtrArray) models = tpo_document_list_models (self->document);
  gpointer chosen = (gpointer) self->wanted.model;
  GtkStringList *names;
  guint position = 0;

  if (are_same (models, self->known_models))
    return;
  names = gtk_string_list_new (NULL);
  gtk_string_list_append (names, _ ("Any model"));
  for (guint i = 0; i < models->len; i++)
    gtk_string_list_append (names, g_ptr_array_index (models, i));
  g_ptr_array_unref (self->known_models);
  self->known_models = g_steal_pointer (&models);
  set_names (self->models, names);
  if (chosen != NULL && g_ptr_array_find (self->known_models, chosen, &position))
    gtk_drop_down_set_selected (GTK_DROP_DOWN (self->models), position + 1);
  gtk_widget_set_visible (self->models, self->known_models->len > 0);
}

/* ---- object -------------------------------------------------------------------------------------------- */

static void
tpo_label_bar_dispose (GObject *object)
{
  g_clear_object (&TPO_LABEL_BAR (object)->document);
  G_OBJECT_CLASS (tpo_label_bar_parent_class)->dispose (object);
}

static void
tpo_label_bar_finalize (GObject *object)
{
  TpoLabelBar *self = TPO_LABEL_BAR (object);

  g_free (self->wanted.words);
  g_ptr_array_unref (self->known_models);
  G_OBJECT_CLASS (tpo_label_bar_parent_class)->finalize (object);
}

static void
tpo_label_bar_class_init (TpoLabelBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = tpo_label_bar_dispose;
  object_class->finalize = tpo_label_bar_finalize;
  signals[CHANGED] = g_signal_new ("changed", TPO_TYPE_LABEL_BAR, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/tpostudio/TpoStudio/timeline/tpo-label-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, box);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, search);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, labels);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, statuses);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, makers);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, models);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, count);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, popped_labels);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, popped_statuses);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, popped_makers);
  gtk_widget_class_bind_template_child (widget_class, TpoLabelBar, popped_models);
  gtk_widget_class_bind_template_callback (widget_class, on_choice);
}

static void
tpo_label_bar_init (TpoLabelBar *self)
{
  self->wanted.status = self->wanted.maker = -1;
  self->wanted.words = g_strdup ("");
  self->known_models = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  tpo_compat_name_with_button (self->labels, _ ("Show Labels"));
  tpo_compat_name_with_button (self->statuses, _ ("Show Status"));
  tpo_compat_name_with_button (self->makers, _ ("Show Made By"));
  tpo_compat_name_with_button (self->models, _ ("Show Model"));
  tpo_compat_name_with_button (self->popped_labels, _ ("Show Labels"));
  tpo_compat_name_with_button (self->popped_statuses, _ ("Show Status"));
  tpo_compat_name_with_button (self->popped_makers, _ ("Show Made By"));
  tpo_compat_name_with_button (self->popped_models, _ ("Show Model"));
}

GtkWidget *
tpo_label_bar_new (TpoDocument *document)
{
  TpoLabelBar *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document), NULL);

  self = g_object_new (TPO_TYPE_LABEL_BAR, NULL);
  self->document = g_object_ref (document);
  fill_labels (self);
  fill_statuses (self);
  fill_makers (self);
  g_signal_connect_object (tpo_document_get_labels (document), "items-changed",
                           G_CALLBACK (fill_labels), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

const TpoLabelFilter *
tpo_label_bar_get_filter (TpoLabelBar *self)
{
  g_return_val_if_fail (TPO_IS_LABEL_BAR (self), NULL);

  return &self->wanted;
}

gboolean
tpo_label_bar_is_filtering (TpoLabelBar *self)
{
  g_return_val_if_fail (TPO_IS_LABEL_BAR (self), FALSE);

  return *self->wanted.words != '\0' || self->wanted.label_id != 0 ||
         self->wanted.status >= 0 || self->wanted.maker >= 0 || self->wanted.model != NULL;
}

void
tpo_label_bar_refresh (TpoLabelBar *self)
{
  g_return_if_fail (TPO_IS_LABEL_BAR (self));

  fill_models (self);
}

void
tpo_label_bar_set_count (TpoLabelBar *self, guint n)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%u label", "%u labels", n), n);

  g_return_if_fail (TPO_IS_LABEL_BAR (self));

  gtk_label_set_text (GTK_LABEL (self->count), text);
}

void
tpo_label_bar_add_start (TpoLabelBar *self, GtkWidget *widget)
{
  g_return_if_fail (TPO_IS_LABEL_BAR (self) && GTK_IS_WIDGET (widget));

  gtk_box_prepend (GTK_BOX (self->box), widget);
}
