#pragma once

#include <adwaita.h>

#include "library/tpo-library.h"

G_BEGIN_DECLS

#define TPO_TYPE_DOWNLOAD_ROW (tpo_download_row_get_type ())
G_DECLARE_FINAL_TYPE (TpoDownloadRow, tpo_download_row, TPO, DOWNLOAD_ROW, AdwPreferencesRow)

/** tpo_download_row_new: how far a download is, with buttons to pause, go on, and end it */
GtkWidget *tpo_download_row_new (TpoLibrary *library, TpoDownload *download);

G_END_DECLS
