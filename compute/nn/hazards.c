#include "config.h"

#include "nn/hazards.h"

typedef struct {
  gconstpointer memory;
  gsize start, end;
  gboolean writes;
} Access;

struct _TpoHazards {
  GArray *accesses; /* of Access */
};

TpoHazards *
tpo_hazards_new (void)
{
  TpoHazards *self = g_new (TpoHazards, 1);

  self->accesses = g_array_new (FALSE, FALSE, sizeof (Access));
  return self;
}

void
tpo_hazards_free (TpoHazards *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->accesses);
  g_free (self);
}

gboolean
tpo_hazards_meet (const TpoHazards *self, gconstpointer memory, gsize start, gsize size,
                  gboolean writes)
{
  for (guint i = 0; i < self->accesses->len; i++) {
    const Access *other = &g_array_index (self->accesses, Access, i);

    if (other->memory == memory && start < other->end && other->start < start + size &&
        (writes || other->writes))
      return TRUE;
  }
  return FALSE;
}

void
tpo_hazards_add (TpoHazards *self, gconstpointer memory, gsize start, gsize size,
                 gboolean writes)
{
  const Access access = { memory, start, start + size, writes };

  g_array_append_val (self->accesses, access);
}

void
tpo_hazards_clear (TpoHazards *self)
{
  g_array_set_size (self->accesses, 0);
}
