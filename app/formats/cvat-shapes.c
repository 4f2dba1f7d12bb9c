#include "formats/cvat-shapes.h"

#include <glib/gi18n.h>
#include <string.h>

#include "formats/polygon.h"
#include "formats/segmentation.h"
#include "formats/xml.h"

gboolean
tpo_cvat_is_shape (const char *element)
{
  static const char *const shapes[] = { "box",     "mask",   "polygon",  "polyline", "points",
                                        "ellipse", "cuboid", "skeleton", NULL };

  return g_strv_contains (shapes, element);
}

gboolean
tpo_cvat_is_kept (const char *element)
{
  return g_str_equal (element, "box") || g_str_equal (element, "mask") ||
         g_str_equal (element, "polygon");
}

gboolean
tpo_cvat_is_set (const char *const *names, const char *const *values, const char *name)
{
  return g_strcmp0 (tpo_xml_get (names, values, name), "1") == 0;
}

static void
add_box (const TpoCvatPlace *self, gint64 frame, const char *const *names,
         const char *const *values, GError **error)
{
  const char *rotation = tpo_xml_get (names, values, "rotation");
  double x0, y0, x1, y1, angle;

  if (!tpo_xml_number (names, values, "xtl", &x0, error) ||
      !tpo_xml_number (names, values, "ytl", &y0, error) ||
      !tpo_xml_number (names, values, "xbr", &x1, error) ||
      !tpo_xml_number (names, values, "ybr", &y1, error))
    return;
  if (tpo_box_problem (x1 - x0, y1 - y0) != NULL) {
    tpo_xml_fail (error, "%s", tpo_box_problem (x1 - x0, y1 - y0));
    return;
  }
  if (rotation != NULL && (!tpo_parse_number (rotation, &angle) || angle != 0))
    tpo_import_lose (self->import, N_ ("boxes"), 1,
                     N_ ("turned by an angle, which is not kept"));
  tpo_import_add_box (self->import, self->track, frame, x0 / self->width, y0 / self->height,
                      x1 / self->width, y1 / self->height, -1);
}

/* Runs row by row within a rectangle, into a mask of the picture's size. */
static TpoRle *
mask_of_runs (const TpoCvatPlace *self, const char *text, gint64 left, gint64 top, gint64 width,
              gint64 height, GError **error)
{
  g_autofree guint8 *pixels = g_malloc0 ((gsize) self->width * self->height);
  gint64 at = 0, size = width * height;
  guint value = 0;

  for (const char *c = text; *c != '\0'; value ^= 1) {
    char *end;
    gint64 count = (c += strspn (c, ", "), g_ascii_strtoll (c, &end, 10));

    if (end == c || count < 0 || count > size - at) {
      tpo_xml_fail (error, "the mask's runs are malformed or do not fit its rectangle");
      return NULL;
    }
    for (gint64 i = at; value != 0 && i < at + count; i++)
      pixels[(gsize) (top + i / width) * self->width + (gsize) (left + i % width)] = 1;
    at += count;
    c = end + strspn (end, ", ");
  }
  if (at == size)
    return tpo_rle_encode (pixels, self->width, self->height, self->width);
  tpo_xml_fail (error, "the mask's runs do not fill its rectangle");
  return NULL;
}

static void
add_mask (const TpoCvatPlace *self, gint64 frame, const char *const *names,
          const char *const *values, GError **error)
{
  const char *text = tpo_xml_get (names, values, "rle");
  gint64 left, top, width, height;
  g_autoptr (TpoRle) mask = NULL;

  if (!tpo_xml_int (names, values, "left", &left, error) ||
      !tpo_xml_int (names, values, "top", &top, error) ||
      !tpo_xml_int (names, values, "width", &width, error) ||
      !tpo_xml_int (names, values, "height", &height, error))
    return;
  if (text == NULL || left < 0 || top < 0 || width <= 0 || height <= 0 ||
      left + width > self->width || top + height > self->height ||
      !tpo_check_picture (self->width, self->height)) {
    tpo_xml_fail (error, "the mask does not lie within the picture of %u × %u", self->width,
                  self->height);
    return;
  }
  mask = mask_of_runs (self, text, left, top, width, height, error);
  if (mask != NULL)
    tpo_import_add_mask (self->import, self->track, frame, mask, -1);
}

/* "x0,y0;x1,y1;…" in pixels. Returns: (transfer full) (nullable): x, y, x, y, …; %NULL with an error */
static GArray *
read_points (const char *text, GError **error)
{
  g_autoptr (GArray) ring = g_array_new (FALSE, FALSE, sizeof (double));

  while (text != NULL && *text != '\0') {
    double point[2];

    for (guint i = 0; i < 2; i++) {
      const char *after = i == 0 ? "," : ";";
      gsize length = strcspn (text, after);
      g_autofree char *number = g_strndup (text, length);

      if (!tpo_parse_number (number, &point[i]) || (i == 0 && text[length] == '\0')) {
        tpo_xml_fail (error, "“%.40s” is no point of a polygon", text);
        return NULL;
      }
      text += length + (text[length] != '\0');
    }
    g_array_append_vals (ring, point, 2);
    if (ring->len > 2 * TPO_MAX_VERTICES) {
      tpo_xml_fail (error, "the polygon has more than %d points", TPO_MAX_VERTICES);
      return NULL;
    }
  }
  if (ring->len >= 6)
    return g_steal_pointer (&ring);
  tpo_xml_fail (error, "a polygon needs three points");
  return NULL;
}

/* Between keyframes CVAT writes what it interpolates, which a mask cannot do again. */
static void
add_polygon (const TpoCvatPlace *self, gint64 frame, gboolean is_keyframe,
             const char *const *names, const char *const *values, GError **error)
{
  g_autoptr (GPtrArray) rings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (TpoRle) mask = NULL;
  TpoKeyframeRecord *keyframe;
  GArray *ring;

  if (!tpo_check_picture (self->width, self->height)) {
    tpo_xml_fail (error, "the picture is too large for a mask");
    return;
  }
  ring = read_points (tpo_xml_get (names, values, "points"), error);
  if (ring == NULL)
    return;
  g_ptr_array_add (rings, ring);
  mask = tpo_mask_from_rings (rings, self->width, self->height);
  keyframe = tpo_import_add_mask (self->import, self->track, frame, mask, -1);
  if (keyframe != NULL && !is_keyframe)
    keyframe->provenance = TPO_PROVENANCE_INTERPOLATED;
  tpo_import_lose (self->import, N_ ("polygons"), 1, N_ ("made into masks of pixels"));
}

void
tpo_cvat_add_shape (const TpoCvatPlace *self, const char *element, gint64 frame,
                    gboolean is_keyframe, const char *const *names, const char *const *values,
                    GError **error)
{
  if (tpo_cvat_is_set (names, values, "occluded"))
    tpo_import_lose (self->import, N_ ("boxes and masks"), 1,
                     N_ ("marked as occluded, which is not kept"));
  if (g_str_equal (element, "box"))
    add_box (self, frame, names, values, error);
  else if (g_str_equal (element, "mask"))
    add_mask (self, frame, names, values, error);
  else if (g_str_equal (element, "polygon"))
    add_polygon (self, frame, is_keyframe, names, values, error);
  else
    tpo_import_lose (self->import, N_ ("shapes"), 1,
                     N_ ("of other kinds (line, point, cuboid, skeleton), left out"));
}
