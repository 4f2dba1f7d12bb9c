/*
 * Runs one fixture on the default device: every stored result must come out within its tolerance.
 * Fixtures state tolerances for F32 and F16 only; where a result hangs on a decision (a score near
 * zero, a rounded number) that Q8_0 may take the other way, the test names the types it is held to.
 */

#include <stdlib.h>

#include <tpo/parity.h>

typedef struct {
  TpoDevice *device;
  const char *path;
  TpoParityStorage storage;
} Fixture;

static void
check (gconstpointer data)
{
  const Fixture *fixture = data;
  const TpoParityOptions options = { .storage = fixture->storage };
  g_autoptr (TpoParityReport) report = NULL;
  g_autoptr (GError) error = NULL;

  tpo_parity_run (fixture->device, fixture->path, &options, &report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->items->len, >, 0);
  for (guint i = 0; i < report->items->len; i++) {
    const TpoParityItem *item = g_ptr_array_index (report->items, i);

    g_test_message ("%s %s: error %g, allowed %g", item->passed ? "ok" : "over", item->name,
                    item->error, item->tolerance);
  }
  g_assert_cmpuint (report->n_failed, ==, 0);
  g_assert_cmpuint (tpo_device_n_validation_errors (fixture->device), ==, 0);
}

/* Storages named after the fixture; none named: all. */
static gboolean
is_wanted (int argc, char **argv, TpoParityStorage storage)
{
  gboolean wanted = argc == 2;

  for (int i = 2; i < argc; i++)
    wanted |= g_str_equal (argv[i], tpo_parity_storage_name (storage));
  return wanted;
}

int
main (int argc, char **argv)
{
  static Fixture fixtures[TPO_PARITY_STORAGE_COUNT];
  const TpoDeviceOptions options = { .validate = g_getenv ("TPO_VALIDATE") != NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoDevice) device = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc < 2)
    g_error ("usage: models-parity FIXTURE [STORAGE…]");
  device = tpo_device_open (&options, &error);
  if (device == NULL)
    g_error ("%s", error->message);

  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++) {
    g_autofree char *name = g_strdup_printf ("/parity/%s", tpo_parity_storage_name (i));

    fixtures[i] = (Fixture){ .device = device, .path = argv[1], .storage = i };
    if (is_wanted (argc, argv, i))
      g_test_add_data_func (name, &fixtures[i], check);
  }
  status = g_test_run ();
  return status;
}
