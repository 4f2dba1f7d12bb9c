/* When a barrier is due. */

#include <glib.h>

#include "nn/hazards.h"

static void
test_kinds (void)
{
  g_autoptr (TpoHazards) hazards = tpo_hazards_new ();
  const int memory = 0, other = 0;

  tpo_hazards_add (hazards, &memory, 100, 50, FALSE);
  tpo_hazards_add (hazards, &memory, 200, 50, TRUE);

  /* Reading what was read is fine, writing it is not. */
  g_assert_false (tpo_hazards_meet (hazards, &memory, 100, 50, FALSE));
  g_assert_true (tpo_hazards_meet (hazards, &memory, 149, 10, TRUE));
  /* What was written is neither to be read nor to be written. */
  g_assert_true (tpo_hazards_meet (hazards, &memory, 240, 100, FALSE));
  g_assert_true (tpo_hazards_meet (hazards, &memory, 0, 1000, TRUE));
  /* Neighbours and other memory are free. */
  g_assert_false (tpo_hazards_meet (hazards, &memory, 150, 50, TRUE));
  g_assert_false (tpo_hazards_meet (hazards, &memory, 250, 50, TRUE));
  g_assert_false (tpo_hazards_meet (hazards, &other, 200, 50, TRUE));

  tpo_hazards_clear (hazards);
  g_assert_false (tpo_hazards_meet (hazards, &memory, 0, 1000, TRUE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hazards/kinds", test_kinds);
  return g_test_run ();
}
