#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <tpo/device.h>

#include "formats/tpo-loss-report.h"

/**
 * What the subcommands share: arguments, errors, JSON and the choice of device and model.
 */

/**
 * tpo_cli_parse:
 * @arguments: the positional arguments for the usage line, "VIDEO QUESTION"
 * @summary: a sentence about the command
 * @n_least, @n_most: how many positional arguments are taken
 *
 * Parses options in place; afterwards argv[1 … argc-1] are the positional arguments. Prints what is
 * wrong.
 *
 * Returns: false when the arguments make no sense; exit with 2
 */
gboolean tpo_cli_parse (int *argc, char ***argv, const GOptionEntry *entries,
                        const char *arguments, const char *summary, int n_least, int n_most);

/** tpo_cli_fail: prints @error on standard error. Returns: 1, the exit status */
int tpo_cli_fail (const GError *error);

/** TpoCliWork: what takes long; runs in a thread of its own */
typedef gboolean (*TpoCliWork) (gpointer data, GCancellable *cancellable, GError **error);

/**
 * tpo_cli_work: runs @func, and cancels it on Ctrl+C or when the system wants the program to end
 *
 * Returns: what @func returned
 */
gboolean tpo_cli_work (TpoCliWork func, gpointer data, GError **error);

/** tpo_cli_print_json: prints what @json holds, indented, with a newline */
void tpo_cli_print_json (JsonBuilder *json);

void tpo_cli_json_string (JsonBuilder *json, const char *member, const char *value);
void tpo_cli_json_int (JsonBuilder *json, const char *member, gint64 value);
void tpo_cli_json_double (JsonBuilder *json, const char *member, double value);

/** tpo_cli_json_losses: as the member "losses" */
void tpo_cli_json_losses (JsonBuilder *json, const TpoLossReport *report);

/**
 * tpo_cli_open_device:
 * @selector: (nullable): as --device; NULL also looks at the environment variable TPO_DEVICE
 *
 * Opens a device with the user's pipeline cache. TPO_VALIDATE=1 in the environment switches the
 * validation layer on.
 */
TpoDevice *tpo_cli_open_device (const char *selector, GError **error);

/** tpo_cli_open_device_within: the same, as if the device had @max_memory bytes; 0: what it has */
TpoDevice *tpo_cli_open_device_within (const char *selector, guint64 max_memory,
                                       GError **error);

/**
 * tpo_cli_model_path:
 * @given: (nullable): as --model
 *
 * Returns: (transfer full) (nullable): @given; else TPO_MODEL of the environment; else the bundled
 *   model, installed or beside the source the program was built from; %NULL with TPO_ERROR_IO when
 *   there is none
 */
char *tpo_cli_model_path (const char *given, GError **error);
