"""Gives a trained video tower one more block, made by hand, that compares the frames of a second.

    python3 compare.py TEMPORAL.pt OUT.pt

What a patch shows fills a few directions of the tower's 96; the places and times of the patches drown in it, so that
attention hardly finds "the same patch a moment ago", and slow motion is not seen.  This clears the directions that
carry least, writes faint but exact codes of place and time into some of them, and puts a block in front whose heads
look at the same patch now, in the first frame, in the last and in the one before.  The differences, and how large they
are, go to other cleared directions.  Where nothing moves the blocks behind it compute nearly what they did; training
goes on from there with temporal_train.py --start OUT.pt.
"""
import argparse
import random

import numpy as np
import torch

from clip import FRAMES_PER_SECOND, VisionBlock
from temporal import load
from temporal_data import GRID, SIZE, draw_scene
from world import render

PLACES, HEADS = GRID * GRID, ('now', 'first', 'last', 'before')
CODES, EACH, SIZES = PLACES + FRAMES_PER_SECOND, 8, 4       # directions for codes, for the differences to one head, for sizes
CLEARED = CODES + EACH * (len(HEADS) - 1) + SIZES
CODE, DIFFERENCE, LOUDNESS = 0.3, 0.25, 0.45       # amplitudes; a token has 1.5 in each direction
GAIN, LIMIT = 6.0, 2.0            # of the units that measure differences
SHARPNESS = 2.0                   # weights of the norms of queries and keys
PREFERENCE = 0.15                 # by which a frame is less welcome than its neighbour nearer to the first or last


def sample_seconds(rng, scenes, each):
    """Seconds (scenes * each, 8, SIZE, SIZE, 3), most of them around motion."""
    out = []
    for _ in range(scenes):
        scene = draw_scene(rng, 1.0)
        sprite = rng.choice([s for s in scene.sprites if s.direction])
        starts = [sprite.m0 + rng.uniform(-0.5, 1.5) if rng.random() < 0.7 else rng.random() * scene.duration for _ in range(each)]
        times = np.clip(starts, 0, scene.duration - 1)[:, None] + (np.arange(FRAMES_PER_SECOND) + 0.5) / FRAMES_PER_SECOND
        frames = render(scene, times.ravel(), SIZE, SIZE, supersample=2)
        out.append(frames.reshape(each, FRAMES_PER_SECOND, SIZE, SIZE, 3))
    return torch.from_numpy(np.concatenate(out))


def free_directions(tower, clips, draws=12):
    """Directions that carry least of what the features depend on: unit columns to write along (96, CLEARED) and the rows
    (CLEARED, 96) that read exactly those."""
    with torch.enable_grad():
        tokens = (tower.patch_embed(clips) + tower.pos_embed[:, 1:]).detach().requires_grad_(True)
        x = torch.cat([(tower.cls_token + tower.pos_embed[:, :1]).expand(len(clips), -1, -1), tokens], 1)
        for block in tower.blocks:
            x = block(x)
        features = tower.clip_projector(x)
        slope = lambda: torch.autograd.grad((features * torch.randn_like(features)).sum(), tokens, retain_graph=True)[0]
        slopes = torch.cat([slope() for _ in range(draws)]).flatten(0, 1).double()
    value, vector = torch.linalg.eigh(slopes.T @ slopes / len(slopes))
    root = vector @ torch.diag(value.clamp(min=1e-9).sqrt()) @ vector.T
    spread = torch.cov(tokens.detach().flatten(0, 1).double().T)
    least = torch.linalg.eigh(root @ spread @ root)[1][:, :CLEARED]
    write, read = torch.linalg.solve(root, least), least.T @ root
    length = write.norm(dim=0)
    return (write / length).float(), (read * length[:, None]).float()


def clear(tower, write, read):
    """Removes the free directions from what the tower embeds."""
    keep = torch.eye(len(write)) - write @ read
    embed = tower.patch_embed.proj
    embed.weight.copy_((keep @ embed.weight.flatten(1)).view_as(embed.weight))
    for vector in (embed.bias, tower.cls_token, tower.pos_embed):
        vector.copy_(vector @ keep.T)


def write_codes(tower, write):
    """Adds to every patch's position a direction of its own for place and one for time; write (96, CODES)."""
    token = torch.arange(PLACES * FRAMES_PER_SECOND)
    time = torch.div(token, PLACES, rounding_mode='floor')
    tower.pos_embed[0, 1:] += CODE * (write[:, token % PLACES] + write[:, PLACES + time]).T


def telling_directions(tower, clips):
    """Directions (EACH, 96) of the normalised tokens that change most where the picture does and least where it does
    not, scaled to a mean square of 1 where it does."""
    tokens = tower.patch_embed(clips) + tower.pos_embed[:, 1:]
    tokens = tokens * torch.rsqrt(tokens.square().mean(-1, keepdim=True) + 1e-6)
    tokens = tokens.unflatten(1, (FRAMES_PER_SECOND, PLACES))
    pixels = tower.patch_embed.patches(clips).float().flatten(2).unflatten(1, (FRAMES_PER_SECOND, PLACES))
    step, seen = (tokens - tokens[:, :1])[:, 1:], (pixels - pixels[:, :1]).abs().mean(-1)[:, 1:]
    moment = lambda rows: (rows.T @ rows / len(rows)).double()
    still, moved = moment(step[seen < 0.01]), moment(step[seen > 0.5])
    root = torch.linalg.inv(torch.linalg.cholesky(still + 1e-4 * torch.eye(len(still)).double()))
    value, vector = torch.linalg.eigh(root @ moved @ root.T)
    best = (vector[:, -EACH:].T @ root) / value[-EACH:, None].sqrt()
    print('signal over noise:', ' '.join(f'{v:.0f}' for v in value[-EACH:].sqrt().tolist()))
    return best.float()


def queries(codes):
    """Per head, what a patch looks for: rows (CODES, 96), made from the rows that read the codes."""
    place, time = codes.split([PLACES, FRAMES_PER_SECOND])
    always = time.sum(0, keepdim=True)                      # one of the time codes is always there
    falling = 1 - PREFERENCE * torch.arange(FRAMES_PER_SECOND)[:, None]
    before = torch.cat([time[1:], torch.zeros_like(always)])
    wanted = {'now': time, 'first': falling * always, 'last': falling.flip(0) * always, 'before': before}
    return [torch.cat([place, wanted[head]]) for head in HEADS]


def comparing_block(config, write, read, telling):
    """The block; it reads codes, writes differences and sizes, and reads the differences for that."""
    parts = [CODES, EACH * (len(HEADS) - 1), SIZES]
    (_, differences, sizes), (codes, found, _) = write.split(parts, 1), read.split(parts)
    block = VisionBlock(config)
    head, width = CODES, len(write)
    if head * len(HEADS) != width or config['num_heads'] != len(HEADS):
        raise SystemExit('the block needs as many head channels as there are codes')
    values = torch.zeros(head, width)
    values[:EACH] = telling
    block.attn.qkv.weight.copy_(torch.cat([*queries(codes), *[codes] * len(HEADS), *[values] * len(HEADS)]))
    for norm in (block.attn.q_norm, block.attn.k_norm):
        norm.weight.fill_(SHARPNESS)
    block.attn.proj.weight.zero_()
    block.attn.proj.bias.zero_()
    for other in range(1, len(HEADS)):
        out = differences[:, (other - 1) * EACH:other * EACH]
        block.attn.proj.weight[:, :EACH] += DIFFERENCE * out
        block.attn.proj.weight[:, other * head:other * head + EACH] = -DIFFERENCE * out
    # sizes: a difference raises a pair of units, one of either sign, up to LIMIT
    count, (fc1, fc2) = differences.shape[1], (block.mlp.fc1, block.mlp.fc2)
    fc1.weight[:4 * count] = torch.cat([found, -found] * 2) * (GAIN / DIFFERENCE)
    fc1.bias[:4 * count] = -LIMIT * (torch.arange(4 * count) >= 2 * count).float()
    total = sizes[:, :-1].repeat_interleave(EACH, 1) + sizes[:, -1:] / 3
    fc2.weight.zero_()
    fc2.bias.zero_()
    fc2.weight[:, :4 * count] = LOUDNESS * torch.cat([total, total, -total, -total], 1)
    block.ls1.gamma.fill_(1.0)
    block.ls2.gamma.fill_(1.0)
    return block


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', help='of unpack.py or temporal_train.py')
    parser.add_argument('out')
    args = parser.parse_args()
    torch.manual_seed(1)
    model = load(args.checkpoint)
    tower = model.vision
    clips = sample_seconds(random.Random(1), 60, 6)
    write, read = free_directions(tower, clips)
    clear(tower, write, read)
    write_codes(tower, write[:, :CODES])
    block = comparing_block(tower.config, write, read, telling_directions(tower, clips))
    tower.blocks.insert(0, block)
    torch.save({'model': model.state_dict(), 'vocabulary': model.text_config['vocab_size']}, args.out)


if __name__ == '__main__':
    main()
