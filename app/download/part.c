#include "config.h"

#include "download/part.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include <tpo/error.h>

static const char suffix[] = ".part", info_suffix[] = ".part.info";
static const char group[] = "Download";

static TpoPart *
part_new (const char *path)
{
  TpoPart *self = g_new0 (TpoPart, 1);

  self->path = g_strdup (path);
  self->part_path = g_strconcat (path, suffix, NULL);
  self->info_path = g_strconcat (path, info_suffix, NULL);
  self->file = -1;
  return self;
}

void
tpo_part_free (TpoPart *self)
{
  if (self->file >= 0)
    close (self->file);
  g_free (self->path);
  g_free (self->part_path);
  g_free (self->info_path);
  g_free (self->address);
  g_free (self->sha256);
  g_free (self->mark);
  g_free (self);
}

static gboolean
fail (const TpoPart *self, int reason, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (reason == ENOSPC || reason == EDQUOT)
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
                 /* Translators: %s is a folder */
                 _ ("There is no room left in “%s”. What has been downloaded stays."), folder);
  else
    /* Translators: the first %s is the name of a file, the second the reason */
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO, _ ("“%s” cannot be written: %s"),
                 self->part_path, g_strerror (reason));
  return FALSE;
}

/* ---- the note ---------------------------------------------------------------------------------- */

/* What is missing or damaged is as if nobody had noted it: the bytes are then fetched again. */
static void
read_note (TpoPart *self)
{
  g_autoptr (GKeyFile) note = g_key_file_new ();

  g_key_file_load_from_file (note, self->info_path, G_KEY_FILE_NONE, NULL);
  self->address = g_key_file_get_string (note, group, "Address", NULL);
  self->sha256 = g_key_file_get_string (note, group, "SHA256", NULL);
  self->mark = g_key_file_get_string (note, group, "Mark", NULL);
  self->total = g_key_file_get_uint64 (note, group, "Size", NULL);
}

static gboolean
write_note (TpoPart *self, GError **error)
{
  g_autoptr (GKeyFile) note = g_key_file_new ();
  g_autoptr (GError) reason = NULL;

  g_key_file_set_string (note, group, "Address", self->address);
  if (self->sha256 != NULL)
    g_key_file_set_string (note, group, "SHA256", self->sha256);
  if (self->mark != NULL)
    g_key_file_set_string (note, group, "Mark", self->mark);
  g_key_file_set_uint64 (note, group, "Size", self->total);
  if (g_key_file_save_to_file (note, self->info_path, &reason))
    return TRUE;
  return fail (self, g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? ENOSPC : EIO,
               error);
}

/* ---- the bytes ----------------------------------------------------------------------------------- */

/* Whether the locked file is what still has the name: whoever had it may just have given it the final one. */
static gboolean
has_name (const TpoPart *self, struct stat *info)
{
  struct stat named;

  return fstat (self->file, info) == 0 && stat (self->part_path, &named) == 0 &&
         named.st_dev == info->st_dev && named.st_ino == info->st_ino;
}

static gboolean
open_file (TpoPart *self, GError **error)
{
  struct stat info;

  self->file = g_open (self->part_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (self->file < 0)
    return fail (self, errno, error);
  if ((flock (self->file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) ||
      !has_name (self, &info)) {
    g_set_error (error, TPO_ERROR, TPO_ERROR_IO,
                 /* Translators: %s is the name of a file */
                 _ ("“%s” is being downloaded by another program."), self->path);
    return FALSE;
  }
  self->size = (guint64) info.st_size;
  return lseek (self->file, 0, SEEK_END) >= 0 || fail (self, errno, error);
}

TpoPart *
tpo_part_open (const char *path, const char *address, const char *sha256, GError **error)
{
  g_autoptr (TpoPart) self = part_new (path);

  if (!open_file (self, error))
    return NULL;
  read_note (self);
  if (g_strcmp0 (self->address, address) != 0) {
    g_free (self->address);
    self->address = g_strdup (address);
    g_clear_pointer (&self->mark, g_free);
    self->total = self->size = 0; /* of another file: the first answer clears it away */
  }
  g_free (self->sha256);
  self->sha256 = g_strdup (sha256);
  return write_note (self, error) ? g_steal_pointer (&self) : NULL;
}

gboolean
tpo_part_restart (TpoPart *self, const char *mark, guint64 total, GError **error)
{
  if (ftruncate (self->file, 0) != 0 || lseek (self->file, 0, SEEK_SET) < 0)
    return fail (self, errno, error);
  self->size = 0;
  self->total = total;
  g_free (self->mark);
  self->mark = g_strdup (mark);
  return write_note (self, error);
}

gboolean
tpo_part_append (TpoPart *self, gconstpointer bytes, gsize size, GError **error)
{
  const guint8 *next = bytes;

  while (size > 0) {
    gssize n = write (self->file, next, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail (self, errno, error);
    next += n;
    size -= (gsize) n;
    self->size += (guint64) n;
  }
  return TRUE;
}

gboolean
tpo_part_finish (TpoPart *self, GError **error)
{
  g_autoptr (GFile) part = g_file_new_for_path (self->part_path);
  g_autoptr (GFile) final = g_file_new_for_path (self->path);

  if (fsync (self->file) != 0)
    return fail (self, errno, error);
  if (!g_file_move (part, final, G_FILE_COPY_NONE, NULL, NULL, NULL, error))
    return FALSE;
  g_unlink (self->info_path);
  return TRUE;
}

void
tpo_part_remove (const char *path)
{
  g_autoptr (TpoPart) self = part_new (path);

  g_unlink (self->part_path);
  g_unlink (self->info_path);
}

GPtrArray *
tpo_part_list (const char *folder)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify) tpo_part_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL); /* none: nothing in it */
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *final = NULL;
    g_autofree char *path = NULL;
    g_autoptr (TpoPart) part = NULL;
    GStatBuf info;

    if (!g_str_has_suffix (name, info_suffix))
      continue;
    final = g_strndup (name, strlen (name) - strlen (info_suffix));
    path = g_build_filename (folder, final, NULL);
    part = part_new (path);
    read_note (part);
    if (g_stat (part->part_path, &info) == 0)
      part->size = (guint64) info.st_size;
    if (part->address != NULL)
      g_ptr_array_add (parts, g_steal_pointer (&part));
  }
  return parts;
}
