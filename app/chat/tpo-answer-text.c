#include "config.h"

#include "chat/tpo-answer-text.h"

#include "chat/markdown.h"
#include "chat/tpo-flow-label.h"

static const int INDENT_PX = 16;

/* A block as it is shown. */
typedef struct {
  GtkWidget *row;
  TpoFlowLabel *label; /* the same; NULL for a line across */
  TpoBlockKind kind;
  guint level, depth;
  gboolean is_quoted;
  char *marker;
} Shown;

struct _TpoAnswerText {
  GtkWidget parent_instance;

  GtkWidget *box;
  TpoMarkdown *markdown;
  GArray *shown;    /* Shown, as many as blocks */
  GPtrArray *chips; /* GtkWidget, owned, by number */
  GArray *offsets;  /* gint64, of each chip */
  GtkWidget *rest;  /* for chips whose place is not shown */
};

G_DEFINE_FINAL_TYPE (TpoAnswerText, tpo_answer_text, GTK_TYPE_WIDGET)

static void
shown_clear (Shown *self)
{
  g_free (self->marker);
}

static gboolean
on_link (GtkLabel *label, const char *uri)
{
  if (tpo_markdown_is_safe_link (uri))
    g_app_info_launch_default_for_uri_async (uri, NULL, NULL, NULL, NULL); /* no answer */
  return TRUE;
}

/* ---- blocks -------------------------------------------------------------------------------------------- */

static void
style_label (TpoFlowLabel *flow, const TpoBlock *block)
{
  GtkWidget *label = GTK_WIDGET (tpo_flow_label_get_label (flow));

  if (block->kind == TPO_BLOCK_HEADING)
    gtk_widget_add_css_class (label, block->level <= 2 ? "title-4" : "heading");
  if (block->kind == TPO_BLOCK_CODE) {
    gtk_widget_add_css_class (label, "monospace");
    gtk_widget_add_css_class (GTK_WIDGET (flow), "code");
  }
  g_signal_connect (label, "activate-link", G_CALLBACK (on_link), NULL);
}

static Shown
show_block (const TpoBlock *block)
{
  gboolean is_rule = block->kind == TPO_BLOCK_RULE;
  Shown shown = {
    .row = is_rule ? gtk_separator_new (GTK_ORIENTATION_HORIZONTAL) : tpo_flow_label_new (),
    .kind = block->kind,
    .level = block->level,
    .depth = block->depth,
    .is_quoted = block->is_quoted,
    .marker = g_strdup (block->marker),
  };
  /* The marker stands in the last step of the indentation. */
  int indent = (int) block->depth * INDENT_PX - (block->marker != NULL ? INDENT_PX : 0);

  gtk_widget_set_margin_start (shown.row, indent);
  if (block->is_quoted)
    gtk_widget_add_css_class (shown.row, "quoted");
  if (!is_rule) {
    shown.label = TPO_FLOW_LABEL (shown.row);
    style_label (shown.label, block);
    if (block->marker != NULL)
      tpo_flow_label_set_marker (shown.label, block->marker);
  }
  return shown;
}

static gboolean
is_alike (const Shown *shown, const TpoBlock *block)
{
  return shown->kind == block->kind && shown->level == block->level &&
         shown->depth == block->depth && shown->is_quoted == block->is_quoted &&
         g_strcmp0 (shown->marker, block->marker) == 0;
}

/* Takes blocks away from the end, with the chips in them. */
static void
truncate_blocks (TpoAnswerText *self, guint n)
{
  for (guint i = n; i < self->shown->len; i++) {
    Shown *shown = &g_array_index (self->shown, Shown, i);

    if (shown->label != NULL)
      tpo_flow_label_set_markup (shown->label, "", NULL, 0);
    gtk_box_remove (GTK_BOX (self->box), shown->row);
  }
  g_array_set_size (self->shown, MIN (n, self->shown->len));
}

static void
fill_block (TpoAnswerText *self, const Shown *shown, const TpoBlock *block)
{
  g_autoptr (GPtrArray) chips = g_ptr_array_new ();

  if (shown->label == NULL)
    return;
  for (guint i = 0; i < block->chips->len; i++) {
    GtkWidget *chip = g_ptr_array_index (self->chips, g_array_index (block->chips, guint, i));

    if (gtk_widget_get_parent (chip) == self->rest)
      gtk_box_remove (GTK_BOX (self->rest), chip);
    g_ptr_array_add (chips, chip);
  }
  tpo_flow_label_set_markup (shown->label, block->markup, (GtkWidget *const *) chips->pdata,
                             chips->len);
}

/* From the block @first on. */
static void
update_blocks (TpoAnswerText *self, guint first)
{
  GPtrArray *blocks = tpo_markdown_get_blocks (self->markdown);
  guint same = first;

  while (same < MIN (blocks->len, self->shown->len) &&
         is_alike (&g_array_index (self->shown, Shown, same), blocks->pdata[same]))
    same++;
  truncate_blocks (self, same);
  for (guint i = same; i < blocks->len; i++) {
    Shown shown = show_block (blocks->pdata[i]);

    gtk_box_insert_child_after (GTK_BOX (self->box), shown.row,
                                i > 0 ? g_array_index (self->shown, Shown, i - 1).row : NULL);
    g_array_append_val (self->shown, shown);
  }
  for (guint i = first; i < blocks->len; i++)
    fill_block (self, &g_array_index (self->shown, Shown, i), blocks->pdata[i]);
}

/* Chips that no block has a place for stand behind the text. */
static void
update_rest (TpoAnswerText *self)
{
  for (guint i = 0; i < self->chips->len; i++) {
    GtkWidget *chip = g_ptr_array_index (self->chips, i);

    if (gtk_widget_get_parent (chip) == NULL)
      gtk_box_append (GTK_BOX (self->rest), chip);
  }
  gtk_widget_set_visible (self->rest, gtk_widget_get_first_child (self->rest) != NULL);
}

/* ---- object ----------------------------------------------------------------------------------------------- */

/* Whatever is in it: a box without anything is asked once and then taken for one of constant size. */
static GtkSizeRequestMode
tpo_answer_text_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tpo_answer_text_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                         int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  /* As wide as it likes, whatever the height: a box would try widths, each a layout of everything. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    for_size = -1;
  gtk_widget_measure (TPO_ANSWER_TEXT (widget)->box, orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
}

static void
tpo_answer_text_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (TPO_ANSWER_TEXT (widget)->box, width, height, baseline, NULL);
}

static void
tpo_answer_text_dispose (GObject *object)
{
  TpoAnswerText *self = TPO_ANSWER_TEXT (object);

  if (self->shown != NULL)
    truncate_blocks (self, 0);
  g_clear_pointer (&self->shown, g_array_unref);
  g_clear_pointer (&self->chips, g_ptr_array_unref);
  g_clear_pointer (&self->offsets, g_array_unref);
  g_clear_pointer (&self->markdown, tpo_markdown_free);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (tpo_answer_text_parent_class)->dispose (object);
}

static void
tpo_answer_text_class_init (TpoAnswerTextClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_answer_text_dispose;
  widget_class->get_request_mode = tpo_answer_text_get_request_mode;
  widget_class->measure = tpo_answer_text_measure;
  widget_class->size_allocate = tpo_answer_text_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "answer-text");
}

static void
tpo_answer_text_init (TpoAnswerText *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->markdown = tpo_markdown_new ();
  self->shown = g_array_new (FALSE, FALSE, sizeof (Shown));
  g_array_set_clear_func (self->shown, (GDestroyNotify) shown_clear);
  self->chips = g_ptr_array_new_with_free_func (g_object_unref);
  self->offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->rest = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_visible (self->rest, FALSE);
  gtk_box_append (GTK_BOX (self->box), self->rest);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
tpo_answer_text_new (void)
{
  return g_object_new (TPO_TYPE_ANSWER_TEXT, NULL);
}

void
tpo_answer_text_set_chips (TpoAnswerText *self, GtkWidget *const *chips, const gint64 *offsets,
                           guint n_chips)
{
  GtkWidget *child;

  g_return_if_fail (TPO_IS_ANSWER_TEXT (self));

  truncate_blocks (self, 0);
  g_clear_pointer (&self->markdown, tpo_markdown_free);
  self->markdown = tpo_markdown_new ();
  while ((child = gtk_widget_get_first_child (self->rest)) != NULL)
    gtk_box_remove (GTK_BOX (self->rest), child);
  g_ptr_array_set_size (self->chips, 0);
  for (guint i = 0; i < n_chips; i++)
    g_ptr_array_add (self->chips, g_object_ref_sink (chips[i]));
  g_array_set_size (self->offsets, 0);
  if (n_chips > 0)
    g_array_append_vals (self->offsets, offsets, n_chips);
}

void
tpo_answer_text_set_text (TpoAnswerText *self, const char *text, gboolean is_complete)
{
  g_autofree char *marked = NULL;
  guint first;

  g_return_if_fail (TPO_IS_ANSWER_TEXT (self) && text != NULL);

  marked = tpo_markdown_mark_chips (text, (const gint64 *) (gpointer) self->offsets->data,
                                    self->offsets->len);
  first = tpo_markdown_set_text (self->markdown, marked, is_complete);
  update_blocks (self, first);
  update_rest (self);
}

void
tpo_answer_text_set_plain (TpoAnswerText *self, const char *text)
{
  g_return_if_fail (TPO_IS_ANSWER_TEXT (self) && text != NULL);

  tpo_markdown_set_plain (self->markdown, text);
  update_blocks (self, 0);
}
