#pragma once

#include <gio/gio.h>

#include <tpo/model-file.h>

G_BEGIN_DECLS

#define TPO_TYPE_MODEL_ENTRY (tpo_model_entry_get_type ())
G_DECLARE_FINAL_TYPE (TpoModelEntry, tpo_model_entry, TPO, MODEL_ENTRY, GObject)

/**
 * TpoModelEntry:
 *
 * A model on this computer, as its file tells. Immutable.
 */

/**
 * tpo_model_entry_new:
 * @file: taken over
 * @is_removable: whether the program put the file where it is, by an import
 */
TpoModelEntry *tpo_model_entry_new (TpoModelFile *file, gboolean is_removable);

/** tpo_model_entry_get_file: Returns: (transfer none) */
const TpoModelFile *tpo_model_entry_get_file (TpoModelEntry *self);

/**
 * tpo_model_entry_get_name: for people: what the file calls itself, else the file's name. Returns:
 * (transfer none)
 */
const char *tpo_model_entry_get_name (TpoModelEntry *self);

const char *tpo_model_entry_get_path (TpoModelEntry *self);
gboolean tpo_model_entry_is_removable (TpoModelEntry *self);

G_END_DECLS
