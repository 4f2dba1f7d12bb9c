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

static const char *
title_of (const TpoAgreementFigures *figures)
{
  return figures->label_name != NULL ? figures->label_name : "(none)";
}

static void
print_attributes (const TpoAgreementFigures *figures, const char *format)
{
  for (guint i = 0; i < figures->attributes->len; i++) {
    const TpoAttributeAgreement *attribute = g_ptr_array_index (figures->attributes, i);

    printf (format, title_of (figures), attribute->name, attribute->n_same,
            attribute->n_compared);
  }
}

/* How far both say the same of attributes, of pairs of which at least one says something. */
static void
print_all_attributes (const TpoComparison *self, gboolean as_tsv)
{
  gboolean has_any = FALSE;

  for (guint i = 0; i < self->figures->len; i++)
    has_any |=
        ((TpoAgreementFigures *) g_ptr_array_index (self->figures, i))->attributes->len > 0;
  if (as_tsv)
    printf ("label\tattribute\tsame\tcompared\n");
  else if (has_any)
    printf ("\n%-24s %-24s %8s %8s\n", "label", "attribute", "same", "compared");
  for (guint i = 0; i < self->figures->len; i++)
    print_attributes (g_ptr_array_index (self->figures, i),
                      as_tsv ? "%s\t%s\t%u\t%u\n" : "%-24s %-24s %8u %8u\n");
}

static void
print_comparison (const TpoComparison *self, gboolean as_tsv)
{
  printf (as_tsv ? "%s\t%s\t%s\t%s\t%s\t%s\n" : "%-24s %8s %8s %8s %8s %8s\n", "label",
          "matched", "iou", "renamed", "only_a", "only_b");
  for (guint i = 0; i < self->figures->len; i++) {
    const TpoAgreementFigures *figures = g_ptr_array_index (self->figures, i);

    print_row (figures, title_of (figures), as_tsv);
  }
  print_row (&self->all, "(all)", as_tsv);
  if (as_tsv)
    return;
  print_all_attributes (self, FALSE);
  printf ("\n%u videos in both, %u only in A, %u only in B; %u differences\n", self->n_videos,
          self->n_my_videos_only, self->n_their_videos_only, self->differences->len);
  if (isnan (self->kappa))
    printf ("kappa of labels: fewer than two labels\n");
  else
    printf ("kappa of labels: %.3f\n", self->kappa);
}

static int
run (const char *a, const char *b, gboolean as_tsv, gboolean of_attributes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TpoStore) mine = tpo_store_open (a, TPO_STORE_READ_ONLY, &error);
  g_autoptr (TpoStore) theirs =
      mine != NULL ? tpo_store_open (b, TPO_STORE_READ_ONLY, &error) : NULL;
  g_autoptr (TpoComparison) comparison =
      theirs != NULL ? tpo_comparison_new (mine, theirs, NULL, &error) : NULL;

  if (comparison == NULL)
    return tpo_cli_fail (error);
  if (of_attributes)
    print_all_attributes (comparison, as_tsv);
  else
    print_comparison (comparison, as_tsv);
  return 0;
}

int
tpo_cli_compare (int argc, char **argv)
{
  gboolean as_tsv = FALSE, of_attributes = FALSE;
  const GOptionEntry entries[] = {
    { "tsv", 0, 0, G_OPTION_ARG_NONE, &as_tsv, "Print a table for machines", NULL },
    { "attributes", 0, 0, G_OPTION_ARG_NONE, &of_attributes,
      "Print only how far attributes agree", NULL },
    { NULL },
  };

  if (!tpo_cli_parse (
          &argc, &argv, entries, "A B",
          "Compares the labels of two projects, video by video: mean IoU (tIoU of "
          "spans) of matched labels, labels that only one has, Cohen's kappa, and how far attributes agree.",
          2, 2))
    return 2;
  return run (argv[1], argv[2], as_tsv, of_attributes);
}
