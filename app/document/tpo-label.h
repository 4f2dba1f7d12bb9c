#pragma once

#include "store/tpo-store-labels.h"

G_BEGIN_DECLS

#define TPO_TYPE_LABEL (tpo_label_get_type ())
G_DECLARE_FINAL_TYPE (TpoLabel, tpo_label, TPO, LABEL, GObject)

/**
 * TpoLabel:
 *
 * A class of the project's label schema, such as "car", as views see it. It is changed through
 * TpoDocument only.
 *
 * Signals: "changed".
 */

/** tpo_label_new: takes @record over */
TpoLabel *tpo_label_new (TpoLabelRecord *record);

/** tpo_label_update: takes @record over, emits "changed" where it differs. For TpoDocument */
void tpo_label_update (TpoLabel *self, TpoLabelRecord *record);

gint64 tpo_label_get_id (TpoLabel *self);

/** tpo_label_get_record: Returns: (transfer none): valid until "changed" */
const TpoLabelRecord *tpo_label_get_record (TpoLabel *self);

/** tpo_label_get_color: Returns: 0xRRGGBB */
guint32 tpo_label_get_color (TpoLabel *self);

G_END_DECLS
