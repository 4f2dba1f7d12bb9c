#include "config.h"

#include "cli/bench-stages.h"

/* The three kinds of operators that took longest, as shares of the stage's device time. */
static char *
describe_times (const TpoStageFigure *figure)
{
  g_autoptr (GString) text = g_string_new (NULL);
  double total = 0;

  for (guint i = 0; i < figure->n_times; i++)
    total += figure->times[i].us;
  for (guint i = 0; i < MIN (figure->n_times, 3) && total > 0; i++) {
    const TpoDeviceTime *time = &figure->times[i];

    g_string_append_printf (text, "%s%s %.0f %%", i > 0 ? ", " : "", time->what,
                            100 * time->us / total);
    if (time->flops > 0)
      g_string_append_printf (text, " (%.0f GFLOP/s)", time->flops / time->us / 1e3);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
tpo_stage_figure_to_string (const TpoStageFigure *figure, TpoFigureFormat format)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE], cpu[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *times = describe_times (figure);

  g_ascii_formatd (number, sizeof number, "%.1f", figure->ms);
  g_ascii_formatd (cpu, sizeof cpu, "%.1f", figure->cpu_ms);
  if (format == TPO_FIGURE_JSON)
    return g_strdup_printf ("{ \"name\": \"%s\", \"ms\": %s, \"cpu_ms\": %s, "
                            "\"used\": %" G_GUINT64_FORMAT ", \"peak\": %" G_GUINT64_FORMAT
                            ", \"host_peak\": %" G_GUINT64_FORMAT ", \"times\": \"%s\" }",
                            figure->name, number, cpu, figure->used, figure->peak,
                            figure->host_peak, times);
  if (format == TPO_FIGURE_TSV)
    return g_strdup_printf ("stage:%s\tms\t%s\tprocessor ms\t%s\tMB\t%.0f", figure->name,
                            number, cpu, figure->peak / 1e6);
  return g_strdup_printf ("%-32s %11s ms, processors %11s ms; device %7.0f MB, peak %7.0f MB; "
                          "main memory, peak %7.0f MB  %s",
                          figure->name, number, cpu, figure->used / 1e6, figure->peak / 1e6,
                          figure->host_peak / 1e6, times);
}
