"""The whole temporal path of the nano model: query and video towers and the head on top of them."""
import torch
import torch.nn as nn

import cgdetr
import clip
from cgdetr import CgDetr
from clip import NANO_CLIP, TextTower, VisionTower


class Temporal(nn.Module):
    def __init__(self, vocabulary, depth=NANO_CLIP['vision']['depth']):
        super().__init__()
        self.text_config = dict(NANO_CLIP['text'], vocab_size=vocabulary)
        self.vision = VisionTower(dict(NANO_CLIP['vision'], depth=depth))
        self.text = TextTower(self.text_config)
        self.head = CgDetr()

    def rows(self, features, seconds, durations):
        """Feature rows of the head: clip feature, then start and end of the second in parts of the video.

        features (distinct seconds, width); seconds (batch, longest) indices into them, -1 for padding.
        """
        valid = seconds >= 0
        index = torch.arange(seconds.shape[1])[None]
        start = index / durations[:, None]
        marks = torch.stack([start, start + 1 / durations[:, None]], -1)
        rows = torch.cat([features[seconds.clamp(min=0)], marks], -1)
        return rows * valid[..., None].float(), valid

    def predict(self, batch, prompt):
        """Best span (batch, 2) as start and end in 0..1, and the head's outputs."""
        features = self.vision(batch['frames']).float()
        rows, valid = self.rows(features, batch['seconds'], batch['durations'])
        ids = batch['ids']
        out = self.head(rows, valid, self.text(ids), ids > 0, prompt)
        return best_span(out), out


def edges(spans):
    """(centre, width) -> (start, end)"""
    return torch.stack([spans[..., 0] - spans[..., 1] / 2, spans[..., 0] + spans[..., 1] / 2], -1)


def best_span(out):
    best = out['logits'][-1].softmax(-1)[..., 0].argmax(1)
    return edges(out['spans'][-1])[torch.arange(len(best)), best].clamp(0, 1)


def overlap(a, b):
    """IoU, hull and union of intervals (..., 2)."""
    joint = (torch.min(a[..., 1], b[..., 1]) - torch.max(a[..., 0], b[..., 0])).clamp(min=0)
    hull = torch.max(a[..., 1], b[..., 1]) - torch.min(a[..., 0], b[..., 0])
    union = (a[..., 1] - a[..., 0]) + (b[..., 1] - b[..., 0]) - joint
    return joint / union.clamp(min=1e-6), hull, union


def config(model):
    """The configuration sections of the exported files: (cg_opt, internvideo2_clip)."""
    towers = {'vision': dict(model.vision.config), 'text': dict(model.text_config)}
    return dict(model.head.config), dict(towers, fps=clip.FRAMES_PER_SECOND, query_prefix=clip.QUERY_PREFIX)


def restore(state):
    """A model with the weights and the number of vision blocks of a checkpoint."""
    depth = 1 + max(int(name.split('.')[2]) for name in state['model'] if name.startswith('vision.blocks.'))
    model = Temporal(state['vocabulary'], depth)
    model.load_state_dict(state['model'])
    return model


def load(path):
    return restore(torch.load(path, map_location='cpu')).eval()


def tensors(model):
    """(tensors of the main file, tensors of internvideo2-clip.safetensors) under their published names."""
    return cgdetr.tensors(model.head), clip.tensors(model.vision, model.text)
