"""Quality of the vision-language part on held-out scenes: python3 evaluate.py CHECKPOINT [--scenes N]

An answer counts when every token is the arg max given the true beginning, which is the same as greedy decoding giving
the exact answer.  Boxes are those of the inference flow (task token fed before <x_begin>); flow A is printed as well.
Scenes come from seeds that training never draws; the second table has colour-shape pairs never seen in training.
"""
import argparse
import json
import random

import numpy as np
import torch

import prompt_code
from grammar import QUESTION_KINDS
from losses import giou
from questions import IGNORE, Maker
from train import to_tensors
from vlm import load_model
from world import sample_scene

FIRST_SEED = 5_000_000            # training seeds start at 10 ** 9
TASK_KINDS = ('box', 'track', 'track_box', 'track_typed', 'visible', 'moves')


def _task_of(ids, tokenizer):
    """The first task token among ids, or none."""
    return next((int(i) for i in ids if int(i) in tokenizer.partner), 0)


@torch.no_grad()
def measure(model, scenes=128, held_out=False, batch=32, first_seed=FIRST_SEED):
    """Figures by kind: exact answers, right task token, box IoU (flows A and B), prompt-row error, time L1."""
    maker = Maker(model.sizes)
    exact, task, heads = {}, {}, {}
    for media in ('stills', 'clips'):
        rng = random.Random(99)
        for start in range(0, scenes, batch):
            chosen = [sample_scene(first_seed + start + i, held_out=held_out) for i in range(min(batch, scenes - start))]
            b = to_tensors(maker.batch(rng, media, len(chosen), scenes=chosen, keep=True))
            hidden = model.read(b, model.see(b['frames'])[1])
            best = model.lm.logits(hidden).argmax(-1)
            for row, items in enumerate(b['items']):
                for item, (s, e) in zip(items, b['answers'][row]):
                    want, got = b['labels'][row, s:e], best[row, s:e]
                    exact.setdefault(f'{media}.{item["kind"]}', []).append(bool((want == got).all()))
                    # greedy decoding goes its own way after a wrong word, so this is the choice at the same place
                    task.setdefault(media, []).append(_task_of(want, maker.tokenizer) == _task_of(got, maker.tokenizer))
            for name, (at, target) in b['heads'].items():
                for flow in (1, 2):
                    h, key = hidden[at[:, 0], at[:, flow]], f'{media}.{name}.{"AB"[flow - 1]}'
                    if name == 'time':
                        heads.setdefault(key + '.l1', []).append((model.temporal_embed(h) - target).abs().mean(1))
                        continue
                    predicted = model.loc_decoder(h) if name == 'box' else model.track_embed_decode2(h)
                    heads.setdefault(key + '.iou', []).append(giou(predicted, target)[0])
                    if name == 'track':
                        rows = model.track_embed(h).view(-1, 3, model.sizes['sam_dim'])
                        heads.setdefault(key + '.rows', []).append((rows - prompt_code.box_rows(target))[:, :2].abs().mean((1, 2)))
    out = {k: float(np.mean(v)) for k, v in sorted(exact.items())}
    for media in ('stills', 'clips'):
        asked = [x for k, v in exact.items() if k.startswith(media) and k.split('.')[1] in QUESTION_KINDS for x in v]
        out[f'{media}.QUESTIONS'] = float(np.mean(asked))
        out[f'{media}.TASK'] = float(np.mean(task[media]))
    for k, v in sorted(heads.items()):
        v = torch.cat(v)
        out[k] = float(v.mean())
        if k.endswith('iou'):
            out[k + '>.5'] = float((v >= .5).float().mean())
    return {k: round(v, 3) for k, v in out.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint')
    parser.add_argument('--scenes', type=int, default=256)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = load_model(args.checkpoint)
    for held_out in (False, True):
        print('held-out colour-shape pairs' if held_out else 'trained colour-shape pairs')
        print(json.dumps(measure(model, args.scenes, held_out), indent=1))


if __name__ == '__main__':
    main()
