/* Settings of a prediction as a person reads them: what is known has a name, what makes no sense is left out. */

#include "reviewer/settings-words.h"
#include "document/message-details.h"

static void
check (const char *json, const char *wanted)
{
  g_autofree char *words = tpo_settings_to_words (json);

  g_assert_cmpstr (words, ==, wanted);
}

static void
test_words (void)
{
  check (
      "{\"sampling\":\"drawn\",\"temperature\":0.69999999,\"top_p\":0.9,\"seed\":7,\"max_tokens\":200,"
      "\"box\":[0,0,1,1],\"program\":\"0.1.0\",\"device\":\"a card\"}",
      "Temperature: 0.7\nTop P: 0.9\nSeed: 7\nLongest Answer: 200\nDevice: a card\nTPO Studio: 0.1.0");
}

static void
test_no_sense (void)
{
  check ("", "");
  check ("[1, 2]", "");
  check ("{", "");
  check ("null", "");
  check ("{\"seed\": null, \"device\": \"\", \"turns\": {\"a\": 1}, \"max_tokens\": true}", "");
}

/* A seed that is not given is drawn, and told. */
static void
test_drawn (void)
{
  TpoAnswerSettings given = { .temperature = 0.5f, .seed = 3 }, none = { .temperature = 0.5f };
  TpoAnswerSettings drawn = tpo_answer_settings_draw (&none);
  g_autofree char *json = tpo_answer_settings_to_json (&drawn, NULL, NULL, 0);
  g_autofree char *words = tpo_settings_to_words (json);
  g_autofree char *seed = g_strdup_printf ("Seed: %u\n", drawn.seed);

  g_assert_cmpuint (tpo_answer_settings_draw (&given).seed, ==, 3);
  g_assert_cmpuint (drawn.seed, !=, 0);
  g_assert_nonnull (strstr (words, seed));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings-words/words", test_words);
  g_test_add_func ("/settings-words/no-sense", test_no_sense);
  g_test_add_func ("/settings-words/drawn", test_drawn);
  return g_test_run ();
}
