#include "config.h"

#include <glib/gi18n.h>

#include "compat/tpo-compat.h"

#define RESPONSE_CANCEL "cancel"
#define RESPONSE_ACCEPT "accept"

typedef struct {
  TpoAnswerReady ready; /* (nullable): once answered */
  gpointer user_data;
} Request;

static void
answer (Request *request, gboolean is_accepted)
{
  TpoAnswerReady ready = request->ready;

  request->ready = NULL;
  if (ready != NULL)
    ready (is_accepted, request->user_data);
}

static void
on_response (GObject *dialog, const char *response, gpointer user_data)
{
  answer (user_data, g_str_equal (response, RESPONSE_ACCEPT));
}

/* The dialog may close without a response being handled. */
static void
on_closed (gpointer user_data, GClosure *closure)
{
  answer (user_data, FALSE);
  g_free (user_data);
}

void
tpo_compat_ask (GtkWindow *parent, const TpoQuestion *question, TpoAnswerReady ready,
                gpointer user_data)
{
  const char *cancel, *preferred;
  Request *request;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (question != NULL && question->heading != NULL && question->accept != NULL);
  cancel = question->cancel != NULL ? question->cancel : _ ("_Cancel");
  preferred = question->is_destructive ? RESPONSE_CANCEL : RESPONSE_ACCEPT;
  request = g_new (Request, 1);
  *request = (Request){ ready, user_data };
#if ADW_CHECK_VERSION(1, 5, 0)
  {
    AdwDialog *dialog = adw_alert_dialog_new (question->heading, question->body);
    AdwAlertDialog *alert = ADW_ALERT_DIALOG (dialog);

    adw_alert_dialog_add_responses (alert, RESPONSE_CANCEL, cancel, RESPONSE_ACCEPT,
                                    question->accept, NULL);
    adw_alert_dialog_set_response_appearance (
        alert, RESPONSE_ACCEPT,
        question->is_destructive ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
    adw_alert_dialog_set_default_response (alert, preferred);
    adw_alert_dialog_set_close_response (alert, RESPONSE_CANCEL);
    g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), request, on_closed, 0);
    adw_dialog_present (dialog, GTK_WIDGET (parent));
  }
#else
  {
    GtkWidget *dialog = adw_message_dialog_new (parent, question->heading, question->body);
    AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

    adw_message_dialog_add_responses (message, RESPONSE_CANCEL, cancel, RESPONSE_ACCEPT,
                                      question->accept, NULL);
    adw_message_dialog_set_response_appearance (
        message, RESPONSE_ACCEPT,
        question->is_destructive ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
    adw_message_dialog_set_default_response (message, preferred);
    adw_message_dialog_set_close_response (message, RESPONSE_CANCEL);
    g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), request, on_closed, 0);
    tpo_compat_name_buttons (dialog);
    gtk_window_present (GTK_WINDOW (dialog));
  }
#endif
}

void
tpo_compat_tell (GtkWindow *parent, const char *heading, const char *body)
{
  g_return_if_fail (GTK_IS_WINDOW (parent));
#if ADW_CHECK_VERSION(1, 5, 0)
  {
    AdwDialog *dialog = adw_alert_dialog_new (heading, body);

    adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), RESPONSE_ACCEPT, _ ("_Close"));
    adw_dialog_present (dialog, GTK_WIDGET (parent));
  }
#else
  {
    GtkWidget *dialog = adw_message_dialog_new (parent, heading, body);

    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), RESPONSE_ACCEPT,
                                     _ ("_Close"));
    tpo_compat_name_buttons (dialog);
    gtk_window_present (GTK_WINDOW (dialog));
  }
#endif
}

/* What there is none of is left alone: these properties take no NULL. */
static void
set_text (GObject *dialog, const char *property, const char *text)
{
  if (text != NULL)
    g_object_set (dialog, property, text, NULL);
}

void
tpo_compat_show_about (GtkWindow *parent, const TpoAbout *about)
{
  GObject *dialog;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (about != NULL);
  /* Both classes have the same properties. */
#if ADW_CHECK_VERSION(1, 5, 0)
  dialog = G_OBJECT (adw_about_dialog_new ());
#else
  dialog = G_OBJECT (adw_about_window_new ());
  gtk_window_set_transient_for (GTK_WINDOW (dialog), parent);
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
#endif
  g_object_set (dialog, "application-name", about->name, "application-icon", about->icon_name,
                "version", about->version, "copyright", about->copyright, "comments",
                about->comments, "developers", about->developers, "license-type",
                about->license, NULL);
  set_text (dialog, "website", about->website);
  set_text (dialog, "issue-url", about->issue_url);
  set_text (dialog, "translator-credits", about->translators);
  set_text (dialog, "debug-info", about->debug_info);
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (parent));
#else
  tpo_compat_name_buttons (GTK_WIDGET (dialog));
  gtk_window_present (GTK_WINDOW (dialog));
#endif
}

#if !ADW_CHECK_VERSION(1, 5, 0)

/* Titles of groups are on several lines where the text is large, and the window's is beside its buttons if it
 * has no room in the middle, rather than cut off. */
static void
show_whole_titles (GtkWidget *widget)
{
  GtkWidget *group = gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_GROUP);

  if (ADW_IS_HEADER_BAR (widget))
    adw_header_bar_set_centering_policy (ADW_HEADER_BAR (widget), ADW_CENTERING_POLICY_LOOSE);
  if (group != NULL && GTK_IS_LABEL (widget) && gtk_widget_has_css_class (widget, "heading") &&
      g_strcmp0 (gtk_label_get_label (GTK_LABEL (widget)),
                 adw_preferences_group_get_title (ADW_PREFERENCES_GROUP (group))) == 0) {
    gtk_label_set_ellipsize (GTK_LABEL (widget), PANGO_ELLIPSIZE_NONE);
    gtk_label_set_wrap (GTK_LABEL (widget), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (widget), PANGO_WRAP_WORD_CHAR);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    show_whole_titles (child);
}

#endif

void
tpo_compat_show_preferences (GtkWindow *parent, const char *title,
                             AdwPreferencesPage *const *pages, guint n_pages)
{
  g_return_if_fail (GTK_IS_WINDOW (parent));
#if ADW_CHECK_VERSION(1, 5, 0)
  {
    AdwDialog *dialog = adw_preferences_dialog_new ();

    if (title != NULL)
      adw_dialog_set_title (dialog, title);
    adw_preferences_dialog_set_search_enabled (ADW_PREFERENCES_DIALOG (dialog), n_pages > 1);
    for (guint i = 0; i < n_pages; i++)
      adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), pages[i]);
    adw_dialog_present (dialog, GTK_WIDGET (parent));
  }
#else
  {
    GtkWidget *window = adw_preferences_window_new ();

    if (title != NULL)
      gtk_window_set_title (GTK_WINDOW (window), title);
    /* Typing belongs to the page where there is only one. */
    adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), n_pages > 1);
    for (guint i = 0; i < n_pages; i++)
      adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), pages[i]);
    gtk_window_set_transient_for (GTK_WINDOW (window), parent);
    gtk_window_set_modal (GTK_WINDOW (window), TRUE);
    /* A window of its own does not see the program's actions, as a dialog inside the parent does. */
    gtk_widget_insert_action_group (window, "app",
                                    G_ACTION_GROUP (gtk_window_get_application (parent)));
    show_whole_titles (window);
    tpo_compat_name_buttons (window);
    gtk_window_present (GTK_WINDOW (window));
  }
#endif
}
