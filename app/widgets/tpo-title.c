#include "config.h"

#include "widgets/tpo-title.h"

static const int LEAST_CHARS =
    10; /* so that words are not broken; with room for fewer it is not shown */
static const int MOST_LINES = 4; /* what is longer yet is the name of a file */

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

static int
get_least_width (TpoTitle *self)
{
  int width;

  gtk_widget_measure (self->label, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  return width;
}

/* How wide it is does not depend on the bar's height: else a label takes as many lines as fit there, and
 * its natural width at a height may be less than its least width, of which GTK warns. A bar in which it is
 * not shown is as high as with it: GTK takes it that what is narrower is not lower. */
static void
tpo_title_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                   int *natural, int *minimum_baseline, int *natural_baseline)
{
  TpoTitle *self = TPO_TITLE (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    gtk_widget_measure (self->label, orientation, -1, NULL, natural, NULL, NULL);
    *minimum = 0;
  } else {
    gtk_widget_measure (self->label, orientation,
                        for_size < 0 ? -1 : MAX (for_size, get_least_width (self)), minimum,
                        natural, NULL, NULL);
  }
}

static void
tpo_title_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoTitle *self = TPO_TITLE (widget);
  int least = get_least_width (self);

  gtk_widget_set_child_visible (self->label, width >= least);
  gtk_widget_size_allocate (self->label, &(GtkAllocation){ 0, 0, MAX (width, least), height },
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
