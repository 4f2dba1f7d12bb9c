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
typedef struct {
  GtkCssProvider *provider;
  GString *style;
  GHashTable *known; /* colours */
} Classes;

static void
classes_free (gpointer data)
{
  Classes *self = data;

  g_object_unref (self->provider);
  g_string_free (self->style, TRUE);
  g_hash_table_unref (self->known);
  g_free (self);
}

static Classes *
get_classes (GdkDisplay *display)
{
  static const char key[] = "tpo-palette";
  Classes *self = g_object_get_data (G_OBJECT (display), key);

  if (self != NULL)
    return self;
  self = g_new0 (Classes, 1);
  self->provider = gtk_css_provider_new ();
  self->style = g_string_new (NULL);
  self->known = g_hash_table_new (NULL, NULL);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (self->provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
  g_object_set_data_full (G_OBJECT (display), key, self, classes_free);
  return self;
}

void
tpo_palette_prepare (GdkDisplay *display, const guint32 *rgbs, guint n)
{
  Classes *classes;
  gsize length;

  g_return_if_fail (GDK_IS_DISPLAY (display));

  classes = get_classes (display);
  length = classes->style->len;
  for (guint i = 0; i < n; i++)
    if (g_hash_table_add (classes->known, GUINT_TO_POINTER (rgbs[i])))
      g_string_append_printf (classes->style, ".label-color-%06x { color: #%06x; }\n", rgbs[i],
                              rgbs[i]);
  if (classes->style->len > length)
    gtk_css_provider_load_from_data (classes->provider, classes->style->str, -1);
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
  tpo_palette_prepare (gtk_widget_get_display (widget), &rgb, 1);
  gtk_widget_add_css_class (widget, name);
  g_object_set_data_full (G_OBJECT (widget), "label-color", g_steal_pointer (&name), g_free);
}
