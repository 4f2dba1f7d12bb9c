#pragma once

#include <glib.h>

/**
 * TpoPickle: what a checkpoint's pickle describes, found without running anything.
 *
 * A pickle is a program for a stack machine that can call any function of its author's choice.
 * This machine knows the opcodes and names of tensors in dictionaries and no others; a pickle that
 * asks for more is refused, naming it. Nothing is called: a storage stays the key of the file that
 * holds it, a tensor stays the description of its place there.
 *
 * Opcodes of protocols 2 to 5 as in the Python library's pickletools; names as torch.save() of
 * PyTorch 1.6 and later writes them: collections.OrderedDict, torch.TypeStorage, torch._utils'
 * _rebuild_tensor_v2 and _rebuild_parameter; and, since trainers put them beside, torch.Size and set.
 */
typedef struct _TpoPickle TpoPickle;

typedef enum {
  TPO_PICKLE_NONE,
  TPO_PICKLE_BOOL,
  TPO_PICKLE_INT,
  TPO_PICKLE_REAL,
  TPO_PICKLE_TEXT,
  TPO_PICKLE_TUPLE, /* also a torch.Size */
  TPO_PICKLE_LIST,  /* also a set */
  TPO_PICKLE_DICT,  /* also an OrderedDict; its attributes are left out */
  TPO_PICKLE_STORAGE,
  TPO_PICKLE_TENSOR, /* also a parameter */
  TPO_PICKLE_GLOBAL, /* a name that is still to be called */
} TpoPickleKind;

typedef struct _TpoPickleValue TpoPickleValue;

/** TpoPickleValue: a node of the result; belongs to its TpoPickle. Values may contain each other. */
struct _TpoPickleValue {
  TpoPickleKind kind;
  union {
    gint64 integer; /* of BOOL, INT; index of a GLOBAL */
    double real;
    const char *text; /* UTF-8 without zero characters */
    GPtrArray *items; /* of TUPLE, LIST; of DICT key, value, key, value, … */
    struct {
      const char *type; /* "Float", "BFloat16", …: what stands before Storage */
      const char *key;  /* name of the file in the archive's data folder */
      gint64 n;         /* elements */
    } storage;
    struct {
      const TpoPickleValue *storage;
      gint64 offset;                 /* elements */
      const TpoPickleValue *sizes;   /* TUPLE of INT */
      const TpoPickleValue *strides; /* likewise and as many, in elements; none is checked */
    } tensor;
  };
};

/**
 * tpo_pickle_parse:
 * @bytes: the pickle; read only here
 * @what: its name, for messages
 *
 * Takes at most about a million values, and memory in proportion to @size.
 *
 * Returns: (transfer full) (nullable): %NULL with TPO_ERROR_FORMAT if it is cut off or broken,
 *   TPO_ERROR_UNSUPPORTED at an opcode or name that is not known; the message has it and its offset
 */
TpoPickle *tpo_pickle_parse (const guint8 *bytes, gsize size, const char *what, GError **error);
void tpo_pickle_free (TpoPickle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TpoPickle, tpo_pickle_free)

/** tpo_pickle_root: Returns: (transfer none): the value that was pickled */
const TpoPickleValue *tpo_pickle_root (const TpoPickle *self);

/**
 * tpo_pickle_member:
 *
 * Returns: (transfer none) (nullable): value of the text key @name of a DICT, the last if there are
 *   several; %NULL if there is none or @dict is no DICT
 */
const TpoPickleValue *tpo_pickle_member (const TpoPickleValue *dict, const char *name);
