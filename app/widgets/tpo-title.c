#include "config.h"

#include "widgets/tpo-title.h"

static const int LEAST_CHARS = 10; /* so that words are not broken */
static const int MOST_LINES = 4;   /* what is longer yet is the name of a file */

struct _TpoTitle {
  GtkWidget parent_instance;

  GtkWidget *label;
  GBinding *binding; /* to the window's title; nullable */
};

G_DEFINE_FINAL_TYPE (TpoTitle, tpo_title, GTK_TYPE_WIDGET)

static void
tpo_title_root (GtkWidget *widget)
{
  TpoTitle *self = TPO_TITLE (widget);

  GTK_WIDGET_CLASS (tpo_title_parent_class)->root (widget);
  self->binding = g_object_bind_property (gtk_widget_get_root (widget), "title", self->label,
                                          "label", G_BINDING_SYNC_CREATE);
}

static void
tpo_title_unroot (GtkWidget *widget)
{
  g_clear_pointer (&TPO_TITLE (widget)->binding, g_binding_unbind);
  GTK_WIDGET_CLASS (tpo_title_parent_class)->unroot (widget);
}

static void
tpo_title_dispose (GObject *object)
{
  g_clear_pointer (&TPO_TITLE (object)->label, gtk_widget_unparent);
  G_OBJECT_CLASS (tpo_title_parent_class)->dispose (object);
}

static GtkSizeRequestMode
tpo_title_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* How wide it is does not depend on the bar's height: else a label takes as many lines as fit there, and
 * its natural width at a height may be less than its least width, of which GTK warns. */
static void
tpo_title_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                   int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (TPO_TITLE (widget)->label, orientation,
                      orientation == GTK_ORIENTATION_HORIZONTAL ? -1 : for_size, minimum,
                      natural, NULL, NULL);
}

static void
tpo_title_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_size_allocate (TPO_TITLE (widget)->label, &(GtkAllocation){ 0, 0, width, height },
                            -1);
}

static void
tpo_title_class_init (TpoTitleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_title_dispose;
  widget_class->root = tpo_title_root;
  widget_class->unroot = tpo_title_unroot;
  widget_class->get_request_mode = tpo_title_get_request_mode;
  widget_class->measure = tpo_title_measure;
  widget_class->size_allocate = tpo_title_size_allocate;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tpo_title_init (TpoTitle *self)
{
  self->label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (self->label), LEAST_CHARS);
  gtk_label_set_lines (GTK_LABEL (self->label), MOST_LINES);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_label_set_justify (GTK_LABEL (self->label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->label, "title");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}
