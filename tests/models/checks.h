#pragma once

#include "nn/graph.h"

/* What tests of networks have in common; every function ends the program where the device refuses. */

/** tpo_test_run: compiles and runs @g */
void tpo_test_run (TpoGraph *g);

/** tpo_test_read: Returns: (transfer full): all values of an output of @g */
float *tpo_test_read (TpoGraph *g, TpoTensor *output);

/** tpo_test_check: @what names the value in the log */
void tpo_test_check (const char *what, double actual, double expected, double tolerance);

/** tpo_test_check_row: @n neighbours in an output of @g, from element @first on */
void tpo_test_check_row (const char *what, TpoGraph *g, TpoTensor *output, gsize first,
                         const float *expected, guint n, double tolerance);

/** tpo_test_measure: mean and unbiased standard deviation */
void tpo_test_measure (const float *values, gsize n, double *mean, double *deviation);

/** tpo_test_check_moments: of an output of @g */
void tpo_test_check_moments (const char *what, TpoGraph *g, TpoTensor *output, double mean,
                             double deviation, double tolerance);

/**
 * TpoNetworkTest: one test; @data is the device or what else the program passes
 */
typedef struct {
  const char *path;
  GTestDataFunc run;
} TpoNetworkTest;

/** tpo_test_open: the default device, under validation where TPO_VALIDATE is set. Returns: (transfer full) */
TpoDevice *tpo_test_open (void);

/** tpo_test_all: runs @tests and checks that the validation layer had nothing to say. Returns: exit status */
int tpo_test_all (TpoDevice *device, const TpoNetworkTest *tests, guint n, gconstpointer data);
