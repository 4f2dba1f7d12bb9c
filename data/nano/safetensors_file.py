"""Reading and writing .safetensors files (Debian has no Python package for them)."""
import json
import struct

import numpy as np
import torch

NAMES = {torch.float32: 'F32', torch.float16: 'F16', torch.int64: 'I64', torch.uint8: 'U8'}
KINDS = {'F32': np.float32, 'F16': np.float16, 'I64': np.int64, 'U8': np.uint8, 'I32': np.int32}


def read(path):
    """(name -> tensor, metadata)."""
    with open(path, 'rb') as f:
        size = struct.unpack('<Q', f.read(8))[0]
        header = json.loads(f.read(size))
        data = f.read()
    meta = header.pop('__metadata__', {})
    out = {}
    for name, info in header.items():
        begin, end = info['data_offsets']
        if info['dtype'] == 'BF16':                       # the upper half of a float32
            array = (np.frombuffer(data[begin:end], np.uint16).astype(np.uint32) << 16).view(np.float32)
        else:
            array = np.frombuffer(data[begin:end], KINDS[info['dtype']])
        out[name] = torch.from_numpy(array.reshape(info['shape']).copy())
    return out, meta


def write(path, tensors, meta=None):
    header, offset, parts = {'__metadata__': meta or {'format': 'pt'}}, 0, []
    for name in sorted(tensors):
        t = tensors[name].detach().contiguous()
        raw = t.numpy().tobytes()
        header[name] = dict(dtype=NAMES[t.dtype], shape=list(t.shape), data_offsets=[offset, offset + len(raw)])
        offset += len(raw)
        parts.append(raw)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text)
        f.writelines(parts)
