"""Clips and time queries for training and evaluating the temporal head."""
import random

import numpy as np
import torch
import torch.multiprocessing as multiprocessing

from clip import FRAMES_PER_SECOND, NANO_CLIP, QUERY_PREFIX
from grammar import TRAINED_NAMES, article, video_question
from tokenizer import Tokenizer
from world import CLASSES, COLOR_NAMES, DIRECTIONS, render, sample_scene

SIZE = NANO_CLIP['vision']['img_size']
GRID = SIZE // NANO_CLIP['vision']['patch_size']
EVALUATION_SEEDS = 6 * 10 ** 12
NAME_INDEX = {name: i for i, name in enumerate(TRAINED_NAMES)}
BARE = {'visible': ['the {n} is visible', '{an}', 'the {n} appears', 'the {n} is in the video', 'the {n}'],
        'moves': ['the {n} moves {d}', 'the {n} moves', 'the {n} is moving {d}', '{an} moves {d}', 'the {n} is moving']}


def query_ids(tokenizer, text):
    """Token ids of a query as the text tower wants them."""
    return ([1] + tokenizer.encode(QUERY_PREFIX + text))[:79] + [2]


def pad(rows):
    longest = max(len(r) for r in rows)
    return torch.tensor([r + [0] * (longest - len(r)) for r in rows])


def relevance(span, seconds):
    """Share of every second that the span covers."""
    start = np.arange(seconds)
    return np.clip(np.minimum(start + 1, span[1]) - np.maximum(start, span[0]), 0, 1).astype(np.float32)


def draw_query(scene, rng, moves=0.5):
    """A time question about the scene, about motion with the share `moves` if anything moves; some as the bare statement
    that a quoted part of a question would be."""
    kind = 'moves' if rng.random() < moves else 'visible'
    item = video_question(kind, scene, rng) or video_question('visible', scene, rng)
    if rng.random() < 0.15:
        sprite = scene.sprites[item['sprite']]
        text = rng.choice(BARE[item['kind']])
        item['question'] = text.format(n=sprite.name, an=article(sprite.name), d=sprite.direction)
    return item


def sample_times(scene):
    """The times at which the application takes frames for the video tower."""
    return (np.arange(scene.duration * FRAMES_PER_SECOND) + 0.5) / FRAMES_PER_SECOND


def scene_frames(scene, supersample=1):
    """Frames (seconds, 8, SIZE, SIZE, 3) of a scene."""
    frames = render(scene, sample_times(scene), SIZE, SIZE, supersample=supersample)
    return frames.reshape(scene.duration, FRAMES_PER_SECOND, SIZE, SIZE, 3)


def name_labels(scene):
    """(seconds, 2, names): whether each name is visible and whether it moves, for most of the second."""
    out = np.zeros((scene.duration, 2, len(TRAINED_NAMES)), np.float32)
    for i, sprite in enumerate(scene.sprites):
        if sprite.name in NAME_INDEX:
            for row, span in enumerate((scene.visible_span(i), scene.motion_span(i))):
                if span:
                    out[:, row, NAME_INDEX[sprite.name]] = relevance(span, scene.duration)
    return out


def patch_labels(scene, times):
    """What the sprite whose centre lies in a patch is and does, per time and patch (times * GRID * GRID, ...).

    Integers: class + 1, colour + 1, and 1 for a still sprite or direction + 2 for a moving one; 0 for none.  Numbers:
    position of the centre, and 3 x velocity in frames per second.
    """
    _, visible = scene.boxes(times)
    kind = np.zeros((len(times), GRID, GRID, 3), np.int64)
    motion = np.zeros((len(times), GRID, GRID, 4), np.float32)
    for i, sprite in enumerate(scene.sprites):
        centre = sprite.centre(times)
        speed = (sprite.centre(times + 0.1) - sprite.centre(times - 0.1)) * (3 / 0.2)
        cell = np.clip((centre * GRID).astype(int), 0, GRID - 1)
        here = np.nonzero(visible[:, i])[0]
        color = COLOR_NAMES.index(sprite.color) + 1 if sprite.color else 0
        deed = np.ones(len(times), np.int64)
        if sprite.direction:
            deed[(times > sprite.m0) & (times < sprite.m1)] = DIRECTIONS.index(sprite.direction) + 2
        place = here, cell[here, 1], cell[here, 0]
        kind[place] = CLASSES.index(sprite.cls) + 1, color, 0
        kind[place + (2,)] = deed[here]
        motion[place] = np.concatenate([centre, speed], 1)[here]
    return kind.reshape(-1, 3), motion.reshape(-1, 4)


def distinct(frames):
    """Distinct seconds and the index of every second among them: where nothing moves, seconds repeat exactly."""
    seen, index, kept = {}, [], []
    for k, second in enumerate(frames):
        key = second.tobytes()
        if key not in seen:
            seen[key] = len(kept)
            kept.append(k)
        index.append(seen[key])
    return kept, np.array(index)


def draw_scene(rng, moves):
    """A scene for training; the more questions are about motion, the fewer scenes without any."""
    while True:
        scene = sample_scene(rng.randrange(10 ** 12))
        if rng.random() > moves or any(sprite.direction for sprite in scene.sprites):
            return scene


def make_batch(rng, clips, queries, tokenizer, moves=0.5, seeds=None, held_out=False):
    """A dictionary of tensors.  Distinct seconds of all clips are concatenated in `frames`; row i of `seconds` gives,
    for query i, the indices of its clip's seconds among them (-1 is padding)."""
    frames, names, patches, motions, rows, items, ids = [], [], [], [], [], [], []
    total = 0
    for c in range(clips):
        scene = sample_scene(seeds[c], held_out=held_out) if seeds else draw_scene(rng, moves)
        supersample = 2 if seeds or rng.random() < 0.7 else 1
        pictures = scene_frames(scene, supersample)
        kept, index = distinct(pictures)
        frames.append(pictures[kept])
        names.append(name_labels(scene)[kept])
        kind, motion = patch_labels(scene, sample_times(scene))
        patches.append(kind.reshape(scene.duration, -1, 3)[kept])
        motions.append(motion.reshape(scene.duration, -1, 4)[kept])
        for _ in range(queries):
            item = draw_query(scene, rng, moves)
            items.append((scene.duration, item['span'], item['kind'], c))
            ids.append(query_ids(tokenizer, item['question']))
            rows.append(index + total)
        total += len(kept)
    longest = max(len(r) for r in rows)
    seconds = np.full((len(rows), longest), -1, np.int64)
    covered = np.zeros((len(rows), longest), np.float32)
    for i, (row, (duration, span, _, _)) in enumerate(zip(rows, items)):
        seconds[i, :duration] = row
        covered[i, :duration] = relevance(span, duration)
    return {'frames': torch.from_numpy(np.concatenate(frames)), 'names': torch.from_numpy(np.concatenate(names)),
            'patches': torch.from_numpy(np.concatenate(patches)), 'motions': torch.from_numpy(np.concatenate(motions)),
            'seconds': torch.from_numpy(seconds),
            'covered': torch.from_numpy(covered), 'ids': pad(ids),
            'spans': torch.tensor([[s / d, e / d] for d, (s, e), _, _ in items], dtype=torch.float32),
            'durations': torch.tensor([d for d, _, _, _ in items]), 'clip': torch.tensor([c for _, _, _, c in items]),
            'kinds': [kind for _, _, kind, _ in items]}


def lively_seconds(scene, rng, count):
    """Seconds of a scene, drawn so that most have motion, and its beginnings and ends more than the rest."""
    weights = np.full(scene.duration, 0.5)
    for i in range(len(scene.sprites)):
        if scene.motion_span(i):
            share = relevance(scene.motion_span(i), scene.duration)
            weights += 2 * (share > 0) + 2 * ((share > 0) & (share < 1))
    return rng.choices(range(scene.duration), weights, k=count)


def make_seconds(rng, scenes, each, tokenizer, frames=3):
    """A few frames of `each` seconds of different scenes, for the video tower alone: frames, the places of their patches
    among those of the second, labels, and a query about every second."""
    pictures, places, names, patches, motions, ids, covered = [], [], [], [], [], [], []
    patch = np.arange(GRID * GRID)
    for _ in range(scenes):
        scene = draw_scene(rng, 0.8)
        seconds = lively_seconds(scene, rng, each)
        chosen = np.sort([rng.sample(range(FRAMES_PER_SECOND), frames) for _ in seconds], 1)
        times = (np.array(seconds)[:, None] + (chosen + 0.5) / FRAMES_PER_SECOND).ravel()
        pictures.append(render(scene, times, SIZE, SIZE, supersample=2 if rng.random() < 0.7 else 1))
        places.append((chosen[..., None] * GRID * GRID + patch).reshape(each, -1))
        names.append(name_labels(scene)[seconds])
        kind, motion = patch_labels(scene, times)
        patches.append(kind.reshape(each, -1, 3))
        motions.append(motion.reshape(each, -1, 4))
        for second in seconds:
            item = draw_query(scene, rng)
            ids.append(query_ids(tokenizer, item['question']))
            covered.append([relevance(item['span'], scene.duration)[second]])
    whole = lambda parts: torch.from_numpy(np.concatenate(parts))
    return {'frames': whole(pictures).view(scenes * each, frames, SIZE, SIZE, 3), 'places': whole(places), 'names': whole(names),
            'patches': whole(patches), 'motions': whole(motions), 'seconds': torch.arange(scenes * each)[:, None],
            'covered': torch.tensor(covered), 'ids': pad(ids)}


def evaluation_batches(count, clips=8, queries=4, held_out=False):
    tokenizer = Tokenizer()
    base = EVALUATION_SEEDS + (10 ** 9 if held_out else 0)
    for start in range(0, count, clips):
        seeds = [base + start + i for i in range(clips)]
        yield make_batch(random.Random(seeds[0]), clips, queries, tokenizer, seeds=seeds, held_out=held_out)


def _work(queue, seed, make, count, queries):
    torch.set_num_threads(1)
    rng, tokenizer = random.Random(seed), Tokenizer()
    while True:
        batch = make(rng, count, queries, tokenizer)
        queue.put({k: v.numpy() if isinstance(v, torch.Tensor) else v for k, v in batch.items()})


class Loader:
    """A process that makes batches ahead of the trainer, with make_batch or make_seconds."""

    def __init__(self, seed, make, count, queries, ahead=8):
        context = multiprocessing.get_context('fork')
        self.queue = context.Queue(ahead)
        self.process = context.Process(target=_work, args=(self.queue, seed, make, count, queries), daemon=True)
        self.process.start()

    def next(self):
        return {k: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for k, v in self.queue.get().items()}

    def close(self):
        self.process.terminate()
