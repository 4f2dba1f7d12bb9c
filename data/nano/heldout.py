"""Write a held-out evaluation set: python3 heldout.py OUT [--clips N] [--stills N] [--moments N]     (needs ffmpeg)

OUT gets clips with questions of all kinds (H.264, crf 10, 8 frames a second, three shapes of frame), stills (PNG), clips
with time and track questions only (the same at crf 20, so that many are small) and manifest.json.  Seeds are never drawn
in training; a third of the scenes has colour-shape pairs that training never shows.

manifest.json: {"format": "tpo-nano-heldout-1", "items": [...]}, each item with
  file, media ("video" | "image"), duration (seconds, videos), frames (their number)
  group      "task" counts everywhere; "question" exact answers; "box", "time", "track" their head; "chat" no head
  kind, question, answer (text before the task tokens), task ("none" | "box" | "time" | "track")
  held_out_pair   whether the scene has unseen colour-shape pairs
  box        [x0, y0, x1, y1] in 0..1 for box answers, and for track answers the box on the first frame
  span       [start, end] in seconds for time answers
  masks      for track answers: [{"frame", "size": [h, w], "counts": COCO RLE text}], MASK_FRAMES over the clip
"""
import argparse
import json
import os
import random
import subprocess

import numpy as np
from PIL import Image

from grammar import still_question, video_question
from world import render, sample_scene

FIRST_SEED = 7_000_000
STILLS, MOMENTS = 500_000, 250_000      # after FIRST_SEED
FPS = 8
MASK_FRAMES = 8
SIZES = {1.0: (360, 360), 4 / 3: (480, 360), 16 / 9: (480, 270)}
VIDEO_QUESTIONS = ['color', 'count', 'count_class', 'yesno', 'direction', 'first']
STILL_QUESTIONS = ['color', 'count', 'count_class', 'yesno', 'side']
TASK_OF = {'box': 'box', 'visible': 'time', 'moves': 'time', 'track': 'track'}


def rle(mask):
    """COCO's compressed run lengths of a mask (column by column, beginning with zeros)."""
    flat = mask.T.reshape(-1).astype(np.int8)
    edges = np.flatnonzero(np.diff(flat)) + 1
    runs = np.diff(np.concatenate([[0], edges, [len(flat)]])).tolist()
    if flat[0]:
        runs.insert(0, 0)
    text = ''
    for i, run in enumerate(runs):
        x = run - runs[i - 2] if i > 2 else run
        more = True
        while more:
            c = x & 0x1f
            x >>= 5
            more = x != -1 if c & 0x10 else x != 0
            text += chr((c | 0x20 if more else c) + 48)
    return dict(size=list(mask.shape), counts=text)


def describe(item, held_out, **where):
    kind = item['kind']
    task = TASK_OF.get(kind, 'none')
    group = task if task != 'none' else 'chat' if kind in ('chat', 'other') else 'question'
    out = dict(where, group=group, kind=kind, question=item['question'], answer=item['answer'].split('<')[0].strip(), task=task,
               held_out_pair=held_out)
    if 'box' in item:
        out['box'] = [round(float(v), 5) for v in item['box']]
    if 'span' in item:
        out['span'] = [round(float(v), 3) for v in item['span']]
    return out


def pick(rng, kinds, count, ask):
    """`count` items of different kinds; kinds that do not apply are skipped."""
    found = [item for item in map(ask, rng.sample(kinds, len(kinds))) if item]
    return found[:count]


def track_masks(scene, sprite, width, height):
    """Masks of one sprite at MASK_FRAMES frames over the clip, as it shows under the sprites on top of it."""
    total = int(scene.duration * FPS)
    frames = sorted({round(k * (total - 1) / (MASK_FRAMES - 1)) for k in range(MASK_FRAMES)})
    _, ids = render(scene, [k / FPS for k in frames], width, height, masks=True)
    return [dict(frame=k, **rle(ids[i] == sprite + 1)) for i, k in enumerate(frames)]


def write_video(path, scene, width, height, quality):
    encoder = subprocess.Popen(
        ['ffmpeg', '-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', f'{width}x{height}', '-r', str(FPS), '-i', '-',
         '-c:v', 'libx264', '-crf', str(quality), '-pix_fmt', 'yuv420p', '-threads', '1', '-fflags', '+bitexact', '-flags:v', '+bitexact', path],
        stdin=subprocess.PIPE)
    count = int(scene.duration * FPS)
    encoder.stdin.write(render(scene, np.arange(count) / FPS, width, height).tobytes())
    encoder.stdin.close()
    if encoder.wait() != 0:
        raise SystemExit(f'ffmpeg could not write {path}')
    return count


def draw_clip(folder, name, seed, held_out, quality):
    """A scene written as a clip: what all items about it share, the scene, and how to ask about it."""
    rng = random.Random(seed)
    scene = sample_scene(seed, held_out=held_out, max_duration=12)
    count = write_video(os.path.join(folder, name), scene, *SIZES[scene.aspect], quality)
    where = dict(file=name, media='video', duration=scene.duration, frames=count)
    return where, scene, rng, lambda kind: video_question(kind, scene, rng)


def track_items(scene, ask, held_out, where):
    """One question about something on the first frame, where tracking starts, if anything is there."""
    there = [ask('track') for _ in range(6) if any(s.t0 == 0 for s in scene.sprites)]
    there = [item for item in there if 'box' in item][:1]
    return [dict(describe(item, held_out, **where), masks=track_masks(scene, item['sprite'], *SIZES[scene.aspect])) for item in there]


def clip_items(folder, number, held_out):
    where, scene, rng, ask = draw_clip(folder, f'clip-{number:03}.mp4', FIRST_SEED + number, held_out, 10)
    items = pick(rng, VIDEO_QUESTIONS, 3, ask) + pick(rng, ['visible', 'moves'], 1, ask)
    if number % 6 == 0:
        items.append(ask('chat'))
    return [describe(item, held_out, **where) for item in items] + track_items(scene, ask, held_out, where)


def moment_items(folder, number, held_out):
    where, scene, _, ask = draw_clip(folder, f'moment-{number:03}.mp4', FIRST_SEED + MOMENTS + number, held_out, 20)
    items = [item for item in map(ask, ['visible', 'moves']) if item]
    return [describe(item, held_out, **where) for item in items] + track_items(scene, ask, held_out, where)


def still_items(folder, number, held_out):
    rng = random.Random(FIRST_SEED + STILLS + number)
    scene = sample_scene(FIRST_SEED + STILLS + number, held_out=held_out)
    time = next(t for t in (rng.random() * scene.duration for _ in range(99)) if scene.boxes([t])[1].any())
    width, height = SIZES[scene.aspect]
    name = f'still-{number:03}.png'
    Image.fromarray(render(scene, [time], width, height)[0]).save(os.path.join(folder, name))
    ask = lambda kind: still_question(kind, scene, time, rng)
    items = pick(rng, STILL_QUESTIONS, 3, ask) + [ask('box')]
    return [describe(item, held_out, file=name, media='image', frames=1) for item in items]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('out')
    parser.add_argument('--clips', type=int, default=24)
    parser.add_argument('--stills', type=int, default=24)
    parser.add_argument('--moments', type=int, default=80)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    items = []
    for make, count in ((clip_items, args.clips), (still_items, args.stills), (moment_items, args.moments)):
        for number in range(count):
            items += make(args.out, number, held_out=number % 3 == 2)
    with open(os.path.join(args.out, 'manifest.json'), 'w') as f:
        json.dump({'format': 'tpo-nano-heldout-1', 'items': items}, f, indent=1)
        f.write('\n')
    print(len(items), 'questions in', args.out)


if __name__ == '__main__':
    main()
