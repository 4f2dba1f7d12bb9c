#include "config.h"

#include "compat/tpo-compat.h"

/*
 * Without a graphics device GTK goes through all that a window shows whenever it draws any of it anew, and
 * turns every texture into an image of cairo's each time, on GTK 4.8 in floating point: milliseconds for the
 * picture of a video, though only a button had to be drawn. There the pixels are drawn as an image from the
 * start, of which cairo touches but what has to be drawn.
 */

/* What a texture was made of, kept with it. */
typedef struct {
  GBytes *pixels;
  gsize stride;
  GskRenderNode
      *node; /* nullable: as it was drawn last; another one would be another picture for GTK */
} Image;

static void
image_free (gpointer data)
{
  Image *self = data;

  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_bytes_unref (self->pixels);
  g_free (self);
}

static GQuark
image_quark (void)
{
  return g_quark_from_static_string ("tpo-compat-image");
}

GdkTexture *
tpo_compat_texture_new (guint width, guint height, GBytes *pixels, gsize stride)
{
  GdkTexture *texture;
  Image *image;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  g_return_val_if_fail (stride >= (gsize) width * 4 && stride % 4 == 0, NULL);
  g_return_val_if_fail (g_bytes_get_size (pixels) >= (height - 1) * stride + width * 4, NULL);

  texture = gdk_memory_texture_new ((int) width, (int) height,
                                    GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, pixels, stride);
  image = g_new0 (Image, 1);
  image->pixels = g_bytes_ref (pixels);
  image->stride = stride;
  g_object_set_qdata_full (G_OBJECT (texture), image_quark (), image, image_free);
  return texture;
}

static void
unref_pixels (gpointer pixels)
{
  g_bytes_unref (pixels);
}

static cairo_surface_t *
surface_new (Image *self, GdkTexture *texture)
{
  static const cairo_user_data_key_t pixels_key;
  cairo_surface_t *surface = cairo_image_surface_create_for_data (
      (guchar *) g_bytes_get_data (self->pixels, NULL), CAIRO_FORMAT_ARGB32,
      gdk_texture_get_width (texture), gdk_texture_get_height (texture), (int) self->stride);

  cairo_surface_set_user_data (surface, &pixels_key, g_bytes_ref (self->pixels), unref_pixels);
  return surface;
}

static GskRenderNode *
node_new (Image *self, GdkTexture *texture, const graphene_rect_t *bounds, gboolean is_crisp)
{
  static const cairo_user_data_key_t image_key;
  GskRenderNode *node = gsk_cairo_node_new (bounds);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);
  cairo_surface_t *surface = surface_new (self, texture);

  cairo_translate (cr, bounds->origin.x, bounds->origin.y);
  cairo_scale (cr, bounds->size.width / (float) gdk_texture_get_width (texture),
               bounds->size.height / (float) gdk_texture_get_height (texture));
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter (cairo_get_source (cr),
                            is_crisp ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  cairo_rectangle (cr, 0, 0, gdk_texture_get_width (texture), gdk_texture_get_height (texture));
  cairo_fill (cr);
  /* Where an image ends before what was drawn with it, cairo copies it. */
  cairo_surface_set_user_data (cairo_get_target (cr), &image_key, surface,
                               (cairo_destroy_func_t) cairo_surface_destroy);
  cairo_destroy (cr);
  return node;
}

static void
append_image (Image *self, GtkSnapshot *snapshot, GdkTexture *texture,
              const graphene_rect_t *bounds, gboolean is_crisp)
{
  graphene_rect_t before;

  if (self->node != NULL) {
    gsk_render_node_get_bounds (self->node, &before);
    if (!graphene_rect_equal (&before, bounds))
      g_clear_pointer (&self->node, gsk_render_node_unref);
  }
  if (self->node == NULL)
    self->node = node_new (self, texture, bounds, is_crisp);
  gtk_snapshot_append_node (snapshot, self->node);
}

static gboolean
is_drawn_by_cairo (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);

  return native != NULL && GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (native));
}

void
tpo_compat_append_texture (GtkWidget *widget, GtkSnapshot *snapshot, GdkTexture *texture,
                           const graphene_rect_t *bounds, gboolean is_crisp)
{
  Image *image;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GDK_IS_TEXTURE (texture));

  image = g_object_get_qdata (G_OBJECT (texture), image_quark ());
  if (image != NULL && is_drawn_by_cairo (widget)) {
    append_image (image, snapshot, texture, bounds, is_crisp);
    return;
  }
#if GTK_CHECK_VERSION(4, 10, 0)
  if (is_crisp) {
    gtk_snapshot_append_scaled_texture (snapshot, texture, GSK_SCALING_FILTER_NEAREST, bounds);
    return;
  }
#endif
  gtk_snapshot_append_texture (snapshot, texture, bounds);
}
