#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TPO_TYPE_APPLICATION (tpo_application_get_type ())
G_DECLARE_FINAL_TYPE (TpoApplication, tpo_application, TPO, APPLICATION, AdwApplication)

TpoApplication *tpo_application_new (void);

G_END_DECLS
