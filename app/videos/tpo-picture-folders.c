#include "config.h"

#include "videos/tpo-picture-folders.h"

#include <glib/gi18n.h>

#include "widgets/tpo-title.h"

/* A longer list helps nobody. */
static const guint MAX_ROWS = 50;

/* The choices, in the order of the dialog. */
enum {
  FRAMES,
  PHOTOGRAPHS
};

struct _TpoPictureFolders {
  AdwWindow parent_instance;

  GPtrArray *sequences;
  GtkWidget *kind, *rate_row, *rate, *folders;
};

G_DEFINE_FINAL_TYPE (TpoPictureFolders, tpo_picture_folders, ADW_TYPE_WINDOW)

enum {
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
are_frames (TpoPictureFolders *self)
{
  return adw_combo_row_get_selected (ADW_COMBO_ROW (self->kind)) == FRAMES;
}

static void
on_kind (TpoPictureFolders *self)
{
  gtk_widget_set_sensitive (self->rate_row, are_frames (self));
}

static void
on_add (TpoPictureFolders *self)
{
  double rate =
      are_frames (self) ? gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->rate)) : 0;

  g_signal_emit (self, signals[CHOSEN], 0, rate);
  gtk_window_close (GTK_WINDOW (self));
}

static char *
dup_about (const TpoPictureSequence *sequence)
{
  guint n = sequence->files->len;
  g_autofree char *pictures = g_strdup_printf (ngettext ("%u picture", "%u pictures", n), n);

  if (sequence->rate <= 0)
    return g_steal_pointer (&pictures);
  /* Translators: “82 pictures, 25 a second” */
  return g_strdup_printf (_ ("%s, %g a second"), pictures, sequence->rate);
}

static void
add_row (TpoPictureFolders *self, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->folders), row);
}

static void
show_folders (TpoPictureFolders *self)
{
  guint n = self->sequences->len, n_more = n > MAX_ROWS ? n - MAX_ROWS : 0;

  for (guint i = 0; i < n - n_more; i++) {
    const TpoPictureSequence *sequence = self->sequences->pdata[i];
    g_autofree char *about = dup_about (sequence);

    add_row (self, sequence->name, about);
  }
  if (n_more > 0) {
    g_autofree char *text =
        g_strdup_printf (ngettext ("%u More Folder", "%u More Folders", n_more), n_more);

    add_row (self, text, NULL);
  }
}

static void
tpo_picture_folders_finalize (GObject *object)
{
  g_clear_pointer (&TPO_PICTURE_FOLDERS (object)->sequences, g_ptr_array_unref);
  G_OBJECT_CLASS (tpo_picture_folders_parent_class)->finalize (object);
}

static void
tpo_picture_folders_class_init (TpoPictureFoldersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tpo_picture_folders_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", TPO_TYPE_PICTURE_FOLDERS, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  g_type_ensure (TPO_TYPE_TITLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/videos/tpo-picture-folders.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoPictureFolders, kind);
  gtk_widget_class_bind_template_child (widget_class, TpoPictureFolders, rate_row);
  gtk_widget_class_bind_template_child (widget_class, TpoPictureFolders, rate);
  gtk_widget_class_bind_template_child (widget_class, TpoPictureFolders, folders);
  gtk_widget_class_bind_template_callback (widget_class, on_kind);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
}

static void
tpo_picture_folders_init (TpoPictureFolders *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
tpo_picture_folders_new (GtkWindow *parent, GPtrArray *sequences, const char *about)
{
  TpoPictureFolders *self;
  g_autofree char *about_markup = NULL;

  g_return_val_if_fail (sequences != NULL && about != NULL, NULL);

  self = g_object_new (TPO_TYPE_PICTURE_FOLDERS, "transient-for", parent, NULL);
  self->sequences = g_ptr_array_ref (sequences);
  about_markup = g_markup_escape_text (about, -1);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->folders), about_markup);
  show_folders (self);
  return GTK_WINDOW (self);
}

GPtrArray *
tpo_picture_folders_get_sequences (TpoPictureFolders *self)
{
  g_return_val_if_fail (TPO_IS_PICTURE_FOLDERS (self), NULL);

  return self->sequences;
}
