#pragma once

/* Limits on what is taken from foreign files; beyond them an import is refused, with a sentence. */

#define TPO_MAX_DEPTH 64                /* of nested JSON or XML */
#define TPO_MAX_TEXT (16 * 1024 * 1024) /* bytes of one string, such as a mask's run lengths */
#define TPO_MAX_NAME (4096)             /* bytes of a name: of a file, a member, a label */
#define TPO_MAX_FIELDS (65536)     /* bytes of an object's fields that are kept as they are */
#define TPO_MAX_FIELD_NAMES (1024) /* of fields that are counted as lost, by name */
#define TPO_MAX_LINE (1024 * 1024) /* bytes of a line of text */
#define TPO_MAX_PIXELS (64 * 1024 * 1024)        /* of a mask */
#define TPO_MAX_EDGE (32767)                     /* of a mask */
#define TPO_MAX_RUNS (8 * 1024 * 1024)           /* of a mask */
#define TPO_MAX_VERTICES (65536)                 /* of a polygon's ring */
#define TPO_MAX_LABELS (65536)                   /* different ones in a file */
#define TPO_MAX_ITEMS (4 * 1024 * 1024)          /* annotations in an import */
#define TPO_MAX_KEYFRAMES (32 * 1024 * 1024)     /* all of an import's */
#define TPO_MAX_FILES (1024 * 1024)              /* looked at in a folder */
#define TPO_MAX_SECONDS (10.0 * 366 * 86400)     /* a time that can be meant */
#define TPO_MAX_ARCHIVE_TEXT (256 * 1024 * 1024) /* bytes unpacked from one member */
