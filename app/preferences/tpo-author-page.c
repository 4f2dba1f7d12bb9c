#include "config.h"

#include "preferences/tpo-author-page.h"

struct _TpoAuthorPage {
  AdwPreferencesPage parent_instance;

  GtkWidget *name;
};

G_DEFINE_FINAL_TYPE (TpoAuthorPage, tpo_author_page, ADW_TYPE_PREFERENCES_PAGE)

static void
tpo_author_page_class_init (TpoAuthorPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/preferences/tpo-author-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoAuthorPage, name);
}

static void
tpo_author_page_init (TpoAuthorPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tpo_author_page_new (GSettings *settings)
{
  TpoAuthorPage *self = g_object_new (TPO_TYPE_AUTHOR_PAGE, NULL);

  g_settings_bind (settings, "author", self->name, "text", G_SETTINGS_BIND_DEFAULT);
  return GTK_WIDGET (self);
}
