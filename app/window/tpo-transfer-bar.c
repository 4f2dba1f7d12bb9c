#include "config.h"

#include "window/tpo-transfer-bar.h"

static const guint INTERVAL_MS = 100; /* from one look at the number to the next */
static const int WHOLE = 1000;

struct _TpoTransferBar {
  AdwBin parent_instance;

  GtkWidget *revealer, *text, *progress;
  int done;      /* of WHOLE, atomic: written by the thread that works; 0: not known */
  guint tick_id; /* while it is unfolded */
};

G_DEFINE_FINAL_TYPE (TpoTransferBar, tpo_transfer_bar, ADW_TYPE_BIN)

static gboolean
on_tick (gpointer user_data)
{
  TpoTransferBar *self = user_data;
  int done = g_atomic_int_get (&self->done);

  if (done > 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), (double) done / WHOLE);
  else
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->progress));
  return G_SOURCE_CONTINUE;
}

static void
tpo_transfer_bar_dispose (GObject *object)
{
  TpoTransferBar *self = TPO_TRANSFER_BAR (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  G_OBJECT_CLASS (tpo_transfer_bar_parent_class)->dispose (object);
}

static void
tpo_transfer_bar_class_init (TpoTransferBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_transfer_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               TPO_RESOURCES "/window/tpo-transfer-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoTransferBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferBar, text);
  gtk_widget_class_bind_template_child (widget_class, TpoTransferBar, progress);
}

static void
tpo_transfer_bar_init (TpoTransferBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
tpo_transfer_bar_start (TpoTransferBar *self, const char *text)
{
  g_return_if_fail (TPO_IS_TRANSFER_BAR (self));

  g_atomic_int_set (&self->done, 0);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), 0.0);
  gtk_label_set_text (GTK_LABEL (self->text), text);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), TRUE);
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add (INTERVAL_MS, on_tick, self);
}

void
tpo_transfer_bar_stop (TpoTransferBar *self)
{
  g_return_if_fail (TPO_IS_TRANSFER_BAR (self));

  g_clear_handle_id (&self->tick_id, g_source_remove);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), FALSE);
}

void
tpo_transfer_bar_progress (double done, const char *step, gpointer self)
{
  g_atomic_int_set (&((TpoTransferBar *) self)->done, (int) (CLAMP (done, 0.0, 1.0) * WHOLE));
}
