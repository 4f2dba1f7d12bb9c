#include "config.h"

#include "player/tpo-tempo.h"

#ifdef TPO_HAVE_AVFILTER

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/channel_layout.h>
#include <string.h>

/* The filter's window is the power of two from a 24th of a second on; its first half is lost, as
 * measured by recording. */
#define WINDOWS_PER_SECOND 24

struct _TpoTempo {
  AVFilterGraph *graph;
  gint64 lead_us;
  AVFilterContext *source, *sink;
  AVFrame *input, *output;
  guint rate;
};

static AVFilterContext *
add_filter (TpoTempo *self, const char *name, const char *label, const char *arguments)
{
  AVFilterContext *filter = NULL;

  if (avfilter_graph_create_filter (&filter, avfilter_get_by_name (name), label, arguments,
                                    NULL, self->graph) < 0)
    return NULL;
  return filter;
}

/* One tempo filter goes down to a half; slower speeds take two. */
static gboolean
build (TpoTempo *self, double speed)
{
  double first = speed < 0.5 ? 0.5 : speed, second = speed / first;
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *source_arguments =
      g_strdup_printf ("sample_rate=%u:sample_fmt=flt:channel_layout=stereo:time_base=1/%u",
                       self->rate, self->rate);
  AVFilterContext *tempo, *format, *last;
  guint window = 1;

  while (window < self->rate / WINDOWS_PER_SECOND)
    window *= 2;
  self->lead_us = window / 2 * G_USEC_PER_SEC / self->rate;
  self->source = add_filter (self, "abuffer", "in", source_arguments);
  tempo = add_filter (self, "atempo", "first", g_ascii_dtostr (text, sizeof text, first));
  format = add_filter (self, "aformat", "format", "sample_fmts=flt:channel_layouts=stereo");
  self->sink = add_filter (self, "abuffersink", "out", NULL);
  if (self->source == NULL || tempo == NULL || format == NULL || self->sink == NULL ||
      avfilter_link (self->source, 0, tempo, 0) < 0)
    return FALSE;
  last = tempo;
  if (second < 1) {
    self->lead_us += (gint64) ((double) self->lead_us * first);
    last = add_filter (self, "atempo", "second", g_ascii_dtostr (text, sizeof text, second));
    if (last == NULL || avfilter_link (tempo, 0, last, 0) < 0)
      return FALSE;
  }
  return avfilter_link (last, 0, format, 0) >= 0 &&
         avfilter_link (format, 0, self->sink, 0) >= 0 &&
         avfilter_graph_config (self->graph, NULL) >= 0;
}

TpoTempo *
tpo_tempo_new (guint rate, double speed)
{
  g_autoptr (TpoTempo) self = g_new0 (TpoTempo, 1);

  self->rate = rate;
  self->graph = avfilter_graph_alloc ();
  self->input = av_frame_alloc ();
  self->output = av_frame_alloc ();
  g_assert (self->graph != NULL && self->input != NULL && self->output != NULL);
  self->graph->nb_threads = 1;
  return build (self, speed) ? g_steal_pointer (&self) : NULL;
}

void
tpo_tempo_free (TpoTempo *self)
{
  avfilter_graph_free (&self->graph);
  av_frame_free (&self->input);
  av_frame_free (&self->output);
  g_free (self);
}

gint64
tpo_tempo_get_lead_us (const TpoTempo *self)
{
  return self->lead_us;
}

gboolean
tpo_tempo_push (TpoTempo *self, const float *samples, guint n)
{
  AVFrame *frame = self->input;

  if (samples == NULL)
    return av_buffersrc_add_frame (self->source, NULL) >= 0;
  frame->format = AV_SAMPLE_FMT_FLT;
  frame->sample_rate = (int) self->rate;
  frame->nb_samples = (int) n;
  av_channel_layout_default (&frame->ch_layout, 2);
  if (av_frame_get_buffer (frame, 0) < 0)
    return FALSE;
  memcpy (frame->data[0], samples, (gsize) n * 2 * sizeof (float));
  return av_buffersrc_add_frame (self->source, frame) >= 0; /* takes the data over */
}

guint
tpo_tempo_pull (TpoTempo *self, const float **samples)
{
  av_frame_unref (self->output);
  if (av_buffersink_get_frame (self->sink, self->output) < 0)
    return 0;
  *samples = (const float *) self->output->data[0];
  return (guint) self->output->nb_samples;
}

#else

TpoTempo *
tpo_tempo_new (guint rate, double speed)
{
  return NULL;
}

void
tpo_tempo_free (TpoTempo *self)
{
}

gint64
tpo_tempo_get_lead_us (const TpoTempo *self)
{
  return 0;
}

gboolean
tpo_tempo_push (TpoTempo *self, const float *samples, guint n)
{
  return FALSE;
}

guint
tpo_tempo_pull (TpoTempo *self, const float **samples)
{
  return 0;
}

#endif
