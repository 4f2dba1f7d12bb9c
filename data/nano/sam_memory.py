"""Memory of SAM 2: mask encoder, memory attention and position codes (`memory_encoder.*`, `memory_attention.*`)."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from sam_image import LayerNorm2d


def sine_grid(side, width):
    """2-D sine code of a square map, (1, width, side, side): first half rows, second half columns."""
    half = width // 2
    index = torch.arange(half)
    divisor = 10000 ** (2 * torch.div(index, 2, rounding_mode='floor') / half)
    angle = (torch.arange(side) + 1)[:, None] * (2 * math.pi / (side + 1e-6)) / divisor
    code = torch.where(index % 2 == 0, angle.sin(), angle.cos())
    rows = code[:, None].expand(side, side, half)
    columns = code[None].expand(side, side, half)
    return torch.cat([rows, columns], -1).permute(2, 0, 1)[None]


def rope_table(side, width, theta):
    """Cosine and sine (tokens, width / 2): the first half of the pairs turns with x, the second with y."""
    rate = theta ** (-torch.arange(width // 4) * 4.0 / width)
    token = torch.arange(side * side)
    x, y = token % side, torch.div(token, side, rounding_mode='floor')
    angle = torch.cat([x[:, None] * rate, y[:, None] * rate], 1)
    return angle.cos(), angle.sin()


def rotate(x, table):
    """Rotates adjacent channel pairs of x (..., tokens, width)."""
    cos, sin = table
    re, im = x.float().unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack([re * cos - im * sin, re * sin + im * cos], -1).flatten(-2)


class MaskDownsampler(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        layers = []
        for a, b in zip(channels, channels[1:]):
            layers += [nn.Conv2d(a, b, 3, 2, 1), LayerNorm2d(b), nn.GELU()]
        self.encoder = nn.Sequential(*layers, nn.Conv2d(channels[-1], width, 1))

    def forward(self, mask):
        return self.encoder(mask)


class FuserLayer(nn.Module):
    """ConvNeXt block."""

    def __init__(self, width):
        super().__init__()
        self.dwconv = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = LayerNorm2d(width)
        self.pwconv1 = nn.Linear(width, 4 * width)
        self.pwconv2 = nn.Linear(4 * width, width)
        self.gamma = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x):
        y = self.norm(self.dwconv(x)).permute(0, 2, 3, 1)
        y = self.gamma * self.pwconv2(F.gelu(self.pwconv1(y)))
        return x + y.permute(0, 3, 1, 2)


class Fuser(nn.Module):
    def __init__(self, width, count):
        super().__init__()
        self.layers = nn.ModuleList(FuserLayer(width) for _ in range(count))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class MemoryEncoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config['d_model']
        self.mask_downsampler = MaskDownsampler(config['mem_mask_channels'], width)
        self.pix_feat_proj = nn.Conv2d(width, width, 1)
        self.fuser = Fuser(width, config['mem_fuser_layers'])
        self.out_proj = nn.Conv2d(width, config['mem_dim'], 1)

    def forward(self, features, mask):
        """features (batch, d_model, grid, grid); mask (batch, 1, size, size) already scaled and shifted."""
        return self.out_proj(self.fuser(self.pix_feat_proj(features) + self.mask_downsampler(mask)))


class RopeAttention(nn.Module):
    """One head; keys are rotated except for the last `plain` ones, the table restarting for every memory."""

    def __init__(self, width, key_width):
        super().__init__()
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(key_width, width)
        self.v_proj = nn.Linear(key_width, width)
        self.out_proj = nn.Linear(width, width)

    def forward(self, q, k, v, table, plain=0):
        q, k, v = rotate(self.q_proj(q), table), self.k_proj(k).float(), self.v_proj(v)
        spatial = k.shape[1] - plain
        turned = rotate(k[:, :spatial].unflatten(1, (-1, len(table[0]))), table).flatten(1, 2)
        k = torch.cat([turned, k[:, spatial:]], 1)
        scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(1, 2))
        return self.out_proj(torch.matmul(scores.float().softmax(-1), v))


class MemoryAttentionLayer(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, hidden = config['d_model'], config['mem_attn_ffn_dim']
        self.self_attn = RopeAttention(width, width)
        self.cross_attn_image = RopeAttention(width, config['mem_dim'])
        self.linear1 = nn.Linear(width, hidden)
        self.linear2 = nn.Linear(hidden, width)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))

    def forward(self, x, memory, position, table, pointers):
        h = self.norm1(x)
        x = x + self.self_attn(h, h, h, table)
        h = self.norm2(x)
        x = x + self.cross_attn_image(h, memory + position, memory, table, pointers)
        return x + self.linear2(F.relu(self.linear1(self.norm3(x))))


class MemoryAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config['d_model']
        side = config['image_size'] // config['backbone_stride']
        self.layers = nn.ModuleList(MemoryAttentionLayer(config) for _ in range(config['mem_attn_layers']))
        self.norm = nn.LayerNorm(width)
        cos, sin = rope_table(side, width, config['rope_theta'])
        self.register_buffer('rope_cos', cos, persistent=False)
        self.register_buffer('rope_sin', sin, persistent=False)
        self.register_buffer('position', sine_grid(side, width), persistent=False)

    def forward(self, features, memory, position, pointers):
        """memory, position (batch, keys, mem_dim); the last `pointers` keys are object pointers."""
        x = (features + 0.1 * self.position).flatten(2).transpose(1, 2)
        table = self.rope_cos, self.rope_sin
        for layer in self.layers:
            x = layer(x, memory, position, table, pointers)
        return self.norm(x).transpose(1, 2).reshape(features.shape)
