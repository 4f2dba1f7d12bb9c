#pragma once

#include <gio/gio.h>

/*
 * A folder under a passing name beside the one that it is to become, on a local disk. What is
 * there already is replaced only when it is empty or holds an earlier export.
 */

G_BEGIN_DECLS

/** TPO_EXPORT_DESCRIPTION: the file by which an earlier export is known */
#define TPO_EXPORT_DESCRIPTION "tpo-export.json"

typedef struct {
  GFile *target;
  GFile *unfinished; /* files go here; NULL once published */
} TpoOutputFolder;

/** tpo_output_folder_new: Returns: (transfer full): or %NULL with an error */
TpoOutputFolder *tpo_output_folder_new (GFile *target, GError **error);

/** tpo_output_folder_publish: brings all to the disk and gives it its name, in one step */
gboolean tpo_output_folder_publish (TpoOutputFolder *self, GError **error);

/** tpo_output_folder_free: an unpublished folder is removed */
void tpo_output_folder_free (TpoOutputFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoOutputFolder, tpo_output_folder_free)

G_END_DECLS
