#pragma once

#include "vk/memory.h"
#include "vk/pipeline.h"

/**
 * TpoVkCommands: dispatches recorded once in one or more submissions and run any number of times.
 *
 * Recording: begin, then dispatch and barrier, then end; again for the next submission. All that was
 * bound must outlive the commands.
 */
typedef struct _TpoVkCommands TpoVkCommands;

/** TpoVkBinding: bytes that a shader sees; a zero @size stands for the rest of the buffer */
typedef struct {
  TpoVkBuffer *buffer;
  gsize offset;
  gsize size;
} TpoVkBinding;

/**
 * tpo_vk_commands_new:
 * @n_dispatches, @n_bindings: upper bounds over all submissions
 * @timed: a time stamp is taken before the first and after every dispatch
 */
TpoVkCommands *tpo_vk_commands_new (TpoDevice *device, guint n_dispatches, guint n_bindings,
                                    gboolean timed, GError **error);
void tpo_vk_commands_free (TpoVkCommands *self);

gboolean tpo_vk_commands_begin (TpoVkCommands *self, GError **error);

/**
 * tpo_vk_commands_dispatch:
 * @bindings: as many as the pipeline has
 * @push_size: bytes, a multiple of 4, at most TPO_VK_PUSH_SIZE
 * @groups: workgroups
 */
gboolean tpo_vk_commands_dispatch (TpoVkCommands *self, TpoVkPipeline *pipeline,
                                   const TpoVkBinding *bindings, const void *push,
                                   gsize push_size, const guint32 groups[3], GError **error);

/**
 * tpo_vk_commands_barrier: later dispatches see what earlier ones wrote, and may overwrite what
 * they read
 */
void tpo_vk_commands_barrier (TpoVkCommands *self);

gboolean tpo_vk_commands_end (TpoVkCommands *self, GError **error);

guint tpo_vk_commands_n_submissions (const TpoVkCommands *self);

/**
 * tpo_vk_commands_run:
 *
 * Submits all in order and waits. At most two submissions are under way at a time; @cancellable is
 * polled before each. Nothing is under way when it returns, whatever the result.
 */
gboolean tpo_vk_commands_run (TpoVkCommands *self, GCancellable *cancellable, GError **error);

/** tpo_vk_commands_time_us: device time of dispatch @index in the last run; 0 when not timed */
double tpo_vk_commands_time_us (const TpoVkCommands *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoVkCommands, tpo_vk_commands_free)
