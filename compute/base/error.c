#include <tpo/error.h>

GQuark
tpo_error_quark (void)
{
  return g_quark_from_static_string ("tpo-error-quark");
}
