#include <glib/gi18n.h>

#include <tpo/error.h>

#include "store/tpo-store-private.h"

/*
 * Invariants
 * 1. store->in_transaction ⇔ SQLite is in a write transaction that one TpoTransaction of ours,
 *    the outer one, will end.
 * 2. An inner one exists only inside a group, and is a savepoint.
 * 3. store->step_id ≠ 0 ⇒ that step has been written in this transaction or joined by it.
 * 4. The listener hears of a change only after the COMMIT.
 */

static void
forget_step (TpoStore *store)
{
  g_clear_pointer (&store->step_name, g_free);
  store->step_id = store->amend_step = 0;
}

/* A full disk makes SQLite roll back at once, and a group with it: nothing more may go into it. */
static gboolean
is_alive (TpoStore *store, GError **error)
{
  if (!store->in_transaction || !sqlite3_get_autocommit (store->db))
    return TRUE;
  return tpo_sql_fail (store, SQLITE_ABORT, error);
}

gboolean
tpo_transaction_begin (TpoTransaction *self, TpoStore *store, const TpoEdit *edit,
                       const char *name, GError **error)
{
  g_assert (self->store == NULL);
  g_return_val_if_fail (!store->has_snapshot, FALSE);

  if (store->is_read_only)
    return tpo_sql_fail (store, SQLITE_READONLY, error);
  if (!is_alive (store, error))
    return FALSE;

  self->is_nested = store->in_transaction;
  self->n_changed = store->changed->len;
  self->step_id = store->step_id;
  g_assert (!self->is_nested || store->group.store != NULL);
  if (!tpo_sql_run (store, error, self->is_nested ? "SAVEPOINT change" : "BEGIN IMMEDIATE",
                    TPO_NO_VALUES))
    return FALSE;

  self->store = store;
  store->in_transaction = TRUE;
  if (!self->is_nested && name != NULL) {
    store->step_name = g_strdup (edit != NULL && edit->name != NULL ? edit->name : name);
    store->amend_step = edit != NULL ? edit->amend_step : 0;
  }
  return TRUE;
}

void
tpo_transaction_rename (TpoTransaction *self, const TpoEdit *edit, const char *name)
{
  if (self->is_nested || (edit != NULL && edit->name != NULL))
    return;
  g_free (self->store->step_name);
  self->store->step_name = g_strdup (name);
}

gboolean
tpo_transaction_commit (TpoTransaction *self, GError **error)
{
  TpoStore *store = self->store;

  if (!is_alive (store, error) ||
      !tpo_sql_run (store, error, self->is_nested ? "RELEASE change" : "COMMIT", TPO_NO_VALUES))
    return FALSE; /* clearing rolls back */
  self->store = NULL;
  if (self->is_nested)
    return TRUE;

  store->in_transaction = FALSE;
  forget_step (store);
  if (store->flusher != NULL)
    tpo_flusher_wake (store->flusher);
  tpo_store_emit_changed (store);
  return TRUE;
}

void
tpo_transaction_clear (TpoTransaction *self)
{
  TpoStore *store = g_steal_pointer (&self->store);

  if (store == NULL)
    return;
  /* After a full disk SQLite has rolled back already and says so here: nobody needs to know. */
  if (self->is_nested) {
    tpo_sql_run (store, NULL, "ROLLBACK TO change", TPO_NO_VALUES);
    tpo_sql_run (store, NULL, "RELEASE change", TPO_NO_VALUES);
    store->step_id = self->step_id;
  } else {
    tpo_sql_run (store, NULL, "ROLLBACK", TPO_NO_VALUES);
    store->in_transaction = FALSE;
    forget_step (store);
  }
  g_array_set_size (store->changed, self->n_changed);
}

gboolean
tpo_store_begin_group (TpoStore *self, const TpoEdit *edit, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->group.store == NULL, FALSE);

  return tpo_transaction_begin (&self->group, self, edit, N_ ("Change"), error);
}

gboolean
tpo_store_end_group (TpoStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->group.store != NULL, FALSE);

  if (tpo_transaction_commit (&self->group, error))
    return TRUE;
  tpo_transaction_clear (&self->group);
  return FALSE;
}

void
tpo_store_cancel_group (TpoStore *self)
{
  g_return_if_fail (self != NULL);

  tpo_transaction_clear (&self->group);
}

gboolean
tpo_store_finish_group (TpoStore *self, gboolean ok, GError **error)
{
  if (ok)
    return tpo_store_end_group (self, error);
  tpo_store_cancel_group (self);
  return FALSE;
}
