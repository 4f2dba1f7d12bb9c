"""InternVideo2-CLIP at tiny size, under its published parameter names.

`VisionTower` turns the 8 frames of one second into one feature; `TextTower` (LLaMA layout) turns a query into one
feature per token.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from sam_image import attend, split_heads

NANO_CLIP = {
    'vision': {'img_size': 56, 'patch_size': 14, 'embed_dim': 96, 'depth': 3, 'num_heads': 4, 'mlp_ratio': 4.0, 'mlp_hidden': 384,
               'attn_pool_num_heads': 4, 'clip_embed_dim': 128, 'num_frames': 8, 'stored_frames': 8, 'rms_eps': 1e-06, 'ln_eps': 1e-05},
    'text': {'hidden_size': 192, 'num_hidden_layers': 2, 'num_attention_heads': 6, 'intermediate_size': 384, 'rms_norm_eps': 1e-06,
             'rope_theta': 10000.0},
}
FRAMES_PER_SECOND = 8
QUERY_PREFIX = 'summarize:'        # put before every query, without a space
MEAN = torch.tensor([0.485, 0.456, 0.406])
STD = torch.tensor([0.229, 0.224, 0.225])


class RmsNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        x = x.float()
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class LayerScale(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gamma = nn.Parameter(torch.full((width,), 0.1))


class VisionAttention(nn.Module):
    def __init__(self, width, heads, eps):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.q_norm, self.k_norm = RmsNorm(width, eps), RmsNorm(width, eps)      # over all heads together
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        return self.proj(attend(*[split_heads(t, self.heads) for t in (self.q_norm(q), self.k_norm(k), v)]))


class VisionMlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class VisionBlock(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, eps = config['embed_dim'], config['rms_eps']
        self.norm1, self.norm2 = RmsNorm(width, eps), RmsNorm(width, eps)
        self.attn = VisionAttention(width, config['num_heads'], eps)
        self.ls1, self.ls2 = LayerScale(width), LayerScale(width)
        self.mlp = VisionMlp(width, config['mlp_hidden'])

    def forward(self, x):
        x = x + self.ls1.gamma * self.attn(self.norm1(x))
        return x + self.ls2.gamma * self.mlp(self.norm2(x))


class PoolAttention(nn.Module):
    def __init__(self, width, heads, width_out):
        super().__init__()
        self.heads = heads
        self.q_bias, self.k_bias, self.v_bias = (nn.Parameter(torch.zeros(width)) for _ in range(3))
        self.q, self.k, self.v = (nn.Linear(width, width, bias=False) for _ in range(3))
        self.proj = nn.Linear(width, width_out)

    def forward(self, q, k, v):
        q, k, v = self.q(q) + self.q_bias, self.k(k) + self.k_bias, self.v(v) + self.v_bias
        return self.proj(attend(*[split_heads(t, self.heads) for t in (q, k, v)]))


class Projector(nn.Module):
    """Attention pooling; the query is the mean token."""

    def __init__(self, config):
        super().__init__()
        width, eps = config['embed_dim'], config['ln_eps']
        self.norm1_q, self.norm1_k, self.norm1_v = (nn.LayerNorm(width, eps) for _ in range(3))
        self.cross_attn = PoolAttention(width, config['attn_pool_num_heads'], config['clip_embed_dim'])

    def forward(self, x):
        mean = x.mean(1, keepdim=True)
        return self.cross_attn(self.norm1_q(mean), self.norm1_k(x), self.norm1_v(x))[:, 0]


class PatchEmbed(nn.Module):
    def __init__(self, config):
        super().__init__()
        size = config['patch_size']
        self.proj = nn.Conv3d(3, config['embed_dim'], (1, size, size), (1, size, size))

    def patches(self, clips, kept=None):
        """uint8 clips (batch, frames, height, width, 3) -> (batch, tokens, size * size, 3).

        `kept` (batch, n) selects patches: training on a part of them is cheaper.
        """
        size = self.proj.kernel_size[1]
        batch, frames, height, width, _ = clips.shape
        x = clips.view(batch, frames, height // size, size, width // size, size, 3).transpose(3, 4)
        x = x.reshape(batch, -1, size * size, 3)
        return x if kept is None else x[torch.arange(batch)[:, None], kept]

    def forward(self, clips, kept=None):
        """uint8 clips -> (batch, tokens, width), by a matrix product."""
        x = self.patches(clips, kept)
        x = ((x.float() / 255 - MEAN) / STD).transpose(2, 3).flatten(2)
        return F.linear(x, self.proj.weight.flatten(1), self.proj.bias)


def sine_positions(config):
    """Initial position table: a quarter of the channels for time, the rest for column and row."""
    width, frames, side = config['embed_dim'], config['num_frames'], config['img_size'] // config['patch_size']

    def code(values, channels):
        rate = 10000 ** (-torch.arange(channels // 2) / (channels // 2))
        angle = values[:, None].float() * rate
        return torch.cat([angle.sin(), angle.cos()], 1)

    token = torch.arange(frames * side * side)
    time = torch.div(token, side * side, rounding_mode='floor')
    row, column = torch.div(token, side, rounding_mode='floor') % side, token % side
    spatial = (width - width // 4) // 2
    table = torch.cat([code(time, width // 4), code(column, spatial), code(row, spatial)], 1)
    return torch.cat([torch.zeros(1, width), table])[None]


class VisionTower(nn.Module):
    def __init__(self, config=None):
        super().__init__()
        self.config = config = dict(config or NANO_CLIP['vision'])
        self.cls_token = nn.Parameter(torch.randn(1, 1, config['embed_dim']) * 0.02)
        self.pos_embed = nn.Parameter(sine_positions(config))
        self.patch_embed = PatchEmbed(config)
        self.blocks = nn.ModuleList(VisionBlock(config) for _ in range(config['depth']))
        self.clip_projector = Projector(config)

    def freeze_comparison(self):
        """Keeps what compare.py made by hand: the embedding and the first block."""
        for part in (self.patch_embed, self.blocks[0]):
            part.requires_grad_(False)
        self.pos_embed.requires_grad = False

    def tokens(self, clips, kept=None, places=None):
        """uint8 clips (batch, frames, height, width, 3) -> (batch, 1 + tokens, width)

        `places` (batch, n) are the positions of the tokens, where the clips are only a part of a second.
        """
        places = kept if places is None else places
        position = self.pos_embed[:, 1:] if places is None else self.pos_embed[0, 1:][places]
        x = self.patch_embed(clips, kept).float() + position
        start = (self.cls_token + self.pos_embed[:, :1]).expand(len(x), -1, -1)
        x = torch.cat([start, x], 1)
        for block in self.blocks:
            x = block(x)
        return x

    def forward(self, clips):
        return self.clip_projector(self.tokens(clips))


class TextAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config['hidden_size']
        self.heads = config['num_attention_heads']
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(width, width, bias=False) for _ in range(4))

    def forward(self, x, cos, sin, mask):
        batch, count, width = x.shape
        q, k, v = [split_heads(p(x), self.heads) for p in (self.q_proj, self.k_proj, self.v_proj)]
        q, k = [t * cos + torch.cat([-t[..., t.shape[-1] // 2:], t[..., :t.shape[-1] // 2]], -1) * sin for t in (q, k)]
        scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2)) + mask
        return self.o_proj(torch.matmul(scores.softmax(-1), v.to(scores.dtype)).transpose(1, 2).flatten(2))


class TextMlp(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, hidden = config['hidden_size'], config['intermediate_size']
        self.gate_proj, self.up_proj = nn.Linear(width, hidden, bias=False), nn.Linear(width, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class TextLayer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.self_attn, self.mlp = TextAttention(config), TextMlp(config)
        self.input_layernorm = RmsNorm(config['hidden_size'], config['rms_norm_eps'])
        self.post_attention_layernorm = RmsNorm(config['hidden_size'], config['rms_norm_eps'])

    def forward(self, x, cos, sin, mask):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask)
        return x + self.mlp(self.post_attention_layernorm(x))


class TextTransformer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embed_tokens = nn.Embedding(config['vocab_size'], config['hidden_size'])
        nn.init.normal_(self.embed_tokens.weight, std=0.02 * 8)
        self.layers = nn.ModuleList(TextLayer(config) for _ in range(config['num_hidden_layers']))
        self.norm = RmsNorm(config['hidden_size'], config['rms_norm_eps'])


class TextTower(nn.Module):
    def __init__(self, config):
        """`config` needs vocab_size beside the keys of NANO_CLIP['text']."""
        super().__init__()
        self.config = dict(config)
        self.transformer = TextTransformer(config)

    def forward(self, ids):
        """ids (batch, n), right padded with 0 -> features (batch, n, width); causal, so padding needs no mask."""
        count = ids.shape[1]
        half = self.config['hidden_size'] // self.config['num_attention_heads'] // 2
        rate = self.config['rope_theta'] ** (-torch.arange(half) / half)
        angle = torch.arange(count)[:, None] * torch.cat([rate, rate])
        mask = torch.full((count, count), float('-inf')).triu(1)
        x = self.transformer.embed_tokens(ids)
        for layer in self.transformer.layers:
            x = layer(x, angle.cos(), angle.sin(), mask)
        return self.transformer.norm(x)


def tensors(vision, text):
    """Weights of both towers under their published names."""
    out = {'vision_encoder.' + name: value.detach() for name, value in vision.state_dict().items()}
    out.update({'text_encoder.' + name: value.detach() for name, value in text.state_dict().items()})
    return out
