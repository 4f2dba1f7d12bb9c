#include "config.h"

#include "labels/tpo-swatch.h"

#include "labels/palette.h"

GtkWidget *
tpo_swatch_new (guint32 rgb)
{
  GtkWidget *dot = gtk_image_new_from_icon_name ("media-record-symbolic");

  gtk_accessible_update_state (GTK_ACCESSIBLE (dot), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  tpo_palette_apply (dot, rgb);
  return dot;
}
