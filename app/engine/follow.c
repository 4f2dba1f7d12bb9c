#include "engine/follow.h"

/* ---- copies ---------------------------------------------------------------------------------- */

static void
copy_correction (TpoCorrection *copy, const TpoCorrection *correction)
{
  *copy = *correction;
  if (correction->box != NULL)
    copy->box = g_memdup2 (correction->box, sizeof *correction->box);
  copy->points =
      g_memdup2 (correction->points, correction->n_points * sizeof *correction->points);
  if (correction->mask != NULL)
    copy->mask = tpo_rle_ref ((TpoRle *) correction->mask);
}

TpoFollow *
tpo_follow_copy (const TpoFollow *follow)
{
  TpoFollow *copy = g_memdup2 (follow, sizeof *follow);
  TpoCorrection *corrections = g_new (TpoCorrection, follow->n_corrections);
  TpoStretch *stretches = g_new (TpoStretch, follow->n_stretches);

  for (guint i = 0; i < follow->n_corrections; i++)
    copy_correction (&corrections[i], &follow->corrections[i]);
  for (guint i = 0; i < follow->n_stretches; i++) {
    stretches[i] = follow->stretches[i];
    stretches[i].objects =
        g_memdup2 (stretches[i].objects, stretches[i].n_objects * sizeof (guint));
  }
  copy->corrections = corrections;
  copy->stretches = stretches;
  return copy;
}

void
tpo_follow_free (TpoFollow *self)
{
  for (guint i = 0; i < self->n_corrections; i++) {
    g_free ((gpointer) self->corrections[i].box);
    g_free ((gpointer) self->corrections[i].points);
    if (self->corrections[i].mask != NULL)
      tpo_rle_unref ((TpoRle *) self->corrections[i].mask);
  }
  for (guint i = 0; i < self->n_stretches; i++)
    g_free ((gpointer) self->stretches[i].objects);
  g_free ((gpointer) self->corrections);
  g_free ((gpointer) self->stretches);
  g_free (self);
}

/* ---- work ------------------------------------------------------------------------------------ */

/* Tells @session all that is known of @object, and nothing that was known before. */
static gboolean
introduce (const TpoFollow *self, TpoSession *session, guint object, GCancellable *cancellable,
           GError **error)
{
  tpo_session_forget (session, object);
  for (guint i = 0; i < self->n_corrections; i++) {
    g_autoptr (TpoRle) mask = NULL;
    float score;

    if (self->corrections[i].object == object &&
        !tpo_session_correct (session, &self->corrections[i], &mask, &score, cancellable,
                              error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
run_stretches (const TpoFollow *self, TpoSession *session, GHashTable *known,
               TpoEventFunc on_event, gpointer user_data, GCancellable *cancellable,
               GError **error)
{
  for (guint i = 0; i < self->n_stretches; i++) {
    const TpoStretch *stretch = &self->stretches[i];

    for (guint k = 0; k < stretch->n_objects; k++) {
      if (g_hash_table_add (known, GUINT_TO_POINTER (stretch->objects[k])) &&
          !introduce (self, session, stretch->objects[k], cancellable, error))
        return FALSE;
    }
    if (!tpo_session_propagate (session, stretch, on_event, user_data, cancellable, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tpo_follow_run (const TpoFollow *self, TpoSession *session, TpoEventFunc on_event,
                gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);
  gboolean ok = run_stretches (self, session, known, on_event, user_data, cancellable, error);
  GHashTableIter iter;
  gpointer object;

  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, &object, NULL))
    tpo_session_forget (session, GPOINTER_TO_UINT (object));
  return ok;
}
