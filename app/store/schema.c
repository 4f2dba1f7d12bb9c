#include "store/tpo-store-private.h"

/*
 * The schema, as steps from version to version. A released step is never edited.
 *
 * Predictions and revisions are immutable. Their parts (spans, keyframes) are inserted before
 * them, which deferred foreign keys allow, and once the row itself is there nothing may be
 * added: the row seals them, unless it says that it grows.
 */

#define NAMES_OF_KINDS "('span', 'box-track', 'mask-track')"
#define NAMES_OF_STATUS "('predicted', 'accepted', 'corrected', 'manual', 'discarded')"
#define NAMES_OF_PROVENANCE "('human', 'model', 'model-corrected', 'interpolated', 'imported')"

#define IMMUTABLE(table)                                             \
  "CREATE TRIGGER " table "_is_not_updated BEFORE UPDATE ON " table  \
  " BEGIN SELECT RAISE(ABORT, 'a " table " is never changed'); END;" \
  "CREATE TRIGGER " table "_is_not_deleted BEFORE DELETE ON " table  \
  " BEGIN SELECT RAISE(ABORT, 'a " table " is never deleted'); END;"

#define SEALED_BY(table, owner)                                        \
  "CREATE TRIGGER " table "_is_sealed BEFORE INSERT ON " table         \
  " WHEN EXISTS (SELECT 1 FROM " owner " WHERE id = NEW." owner "_id)" \
  " BEGIN SELECT RAISE(ABORT, 'a " owner " is complete'); END;"

/* A 'removed' keyframe of a revision hides the one that an earlier revision had. */
#define KEYFRAME_TABLE(table, owner)                                                          \
  "CREATE TABLE " table " ("                                                                  \
  "  " owner "_id INTEGER NOT NULL REFERENCES " owner " DEFERRABLE INITIALLY DEFERRED,"       \
  "  time_us INTEGER NOT NULL,"                                                               \
  "  state TEXT NOT NULL CHECK (state IN ('present', 'absent', 'removed')),"                  \
  "  x0 REAL CHECK (x0 >= 0), y0 REAL CHECK (y0 >= 0),"                                       \
  "  x1 REAL CHECK (x1 > x0 AND x1 <= 1), y1 REAL CHECK (y1 > y0 AND y1 <= 1),"               \
  "  mask BLOB,"                                                                              \
  "  mask_encoding TEXT CHECK (mask_encoding = 'coco-rle'),"                                  \
  "  mask_width INTEGER CHECK (mask_width > 0), mask_height INTEGER CHECK (mask_height > 0)," \
  "  provenance TEXT NOT NULL CHECK (provenance IN " NAMES_OF_PROVENANCE "),"                 \
  "  score REAL,"                                                                             \
  "  PRIMARY KEY (" owner "_id, time_us),"                                                    \
  "  CHECK ((state = 'present') = (x0 IS NOT NULL AND y0 IS NOT NULL"                         \
  "                                AND x1 IS NOT NULL AND y1 IS NOT NULL)),"                  \
  "  CHECK ((mask IS NULL) = (mask_encoding IS NULL)"                                         \
  "         AND (mask IS NULL) = (mask_width IS NULL)"                                        \
  "         AND (mask IS NULL) = (mask_height IS NULL))"                                      \
  ") STRICT;" IMMUTABLE (table) SEALED_BY (table, owner)

static const char first_version[] =
    "PRAGMA application_id = 1414549331;" /* TPO_APPLICATION_ID */

    "CREATE TABLE video ("
    "  id INTEGER PRIMARY KEY,"
    "  uri TEXT NOT NULL,"
    "  content_hash TEXT NOT NULL UNIQUE,"
    "  size INTEGER NOT NULL CHECK (size >= 0),"
    "  modified_us INTEGER NOT NULL,"
    "  width INTEGER NOT NULL CHECK (width > 0),"
    "  height INTEGER NOT NULL CHECK (height > 0),"
    "  duration_us INTEGER NOT NULL CHECK (duration_us >= 0),"
    "  n_frames INTEGER NOT NULL CHECK (n_frames >= 0),"
    "  frame_times BLOB NOT NULL,"
    "  frame_times_encoding TEXT NOT NULL CHECK (frame_times_encoding = 'delta2-leb128'),"
    "  position_us INTEGER NOT NULL DEFAULT 0,"
    "  opened_us INTEGER NOT NULL,"
    "  is_removed INTEGER NOT NULL DEFAULT 0 CHECK (is_removed IN (0, 1))"
    ") STRICT;"
    "CREATE INDEX video_uri ON video (uri);"

    "CREATE TABLE conversation ("
    "  id INTEGER PRIMARY KEY,"
    "  video_id INTEGER NOT NULL REFERENCES video,"
    "  title TEXT,"
    "  created_us INTEGER NOT NULL,"
    "  is_removed INTEGER NOT NULL CHECK (is_removed IN (0, 1))"
    ") STRICT;"
    "CREATE INDEX conversation_video ON conversation (video_id);"

    "CREATE TABLE message ("
    "  id INTEGER PRIMARY KEY,"
    "  conversation_id INTEGER NOT NULL REFERENCES conversation,"
    "  role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),"
    "  state TEXT NOT NULL CHECK (state IN ('streaming', 'complete', 'stopped', 'failed')),"
    "  text TEXT NOT NULL,"
    "  created_us INTEGER NOT NULL,"
    "  is_removed INTEGER NOT NULL CHECK (is_removed IN (0, 1))"
    ") STRICT;"
    "CREATE INDEX message_conversation ON message (conversation_id);"

    "CREATE TABLE prediction ("
    "  id INTEGER PRIMARY KEY,"
    "  video_id INTEGER NOT NULL REFERENCES video,"
    "  message_id INTEGER REFERENCES message,"
    "  text_offset INTEGER CHECK (text_offset >= 0),"
    "  kind TEXT NOT NULL CHECK (kind IN " NAMES_OF_KINDS "),"
    "  model TEXT NOT NULL,"
    "  model_version TEXT,"
    "  model_hash TEXT,"
    "  prompt TEXT NOT NULL,"
    "  settings TEXT,"
    "  created_us INTEGER NOT NULL,"
    "  saliency BLOB,"
    "  saliency_encoding TEXT CHECK (saliency_encoding = 'f32le'),"
    "  saliency_start_us INTEGER,"
    "  saliency_step_us INTEGER CHECK (saliency_step_us > 0),"
    "  CHECK ((saliency IS NULL) = (saliency_encoding IS NULL)"
    "         AND (saliency IS NULL) = (saliency_start_us IS NULL)"
    "         AND (saliency IS NULL) = (saliency_step_us IS NULL))"
    ") STRICT;" IMMUTABLE (
        "prediction") "CREATE INDEX prediction_message ON prediction (message_id);"

                      "CREATE TABLE prediction_span ("
                      "  prediction_id INTEGER NOT NULL REFERENCES prediction DEFERRABLE INITIALLY DEFERRED,"
                      "  rank INTEGER NOT NULL CHECK (rank >= 0)," /* 0 is the best */
                      "  start_us INTEGER NOT NULL,"
                      "  end_us INTEGER NOT NULL CHECK (end_us > start_us),"
                      "  score REAL NOT NULL,"
                      "  PRIMARY KEY (prediction_id, rank)"
                      ") STRICT;" IMMUTABLE ("prediction_span") SEALED_BY ("prediction_span",
                                                                           "prediction")

                          KEYFRAME_TABLE ("prediction_keyframe", "prediction")

                              "CREATE TABLE label ("
                              "  id INTEGER PRIMARY KEY,"
                              "  name TEXT NOT NULL CHECK (name <> ''),"
                              "  color TEXT NOT NULL CHECK (color GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),"
                              "  key TEXT,"
                              "  is_removed INTEGER NOT NULL CHECK (is_removed IN (0, 1))"
                              ") STRICT;"
                              "CREATE UNIQUE INDEX label_name ON label (name) WHERE NOT is_removed;"

                              "CREATE TABLE annotation ("
                              "  id INTEGER PRIMARY KEY,"
                              "  video_id INTEGER NOT NULL REFERENCES video,"
                              "  kind TEXT NOT NULL CHECK (kind IN " NAMES_OF_KINDS "),"
                              "  prediction_id INTEGER REFERENCES prediction,"
                              "  created_us INTEGER NOT NULL,"
                              "  revision_id INTEGER REFERENCES revision" /* NULL: its creation is undone */
                              ") STRICT;"
                              "CREATE INDEX annotation_video ON annotation (video_id);"

                              "CREATE TABLE revision ("
                              "  id INTEGER PRIMARY KEY,"
                              "  annotation_id INTEGER NOT NULL REFERENCES annotation,"
                              "  parent_id INTEGER REFERENCES revision CHECK (parent_id < id),"
                              "  status TEXT NOT NULL CHECK (status IN " NAMES_OF_STATUS "),"
                              "  label_id INTEGER REFERENCES label,"
                              "  text TEXT,"
                              "  start_us INTEGER NOT NULL,"
                              "  end_us INTEGER NOT NULL CHECK (end_us > start_us),"
                              "  is_deleted INTEGER NOT NULL CHECK (is_deleted IN (0, 1)),"
                              "  provenance TEXT NOT NULL CHECK (provenance IN " NAMES_OF_PROVENANCE
                              "),"
                              "  author TEXT NOT NULL,"
                              "  seconds_spent REAL NOT NULL CHECK (seconds_spent >= 0),"
                              "  created_us INTEGER NOT NULL"
                              ") STRICT;" IMMUTABLE (
                                  "revision") "CREATE INDEX revision_annotation ON revision (annotation_id);"

    KEYFRAME_TABLE ("keyframe", "revision")

    /* Ids are never used again, since an amending edit names the step it means. */
    "CREATE TABLE undo_step ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  name TEXT NOT NULL,"
    "  created_us INTEGER NOT NULL,"
    "  is_undone INTEGER NOT NULL DEFAULT 0 CHECK (is_undone IN (0, 1))"
    ") STRICT;"
    "CREATE INDEX undo_step_undone ON undo_step (is_undone, id);"

    "CREATE TABLE undo_change ("
    "  id INTEGER PRIMARY KEY,"
    "  step_id INTEGER NOT NULL REFERENCES undo_step ON DELETE CASCADE,"
    "  field TEXT NOT NULL,"
    "  row_id INTEGER NOT NULL,"
    "  before ANY,"
    "  after ANY"
    ") STRICT;"
    "CREATE INDEX undo_change_step ON undo_change (step_id);";

/*
 * What labelling all day needs: review of videos, attributes, edited highlight curves, branches
 * of conversations, and questions that are put to many videos.
 */
static const char second_version[] =
    "ALTER TABLE video ADD COLUMN is_reviewed INTEGER NOT NULL DEFAULT 0"
    "  CHECK (is_reviewed IN (0, 1));"
    "ALTER TABLE video ADD COLUMN thumbnail BLOB;" /* a PNG or JPEG file */

    "ALTER TABLE annotation ADD COLUMN is_locked INTEGER NOT NULL DEFAULT 0"
    "  CHECK (is_locked IN (0, 1));"
    "ALTER TABLE annotation ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0"
    "  CHECK (is_hidden IN (0, 1));"
    /* An object of values, texts all, by the attribute's id. */
    "ALTER TABLE revision ADD COLUMN attributes TEXT;"
    /* The curve as a person drew it, one f32le a step of the prediction's curve. */
    "ALTER TABLE revision ADD COLUMN saliency BLOB CHECK (length(saliency) % 4 = 0);"

    "CREATE TABLE label_attribute ("
    "  id INTEGER PRIMARY KEY,"
    "  label_id INTEGER NOT NULL REFERENCES label,"
    "  name TEXT NOT NULL CHECK (name <> ''),"
    "  type TEXT NOT NULL CHECK (type IN ('choice', 'number', 'text', 'flag')),"
    "  choices TEXT," /* an array of texts */
    "  is_removed INTEGER NOT NULL CHECK (is_removed IN (0, 1)),"
    "  CHECK ((type = 'choice') = (choices IS NOT NULL))"
    ") STRICT;"
    "CREATE UNIQUE INDEX label_attribute_name ON label_attribute (label_id, name)"
    "  WHERE NOT is_removed;"

    /* A conversation is a tree of messages; what is shown is the path to its leaf. */
    "ALTER TABLE message ADD COLUMN parent_id INTEGER REFERENCES message;"
    "ALTER TABLE message ADD COLUMN rating INTEGER NOT NULL DEFAULT 0"
    "  CHECK (rating IN (-1, 0, 1));"
    "ALTER TABLE conversation ADD COLUMN leaf_id INTEGER REFERENCES message;"
    "UPDATE message SET parent_id = (SELECT max(m.id) FROM message AS m"
    "  WHERE m.conversation_id = message.conversation_id AND m.id < message.id);"
    "UPDATE conversation SET leaf_id = (SELECT max(m.id) FROM message AS m"
    "  WHERE m.conversation_id = conversation.id);"
    "CREATE INDEX message_parent ON message (conversation_id, parent_id);"

    "CREATE TABLE question ("
    "  id INTEGER PRIMARY KEY,"
    "  text TEXT NOT NULL CHECK (text <> ''),"
    "  created_us INTEGER NOT NULL,"
    "  is_removed INTEGER NOT NULL CHECK (is_removed IN (0, 1))"
    ") STRICT;"
    "CREATE TABLE question_run ("
    "  id INTEGER PRIMARY KEY,"
    "  question_id INTEGER NOT NULL REFERENCES question,"
    "  video_id INTEGER NOT NULL REFERENCES video,"
    "  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),"
    "  problem TEXT,"                          /* why it failed */
    "  message_id INTEGER REFERENCES message," /* the answer */
    "  UNIQUE (question_id, video_id)"
    ") STRICT;"
    "CREATE INDEX question_run_state ON question_run (state, id);";

/* What a question or an answer was made with: the picture and box that a question means, the
 * model and settings of an answer. */
static const char third_version[] = "ALTER TABLE message ADD COLUMN details TEXT;";

/* The conversation that is shown with a video: another one may have come since, of a question that
 * was put to many. */
static const char fourth_version[] =
    "ALTER TABLE video ADD COLUMN conversation_id INTEGER REFERENCES conversation;";

/* A track of the length of a video is kept while the model finds it: what grows is sealed by its end. */
static const char fifth_version[] =
    "ALTER TABLE prediction ADD COLUMN is_growing INTEGER NOT NULL DEFAULT 0"
    "  CHECK (is_growing IN (0, 1));"
    "DROP TRIGGER prediction_is_not_updated;"
    "CREATE TRIGGER prediction_is_not_updated BEFORE UPDATE ON prediction"
    " WHEN NOT OLD.is_growing"
    " BEGIN SELECT RAISE(ABORT, 'a prediction is never changed'); END;"
    "DROP TRIGGER prediction_keyframe_is_sealed;"
    "CREATE TRIGGER prediction_keyframe_is_sealed BEFORE INSERT ON prediction_keyframe"
    " WHEN EXISTS (SELECT 1 FROM prediction WHERE id = NEW.prediction_id AND NOT is_growing)"
    " BEGIN SELECT RAISE(ABORT, 'a prediction is complete'); END;"
    "DROP TRIGGER prediction_span_is_not_updated;"
    "CREATE TRIGGER prediction_span_is_not_updated BEFORE UPDATE ON prediction_span"
    " WHEN NOT EXISTS (SELECT 1 FROM prediction WHERE id = OLD.prediction_id AND is_growing)"
    " BEGIN SELECT RAISE(ABORT, 'a prediction_span is never changed'); END;";

/* What foreign files say of their objects beyond what this program knows, for an export in the same
 * format. No revision of the annotation: it stays as it came. */
static const char sixth_version[] = "CREATE TABLE foreign_fields ("
                                    "  annotation_id INTEGER PRIMARY KEY REFERENCES annotation,"
                                    "  dialect TEXT NOT NULL,"
                                    "  fields TEXT NOT NULL" /* a JSON object */
                                    ") STRICT;" IMMUTABLE ("foreign_fields");

const char *const tpo_schema_steps[] = { first_version,  second_version, third_version,
                                         fourth_version, fifth_version,  sixth_version };
const int tpo_schema_version = G_N_ELEMENTS (tpo_schema_steps);
