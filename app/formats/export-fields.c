#include <string.h>

#include "formats/export-private.h"

/* Fields that came with a label from a foreign file, on their way back into one. */

gboolean
tpo_export_has_dialect (TpoExport *self, const TpoAnnotationRecord *annotation, char **fields)
{
  g_autofree char *dialect = NULL;

  *fields = NULL;
  if (!self->has_foreign_fields ||
      !tpo_store_get_foreign_fields (self->store, annotation->id, &dialect, fields,
                                     self->problem == NULL ? &self->problem : NULL))
    return TRUE;
  return *fields == NULL || g_strcmp0 (dialect, self->format->dialect) == 0;
}

char *
tpo_export_get_fields (TpoExport *self, const TpoAnnotationRecord *annotation)
{
  g_autofree char *fields = NULL;

  return tpo_export_has_dialect (self, annotation, &fields) ? g_steal_pointer (&fields) : NULL;
}

void
tpo_export_write_fields (TpoExport *self, TpoJsonWriter *json,
                         const TpoAnnotationRecord *annotation)
{
  g_autofree char *fields = tpo_export_get_fields (self, annotation);

  tpo_json_members (json, fields);
}
