#pragma once

#include "store/tpo-store.h"

G_BEGIN_DECLS

/**
 * tpo_store_add_label:
 * @color: "#rrggbb"
 * @key: (nullable)
 *
 * Returns: id of the new label, or of the one of that name, or 0
 */
gint64 tpo_store_add_label (TpoStore *self, const char *name, const char *color,
                            const char *key, const TpoEdit *edit, GError **error);

/** tpo_store_update_label: sets name, color and key of label->id; a name taken is refused */
gboolean tpo_store_update_label (TpoStore *self, const TpoLabelRecord *label,
                                 const TpoEdit *edit, GError **error);

/** tpo_store_remove_label: annotations keep it, so that undo brings it back as it was */
gboolean tpo_store_remove_label (TpoStore *self, gint64 label_id, const TpoEdit *edit,
                                 GError **error);

/** tpo_store_list_labels: by id. Returns: (transfer full) (element-type TpoLabelRecord) */
GPtrArray *tpo_store_list_labels (TpoStore *self, GError **error);

/**
 * tpo_store_list_label_uses: by label; labels that nothing carries are left out. Looks at every
 * annotation of the project. Returns: (transfer full) (element-type TpoLabelUse)
 */
GArray *tpo_store_list_label_uses (TpoStore *self, GError **error);

/**
 * tpo_store_add_attribute:
 * @attribute: label_id, name, type and, of a choice, choices
 *
 * Returns: id of the new attribute, or of the label's attribute of that name, or 0
 */
gint64 tpo_store_add_attribute (TpoStore *self, const TpoAttributeRecord *attribute,
                                const TpoEdit *edit, GError **error);

/**
 * tpo_store_update_attribute: sets name and choices of attribute->id, whose type stays
 *
 * A name taken is refused. Values that are no longer a choice stay as they are.
 */
gboolean tpo_store_update_attribute (TpoStore *self, const TpoAttributeRecord *attribute,
                                     const TpoEdit *edit, GError **error);

/** tpo_store_remove_attribute: annotations keep its values, so that undo brings them back */
gboolean tpo_store_remove_attribute (TpoStore *self, gint64 attribute_id, const TpoEdit *edit,
                                     GError **error);

/** tpo_store_list_attributes: by id. Returns: (transfer full) (element-type TpoAttributeRecord) */
GPtrArray *tpo_store_list_attributes (TpoStore *self, gint64 label_id, GError **error);

G_END_DECLS
