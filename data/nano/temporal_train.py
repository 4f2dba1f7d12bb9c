"""Trains the temporal path from scratch: first both towers, then towers and head together.

    python3 temporal_train.py --minutes 40 --out /tmp/temporal.pt

Continues from the checkpoint if it exists; with --start it begins with the weights that
compare.py wrote, and only the helpers learn in the first steps.  Training-only helpers supervise the video tower directly:
class, colour, place, direction and velocity of the sprite in a patch, the names that are visible or moving in a second,
and a contrast of queries and seconds.
"""
import argparse
import functools
import json
import math
import os
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from clip import FRAMES_PER_SECOND, NANO_CLIP
from grammar import TRAINED_NAMES
from temporal import Temporal, edges, overlap, restore
from temporal_data import Loader, make_batch, make_seconds
from tokenizer import Tokenizer
from world import CLASSES, COLOR_NAMES, DIRECTIONS

HELPER_STEPS = 150                # after --start: steps in which only the helpers learn
SCENES, SECONDS = 20, 6           # per step of the first stage
EYES_RATE = 3.0                   # of the video tower, whose layer scales keep its updates small


class Helpers(nn.Module):
    def __init__(self):
        super().__init__()
        width, feature = NANO_CLIP['vision']['embed_dim'], NANO_CLIP['vision']['clip_embed_dim']
        self.patch = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, len(CLASSES) + 1 + len(COLOR_NAMES) + 1))
        self.motion = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 4))
        self.deed = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 1 + len(DIRECTIONS)))
        self.read = nn.Linear(feature, 2 * feature)
        self.names = nn.Parameter(torch.randn(2, len(TRAINED_NAMES), feature) * 0.02)
        self.name_bias = nn.Parameter(torch.full((2, 1), -3.0))
        self.text_projection = nn.Linear(NANO_CLIP['text']['hidden_size'], feature)
        self.scale, self.bias = nn.Parameter(torch.tensor(2.0)), nn.Parameter(torch.tensor(-3.0))

    def patch_loss(self, tokens, labels, motions):
        logits = self.patch(tokens[:, 1:])
        classes, colors = logits.split([len(CLASSES) + 1, len(COLOR_NAMES) + 1], -1)
        weight = torch.cat([torch.tensor([0.1]), torch.ones(len(CLASSES))])
        loss = F.cross_entropy(classes.flatten(0, 1), labels[..., 0].flatten(), weight)
        shaped = labels[..., 1] > 0
        if shaped.any():
            loss = loss + 0.5 * F.cross_entropy(colors[shaped], labels[..., 1][shaped])
        sprite = labels[..., 0] > 0
        if sprite.any():
            loss = loss + 2 * (self.motion(tokens[:, 1:][sprite]) - motions[sprite]).abs().mean()
            loss = loss + F.cross_entropy(self.deed(tokens[:, 1:][sprite]), labels[..., 2][sprite] - 1)
        return loss

    def deeds_right(self, tokens, labels):
        sprite = labels[..., 2] > 0
        return (self.deed(tokens[:, 1:][sprite]).argmax(-1) == labels[..., 2][sprite] - 1).float().mean()

    def name_loss(self, features, labels):
        """labels (seconds, 2, names) in 0..1"""
        read = self.read(features).view(len(features), 2, -1)
        logits = torch.einsum('srd,rnd->srn', read, self.names) + self.name_bias
        loss = F.binary_cross_entropy_with_logits(logits, labels, reduction='none')
        return (loss * (1 + 6 * labels)).sum(-1).mean()

    def contrast(self, words, ids, features, seconds, covered):
        """Every query against every second of all clips; positive where its span covers the second of its clip."""
        last = (ids > 0).sum(1) - 1
        query = F.normalize(self.text_projection(words[torch.arange(len(words)), last]), dim=-1)
        similarity = query @ F.normalize(features, dim=-1).t() * self.scale.exp() + self.bias
        own = torch.zeros_like(similarity, dtype=torch.bool)
        target = torch.zeros_like(similarity)
        valid = seconds >= 0
        row = torch.arange(len(seconds))[:, None].expand_as(seconds)
        own[row[valid], seconds[valid]] = True
        target[row[valid], seconds[valid]] = covered[valid]
        loss = F.binary_cross_entropy_with_logits(similarity, target, reduction='none')
        return loss[own].mean() + 0.5 * loss[~own].mean()


def span_loss(out, spans):
    """Matched span, gIoU and label losses of all decoder layers; one true span per query."""
    rows = torch.arange(len(spans))
    target = torch.stack([spans.mean(-1), spans[:, 1] - spans[:, 0]], -1)
    loss = 0
    for logits, guess in zip(out['logits'], out['spans']):
        iou, hull, union = overlap(edges(guess), spans[:, None])
        giou = iou - (hull - union) / hull.clamp(min=1e-6)
        distance = (guess - target[:, None]).abs().sum(-1)
        with torch.no_grad():
            match = (10 * distance - giou - 4 * logits.softmax(-1)[..., 0]).argmin(1)
        label = torch.ones(logits.shape[:2], dtype=torch.long)
        label[rows, match] = 0
        cross = F.cross_entropy(logits.transpose(1, 2), label, torch.tensor([1.0, 0.1]), reduction='none').mean()
        loss = loss + 5 * distance[rows, match].mean() + (1 - giou[rows, match]).mean() + 4 * cross
    return loss


def saliency_loss(out, covered, valid):
    """Per-second scores and the attention on words should follow the share of each second that the span covers."""
    mask = valid.float()
    per_second = F.binary_cross_entropy_with_logits(out['saliency'], covered, reduction='none')
    attention = F.binary_cross_entropy(out['t2v'].clamp(1e-6, 1 - 1e-6), covered, reduction='none')
    ranked = (out['saliency'].masked_fill(~valid, -1e9) / 0.5).log_softmax(-1)
    positive = (covered > 0.5).float()
    rank = -((ranked * positive).sum(1) / positive.sum(1).clamp(min=1)).mean()
    return 2 * (per_second * mask).sum() / mask.sum() + (attention * mask).sum() / mask.sum() + 0.5 * rank


def alignment_loss(head, out, covered, valid):
    """Moment and sentence tokens: a query's moment should resemble its own sentence more than the others'."""
    inside = valid & (covered > 0.5)
    usable = inside.any(1)
    moment, _ = head.moment(out['clips'], out['position'], inside | ~usable[:, None])
    sentence, _ = head.sentence(out['words'], torch.zeros_like(out['words']), out['word_valid'])
    similarity = F.normalize(moment, dim=-1) @ F.normalize(sentence, dim=-1).t() / 0.1
    cross = F.cross_entropy(similarity, torch.arange(len(similarity)), reduction='none')
    return (cross * usable.float()).mean()


def random_prompt(count, width, generator=None):
    """Stands for the language model's hidden state: zeros or noise, so that the head does not depend on it."""
    prompt = torch.randn(count, 1, width, generator=generator)
    return prompt * (torch.rand(count, 1, 1, generator=generator) < 0.7).float()


def half_of_frames(batch, count):
    """The patches of 4 random frames of every second, for the cheaper first part of the training."""
    frames = torch.rand(batch, FRAMES_PER_SECOND).argsort(1)[:, :FRAMES_PER_SECOND // 2].sort(1).values
    each = count // FRAMES_PER_SECOND
    return (frames[..., None] * each + torch.arange(each)).flatten(1)


def tower_loss(model, helpers, batch):
    """The towers alone, on a few frames of seconds with motion: far cheaper per second than whole clips."""
    with torch.autocast('cpu', dtype=torch.bfloat16):
        tokens = model.vision.tokens(batch['frames'], places=batch['places'])
        features = model.vision.clip_projector(tokens).float()
        words = model.text(batch['ids']).float()
    patch = helpers.patch_loss(tokens, batch['patches'], batch['motions'])
    names = helpers.name_loss(features, batch['names'])
    contrast = helpers.contrast(words, batch['ids'], features, batch['seconds'], batch['covered'])
    loss = patch + 0.3 * names + 2 * contrast
    return loss, {'loss': loss, 'patch': patch, 'names': names, 'contrast': contrast}


def step_loss(model, helpers, batch, share, sparse):
    with torch.autocast('cpu', dtype=torch.bfloat16):
        kept = half_of_frames(len(batch['frames']), batch['patches'].shape[1]) if share < sparse else None
        tokens = model.vision.tokens(batch['frames'], kept)
        features = model.vision.clip_projector(tokens).float()
        words = model.text(batch['ids']).float()
    labels, motions = batch['patches'], batch['motions']
    if kept is not None:
        rows = torch.arange(len(kept))[:, None]
        labels, motions = labels[rows, kept], motions[rows, kept]
    patch = helpers.patch_loss(tokens, labels, motions)
    names = helpers.name_loss(features, batch['names'])
    contrast = helpers.contrast(words, batch['ids'], features, batch['seconds'], batch['covered'])
    rows, valid = model.rows(features, batch['seconds'], batch['durations'])
    prompt = random_prompt(len(rows), words.shape[-1])
    out = model.head(rows, valid, words, batch['ids'] > 0, prompt)
    spans = span_loss(out, batch['spans'])
    saliency = saliency_loss(out, batch['covered'], valid)
    align = alignment_loss(model.head, out, batch['covered'], valid)
    direct = max(0.3, 1 - share)
    whole = 0.1 if share < 0.1 else 0.3
    loss = direct * (patch + 0.15 * names) + 2 * contrast + whole * (spans + saliency) + 0.03 * align
    with torch.no_grad():
        best = out['logits'][-1].softmax(-1)[..., 0].argmax(1)
        iou = overlap(edges(out['spans'][-1])[torch.arange(len(best)), best].clamp(0, 1), batch['spans'])[0].mean()
        deed = helpers.deeds_right(tokens, labels)
    return loss, {'loss': loss, 'patch': patch, 'deed_right': deed, 'names': names, 'contrast': contrast,
                  'span': spans, 'saliency': saliency, 'iou': iou}


def begin(args):
    """Model, helpers and optimiser, new or from the checkpoint that exists, in how many steps the helpers learn alone, and
    the state to go on from."""
    going_on = os.path.exists(args.out)
    first = args.out if going_on else args.start
    state = torch.load(first, map_location='cpu') if first else {}
    model, helpers = restore(state) if first else Temporal(Tokenizer().size), Helpers()
    if args.start:
        model.vision.freeze_comparison()
    if 'helpers' in state:
        helpers.load_state_dict(state['helpers'])
    alone = HELPER_STEPS if args.start and 'helpers' not in state else 0
    eyes = [p for p in model.vision.parameters() if p.requires_grad]
    rest = [*model.text.parameters(), *model.head.parameters()]
    groups = [{'params': eyes, 'share': EYES_RATE if args.start else 1.0}, {'params': rest, 'share': 1.0},
              {'params': list(helpers.parameters()), 'share': 1.0}]
    optimiser = torch.optim.AdamW(groups, lr=args.rate, betas=(0.9, 0.98), weight_decay=0.01)
    if going_on:
        optimiser.load_state_dict(state['optimiser'])
    return model, helpers, optimiser, alone, state if going_on else {}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--tower', type=float, default=10, help='wall time of the first stage, the towers alone')
    parser.add_argument('--minutes', type=float, required=True, help='wall time of the second stage, towers and head')
    parser.add_argument('--out', required=True, help='checkpoint file')
    parser.add_argument('--start', help='checkpoint with the first weights, of compare.py')
    parser.add_argument('--moves', type=float, default=0.5, help='share of questions about motion in the second stage')
    parser.add_argument('--rate', type=float, default=1e-3)
    parser.add_argument('--clips', type=int, default=8)
    parser.add_argument('--queries', type=int, default=6)
    parser.add_argument('--sparse', type=float, default=0.75, help='share of the second stage on half of the frames')
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model, helpers, optimiser, alone, state = begin(args)
    trained = [p for group in optimiser.param_groups for p in group['params']]
    tower_spent, spent, step = (state.get(name, 0) for name in ('tower_spent', 'spent', 'step'))
    tower = tower_spent < args.tower
    make_clips = functools.partial(make_batch, moves=args.moves)
    seed = args.seed * 1000 + step
    loader = Loader(seed, make_seconds, SCENES, SECONDS) if tower else Loader(seed, make_clips, args.clips, args.queries)

    def save():
        state = {'model': model.state_dict(), 'helpers': helpers.state_dict(), 'optimiser': optimiser.state_dict(),
                 'vocabulary': model.text_config['vocab_size'], 'tower_spent': tower_spent, 'spent': spent, 'step': step}
        torch.save(state, args.out + '.new')
        os.replace(args.out + '.new', args.out)

    averages, saved, last = {}, time.time(), time.time()
    while spent < args.minutes:
        share = spent / args.minutes
        warm = min(1.0, max(0, step + 1 - alone) / 100)
        rate = args.rate * warm * (0.5 * (1 + math.cos(math.pi * share)) * 0.97 + 0.03)
        for group in optimiser.param_groups:
            group['lr'] = rate * group['share']
        if step < alone:
            optimiser.param_groups[-1]['lr'] = args.rate
        if tower and tower_spent >= args.tower:
            tower = False
            loader.close()
            loader = Loader(seed + step, make_clips, args.clips, args.queries)
        batch = loader.next()
        loss, seen = tower_loss(model, helpers, batch) if tower else step_loss(model, helpers, batch, share, args.sparse)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        step += 1
        now = time.time()
        if tower:
            tower_spent += (now - last) / 60
        else:
            spent += (now - last) / 60
        last = now
        for name, value in seen.items():
            averages[name] = averages.get(name, float(value)) * 0.97 + float(value) * 0.03
        if step % 50 == 0:
            shown = {k: round(v, 3) for k, v in averages.items()}
            print(json.dumps({'step': step, 'minutes': round(tower_spent + spent, 2), **shown}), flush=True)
        if now - saved > 90:
            save()
            saved = now
    save()
    loader.close()


if __name__ == '__main__':
    main()
