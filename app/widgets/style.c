#include "config.h"

#include "widgets/style.h"

#include <adwaita.h>

void
tpo_style_add (const char *path)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, path);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
follow_contrast (AdwStyleManager *manager, GParamSpec *pspec, GtkStyleProvider *provider)
{
  GdkDisplay *display = adw_style_manager_get_display (manager);

  if (adw_style_manager_get_high_contrast (manager))
    gtk_style_context_add_provider_for_display (display, provider,
                                                GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
  else
    gtk_style_context_remove_provider_for_display (display, provider);
}

void
tpo_style_add_high_contrast (const char *path)
{
  AdwStyleManager *manager = adw_style_manager_get_for_display (gdk_display_get_default ());
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, path);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (follow_contrast),
                           provider, 0);
  follow_contrast (manager, NULL, GTK_STYLE_PROVIDER (provider));
  /* Lives as long as the program, as the other sheets do. */
  g_object_set_data_full (G_OBJECT (manager), path, g_steal_pointer (&provider),
                          g_object_unref);
}
