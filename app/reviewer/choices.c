#include "config.h"

#include "reviewer/choices.h"

static void
fill (GtkWidget *drop_down, const char *any, GPtrArray *texts)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  gtk_string_list_append (list, any);
  for (guint i = 0; i < texts->len; i++)
    gtk_string_list_append (list, g_ptr_array_index (texts, i));
  gtk_drop_down_set_model (GTK_DROP_DOWN (drop_down), G_LIST_MODEL (list));
}

static void
choose (GtkWidget *drop_down, const char *text)
{
  GListModel *list = gtk_drop_down_get_model (GTK_DROP_DOWN (drop_down));

  for (guint i = 1; text != NULL && i < g_list_model_get_n_items (list); i++)
    if (g_strcmp0 (gtk_string_list_get_string (GTK_STRING_LIST (list), i), text) == 0)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), i);
}

void
tpo_choices_refill (GtkWidget *drop_down, const char *any, GPtrArray *texts)
{
  g_autofree char *text = NULL;

  g_return_if_fail (GTK_IS_DROP_DOWN (drop_down) && any != NULL && texts != NULL);

  text = g_strdup (tpo_choices_get (drop_down));
  fill (drop_down, any, texts);
  choose (drop_down, text);
}

const char *
tpo_choices_get (GtkWidget *drop_down)
{
  guint position;
  GListModel *list;

  g_return_val_if_fail (GTK_IS_DROP_DOWN (drop_down), NULL);

  position = gtk_drop_down_get_selected (GTK_DROP_DOWN (drop_down));
  list = gtk_drop_down_get_model (GTK_DROP_DOWN (drop_down));
  return list != NULL && position != GTK_INVALID_LIST_POSITION && position > 0
             ? gtk_string_list_get_string (GTK_STRING_LIST (list), position)
             : NULL;
}
