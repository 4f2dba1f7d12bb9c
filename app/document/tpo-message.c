#include "config.h"

#include "document/tpo-message.h"

#include "document/message-details.h"
#include "document/tpo-annotation.h"

struct _TpoMessage {
  GObject parent_instance;

  TpoMessageRecord *record;
  char *problem;
  TpoMessageDetails details;
  GListStore *chips;
  GArray *claims; /* TpoClaim */
};

G_DEFINE_FINAL_TYPE (TpoMessage, tpo_message, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_TEXT,
  PROP_STATE,
  PROP_PROBLEM,
  PROP_RATING,
  PROP_N_BRANCHES,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
tpo_message_finalize (GObject *object)
{
  TpoMessage *self = TPO_MESSAGE (object);

  g_clear_pointer (&self->record, tpo_message_record_free);
  g_clear_object (&self->chips);
  g_clear_pointer (&self->claims, g_array_unref);
  g_free (self->problem);
  G_OBJECT_CLASS (tpo_message_parent_class)->finalize (object);
}

static void
tpo_message_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TpoMessage *self = TPO_MESSAGE (object);

  switch (id) {
  case PROP_TEXT:
    g_value_set_string (value, self->record->text);
    break;
  case PROP_STATE:
    g_value_set_int (value, (int) self->record->state);
    break;
  case PROP_PROBLEM:
    g_value_set_string (value, self->problem);
    break;
  case PROP_RATING:
    g_value_set_int (value, self->record->rating);
    break;
  case PROP_N_BRANCHES:
    g_value_set_uint (value, self->record->n_branches);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
tpo_message_class_init (TpoMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = tpo_message_finalize;
  object_class->get_property = tpo_message_get_property;
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, 0, TPO_MESSAGE_STATE_COUNT - 1, 0, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_RATING] = g_param_spec_int ("rating", NULL, NULL, -1, 1, 0, flags);
  properties[PROP_N_BRANCHES] =
      g_param_spec_uint ("n-branches", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tpo_message_init (TpoMessage *self)
{
  self->chips = g_list_store_new (TPO_TYPE_ANNOTATION);
  self->claims = g_array_new (FALSE, FALSE, sizeof (TpoClaim));
}

TpoMessage *
tpo_message_new (TpoMessageRecord *record)
{
  TpoMessage *self = g_object_new (TPO_TYPE_MESSAGE, NULL);

  self->record = record;
  tpo_message_details_parse (&self->details, record->details);
  return self;
}

const TpoMessageRecord *
tpo_message_get_record (TpoMessage *self)
{
  g_return_val_if_fail (TPO_IS_MESSAGE (self), NULL);

  return self->record;
}

const TpoBox *
tpo_message_get_box (TpoMessage *self)
{
  g_return_val_if_fail (TPO_IS_MESSAGE (self), NULL);

  return self->details.has_box ? &self->details.box : NULL;
}

gint64
tpo_message_get_position (TpoMessage *self)
{
  g_return_val_if_fail (TPO_IS_MESSAGE (self), -1);

  return self->details.position_us;
}

TpoTask
tpo_message_get_task (TpoMessage *self)
{
  g_return_val_if_fail (TPO_IS_MESSAGE (self), TPO_TASK_NONE);

  return self->details.task;
}

void
tpo_message_set_details (TpoMessage *self, const char *details)
{
  g_return_if_fail (TPO_IS_MESSAGE (self));

  g_free (self->record->details);
  self->record->details = g_strdup (details);
  tpo_message_details_parse (&self->details, details);
}

GListModel *
tpo_message_get_chips (TpoMessage *self)
{
  g_return_val_if_fail (TPO_IS_MESSAGE (self), NULL);

  return G_LIST_MODEL (self->chips);
}

GListStore *
tpo_message_edit_chips (TpoMessage *self)
{
  g_return_val_if_fail (TPO_IS_MESSAGE (self), NULL);

  return self->chips;
}

const char *
tpo_message_get_problem (TpoMessage *self)
{
  g_return_val_if_fail (TPO_IS_MESSAGE (self), NULL);

  return self->problem;
}

void
tpo_message_append_text (TpoMessage *self, const char *text)
{
  char *joined;

  g_return_if_fail (TPO_IS_MESSAGE (self));

  /* Models begin with a space that belongs to the prompt's end. */
  while (*self->record->text == '\0' && g_ascii_isspace (*text))
    text++;
  joined = g_strconcat (self->record->text, text, NULL);
  g_free (self->record->text);
  self->record->text = joined;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

void
tpo_message_set_state (TpoMessage *self, TpoMessageState state, const char *problem)
{
  g_return_if_fail (TPO_IS_MESSAGE (self));

  self->record->state = state;
  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
tpo_message_update (TpoMessage *self, TpoMessage *now)
{
  TpoMessageRecord *old, *record;

  g_return_if_fail (TPO_IS_MESSAGE (self) && TPO_IS_MESSAGE (now));

  old = self->record;
  record = now->record;
  self->record = record;
  now->record = old;
  self->details = now->details;
  if (g_strcmp0 (old->text, record->text) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
  if (old->state != record->state)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  if (old->rating != record->rating)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATING]);
  if (old->n_branches != record->n_branches || old->branch != record->branch)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_BRANCHES]);
}

void
tpo_message_add_claim (TpoMessage *self, const TpoClaim *claim)
{
  g_return_if_fail (TPO_IS_MESSAGE (self) && claim != NULL);

  g_array_append_val (self->claims, *claim);
}

const GArray *
tpo_message_get_claims (TpoMessage *self)
{
  g_return_val_if_fail (TPO_IS_MESSAGE (self), NULL);

  return self->claims;
}

void
tpo_message_take_claims (TpoMessage *self, TpoMessage *now)
{
  g_return_if_fail (TPO_IS_MESSAGE (self) && TPO_IS_MESSAGE (now));

  g_array_set_size (self->claims, 0);
  g_array_append_vals (self->claims, now->claims->data, now->claims->len);
  g_list_store_remove_all (self->chips);
}

static const TpoClaim *
find_claim (TpoMessage *self, gint64 prediction_id)
{
  for (guint i = 0; i < self->claims->len; i++) {
    const TpoClaim *claim = &g_array_index (self->claims, TpoClaim, i);

    if (claim->prediction_id == prediction_id)
      return claim;
  }
  return NULL;
}

gboolean
tpo_message_has_prediction (TpoMessage *self, gint64 prediction_id)
{
  g_return_val_if_fail (TPO_IS_MESSAGE (self), FALSE);

  return find_claim (self, prediction_id) != NULL;
}

gint64
tpo_message_get_chip_offset (TpoMessage *self, TpoAnnotation *chip)
{
  const TpoClaim *claim;

  g_return_val_if_fail (TPO_IS_MESSAGE (self) && TPO_IS_ANNOTATION (chip), -1);

  claim = find_claim (self, tpo_annotation_get_record (chip)->prediction_id);
  return claim != NULL ? claim->text_offset : -1;
}
