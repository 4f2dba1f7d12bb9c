#include "io/model-spec.h"

#include <string.h>

#include <tpo/error.h>

#include "io/model-rows.h"

enum {
  MAX_NAMES_SHOWN = 5
};

struct _TpoModelSpec {
  GArray *tensors;   /* of TpoTensorSpec */
  GHashTable *index; /* name → position + 1 */
  GStringChunk *names;
};

typedef struct {
  TpoModelSpec *spec;
  const TpoVariables *variables;
  TpoComponent component;
  const TpoTensorRow *row;
} Expansion;

/* "3*D" or "D" or "4", up to a comma. */
static gint64
evaluate (const TpoVariables *variables, const char *text, gsize length)
{
  const char *star = memchr (text, '*', length);
  gsize head = star != NULL ? (gsize) (star - text) : length;
  gint64 value = tpo_variables_get (variables, text, head);

  if (star != NULL)
    value *= tpo_variables_get (variables, star + 1, length - head - 1);
  return value;
}

static TpoShape
parse_shape (const TpoVariables *variables, const char *text)
{
  TpoShape shape = { 0 };

  while (*text != '\0') {
    gsize length = strcspn (text, ",");

    shape.dim[shape.n++] = evaluate (variables, text, length);
    text += length + (text[length] == ',');
  }
  return shape;
}

static void
add_tensor (const Expansion *self, const char *name)
{
  TpoTensorSpec tensor = {
    .name = g_string_chunk_insert (self->spec->names, name),
    .shape = parse_shape (self->variables, self->row->shape),
    .component = self->component,
    .use = self->row->use,
    .reason = self->row->reason,
  };

  if (g_str_has_suffix (self->row->pattern, "{weight,bias}") && g_str_has_suffix (name, "bias"))
    tensor.shape.n = 1;
  g_array_append_val (self->spec->tensors, tensor);
  g_hash_table_insert (self->spec->index, (char *) tensor.name,
                       GUINT_TO_POINTER (self->spec->tensors->len));
}

/* The bracket that closes the one at @text. */
static const char *
find_close (const char *text)
{
  guint depth = 0;

  for (;; text++) {
    if (*text == '{')
      depth++;
    else if (*text == '}' && --depth == 0)
      return text;
  }
}

/* The comma or closing bracket that ends the alternative at @text. */
static const char *
find_end (const char *text)
{
  guint depth = 0;

  for (;; text++) {
    if (*text == '{')
      depth++;
    else if (*text == '}' && depth-- == 0)
      return text;
    else if (*text == ',' && depth == 0)
      return text;
  }
}

static void expand (const Expansion *self, const char *pattern);

static void
expand_with (const Expansion *self, const char *pattern, const char *open, const char *choice,
             gsize length, const char *close)
{
  g_autofree char *next = g_strdup_printf ("%.*s%.*s%s", (int) (open - pattern), pattern,
                                           (int) length, choice, close + 1);

  expand (self, next);
}

static void
expand_range (const Expansion *self, const char *pattern, const char *open, const char *dots,
              const char *close)
{
  const char *colon = memchr (dots, ':', (gsize) (close - dots));
  const char *end = colon != NULL ? colon : close;
  gint64 from = evaluate (self->variables, open + 1, (gsize) (dots - open - 1));
  gint64 to = evaluate (self->variables, dots + 2, (gsize) (end - dots - 2));
  gint64 step =
      colon != NULL ? evaluate (self->variables, colon + 1, (gsize) (close - colon - 1)) : 1;

  for (gint64 i = from; i < to; i += MAX (step, 1)) {
    g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, i);

    expand_with (self, pattern, open, number, strlen (number), close);
  }
}

static void
expand (const Expansion *self, const char *pattern)
{
  const char *open = strchr (pattern, '{');
  const char *close, *dots;

  if (open == NULL) {
    add_tensor (self, pattern);
    return;
  }
  close = find_close (open);
  dots = g_strstr_len (open, close - open, "..");
  if (dots != NULL && memchr (open + 1, '{', (gsize) (dots - open - 1)) == NULL &&
      memchr (open, ',', (gsize) (close - open)) == NULL) {
    expand_range (self, pattern, open, dots, close);
    return;
  }
  for (const char *choice = open + 1; choice <= close;) {
    const char *end = find_end (choice);

    expand_with (self, pattern, open, choice, (gsize) (end - choice), close);
    choice = end + 1;
  }
}

TpoModelSpec *
tpo_model_spec_new (const TpoMetadata *metadata, guint components, GError **error)
{
  g_autoptr (TpoModelSpec) self = g_new0 (TpoModelSpec, 1);

  self->tensors = g_array_new (FALSE, FALSE, sizeof (TpoTensorSpec));
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  self->names = g_string_chunk_new (65536);
  for (guint component = 0; component < TPO_COMPONENT_COUNT; component++) {
    const TpoTensorTable *table = tpo_tensor_table (component, metadata);
    TpoVariables variables;
    Expansion expansion = { self, &variables, component, NULL };

    if ((components & 1u << component) == 0)
      continue;
    if (!tpo_variables_read (&variables, component, metadata, error))
      return NULL;
    for (guint i = 0; i < table->n_rows; i++) {
      const char *condition = table->rows[i].condition;

      expansion.row = &table->rows[i];
      if (condition == NULL ||
          tpo_variables_get (&variables, condition, strlen (condition)) != 0)
        expand (&expansion, table->rows[i].pattern);
    }
  }
  return g_steal_pointer (&self);
}

void
tpo_model_spec_free (TpoModelSpec *self)
{
  g_array_unref (self->tensors);
  g_hash_table_unref (self->index);
  g_string_chunk_free (self->names);
  g_free (self);
}

guint
tpo_model_spec_get_n (const TpoModelSpec *self)
{
  return self->tensors->len;
}

const TpoTensorSpec *
tpo_model_spec_get (const TpoModelSpec *self, guint index)
{
  g_return_val_if_fail (index < self->tensors->len, NULL);
  return &g_array_index (self->tensors, TpoTensorSpec, index);
}

static const TpoTensorSpec *
find_exact (const TpoModelSpec *self, const char *name)
{
  guint position = GPOINTER_TO_UINT (g_hash_table_lookup (self->index, name));

  return position > 0 ? tpo_model_spec_get (self, position - 1) : NULL;
}

/* "X.weight" ↔ "X.base_layer.weight", the same with "bias"; NULL for other names. */
static char *
other_name (const char *name)
{
  static const char wrapper[] = ".base_layer";
  const char *end = strrchr (name, '.');
  gsize length;

  if (end == NULL || (strcmp (end, ".weight") != 0 && strcmp (end, ".bias") != 0))
    return NULL;
  length = (gsize) (end - name);
  if (length > strlen (wrapper) && g_str_has_prefix (end - strlen (wrapper), wrapper))
    return g_strdup_printf ("%.*s%s", (int) (length - strlen (wrapper)), name, end);
  return g_strdup_printf ("%.*s%s%s", (int) length, name, wrapper, end);
}

const TpoTensorSpec *
tpo_model_spec_find (const TpoModelSpec *self, const char *name)
{
  const TpoTensorSpec *tensor = find_exact (self, name);
  g_autofree char *other = tensor == NULL ? other_name (name) : NULL;

  return other != NULL ? find_exact (self, other) : tensor;
}

static gboolean
report (const TpoWeights *weights, const GPtrArray *names, const char *what, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (names->len == 0)
    return TRUE;
  for (guint i = 0; i < MIN (names->len, MAX_NAMES_SHOWN); i++)
    g_string_append_printf (text, "%s %s", i > 0 ? "," : "",
                            (const char *) g_ptr_array_index (names, i));
  if (names->len > MAX_NAMES_SHOWN)
    g_string_append (text, ", …");
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT, "%s: %s (%u):%s",
               tpo_weights_get_path (weights), what, names->len, text->str);
  return FALSE;
}

gboolean
tpo_model_spec_check (const TpoModelSpec *self, const TpoWeights *weights, GError **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  g_autoptr (GPtrArray) unknown = g_ptr_array_new ();

  for (guint i = 0; i < tpo_weights_get_n (weights); i++) {
    const char *name = tpo_weights_get (weights, i)->name;
    const TpoTensorSpec *tensor = tpo_model_spec_find (self, name);

    if (tensor == NULL)
      g_ptr_array_add (unknown, (char *) name);
    else if (tensor->use != TPO_USE_NONE &&
             tpo_weights_require (weights, name, &tensor->shape, error) == NULL)
      return FALSE;
  }
  for (guint i = 0; i < self->tensors->len; i++) {
    const TpoTensorSpec *tensor = tpo_model_spec_get (self, i);
    g_autofree char *other = other_name (tensor->name);

    if (tensor->use == TPO_USE_INFERENCE && tpo_weights_find (weights, tensor->name) == NULL &&
        (other == NULL || tpo_weights_find (weights, other) == NULL))
      g_ptr_array_add (missing, (char *) tensor->name);
  }
  return report (weights, missing, "missing tensors", error) &&
         report (weights, unknown, "tensors that are not part of such a model", error);
}
