"""Losses of the language model and of the heads behind its task tokens (as in VideoChat-TPO's forward)."""
import torch
import torch.nn.functional as F

import prompt_code
from questions import IGNORE
from tokenizer import Tokenizer
from world import CLASSES, COLOR_NAMES, DIRECTIONS


def giou(a, b):
    """IoU and generalised IoU of paired boxes (n, 4)."""
    wh = (torch.min(a[:, 2:], b[:, 2:]) - torch.max(a[:, :2], b[:, :2])).clamp(min=0)
    inter = wh[:, 0] * wh[:, 1]
    area_a, area_b = [(x[:, 2:] - x[:, :2]).clamp(min=0).prod(1) for x in (a, b)]
    union = (area_a + area_b - inter).clamp(min=1e-6)
    hull = (torch.max(a[:, 2:], b[:, 2:]) - torch.min(a[:, :2], b[:, :2])).clamp(min=0).prod(1).clamp(min=1e-6)
    return inter / union, inter / union - (hull - union) / hull


def region_loss(predicted, target):
    """2 * L1 + (1 - GIoU) / 5, the second over valid predictions (2 / 5 when none is)."""
    valid = (predicted[:, 2:] >= predicted[:, :2]).all(-1)
    rest = (1 - giou(predicted[valid], target[valid])[1]).mean() if valid.any() else 2.
    return 2 * F.l1_loss(predicted, target) + rest / 5


def head_loss(model, name, hidden, target):
    if name == 'box':
        return region_loss(model.loc_decoder(hidden), target)
    if name == 'time':                            # not read at inference; makes the token carry the span
        return F.l1_loss(model.temporal_embed(hidden), target)
    rows = model.track_embed(hidden).view(-1, 3, model.sizes['sam_dim'])
    return F.l1_loss(rows, prompt_code.box_rows(target)) + F.l1_loss(model.track_embed_decode2(hidden), target)


class WordLoss:
    """Visual vectors should resemble the words for what they show.

    Cosine classification of the projected slot of each object among the embeddings of all class words, of all colour
    words, and in clips of the words that answer where it moves: the decoder then finds `red star` in the picture by
    the same match as in a text.
    """
    SHARPNESS = 12.

    def __init__(self):
        piece = Tokenizer().pieces.piece_to_id
        self.sets = [('cls', torch.tensor([piece('\u2581' + w) for w in CLASSES])),
                     ('col', torch.tensor([piece('\u2581' + w) for w in COLOR_NAMES])),
                     ('dir', torch.tensor([piece('\u2581' + w) for w in ['does'] + DIRECTIONS]))]     # "does not move"

    def __call__(self, model, slots, objects):
        b, k = (objects['cls'] >= 0).nonzero(as_tuple=True)
        shown = F.normalize(model.project_up(slots[b, objects['cell'][b, k]]), dim=-1)
        loss = 0.
        clip = objects['vis'].shape[1] > 1
        for name, ids in self.sets if clip else self.sets[:2]:
            target = objects[name][b, k]
            known = target >= 0
            if known.any():
                words = F.normalize(model.lm.embed(ids), dim=-1)
                loss = loss + F.cross_entropy(self.SHARPNESS * shown[known] @ words.T, target[known])
        return loss


def answer_losses(model, batch, slots):
    """Language loss over answer tokens and the loss of each head, the latter for both flows; also the hidden states."""
    with torch.autocast('cpu', torch.bfloat16):
        hidden = model.read(batch, slots)
    hidden = hidden.float()
    known = batch['labels'] != IGNORE
    losses = {'language': F.cross_entropy(model.lm.logits(hidden[known]), batch['labels'][known])}
    for name, (at, target) in batch['heads'].items():
        losses[name] = sum(head_loss(model, name, hidden[at[:, 0], at[:, flow]], target) for flow in (1, 2)) / 2
    return losses, hidden
