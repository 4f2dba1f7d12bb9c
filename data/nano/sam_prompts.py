"""Prompts for training the mask head: boxes, clicks and imprecise box codes."""
import numpy as np
import torch

import prompt_code
from sam_data import tight_box


def set_prompt_code(encoder):
    """Fills the frozen part of the prompt encoder with the constants that the language model is trained against.

    Both halves of the nano model can so be trained independently.
    """
    state = {name[len(prompt_code.PREFIX):]: value for name, value in prompt_code.tensors().items()}
    encoder.load_state_dict(state, strict=False)
    for table in [*encoder.point_embeddings, encoder.not_a_point_embed]:
        table.weight.requires_grad_(False)


def tight_boxes(masks):
    return torch.from_numpy(np.stack([tight_box(m) for m in masks.numpy()]))


def noisy_box_code(encoder, boxes):
    """Codes of boxes as they reach the decoder: precise (typed or drawn) or guessed by the language model.

    A regression that is unsure of a box predicts about the mean of the codes of the boxes it thinks possible, so
    half of the items get the mean code of several shifted boxes and a little noise.
    """
    count = len(boxes)
    extent = (boxes[:, 2:] - boxes[:, :2]).repeat(1, 2)
    precise = encoder.box((boxes + torch.randn(count, 4) * 0.03 * extent).clamp(0, 1))
    sigma = 0.01 + 0.05 * torch.rand(count, 1)
    guesses = 3
    codes = [encoder.box((boxes + torch.randn(count, 4) * sigma).clamp(0, 1)) for _ in range(guesses)]
    vague = torch.stack(codes).mean(0) + 0.06 * torch.randn(count, 1, 1) * torch.randn_like(precise)
    return torch.where(torch.rand(count, 1, 1) < 0.5, precise, vague)


def _pick(candidates, fallback):
    """A random true pixel (x, y) in 0..1 of one of two boolean masks."""
    pixels = np.flatnonzero(candidates if candidates.any() else fallback)
    height, width = candidates.shape
    y, x = divmod(int(pixels[np.random.randint(len(pixels))]), width)
    return (x + 0.5) / width, (y + 0.5) / height


def random_clicks(masks, labels):
    """Points (n, clicks, 2): label 1 inside the object, label 0 outside of it."""
    everywhere = np.ones(masks.shape[1:], bool)
    rows = [[_pick(m if label else ~m, everywhere) for label in labels] for m in masks.numpy()]
    return torch.tensor(rows, dtype=torch.float32)


def corrective_click(found, truth):
    """One click per item in a wrong region.  All items share the label of the larger total error."""
    missed, extra = truth & ~found, found & ~truth
    label = int(missed.sum() >= extra.sum())
    wrong = missed if label else extra
    fallback = truth if label else ~truth
    rows = [[_pick(w, f)] for w, f in zip(wrong.numpy(), fallback.numpy())]
    return torch.tensor(rows, dtype=torch.float32), label
