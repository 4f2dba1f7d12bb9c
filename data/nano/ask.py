"""The application's answer path in PyTorch, to compare the engine with.

    python3 ask.py CHECKPOINT VIDEO "question" ...          prints answers, boxes and the span that the token carries
    python3 ask.py CHECKPOINT --heldout FOLDER              figures over a set written by heldout.py

Frames are decoded by the ffmpeg program, selected as `middle`, resized with antialiased bicubic; generation is greedy
with a cache and feeds a task token when its <x_begin> is chosen (inference order).
"""
import argparse
import collections
import json
import os
import subprocess

import numpy as np
import torch
from PIL import Image

from losses import giou
from tokenizer import AFTER, BEFORE, TURN, Tokenizer
from vlm import load_model

MOST_TOKENS = 64


def decode(path):
    """All frames of a video, or the one of a picture, as uint8 (T, H, W, 3)."""
    if path.endswith('.png'):
        return np.asarray(Image.open(path).convert('RGB'))[None]
    size = subprocess.run(['ffprobe', '-v', 'error', '-select_streams', 'v:0', '-show_entries', 'stream=width,height', '-of', 'csv=p=0',
                           path], capture_output=True, text=True, check=True).stdout.strip().split(',')
    w, h = int(size[0]), int(size[1])
    raw = subprocess.run(['ffmpeg', '-loglevel', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-vsync', '0', '-'],
                         capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, h, w, 3)


def select(frames, count):
    """The `middle` selection; a single picture stays one frame."""
    n = len(frames)
    if n == 1:
        return frames
    m = min(count, n)
    edges = [i * n // m for i in range(m + 1)]
    index = [(a + b - 1) // 2 for a, b in zip(edges, edges[1:])]
    return frames[index + [index[-1]] * (count - m)]


class Assistant:
    def __init__(self, checkpoint):
        self.model, self.tokenizer = load_model(checkpoint), Tokenizer()

    def look(self, frames):
        """Projected visual vectors and media name of decoded frames."""
        s = self.model.sizes
        small = [np.asarray(Image.fromarray(f).resize((s['image'], s['image']), Image.BICUBIC)) for f in select(frames, s['frames'])]
        slots = self.model.see(torch.from_numpy(np.stack(small))[None])[1]
        return self.model.project_up(slots), 'Image' if len(small) == 1 else 'Video'

    @torch.no_grad()
    def ask(self, seen, question):
        """(answer text, task, hidden state of the task token or None)."""
        visual, media = seen
        t, lm = self.tokenizer, self.model.lm
        embed = lambda ids: lm.embed(torch.tensor([ids]))
        x = torch.cat([embed(t.encode(BEFORE.format(media=media), True)), visual, embed(t.encode(AFTER.format(media=media), True)),
                       embed(t.encode(TURN.format(question=question), True))], 1)
        n = x.shape[1]
        caches = [[] for _ in range(self.model.sizes['layers'])]
        mask = torch.zeros(n, n).masked_fill(torch.ones(n, n).triu(1).bool(), -1e9)
        hidden = lm(x, torch.arange(n)[None], mask, caches)[:, -1]
        ids, task, token = [], 'none', None
        names = {t.ids['<box_begin>']: 'box', t.ids['<time_begin>']: 'time', t.ids['<track_begin>']: 'track'}
        for _ in range(MOST_TOKENS):
            best = int(lm.logits(hidden)[0].argmax())
            if best == t.eos:
                break
            ids.append(best)
            if best in names:
                task = names[best]
                token = lm(embed([t.partner[best]]), torch.tensor([[n]]), None, [list(c) for c in caches])[:, -1]
            hidden = lm(embed([best]), torch.tensor([[n]]), None, caches)[:, -1]
            n += 1
        return t.decode(ids), task, token


@torch.no_grad()
def over_heldout(assistant, folder):
    with open(os.path.join(folder, 'manifest.json')) as f:
        items = json.load(f)['items']
    figures, seen = collections.defaultdict(list), {}
    for item in items:
        if item['file'] not in seen:
            seen = {item['file']: assistant.look(decode(os.path.join(folder, item['file'])))}
        answer, task, token = assistant.ask(seen[item['file']], item['question'])
        place = f'{"unseen pairs" if item["held_out_pair"] else "seen pairs"} {item["media"]} '
        figures['right task token'].append(task == item['task'])
        if item['group'] == 'question':
            right = answer == item['answer']
            figures[place + 'questions'].append(right)
            figures[f'{item["media"]} questions'].append(right)
            figures[f'{item["media"]} {item["kind"]}'].append(right)
        if item['group'] in ('box', 'track'):
            m = assistant.model
            box = torch.zeros(1, 4) if task != item['group'] else m.loc_decoder(token) if task == 'box' else m.track_embed_decode2(token)
            iou = float(giou(box, torch.tensor([item['box']]))[0])
            figures[item['group'] + ' IoU'].append(iou)
            figures[item['group'] + ' IoU >= 0.5'].append(iou >= .5)
    for name in sorted(figures):
        print(f'{name:34} {np.mean(figures[name]):.3f}  of {len(figures[name])}')


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint')
    parser.add_argument('video', nargs='?')
    parser.add_argument('questions', nargs='*')
    parser.add_argument('--heldout')
    args = parser.parse_args()
    torch.set_num_threads(1)
    assistant = Assistant(args.checkpoint)
    if args.heldout:
        over_heldout(assistant, args.heldout)
        return
    seen = assistant.look(decode(args.video))
    for question in args.questions:
        answer, task, token = assistant.ask(seen, question)
        m = assistant.model
        extra = {'box': m.loc_decoder, 'time': m.temporal_embed, 'track': m.track_embed_decode2}.get(task)
        print(question, '|', answer, '|', [round(float(v), 3) for v in extra(token)[0]] if extra else '')


if __name__ == '__main__':
    main()
