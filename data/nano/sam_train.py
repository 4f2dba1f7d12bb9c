"""Trains the mask head.

    python3 sam_train.py image --minutes 25 --out /tmp/sam.pt
    python3 sam_train.py video --minutes 40 --out /tmp/sam.pt

The image stage learns to segment prompted sprites of single frames, the video stage to follow them by memory.  Both
continue from the checkpoint if it exists, and begin with the weights of --start if not; a stopped stage continues where
its time left off.  In the video stage the encoder goes on learning from single frames only, so that an encoded batch of
clips can serve several steps with other objects and frames.
"""
import argparse
import json
import math
import os
import random
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from sam import NANO_SAM, Sam, resize
from sam_data import SMALLEST, Loader
from sam_prompts import corrective_click, noisy_box_code, random_clicks, set_prompt_code, tight_boxes

LOSS_SIZE = 128


class Helpers(nn.Module):
    """Heads that exist in training only: they make the encoder find objects and the memory point at its target."""

    def __init__(self, width, weight):
        super().__init__()
        self.weight = weight
        self.foreground = nn.ModuleList(nn.Conv2d(width, 1, 1) for _ in range(2))
        self.target = nn.Conv2d(width, 1, 1)


def shrink(masks):
    """Boolean masks (n, size, size) -> shares (n, LOSS_SIZE, LOSS_SIZE) of covered area."""
    return F.interpolate(masks[:, None].float(), size=(LOSS_SIZE, LOSS_SIZE), mode='area')[:, 0]


def mask_loss(logits, truth):
    """20 x focal + dice and the measured IoU of logits (n, k, h, w) with truth (n, LOSS_SIZE, LOSS_SIZE) in 0..1."""
    logits = resize(logits, LOSS_SIZE).flatten(2)
    truth = truth.flatten(1)[:, None]
    p = logits.sigmoid()
    cross = F.softplus(logits) - logits * truth
    focal = ((0.75 - 0.5 * truth) * (p - truth).square() * cross).mean(2)
    dice = 1 - (2 * torch.matmul(p, truth.transpose(1, 2))[..., 0] + 1) / (p.sum(2) + truth.sum(2) + 1)
    with torch.no_grad():
        found, wanted = (logits > 0).float(), (truth > 0.5).float()
        joint = torch.matmul(found, wanted.transpose(1, 2))[..., 0]
        union = found.sum(2) + wanted.sum(2) - joint
        iou = torch.where(union > 0, joint / union.clamp(min=1), torch.ones_like(union))
    return 20 * focal + dice, iou


def decoder_loss(out, soft, present, multimask):
    """Loss of one decoding, the index of the mask that the published rule would return, and its IoU."""
    masks, ious, score, _ = out
    rows = torch.arange(len(masks))
    losses, true_iou = mask_loss(masks, soft)
    best = losses[:, 1:].min(1).values
    shape = (0.3 * losses[:, 0] + best) if multimask else (losses[:, 0] + 0.4 * best)
    there = present.float()
    loss = (shape * there).mean() + 0.5 * ((ious - true_iou).abs().mean(1) * there).mean()
    loss = loss + 0.5 * F.binary_cross_entropy_with_logits(score, there)
    pick = ious[:, 1:].argmax(1) + 1 if multimask else torch.zeros(len(masks), dtype=torch.long)
    return loss, pick, true_iou[rows, pick]


def prompt_frame(model, features, fine, truth, rng):
    """Decodes the first frame from a random kind of prompt.  Returns (loss, low-res logits, tokens, name, IoU)."""
    soft = shrink(truth)
    x = model.without_memory(features)
    encoder = model.sam_prompt_encoder
    kind = rng.choices(['box', 'click', 'clicks'], [0.68, 0.2, 0.12])[0]
    multimask = kind == 'click'
    if kind == 'box':
        points, labels = tight_boxes(truth).view(-1, 2, 2), [2, 3]
        sparse = noisy_box_code(encoder, points.view(-1, 4))
    else:
        labels = [1] if multimask else rng.choice([[1, 1], [1, 0], [1, 1, 0]])
        points = random_clicks(truth, labels)
        sparse = encoder.sparse(points, labels)
    present = torch.ones(len(truth), dtype=torch.bool)
    out = model.decode(x, sparse, fine)
    loss, pick, iou = decoder_loss(out, soft, present, multimask)
    rows = torch.arange(len(truth))
    logits, tokens = out[0][rows, pick], out[3][rows, pick if multimask else 0]
    if rng.random() < 0.25:              # a correction: the previous mask and one more click
        previous = logits.detach().clamp(-32, 32)
        point, label = corrective_click(resize(previous[:, None], truth.shape[-1])[:, 0] > 0, truth)
        sparse = encoder.sparse(torch.cat([points, point], 1), labels + [label])
        out = model.decode(x, sparse, fine, previous[:, None])
        more, pick, _ = decoder_loss(out, soft, present, False)
        loss = 0.5 * (loss + more)
    return loss, logits, tokens, kind, iou


def image_loss(model, helpers, batch, rng):
    """Loss of single frames, every sprite prompted, and the measured IoU by kind of prompt."""
    frames, index, masks = batch
    with torch.autocast('cpu', dtype=torch.bfloat16):
        level0, level1, features = model.encode(frames[:, 0])
        fine = [t.float()[index] for t in model.fine(level0, level1)]
    foreground = torch.zeros(len(frames), *masks.shape[-2:]).index_add(0, index, masks[:, 0].float()).clamp(max=1)
    soft = shrink(foreground)
    loss = sum(0.5 * helpers.weight * mask_loss(head(level), soft)[0].mean() for head, level in zip(helpers.foreground, (level0, level1)))
    first, _, _, kind, iou = prompt_frame(model, features.float()[index], fine, masks[:, 0], rng)
    return loss + first, {kind: float(iou.mean())}


def frame_orders(length, count, rng):
    """Runs of `count` neighbouring frames, forward or backward."""
    start = rng.randrange(length - count + 1)
    order = list(range(start, start + count))
    return order if rng.random() < 0.6 else order[::-1]


class EncodedClips:
    """Feature maps of a batch of clips, from which several different tracks are drawn."""

    def __init__(self, model, batch):
        frames, self.ids, self.objects = batch
        self.shape = frames.shape[:2]
        with torch.no_grad(), torch.autocast('cpu', dtype=torch.bfloat16):
            maps = model.encode(frames.flatten(0, 1))
        self.maps = [m.float().view(*self.shape, *m.shape[1:]) for m in maps]

    def draw(self, model, count, objects, rng):
        """Masks (objects, count, size, size) and per frame the maps of the objects' clips, or None if nothing is there."""
        order = frame_orders(self.shape[1], count, rng)
        chosen = []
        for clip, sprite in self.objects.tolist():
            mask = self.ids[clip][order] == sprite
            if mask[0].sum() >= SMALLEST:
                chosen.append((clip, mask))
        if not chosen:
            return None
        chosen = rng.sample(chosen, min(objects, len(chosen)))
        clips = torch.tensor([clip for clip, _ in chosen])
        steps = []
        for frame in order:
            fine = [t[clips] for t in model.fine(self.maps[0][:, frame], self.maps[1][:, frame])]
            steps.append((fine, self.maps[2][:, frame][clips]))
        return torch.stack([mask for _, mask in chosen]), steps


def clip_loss(model, helpers, masks, steps, rng, true_memory):
    """Loss of following objects through a few frames: a prompt on the first, memory on the others."""
    fine, features = steps[0]
    loss, logits, tokens, kind, iou = prompt_frame(model, features, fine, masks[:, 0], rng)
    seen = {kind: float(iou.mean())}
    size, length = masks.shape[-1], masks.shape[1]
    alive = torch.ones(len(masks), dtype=torch.bool)
    loss, prompted, tracked = loss / length, {}, {}
    for time_index, (fine, features) in enumerate(steps):
        truth = masks[:, time_index]
        present = truth.flatten(1).any(1)
        if time_index:
            with torch.autocast('cpu', dtype=torch.bfloat16):
                x = model.recall(features, *model.bank(time_index, prompted, tracked)).float()
            hint = helpers.target(x)
            where = F.interpolate(truth[:, None].float(), size=hint.shape[-2:], mode='area')
            hinted = F.binary_cross_entropy_with_logits(hint, where, pos_weight=torch.tensor(4.0))
            loss = loss + helpers.weight * hinted / (length - 1)
            out = model.decode(x, model.sam_prompt_encoder.nothing(len(masks)), fine)
            more, pick, iou = decoder_loss(out, shrink(truth), present, True)
            loss = loss + 1.5 * more / length
            rows = torch.arange(len(masks))
            logits, tokens, alive = out[0][rows, pick], out[3][rows, pick], out[2] > 0
            if present.any():
                seen[f'frame{time_index}'] = float((iou * alive)[present].mean())
            seen['presence'] = float((alive == present).float().mean())
        if time_index == length - 1:
            break
        if rng.random() < true_memory:
            mask, alive = truth[:, None].float(), present
        else:
            mask = resize(logits[:, None], size).detach()
            mask = (mask.sigmoid() if time_index else (mask > 0).float()) * alive.float()[:, None, None, None]
        with torch.autocast('cpu', dtype=torch.bfloat16):
            memory = model.remember(features, mask).float()
        (tracked if time_index else prompted)[time_index] = memory, model.pointer(tokens, alive)
    return loss, seen


def learning_rate(args, share, step):
    warm = min(1.0, (step + 1) / 150)
    return args.rate * warm * (0.5 * (1 + math.cos(math.pi * min(1.0, share))) * 0.97 + 0.03)


def save(path, model, helpers, optimiser, stage, spent, step):
    state = {'model': model.state_dict(), 'helpers': helpers.state_dict(), 'optimiser': optimiser.state_dict(),
             'config': model.config, 'stage': stage, 'spent': spent, 'step': step}
    torch.save(state, path + '.new')
    os.replace(path + '.new', path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('stage', choices=['image', 'video'])
    parser.add_argument('--minutes', type=float, required=True, help='wall time of the whole stage')
    parser.add_argument('--out', required=True, help='checkpoint file')
    parser.add_argument('--start', help='checkpoint with the first weights, for instance of unpack.py')
    parser.add_argument('--helpers', type=float, default=1.0, help='weight of the training-only heads; 0 for weights that are trained')
    parser.add_argument('--rate', type=float, default=6e-4)
    parser.add_argument('--batch', type=int, default=12, help='images or clips per step')
    parser.add_argument('--frames', type=int, default=3, help='most frames followed in the video stage; clips have one more')
    parser.add_argument('--true-memory', type=float, nargs=2, default=[0.7, 0.2],
                        help='share of true masks in memory at the start and at the end of the video stage')
    parser.add_argument('--objects', type=int, default=16, help='most objects followed per step of the video stage')
    parser.add_argument('--images', type=int, default=1, help='steps on single frames per batch of clips')
    parser.add_argument('--reuse', type=int, default=4, help='tracks drawn from an encoded batch of clips')
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    model, spent, step = Sam(NANO_SAM), 0.0, 0
    set_prompt_code(model.sam_prompt_encoder)
    helpers = Helpers(NANO_SAM['d_model'], args.helpers)
    trained = [p for p in [*model.parameters(), *helpers.parameters()] if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=args.rate, betas=(0.9, 0.98), weight_decay=0.01)
    if os.path.exists(args.out):
        state = torch.load(args.out, map_location='cpu')
        model.load_state_dict(state['model'])
        helpers.load_state_dict(state['helpers'])
        optimiser.load_state_dict(state['optimiser'])
        if state['stage'] == args.stage:
            spent, step = state['spent'], state['step']
        set_prompt_code(model.sam_prompt_encoder)
    elif args.start:
        model.load_state_dict(torch.load(args.start, map_location='cpu')['model'])
    length = 1 if args.stage == 'image' else args.frames + 1
    loader = Loader(args.seed * 1000 + step + (7 if length > 1 else 0), args.batch, length, NANO_SAM['image_size'])
    images = Loader(args.seed * 1000 + step + 3, args.batch + 4, 1, NANO_SAM['image_size']) if length > 1 else None
    averages, saved, last = {}, time.time(), time.time()

    def update(loss):
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_([p for p in trained if p.grad is not None], 1.0)
        optimiser.step()

    while spent < args.minutes:
        share = spent / args.minutes
        for group in optimiser.param_groups:
            group['lr'] = learning_rate(args, share, step)
        if args.stage == 'image':
            loss, seen = image_loss(model, helpers, loader.next(), rng)
            update(loss)
        else:
            true_memory = args.true_memory[0] + (args.true_memory[1] - args.true_memory[0]) * share
            for _ in range(args.images):
                loss, seen = image_loss(model, helpers, images.next(), rng)
                update(loss)
            clips = EncodedClips(model, loader.next())
            for _ in range(args.reuse):
                drawn = clips.draw(model, rng.randint(2, args.frames), args.objects, rng)
                if drawn:
                    loss, more = clip_loss(model, helpers, *drawn, rng, true_memory)
                    update(loss)
                    seen = {**more, **seen}
        step += 1
        now = time.time()
        spent, last = spent + (now - last) / 60, now
        for name, value in {**seen, 'loss': float(loss)}.items():
            averages[name] = averages.get(name, value) * 0.97 + value * 0.03
        if step % 25 == 0:
            line = {'step': step, 'minutes': round(spent, 2), **{k: round(v, 3) for k, v in averages.items()}}
            print(json.dumps(line), flush=True)
        if now - saved > 90:
            save(args.out, model, helpers, optimiser, args.stage, spent, step)
            saved = now
    save(args.out, model, helpers, optimiser, args.stage, spent, step)
    loader.close()
    if images:
        images.close()


if __name__ == '__main__':
    main()
