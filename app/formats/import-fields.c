#include <glib/gi18n.h>
#include <string.h>

#include "formats/import-private.h"

/* Fields of foreign files that this program does not know. */

void
tpo_import_set_fields (TpoImport *self, TpoImportItem *item, const GString *fields)
{
  g_assert (self->format->dialect != NULL);

  if (item->fields == NULL)
    item->fields = g_strdup (fields->str);
  else if (!g_str_equal (item->fields, fields->str))
    tpo_import_lose (self, N_ ("frames"), 1,
                     N_ ("with other fields than the first one of the same object"));
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  const char *const *left = a, *const *right = b;

  return strcmp (*left, *right);
}

/* "coco_url, license, …" */
static char *
list_names (GHashTable *unknown)
{
  static const guint most = 8;
  g_autofree char **names = (char **) g_hash_table_get_keys_as_array (unknown, NULL);
  guint n_names = g_hash_table_size (unknown);
  GString *list = g_string_new (NULL);

  qsort (names, n_names, sizeof *names, compare_names);
  for (guint i = 0; i < MIN (n_names, most); i++) {
    g_autofree char *name =
        g_utf8_substring (names[i], 0, MIN (g_utf8_strlen (names[i], -1), 40));

    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", name);
  }
  if (n_names > most)
    g_string_append (list, ", …");
  return g_string_free (list, FALSE);
}

void
tpo_import_lose_fields (TpoImport *self)
{
  g_autofree char *names = list_names (self->unknown);
  /* Translators: names of fields, such as “coco_url, license” */
  g_autofree char *why = g_strdup_printf (_ ("without a place here (%s)"), names);
  GHashTableIter iter;
  gpointer count;
  gint64 n_lost = 0;

  g_hash_table_iter_init (&iter, self->unknown);
  while (g_hash_table_iter_next (&iter, NULL, &count))
    n_lost += (gint64) GPOINTER_TO_SIZE (count);
  tpo_import_lose (self, N_ ("fields"), n_lost, why);
}
