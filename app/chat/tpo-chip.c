#include "config.h"

#include "chat/tpo-chip.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "document/tpo-document-conversations.h"
#include "labels/palette.h"
#include "labels/tpo-swatch.h"

struct _TpoChip {
  GtkButton parent_instance;

  TpoDocument *document;
  TpoPlayer *player;
  TpoAnnotation *annotation;
  GtkWidget *swatch, *icon, *label, *status;
};

G_DEFINE_FINAL_TYPE (TpoChip, tpo_chip, GTK_TYPE_BUTTON)

static const char *const kind_icons[TPO_ANNOTATION_KIND_COUNT] = {
  [TPO_ANNOTATION_SPAN] = "preferences-system-time-symbolic",
  [TPO_ANNOTATION_BOX_TRACK] = "tpo-tool-box-symbolic",
  [TPO_ANNOTATION_MASK_TRACK] = "tpo-tool-polygon-symbolic",
};

/* What a person said of it; a word would leave no room for the times. */
static const char *const status_icons[TPO_STATUS_COUNT] = {
  [TPO_STATUS_ACCEPTED] = "object-select-symbolic",
  [TPO_STATUS_CORRECTED] = "document-edit-symbolic",
  [TPO_STATUS_DISCARDED] = "process-stop-symbolic",
};

static const char *
status_text (const TpoAnnotationRecord *record)
{
  if (record->is_deleted)
    return _ ("disputed");
  switch (record->status) {
  case TPO_STATUS_ACCEPTED:
    return _ ("accepted");
  case TPO_STATUS_CORRECTED:
    return _ ("corrected");
  case TPO_STATUS_DISCARDED:
    return _ ("disputed");
  case TPO_STATUS_PREDICTED:
  case TPO_STATUS_MANUAL:
  case TPO_STATUS_COUNT:
    break;
  }
  return "";
}

/* "0:03.200 – 0:07.000", or "0:03.200" where one frame is all. */
static char *
describe (TpoAnnotation *annotation)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (annotation);
  g_autofree char *start = tpo_player_format_time (record->start_us);
  g_autofree char *end = tpo_player_format_time (record->end_us);

  if (record->kind == TPO_ANNOTATION_BOX_TRACK &&
      tpo_annotation_get_keyframes (annotation)->len <= 1)
    return g_steal_pointer (&start);
  return g_strdup_printf ("%s – %s", start, end);
}

/* To be heard, where the icon is not seen. */
static char *
name_range (TpoAnnotationKind kind, const char *range)
{
  switch (kind) {
  case TPO_ANNOTATION_BOX_TRACK:
    /* Translators: a box on the picture; %s is a time, or two: "0:03.200 – 0:07.000" */
    return g_strdup_printf (_ ("Box at %s"), range);
  case TPO_ANNOTATION_MASK_TRACK:
    /* Translators: a mask on the picture; %s are two times: "0:03.200 – 0:07.000" */
    return g_strdup_printf (_ ("Mask at %s"), range);
  case TPO_ANNOTATION_SPAN:
  case TPO_ANNOTATION_KIND_COUNT:
    break;
  }
  return g_strdup (range);
}

static void
update (TpoChip *self)
{
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);
  g_autofree char *range = describe (self->annotation);
  g_autofree char *text = name_range (record->kind, range);
  const char *status = status_text (record);
  /* Translators: what a press does, and what a person said of the label: "Go there: corrected" */
  g_autofree char *tip = g_strdup_printf (_ ("Go there: %s"), status);
  gboolean is_disputed = record->is_deleted || record->status == TPO_STATUS_DISCARDED;

  gtk_label_set_text (GTK_LABEL (self->label), range);
  gtk_image_set_from_icon_name (
      GTK_IMAGE (self->status),
      status_icons[record->is_deleted ? TPO_STATUS_DISCARDED : record->status]);
  gtk_widget_set_visible (self->status, *status != '\0');
  tpo_compat_set_tooltip (GTK_WIDGET (self), *status != '\0' ? tip : _ ("Go there"));
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), kind_icons[record->kind]);
  tpo_palette_apply (self->swatch, tpo_annotation_get_color (self->annotation));
  if (is_disputed)
    gtk_widget_add_css_class (GTK_WIDGET (self), "discarded");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "discarded");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, status, -1);
}

static void
on_selected (TpoChip *self)
{
  if (tpo_document_is_selected (self->document, self->annotation))
    gtk_widget_add_css_class (GTK_WIDGET (self), "selected");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "selected");
}

/* ---- what the pointer or the focus is on, here or in another view ---- */

static void
on_highlighted (TpoChip *self)
{
  if (tpo_document_get_highlighted (self->document) == self->annotation)
    gtk_widget_add_css_class (GTK_WIDGET (self), "highlighted");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "highlighted");
}

static void
on_enter (TpoChip *self)
{
  if (!tpo_annotation_get_record (self->annotation)->is_deleted)
    tpo_document_highlight (self->document, self->annotation);
}

static void
on_leave (TpoChip *self)
{
  if (tpo_document_get_highlighted (self->document) == self->annotation)
    tpo_document_highlight (self->document, NULL);
}

static void
tpo_chip_clicked (GtkButton *button)
{
  TpoChip *self = TPO_CHIP (button);
  const TpoAnnotationRecord *record = tpo_annotation_get_record (self->annotation);

  if (!record->is_deleted)
    tpo_document_select (self->document, self->annotation);
  tpo_player_seek (self->player, record->start_us);
  /* There it is played, stepped through and corrected. */
  gtk_widget_activate_action (GTK_WIDGET (self), "win.focus-picture", NULL);
}

static void
tpo_chip_dispose (GObject *object)
{
  TpoChip *self = TPO_CHIP (object);

  if (self->document != NULL)
    on_leave (self);
  g_clear_object (&self->annotation);
  g_clear_object (&self->document);
  g_clear_object (&self->player);
  G_OBJECT_CLASS (tpo_chip_parent_class)->dispose (object);
}

static void
tpo_chip_class_init (TpoChipClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_chip_dispose;
  GTK_BUTTON_CLASS (klass)->clicked = tpo_chip_clicked;
}

static void
tpo_chip_init (TpoChip *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->swatch = tpo_swatch_new (0);
  self->icon = gtk_image_new ();
  self->label = gtk_label_new (NULL);
  self->status = gtk_image_new ();
  gtk_widget_add_css_class (self->label, "numeric");
  gtk_widget_add_css_class (self->swatch, "swatch");
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), self->swatch);
  gtk_box_append (GTK_BOX (box), self->icon);
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_box_append (GTK_BOX (box), self->status);
  gtk_button_set_child (GTK_BUTTON (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "chip");
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

GtkWidget *
tpo_chip_new (TpoDocument *document, TpoPlayer *player, TpoAnnotation *annotation)
{
  TpoChip *self = g_object_new (TPO_TYPE_CHIP, NULL);

  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  self->annotation = g_object_ref (annotation);
  g_signal_connect_object (annotation, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::highlighted", G_CALLBACK (on_highlighted), self,
                           G_CONNECT_SWAPPED);
  update (self);
  on_selected (self);
  on_highlighted (self);
  return GTK_WIDGET (self);
}
