#include "fuzz.h"

#include "io/torch.h"
#include "use-weights.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) file = g_bytes_new (data, size);
  g_autoptr (TpoWeights) weights = tpo_weights_new ("fuzz.pt");
  g_autoptr (GError) error = NULL;

  if (tpo_torch_read (weights, file, "fuzz.pt", &error))
    use_weights (weights);
  else
    g_assert (error != NULL);
  return 0;
}
