#pragma once

#include "io/weights.h"

/**
 * tpo_torch_read:
 * @weights: (inout): gets the tensors, and holds @file
 * @file: the whole file, a zip archive as torch.save() of PyTorch 1.6 and later writes it
 * @path: for messages
 *
 * Layout: one folder with data.pkl, the pickle, and data/KEY, the raw storages, little-endian. The
 * pickle is a dictionary of tensors, possibly within dictionaries under "model", "module" or
 * "state_dict"; numbers, texts and whatever else a trainer put beside tensors are skipped. Names
 * that ask for code are refused (see io/pickle.h).
 *
 * Tensors may share a storage. One whose elements lie apart or in another order is put in order in
 * memory; together such copies take at most as many bytes as the file. Storages: Float Half BFloat16
 * Double Long Int Char Byte Bool.
 *
 * Returns: false with TPO_ERROR_FORMAT or TPO_ERROR_UNSUPPORTED
 */
gboolean tpo_torch_read (TpoWeights *weights, GBytes *file, const char *path, GError **error);
