#include "config.h"

#include "preferences/tpo-answers-page.h"

struct _TpoAnswersPage {
  AdwPreferencesPage parent_instance;

  GtkWidget *vary_answers, *temperature, *top_p, *seed, *repetition_penalty, *max_tokens;
  GtkWidget *temperature_row, *top_p_row, *seed_row;
};

G_DEFINE_FINAL_TYPE (TpoAnswersPage, tpo_answers_page, ADW_TYPE_PREFERENCES_PAGE)

static void
tpo_answers_page_class_init (TpoAnswersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, TPO_RESOURCES
                                               "/preferences/tpo-answers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TpoAnswersPage, vary_answers);
  gtk_widget_class_bind_template_child (widget_class, TpoAnswersPage, temperature);
  gtk_widget_class_bind_template_child (widget_class, TpoAnswersPage, top_p);
  gtk_widget_class_bind_template_child (widget_class, TpoAnswersPage, seed);
  gtk_widget_class_bind_template_child (widget_class, TpoAnswersPage, repetition_penalty);
  gtk_widget_class_bind_template_child (widget_class, TpoAnswersPage, max_tokens);
  gtk_widget_class_bind_template_child (widget_class, TpoAnswersPage, temperature_row);
  gtk_widget_class_bind_template_child (widget_class, TpoAnswersPage, top_p_row);
  gtk_widget_class_bind_template_child (widget_class, TpoAnswersPage, seed_row);
}

static void
tpo_answers_page_init (TpoAnswersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tpo_answers_page_new (GSettings *settings)
{
  TpoAnswersPage *self = g_object_new (TPO_TYPE_ANSWERS_PAGE, NULL);
  GtkWidget *const drawn[] = { self->temperature_row, self->top_p_row, self->seed_row };
  const struct {
    const char *key;
    GtkWidget *spin;
  } numbers[] = {
    { "temperature", self->temperature },
    { "top-p", self->top_p },
    { "seed", self->seed },
    { "repetition-penalty", self->repetition_penalty },
    { "max-tokens", self->max_tokens },
  };

  g_settings_bind (settings, "vary-answers", self->vary_answers, "active",
                   G_SETTINGS_BIND_DEFAULT);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_settings_bind (settings, numbers[i].key, numbers[i].spin, "value",
                     G_SETTINGS_BIND_DEFAULT);
  /* Without drawing there is nothing that these could change. */
  for (gsize i = 0; i < G_N_ELEMENTS (drawn); i++)
    g_object_bind_property (self->vary_answers, "active", drawn[i], "sensitive",
                            G_BINDING_SYNC_CREATE);
  return GTK_WIDGET (self);
}
