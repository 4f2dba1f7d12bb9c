"""Writes what SAM 2 in its four published sizes must compute of a picture, with weights that follow from a rule.

    make_sam2_sizes.py tests/data/synthetic/sam2-sizes.json 256
    make_sam2_sizes.py tests/data/synthetic/sam2-sizes-1024.json 1024      (minutes)

The rule is the one of tests/models/synthetic.c. The tiny encoder's values are known from elsewhere as well (tests/models/sam2.c),
which vouches for the formulas here.
"""
import json
import math
import os
import sys

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../data/nano'))
import sam_decoder
import sam_image

COMMON = {'d_model': 256, 'window_pos_embed_bkg_spatial_size': [7, 7], 'backbone_stride': 16, 'mask_in_chans': 16, 'decoder_layers': 2, 'decoder_heads': 8,
          'decoder_attention_downsample': 2, 'decoder_mlp_dim': 2048, 'iou_head_hidden_dim': 256}
BOX = [.2, .3, .7, .8]
SIZES = {
    'tiny': {'embed_dim': 96, 'num_heads': 1, 'stages': [1, 2, 7, 2], 'global_att_blocks': [5, 7, 9], 'window_spec': [8, 4, 14, 7]},
    'small': {'embed_dim': 96, 'num_heads': 1, 'stages': [1, 2, 11, 2], 'global_att_blocks': [7, 10, 13], 'window_spec': [8, 4, 14, 7]},
    'base_plus': {'embed_dim': 112, 'num_heads': 2, 'stages': [2, 3, 16, 3], 'global_att_blocks': [12, 16, 20],
                  'window_spec': [8, 4, 14, 7], 'window_pos_embed_bkg_spatial_size': [14, 14]},
    'large': {'embed_dim': 144, 'num_heads': 2, 'stages': [2, 6, 36, 4], 'global_att_blocks': [23, 33, 43], 'window_spec': [8, 4, 16, 8]},
}


def uniform(name, count):
    """-0.5 .. 0.5, from the 32-bit FNV-1a of the name and the place."""
    h = 2166136261
    for byte in name.encode():
        h = (h ^ byte) * 16777619 % 2**32
    x = (np.uint64(h) + np.uint64(2654435761) * np.arange(count, dtype=np.uint64)) % np.uint64(2**32)
    for shift, factor in ((16, 0x7feb352d), (15, 0x846ca68b)):
        x = (x ^ x >> np.uint64(shift)) * np.uint64(factor) % np.uint64(2**32)
    return (x ^ x >> np.uint64(16)) / 2**32 - .5


def synthetic(name, shape):
    count = math.prod(shape)
    u = uniform(name, count)
    if name.endswith('gaussian_matrix'):
        u = 2 * u
    elif name.endswith('bias'):
        u = .2 * u
    elif len(shape) == 1 and name.endswith('.weight'):
        u = 1 + .4 * u
    elif len(shape) == 1:
        u = 2 * u
    else:
        u = u * math.sqrt(12 / (count / shape[0]))
    return torch.from_numpy(u.astype(np.float32)).double().reshape(shape)


def landmarks(x):
    """[C, H, W]"""
    places = [(0, 0, 0), (0, 0, 3), (1, 2, 3), (x.shape[0] - 1, x.shape[1] - 1, x.shape[2] - 1), (min(7, x.shape[0] - 2), x.shape[1] // 2, x.shape[2] // 3)]
    return {'mean': float(x.mean()), 'std': float(x.std()), 'places': [list(p) for p in places], 'values': [float(x[p]) for p in places]}


def filled(module, prefix):
    """The module with weights by the rule"""
    module = module.double()
    module.load_state_dict({name: synthetic(prefix + name, value.shape) for name, value in module.state_dict().items()})
    return module


def compute(config, picture):
    """What the encoder and, with a box, the decoder make of a picture"""
    level0, level1, f = filled(sam_image.ImageEncoder(config), 'image_encoder.')(picture)
    prompts = filled(sam_decoder.PromptEncoder(config), 'sam_prompt_encoder.')
    decoder = filled(sam_decoder.MaskDecoder(config), 'sam_mask_decoder.')
    # The decoder's convolutions of the finer maps are part of what the encoder leaves.
    s0, s1 = decoder.conv_s0(level0.double()), decoder.conv_s1(level1.double())
    x = f + synthetic('no_mem_embed', (1, 1, 256)).reshape(1, 256, 1, 1)
    masks, ious, score, _ = decoder(x, prompts.dense_position(), prompts.box(torch.tensor([BOX])), prompts.dense(1), s0, s1)
    return {'maps': {'s0': landmarks(s0[0]), 's1': landmarks(s1[0]), 'f': landmarks(f[0]), 'masks': landmarks(masks[0])}, 'ious': ious[0].tolist(),
            'score': float(score[0])}


@torch.no_grad()
def main():
    torch.set_default_dtype(torch.float64)
    path, size, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:] or SIZES
    picture = torch.from_numpy((2 * uniform('input.frames', 3 * size * size)).astype(np.float32)).double().reshape(1, 3, size, size)
    out = {}
    for name in names:
        config = {**COMMON, **SIZES[name], 'image_size': size}
        out[name] = {'settings': {'model_config': {'sam': config}}, 'box': BOX, **compute(config, picture)}
        print(name, flush=True)
    with open(path, 'w') as file:
        json.dump(out, file, indent=1)
        file.write('\n')


if __name__ == '__main__':
    main()
