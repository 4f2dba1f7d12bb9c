#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * Everything whose form depends on the release of GTK or libadwaita, from GTK 4.8 and libadwaita
 * 1.2 on. Callers are written once; this header has no conditions. Main thread only.
 */

/* ---- Files ------------------------------------------------------------------------------- */

/**
 * TpoFileReady:
 * @file: (nullable): %NULL when the dialog was dismissed or failed
 * @error: (nullable): why it failed; %NULL when it was only dismissed
 *
 * Called once for each dialog. Borrowed arguments.
 */
typedef void (*TpoFileReady) (GFile *file, const GError *error, gpointer user_data);

/**
 * tpo_compat_open_file:
 * @filters: (nullable): list of GtkFileFilter
 */
void tpo_compat_open_file (GtkWindow *parent, const char *title, GListModel *filters,
                           TpoFileReady ready, gpointer user_data);

/**
 * TpoFilesReady:
 * @files: (nullable): list of GFile; %NULL when the dialog was dismissed or failed
 *
 * As TpoFileReady.
 */
typedef void (*TpoFilesReady) (GListModel *files, const GError *error, gpointer user_data);

/**
 * tpo_compat_media_filters: videos and pictures, or all files. Returns: (transfer full): list of
 * GtkFileFilter
 */
GListModel *tpo_compat_media_filters (void);

/** tpo_compat_open_files: one or more; @filters: (nullable) */
void tpo_compat_open_files (GtkWindow *parent, const char *title, GListModel *filters,
                            TpoFilesReady ready, gpointer user_data);

/**
 * tpo_compat_save_file:
 * @name: (nullable): suggested file name
 * @filters: (nullable): list of GtkFileFilter
 */
void tpo_compat_save_file (GtkWindow *parent, const char *title, const char *name,
                           GListModel *filters, TpoFileReady ready, gpointer user_data);

void tpo_compat_choose_folder (GtkWindow *parent, const char *title, TpoFileReady ready,
                               gpointer user_data);

/* ---- Dialogs ----------------------------------------------------------------------------- */

/** TpoQuestion: valid when zeroed but for @heading and @accept */
typedef struct {
  const char *heading; /* a short question */
  const char *body;    /* (nullable): what would happen */
  const char *accept;  /* button that does it, a verb, with mnemonic */
  const char *cancel;  /* (nullable): button that does not; "_Cancel" when %NULL */
  gboolean
      is_destructive; /* cannot be undone: the accepting button is red, cancelling default */
} TpoQuestion;

/** TpoAnswerReady: called once, also when the dialog goes away without an answer */
typedef void (*TpoAnswerReady) (gboolean is_accepted, gpointer user_data);

void tpo_compat_ask (GtkWindow *parent, const TpoQuestion *question, TpoAnswerReady ready,
                     gpointer user_data);

/** tpo_compat_tell: a message with nothing to decide */
void tpo_compat_tell (GtkWindow *parent, const char *heading, const char *body);

/**
 * TpoAbout: all strings are shown as they are, and may be %NULL but for the name; the lists end
 * with %NULL
 */
typedef struct {
  const char *name, *icon_name, *version, *website, *issue_url, *copyright, *comments;
  const char *const *developers;
  const char *translators;
  GtkLicense license;
  const char *debug_info; /* (nullable): offered for copying into a report */
} TpoAbout;

void tpo_compat_show_about (GtkWindow *parent, const TpoAbout *about);

/**
 * tpo_compat_show_preferences:
 * @parent: a window of the program, whose actions "app.*" the pages may use
 * @title: (nullable): "Preferences" when %NULL
 * @pages: [n_pages] floating pages, taken over
 */
void tpo_compat_show_preferences (GtkWindow *parent, const char *title,
                                  AdwPreferencesPage *const *pages, guint n_pages);

/** TpoShortcut: one line of the list of shortcuts; lines of one group follow each other */
typedef struct {
  const char *group;        /* heading */
  const char *title;        /* what it does */
  const char *accelerators; /* as gtk_accelerator_parse() takes them, separated by spaces */
} TpoShortcut;

void tpo_compat_show_shortcuts (GtkWindow *parent, const TpoShortcut *shortcuts,
                                guint n_shortcuts);

/* ---- Drawing and widgets ----------------------------------------------------------------- */

/**
 * tpo_compat_name_with_button: @name is read out for @widget and for the button in it, which takes
 * the keyboard
 */
void tpo_compat_name_with_button (GtkWidget *widget, const char *name);

/**
 * tpo_compat_name_buttons: names the buttons in @widget that GTK or libadwaita made with an icon or
 * a child only, and those whose label has the mark of a mnemonic, which GTK 4.8 reads out; others
 * keep the name they have
 */
void tpo_compat_name_buttons (GtkWidget *widget);

/**
 * tpo_compat_set_tooltip:
 * @text: (nullable)
 *
 * For what says something else often: gtk_widget_set_tooltip_text() asks the display where the
 * pointer is, and waits, also for the same text.
 */
void tpo_compat_set_tooltip (GtkWidget *widget, const char *text);

/**
 * tpo_compat_spell_keys: @accelerators: with blanks between, as of an action. Returns: (transfer
 * full) (array zero-terminated=1): each as people write it, such as "Ctrl+K"
 */
char **tpo_compat_spell_keys (const char *accelerators);

/** tpo_compat_name_toasts: names the buttons of each toast that @overlay will show */
void tpo_compat_name_toasts (AdwToastOverlay *overlay);

/**
 * tpo_compat_drop_rows:
 *
 * For when all that is listed will change: GTK makes hundreds of rows, most of them out of sight,
 * and up to 4.10 none of them again. Those that are there go now; others come in a step of their
 * own if the caller gives the model back later. Not while one of them has the focus. Returns:
 * whether they went
 */
gboolean tpo_compat_drop_rows (GtkListView *view);

/**
 * tpo_compat_scroll_steps:
 * @dx: (inout): as the signal "scroll" gives it; then in steps of a wheel, also of a touchpad,
 *   which tells of pixels
 * @dy: (inout): likewise
 */
void tpo_compat_scroll_steps (GtkEventControllerScroll *controller, double *dx, double *dy);

/**
 * tpo_compat_find_center: between the fingers of a gesture, or of its widget where they are not
 * known. @x, @y: (out): in the widget
 */
void tpo_compat_find_center (GtkGesture *gesture, double *x, double *y);

/** tpo_compat_get_color: the colour of text and symbols in @widget */
void tpo_compat_get_color (GtkWidget *widget, GdkRGBA *color);

/**
 * tpo_compat_texture_new:
 * @pixels: [@height, @width, 4] bytes: blue, green, red, alpha, premultiplied
 * @stride: bytes from row to row, a multiple of 4
 *
 * As a memory texture, which tpo_compat_append_texture() draws quickly without a graphics device, too.
 * Any thread.
 */
GdkTexture *tpo_compat_texture_new (guint width, guint height, GBytes *pixels, gsize stride);

/**
 * tpo_compat_append_texture:
 * @widget: that is being drawn
 * @is_crisp: show pixels as squares when enlarged, where GTK can
 */
void tpo_compat_append_texture (GtkWidget *widget, GtkSnapshot *snapshot, GdkTexture *texture,
                                const graphene_rect_t *bounds, gboolean is_crisp);

/**
 * tpo_compat_announce:
 *
 * Says something to a screen reader without moving the focus. On releases that cannot, @widget's
 * accessible description is set instead.
 */
void tpo_compat_announce (GtkWidget *widget, const char *message);

G_END_DECLS
