#pragma once

#include "nn/graph-internal.h"
#include "nn/tensor-private.h"
#include "vk/commands.h"

/*
 * Shared by graph.c (building), graph-compile.c and graph-run.c.
 */

enum {
  TPO_GUARD_SIZE = 256
};

/** TpoNode: a dispatch as recorded; @desc.params points to @params */
typedef struct {
  TpoNodeDesc desc;
  guint8 params[TPO_OP_MAX_PARAMS];
  TpoTensor *result;
  const char *label;
  TpoVkPipeline *pipeline; /* after compiling */
} TpoNode;

struct _TpoGraph {
  TpoDevice *device;
  char *name;
  GError *error;      /* the first one */
  GPtrArray *nodes;   /* of TpoNode */
  GPtrArray *handles; /* of TpoTensor: results and views, freed with the graph */
  GHashTable *kept;   /* set of persistent TpoTensor, with a reference each */
  GPtrArray *labels;  /* stack of char * */
  GStringChunk *strings;
  const char *label; /* the stack joined, in @strings */
  gboolean is_timed;
  gboolean
      is_guarded; /* for tests: results share no bytes and have TPO_GUARD_SIZE bytes after them */
  gboolean is_compiled;
  TpoTensor *nothing;
  GPtrArray *bins; /* of TpoVkBuffer: planned memory */
  TpoVkCommands *commands;
};
