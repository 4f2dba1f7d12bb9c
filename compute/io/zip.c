#include "io/zip.h"

#include <string.h>

#include <tpo/error.h>

#include "io/cursor.h"

/* Signatures and fixed parts of the records, with the number of the section that lays them out. */
enum {
  LOCAL_SIGNATURE = 0x04034b50, /* 4.3.7 */
  LOCAL_SIZE = 30,
  ENTRY_SIGNATURE = 0x02014b50, /* 4.3.12 */
  ENTRY_SIZE = 46,
  END64_SIGNATURE = 0x06064b50,     /* 4.3.14 */
  LOCATOR64_SIGNATURE = 0x07064b50, /* 4.3.15 */
  LOCATOR64_SIZE = 20,
  END_SIGNATURE = 0x06054b50, /* 4.3.16 */
  END_SIZE = 22,
  MAX_COMMENT = 0xffff,
  EXTRA64 = 1, /* 4.5.3 */
  IS_ENCRYPTED = 1 << 0,
};

/* The value of a 32-bit field whose number stands in the 64-bit record. */
#define ELSEWHERE G_MAXUINT32

typedef struct {
  char *name;
  guint64 begin, end; /* content, within the file */
} Member;

struct _TpoZip {
  GBytes *file;
  const char *path; /* while it is being opened */
  TpoCursor cursor; /* over the whole file */
  guint64 directory_at, directory_size, n_entries;
  GArray *members;   /* of Member */
  GHashTable *index; /* name → position + 1 */
};

static gboolean
fail (const TpoZip *self, const char *what, guint64 at, GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_FORMAT,
               "%s is no whole zip archive: %s (byte %" G_GUINT64_FORMAT ")", self->path, what,
               at);
  return FALSE;
}

static gboolean
unsupported (const TpoZip *self, const char *what, guint64 at, GError **error)
{
  g_set_error (error, TPO_ERROR, TPO_ERROR_UNSUPPORTED,
               "%s: %s is not supported (byte %" G_GUINT64_FORMAT ")", self->path, what, at);
  return FALSE;
}

static gboolean
seek (TpoZip *self, guint64 at)
{
  if (at > self->cursor.size)
    return FALSE;
  self->cursor.at = (gsize) at;
  return TRUE;
}

static gboolean
take_signature (TpoZip *self, guint32 expected)
{
  guint32 signature;

  return tpo_cursor_u32 (&self->cursor, &signature) && signature == expected;
}

static gboolean
skip (TpoZip *self, gsize size)
{
  const guint8 *bytes;

  return tpo_cursor_take (&self->cursor, size, &bytes);
}

/* The end record is followed by a comment of the length that it states, and nothing else. */
static gboolean
find_end (TpoZip *self, guint64 *at)
{
  gsize size = self->cursor.size;

  for (gsize length = 0; length <= MAX_COMMENT && length + END_SIZE <= size; length++) {
    guint16 stated;

    *at = size - END_SIZE - length;
    if (seek (self, *at) && take_signature (self, END_SIGNATURE) && skip (self, END_SIZE - 6) &&
        tpo_cursor_u16 (&self->cursor, &stated) && stated == length)
      return TRUE;
  }
  return FALSE;
}

static gboolean
read_end64 (TpoZip *self, guint64 locator_at, GError **error)
{
  guint64 at, on_disk;
  guint32 disk, n_disks, this_disk, start_disk;

  if (!tpo_cursor_u32 (&self->cursor, &disk) || !tpo_cursor_u64 (&self->cursor, &at) ||
      !tpo_cursor_u32 (&self->cursor, &n_disks) || disk != 0 || n_disks > 1)
    return unsupported (self, "a zip archive of several parts", locator_at, error);
  if (at >= locator_at || !seek (self, at) || !take_signature (self, END64_SIGNATURE) ||
      !skip (self, 12) || !tpo_cursor_u32 (&self->cursor, &this_disk) ||
      !tpo_cursor_u32 (&self->cursor, &start_disk) ||
      !tpo_cursor_u64 (&self->cursor, &on_disk) ||
      !tpo_cursor_u64 (&self->cursor, &self->n_entries) ||
      !tpo_cursor_u64 (&self->cursor, &self->directory_size) ||
      !tpo_cursor_u64 (&self->cursor, &self->directory_at))
    return fail (self, "the 64-bit end record is not where its locator says", locator_at,
                 error);
  if (this_disk != 0 || start_disk != 0 || on_disk != self->n_entries)
    return unsupported (self, "a zip archive of several parts", at, error);
  return TRUE;
}

static gboolean
read_end (TpoZip *self, GError **error)
{
  guint64 at, end;
  guint16 this_disk, start_disk, on_disk, n;
  guint32 size, offset;

  if (!find_end (self, &at) || !seek (self, at + 4) ||
      !tpo_cursor_u16 (&self->cursor, &this_disk) ||
      !tpo_cursor_u16 (&self->cursor, &start_disk) ||
      !tpo_cursor_u16 (&self->cursor, &on_disk) || !tpo_cursor_u16 (&self->cursor, &n) ||
      !tpo_cursor_u32 (&self->cursor, &size) || !tpo_cursor_u32 (&self->cursor, &offset))
    return fail (self, "it has no end record, the file may be cut off", self->cursor.size,
                 error);
  end = at;
  self->n_entries = n;
  self->directory_size = size;
  self->directory_at = offset;
  if (at >= LOCATOR64_SIZE && seek (self, at - LOCATOR64_SIZE) &&
      take_signature (self, LOCATOR64_SIGNATURE)) {
    end = at - LOCATOR64_SIZE;
    if (!read_end64 (self, end, error))
      return FALSE;
  } else if (this_disk != 0 || start_disk != 0 || on_disk != n) {
    return unsupported (self, "a zip archive of several parts", at, error);
  }
  if (self->directory_at > end || self->directory_size > end - self->directory_at)
    return fail (self, "the directory does not lie before the end record", at, error);
  if (self->n_entries > self->directory_size / ENTRY_SIZE)
    return fail (self, "the directory is too small for its number of entries", at, error);
  return TRUE;
}

/* Puts the 64-bit numbers of the extra field in place of those that are ELSEWHERE. */
static gboolean
read_extra64 (TpoZip *self, gsize length, guint64 *numbers[], guint n)
{
  TpoCursor extra = { self->cursor.data + self->cursor.at, length, 0 };

  if (!skip (self, length))
    return FALSE;
  while (tpo_cursor_left (&extra) >= 4) {
    guint16 id = 0, size = 0;
    const guint8 *content;
    TpoCursor inner;

    tpo_cursor_u16 (&extra, &id);
    tpo_cursor_u16 (&extra, &size);
    if (!tpo_cursor_take (&extra, size, &content))
      return FALSE;
    if (id != EXTRA64)
      continue;
    inner = (TpoCursor){ content, size, 0 };
    for (guint i = 0; i < n; i++) {
      if (*numbers[i] == ELSEWHERE && !tpo_cursor_u64 (&inner, numbers[i]))
        return FALSE;
    }
    return TRUE;
  }
  for (guint i = 0; i < n; i++) {
    if (*numbers[i] == ELSEWHERE)
      return FALSE;
  }
  return TRUE;
}

/* From the member's local header, which repeats the name and may have another extra field, to its
 * content. */
static gboolean
locate (TpoZip *self, Member *member, guint64 header_at, guint64 size, GError **error)
{
  guint16 name_length, extra_length;
  const guint8 *name;

  if (!seek (self, header_at) || !take_signature (self, LOCAL_SIGNATURE) ||
      !skip (self, LOCAL_SIZE - 8) || !tpo_cursor_u16 (&self->cursor, &name_length) ||
      !tpo_cursor_u16 (&self->cursor, &extra_length) ||
      !tpo_cursor_take (&self->cursor, name_length, &name) || !skip (self, extra_length))
    return fail (self, "a member's header is not where the directory says", header_at, error);
  if (name_length != strlen (member->name) || memcmp (name, member->name, name_length) != 0)
    return fail (self, "a member's header has another name than the directory", header_at,
                 error);
  member->begin = self->cursor.at;
  if (member->begin > self->directory_at || size > self->directory_at - member->begin)
    return fail (self, "a member reaches beyond the beginning of the directory", header_at,
                 error);
  member->end = member->begin + size;
  return TRUE;
}

static gboolean
add_member (TpoZip *self, const guint8 *name, gsize length, guint64 header_at, guint64 size,
            guint64 entry_at, GError **error)
{
  Member member = { 0 };

  if (memchr (name, '\0', length) != NULL ||
      !g_utf8_validate_len ((const char *) name, length, NULL))
    return fail (self, "a member's name is not UTF-8", entry_at, error);
  member.name = g_strndup ((const char *) name, length);
  g_array_append_val (self->members, member);
  if (!g_hash_table_insert (self->index, member.name, GUINT_TO_POINTER (self->members->len)))
    return fail (self, "two members have the same name", entry_at, error);
  return locate (self, &g_array_index (self->members, Member, self->members->len - 1),
                 header_at, size, error);
}

static gboolean
read_entry (TpoZip *self, GError **error)
{
  guint64 at = self->cursor.at, next, size, stored, offset;
  guint64 *numbers[] = { &size, &stored, &offset };
  guint16 flags, method, name_length, extra_length, comment_length;
  guint32 size32, stored32, offset32;
  const guint8 *name;

  if (!take_signature (self, ENTRY_SIGNATURE) || !skip (self, 4) ||
      !tpo_cursor_u16 (&self->cursor, &flags) || !tpo_cursor_u16 (&self->cursor, &method) ||
      !skip (self, 8) || !tpo_cursor_u32 (&self->cursor, &stored32) ||
      !tpo_cursor_u32 (&self->cursor, &size32) ||
      !tpo_cursor_u16 (&self->cursor, &name_length) ||
      !tpo_cursor_u16 (&self->cursor, &extra_length) ||
      !tpo_cursor_u16 (&self->cursor, &comment_length) || !skip (self, 8) ||
      !tpo_cursor_u32 (&self->cursor, &offset32) ||
      !tpo_cursor_take (&self->cursor, name_length, &name))
    return fail (self, "a directory entry is broken", at, error);
  size = size32;
  stored = stored32;
  offset = offset32;
  if (!read_extra64 (self, extra_length, numbers, G_N_ELEMENTS (numbers)) ||
      !skip (self, comment_length))
    return fail (self, "the extra field of a directory entry is broken", at, error);
  if (flags & IS_ENCRYPTED)
    return unsupported (self, "an encrypted member", at, error);
  if (method != 0 || size != stored)
    return unsupported (self, "a compressed member", at, error);
  next = self->cursor.at;
  return add_member (self, name, name_length, offset, size, at, error) && seek (self, next);
}

static int
compare_members (gconstpointer a, gconstpointer b)
{
  const Member *x = a, *y = b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

static gboolean
check_apart (const TpoZip *self, GError **error)
{
  g_autoptr (GArray) sorted = g_array_copy (self->members);

  g_array_set_clear_func (sorted, NULL); /* the names belong to the members */
  g_array_sort (sorted, compare_members);
  for (guint i = 1; i < sorted->len; i++) {
    const Member *member = &g_array_index (sorted, Member, i);

    if (member->begin < g_array_index (sorted, Member, i - 1).end)
      return fail (self, "two members overlap", member->begin, error);
  }
  return TRUE;
}

static void
member_clear (gpointer data)
{
  g_free (((Member *) data)->name);
}

TpoZip *
tpo_zip_open (GBytes *file, const char *path, GError **error)
{
  g_autoptr (TpoZip) self = g_new0 (TpoZip, 1);

  self->file = g_bytes_ref (file);
  self->path = path;
  self->cursor.data = g_bytes_get_data (file, &self->cursor.size);
  self->members = g_array_new (FALSE, FALSE, sizeof (Member));
  g_array_set_clear_func (self->members, member_clear);
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  if (!read_end (self, error))
    return NULL;
  seek (self, self->directory_at);
  for (guint64 i = 0; i < self->n_entries; i++) {
    if (!read_entry (self, error))
      return NULL;
  }
  return check_apart (self, error) ? g_steal_pointer (&self) : NULL;
}

void
tpo_zip_free (TpoZip *self)
{
  g_hash_table_unref (self->index);
  g_array_unref (self->members);
  g_bytes_unref (self->file);
  g_free (self);
}

guint
tpo_zip_get_n (const TpoZip *self)
{
  return self->members->len;
}

const char *
tpo_zip_get_name (const TpoZip *self, guint index)
{
  g_return_val_if_fail (index < self->members->len, NULL);
  return g_array_index (self->members, Member, index).name;
}

gboolean
tpo_zip_find (const TpoZip *self, const char *name, const guint8 **bytes, gsize *size)
{
  guint position = GPOINTER_TO_UINT (g_hash_table_lookup (self->index, name));
  const Member *member;

  if (position == 0)
    return FALSE;
  member = &g_array_index (self->members, Member, position - 1);
  *bytes = self->cursor.data + member->begin;
  *size = (gsize) (member->end - member->begin);
  return TRUE;
}
