#pragma once

#include <gtk/gtk.h>

#include "store/tpo-store-labels.h"

G_BEGIN_DECLS

/**
 * TpoAttributeGiven: @value: (nullable): what the user chose or typed; %NULL for nothing. Returns:
 * whether it was taken
 */
typedef gboolean (*TpoAttributeGiven) (gint64 attribute_id, const char *value,
                                       gpointer user_data);

/**
 * tpo_attribute_field_new:
 * @value: (nullable): what it is now
 * @user_data: must outlive the field
 *
 * A field in which @attribute is given: a list for choices and flags, an entry for numbers and texts.
 */
GtkWidget *tpo_attribute_field_new (const TpoAttributeRecord *attribute, const char *value,
                                    TpoAttributeGiven given, gpointer user_data);

G_END_DECLS
