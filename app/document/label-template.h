#pragma once

#include "store/tpo-store.h"

G_BEGIN_DECLS

/*
 * Label templates: label schemas in files, to begin a project with. Some ship with the program; a
 * person's own are in label-templates/ of the user's data folder.
 *
 *   {"name": "Road Traffic",
 *    "labels": [{"name": "car", "color": "#3584e4", "key": "1",
 *                "attributes": [{"name": "lights", "type": "choice", "choices": ["off", "brake"]}]}]}
 *
 * Types of attributes are choice, number, text and flag; color, key and attributes may be missing.
 * Main thread only.
 */

typedef struct {
  char *name;
  char *path;
  gboolean is_own; /* may be removed */
} TpoLabelTemplate;

void tpo_label_template_free (TpoLabelTemplate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoLabelTemplate, tpo_label_template_free)

/**
 * tpo_label_template_list: those that ship first, then the own ones, by name; files that cannot be
 * read are left out
 *
 * Returns: (transfer full) (element-type TpoLabelTemplate)
 */
GPtrArray *tpo_label_template_list (void);

/**
 * tpo_label_template_apply:
 * @path: of its file
 *
 * Adds the template's labels and attributes that @store does not have, as one undo step. Colours
 * and keys of labels that are there already are left alone; a key that is taken is not given twice.
 * A malformed file changes nothing, and the error names the place.
 */
gboolean tpo_label_template_apply (const char *path, TpoStore *store, GError **error);

/**
 * tpo_label_template_save: writes the labels of @store as an own template, in place of one of that name
 *
 * Refuses an empty @name.
 */
gboolean tpo_label_template_save (TpoStore *store, const char *name, GError **error);

/** tpo_label_template_remove: deletes an own template's file */
gboolean tpo_label_template_remove (const TpoLabelTemplate *self, GError **error);

G_END_DECLS
