/* The one place where volk's function table is defined: Vulkan is opened at run time, so that a
 * machine without it gets a sentence instead of a loader error. */
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wundef"
#define VOLK_IMPLEMENTATION
#define VK_NO_PROTOTYPES
#include <volk.h>
