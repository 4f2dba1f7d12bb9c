#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"
#include "widgets/tpo-title.h"

#if ADW_CHECK_VERSION(1, 8, 0)

void
tpo_compat_show_shortcuts (GtkWindow *parent, const TpoShortcut *shortcuts, guint n_shortcuts)
{
  AdwDialog *dialog = adw_shortcuts_dialog_new ();
  AdwShortcutsSection *section = NULL;
  const char *group = NULL;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  for (guint i = 0; i < n_shortcuts; i++) {
    if (section == NULL || g_strcmp0 (group, shortcuts[i].group) != 0) {
      group = shortcuts[i].group;
      section = adw_shortcuts_section_new (group);
      adw_shortcuts_dialog_add (ADW_SHORTCUTS_DIALOG (dialog), section);
    }
    adw_shortcuts_section_add (
        section, adw_shortcuts_item_new (shortcuts[i].title, shortcuts[i].accelerators));
  }
  adw_dialog_present (dialog, GTK_WIDGET (parent));
}

#else

static GtkWidget *
shortcut_row_new (const TpoShortcut *shortcut)
{
  GtkWidget *row = adw_action_row_new ();
  g_auto (GStrv) keys = tpo_compat_spell_keys (shortcut->accelerators);
  g_autofree char *spoken = g_strjoinv (_ (", "), keys);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), shortcut->title);
  for (guint i = 0; keys[i] != NULL; i++) {
    GtkWidget *label = gtk_label_new (keys[i]);

    gtk_widget_add_css_class (label, "keycap");
    gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  }
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  spoken, -1);
  return row;
}

/* The window's parts that its search looks through. */
typedef struct {
  GtkWidget *stack;
  GPtrArray *groups;    /* GtkWidget, borrowed */
  GPtrArray *rows;      /* GtkWidget, borrowed */
  GPtrArray *row_words; /* char: what is searched in each of @rows */
} ShortcutList;

static void
shortcut_list_free (gpointer data)
{
  ShortcutList *self = data;

  g_ptr_array_unref (self->groups);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->row_words);
  g_free (self);
}

static void
on_search_changed (GtkSearchEntry *entry, ShortcutList *list)
{
  g_autofree char *wanted = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (entry)), -1);
  gboolean is_any = FALSE;

  for (guint i = 0; i < list->groups->len; i++)
    gtk_widget_set_visible (g_ptr_array_index (list->groups, i), FALSE);
  for (guint i = 0; i < list->rows->len; i++) {
    GtkWidget *row = g_ptr_array_index (list->rows, i);
    gboolean is_found = strstr (g_ptr_array_index (list->row_words, i), wanted) != NULL;

    gtk_widget_set_visible (row, is_found);
    if (is_found)
      gtk_widget_set_visible (gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP), TRUE);
    is_any = is_any || is_found;
  }
  gtk_stack_set_visible_child_name (GTK_STACK (list->stack), is_any ? "list" : "none");
}

/* Escape takes the search back, and then closes the window. */
static void
on_search_stopped (GtkEditable *entry)
{
  if (*gtk_editable_get_text (entry) != '\0')
    gtk_editable_set_text (entry, "");
  else
    gtk_window_close (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (entry))));
}

static GtkWidget *
shortcut_search_new (ShortcutList *list)
{
  GtkWidget *entry = gtk_search_entry_new (), *clamp = adw_clamp_new ();

  g_object_set (entry, "placeholder-text", _ ("Search Shortcuts"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search Shortcuts"), -1);
  g_signal_connect (entry, "search-changed", G_CALLBACK (on_search_changed), list);
  g_signal_connect (entry, "stop-search", G_CALLBACK (on_search_stopped), NULL);
  adw_clamp_set_child (ADW_CLAMP (clamp), entry);
  gtk_widget_set_margin_start (clamp, 12);
  gtk_widget_set_margin_end (clamp, 12);
  gtk_widget_set_margin_top (clamp, 6);
  gtk_widget_set_margin_bottom (clamp, 6);
  return clamp;
}

static GtkWidget *
shortcut_page_new (ShortcutList *list, const TpoShortcut *shortcuts, guint n_shortcuts)
{
  GtkWidget *page = adw_preferences_page_new (), *group = NULL;
  const char *title = NULL;

  for (guint i = 0; i < n_shortcuts; i++) {
    GtkWidget *row = shortcut_row_new (&shortcuts[i]);
    g_auto (GStrv) keys = tpo_compat_spell_keys (shortcuts[i].accelerators);
    g_autofree char *spoken = g_strjoinv (" ", keys);
    g_autofree char *words =
        g_strjoin (" ", shortcuts[i].group, shortcuts[i].title, spoken, NULL);

    if (group == NULL || g_strcmp0 (title, shortcuts[i].group) != 0) {
      title = shortcuts[i].group;
      group = adw_preferences_group_new ();
      adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
      adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
      g_ptr_array_add (list->groups, group);
    }
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
    g_ptr_array_add (list->rows, row);
    g_ptr_array_add (list->row_words, g_utf8_casefold (words, -1));
  }
  return page;
}

/*
 * A list, as the dialog above: GtkShortcutsWindow has pages, which are wider than a small window.
 * The search of AdwPreferencesWindow would list what it finds without the keys.
 */
void
tpo_compat_show_shortcuts (GtkWindow *parent, const TpoShortcut *shortcuts, guint n_shortcuts)
{
  GtkWidget *window, *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new (), *none = adw_status_page_new (), *search;
  ShortcutList *list;

  g_return_if_fail (GTK_IS_WINDOW (parent));

  list = g_new (ShortcutList, 1);
  *list = (ShortcutList){ gtk_stack_new (), g_ptr_array_new (), g_ptr_array_new (),
                          g_ptr_array_new_with_free_func (g_free) };
  window = g_object_new (ADW_TYPE_WINDOW, "title", _ ("Keyboard Shortcuts"), "modal", TRUE,
                         "transient-for", parent, "default-width", 640, "default-height", 576,
                         "destroy-with-parent", TRUE, NULL);
  g_object_set_data_full (G_OBJECT (window), "shortcuts", list, shortcut_list_free);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (none), "edit-find-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _ ("No Shortcuts Found"));
  gtk_stack_add_named (GTK_STACK (list->stack),
                       shortcut_page_new (list, shortcuts, n_shortcuts), "list");
  gtk_stack_add_named (GTK_STACK (list->stack), none, "none");
  search = shortcut_search_new (list);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header),
                                   g_object_new (TPO_TYPE_TITLE, NULL));
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), search);
  gtk_box_append (GTK_BOX (box), list->stack);
  adw_window_set_content (ADW_WINDOW (window), box);
  tpo_compat_name_buttons (window);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (adw_clamp_get_child (ADW_CLAMP (search)));
}

#endif
