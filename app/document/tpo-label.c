#include "config.h"

#include "document/tpo-label.h"

struct _TpoLabel {
  GObject parent_instance;

  TpoLabelRecord *record;
};

G_DEFINE_FINAL_TYPE (TpoLabel, tpo_label, G_TYPE_OBJECT)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tpo_label_finalize (GObject *object)
{
  TpoLabel *self = TPO_LABEL (object);

  g_clear_pointer (&self->record, tpo_label_record_free);
  G_OBJECT_CLASS (tpo_label_parent_class)->finalize (object);
}

static void
tpo_label_class_init (TpoLabelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tpo_label_finalize;
  signals[CHANGED] = g_signal_new ("changed", TPO_TYPE_LABEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
tpo_label_init (TpoLabel *self)
{
}

TpoLabel *
tpo_label_new (TpoLabelRecord *record)
{
  TpoLabel *self;

  g_return_val_if_fail (record != NULL, NULL);

  self = g_object_new (TPO_TYPE_LABEL, NULL);
  self->record = record;
  return self;
}

void
tpo_label_update (TpoLabel *self, TpoLabelRecord *record)
{
  gboolean is_same;

  g_return_if_fail (TPO_IS_LABEL (self) && record != NULL);

  is_same = g_str_equal (self->record->name, record->name) &&
            g_str_equal (self->record->color, record->color) &&
            g_strcmp0 (self->record->key, record->key) == 0;
  tpo_label_record_free (self->record);
  self->record = record;
  if (!is_same)
    g_signal_emit (self, signals[CHANGED], 0);
}

gint64
tpo_label_get_id (TpoLabel *self)
{
  g_return_val_if_fail (TPO_IS_LABEL (self), 0);

  return self->record->id;
}

const TpoLabelRecord *
tpo_label_get_record (TpoLabel *self)
{
  g_return_val_if_fail (TPO_IS_LABEL (self), NULL);

  return self->record;
}

guint32
tpo_label_get_color (TpoLabel *self)
{
  g_return_val_if_fail (TPO_IS_LABEL (self), 0);

  return (guint32) g_ascii_strtoull (self->record->color + 1, NULL, 16);
}
