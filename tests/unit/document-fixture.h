#pragma once

#include "../store/fixture.h"
#include "document/tpo-document-private.h"
#include "video-clips.h"

/* Documents of a fixture's project, without a device. */

/** test_document_new: on a connection of its own, as a window has it */
TpoDocument *test_document_new (const char *project);

/** test_document_open: opens a video and waits for it */
void test_document_open (TpoDocument *document, const char *path);

/** test_document_wait: until nothing is being saved or read */
void test_document_wait (TpoDocument *document);
