#include "config.h"

#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "review/comparison.h"

static void
print_row (const TpoAgreementFigures *figures, const char *title, gboolean as_tsv)
{
  printf (as_tsv ? "%s\t%u\t%.6f\t%u\t%u\t%u\n" : "%-24s %8u %8.3f %8u %8u %8u\n", title,
          figures->n_matched, figures->overlap, figures->n_renamed, figures->n_mine_only,
          figures->n_theirs_only);
}

static void
print_comparison (const TpoComparison *self, gboolean as_tsv)
{
  printf (as_tsv ? "%s\t%s\t%s\t%s\t%s\t%s\n" : "%-24s %8s %8s %8s %8s %8s\n", "label",
          "matched", "iou", "renamed", "only_a", "only_b");
  for (guint i = 0; i < self->figures->len; i++) {
    const TpoAgreementFigures *figures = g_ptr_array_index (self->figures, i);

    print_row (figures, figures->label_name != NULL ? figures->label_name : "(none)", as_tsv);
  }
  print_row (&self->all, "(all)", as_tsv);
  if (as_tsv)
    return;
  printf ("\n%u videos in both, %u only in A, %u only in B; %u differences\n", self->n_videos,
          self->n_my_videos_only, self->n_their_videos_only, self->differences->len);
  if (isnan (self->kappa))
    printf ("kappa of labels: fewer than two labels\n");
  else
    printf ("kappa of labels: %.3f\n", self->kappa);
}

static int
run (const char *a, const char *b, gboolean as_tsv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) mine = tpo_store_open (a, TPO_STORE_READ_ONLY, &error);
  g_autoptr (TpoStore) theirs =
      mine != NULL ? tpo_store_open (b, TPO_STORE_READ_ONLY, &error) : NULL;
  g_autoptr (TpoComparison) comparison =
      theirs != NULL ? tpo_comparison_new (mine, theirs, NULL, &error) : NULL;

  if (comparison == NULL)
    return tpo_cli_fail (error);
  print_comparison (comparison, as_tsv);
  return 0;
}

int
tpo_cli_compare (int argc, char **argv)
{
  gboolean as_tsv = FALSE;
  const GOptionEntry entries[] = {
    { "tsv", 0, 0, G_OPTION_ARG_NONE, &as_tsv, "Print a table for machines", NULL },
    { NULL },
  };

  if (!tpo_cli_parse (&argc, &argv, entries, "A B",
                      "Compares the labels of two projects, video by video: mean IoU (tIoU of "
                      "spans) of matched labels, labels that only one has, and Cohen's kappa.",
                      2, 2))
    return 2;
  return run (argv[1], argv[2], as_tsv);
}
