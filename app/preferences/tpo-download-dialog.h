#pragma once

#include <adwaita.h>

#include "library/tpo-library.h"

G_BEGIN_DECLS

#define TPO_TYPE_DOWNLOAD_DIALOG (tpo_download_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TpoDownloadDialog, tpo_download_dialog, TPO, DOWNLOAD_DIALOG, AdwWindow)

/**
 * tpo_download_dialog_new: a dialog that takes a model's address, tells what is there, and starts
 * its download
 */
GtkWindow *tpo_download_dialog_new (GtkWindow *parent, TpoLibrary *library);

G_END_DECLS
