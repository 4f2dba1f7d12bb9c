#include "config.h"

#include "chat/tpo-templates.h"

#include <string.h>

#include <glib/gi18n.h>

#include "widgets/char-width.h"

#define KEY "question-templates"

/* Translators: what is in braces is selected, to be typed over. The program's own model knows
 * English questions only. */
static const char *const built_in[] = {
  N_ ("When does {something happen}?"), N_ ("Where is {the object}?"),
  N_ ("Track {the object}."),           N_ ("What happens {in the end}?"),
  N_ ("How many {objects} are there?"),
};

/* Around the words of a template, and of one with a button. */
static const int AROUND_PX = 60, AROUND_OWN_PX = 110;

struct _TpoTemplates {
  GtkPopover parent_instance;

  GtkEditable *field; /* not owned: it is beside the popover's button */
  GSettings *settings;
  GtkWidget *list, *save, *save_text;
};

G_DEFINE_FINAL_TYPE (TpoTemplates, tpo_templates, GTK_TYPE_POPOVER)

/* ---- templates and text ---------------------------------------------------------------------------- */

static char *
without_braces (const char *template)
{
  GString *text = g_string_new (template);

  g_string_replace (text, "{", "", 1);
  g_string_replace (text, "}", "", 1);
  return g_string_free (text, FALSE);
}

/* Puts it into the field, with what is in braces selected. */
static void
insert (TpoTemplates *self, const char *template)
{
  const char *open = strchr (template, '{');
  const char *close = open != NULL ? strchr (open, '}') : NULL;
  g_autofree char *text = close != NULL ? without_braces (template) : g_strdup (template);

  gtk_editable_set_text (self->field, text);
  gtk_widget_grab_focus (GTK_WIDGET (self->field));
  if (close != NULL) {
    int start = (int) g_utf8_pointer_to_offset (template, open);

    gtk_editable_select_region (self->field, start,
                                start + (int) g_utf8_pointer_to_offset (open, close) - 1);
  } else {
    gtk_editable_set_position (self->field, -1);
  }
}

/* What is in the field, with what is selected in braces. */
static char *
template_of_field (TpoTemplates *self)
{
  const char *text = gtk_editable_get_text (self->field);
  int start, end;

  if (!gtk_editable_get_selection_bounds (self->field, &start, &end))
    return g_strstrip (g_strdup (text));
  {
    const char *first = g_utf8_offset_to_pointer (text, start);
    const char *last = g_utf8_offset_to_pointer (text, end);

    return g_strdup_printf ("%.*s{%.*s}%s", (int) (first - text), text, (int) (last - first),
                            first, last);
  }
}

/* ---- the user's own ------------------------------------------------------------------------------------ */

static void update (TpoTemplates *self);

static void
on_save_clicked (TpoTemplates *self)
{
  g_auto (GStrv) own = g_settings_get_strv (self->settings, KEY);
  g_autofree char *template = template_of_field (self);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  if (*template == '\0' || g_strv_contains ((const char *const *) own, template))
    return;
  g_strv_builder_addv (builder, (const char **) own);
  g_strv_builder_add (builder, template);
  all = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, KEY, (const char *const *) all);
}

static void
on_remove_clicked (TpoTemplates *self, GtkWidget *button)
{
  const char *removed = g_object_get_data (G_OBJECT (button), "template");
  g_auto (GStrv) own = g_settings_get_strv (self->settings, KEY);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) others = NULL;

  for (guint i = 0; own[i] != NULL; i++) {
    if (!g_str_equal (own[i], removed))
      g_strv_builder_add (builder, own[i]);
  }
  others = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, KEY, (const char *const *) others);
}

/* ---- list ------------------------------------------------------------------------------------------------- */

static void
on_row_activated (TpoTemplates *self, GtkListBoxRow *row)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  insert (self, g_object_get_data (G_OBJECT (row), "template"));
}

static GtkWidget *
create_row (TpoTemplates *self, const char *template, gboolean is_own)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *text = without_braces (template);
  GtkWidget *label = gtk_label_new (text);

  g_object_set_data_full (G_OBJECT (row), "template", g_strdup (template), g_free);
  g_object_set_data (G_OBJECT (row), "text", label);
  g_object_set_data (G_OBJECT (row), "is-own", GINT_TO_POINTER (is_own));
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (is_own) {
    GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");

    gtk_widget_set_tooltip_text (remove, _ ("Remove the Template"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Remove the Template"), -1);
    gtk_widget_add_css_class (remove, "flat");
    g_object_set_data_full (G_OBJECT (remove), "template", g_strdup (template), g_free);
    g_signal_connect_object (remove, "clicked", G_CALLBACK (on_remove_clicked), self,
                             G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (box), remove);
  }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  return row;
}

static void
update (TpoTemplates *self)
{
  g_auto (GStrv) own = g_settings_get_strv (self->settings, KEY);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  for (gsize i = 0; i < G_N_ELEMENTS (built_in); i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), create_row (self, _ (built_in[i]), FALSE));
  for (guint i = 0; own[i] != NULL; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), create_row (self, own[i], TRUE));
}

/* ---- object -------------------------------------------------------------------------------------------------- */

/* No wider than the window. */
static void
tpo_templates_show (GtkWidget *widget)
{
  TpoTemplates *self = TPO_TEMPLATES (widget);
  GtkWidget *row = gtk_widget_get_first_child (self->list);

  for (; row != NULL; row = gtk_widget_get_next_sibling (row))
    tpo_label_fit (g_object_get_data (G_OBJECT (row), "text"), GTK_WIDGET (self->field),
                   g_object_get_data (G_OBJECT (row), "is-own") != NULL ? AROUND_OWN_PX
                                                                        : AROUND_PX);
  tpo_label_fit (self->save_text, GTK_WIDGET (self->field), AROUND_PX);
  GTK_WIDGET_CLASS (tpo_templates_parent_class)->show (widget);
}

static void
tpo_templates_map (GtkWidget *widget)
{
  TpoTemplates *self = TPO_TEMPLATES (widget);

  gtk_widget_set_sensitive (self->save, *gtk_editable_get_text (self->field) != '\0');
  GTK_WIDGET_CLASS (tpo_templates_parent_class)->map (widget);
  /* The list would go on where it was last, perhaps at a row that is gone. */
  gtk_widget_grab_focus (gtk_widget_get_first_child (self->list));
}

static void
tpo_templates_dispose (GObject *object)
{
  g_clear_object (&TPO_TEMPLATES (object)->settings);
  G_OBJECT_CLASS (tpo_templates_parent_class)->dispose (object);
}

static void
tpo_templates_class_init (TpoTemplatesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tpo_templates_dispose;
  GTK_WIDGET_CLASS (klass)->show = tpo_templates_show;
  GTK_WIDGET_CLASS (klass)->map = tpo_templates_map;
}

static void
tpo_templates_init (TpoTemplates *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->list = gtk_list_box_new ();
  self->save = gtk_button_new ();
  self->save_text = gtk_label_new_with_mnemonic (_ ("_Save the Question as a Template"));
  gtk_label_set_justify (GTK_LABEL (self->save_text), GTK_JUSTIFY_CENTER);
  gtk_button_set_child (GTK_BUTTON (self->save), self->save_text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->save), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Save the Question as a Template"), -1);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Question Templates"), -1);
  gtk_box_append (GTK_BOX (box), self->list);
  gtk_box_append (GTK_BOX (box), self->save);
  gtk_popover_set_child (GTK_POPOVER (self), box);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_row_activated), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->save, "clicked", G_CALLBACK (on_save_clicked), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
tpo_templates_new (GtkEditable *field, GSettings *settings)
{
  TpoTemplates *self;

  g_return_val_if_fail (GTK_IS_EDITABLE (field) && G_IS_SETTINGS (settings), NULL);

  self = g_object_new (TPO_TYPE_TEMPLATES, NULL);
  self->field = field;
  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
