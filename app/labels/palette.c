#include "config.h"

#include "labels/palette.h"

void
tpo_palette_rgba (guint32 rgb, GdkRGBA *color)
{
  color->red = (float) (rgb >> 16 & 0xff) / 255.0f;
  color->green = (float) (rgb >> 8 & 0xff) / 255.0f;
  color->blue = (float) (rgb & 0xff) / 255.0f;
  color->alpha = 1.0f;
}

void
tpo_palette_ink (const GdkRGBA *color, GdkRGBA *ink)
{
  float light = 0.299f * color->red + 0.587f * color->green + 0.114f * color->blue;
  float level = light > 0.5f ? 0.0f : 1.0f;

  *ink = (GdkRGBA){ level, level, level, 1.0f };
}

/* A style class for each colour in use, known to the display from its first use on. */
static void
add_class (GdkDisplay *display, const char *name, guint32 rgb)
{
  g_autoptr (GtkCssProvider) provider = NULL;
  g_autofree char *style = NULL;

  if (g_object_get_data (G_OBJECT (display), name) != NULL)
    return;
  provider = gtk_css_provider_new ();
  style = g_strdup_printf (".%s { color: #%06x; }", name, rgb);
  gtk_css_provider_load_from_data (provider, style, -1);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
  g_object_set_data (G_OBJECT (display), name, provider); /* the display keeps it */
}

void
tpo_palette_apply (GtkWidget *widget, guint32 rgb)
{
  g_autofree char *name = g_strdup_printf ("label-color-%06x", rgb);
  const char *before = g_object_get_data (G_OBJECT (widget), "label-color");

  if (g_strcmp0 (before, name) == 0)
    return;
  if (before != NULL)
    gtk_widget_remove_css_class (widget, before);
  add_class (gtk_widget_get_display (widget), name, rgb);
  gtk_widget_add_css_class (widget, name);
  g_object_set_data_full (G_OBJECT (widget), "label-color", g_steal_pointer (&name), g_free);
}
