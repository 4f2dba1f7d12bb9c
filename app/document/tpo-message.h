#pragma once

#include <gio/gio.h>

#include "document/tpo-annotation.h"
#include "store/tpo-records.h"

G_BEGIN_DECLS

#define TPO_TYPE_MESSAGE (tpo_message_get_type ())
G_DECLARE_FINAL_TYPE (TpoMessage, tpo_message, TPO, MESSAGE, GObject)

/**
 * TpoMessage:
 *
 * A question or an answer of the open conversation. Properties, all readable: "text" and "state"
 * (TpoMessageState, as int) change while an answer streams; "problem" (nullable) says why it
 * failed; "rating" (int) and "n-branches" (uint) follow the record.
 */

/** tpo_message_new: takes @record over */
TpoMessage *tpo_message_new (TpoMessageRecord *record);

const TpoMessageRecord *tpo_message_get_record (TpoMessage *self);

/** tpo_message_get_box: what "<track_box>" in a question stands for. Returns: (transfer none) (nullable) */
const TpoBox *tpo_message_get_box (TpoMessage *self);

/**
 * tpo_message_get_position: the picture that a question is about, microseconds; -1 when that was
 * not stored
 */
gint64 tpo_message_get_position (TpoMessage *self);

/** tpo_message_get_task: what an answer called for */
TpoTask tpo_message_get_task (TpoMessage *self);

/**
 * tpo_message_get_chips: Returns: (transfer none): of TpoAnnotation: what came with the answer, as
 * long as it is not deleted
 */
GListModel *tpo_message_get_chips (TpoMessage *self);

/** tpo_message_get_chip_offset: byte of the text where a chip belongs; -1: behind it */
gint64 tpo_message_get_chip_offset (TpoMessage *self, TpoAnnotation *chip);

/** tpo_message_get_problem: Returns: (transfer none) (nullable) */
const char *tpo_message_get_problem (TpoMessage *self);

/* For TpoDocument: */
void tpo_message_append_text (TpoMessage *self, const char *text);
void tpo_message_set_state (TpoMessage *self, TpoMessageState state, const char *problem);
GListStore *tpo_message_edit_chips (TpoMessage *self);

/** tpo_message_set_details: as stored; a JSON object */
void tpo_message_set_details (TpoMessage *self, const char *details);

/** tpo_message_update: becomes what @now is, the same message as it is stored now; chips stay */
void tpo_message_update (TpoMessage *self, TpoMessage *now);

/** tpo_message_add_claim: an answer's predictions tell which annotations are its chips */
void tpo_message_add_claim (TpoMessage *self, const TpoClaim *claim);

/** tpo_message_get_claims: Returns: (transfer none) (element-type TpoClaim) */
const GArray *tpo_message_get_claims (TpoMessage *self);

/** tpo_message_take_claims: has those of @now instead, and no chips */
void tpo_message_take_claims (TpoMessage *self, TpoMessage *now);
gboolean tpo_message_has_prediction (TpoMessage *self, gint64 prediction_id);

G_END_DECLS
