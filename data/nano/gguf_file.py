"""Reading .gguf files with F32 and F16 tensors, as `tpo convert` writes them."""
import struct

import numpy as np
import torch

NUMBERS = {0: 'B', 1: 'b', 2: 'H', 3: 'h', 4: 'I', 5: 'i', 6: 'f', 7: '?', 10: 'Q', 11: 'q', 12: 'd'}
TEXT, LIST = 8, 9
TENSORS = {0: np.float32, 1: np.float16}


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, code):
        value, = struct.unpack_from('<' + code, self.data, self.at)
        self.at += struct.calcsize('<' + code)
        return value

    def text(self):
        size = self.number('Q')
        self.at += size
        return self.data[self.at - size:self.at].decode('utf-8', 'replace')

    def value(self, kind):
        if kind == TEXT:
            return self.text()
        if kind == LIST:
            kind, count = self.number('I'), self.number('Q')
            return [self.value(kind) for _ in range(count)]
        return self.number(NUMBERS[kind])


def read(path):
    """(name -> float32 tensor, metadata)."""
    with open(path, 'rb') as f:
        reader = Reader(f.read())
    if reader.data[:4] != b'GGUF':
        raise SystemExit(f'{path} is not a GGUF file')
    reader.at = 8
    tensors, pairs = reader.number('Q'), reader.number('Q')
    meta, places, out = {}, [], {}
    for _ in range(pairs):
        name = reader.text()
        meta[name] = reader.value(reader.number('I'))
    for _ in range(tensors):
        name = reader.text()
        shape = [reader.number('Q') for _ in range(reader.number('I'))][::-1]
        places.append((name, shape, TENSORS[reader.number('I')], reader.number('Q')))
    align = meta.get('general.alignment', 32)
    start = -(-reader.at // align) * align
    for name, shape, kind, offset in places:
        array = np.frombuffer(reader.data, kind, int(np.prod(shape)), start + offset)
        out[name] = torch.from_numpy(array.reshape(shape).astype(np.float32))
    return out, meta
