#include "document-fixture.h"

TpoDocument *
test_document_new (const char *project)
{
  g_autoptr (TpoEngine) engine = tpo_engine_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  TpoStore *store = tpo_store_open (project, TPO_STORE_DEFAULT, &error);

  g_assert_no_error (error);
  return tpo_document_new (store, engine);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tpo_document_open_finish (TPO_DOCUMENT (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

void
test_document_open (TpoDocument *document, const char *path)
{
  gboolean is_open = FALSE;

  tpo_document_open_async (document, path, NULL, NULL, NULL, on_opened, &is_open);
  while (!is_open)
    g_main_context_iteration (NULL, TRUE);
}

void
test_document_wait (TpoDocument *document)
{
  while (tpo_document_is_following (document))
    g_main_context_iteration (NULL, TRUE);
}
