#include "config.h"

#include "widgets/char-width.h"

static const int LEAST_CHARS = 8; /* of a label */

/* The window's width as it will be shared out next, without its shadow. */
static int
get_room (GtkWidget *widget)
{
  GtkNative *native = GTK_NATIVE (gtk_widget_get_root (widget));
  double x, y;

  gtk_native_get_surface_transform (native, &x, &y);
  return gdk_surface_get_width (gtk_native_get_surface (native)) - (int) (2.0 * x);
}

int
tpo_char_width (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int width = MAX (pango_font_metrics_get_approximate_char_width (metrics),
                   pango_font_metrics_get_approximate_digit_width (metrics));

  pango_font_metrics_unref (metrics);
  return PANGO_PIXELS_CEIL (width);
}

int
tpo_room_chars (GtkWidget *beside, int taken_px)
{
  return (get_room (beside) - taken_px) / tpo_char_width (beside);
}

void
tpo_label_fit (GtkWidget *label, GtkWidget *beside, int taken_px)
{
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label),
                                 MAX (LEAST_CHARS, tpo_room_chars (beside, taken_px)));
}
