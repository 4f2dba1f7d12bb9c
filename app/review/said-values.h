#pragma once

#include "store/tpo-store-annotations.h"

/*
 * What a label says of its attributes, by name, so that it can be compared with and taken over into
 * another project, which numbers its attributes in its own way. The thread of the stores given.
 */

G_BEGIN_DECLS

/** TpoSaidValue: of one attribute of one annotation */
typedef struct {
  char *name;
  TpoAttributeType type;
  char **choices; /* of a choice, else %NULL */
  char *value;    /* as in TpoAttributeValue */
} TpoSaidValue;

/** TpoValueDifference: an attribute of which two annotations say different things; borrows from both */
typedef struct {
  const TpoSaidValue *mine, *theirs; /* (nullable): nothing is said; one of both is there */
} TpoValueDifference;

/** tpo_attribute_book_new: attributes of labels, each label's read once. Returns: (transfer full) */
GHashTable *tpo_attribute_book_new (void);

/**
 * tpo_said_values_read:
 * @book: of @store
 *
 * Returns: (transfer full) (element-type TpoSaidValue): by attribute; or %NULL
 */
GPtrArray *tpo_said_values_read (TpoStore *store, GHashTable *book,
                                 const TpoAnnotationRecord *record, GError **error);

/** tpo_said_values_find: Returns: (nullable): what @values say of the attribute of that name */
const TpoSaidValue *tpo_said_values_find (GPtrArray *values, const char *name);

/**
 * tpo_said_values_are_same:
 * @mine, @theirs: (nullable): nothing is said
 *
 * Numbers by what they mean, “1.0” as “1”. To say nothing of a flag is not to say no.
 */
gboolean tpo_said_values_are_same (const TpoSaidValue *mine, const TpoSaidValue *theirs);

/**
 * tpo_said_values_compare: @mine, @theirs: of two annotations with the same label
 *
 * Returns: (transfer full) (element-type TpoValueDifference): in the order of @mine, then of @theirs
 */
GArray *tpo_said_values_compare (GPtrArray *mine, GPtrArray *theirs);

/** tpo_said_value_words: “red”, “Yes”; @self: (nullable): “not said”. Returns: (transfer none): translated */
const char *tpo_said_value_words (const TpoSaidValue *self);

/**
 * tpo_said_values_define:
 * @label_id: of @store; 0: nothing can be said without a label
 *
 * Gives the label the attributes it lacks, and choices the values they lack. What an attribute of
 * that name and of another type does not take is left out.
 *
 * Returns: (transfer full) (element-type TpoAttributeValue): what can be said in @store, or %NULL
 */
GPtrArray *tpo_said_values_define (GPtrArray *values, TpoStore *store, gint64 label_id,
                                   GError **error);

/**
 * tpo_said_values_give: makes an annotation of @store say @values, of the label it has now
 * @all: whether what @values do not say is taken away; else it only adds what was not said at all
 */
gboolean tpo_said_values_give (GPtrArray *values, TpoStore *store, gint64 annotation_id,
                               gboolean all, GError **error);

G_END_DECLS
