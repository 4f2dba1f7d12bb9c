#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * tpo_free_in_thread: has a thread call @free_func on @data, where that takes long: to free thousands of objects,
 * or to close a decoder. Nobody else may use @data any more
 */
void tpo_free_in_thread (gpointer data, GDestroyNotify free_func);

G_END_DECLS
