"""The whole model in PyTorch over a set written by heldout.py: spans and masks from the language model's own tokens.

    python3 full_path.py FOLDER --vlm STATE.pt [--sam SAM.pt] [--temporal TEMPORAL.pt]

These are the figures that `tpo eval` must reach through the engine on the same files.
"""
import argparse
import collections
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import prompt_code
from ask import Assistant, decode


def shrink(frames, size):
    return np.stack([np.asarray(Image.fromarray(f).resize((size, size), Image.BICUBIC)) for f in frames])


def read_rle(mask):
    """Boolean (h, w) of COCO's compressed run lengths."""
    runs, i, text = [], 0, mask['counts']
    while i < len(text):
        x, k, more = 0, 0, True
        while more:
            c = ord(text[i]) - 48
            x |= (c & 0x1f) << 5 * k
            more, i, k = bool(c & 0x20), i + 1, k + 1
            if not more and c & 0x10:
                x |= -1 << 5 * k
        runs.append(x + (runs[-2] if len(runs) > 2 else 0))
    h, w = mask['size']
    flat = np.concatenate([np.full(n, j % 2, bool) for j, n in enumerate(runs)])
    return flat.reshape(w, h).T


def jaccard(a, b):
    union = (a | b).sum()
    return float((a & b).sum() / union) if union else 1.


def mean_jaccard(model, frames, sparse, truth):
    """Mean J over the frames that have a true mask, after tracking through all frames."""
    import sam
    pictures = torch.from_numpy(shrink(frames, model.config['image_size'])).permute(0, 3, 1, 2)
    logits = sam.track(model, pictures[None], sparse)[0][0]
    scores = []
    for mask in truth:
        found = F.interpolate(logits[None, None, mask['frame']], size=mask['size'], mode='bilinear', align_corners=False)[0, 0] > 0
        scores.append(jaccard(found.numpy(), read_rle(mask)))
    return float(np.mean(scores))


def span_of(model, tokenizer, frames, question, token):
    """Predicted span in 0..1; the clip has 8 frames a second."""
    from temporal_data import SIZE, pad, query_ids
    seconds = len(frames) // 8
    pictures = shrink(frames[:seconds * 8], SIZE).reshape(seconds, 8, SIZE, SIZE, 3)
    batch = {'frames': torch.from_numpy(pictures), 'seconds': torch.arange(seconds)[None], 'durations': torch.tensor([seconds]),
             'ids': pad([query_ids(tokenizer, question)])}
    return model.predict(batch, token.view(1, 1, -1))[0][0]


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('folder')
    parser.add_argument('--vlm', required=True)
    parser.add_argument('--sam')
    parser.add_argument('--temporal')
    args = parser.parse_args()
    torch.set_num_threads(1)
    assistant = Assistant(args.vlm)
    if args.sam:
        import sam
        mask_head = sam.load(args.sam)
    if args.temporal:
        import temporal
        time_head = temporal.load(args.temporal)
    with open(os.path.join(args.folder, 'manifest.json')) as f:
        items = json.load(f)['items']
    figures = collections.defaultdict(list)
    for item in items:
        wanted = item['group'] == 'time' and args.temporal or item['group'] == 'track' and args.sam
        if not wanted:
            continue
        frames = decode(os.path.join(args.folder, item['file']))
        _, task, token = assistant.ask(assistant.look(frames), item['question'])
        pairs = 'unseen pairs ' if item['held_out_pair'] else 'seen pairs '
        if item['group'] == 'time':
            true = torch.tensor(item['span']) / item['duration']
            whole = float(true[1] - true[0])
            iou = 0.
            if task == 'time':
                iou = float(temporal.overlap(span_of(time_head, assistant.tokenizer, frames, item['question'], token), true)[0])
            for name, value in (('tIoU', iou), ('tIoU >= 0.5', iou >= .5), ('tIoU of the whole video', whole),
                                ('tIoU >= 0.5 of the whole video', whole >= .5), (pairs + 'tIoU', iou)):
                figures['time ' + name].append(value)
            continue
        j = 0.
        if task == 'track':
            j = mean_jaccard(mask_head, frames, assistant.model.track_embed(token).view(1, 3, -1), item['masks'])
        true_box = mean_jaccard(mask_head, frames, prompt_code.box_rows(torch.tensor([item['box']])), item['masks'])
        for name, value in (('J from language', j), ('J from the true box', true_box), (pairs + 'J from language', j)):
            figures['mask ' + name].append(value)
    for name in sorted(figures):
        print(f'{name:40} {np.mean(figures[name]):.3f}  of {len(figures[name])}')


if __name__ == '__main__':
    main()
