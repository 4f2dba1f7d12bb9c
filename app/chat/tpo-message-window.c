#include "config.h"

#include "chat/tpo-message-window.h"

static const guint FEW = 2; /* a question and its answer */

struct _TpoMessageWindow {
  GObject parent_instance;

  GListModel *source;
  guint first, n;  /* of the source's items */
  guint n_sources; /* how many it had when they were looked at last */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TpoMessageWindow, tpo_message_window, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* ---- list model ---------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return g_list_model_get_item_type (TPO_MESSAGE_WINDOW (model)->source);
}

static guint
get_n_items (GListModel *model)
{
  return TPO_MESSAGE_WINDOW (model)->n;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TpoMessageWindow *self = TPO_MESSAGE_WINDOW (model);

  return position < self->n ? g_list_model_get_item (self->source, self->first + position)
                            : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- following the source ------------------------------------------------------------------------ */

/* Other items altogether. */
static void
show_range (TpoMessageWindow *self, guint first, guint n)
{
  guint n_before = self->n;

  self->first = first;
  self->n = n;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, n);
}

/* From @position on the source has other items; those of the window before it stay. */
static void
replace_rest (TpoMessageWindow *self, guint position)
{
  guint n_gone = self->first + self->n - position;
  guint n_come = MIN (self->n_sources - position, FEW);

  self->n += n_come - n_gone;
  g_list_model_items_changed (G_LIST_MODEL (self), position - self->first, n_gone, n_come);
}

static void
on_items_changed (TpoMessageWindow *self, guint position, guint removed, guint added)
{
  guint end = self->first + self->n;
  gboolean was_at_end = end == self->n_sources;

  self->n_sources += added - removed;
  if (position + removed <= self->first && end > self->first && self->first > 0)
    self->first += added - removed;
  else if (position <= self->first || (position == end && was_at_end && added > FEW))
    show_range (self, self->n_sources - MIN (self->n_sources, FEW), MIN (self->n_sources, FEW));
  else if (position < end || was_at_end)
    replace_rest (self, position);
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_message_window_finalize (GObject *object)
{
  g_object_unref (TPO_MESSAGE_WINDOW (object)->source);
  G_OBJECT_CLASS (tpo_message_window_parent_class)->finalize (object);
}

static void
tpo_message_window_class_init (TpoMessageWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_message_window_finalize;
}

static void
tpo_message_window_init (TpoMessageWindow *self)
{
}

TpoMessageWindow *
tpo_message_window_new (GListModel *source)
{
  TpoMessageWindow *self;

  g_return_val_if_fail (G_IS_LIST_MODEL (source), NULL);

  self = g_object_new (TPO_TYPE_MESSAGE_WINDOW, NULL);
  self->source = g_object_ref (source);
  self->n_sources = g_list_model_get_n_items (source);
  self->n = MIN (self->n_sources, FEW);
  self->first = self->n_sources - self->n;
  g_signal_connect_object (source, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
tpo_message_window_show_end (TpoMessageWindow *self)
{
  g_return_if_fail (TPO_IS_MESSAGE_WINDOW (self));

  if (self->first + self->n < self->n_sources)
    show_range (self, self->n_sources - MIN (self->n_sources, FEW), MIN (self->n_sources, FEW));
}

guint
tpo_message_window_show (TpoMessageWindow *self, guint position)
{
  g_return_val_if_fail (TPO_IS_MESSAGE_WINDOW (self), 0);
  g_return_val_if_fail (position < self->n_sources, 0);

  if (position < self->first || position >= self->first + self->n) {
    guint first = position > 0 ? position - 1 : 0;

    show_range (self, first, MIN (self->n_sources - first, FEW));
  }
  return position - self->first;
}

gboolean
tpo_message_window_has_more (TpoMessageWindow *self, gboolean backward)
{
  g_return_val_if_fail (TPO_IS_MESSAGE_WINDOW (self), FALSE);

  return backward ? self->first > 0 : self->first + self->n < self->n_sources;
}

gboolean
tpo_message_window_grow (TpoMessageWindow *self, gboolean backward)
{
  g_return_val_if_fail (TPO_IS_MESSAGE_WINDOW (self), FALSE);

  if (!tpo_message_window_has_more (self, backward))
    return FALSE;
  self->n++;
  self->first -= backward ? 1 : 0;
  g_list_model_items_changed (G_LIST_MODEL (self), backward ? 0 : self->n - 1, 0, 1);
  return TRUE;
}

void
tpo_message_window_drop (TpoMessageWindow *self, gboolean backward)
{
  g_return_if_fail (TPO_IS_MESSAGE_WINDOW (self));

  if (self->n <= FEW)
    return;
  self->n--;
  self->first += backward ? 1 : 0;
  g_list_model_items_changed (G_LIST_MODEL (self), backward ? 0 : self->n, 1, 0);
}
