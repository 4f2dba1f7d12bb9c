#include <tpo/error.h>

G_DEFINE_QUARK (tpo-error-quark, tpo_error)
