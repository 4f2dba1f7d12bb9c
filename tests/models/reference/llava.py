"""LLaVA-OneVision with task heads, in plain PyTorch on tensors by name.

SigLIP (Zhai et al. 2023) without its last layer, a projector of two layers, Qwen2 (Yang et al. 2024), and the heads of
TPO (Yan et al. 2024). `precision` runs the same formulas in float64, float32, or with every result of a layer rounded to
half precision, so that the distance between the runs tells what an implementation may be off.
"""
import math

import torch
import torch.nn.functional as F


def resize(frames, size):
    """Before the values are rounded to bytes; in single precision, as published."""
    return F.interpolate(frames.float(), (size, size), mode='bicubic', antialias=True, align_corners=False)


class Net:
    def __init__(self, tensors, config, precision):
        self.config, self.halves = config, precision == 'half'
        self.dtype = torch.float64 if precision == 'double' else torch.float32
        self.tensors = {name: value.to(self.dtype) for name, value in tensors.items() if value.is_floating_point()}

    def round(self, x):
        return x.half().to(self.dtype) if self.halves else x

    def linear(self, x, name, bias=True):
        return self.round(F.linear(x, self.tensors[name + '.weight'], self.tensors[name + '.bias'] if bias else None))

    def layer_norm(self, x, name, eps):
        return self.round(F.layer_norm(x, x.shape[-1:], self.tensors[name + '.weight'], self.tensors[name + '.bias'], eps))

    def rms_norm(self, x, name):
        scale = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.config['rms_norm_eps'])
        return self.round(x * scale * self.tensors[name + '.weight'])

    def attend(self, q, k, v, mask=None):
        """Split heads (..., heads, n, size); heads are joined in the result (..., n, heads * size)."""
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        scores = scores if mask is None else scores + mask
        return self.round((scores.softmax(-1) @ v).transpose(-2, -3).flatten(-2))

    # -- vision -----------------------------------------------------------------------------------------------------

    def pixels(self, frames):
        """uint8 (frames, 3, rows, columns), resized as bytes and scaled to -1 .. 1"""
        x = resize(frames, self.config['vision_config']['image_size'])
        return (x.clamp(0, 255).round() / 255 - .5).to(self.dtype) / .5

    def tower(self, frames):
        """(frames, patches, width): the last layer but one, without the norm behind the last; with landmarks"""
        c, prefix = self.config['vision_config'], 'model.vision_tower.vision_tower.vision_model.'
        weight, bias = (self.tensors[prefix + 'embeddings.patch_embedding.' + part] for part in ('weight', 'bias'))
        x = F.conv2d(self.pixels(frames), weight, bias, stride=c['patch_size'])           # a rest at the edge is left out
        x = self.round(x.flatten(2).transpose(1, 2))
        landmarks = {'patch_embed': x}
        x = x + self.tensors[prefix + 'embeddings.position_embedding.weight']
        split = lambda t: t.view(*t.shape[:2], c['num_attention_heads'], -1).transpose(1, 2)
        for i in range(c['num_hidden_layers'] + self.config['mm_vision_select_layer'] + 1):
            layer = f'{prefix}encoder.layers.{i}.'
            h = self.layer_norm(x, layer + 'layer_norm1', c['layer_norm_eps'])
            q, k, v = (split(self.linear(h, f'{layer}self_attn.{part}_proj')) for part in 'qkv')
            x = self.round(x + self.linear(self.attend(q, k, v), layer + 'self_attn.out_proj'))
            h = self.linear(self.layer_norm(x, layer + 'layer_norm2', c['layer_norm_eps']), layer + 'mlp.fc1')
            x = self.round(x + self.linear(self.round(F.gelu(h, approximate='tanh')), layer + 'mlp.fc2'))
            landmarks[f'block{i}'] = x
        return x, landmarks

    def visual(self, frames, pooled):
        """Rows of a prompt: projected patches, halved in both directions for videos, and the newline vector."""
        x, landmarks = self.tower(frames)
        x = self.linear(self.round(F.gelu(self.linear(x, 'model.mm_projector.0'))), 'model.mm_projector.2')
        if pooled:
            side = math.isqrt(x.shape[1])
            half = math.ceil(side / self.config['mm_spatial_pool_stride'])
            x = x.transpose(1, 2).reshape(len(x), -1, side, side)
            x = self.round(F.interpolate(x, (half, half), mode='bilinear', align_corners=False)).flatten(2).transpose(1, 2)
        return torch.cat([x.flatten(0, 1), self.tensors['model.image_newline'][None]]), landmarks

    # -- language ----------------------------------------------------------------------------------------------------

    def embed(self, ids):
        return self.tensors['model.embed_tokens.weight'][torch.as_tensor(ids)]

    def decoder(self, x):
        """(n, width) -> hidden states after the final norm"""
        c, n = self.config, len(x)
        heads, pairs = c['num_attention_heads'], c['num_key_value_heads']
        size = x.shape[1] // heads
        rate = c['rope_theta'] ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
        angle = torch.arange(n, dtype=torch.float64)[:, None] * torch.cat([rate, rate])
        cos, sin = angle.cos().to(self.dtype), angle.sin().to(self.dtype)
        turn = lambda t: self.round(t * cos + torch.cat([-t[..., size // 2:], t[..., :size // 2]], -1) * sin)
        split = lambda t, count: t.view(n, count, size).transpose(0, 1)
        spread = lambda t: t.repeat_interleave(heads // pairs, 0)
        mask = torch.full((n, n), float('-inf'), dtype=self.dtype).triu(1)
        for i in range(c['num_hidden_layers']):
            layer = f'model.layers.{i}.'
            h = self.rms_norm(x, layer + 'input_layernorm')
            q = turn(split(self.linear(h, layer + 'self_attn.q_proj'), heads))
            k = turn(split(self.linear(h, layer + 'self_attn.k_proj'), pairs))
            v = split(self.linear(h, layer + 'self_attn.v_proj'), pairs)
            a = self.attend(q, spread(k), spread(v), mask)
            x = self.round(x + self.linear(a, layer + 'self_attn.o_proj', False))
            h = self.rms_norm(x, layer + 'post_attention_layernorm')
            gate, up = (self.linear(h, layer + f'mlp.{part}_proj', False) for part in ('gate', 'up'))
            x = self.round(x + self.linear(self.round(F.silu(gate) * up), layer + 'mlp.down_proj', False))
        return self.rms_norm(x, 'model.norm')

    def logits(self, hidden):
        return self.linear(hidden, 'lm_head', False)

    # -- heads -------------------------------------------------------------------------------------------------------

    def head(self, x, first, second):
        """In full precision whatever the rest has."""
        h = F.relu(F.linear(x, self.tensors[first + '.weight'], self.tensors[first + '.bias']))
        return F.linear(h, self.tensors[second + '.weight'], self.tensors[second + '.bias'])
