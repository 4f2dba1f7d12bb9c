#include "config.h"

#include "videos/tpo-video-selection.h"

#include "videos/tpo-video-item.h"

struct _TpoVideoSelection {
  GObject parent_instance;

  GListModel *model;
  GHashTable *ids;     /* gint64 of each selected video, listed now or not */
  GtkBitset *selected; /* where those are that are listed now; nullable: to be found */
};

static void list_model_init (GListModelInterface *iface);
static void selection_model_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TpoVideoSelection, tpo_video_selection, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                                   G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                          selection_model_init))

/* ---- list model ---------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return TPO_TYPE_VIDEO_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (TPO_VIDEO_SELECTION (model)->model);
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (TPO_VIDEO_SELECTION (model)->model, position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- selection ----------------------------------------------------------------------------------- */

static gint64
id_at (TpoVideoSelection *self, guint position)
{
  g_autoptr (TpoVideoItem) item = g_list_model_get_item (self->model, position);

  return item != NULL ? tpo_video_item_get_id (item) : 0;
}

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  TpoVideoSelection *self = TPO_VIDEO_SELECTION (model);
  gint64 id = id_at (self, position);

  return g_hash_table_contains (self->ids, &id);
}

static void
find_selected (TpoVideoSelection *self)
{
  guint n = g_hash_table_size (self->ids) > 0 ? g_list_model_get_n_items (self->model) : 0;

  self->selected = gtk_bitset_new_empty ();
  for (guint i = 0; i < n; i++)
    if (is_selected (GTK_SELECTION_MODEL (self), i))
      gtk_bitset_add (self->selected, i);
}

/* Nobody changes what is returned, which may hold positions around the range, too. */
static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint position, guint n_items)
{
  TpoVideoSelection *self = TPO_VIDEO_SELECTION (model);

  if (self->selected == NULL)
    find_selected (self);
  return gtk_bitset_ref (self->selected);
}

static void
select_one (TpoVideoSelection *self, guint position, gboolean is_wanted)
{
  gint64 id = id_at (self, position);

  if (is_wanted)
    g_hash_table_add (self->ids, g_memdup2 (&id, sizeof id));
  else
    g_hash_table_remove (self->ids, &id);
}

static void
tell_changed (TpoVideoSelection *self, GtkBitset *before)
{
  g_autoptr (GtkBitset) changed = gtk_bitset_copy (self->selected);
  guint first;

  gtk_bitset_difference (changed, before);
  first = gtk_bitset_get_minimum (changed);
  if (!gtk_bitset_is_empty (changed))
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), first,
                                           gtk_bitset_get_maximum (changed) - first + 1);
}

/* All other ways of selecting come down to this one. */
static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  TpoVideoSelection *self = TPO_VIDEO_SELECTION (model);
  guint n = g_list_model_get_n_items (self->model), position;
  g_autoptr (GtkBitset) before = get_selection_in_range (model, 0, n);
  GtkBitset *changed = mask;
  GtkBitsetIter iter;

  if (n == 0 || gtk_bitset_is_empty (mask))
    return TRUE;
  /* A new choice of everything: what is not listed now goes too, and only what is chosen is looked at. */
  if (gtk_bitset_get_size_in_range (mask, 0, n - 1) == n) {
    g_hash_table_remove_all (self->ids);
    changed = selected;
  }
  for (gboolean more = gtk_bitset_iter_init_first (&iter, changed, &position);
       more && position < n; more = gtk_bitset_iter_next (&iter, &position))
    select_one (self, position, gtk_bitset_contains (selected, position));
  g_clear_pointer (&self->selected, gtk_bitset_unref);
  find_selected (self);
  tell_changed (self, before);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->set_selection = set_selection;
}

static void
on_items_changed (TpoVideoSelection *self, guint position, guint n_removed, guint n_added)
{
  g_clear_pointer (&self->selected, gtk_bitset_unref);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

/* ---- object -------------------------------------------------------------------------------------- */

static void
tpo_video_selection_finalize (GObject *object)
{
  TpoVideoSelection *self = TPO_VIDEO_SELECTION (object);

  g_clear_object (&self->model);
  g_hash_table_unref (self->ids);
  g_clear_pointer (&self->selected, gtk_bitset_unref);
  G_OBJECT_CLASS (tpo_video_selection_parent_class)->finalize (object);
}

static void
tpo_video_selection_class_init (TpoVideoSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_video_selection_finalize;
}

static void
tpo_video_selection_init (TpoVideoSelection *self)
{
  self->ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

TpoVideoSelection *
tpo_video_selection_new (GListModel *model)
{
  TpoVideoSelection *self;

  g_return_val_if_fail (G_IS_LIST_MODEL (model), NULL);

  self = g_object_new (TPO_TYPE_VIDEO_SELECTION, NULL);
  self->model = g_object_ref (model);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}
