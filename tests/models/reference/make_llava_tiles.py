"""Writes what LLaVA-OneVision must show of pictures that it cuts into tiles ("anyres"), at the tiny size of make_llava.py.

    make_llava_tiles.py tests/data/fixtures/tiny-llava-tpo tests/data/llava-tiles

Pictures of random bytes as PNG files, the rows that they become in a prompt, and the numbers of tiles and cells of pictures of many
shapes. After llava/mm_utils.py and llava/model/llava_arch.py of LLaVA-NeXT; the picture is resized as everywhere here, once and rounded
to bytes at the end.
"""
import json
import math
import os
import struct
import sys
import zlib

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../../../data/nano'))
import safetensors_file
from llava import Net

GRID, MAX_TILES = 3, 2
LEAST_TIE = 5e-5                                                           # of a half, so that all round alike
PICTURES = {'wide': (50, 170), 'tall': (120, 70), 'small': (40, 30)}     # height, width
SHAPES = [(1080, 1920), (1920, 1080), (720, 1280), (480, 640), (384, 384), (100, 100), (2160, 3840), (300, 2000), (2000, 300), (768, 769),
          (1, 700), (577, 433), (240, 320), (360, 640), (1200, 1600)]


def best_grid(height, width, tile, grid):
    """(columns, rows)"""
    best, most, least = None, 0, math.inf
    for columns in range(1, grid + 1):
        for rows in range(1, grid + 1):
            w, h = columns * tile, rows * tile
            scale = min(w / width, h / height)
            kept = min(int(width * scale) * int(height * scale), width * height)
            waste = w * h - kept
            if kept > most or (kept == most and waste < least):
                best, most, least = (columns, rows), kept, waste
    return best


def fitted(height, width, target_height, target_width):
    scale_w, scale_h = target_width / width, target_height / height
    if scale_w < scale_h:
        return min(math.ceil(height * scale_w), target_height), target_width
    return target_height, min(math.ceil(width * scale_h), target_width)


def kept_cells(cells_high, cells_wide, height, width):
    """(first row, rows, first column, columns)"""
    if width / height > cells_wide / cells_high:
        margin = (cells_high - int(height * (cells_wide / width))) // 2
        return margin, cells_high - 2 * margin, 0, cells_wide
    margin = (cells_wide - int(width * (cells_high / height))) // 2
    return 0, cells_high, margin, cells_wide - 2 * margin


def shrunk(rows, columns, side, max_tiles):
    times = math.sqrt(rows * columns / (max_tiles * side**2))
    return (int(rows // times), int(columns // times)) if times > 1.1 else (rows, columns)


def geometry(height, width, tile, side, grid, max_tiles):
    columns, rows = best_grid(height, width, tile, grid)
    h, w = fitted(height, width, rows * tile, columns * tile)
    first_row, n_rows, first_column, n_columns = kept_cells(rows * side, columns * side, height, width)
    return {'given': [height, width, tile, side, grid, max_tiles],
            'tiles': [rows, columns, h, w, (rows * tile - h) // 2, (columns * tile - w) // 2, first_row, first_column, n_rows, n_columns,
                      *shrunk(n_rows, n_columns, side, max_tiles)]}


class Tiles(Net):
    """The network on pixels that are scaled already."""

    def pixels(self, frames):
        return frames

    def rows(self, picture):
        """uint8 (3, height, width) -> (rows, width of the language model); None where rounding to bytes is a near tie"""
        tile, (_, height, width) = self.config['vision_config']['image_size'], picture.shape
        ties = []

        def scaled(h, w):
            x = F.interpolate(picture[None].float(), (h, w), mode='bicubic', antialias=True, align_corners=False)
            ties.append(float((x - x.floor() - .5).abs().min()))
            return x.clamp(0, 255).round()

        columns, rows = best_grid(height, width, tile, GRID)
        h, w = fitted(height, width, rows * tile, columns * tile)
        top, left = (rows * tile - h) // 2, (columns * tile - w) // 2
        padded = F.pad(scaled(h, w), (left, columns * tile - w - left, top, rows * tile - h - top))
        base = scaled(tile, tile)
        if min(ties) < LEAST_TIE:
            return None
        tiles = padded[0].view(3, rows, tile, columns, tile).permute(1, 3, 0, 2, 4).flatten(0, 1)
        x = ((torch.cat([base, tiles]) / 255 - .5) / .5).to(self.dtype)
        x, _ = self.tower(x)
        x = self.linear(self.round(F.gelu(self.linear(x, 'model.mm_projector.0'))), 'model.mm_projector.2')
        side = math.isqrt(x.shape[1])
        cells = x[1:].view(rows, columns, side, side, -1).permute(4, 0, 2, 1, 3).flatten(1, 2).flatten(2, 3)
        first_row, n_rows, first_column, n_columns = kept_cells(rows * side, columns * side, height, width)
        cells = cells[:, first_row:first_row + n_rows, first_column:first_column + n_columns]
        size = shrunk(n_rows, n_columns, side, MAX_TILES)
        if size != (n_rows, n_columns):
            cells = F.interpolate(cells[None], size, mode='bilinear', align_corners=False)[0]
        newline = self.tensors['model.image_newline'][:, None, None].expand(-1, size[0], 1)
        return torch.cat([x[0], torch.cat([cells, newline], 2).flatten(1, 2).T])


def draw(height, width, generator):
    coarse = torch.randint(0, 256, (1, 3, height // 10 + 1, width // 10 + 1), generator=generator).float()
    return F.interpolate(coarse, (height, width), mode='bilinear', align_corners=True)[0].round().to(torch.uint8)


def write_png(path, picture):
    """uint8 (3, height, width)"""
    lines = b''.join(b'\0' + bytes(row.flatten().tolist()) for row in picture.permute(1, 2, 0))
    chunk = lambda kind, data: struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    with open(path, 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>2I5B', picture.shape[2], picture.shape[1], 8, 2, 0, 0, 0)) +
                   chunk(b'IDAT', zlib.compress(lines, 9)) + chunk(b'IEND', b''))


@torch.no_grad()
def main():
    source, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(source, 'config.json')) as file:
        config = json.load(file)
    tensors, _ = safetensors_file.read(os.path.join(source, 'model.safetensors'))
    net = Tiles(tensors, config, 'double')
    generator = torch.Generator().manual_seed(7)
    out = {}
    for name, (height, width) in PICTURES.items():
        rows = None
        while rows is None:
            picture = draw(height, width, generator)
            rows = net.rows(picture)
        write_png(os.path.join(folder, name + '.png'), picture)
        out[name] = rows.float().contiguous()
        print(name, tuple(out[name].shape))
    safetensors_file.write(os.path.join(folder, 'expected.safetensors'), out, {'source': 'tests/models/reference/make_llava_tiles.py'})
    with open(os.path.join(folder, 'geometry.json'), 'w') as file:
        json.dump([geometry(h, w, 384, 27, 6, 9) for h, w in SHAPES], file)
        file.write('\n')


if __name__ == '__main__':
    main()
