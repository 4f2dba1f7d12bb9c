"""The mask head's fixed prompt code, shared by the language model's trainer and the mask head's trainer.

SAM 2 turns a box into three rows: a random-Fourier code of either corner plus a learned label vector, and a
"not a point" row.  The language model's `track_embed` learns to imitate these rows.  Here all of them are fixed by a
seed and never trained, so both networks can be trained apart and fit together afterwards.
"""
import math

import torch

WIDTH = 64                # d_model of the mask head
IMAGE_SIZE = 256          # its input size in pixels; the prompt encoder adds half a pixel to every coordinate
FREQUENCY = 0.7           # standard deviation of the frequencies: smoother than SAM 2's 1.0, easier to predict
PREFIX = 'sam.sam_prompt_encoder.'


def tensors():
    """The frozen tensors under their published names."""
    g = torch.Generator().manual_seed(20)
    out = {'pe_layer.positional_encoding_gaussian_matrix': torch.randn(2, WIDTH // 2, generator=g) * FREQUENCY}
    for i in range(4):    # 0 negative point, 1 positive point, 2 top left corner, 3 bottom right corner
        out[f'point_embeddings.{i}.weight'] = torch.randn(1, WIDTH, generator=g) * .5
    out['not_a_point_embed.weight'] = torch.randn(1, WIDTH, generator=g) * .5
    return {PREFIX + k: v for k, v in out.items()}


_T = tensors()


def fourier(xy):
    """Code (..., WIDTH) of positions in 0..1 that already include the half pixel."""
    angle = 2 * math.pi * ((2 * xy - 1) @ _T[PREFIX + 'pe_layer.positional_encoding_gaussian_matrix'])
    return torch.cat([angle.sin(), angle.cos()], -1)


def box_rows(boxes):
    """Prompt rows (n, 3, WIDTH) of normalised boxes (n, 4) x0 y0 x1 y1."""
    corners = boxes.reshape(-1, 2, 2) + .5 / IMAGE_SIZE
    labels = torch.cat([_T[PREFIX + f'point_embeddings.{i}.weight'] for i in (2, 3)])
    rest = _T[PREFIX + 'not_a_point_embed.weight'].expand(len(corners), 1, WIDTH)
    return torch.cat([fourier(corners) + labels, rest], 1)
