"""Batches for the language model: pictures, packed question/answer sequences, and the targets of the heads.

One sequence holds the visual prefix once and several question/answer blocks behind it.  A block sees the prefix and
itself, and its positions restart after the prefix, so each block computes exactly what a single turn computes.

The reference's generation loop feeds a task token as soon as its <x_begin> is chosen, before <x_begin> itself is fed,
while its training text has `<x_begin><x>`.  Both must work, so a block with a task answer carries the task token twice:
inside the answer (flow A) and once more at its end, at the position of <x_begin> and blind to it (flow B).
"""
import random

import numpy as np

import dense
from grammar import still_questions, video_questions
from tokenizer import AFTER, BEFORE, TURN, Tokenizer
from world import middle_times, render, sample_scene, through_video

IGNORE = -100
MOST_QUESTIONS = 12
BUDGET = dict(stills=184, clips=248)      # tokens of a packed sequence
HEAD_OF = {'box': 'box', 'track': 'track', 'track_box': 'track', 'visible': 'time', 'moves': 'time'}


def pack(tokenizer, items, media, slots, budget):
    """One sequence of at most `budget` tokens as lists (items that do not fit are removed from the list `items`).

    `heads` holds (item number, flow A column, flow B column).
    """
    before = tokenizer.encode(BEFORE.format(media=media), True)
    ids = before + [0] * slots + tokenizer.encode(AFTER.format(media=media), True)
    prefix = len(ids)
    out = dict(ids=ids, block=[0] * prefix, positions=list(range(prefix)), labels=[IGNORE] * prefix, heads=[], blind=[],
               answers=[], boxes=[], visual_start=len(before))
    for number, item in enumerate(items, 1):
        question = tokenizer.encode(TURN.format(question=item['question']), True)
        answer = tokenizer.encode(item['answer']) + [tokenizer.eos]
        start = len(out['ids'])
        if start + len(question) + len(answer) + 1 > budget:
            del items[number - 1:]
            break
        sequence = question + answer
        labels = [IGNORE] * (len(question) - 1) + answer + [IGNORE]
        positions = list(range(prefix, prefix + len(sequence)))
        out['answers'].append((start + len(question) - 1, start + len(sequence) - 1))
        for j, token in enumerate(sequence):
            if token == tokenizer.ids['<track_box>']:
                out['boxes'].append((start + j, item['user_box']))
            if token in tokenizer.partner:
                again = start + len(sequence)
                out['heads'].append((number - 1, start + j + 1, again))
                out['blind'].append((again, start + j))
                sequence = sequence + [tokenizer.partner[token]]
                labels.append(IGNORE)
                positions.append(positions[j])
                break
        out['ids'] += sequence
        out['labels'] += labels
        out['positions'] += positions
        out['block'] += [number] * len(sequence)
    return out


def _target(item, scene):
    """Name of the head and its target for an item, or (None, None)."""
    head = HEAD_OF.get(item['kind'])
    if head == 'time':
        return head, np.array(item['span'], np.float32) / scene.duration
    return (head, item['box']) if head and 'box' in item else (None, None)


def collate(packs, items, scenes):
    """Arrays of a batch.  heads: name -> at (n, 3) [row, flow A column, flow B column], target (n, 4 or 2)."""
    length, count = max(len(p['ids']) for p in packs), len(packs)
    ids, positions = np.zeros((count, length), np.int64), np.zeros((count, length), np.int64)
    labels, block = np.full((count, length), IGNORE, np.int64), np.full((count, length), -1, np.int64)
    for i, p in enumerate(packs):
        n = len(p['ids'])
        ids[i, :n], positions[i, :n], labels[i, :n], block[i, :n] = p['ids'], p['positions'], p['labels'], p['block']
    allow = np.tril(np.ones((length, length), bool))[None] & ((block[:, None] == 0) | (block[:, None] == block[:, :, None]))
    heads = {name: ([], []) for name in ('box', 'track', 'time')}
    rows, values = [], []
    for i, p in enumerate(packs):
        for column, first in p['blind']:
            allow[i, column, first:column] = False
        for column, box in p['boxes']:
            rows.append((i, column))
            values.append(box)
        for number, a, b in p['heads']:
            name, target = _target(items[i][number], scenes[i])
            if name:
                heads[name][0].append((i, a, b))
                heads[name][1].append(target)
    heads = {k: (np.array(at, np.int64), np.array(t, np.float32)) for k, (at, t) in heads.items() if at}
    return dict(ids=ids, positions=positions, labels=labels, allow=allow, heads=heads, visual_start=packs[0]['visual_start'],
                box_rows=np.array(rows, np.int64).reshape(-1, 2), box_values=np.array(values, np.float32).reshape(-1, 4))


def squashed(rng, scene, times, size, share=.3):
    """Frames at the model's square size; a share goes the application's way (drawn larger, compressed, resized)."""
    if rng.random() < share:
        w, h = {1: (176, 176), 1.3333: (192, 144), 1.7778: (256, 144)}[round(scene.aspect, 4)]
        frames = render(scene, times, w, h, backdrops=dense.BACKDROPS)
        return through_video(frames, size, size, rng.choice([0, 60, 75, 90]))
    return render(scene, times, size, size, backdrops=dense.BACKDROPS)


class Maker:
    """Makes batches of stills or clips with questions."""

    def __init__(self, sizes):
        self.sizes = sizes
        self.tokenizer = Tokenizer()
        self.grid = sizes['image'] // sizes['patch']
        self.slots = sizes['queries'] + sizes['extra_queries']

    def sample(self, rng, kind, scene):
        """Times and question items of a scene."""
        if kind == 'clips':
            return middle_times(scene.duration, self.sizes['frames']), video_questions(scene, MOST_QUESTIONS, rng)
        for _ in range(4):                        # an empty still is possible but rare
            time = rng.random() * scene.duration
            if scene.boxes([time])[1].any():
                break
        return np.array([time]), still_questions(scene, time, MOST_QUESTIONS, rng)

    def batch(self, rng, kind, count, scenes=None, keep=False):
        """kind 'stills' or 'clips'.  With keep the scenes and items stay in the batch (for evaluation)."""
        scenes = scenes or [sample_scene(rng.randrange(10 ** 9, 10 ** 12)) for _ in range(count)]
        media = 'Video' if kind == 'clips' else 'Image'
        frames, tables, packs, items = [], [], [], []
        for scene in scenes:
            times, asked = self.sample(rng, kind, scene)
            frames.append(squashed(rng, scene, times, self.sizes['image']))
            tables.append(dense.object_table(scene, times, self.grid))
            items.append(asked)
            packs.append(pack(self.tokenizer, asked, media, self.slots, BUDGET[kind]))
        out = collate(packs, items, scenes)
        out.update(frames=np.stack(frames), objects=dense.stack_tables(tables))
        if keep:
            out.update(scenes=scenes, items=items, answers=[p['answers'] for p in packs])
        return out


if __name__ == '__main__':
    import time
    from vlm import SIZES
    maker, rng = Maker(SIZES), random.Random(0)
    for kind in ('stills', 'clips') * 2:
        start = time.time()
        b = maker.batch(rng, kind, 64)
        print(kind, f'{64 / (time.time() - start):.0f}/s', b['ids'].shape, {k: len(v[0]) for k, v in b['heads'].items()})
