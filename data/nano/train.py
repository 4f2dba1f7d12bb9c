"""Train the vision-language model: python3 train.py --out DIR [--dense MIN] [--stills MIN] [--mixed MIN] [--polish MIN]

Four stages, each limited by minutes of wall time: `dense` (vision encoder and Q-Former, supervised per patch and per
slot), `stills` (everything, mostly still images), `mixed` (stills and clips, rate falling to 3 %) and `polish` (once
more with a lower rate, mostly clips).  DIR/state.pt is rewritten every few
minutes and read at the start, so the command can be stopped and given again; DIR/log.jsonl holds the measurements.
Run one single-threaded process: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE= python3 train.py ...
"""
import argparse
import json
import math
import os
import random
import time

import numpy as np
import torch
import torch.multiprocessing as mp

import dense
import questions
from aux import AuxHeads
from losses import WordLoss, answer_losses
from vlm import SIZES, VideoChat
from world import middle_times, sample_scene

STAGES = ['dense', 'stills', 'mixed', 'polish']
SAVE_SECONDS = 240
PLANS = {                         # repeating order of (kind of batch, samples)
    'dense': [('stills', 128), ('stills', 128), ('clips', 32)],
    'stills': [('ask stills', 12), ('ask stills', 12), ('ask clips', 10)] * 2 + [('stills', 128), ('clips', 32)],
    'mixed': ([('ask stills', 12), ('ask clips', 12)] * 2 + [('stills', 128)] + [('ask stills', 12), ('ask clips', 12)] * 2
              + [('clips', 32)]),
    'polish': ([('ask clips', 12), ('ask stills', 12), ('ask clips', 12), ('stills', 128)]
               + [('ask clips', 12), ('ask stills', 12), ('ask clips', 12), ('clips', 32)]),
}
SIGHT = ('vision_', 'qformer', 'query_tokens', 'extra_query_tokens')
SIGHT_RATE = {'stills': .5, 'mixed': .15, 'polish': .2}      # learning rate of vision after the dense stage, as a share of the others'
FEEL = .5                         # share of the language model's gradient that the Q-Former gets
HEAD_WEIGHTS = {'box': 4., 'track': 3., 'time': 2., 'words': .3}


def clip_batch(rng, count, sizes):
    """Clips with their objects only (no text), for the dense stage."""
    grid = sizes['image'] // sizes['patch']
    frames, tables = [], []
    for _ in range(count):
        scene = sample_scene(rng.randrange(10 ** 9, 10 ** 12))
        times = middle_times(scene.duration, sizes['frames'])
        frames.append(questions.squashed(rng, scene, times, sizes['image']))
        tables.append(dense.object_table(scene, times, grid))
    return dict(frames=np.stack(frames), objects=dense.stack_tables(tables))


def to_tensors(batch):
    convert = lambda v: torch.from_numpy(v) if isinstance(v, np.ndarray) else v
    out = {k: convert(v) for k, v in batch.items()}
    out['objects'] = {k: convert(v) for k, v in batch['objects'].items()}
    if 'heads' in batch:
        out['heads'] = {k: (convert(at), convert(target)) for k, (at, target) in batch['heads'].items()}
    return out


def produce(queue, plan, sizes, seed):
    """Worker process: makes batches after a repeating plan of (kind, count)."""
    torch.set_num_threads(1)
    rng = random.Random(seed)
    grid = sizes['image'] // sizes['patch']
    maker = questions.Maker(sizes)
    while True:
        for kind, count in plan:
            if kind == 'stills':
                batch = dense.still_batch(rng, count, sizes['image'], grid)
            elif kind == 'clips':
                batch = clip_batch(rng, count, sizes)
            else:                                 # 'ask stills' or 'ask clips'
                batch = maker.batch(rng, kind.split()[1], count)
            queue.put(batch)


class Trainer:
    def __init__(self, args):
        self.args = args
        os.makedirs(args.out, exist_ok=True)
        self.path = os.path.join(args.out, 'state.pt')
        self.log = open(os.path.join(args.out, 'log.jsonl'), 'a')
        torch.manual_seed(args.seed)
        self.model = VideoChat(SIZES)
        self.aux, self.words = AuxHeads(SIZES), WordLoss()
        self.parameters = list(self.model.parameters()) + list(self.aux.parameters())
        sight = [p for n, p in self.model.named_parameters() if n.startswith(SIGHT)]
        known = {id(p) for p in sight}
        groups = [dict(params=sight), dict(params=[p for p in self.parameters if id(p) not in known])]
        self.optimizer = torch.optim.AdamW(groups, lr=args.lr, betas=(.9, .98), weight_decay=.01, foreach=True)
        self.stage, self.seconds, self.seen, self.steps = 0, 0., 0, 0
        self.stage_steps, self.average = 0, {}
        if os.path.exists(self.path):
            saved = torch.load(self.path)
            self.model.load_state_dict(saved['model'])
            self.aux.load_state_dict(saved['aux'], strict=False)
            if saved.get('optimizer'):
                self.optimizer.load_state_dict(saved['optimizer'])
            self.stage, self.seconds, self.seen, self.steps = saved['progress']

    def save(self):
        state = dict(model=self.model.state_dict(), aux=self.aux.state_dict(), optimizer=self.optimizer.state_dict(),
                     sizes=self.model.sizes, progress=(self.stage, self.seconds, self.seen, self.steps))
        torch.save(state, self.path + '.part')
        os.replace(self.path + '.part', self.path)

    def say(self, **values):
        line = json.dumps({k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()})
        print(line, flush=True)
        self.log.write(line + '\n')
        self.log.flush()

    def note(self, prefix, values):
        for k, v in values.items():
            k = prefix + k
            self.average[k] = self.average.get(k, v) * .95 + v * .05

    def step(self, loss, rate):
        sight, rest = self.optimizer.param_groups
        sight['lr'], rest['lr'] = rate * SIGHT_RATE.get(STAGES[self.stage], 1.), rate
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        for group in self.optimizer.param_groups:       # apart: the language model's gradient is ten times the eyes'
            torch.nn.utils.clip_grad_norm_([p for p in group['params'] if p.grad is not None], 1.)
        self.optimizer.step()

    def perceive(self, batch, slots_too=True):
        """Vision losses of a batch and the Q-Former's outputs (0 and None without slots_too)."""
        prefix = 'clip_' if batch['frames'].shape[1] > 1 else 'still_'
        with torch.autocast('cpu', torch.bfloat16):
            tokens = self.model.vision(batch['frames'])
            slots = self.model.qformer(self.model.queries(), tokens) if slots_too else None
        patch_loss, patch = self.aux.dense_loss(tokens.float(), batch['objects'])
        self.note(prefix, dict(patch, loss=float(patch_loss)))
        if not slots_too:
            return patch_loss, 0., None
        slot_loss, slot = self.aux.slot_loss(slots.float(), batch['objects'])
        self.note(prefix + 'slot_', dict(slot, loss=float(slot_loss)))
        return patch_loss, slot_loss, slots.float()

    def run_dense(self, batch, progress):
        patch_loss, slot_loss, _ = self.perceive(batch, slots_too=progress > .25)
        self.step(patch_loss + .7 * slot_loss, self.rate(progress))

    def run_joint(self, batch, progress):
        """Language and heads on what the eyes deliver.

        The vision encoder goes on learning from its own losses only (with the language model's gradient it lost what
        it had learned, see README.md); the Q-Former feels half of that gradient.
        """
        if 'ids' not in batch:
            patch_loss, slot_loss, _ = self.perceive(batch)
            return self.step(patch_loss + .7 * slot_loss, self.rate(progress))
        name = 'ask_clip_' if batch['frames'].shape[1] > 1 else 'ask_still_'
        with torch.no_grad(), torch.autocast('cpu', torch.bfloat16):
            tokens = self.model.vision(batch['frames'])
        with torch.autocast('cpu', torch.bfloat16):
            slots = self.model.qformer(self.model.queries(), tokens).float()
        slots = FEEL * slots + (1 - FEEL) * slots.detach()
        losses, _ = answer_losses(self.model, batch, slots)
        losses['words'] = self.words(self.model, slots, batch['objects'])
        self.note(name, {k: float(v) for k, v in losses.items()})
        self.step(losses['language'] + sum(weight * losses.get(k, 0.) for k, weight in HEAD_WEIGHTS.items()), self.rate(progress))

    run_stills = run_mixed = run_polish = run_joint

    def rate(self, progress):
        """Warm-up, then a cosine; the last stage anneals to 3 %, earlier ones to the share where the next goes on."""
        start, end = {'dense': (1., .35), 'stills': (1., .75), 'mixed': (.75, .03), 'polish': (.45, .02)}[STAGES[self.stage]]
        return self.args.lr * min(1, (self.stage_steps + 1) / 40) * (end + (start - end) * .5 * (1 + math.cos(math.pi * progress)))

    def run(self):
        minutes = {'dense': self.args.dense, 'stills': self.args.stills, 'mixed': self.args.mixed, 'polish': self.args.polish}
        while self.stage < len(STAGES):
            name = STAGES[self.stage]
            limit = minutes[name] * 60
            if limit > self.seconds:
                context = mp.get_context('fork')
                queue = context.Queue(8)
                worker = context.Process(target=produce, args=(queue, PLANS[name], SIZES, self.args.seed + self.steps), daemon=True)
                worker.start()
                self.stage_steps = 0
                saved = spoken = last = time.time()
                waited = 0.
                while self.seconds < limit:
                    batch = to_tensors(queue.get())
                    now = time.time()
                    waited = waited * .9 + (now - last) * .1
                    getattr(self, 'run_' + name)(batch, self.seconds / limit)
                    self.seen += len(batch['frames'])
                    self.steps, self.stage_steps = self.steps + 1, self.stage_steps + 1
                    self.seconds += time.time() - now + max(0., now - last)
                    last = time.time()
                    if last - spoken > 30:
                        spoken = last
                        self.say(stage=name, steps=self.steps, seen=self.seen, minutes=self.seconds / 60,
                                 cpu=time.process_time() / 60, wait=waited, **self.average)
                    if last - saved > SAVE_SECONDS:
                        saved = last
                        self.save()
                worker.terminate()
            self.stage, self.seconds = self.stage + 1, 0.
            self.save()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--out', required=True)
    parser.add_argument('--dense', type=float, default=25, help='minutes')
    parser.add_argument('--stills', type=float, default=30)
    parser.add_argument('--mixed', type=float, default=60)
    parser.add_argument('--polish', type=float, default=18)
    parser.add_argument('--lr', type=float, default=1e-3)
    parser.add_argument('--seed', type=int, default=1)
    torch.set_num_threads(1)
    Trainer(parser.parse_args()).run()


if __name__ == '__main__':
    main()
