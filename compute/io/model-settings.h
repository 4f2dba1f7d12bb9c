#pragma once

#include "io/model-config.h"

/*
 * The tables behind tpo_model_config_from_json(): every setting, where config.json has it and its
 * published value.
 */

/** TpoFamily: whose config.json it is; the settings that come of it have the same keys */
typedef enum {
  TPO_FAMILY_VIDEOCHAT, /* VideoChat-TPO: below "model_config" */
  TPO_FAMILY_LLAVA,     /* LLaVA-OneVision with the heads of TPO: as LLaVA-NeXT writes it */
  TPO_FAMILY_COUNT
} TpoFamily;

typedef enum {
  TPO_SETTING_UINT,
  TPO_SETTING_INT,
  TPO_SETTING_REAL,
  TPO_SETTING_BOOL,
  TPO_SETTING_TEXT,
  TPO_SETTING_UINTS
} TpoSettingKind;

typedef struct {
  const char *key;  /* after TPO_ARCHITECTURE "." */
  const char *path; /* (nullable) in the family's object; %NULL: always the value given here */
  TpoSettingKind kind;
  double number;
  const char *text; /* of TEXT */
  gint64 list[6];   /* of UINTS, ended by -1 */
} TpoSetting;

typedef struct {
  const TpoSetting *list; /* [n] */
  guint n;
} TpoSettingTable;

/** tpo_setting_table: Returns: (transfer none): empty for a part without settings */
const TpoSettingTable *tpo_setting_table (TpoFamily family, TpoComponent component);

/** tpo_setting_table_of_prompts: how questions become prompts */
const TpoSettingTable *tpo_setting_table_of_prompts (TpoFamily family);
