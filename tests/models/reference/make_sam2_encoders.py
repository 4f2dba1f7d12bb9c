"""Writes what SAM 2's image encoders of the four published sizes must compute on 256 pixels, with weights that follow from a rule.

    make_sam2_encoders.py tests/data/synthetic/sam2-encoders.json

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
import sam_image

COMMON = {'image_size': 256, 'd_model': 256, 'window_pos_embed_bkg_spatial_size': [7, 7]}
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
    if name.endswith('bias'):
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
    places = [(0, 0, 0), (0, 0, 3), (1, 2, 3), (x.shape[0] - 1, x.shape[1] - 1, x.shape[2] - 1), (7, x.shape[1] // 2, x.shape[2] // 3)]
    return {'mean': float(x.mean()), 'std': float(x.std()), 'places': [list(p) for p in places], 'values': [float(x[p]) for p in places]}


def fine(x, name, width):
    """The decoder's convolution of a finer map; it is part of what the encoder leaves."""
    weight, bias = (synthetic(f'sam_mask_decoder.{name}.{part}', shape) for part, shape in (('weight', (width, 256, 1, 1)), ('bias', (width,))))
    return torch.nn.functional.conv2d(x.double(), weight, bias)


@torch.no_grad()
def main():
    picture = torch.from_numpy((2 * uniform('input.frames', 3 * 256 * 256)).astype(np.float32)).double().reshape(1, 3, 256, 256)
    out = {}
    for size, config in SIZES.items():
        config = {**COMMON, **config}
        encoder = sam_image.ImageEncoder(config).double()
        state = {name: synthetic('image_encoder.' + name, value.shape) for name, value in encoder.state_dict().items()}
        encoder.load_state_dict(state)
        level0, level1, f = encoder(picture)
        maps = {'s0': fine(level0, 'conv_s0', 32)[0], 's1': fine(level1, 'conv_s1', 64)[0], 'f': f[0]}
        out[size] = {'settings': {'model_config': {'sam': config}}, 'maps': {name: landmarks(x) for name, x in maps.items()}}
    with open(sys.argv[1], 'w') as file:
        json.dump(out, file, indent=1)
        file.write('\n')


if __name__ == '__main__':
    main()
