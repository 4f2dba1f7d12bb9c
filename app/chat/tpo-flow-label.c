#include "config.h"

#include "chat/tpo-flow-label.h"

#include <string.h>

#include "chat/markdown.h"
#include "compat/tpo-compat.h"

/*
 * The text keeps room for each widget with an attribute that gives a letter, an object replacement
 * character, its size. Pango lays it out like any other letter and says where it came to lie; the
 * widget is put there.
 */

static const int MAX_CHIP_WIDTH = 250; /* a chip must fit a line of the narrowest window */
static const int GAP_PX = 3;           /* on either side */
static const int MIDDLE_PX = 5;        /* of small letters, above their base line */
static const int MARKER_GAP_PX = 6;    /* between a marker and its text */
static const int MIN_CHARS =
    12; /* a line; without it each letter would be tried on a line of its own */

typedef struct {
  GtkWidget *widget;
  int index;         /* byte of the label's text */
  int width, height; /* that the text keeps free, pixels */
} Chip;

struct _TpoFlowLabel {
  GtkWidget parent_instance;

  GtkWidget *label;
  PangoLayout *marker; /* nullable */
  int marker_px;       /* its room, with the gap behind it */
  GArray *chips;       /* Chip */
};

G_DEFINE_FINAL_TYPE (TpoFlowLabel, tpo_flow_label, GTK_TYPE_WIDGET)

static void
remove_chips (TpoFlowLabel *self)
{
  for (guint i = 0; i < self->chips->len; i++)
    gtk_widget_unparent (g_array_index (self->chips, Chip, i).widget);
  g_array_set_size (self->chips, 0);
}

/* A chip that goes on to another label, with the text around it. */
static void
release_chip (GtkWidget *chip)
{
  GtkWidget *parent = gtk_widget_get_parent (chip);
  GArray *chips;

  if (!TPO_IS_FLOW_LABEL (parent))
    return;
  chips = TPO_FLOW_LABEL (parent)->chips;
  for (guint i = 0; i < chips->len; i++) {
    if (g_array_index (chips, Chip, i).widget == chip)
      g_array_remove_index (chips, i--);
  }
  gtk_widget_unparent (chip);
}

/* ---- layout ----------------------------------------------------------------------------------------- */

static void
apply_room (TpoFlowLabel *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  for (guint i = 0; i < self->chips->len; i++) {
    const Chip *chip = &g_array_index (self->chips, Chip, i);
    PangoRectangle ink = { 0 };
    PangoRectangle room = { 0, -(chip->height / 2 + MIDDLE_PX) * PANGO_SCALE,
                            (chip->width + 2 * GAP_PX) * PANGO_SCALE,
                            chip->height * PANGO_SCALE };
    PangoAttribute *shape = pango_attr_shape_new (&ink, &room);

    shape->start_index = (guint) chip->index;
    shape->end_index = (guint) chip->index + strlen (TPO_CHIP_PLACE);
    pango_attr_list_insert (attributes, shape);
  }
  gtk_label_set_attributes (GTK_LABEL (self->label), attributes);
}

/* Chips change with their labels, and with the style. */
static void
update_room (TpoFlowLabel *self)
{
  gboolean has_changed = FALSE;

  for (guint i = 0; i < self->chips->len; i++) {
    Chip *chip = &g_array_index (self->chips, Chip, i);
    int width, height;

    gtk_widget_measure (chip->widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
    width = MIN (width, MAX_CHIP_WIDTH);
    gtk_widget_measure (chip->widget, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL,
                        NULL);
    has_changed = has_changed || width != chip->width || height != chip->height;
    chip->width = width;
    chip->height = height;
  }
  if (has_changed)
    apply_room (self);
}

static GtkSizeRequestMode
tpo_flow_label_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tpo_flow_label_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                        int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  TpoFlowLabel *self = TPO_FLOW_LABEL (widget);
  gboolean is_width = orientation == GTK_ORIENTATION_HORIZONTAL;

  update_room (self);
  if (!is_width && for_size >= 0)
    for_size = MAX (0, for_size - self->marker_px);
  gtk_widget_measure (self->label, orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
  *minimum += is_width ? self->marker_px : 0;
  *natural += is_width ? self->marker_px : 0;
}

static void
tpo_flow_label_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TpoFlowLabel *self = TPO_FLOW_LABEL (widget);
  gboolean is_ltr = gtk_widget_get_direction (widget) != GTK_TEXT_DIR_RTL;
  int start = is_ltr ? self->marker_px : 0;
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (self->label));
  int left, top;

  gtk_widget_size_allocate (
      self->label, &(GtkAllocation){ start, 0, MAX (0, width - self->marker_px), height },
      baseline);
  gtk_label_get_layout_offsets (GTK_LABEL (self->label), &left, &top);
  left += start;
  for (guint i = 0; i < self->chips->len; i++) {
    const Chip *chip = &g_array_index (self->chips, Chip, i);
    PangoRectangle place;
    int x, y;

    pango_layout_index_to_pos (layout, chip->index, &place);
    x = left + PANGO_PIXELS (MIN (place.x, place.x + place.width)) + GAP_PX;
    y = top + PANGO_PIXELS (place.y) + (PANGO_PIXELS (place.height) - chip->height) / 2;
    gtk_widget_size_allocate (chip->widget, &(GtkAllocation){ x, y, chip->width, chip->height },
                              -1);
  }
}

/* The marker is drawn: a widget for each would cost as much as the text. */
static void
tpo_flow_label_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TpoFlowLabel *self = TPO_FLOW_LABEL (widget);

  if (self->marker != NULL) {
    gboolean is_ltr = gtk_widget_get_direction (widget) != GTK_TEXT_DIR_RTL;
    int x = is_ltr ? 0 : gtk_widget_get_width (widget) - self->marker_px + MARKER_GAP_PX;
    GdkRGBA color;

    tpo_compat_get_color (widget, &color);
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, 0.0f));
    gtk_snapshot_append_layout (snapshot, self->marker, &color);
    gtk_snapshot_restore (snapshot);
  }
  GTK_WIDGET_CLASS (tpo_flow_label_parent_class)->snapshot (widget, snapshot);
}

static void
measure_marker (TpoFlowLabel *self)
{
  int width;

  if (self->marker == NULL)
    return;
  pango_layout_context_changed (self->marker);
  pango_layout_get_pixel_size (self->marker, &width, NULL);
  self->marker_px = width + MARKER_GAP_PX;
}

static void
tpo_flow_label_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (tpo_flow_label_parent_class)->css_changed (widget, change);
  measure_marker (TPO_FLOW_LABEL (widget));
}

static void
tpo_flow_label_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (tpo_flow_label_parent_class)->system_setting_changed (widget, setting);
  measure_marker (TPO_FLOW_LABEL (widget));
}

/* ---- object --------------------------------------------------------------------------------------------- */

static void
tpo_flow_label_dispose (GObject *object)
{
  TpoFlowLabel *self = TPO_FLOW_LABEL (object);

  remove_chips (self);
  g_clear_object (&self->marker);
  g_clear_pointer (&self->label, gtk_widget_unparent);
  G_OBJECT_CLASS (tpo_flow_label_parent_class)->dispose (object);
}

static void
tpo_flow_label_finalize (GObject *object)
{
  g_array_unref (TPO_FLOW_LABEL (object)->chips);
  G_OBJECT_CLASS (tpo_flow_label_parent_class)->finalize (object);
}

static void
tpo_flow_label_class_init (TpoFlowLabelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_flow_label_dispose;
  G_OBJECT_CLASS (klass)->finalize = tpo_flow_label_finalize;
  widget_class->get_request_mode = tpo_flow_label_get_request_mode;
  widget_class->measure = tpo_flow_label_measure;
  widget_class->size_allocate = tpo_flow_label_size_allocate;
  widget_class->snapshot = tpo_flow_label_snapshot;
  widget_class->css_changed = tpo_flow_label_css_changed;
  widget_class->system_setting_changed = tpo_flow_label_system_setting_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tpo_flow_label_init (TpoFlowLabel *self)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (NULL));

  self->chips = g_array_new (FALSE, FALSE, sizeof (Chip));
  self->label = GTK_WIDGET (label);
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (label, MIN_CHARS);
  gtk_label_set_xalign (label, 0.0f);
  gtk_label_set_selectable (label, TRUE);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

GtkWidget *
tpo_flow_label_new (void)
{
  return g_object_new (TPO_TYPE_FLOW_LABEL, NULL);
}

static gboolean
has_chips (TpoFlowLabel *self, GtkWidget *const *chips, guint n_chips)
{
  if (n_chips != self->chips->len)
    return FALSE;
  for (guint i = 0; i < n_chips; i++) {
    if (g_array_index (self->chips, Chip, i).widget != chips[i])
      return FALSE;
  }
  return TRUE;
}

void
tpo_flow_label_set_markup (TpoFlowLabel *self, const char *markup, GtkWidget *const *chips,
                           guint n_chips)
{
  const char *text, *place;

  g_return_if_fail (TPO_IS_FLOW_LABEL (self) && markup != NULL);

  gtk_label_set_markup (GTK_LABEL (self->label), markup);
  if (!has_chips (self, chips, n_chips)) {
    remove_chips (self);
    for (guint i = 0; i < n_chips; i++) {
      Chip chip = { .widget = chips[i] };

      release_chip (chips[i]);
      gtk_widget_set_parent (chips[i], GTK_WIDGET (self));
      g_array_append_val (self->chips, chip);
    }
  }
  place = text = gtk_label_get_text (GTK_LABEL (self->label));
  for (guint i = 0; i < n_chips; i++) {
    place = strstr (place, TPO_CHIP_PLACE);
    g_return_if_fail (place != NULL);
    g_array_index (self->chips, Chip, i).index = (int) (place - text);
    place += strlen (TPO_CHIP_PLACE);
  }
  apply_room (self);
}

void
tpo_flow_label_set_marker (TpoFlowLabel *self, const char *marker)
{
  g_return_if_fail (TPO_IS_FLOW_LABEL (self) && marker != NULL);

  g_clear_object (&self->marker);
  self->marker = gtk_widget_create_pango_layout (GTK_WIDGET (self), marker);
  measure_marker (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, marker,
                                  -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

GtkLabel *
tpo_flow_label_get_label (TpoFlowLabel *self)
{
  g_return_val_if_fail (TPO_IS_FLOW_LABEL (self), NULL);

  return GTK_LABEL (self->label);
}
