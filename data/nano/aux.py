"""Training-only heads: per-patch and per-slot supervision that teaches the vision encoder and the Q-Former to see.

The dense head reads class, colour and box of the sprite under each patch, and for clips its direction, when it is
there and where it goes.  Boxes are absolute on purpose: the Q-Former adds no position to its keys, so the features
themselves must say where they are.  The slot head asks the same of the Q-Former: query number c answers for the
sprite whose centre lies in cell c of the frame grid when it is first seen, so no matching is needed.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from vlm import two_layers
from world import CLASSES, COLOR_NAMES, DIRECTIONS

NC, NK, ND = len(CLASSES), len(COLOR_NAMES), len(DIRECTIONS) + 1


class AuxHeads(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.frames, self.grid = sizes['frames'], sizes['image'] // sizes['patch']
        width = NC + 1 + NK + 4 + ND + self.frames * 5
        self.dense = nn.Linear(sizes['vision_dim'], width)
        self.motion = nn.Linear(sizes['vision_dim'], 4)          # speed x, y, and: there in the previous, the next frame
        self.slot = two_layers(sizes['q_dim'], 2 * sizes['q_dim'], width)
        centres = (torch.arange(self.grid) + .5) / self.grid
        y, x = torch.meshgrid(centres, centres, indexing='ij')
        self.register_buffer('x', x.reshape(-1), persistent=False)
        self.register_buffer('y', y.reshape(-1), persistent=False)

    def _parts(self, y):
        """Split a head's output into class, colour, box, direction and per-frame (visibility, box)."""
        a, b, c, d, e = y.split([NC + 1, NK, 4, ND, self.frames * 5], -1)
        return a, b, c, d, e.unflatten(-1, (self.frames, 5))

    def _object_loss(self, parts, target_class, target_color, box, clip, none_weight, positive):
        """Losses shared by patches and slots.  `parts` and targets are flat; the rest is for the positive rows only."""
        logits, color, here, direction, track = parts
        weight = torch.ones(NC + 1)
        weight[NC] = none_weight
        loss = F.cross_entropy(logits, target_class, weight)
        stats = {}
        if positive.any():
            known = target_color >= 0
            if known.any():
                loss = loss + .5 * F.cross_entropy(color[positive][known], target_color[known])
            error = (here[positive] - box).abs().mean()
            loss = loss + 6 * error
            stats = dict(acc=(logits.argmax(-1) == target_class)[positive].float().mean(), l1=error)
            if clip is not None:
                way, visible, boxes = clip
                loss = loss + .5 * F.cross_entropy(direction[positive], way)
                t = track[positive]
                loss = loss + .5 * F.binary_cross_entropy_with_logits(t[..., 0], visible)
                wrong = ((t[..., 1:] - boxes).abs().mean(-1) * visible).sum() / visible.sum().clamp(min=1)
                loss = loss + 4 * wrong
                stats.update(way=(direction[positive].argmax(-1) == way).float().mean(), track=wrong)
        return loss, {k: float(v) for k, v in stats.items()}

    def dense_loss(self, tokens, o):
        """tokens (B, T * P, d) against the objects of the batch."""
        box, vis = o['box'], o['vis']
        batch, frames, n, _ = box.shape
        inside = (vis[..., None] & (self.x >= box[..., 0:1]) & (self.x <= box[..., 2:3])
                  & (self.y >= box[..., 1:2]) & (self.y <= box[..., 3:4]))
        top = (inside * torch.arange(1, n + 1).view(1, 1, n, 1)).amax(2)          # (B, T, P), the last drawn one wins
        flat = top.reshape(-1)
        positive = flat > 0
        index = (top - 1).clamp(min=0)
        cls = torch.where(top > 0, o['cls'][:, None].expand(batch, frames, n).gather(2, index), torch.full_like(top, NC))
        color = o['col'][:, None].expand(batch, frames, n).gather(2, index).reshape(-1)[positive]
        here = box.gather(2, index[..., None].expand(-1, -1, -1, 4)).reshape(-1, 4)[positive]
        clip = None
        if frames > 1:
            b, _, _ = (top > 0).nonzero(as_tuple=True)
            k = index.reshape(-1)[positive]
            clip = o['dir'][b, k], vis.transpose(1, 2)[b, k].float(), box.transpose(1, 2)[b, k]
        parts = [p.flatten(0, 1) for p in self._parts(self.dense(tokens))]
        loss, stats = self._object_loss(parts, cls.reshape(-1), color, here, clip, .15, positive)
        if clip is not None:
            motion_loss, stats['speed'] = self._motion_loss(tokens, o, positive, b, index.reshape(-1)[positive])
            loss = loss + motion_loss
        return loss, stats

    def _motion_loss(self, tokens, o, positive, b, k):
        """What happens around a patch from one frame to the next: a local cue from which whole paths are learned."""
        frames = self.frames
        t = torch.arange(frames).view(1, frames, 1).expand(len(tokens), frames, self.grid ** 2).reshape(-1)[positive]
        before, after = (t - 1).clamp(min=0), (t + 1).clamp(max=frames - 1)
        centre = (o['box'][..., :2] + o['box'][..., 2:]) / 2
        was, will = o['vis'][b, before, k], o['vis'][b, after, k]
        here = centre[b, t, k]
        old = torch.where(was[:, None], centre[b, before, k], here)
        new = torch.where(will[:, None], centre[b, after, k], here)
        y = self.motion(tokens).flatten(0, 1)[positive]
        error = (y[:, :2] - 5 * (new - old)).abs().mean()
        flags = F.binary_cross_entropy_with_logits(y[:, 2:], torch.stack([was, will], 1).float())
        return error + .5 * flags, float(error)

    def slot_loss(self, slots, o):
        """slots (B, cells, d): the query of an object's cell must describe it, all others say nothing."""
        batch, cells, _ = slots.shape
        b, k = (o['cls'] >= 0).nonzero(as_tuple=True)
        cell = o['cell'][b, k]
        target = torch.full((batch, cells), NC)
        target[b, cell] = o['cls'][b, k]
        positive = torch.zeros(batch, cells, dtype=torch.bool)
        positive[b, cell] = True
        owner = torch.zeros(batch, cells, dtype=torch.long)
        owner[b, cell] = k
        b, cell = positive.nonzero(as_tuple=True)
        k = owner[b, cell]
        first = o['vis'].float().argmax(1)[b, k]                                   # first frame in which it is seen
        here = o['box'][b, first, k]
        clip = None
        if o['vis'].shape[1] > 1:
            clip = o['dir'][b, k], o['vis'].transpose(1, 2)[b, k].float(), o['box'].transpose(1, 2)[b, k]
        parts = [p.flatten(0, 1) for p in self._parts(self.slot(slots))]
        return self._object_loss(parts, target.reshape(-1), o['col'][b, k], here, clip, .4, positive.reshape(-1))
