#pragma once

#include <glib.h>

/**
 * tpo_process_cpu_us: processor time that this process has had, all threads together. On a busy
 *   machine it says more than the clock on the wall
 */
gint64 tpo_process_cpu_us (void);

/**
 * tpo_process_start_peak: the next tpo_process_peak() is that of what comes from here on, where the
 * kernel can do so
 */
void tpo_process_start_peak (void);

/**
 * tpo_process_peak: Returns: bytes of main memory that the process held at most, mapped files
 * included; 0: not known
 */
guint64 tpo_process_peak (void);
