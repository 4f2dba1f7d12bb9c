#include "config.h"

#include <locale.h>

#include <glib/gi18n.h>

#include "files/tpo-data-files.h"
#include "window/tpo-application.h"

int
main (int argc, char **argv)
{
  g_autoptr (TpoApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, tpo_locale_folder ());
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = tpo_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
