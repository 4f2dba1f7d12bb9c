#include "config.h"

#include <glib/gi18n.h>

#include "timeline/tpo-timeline-private.h"
#include "widgets/char-width.h"

/* How wide the titles of the rows are. The model keeps the width; here it is asked for. */

/* Mark, colour, and three buttons with what is between them. */
static const int BESIDE_TITLE_PX = 124;
static const int LEAST_CHARS = 5, USUAL_CHARS = 10, LONG_CHARS = 28; /* of a title */

enum {
  PROP_0,
  PROP_TITLES_WIDTH,
};

int
tpo_timeline_get_least_titles (TpoTimeline *self)
{
  int corner;

  gtk_widget_measure (self->corner, GTK_ORIENTATION_HORIZONTAL, -1, &corner, NULL, NULL, NULL);
  return MAX (corner, BESIDE_TITLE_PX + LEAST_CHARS * tpo_char_width (GTK_WIDGET (self)));
}

void
tpo_timeline_share_out (TpoTimeline *self, int width)
{
  TpoTimelineModel *model = self->parts->model;
  int least = tpo_timeline_get_least_titles (self);
  int char_width = tpo_char_width (GTK_WIDGET (self));

  tpo_timeline_model_set_room (model, width, least, BESIDE_TITLE_PX + USUAL_CHARS * char_width,
                               BESIDE_TITLE_PX + LONG_CHARS * char_width);
  tpo_handle_update (TPO_HANDLE (self->handle), least, tpo_timeline_model_get_titles (model),
                     tpo_timeline_model_get_most_titles (model));
}

/* Rows follow when the model tells them. */
static void
on_moved (TpoTimeline *self, int width)
{
  tpo_timeline_model_choose_titles (self->parts->model, width);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
on_settled (TpoTimeline *self)
{
  g_object_notify (G_OBJECT (self), "titles-width");
}

void
tpo_timeline_add_handle (TpoTimeline *self)
{
  self->handle =
      tpo_handle_new (GTK_ORIENTATION_HORIZONTAL, _ ("Width of the Row Titles"), FALSE);
  g_signal_connect_swapped (self->handle, "moved", G_CALLBACK (on_moved), self);
  g_signal_connect_swapped (self->handle, "settled", G_CALLBACK (on_settled), self);
  gtk_widget_set_parent (self->handle, GTK_WIDGET (self));
}

/* ---- property ------------------------------------------------------------------------------------ */

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TpoTimelineModel *model = TPO_TIMELINE (object)->parts->model;

  if (id == PROP_TITLES_WIDTH)
    g_value_set_int (value, tpo_timeline_model_get_chosen_titles (model));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TITLES_WIDTH)
    on_moved (TPO_TIMELINE (object), g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

void
tpo_timeline_install_titles (GObjectClass *klass)
{
  klass->get_property = get_property;
  klass->set_property = set_property;
  g_object_class_install_property (
      klass, PROP_TITLES_WIDTH,
      g_param_spec_int ("titles-width", NULL, NULL, 0, G_MAXINT, 0,
                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY));
}
