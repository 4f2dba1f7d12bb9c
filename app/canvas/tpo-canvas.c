#include "config.h"

#include "canvas/tpo-canvas-private.h"
#include "tpo-canvas-resources.h"

G_DEFINE_FINAL_TYPE (TpoCanvas, tpo_canvas, GTK_TYPE_WIDGET)

static void
tpo_canvas_dispose (GObject *object)
{
  TpoCanvas *self = TPO_CANVAS (object);

  g_clear_weak_pointer (&self->view);
  g_clear_object (&self->player);
  g_clear_object (&self->document);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (tpo_canvas_parent_class)->dispose (object);
}

static void
tpo_canvas_class_init (TpoCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tpo_canvas_dispose;
  gtk_widget_class_set_css_name (widget_class, "canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
tpo_canvas_init (TpoCanvas *self)
{
  g_assert (tpo_canvas_get_resource () != NULL);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  self->actions = g_simple_action_group_new ();
  tpo_canvas_add_actions (self);
}

void
tpo_canvas_tool_changed (TpoCanvas *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tpo_canvas_finish (TpoCanvas *self)
{
  tpo_document_select (self->document, NULL);
}

void
tpo_canvas_cancel (TpoCanvas *self)
{
  tpo_document_select (self->document, NULL);
}

GtkWidget *
tpo_canvas_new (TpoDocument *document, TpoPlayer *player, TpoVideoView *view)
{
  TpoCanvas *self;

  g_return_val_if_fail (TPO_IS_DOCUMENT (document) && TPO_IS_PLAYER (player), NULL);
  g_return_val_if_fail (TPO_IS_VIDEO_VIEW (view), NULL);

  self = g_object_new (TPO_TYPE_CANVAS, NULL);
  self->document = g_object_ref (document);
  self->player = g_object_ref (player);
  g_set_weak_pointer (&self->view, view);
  return GTK_WIDGET (self);
}

GActionGroup *
tpo_canvas_get_actions (TpoCanvas *self)
{
  g_return_val_if_fail (TPO_IS_CANVAS (self), NULL);

  return G_ACTION_GROUP (self->actions);
}
