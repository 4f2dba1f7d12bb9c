"""Cheap still images for the dense stage, and the object tables that supervise stills and clips."""
import math
import random

import numpy as np

from world import (ASPECTS, CLASSES, COLOR_NAMES, DIRECTIONS, backdrop, master, pick_kind, sprite_pixels, through_video)

CLASS_ID = {c: i for i, c in enumerate(CLASSES)}
COLOR_ID = {c: i for i, c in enumerate(COLOR_NAMES)}
DIRECTION_ID = {d: i for i, d in enumerate([None] + DIRECTIONS)}
BACKDROPS = 300                   # different backgrounds in training (each also mirrored and recoloured)
MOST_SPRITES = 6


def claim_cell(box, grid, taken):
    """Grid cell of a box centre, or the nearest free one when another object has it."""
    x, y = (box[0] + box[2]) / 2 * grid, (box[1] + box[3]) / 2 * grid
    own = min(int(y), grid - 1) * grid + min(int(x), grid - 1)
    if own not in taken:
        return own
    cx, cy = x - .5, y - .5
    order = sorted(range(grid * grid), key=lambda c: (c % grid - cx) ** 2 + (c // grid - cy) ** 2)
    return next(c for c in order if c not in taken)


def object_table(scene, times, grid, most=4):
    """Arrays about the sprites of a scene that are seen at one of the times; class -1 = no object."""
    frames = len(times)
    table = dict(cls=np.full(most, -1, np.int64), col=np.full(most, -1, np.int64), dir=np.zeros(most, np.int64),
                 cell=np.zeros(most, np.int64), box=np.zeros((frames, most, 4), np.float32), vis=np.zeros((frames, most), bool))
    boxes, visible = scene.boxes(times)
    taken = set()
    for i, s in enumerate(scene.sprites):
        if not visible[:, i].any():
            continue
        table['cls'][i], table['col'][i] = CLASS_ID[s.cls], COLOR_ID.get(s.color, -1)
        table['dir'][i] = DIRECTION_ID[s.direction] if frames > 1 else 0
        table['box'][:, i], table['vis'][:, i] = boxes[:, i], visible[:, i]
        table['cell'][i] = claim_cell(boxes[visible[:, i].argmax(), i], grid, taken)
        taken.add(table['cell'][i])
    return table


def stack_tables(tables):
    return {k: np.stack([t[k] for t in tables]) for k in tables[0]}


def still_batch(rng, count, size, grid, emoji_share=.4):
    """`count` stills with up to MOST_SPRITES sprites, without scene or text: many times cheaper than a scene."""
    noise = np.random.RandomState(rng.randrange(2 ** 31))
    frames = np.empty((count, 1, size, size, 3), np.uint8)
    most = MOST_SPRITES
    o = dict(cls=np.full((count, most), -1, np.int64), col=np.full((count, most), -1, np.int64),
             dir=np.zeros((count, most), np.int64), cell=np.zeros((count, most), np.int64),
             box=np.zeros((count, 1, most, 4), np.float32), vis=np.zeros((count, 1, most), bool))
    compressed = rng.random() < .3            # this batch is drawn larger, compressed and resized, as in the application
    w = h = size
    if compressed:
        w, h = rng.choice([(160, 120), (192, 144), (192, 108), (240, 180)])
    for i in range(count):
        aspect = rng.choice(ASPECTS) if not compressed else w / h
        canvas = backdrop(rng.randrange(BACKDROPS), w, h, aspect).copy()
        if rng.random() < .5:
            canvas = canvas[:, ::-1].copy()
        taken = set()
        for k in range(rng.randint(1, most)):
            cls, color = pick_kind(rng, False, emoji_share)
            mw, mh = master(cls, color).size
            scale = rng.uniform(.17, .34) / max(mw, mh)
            pw, ph = max(4, round(mw * scale * w / math.sqrt(aspect))), max(4, round(mh * scale * h * math.sqrt(aspect)))
            x0, y0 = rng.randint(0, w - pw), rng.randint(0, h - ph)
            new = np.array([x0 / w, y0 / h, (x0 + pw) / w, (y0 + ph) / h], np.float32)
            if k:
                old = o['box'][i, 0, :k]
                wh = np.clip(np.minimum(old[:, 2:], new[2:]) - np.maximum(old[:, :2], new[:2]), 0, 1)
                if (wh[:, 0] * wh[:, 1]).max() > .15 * pw * ph / (w * h):
                    continue
            rgb, alpha = sprite_pixels(cls, color, pw, ph)
            canvas[y0:y0 + ph, x0:x0 + pw] *= 1 - alpha
            canvas[y0:y0 + ph, x0:x0 + pw] += rgb
            o['cls'][i, k], o['col'][i, k], o['box'][i, 0, k], o['vis'][i, 0, k] = CLASS_ID[cls], COLOR_ID.get(color, -1), new, True
            o['cell'][i, k] = claim_cell(new, grid, taken)
            taken.add(o['cell'][i, k])
        canvas *= noise.uniform(.86, 1.1)
        canvas += noise.uniform(-10, 10)
        picture = np.clip(canvas, 0, 255).astype(np.uint8)
        frames[i] = through_video(picture[None], size, size, rng.choice([0, 60, 75, 90])) if compressed else picture
    if not compressed and rng.random() < .6:
        grain = noise.randint(-5, 6, (1, 1, size, size, 1))
        frames = np.clip(frames + grain, 0, 255).astype(np.uint8)
    return dict(frames=frames, objects=o)


if __name__ == '__main__':
    import time
    rng = random.Random(0)
    for _ in range(3):
        start = time.time()
        for _ in range(10):
            still_batch(rng, 128, 96, 6)
        print(f'{1280 / (time.time() - start):.0f} stills/s')
