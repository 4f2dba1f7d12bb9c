#include "chat/tpo-message-window.h"

/* A stretch of a long list that grows, and follows what happens to the list. */

enum {
  N_ITEMS = 300,
};

static void
append (GListStore *store, guint n)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, g_object_new (G_TYPE_OBJECT, NULL));
  g_list_store_splice (store, g_list_model_get_n_items (G_LIST_MODEL (store)), 0, items->pdata,
                       n);
}

static GListStore *
store_new (guint n)
{
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);

  append (store, n);
  return store;
}

/* A second list that is kept up with the signals alone, as a list view is. */
static void
on_items_changed (GListModel *model, guint position, guint removed, guint added,
                  GPtrArray *copy)
{
  if (removed > 0)
    g_ptr_array_remove_range (copy, position, removed);
  for (guint i = position; i < position + added; i++)
    g_ptr_array_insert (copy, (int) i, g_list_model_get_item (model, i));
}

/* The window has the items of the source from @first on, and whoever listens knows. */
static void
check (TpoMessageWindow *window, GListStore *store, GPtrArray *copy, guint first, guint n)
{
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (window)), ==, n);
  g_assert_cmpuint (copy->len, ==, n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (window), i);
    g_autoptr (GObject) wanted = g_list_model_get_item (G_LIST_MODEL (store), first + i);

    g_assert_true (item == wanted);
    g_assert_true (g_ptr_array_index (copy, i) == item);
  }
}

static TpoMessageWindow *
window_new (GListStore *store, GPtrArray **copy)
{
  TpoMessageWindow *window = tpo_message_window_new (G_LIST_MODEL (store));

  *copy = g_ptr_array_new_with_free_func (g_object_unref);
  on_items_changed (G_LIST_MODEL (window), 0, 0,
                    g_list_model_get_n_items (G_LIST_MODEL (window)), *copy);
  g_signal_connect (window, "items-changed", G_CALLBACK (on_items_changed), *copy);
  return window;
}

static void
test_grow (void)
{
  g_autoptr (GListStore) store = store_new (N_ITEMS);
  g_autoptr (GPtrArray) copy = NULL;
  g_autoptr (TpoMessageWindow) window = window_new (store, &copy);

  check (window, store, copy, N_ITEMS - 2, 2);
  g_assert_false (tpo_message_window_grow (window, FALSE));
  for (guint i = 0; i < 10; i++)
    g_assert_true (tpo_message_window_grow (window, TRUE));
  check (window, store, copy, N_ITEMS - 12, 12);
  while (tpo_message_window_grow (window, TRUE))
    ;
  check (window, store, copy, 0, N_ITEMS);
  g_assert_false (tpo_message_window_has_more (window, TRUE));
}

static void
test_drop (void)
{
  g_autoptr (GListStore) store = store_new (N_ITEMS);
  g_autoptr (GPtrArray) copy = NULL;
  g_autoptr (TpoMessageWindow) window = window_new (store, &copy);

  for (guint i = 0; i < 3; i++)
    g_assert_true (tpo_message_window_grow (window, TRUE));
  tpo_message_window_drop (window, TRUE);
  check (window, store, copy, N_ITEMS - 4, 4);
  tpo_message_window_drop (window, FALSE);
  check (window, store, copy, N_ITEMS - 4, 3);
  g_assert_true (tpo_message_window_has_more (window, FALSE));
  /* A question and its answer stay. */
  for (guint i = 0; i < 3; i++)
    tpo_message_window_drop (window, TRUE);
  check (window, store, copy, N_ITEMS - 3, 2);
}

static void
test_show (void)
{
  g_autoptr (GListStore) store = store_new (N_ITEMS);
  g_autoptr (GPtrArray) copy = NULL;
  g_autoptr (TpoMessageWindow) window = window_new (store, &copy);

  g_assert_cmpuint (tpo_message_window_show (window, N_ITEMS - 1), ==, 1);
  g_assert_cmpuint (tpo_message_window_show (window, 100), ==, 1);
  check (window, store, copy, 99, 2);
  g_assert_cmpuint (tpo_message_window_show (window, 0), ==, 0);
  check (window, store, copy, 0, 2);
  tpo_message_window_show_end (window);
  check (window, store, copy, N_ITEMS - 2, 2);
}

static void
test_follow (void)
{
  g_autoptr (GListStore) store = store_new (0);
  g_autoptr (GPtrArray) copy = NULL;
  g_autoptr (TpoMessageWindow) window = window_new (store, &copy);

  append (store, 2);
  check (window, store, copy, 0, 2);
  append (store, 50);
  check (window, store, copy, 50, 2);
  append (store, 2);
  check (window, store, copy, 50, 4);
  /* Behind the window while it does not show the end, before it, and in it. */
  tpo_message_window_show (window, 20);
  append (store, 2);
  check (window, store, copy, 19, 2);
  g_list_store_remove (store, 4);
  check (window, store, copy, 18, 2);
  g_list_store_splice (store, 20, 35, NULL, 0);
  check (window, store, copy, 18, 2);
  for (guint i = 0; i < 50; i++)
    append (store, 2);
  check (window, store, copy, 18, 102);
  g_list_store_remove_all (store);
  check (window, store, copy, 0, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message-window/grow", test_grow);
  g_test_add_func ("/message-window/drop", test_drop);
  g_test_add_func ("/message-window/show", test_show);
  g_test_add_func ("/message-window/follow", test_follow);
  return g_test_run ();
}
