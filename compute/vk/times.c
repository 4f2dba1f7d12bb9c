#include "config.h"

#include "vk/device-private.h"

/* Device time by what was run, for measurements of whole models. */

gboolean
tpo_vk_is_timed (TpoDevice *self)
{
  return self->is_timed;
}

void
tpo_device_set_timing (TpoDevice *self, gboolean enable)
{
  self->is_timed = enable;
}

void
tpo_vk_add_time (TpoDevice *self, const char *what, double us, double flops)
{
  TpoDeviceTime *time;

  if (self->times == NULL)
    self->times = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  time = g_hash_table_lookup (self->times, what);
  if (time == NULL) {
    char *name = g_strdup (what);

    time = g_new0 (TpoDeviceTime, 1);
    time->what = name;
    g_hash_table_insert (self->times, name, time);
  }
  time->us += us;
  time->flops += flops;
  time->n_nodes++;
}

static int
longest_first (gconstpointer a, gconstpointer b)
{
  const TpoDeviceTime *x = a, *y = b;

  return x->us < y->us ? 1 : x->us > y->us ? -1 : g_strcmp0 (x->what, y->what);
}

GArray *
tpo_device_take_times (TpoDevice *self)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (TpoDeviceTime));
  GHashTableIter iter;
  gpointer value;

  if (self->times == NULL)
    return times;
  /* The names stay in the table, so that they outlive the array; only the sums start anew. */
  g_hash_table_iter_init (&iter, self->times);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    TpoDeviceTime *time = value;

    if (time->n_nodes > 0)
      g_array_append_vals (times, time, 1);
    *time = (TpoDeviceTime){ .what = time->what };
  }
  g_array_sort (times, longest_first);
  return times;
}
