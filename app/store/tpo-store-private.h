#pragma once

#include <sqlite3.h>

#include "store/flusher.h"
#include "store/tpo-store.h"

/*
 * What the files of this folder share: the connection, statements, transactions and the journal.
 * No other folder includes this; tests do, to reach under the surface.
 */

G_BEGIN_DECLS

typedef struct {
  int field; /* a TpoField */
  gint64 id; /* of the row */
} TpoChanged;

/* --- sql.c: statements and their errors ---------------------------------------------------- */

typedef enum {
  TPO_SQL_NULL,
  TPO_SQL_INT,
  TPO_SQL_REAL,
  TPO_SQL_TEXT,
  TPO_SQL_BLOB,
} TpoSqlType;

typedef struct {
  TpoSqlType type;
  gsize size; /* of a blob */
  union {
    gint64 integer;
    double real;
    gconstpointer bytes; /* text or blob, read during the call */
  };
} TpoSqlValue;

static inline TpoSqlValue
tpo_int (gint64 value)
{
  return (TpoSqlValue){ .type = TPO_SQL_INT, .integer = value };
}

static inline TpoSqlValue
tpo_real (double value)
{
  return (TpoSqlValue){ .type = TPO_SQL_REAL, .real = value };
}

static inline TpoSqlValue
tpo_null (void)
{
  return (TpoSqlValue){ .type = TPO_SQL_NULL };
}

/* NULL text is SQL's NULL. */
static inline TpoSqlValue
tpo_text (const char *value)
{
  return (TpoSqlValue){ .type = value != NULL ? TPO_SQL_TEXT : TPO_SQL_NULL, .bytes = value };
}

/* Id 0, "none", is SQL's NULL. */
static inline TpoSqlValue
tpo_id (gint64 id)
{
  return (TpoSqlValue){ .type = id != 0 ? TPO_SQL_INT : TPO_SQL_NULL, .integer = id };
}

static inline TpoSqlValue
tpo_blob (gconstpointer bytes, gsize size)
{
  return (TpoSqlValue){ .type = TPO_SQL_BLOB, .bytes = bytes, .size = size };
}

/* Values for ?1, ?2, … and how many they are: two arguments. */
#define TPO_VALUES(...)                 \
  (const TpoSqlValue[]){ __VA_ARGS__ }, \
      sizeof ((const TpoSqlValue[]){ __VA_ARGS__ }) / sizeof (TpoSqlValue)
#define TPO_NO_VALUES NULL, 0

/* Sets error from a result code. Returns FALSE, for "return tpo_sql_fail (…)". */
gboolean tpo_sql_fail (TpoStore *self, int result, GError **error);

/*
 * Binds a statement. It is compiled once and kept by the address of sql, which must be a
 * literal. Step it with tpo_sql_next() until that says FALSE, or end it with tpo_sql_done().
 */
sqlite3_stmt *tpo_sql_query (TpoStore *self, GError **error, const char *sql,
                             const TpoSqlValue *values, gsize n_values);

/* Goes to the next row. FALSE without an error after the last one; the statement is done then. */
gboolean tpo_sql_next (TpoStore *self, sqlite3_stmt *statement, GError **error);
void tpo_sql_done (sqlite3_stmt *statement);

/* Runs a statement without rows. */
gboolean tpo_sql_run (TpoStore *self, GError **error, const char *sql,
                      const TpoSqlValue *values, gsize n_values);

/* Reads one integer; leaves *result alone when there is no row or it is NULL. */
gboolean tpo_sql_get_int (TpoStore *self, gint64 *result, GError **error, const char *sql,
                          const TpoSqlValue *values, gsize n_values);

/* Makes a record of the current row, or NULL with an error when it makes no sense. */
typedef gpointer (*TpoRowFunc) (TpoStore *self, sqlite3_stmt *row, GError **error);

GPtrArray *tpo_sql_list (TpoStore *self, TpoRowFunc func, GDestroyNotify destroy,
                         GError **error, const char *sql, const TpoSqlValue *values,
                         gsize n_values);

/* Rows of integers: elements of n_columns gint64 each, 0 for NULL. */
GArray *tpo_sql_list_ints (TpoStore *self, guint n_columns, GError **error, const char *sql,
                           const TpoSqlValue *values, gsize n_values);

/* The record of the one row; without one, error says that @what @id does not exist. */
gpointer tpo_sql_get (TpoStore *self, TpoRowFunc func, const char *what, gint64 id,
                      GError **error, const char *sql);

/* Readers put such texts into JSON of theirs as they are. NULL passes. */
gboolean tpo_sql_check_object (TpoStore *self, const char *what, const char *json,
                               GError **error);

char *tpo_column_text (sqlite3_stmt *row, int column);

/* --- curve.c: floats in blobs ---------------------------------------------------------------- */

GByteArray *tpo_curve_pack (const float *values, guint n);

/* NULL for NULL and for an empty blob. */
float *tpo_column_curve (sqlite3_stmt *row, int column, guint *n);

/* --- transaction.c: all or nothing --------------------------------------------------------- */

/* A change under way; clearing one that was not committed rolls it back. */
typedef struct {
  TpoStore *store; /* NULL while there is none */
  gboolean is_nested;
  guint n_changed; /* length of store->changed before */
  gint64 step_id;  /* of the store before */
} TpoTransaction;

/*
 * name: of the undo step, or NULL for what is not undone. Inside a group the group's step takes
 * all changes.
 */
gboolean tpo_transaction_begin (TpoTransaction *self, TpoStore *store, const TpoEdit *edit,
                                const char *name, GError **error);

/* The step's name where what is done shows only later, unless edit has one. */
void tpo_transaction_rename (TpoTransaction *self, const TpoEdit *edit, const char *name);
gboolean tpo_transaction_commit (TpoTransaction *self, GError **error);
void tpo_transaction_clear (TpoTransaction *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TpoTransaction, tpo_transaction_clear)

/* --- journal.c: what undo goes back over --------------------------------------------------- */

/* Everything that can be undone is a value in one of these columns. */
typedef enum {
  TPO_FIELD_ANNOTATION_REVISION,
  TPO_FIELD_CONVERSATION_TITLE,
  TPO_FIELD_CONVERSATION_LEAF,
  TPO_FIELD_CONVERSATION_REMOVED,
  TPO_FIELD_LABEL_COLOR,
  TPO_FIELD_LABEL_ATTRIBUTE_CHOICES,
  TPO_FIELD_LABEL_ATTRIBUTE_NAME,
  TPO_FIELD_LABEL_ATTRIBUTE_REMOVED,
  TPO_FIELD_LABEL_KEY,
  TPO_FIELD_LABEL_NAME,
  TPO_FIELD_LABEL_REMOVED,
  TPO_FIELD_MESSAGE_RATING,
  TPO_FIELD_MESSAGE_REMOVED,
  TPO_FIELD_QUESTION_REMOVED,
  TPO_FIELD_QUESTION_TEXT,
  TPO_FIELD_VIDEO_REMOVED,
  TPO_FIELD_VIDEO_REVIEWED,
  TPO_FIELD_VIDEO_URI,
  TPO_FIELD_COUNT,
} TpoField;

/* Writes the field of row id and journals it. Only inside a transaction that has a name. */
gboolean tpo_journal_set (TpoStore *self, TpoField field, gint64 id, TpoSqlValue value,
                          GError **error);

/* --- search.c ------------------------------------------------------------------------------- */

/* Adds what searches need to the connection. Returns SQLite's result. */
int tpo_search_register (sqlite3 *db);

/* --- migrations.c --------------------------------------------------------------------------- */

#define TPO_APPLICATION_ID 0x54504f53 /* "TPOS" */

/* Step i lifts the schema from version i to i + 1. */
extern const char *const tpo_schema_steps[];
extern const int tpo_schema_version; /* number of steps */

/* Refuses a version beyond n_steps. */
gboolean tpo_check_version (TpoStore *self, gint64 version, int n_steps, GError **error);

/* Lifts the schema to n_steps, after a copy of a file that has one already. */
gboolean tpo_migrate (TpoStore *self, const char *const *steps, int n_steps, GError **error);

/* --- tpo-store.c ---------------------------------------------------------------------------- */

struct _TpoStore {
  sqlite3 *db;
  char *path;
  char *author;
  gboolean is_read_only;
  gboolean has_snapshot;
  gint64 seen_version;    /* of tpo_store_poll() */
  TpoFlusher *flusher;    /* NULL where every transaction waits for the disk */
  GHashTable *statements; /* text of the statement → sqlite3_stmt */

  gboolean in_transaction;
  TpoTransaction group; /* open while group.store is set */
  char *step_name;      /* of the transaction, or NULL when it is not to be undone */
  gint64 amend_step;    /* to join, or 0 */
  gint64 step_id;       /* that the transaction's changes go to; 0 before the first */

  TpoStoreChangedFunc changed_func;
  gpointer changed_data;
  GArray *changed; /* of TpoChanged, in this transaction */
};

/* Tells the listener what store->changed has, and empties it. */
void tpo_store_emit_changed (TpoStore *self);

/* --- keyframes.c ---------------------------------------------------------------------------- */

/* Checks a keyframe, and gives the tidied copy that is stored: box clamped, or from the mask; a
 * light one gets its mask. */
TpoKeyframeRecord *tpo_keyframe_check (TpoStore *self, const TpoKeyframeRecord *keyframe,
                                       GError **error);

gboolean tpo_store_insert_keyframe (TpoStore *self, const char *sql, gint64 owner_id,
                                    const TpoKeyframeRecord *keyframe, GError **error);
gpointer tpo_keyframe_from_row (TpoStore *self, sqlite3_stmt *row, GError **error);

/* Columns in the order of tpo_store_insert_keyframe(), after the owner, and of a row read; there
 * the revision may follow. */
#define TPO_KEYFRAME_COLUMNS                                                                   \
  "time_us, state, x0, y0, x1, y1, mask, mask_encoding, mask_width, mask_height, provenance, " \
  "score"

/* The same without the mask, whose size says that there is one. */
#define TPO_LIGHT_KEYFRAME_COLUMNS \
  "time_us, state, x0, y0, x1, y1, NULL, NULL, mask_width, mask_height, provenance, score"

/* --- conversations.c -------------------------------------------------------------------------- */

/* The messages of the branch that is shown in conversation ?1, newest first, down to ?2, which is
 * left out. A parent is older than its child, so that the walk must end. */
#define TPO_SHOWN_PATH                                                           \
  "WITH RECURSIVE path (id) AS ("                                                \
  "  SELECT leaf_id FROM conversation WHERE id = ?1 AND leaf_id > ?2"            \
  "  UNION ALL SELECT m.parent_id FROM path JOIN message AS m ON m.id = path.id" \
  "    WHERE m.parent_id < m.id AND m.parent_id > ?2"                            \
  ") "

/* --- annotations.c ---------------------------------------------------------------------------- */

gboolean tpo_span_check (gint64 start_us, gint64 end_us, GError **error);

/*
 * Writes what an annotation is from now on as a child of state->revision_id, with those
 * keyframes that are new and without those at removed_us (gint64), and moves its head there.
 */
gboolean tpo_store_add_revision (TpoStore *self, const TpoAnnotationRecord *state,
                                 GPtrArray *keyframes, const GArray *removed_us,
                                 const TpoEdit *edit, GError **error);

/* A new annotation; its first revision is a child of annotation->revision_id, which may be that of
 * another, or 0. Returns its id, or 0. */
gint64 tpo_store_insert_annotation (TpoStore *self, const TpoAnnotationRecord *annotation,
                                    GPtrArray *keyframes, const GArray *removed_us,
                                    const TpoEdit *edit, GError **error);

/* --- attributes.c ------------------------------------------------------------------------------ */

/* Whether value, or NULL for none, may be said of an annotation with that label. */
gboolean tpo_attribute_check (TpoStore *self, gint64 attribute_id, gint64 label_id,
                              const char *value, GError **error);

/* The values with that one set, or without it: what a revision stores. */
char *tpo_values_set (TpoStore *self, const char *values, gint64 attribute_id,
                      const char *value, GError **error);

/* --- names of enums in the file; -1 for an unknown one --------------------------------------- */

int tpo_annotation_kind_from_name (const char *name);
int tpo_annotation_status_from_name (const char *name);
int tpo_provenance_from_name (const char *name);
int tpo_attribute_type_from_name (const char *name);
const char *tpo_run_state_name (TpoRunState state);
int tpo_run_state_from_name (const char *name);
const char *tpo_message_role_name (TpoMessageRole role);
int tpo_message_role_from_name (const char *name);
const char *tpo_message_state_name (TpoMessageState state);
int tpo_message_state_from_name (const char *name);

/* Sets error to "… of NAME ID is unknown". Returns NULL. */
gpointer tpo_bad_row (TpoStore *self, const char *what, gint64 id, GError **error);

G_END_DECLS
