#!/usr/bin/python3
"""Writes the files beside it with PyTorch itself (1.13, Debian's python3-torch)."""

import collections
import pathlib

import torch

HERE = pathlib.Path(__file__).parent


def ramp(*sizes, dtype=torch.float32):
    count = 1
    for size in sizes:
        count *= size
    return (torch.arange(count, dtype=torch.float32) / 4 - 2).reshape(sizes).to(dtype)


def state_dict():
    layer = torch.nn.BatchNorm1d(3)
    layer.weight.data = ramp(3)
    tensors = layer.state_dict()  # an OrderedDict with attributes; one tensor is a scalar
    shared = ramp(4, 6)
    tensors['parameter'] = torch.nn.Parameter(ramp(2, 3))
    tensors['whole'] = shared
    tensors['row'] = shared[2]
    tensors['block'] = shared[1:3, 2:5]
    tensors['turned'] = shared.t()
    tensors['repeated'] = torch.tensor([1.5]).expand(2, 3)
    tensors['half'] = ramp(5, dtype=torch.float16)
    tensors['bf16'] = ramp(2, 2, dtype=torch.bfloat16)
    tensors['double'] = ramp(3, dtype=torch.float64)
    tensors['long'] = torch.tensor([-1, 1 << 40])
    tensors['int'] = torch.tensor([-7, 8], dtype=torch.int32)
    tensors['char'] = torch.tensor([-8], dtype=torch.int8)
    tensors['byte'] = torch.tensor([255], dtype=torch.uint8)
    tensors['bool'] = torch.tensor([True, False])
    tensors['empty'] = torch.zeros(0, 4)
    return tensors


torch.save({'model': state_dict(), 'epoch': 3, 'rate': 0.5, 'names': ['a', ('b', None)],
            'shapes': [torch.zeros(2, 3).shape], 'seen': {1, 2}, 'unseen': set()},
           HERE / 'state-dict.pt')
torch.save({'model': state_dict(), 'args': collections.Counter('aab')}, HERE / 'counter.pt')
torch.save(state_dict(), HERE / 'old-format.pt', _use_new_zipfile_serialization=False)
