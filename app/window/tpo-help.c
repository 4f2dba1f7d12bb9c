#include "config.h"

#include "window/tpo-help.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

void
tpo_help_show (GtkWindow *parent)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource (TPO_RESOURCES "/window/tpo-help.ui");
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (gtk_builder_get_object (builder, "page"));

  tpo_compat_show_preferences (parent, _ ("Help"), &page, 1);
}
