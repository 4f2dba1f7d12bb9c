"""Measures the temporal head on held-out seeds and on colour-shape pairs that never occur in training.

    python3 evaluate_temporal.py CHECKPOINT [--clips 96]

Beside every figure stands the prior "the whole video", which needs no model.
"""
import argparse

import torch

from temporal import load, overlap
from temporal_data import evaluation_batches
from temporal_train import random_prompt


def line(name, iou, prior):
    def figures(x):
        return f'mean tIoU {x.mean():.3f}  R1@0.5 {(x >= 0.5).float().mean():.3f}  R1@0.7 {(x >= 0.7).float().mean():.3f}'
    print(f'  {name:22s} n {len(iou):4d}  {figures(iou)}   whole video: {figures(prior)}')


@torch.no_grad()
def measure(model, count, held_out, prompts):
    """Per query: tIoU, length of the true span, kind, and per second whether the saliency's sign is right."""
    generator = torch.Generator().manual_seed(0)
    ious, lengths, kinds, hits, signs = [], [], [], [], []
    for batch in evaluation_batches(count, held_out=held_out):
        prompt = random_prompt(len(batch['ids']), model.text_config['hidden_size'], generator)
        if prompts == 'zero':
            prompt = torch.zeros_like(prompt)
        spans, out = model.predict(batch, prompt)
        ious.append(overlap(spans, batch['spans'])[0])
        lengths.append(batch['spans'][:, 1] - batch['spans'][:, 0])
        kinds += batch['kinds']
        valid = batch['seconds'] >= 0
        covered = batch['covered'] > 0.5
        signs.append(((out['saliency'] > 0) == covered)[valid].float())
        top = out['saliency'].masked_fill(~valid, -1e9).argmax(1)
        hits.append(covered[torch.arange(len(top)), top].float()[covered.any(1)])
    return torch.cat(ious), torch.cat(lengths), kinds, torch.cat(signs), torch.cat(hits)


def report(name, model, count, held_out, prompts):
    iou, length, kinds, signs, hits = measure(model, count, held_out, prompts)
    print(f'{name}, prompt token {prompts}')
    line('all', iou, length)
    for kind in ('visible', 'moves'):
        chosen = torch.tensor([k == kind for k in kinds])
        line(kind, iou[chosen], length[chosen])
    short = length < 0.75
    line('span < 75 % of clip', iou[short], length[short])
    print(f'  seconds: saliency on the right side of 0 {signs.mean():.3f}, best second inside the span {hits.mean():.3f}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('checkpoint')
    parser.add_argument('--clips', type=int, default=96)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = load(args.checkpoint)
    report('held-out seeds', model, args.clips, False, 'noise')
    report('held-out seeds', model, args.clips, False, 'zero')
    report('held-out colour-shape pairs', model, args.clips, True, 'zero')


if __name__ == '__main__':
    main()
