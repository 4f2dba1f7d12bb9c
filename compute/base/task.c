#include <tpo/types.h>

static const char *const names[TPO_TASK_COUNT] = {
  [TPO_TASK_NONE] = "none",
  [TPO_TASK_REGION] = "region",
  [TPO_TASK_TEMPORAL] = "temporal",
  [TPO_TASK_MASK] = "mask",
};

const char *
tpo_task_name (TpoTask task)
{
  g_return_val_if_fail (task < TPO_TASK_COUNT, NULL);

  return names[task];
}

TpoTask
tpo_task_from_name (const char *name)
{
  for (guint i = 0; i < TPO_TASK_COUNT; i++) {
    if (g_strcmp0 (name, names[i]) == 0)
      return (TpoTask) i;
  }
  return TPO_TASK_NONE;
}
