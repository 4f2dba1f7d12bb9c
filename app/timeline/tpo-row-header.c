#include "config.h"

#include "timeline/tpo-row-header.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "labels/palette.h"
#include "labels/tpo-swatch.h"
#include "timeline/label-table.h"

struct _TpoRowHeader {
  GtkWidget parent_instance;

  TpoTimelineParts *parts;
  const TpoRow *row; /* nullable */
  GtkWidget *swatch, *icon, *title, *fold, *lock, *hide;
  gboolean is_updating;
};

G_DEFINE_FINAL_TYPE (TpoRowHeader, tpo_row_header, GTK_TYPE_WIDGET)

/* One made by hand needs no mark. */
static const char *const status_icons[TPO_STATUS_COUNT] = {
  [TPO_STATUS_PREDICTED] = "tpo-unconfirmed-symbolic",
  [TPO_STATUS_ACCEPTED] = "object-select-symbolic",
  [TPO_STATUS_CORRECTED] = "document-edit-symbolic",
  [TPO_STATUS_DISCARDED] = "process-stop-symbolic",
};

/* A label's name for all that share it, else what the first says. */
static char *
dup_title (const TpoRow *row)
{
  TpoAnnotation *first = g_ptr_array_index (row->items, 0);
  TpoLabel *label = tpo_annotation_get_label (first);

  if (label != NULL && tpo_annotation_get_record (first)->kind == TPO_ANNOTATION_SPAN)
    return g_strdup (tpo_label_get_record (label)->name);
  return tpo_annotation_dup_title (first);
}

static void
set_toggle (GtkWidget *button, gboolean is_active, const char *icon, const char *text)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), is_active);
  gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  tpo_compat_set_tooltip (button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  if (is_active)
    gtk_widget_add_css_class (button, "is-set");
  else
    gtk_widget_remove_css_class (button, "is-set");
}

static void
update_buttons (TpoRowHeader *self, const char *title)
{
  const TpoRow *row = self->row;
  gboolean is_locked = row->n_locked == row->items->len;
  gboolean is_hidden = row->n_hidden == row->items->len;
  /* Translators: %s is the name of a row of the timeline */
  g_autofree char *lock =
      g_strdup_printf (is_locked ? _ ("Unlock “%s”") : _ ("Lock “%s”"), title);
  /* Translators: %s is the name of a row of the timeline */
  g_autofree char *hide =
      g_strdup_printf (is_hidden ? _ ("Show “%s”") : _ ("Hide “%s”"), title);
  g_autofree char *fold = g_strdup_printf (
      row->is_collapsed ? _ ("Unfold “%s”") : _ ("Fold “%s” into one line"), title);

  self->is_updating = TRUE;
  set_toggle (self->lock, is_locked,
              is_locked ? "changes-prevent-symbolic" : "changes-allow-symbolic", lock);
  set_toggle (self->hide, is_hidden,
              is_hidden ? "view-conceal-symbolic" : "view-reveal-symbolic", hide);
  set_toggle (self->fold, row->is_collapsed,
              row->is_collapsed ? "pan-end-symbolic" : "pan-down-symbolic", fold);
  gtk_widget_set_visible (self->fold, row->lanes->len > 1);
  self->is_updating = FALSE;
}

void
tpo_row_header_update (TpoRowHeader *self, const TpoRow *row)
{
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  TpoAnnotationStatus status;
  TpoAnnotation *first;
  guint n;

  g_return_if_fail (TPO_IS_ROW_HEADER (self));

  self->row = row;
  if (row == NULL || row->items->len == 0)
    return;
  first = g_ptr_array_index (row->items, 0);
  n = row->items->len;
  title = dup_title (row);
  tpo_palette_apply (self->swatch, tpo_annotation_get_color (first));
  status = tpo_annotation_get_record (first)->status;
  gtk_widget_set_visible (self->icon, n == 1 && status_icons[status] != NULL);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), status_icons[status]);
  tpo_compat_set_tooltip (self->icon, tpo_status_text (status));
  if (n == 1)
    text = g_strdup (title);
  else
    /* Translators: name of a row of the timeline, number of its labels */
    text = g_strdup_printf (ngettext ("%s, %u label", "%s, %u labels", n), title, n);
  gtk_label_set_text (GTK_LABEL (self->title), title);
  tpo_compat_set_tooltip (self->title, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  update_buttons (self, title);
}

/* ---- what its parts do ---------------------------------------------------------------------------- */

/* The row's labels as they are now: changing one may change the row. */
static GPtrArray *
list_items (TpoRowHeader *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; self->row != NULL && i < self->row->items->len; i++)
    g_ptr_array_add (items, g_object_ref (g_ptr_array_index (self->row->items, i)));
  return items;
}

static void
on_lock (TpoRowHeader *self, GtkToggleButton *button)
{
  g_autoptr (GPtrArray) items = list_items (self);

  if (!self->is_updating)
    tpo_document_set_locked (self->parts->document, items,
                             gtk_toggle_button_get_active (button));
}

static void
on_hide (TpoRowHeader *self, GtkToggleButton *button)
{
  g_autoptr (GPtrArray) items = list_items (self);

  if (!self->is_updating)
    tpo_document_set_hidden (self->parts->document, items,
                             gtk_toggle_button_get_active (button));
}

static void
on_fold (TpoRowHeader *self, GtkToggleButton *button)
{
  if (!self->is_updating && self->row != NULL)
    tpo_timeline_rows_set_collapsed (self->parts->rows, self->row,
                                     gtk_toggle_button_get_active (button));
}

static void
select_all (TpoRowHeader *self)
{
  g_autoptr (GPtrArray) items = list_items (self);

  tpo_document_select_many (self->parts->document, items);
}

static void
on_pressed (TpoRowHeader *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  select_all (self);
}

static gboolean
on_enter (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  select_all (TPO_ROW_HEADER (widget));
  return TRUE;
}

/* ---- object -------------------------------------------------------------------------------------------- */

static void
tpo_row_header_dispose (GObject *object)
{
  TpoRowHeader *self = TPO_ROW_HEADER (object);
  GtkWidget *child;

  self->row = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->parts, tpo_timeline_parts_unref);
  G_OBJECT_CLASS (tpo_row_header_parent_class)->dispose (object);
}

static void
tpo_row_header_class_init (TpoRowHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_row_header_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "row-header");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ROW_HEADER);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, on_enter, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, on_enter, NULL);
}

static GtkWidget *
add_toggle (TpoRowHeader *self, GCallback callback)
{
  GtkWidget *button = gtk_toggle_button_new ();

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "toggled", callback, self);
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  return button;
}

static void
tpo_row_header_init (TpoRowHeader *self)
{
  GtkGesture *primary = gtk_gesture_click_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  self->swatch = tpo_swatch_new (0);
  gtk_widget_set_parent (self->swatch, GTK_WIDGET (self));
  self->icon = gtk_image_new ();
  gtk_widget_set_parent (self->icon, GTK_WIDGET (self));
  self->title = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (self->title), TRUE); /* a name may have breaks */
  gtk_label_set_xalign (GTK_LABEL (self->title), 0.0f);
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_widget_add_css_class (self->title, "caption");
  gtk_widget_set_parent (self->title, GTK_WIDGET (self));
  self->fold = add_toggle (self, G_CALLBACK (on_fold));
  self->lock = add_toggle (self, G_CALLBACK (on_lock));
  self->hide = add_toggle (self, G_CALLBACK (on_hide));
  g_signal_connect_swapped (primary, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (primary));
}

GtkWidget *
tpo_row_header_new (TpoTimelineParts *parts)
{
  TpoRowHeader *self = g_object_new (TPO_TYPE_ROW_HEADER, NULL);

  self->parts = tpo_timeline_parts_ref (parts);
  return GTK_WIDGET (self);
}
