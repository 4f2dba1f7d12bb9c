"""Measures the mask head on held-out seeds and on colour-shape pairs that never occur in training.

    python3 evaluate_sam.py CHECKPOINT [--clips 96]

Follows the published flow (selection rules, object gate, binarised memory of the prompted frame, hole filling) in float32.
"""
import argparse

import torch

from sam import load, resize, track
from sam_data import evaluation_clips
from sam_prompts import random_clicks, tight_boxes

BATCH = 12


def overlap(found, truth):
    joint = (found & truth).flatten(1).sum(1).float()
    union = (found | truth).flatten(1).sum(1).float()
    return torch.where(union > 0, joint / union.clamp(min=1), torch.ones_like(union))


@torch.no_grad()
def click_iou(model, frames, masks):
    """IoU of the best of three masks for one click."""
    level0, level1, features = model.encode(frames)
    sparse = model.sam_prompt_encoder.sparse(random_clicks(masks, [1]), [1])
    out = model.decode(model.without_memory(features), sparse, model.fine(level0, level1))
    mask, _, _ = model.choose(*out, multimask=True)
    return overlap(resize(mask[:, None], masks.shape[-1])[:, 0] > 0, masks)


@torch.no_grad()
def clip_iou(model, frames, masks, jitter=0.0):
    """IoU per frame (batch, time) after a box prompt on the first frame."""
    boxes = tight_boxes(masks[:, 0])
    boxes = (boxes + jitter * torch.randn(len(boxes), 4)).clamp(0, 1)
    logits, _ = track(model, frames, model.sam_prompt_encoder.box(boxes))
    rows = [overlap(resize(logits[:, t, None], masks.shape[-1])[:, 0] > 0, masks[:, t]) for t in range(masks.shape[1])]
    return torch.stack(rows, 1)


def report(name, model, count, held_out, length, step):
    torch.manual_seed(0)
    still, clicks, clips, rough = [], [], [], []
    for start in range(0, count, BATCH):
        frames, masks = evaluation_clips(start, BATCH, length, model.config['image_size'], held_out, step)
        ious = clip_iou(model, frames, masks)
        still.append(ious[:, 0])
        clips.append(ious)
        clicks.append(click_iou(model, frames[:, 0], masks[:, 0]))
        rough.append(clip_iou(model, frames[:, :1], masks[:, :1], 0.03)[:, 0])
    still, clicks, clips, rough = torch.cat(still), torch.cat(clicks), torch.cat(clips), torch.cat(rough)
    print(f'{name} ({len(still)} objects)')
    print(f'  box, one frame       IoU {still.mean():.3f}   above 0.9: {(still > 0.9).float().mean():.2f}')
    print(f'  box off by 3 %       IoU {rough.mean():.3f}')
    print(f'  one click            IoU {clicks.mean():.3f}')
    print(f'  {length} frames by memory  mean J {clips.mean():.3f}   per frame ' + ' '.join(f'{v:.2f}' for v in clips.mean(0)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('checkpoint')
    parser.add_argument('--clips', type=int, default=96)
    parser.add_argument('--frames', type=int, default=8)
    parser.add_argument('--step', type=float, default=0.25, help='seconds between frames')
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = load(args.checkpoint)
    report('held-out seeds', model, args.clips, False, args.frames, args.step)
    report('held-out colour-shape pairs', model, args.clips, True, args.frames, args.step)


if __name__ == '__main__':
    main()
