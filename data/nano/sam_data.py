"""Training and evaluation samples of the mask head, made on the fly from the nano world."""
import math
import random

import numpy as np
import torch
import torch.multiprocessing as multiprocessing

from world import render, sample_scene, through_video

SMALLEST = 120            # visible pixels (of 256 x 256) below which a sprite is not asked for
BACKDROPS = 1400          # different backgrounds in training, so that most of them are cached
EMOJI_SHARE = 0.65        # in training; their outlines and inner parts are harder than those of the shapes
EVALUATION_SEEDS = 5 * 10 ** 12      # training draws seeds below 10 ** 12


def _compress(rng, frames):
    """Half of the samples get the blocks and ringing of a compressed video."""
    if rng.random() < 0.5:
        return through_video(frames, frames.shape[2], frames.shape[1], rng.randint(45, 92))
    return frames


def image_sample(rng, size):
    """One frame, its id map and the ids of all sprites that are large enough."""
    while True:
        scene = sample_scene(rng.randrange(10 ** 12), emoji_share=EMOJI_SHARE)
        frames, ids = render(scene, [rng.random() * scene.duration], size, size, masks=True, backdrops=BACKDROPS)
        present = [i for i in range(1, len(scene.sprites) + 1) if (ids[0] == i).sum() >= SMALLEST]
        if present:
            return _compress(rng, frames)[0], ids[0], present


def _frame_times(rng, scene, sprite, length, step):
    """Times of a clip in which `sprite` is visible at first, with a preference for its motion.

    Training mixes neighbouring frames of a video with jumps: the application tracks every frame, so the prompted frame
    is soon seconds away while the last memories are one frame old.
    """
    if step is not None:
        gap, jump = step, step
    else:
        gap = math.exp(rng.uniform(math.log(0.04), math.log(0.6)))
        jump = rng.uniform(0.04, 4.0) if rng.random() < 0.4 else gap
    offsets = np.concatenate([[0.0], jump + gap * np.arange(length - 1)])
    reach = offsets[-1]
    low, high = sprite.t0, sprite.t1
    if sprite.direction and rng.random() < 0.8:
        low, high = sprite.m0 - 0.5 * reach, sprite.m1 - 0.5 * reach
    if rng.random() < 0.75:
        high = min(high, sprite.t1 - reach - 0.02)         # else it may disappear on the way
    low = max(low, sprite.t0)
    start = rng.uniform(low, max(low, min(high, sprite.t1 - 0.05)))
    return np.minimum(start + offsets, scene.duration - 1e-3)


def clip_sample(seed, length, size, held_out=False, step=None, backdrops=BACKDROPS):
    """A few frames and their id maps, from around the motion of one sprite that is visible in the first of them.

    Returns frames uint8 (length, size, size, 3), id maps uint8 (length, size, size), the id of that sprite and the
    number of sprites.  `step` is the time between frames, by default random.
    """
    rng = random.Random(seed)
    while True:
        emoji = {} if step is not None else {'emoji_share': EMOJI_SHARE}
        scene = sample_scene(rng.randrange(10 ** 12) + seed, held_out=held_out, **emoji)
        moving = [i for i, s in enumerate(scene.sprites) if s.direction]
        pick = rng.choice(moving) if moving and rng.random() < 0.7 else rng.randrange(len(scene.sprites))
        times = _frame_times(rng, scene, scene.sprites[pick], length, step)
        frames, ids = render(scene, times, size, size, masks=True, backdrops=backdrops)
        if (ids[0] == pick + 1).sum() >= SMALLEST:
            return _compress(rng, frames), ids, pick + 1, len(scene.sprites)


def tight_box(mask):
    """Box (x0, y0, x1, y1) in 0..1 of a boolean mask."""
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    height, width = mask.shape
    return np.array([columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height], np.float32)


def image_batch(rng, count, size):
    """Frames (count, 3, size, size), image index per object, masks bool (objects, 1, size, size)."""
    frames, index, masks = [], [], []
    for i in range(count):
        frame, ids, present = image_sample(rng, size)
        frames.append(frame)
        chosen = rng.sample(present, min(4, len(present)))
        index += [i] * len(chosen)
        masks += [ids[None] == k for k in chosen]
    return np.stack(frames).transpose(0, 3, 1, 2)[:, None], np.array(index), np.stack(masks)


def clip_batch(rng, count, length, size):
    """Frames (count, length, 3, size, size), id maps (count, length, size, size) and (clip, id) of all sprites."""
    samples = [clip_sample(rng.randrange(10 ** 12), length, size) for _ in range(count)]
    frames = np.stack([s[0] for s in samples]).transpose(0, 1, 4, 2, 3)
    objects = [(i, k) for i, s in enumerate(samples) for k in range(1, s[3] + 1)]
    return frames, np.stack([s[1] for s in samples]), np.array(objects)


def _work(queue, seed, count, length, size):
    torch.set_num_threads(1)
    rng = random.Random(seed)
    while True:
        queue.put(image_batch(rng, count, size) if length == 1 else clip_batch(rng, count, length, size))


class Loader:
    """A process that makes batches ahead of the trainer."""

    def __init__(self, seed, count, length, size, ahead=6):
        context = multiprocessing.get_context('fork')
        self.queue = context.Queue(ahead)
        self.process = context.Process(target=_work, args=(self.queue, seed, count, length, size), daemon=True)
        self.process.start()

    def next(self):
        return [torch.from_numpy(np.ascontiguousarray(x)) for x in self.queue.get()]

    def close(self):
        self.process.terminate()


def evaluation_clips(start, count, length, size, held_out=False, step=0.25):
    """Frames and the masks of one sprite per clip, from consecutive held-out seeds, on unseen backgrounds."""
    base = EVALUATION_SEEDS + (10 ** 9 if held_out else 0) + start
    samples = [clip_sample(base + i, length, size, held_out, step, backdrops=0) for i in range(count)]
    frames = np.stack([s[0] for s in samples]).transpose(0, 1, 4, 2, 3)
    masks = np.stack([s[1] == s[2] for s in samples])
    return torch.from_numpy(np.ascontiguousarray(frames)), torch.from_numpy(masks)
