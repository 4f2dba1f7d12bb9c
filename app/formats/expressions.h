#pragma once

#include "formats/export-private.h"
#include "formats/import-private.h"

/*
 * "meta_expressions.json" of Ref-YouTube-VOS and MeViS: for each video its frames and expressions,
 * each naming one object (a text) or several (numbers, with ids of their masks).
 */

G_BEGIN_DECLS

/** TpoExpression: as read */
typedef struct {
  char *text;
  GPtrArray *objects;     /* of char *: ids as text */
  GPtrArray *annotations; /* of char *: MeViS's ids of masks, or empty */
} TpoExpression;

/** TpoExpressions: of one video */
typedef struct {
  TpoImportVideo *video;
  GArray *frames;         /* of gint64 */
  GPtrArray *expressions; /* of TpoExpression */
} TpoExpressions;

/**
 * tpo_expressions_read: Returns: (transfer full) (element-type TpoExpressions): of videos that are
 * there; or %NULL
 */
GPtrArray *tpo_expressions_read (TpoImport *self, GFile *file, GError **error);

/** tpo_json_frames: the member "frames": names of frames @first to @end, exclusive */
void tpo_json_frames (TpoJsonWriter *json, gint64 first, gint64 end);

G_END_DECLS
