#pragma once

#include "nn/graph-internal.h"
#include "nn/tensor.h"
#include "vk/memory.h"

/*
 * Shared by the .c files of this folder that know where bytes are: tensor.c, graph*.c.
 */

struct _TpoTensor {
  gint ref_count; /* of persistent tensors; those of a graph are freed with it */
  char *name;     /* NULL: none */
  TpoType type;
  TpoShape shape;
  gsize size;        /* bytes on the device */
  TpoDevice *device; /* a reference where @graph is NULL */
  TpoGraph *graph;   /* owner of results and views; NULL: persistent */
  TpoTensor *root;   /* the tensor that has the bytes: itself, or a view's source */
  gsize offset;      /* bytes from the root's start */
  guint generation;  /* the root's @n_overwrites that this handle stands for */

  /* The rest is the root's. */
  TpoVkBuffer
      *buffer; /* persistent tensors own theirs; results borrow their bin's after compiling */
  gsize start; /* bytes from the buffer's start */
  guint first_node; /* of results: the node that makes it … */
  guint last_node;  /* … and the last one that touches it */
  gboolean is_output;
  guint n_overwrites; /* in-place writes so far; handles made before the last are stale */
};

/** tpo_tensor_new_input: a persistent tensor that the host writes before runs */
TpoTensor *tpo_tensor_new_input (TpoDevice *device, const char *name, TpoType type,
                                 TpoShape shape, GError **error);

/** tpo_tensor_init_view: a handle of @graph on the bytes of @x */
TpoTensor *tpo_tensor_new_view (TpoGraph *graph, TpoTensor *x, TpoType type,
                                const TpoShape *shape, gsize offset);

/** tpo_tensor_new_result: a tensor whose bytes the graph will plan; %NULL when its size overflows */
TpoTensor *tpo_tensor_new_result (TpoGraph *graph, TpoDevice *device, TpoType type,
                                  const TpoShape *shape);

/** tpo_tensor_free_handle: frees what tpo_tensor_new_view() and _new_result() made */
void tpo_tensor_free_handle (TpoTensor *self);

/**
 * tpo_rows_per_binding:
 * @matrix: [N, K]
 * @max: bytes that can be bound at once
 *
 * How many rows to bind at a time: all, or a multiple of four such that every slice of rows (and of
 * scales) starts at a multiple of 256 bytes; 0 when not even those fit.
 */
gint64 tpo_rows_per_binding (const TpoTensor *matrix, gsize max);
