#pragma once

/**
 * Subcommands of `tpo`. Each takes its own argument vector, argv[0] being the subcommand's name,
 * prints results on standard output and sentences about what went wrong on standard error, and
 * returns the exit status: 0 when all went well, 1 when the work failed, 2 when the arguments make
 * no sense.
 */
int tpo_cli_ask (int argc, char **argv);
int tpo_cli_bench (int argc, char **argv);
int tpo_cli_compare (int argc, char **argv);
int tpo_cli_convert (int argc, char **argv);
int tpo_cli_devices (int argc, char **argv);
int tpo_cli_download (int argc, char **argv);
int tpo_cli_eval (int argc, char **argv);
int tpo_cli_export (int argc, char **argv);
int tpo_cli_formats (int argc, char **argv);
int tpo_cli_generate (int argc, char **argv);
int tpo_cli_import (int argc, char **argv);
int tpo_cli_inspect (int argc, char **argv);
int tpo_cli_parity (int argc, char **argv);
