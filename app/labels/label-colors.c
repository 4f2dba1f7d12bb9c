#include "config.h"

#include "labels/label-colors.h"

#include "document/tpo-annotation.h"
#include "labels/palette.h"

/* A project may have thousands; each makes all styles a little dearer. */
static const guint MAX_PREPARED = 200;

static void
on_labels_changed (GdkDisplay *display, guint position, guint removed, guint added,
                   GListModel *labels)
{
  g_autoptr (GArray) colors = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = position; i < position + added && i < MAX_PREPARED; i++) {
    g_autoptr (TpoLabel) label = g_list_model_get_item (labels, i);
    guint32 rgb = tpo_label_get_color (label);

    g_array_append_val (colors, rgb);
  }
  tpo_palette_prepare (display, (const guint32 *) (gpointer) colors->data, colors->len);
}

void
tpo_label_colors_follow (TpoDocument *document, GdkDisplay *display)
{
  GListModel *labels;
  const guint32 *own;
  guint n;

  g_return_if_fail (TPO_IS_DOCUMENT (document) && GDK_IS_DISPLAY (display));

  own = tpo_annotation_list_colors (&n);
  tpo_palette_prepare (display, own, n);
  labels = tpo_document_get_labels (document);
  g_signal_connect_object (labels, "items-changed", G_CALLBACK (on_labels_changed), display,
                           G_CONNECT_SWAPPED);
  on_labels_changed (display, 0, 0, g_list_model_get_n_items (labels), labels);
}
