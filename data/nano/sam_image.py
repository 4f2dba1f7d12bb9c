"""Image encoder of SAM 2: Hiera trunk and feature pyramid.

Parameter names are the published ones (`image_encoder.trunk.*`, `image_encoder.neck.*`); the sizes come from a
configuration with the keys of `NANO_SAM` in sam.py.  Residual streams stay float32 so that the same code runs with
and without bfloat16 autocast.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


class LayerNorm2d(nn.Module):
    """Normalises over the channels of each pixel."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        x = x.float()
        centred = x - x.mean(1, keepdim=True)
        scale = torch.rsqrt(centred.pow(2).mean(1, keepdim=True) + 1e-6)
        return centred * scale * self.weight[:, None, None] + self.bias[:, None, None]


class Mlp(nn.Module):
    """Linear layers with an activation between them."""

    def __init__(self, widths, activation=F.relu):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        self.activation = activation

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def split_heads(x, heads):
    """(batch, tokens, width) -> (batch, heads, tokens, width / heads)"""
    batch, tokens, width = x.shape
    return x.view(batch, tokens, heads, width // heads).transpose(1, 2)


def attend(q, k, v):
    """Softmax attention over split heads, heads joined again."""
    scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2))
    out = torch.matmul(scores.softmax(-1), v)
    batch, heads, tokens, width = out.shape
    return out.transpose(1, 2).reshape(batch, tokens, heads * width)


def pool2(x):
    """2x2 max pooling of a channels-last map."""
    batch, height, width, channels = x.shape
    return x.view(batch, height // 2, 2, width // 2, 2, channels).amax((2, 4))


class WindowAttention(nn.Module):
    def __init__(self, width_in, width, heads, pool):
        super().__init__()
        self.heads, self.pool = heads, pool
        self.qkv = nn.Linear(width_in, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        """x (windows, side, side, width_in); the queries are pooled where the stage changes."""
        windows, side, _, _ = x.shape
        q, k, v = self.qkv(x).chunk(3, -1)
        if self.pool:
            q = pool2(q)
            side //= 2
        q, k, v = [split_heads(t.reshape(windows, -1, t.shape[-1]), self.heads) for t in (q, k, v)]
        return self.proj(attend(q, k, v)).view(windows, side, side, -1)


class Block(nn.Module):
    """Hiera block; window 0 means attention over the whole map."""

    def __init__(self, width_in, width, heads, window, pool):
        super().__init__()
        self.window, self.pool = window, pool
        self.norm1 = nn.LayerNorm(width_in, eps=1e-6)
        self.attn = WindowAttention(width_in, width, heads, pool)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp([width, 4 * width, width], F.gelu)
        if pool:
            self.proj = nn.Linear(width_in, width)

    def forward(self, x):
        batch, height, width, _ = x.shape
        h = self.norm1(x)
        shortcut = pool2(self.proj(h)).float() if self.pool else x
        side = self.window or height
        pad_y, pad_x = -height % side, -width % side
        if pad_y or pad_x:
            h = F.pad(h, (0, 0, 0, pad_x, 0, pad_y))
        rows, columns = h.shape[1] // side, h.shape[2] // side
        h = h.view(batch, rows, side, columns, side, -1).transpose(2, 3).reshape(-1, side, side, h.shape[-1])
        h = self.attn(h)
        side = h.shape[1]
        h = h.view(batch, rows, columns, side, side, -1).transpose(2, 3)
        h = h.reshape(batch, rows * side, columns * side, -1)[:, :shortcut.shape[1], :shortcut.shape[2]]
        x = shortcut + h
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.proj = nn.Conv2d(3, width, 7, 4, 3)

    def forward(self, x):
        return self.proj(x)


class Trunk(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, heads = config['embed_dim'], config['num_heads']
        self.grid = config['image_size'] // 4
        self.patch_embed = PatchEmbed(width)
        background = config['window_pos_embed_bkg_spatial_size']
        self.pos_embed = nn.Parameter(torch.randn(1, width, *background) * 0.02)
        self.pos_embed_window = nn.Parameter(torch.randn(1, width, config['window_spec'][0], config['window_spec'][0]) * 0.02)
        self.blocks, self.ends, self.widths = nn.ModuleList(), [], []
        index = 0
        for stage, count in enumerate(config['stages']):
            for step in range(count):
                pool = stage > 0 and step == 0
                width_in = width
                if pool:
                    width, heads = 2 * width, 2 * heads
                window = config['window_spec'][stage - 1 if pool else stage]
                if index in config['global_att_blocks']:
                    window = 0
                self.blocks.append(Block(width_in, width, heads, window, pool))
                index += 1
            self.ends.append(index - 1)
            self.widths.append(width)

    def position(self):
        background = F.interpolate(self.pos_embed, size=(self.grid, self.grid), mode='bicubic', align_corners=False)
        repeat = self.grid // self.pos_embed_window.shape[-1]
        return background + self.pos_embed_window.tile(1, 1, repeat, repeat)

    def forward(self, x):
        """(batch, 3, size, size) -> channels-last maps of stride 4, 8, 16, 32"""
        x = (self.patch_embed(x).float() + self.position()).permute(0, 2, 3, 1).contiguous()
        maps = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in self.ends:
                maps.append(x)
        return maps


class Lateral(nn.Module):
    """A 1x1 convolution, computed as a matrix product on channels-last maps."""

    def __init__(self, width_in, width):
        super().__init__()
        self.conv = nn.Conv2d(width_in, width, 1)

    def forward(self, x):
        return F.linear(x, self.conv.weight.flatten(1), self.conv.bias).float().permute(0, 3, 1, 2)


class Neck(nn.Module):
    """Convolution 0 belongs to the deepest map; only the two deepest levels are summed."""

    def __init__(self, widths, width):
        super().__init__()
        self.convs = nn.ModuleList(Lateral(w, width) for w in reversed(widths))

    def forward(self, maps):
        top = self.convs[0](maps[3])
        features = self.convs[1](maps[2]) + F.interpolate(top, scale_factor=2.0, mode='nearest')
        return self.convs[3](maps[0]), self.convs[2](maps[1]), features


class ImageEncoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.trunk = Trunk(config)
        self.neck = Neck(self.trunk.widths, config['d_model'])

    def forward(self, x):
        """Normalised images -> maps of stride 4, 8 and 16, channels first, width d_model."""
        return self.neck(self.trunk(x))
