#pragma once

#include <gtk/gtk.h>

/**
 * tpo_style_add: adds a style sheet of the program's resources, for all its windows and as long as it runs
 * @path: "/io/github/tpostudio/TpoStudio/…"; one that is not there is a bug
 */
void tpo_style_add (const char *path);

/** tpo_style_add_high_contrast: the same above all others, while the desktop is set to high contrast */
void tpo_style_add_high_contrast (const char *path);
