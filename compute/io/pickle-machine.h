#pragma once

#include "io/cursor.h"
#include "io/pickle.h"

/*
 * The stack machine behind tpo_pickle_parse(): its opcodes are in pickle.c, what they may call is
 * in pickle-call.c.
 */

struct _TpoPickle {
  const char *what; /* while parsing */
  TpoCursor cursor;
  gsize opcode_at;
  guint64 operand;   /* of the opcode */
  GPtrArray *values; /* of TpoPickleValue, all that were made */
  GPtrArray *stack;  /* of TpoPickleValue */
  GArray *marks;     /* of guint: depth of the stack */
  GHashTable *memo;  /* number → TpoPickleValue */
  GStringChunk *texts;
  TpoPickleValue *root;
};

/** tpo_pickle_fail: Returns: false with TPO_ERROR_FORMAT, "…: @reason (byte N)" */
gboolean tpo_pickle_fail (const TpoPickle *self, const char *reason, GError **error);

/** tpo_pickle_require: whether @n values lie above the last mark; false with an error if not */
gboolean tpo_pickle_require (const TpoPickle *self, guint n, GError **error);

/** tpo_pickle_new: a value that lies nowhere yet; belongs to @self */
TpoPickleValue *tpo_pickle_new (TpoPickle *self, TpoPickleKind kind);

/** tpo_pickle_push: a new value on the stack */
TpoPickleValue *tpo_pickle_push (TpoPickle *self, TpoPickleKind kind);

/** tpo_pickle_peek: the value @below the top; there must be one */
TpoPickleValue *tpo_pickle_peek (const TpoPickle *self, guint below);

/** tpo_pickle_pop: takes the topmost value off; there must be one */
TpoPickleValue *tpo_pickle_pop (TpoPickle *self);

/* Opcodes that name, call and fill objects; false with an error. */

/** tpo_pickle_push_global: @module.@name, if it is one of the known names */
gboolean tpo_pickle_push_global (TpoPickle *self, const char *module, const char *name,
                                 GError **error);

/** tpo_pickle_load_storage: BINPERSID: a persistent id becomes a STORAGE */
gboolean tpo_pickle_load_storage (TpoPickle *self, GError **error);

/** tpo_pickle_reduce: REDUCE: a GLOBAL and its arguments become what they describe */
gboolean tpo_pickle_reduce (TpoPickle *self, GError **error);

/** tpo_pickle_build: BUILD: attributes of a DICT are dropped */
gboolean tpo_pickle_build (TpoPickle *self, GError **error);
