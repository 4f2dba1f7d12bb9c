"""The vision-language part of VideoChat-TPO at a free size, under the published tensor names.

Vision encoder (UMT ViT) -> vision_layernorm -> Q-Former -> project_up -> Mistral-layout decoder, with the small heads
behind the task tokens.  `state_dict()` of `VideoChat` holds the published names except that LoRA factors exist only
for `lora_rank > 0`; export.py adds the tensors that inference never reads.
"""
import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

SIZES = dict(
    image=96, patch=16, frames=8, stored_frames=4,                       # vision input
    vision_dim=128, vision_heads=4, vision_blocks=4,
    q_dim=128, q_heads=4, q_layers=4, q_hidden=512, queries=12, extra_queries=24, q_words=8, q_positions=8,
    dim=192, heads=6, kv_heads=2, layers=4, hidden=512, theta=10000.0, vocab=807,
    sam_dim=64, lora_rank=0, lora_alpha=8,
)
MEAN, STD = (.485, .456, .406), (.229, .224, .225)


# ---------------------------------------------------------------- helpers

def split_heads(x, heads):
    b, n, c = x.shape
    return x.view(b, n, heads, c // heads).transpose(1, 2)


def attention(q, k, v, mask=None):
    """Plain softmax attention; q, k, v (B, heads, n, d), mask additive; returns (B, n, heads * d)."""
    scores = torch.matmul(q * q.shape[-1] ** -.5, k.transpose(-1, -2))
    if mask is not None:
        scores = scores + mask.to(scores.dtype)
    x = torch.matmul(scores.softmax(-1), v).transpose(1, 2)
    return x.reshape(x.shape[0], x.shape[1], -1)


def position_table(frames, positions, dim, stored_frames):
    """Sinusoids over stored_frames * positions indices, interpolated along time to `frames` (1, frames * positions, dim)."""
    p = np.arange(stored_frames * positions)[:, None] / np.power(10000, 2 * (np.arange(dim)[None] // 2) / dim)
    p[:, 0::2], p[:, 1::2] = np.sin(p[:, 0::2]), np.cos(p[:, 1::2])
    table = p.reshape(stored_frames, positions, dim)
    u = np.maximum((np.arange(frames) + .5) * stored_frames / frames - .5, 0)
    low = np.floor(u).astype(int)
    high, w = np.minimum(low + 1, stored_frames - 1), (u - low)[:, None, None]
    return torch.tensor(((1 - w) * table[low] + w * table[high]).reshape(1, -1, dim), dtype=torch.float32)


class MLP(nn.Module):
    def __init__(self, *widths):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(x if i == 0 else F.relu(x))
        return x


def _box(*parts, **named):
    """A bare container module, for published names with levels that do no work of their own."""
    m = nn.ModuleList(parts) if parts else nn.Module()
    for k, v in named.items():
        setattr(m, k, v)
    return m


# ---------------------------------------------------------------- vision encoder

class VisionAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.q_bias, self.v_bias = nn.Parameter(torch.zeros(dim)), nn.Parameter(torch.zeros(dim))
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        bias = torch.cat([self.q_bias, torch.zeros_like(self.v_bias), self.v_bias])
        q, k, v = [split_heads(t, self.heads) for t in F.linear(x, self.qkv.weight, bias).chunk(3, -1)]
        return self.proj(attention(q, k, v))


class VisionBlock(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(dim, eps=1e-6), nn.LayerNorm(dim, eps=1e-6)
        self.attn = VisionAttention(dim, heads)
        self.mlp = _box(fc1=nn.Linear(dim, 4 * dim), fc2=nn.Linear(4 * dim, dim))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm2(x))))


class VisionEncoder(nn.Module):
    def __init__(self, s):
        super().__init__()
        dim, patch = s['vision_dim'], s['patch']
        self.patch, self.dim, self.stored_frames = patch, dim, s['stored_frames']
        conv = nn.Conv3d(3, dim, (1, patch, patch), (1, patch, patch))
        self.encoder = _box(patch_embed=_box(proj=conv),
                            blocks=nn.ModuleList(VisionBlock(dim, s['vision_heads']) for _ in range(s['vision_blocks'])))
        self.register_buffer('mean', torch.tensor(MEAN).view(3, 1, 1, 1), persistent=False)
        self.register_buffer('std', torch.tensor(STD).view(3, 1, 1, 1), persistent=False)
        self.tables = {}

    def table(self, frames, positions):
        key = frames, positions
        if key not in self.tables:
            self.tables[key] = position_table(frames, positions, self.dim, 1 if frames == 1 else self.stored_frames)
        return self.tables[key]

    def forward(self, frames):
        """uint8 (B, T, H, W, 3) -> tokens (B, T * P, dim), before vision_layernorm."""
        x = (frames.permute(0, 4, 1, 2, 3).float() / 255 - self.mean) / self.std
        b, _, t, h, w = x.shape
        p = self.patch
        # a convolution with stride = kernel is one matrix product (faster than Conv3d on a CPU)
        x = x.view(b, 3, t, h // p, p, w // p, p).permute(0, 2, 3, 5, 1, 4, 6).reshape(b, t * (h // p) * (w // p), 3 * p * p)
        proj = self.encoder.patch_embed.proj
        x = F.linear(x, proj.weight.flatten(1), proj.bias) + self.table(t, (h // p) * (w // p))
        for block in self.encoder.blocks:
            x = block(x)
        return x


# ---------------------------------------------------------------- Q-Former

class QAttention(nn.Module):
    """BERT attention with its post-norm; keys and values come from `source`."""

    def __init__(self, dim, heads, source_dim):
        super().__init__()
        self.heads = heads
        self.add_module('self', _box(query=nn.Linear(dim, dim), key=nn.Linear(source_dim, dim), value=nn.Linear(source_dim, dim)))
        self.output = _box(dense=nn.Linear(dim, dim), LayerNorm=nn.LayerNorm(dim, eps=1e-12))

    def forward(self, x, source):
        a = self._modules['self']
        q, k, v = [split_heads(t, self.heads) for t in (a.query(x), a.key(source), a.value(source))]
        return self.output.LayerNorm(self.output.dense(attention(q, k, v)).float() + x)


class QLayer(nn.Module):
    def __init__(self, s, cross):
        super().__init__()
        d, h = s['q_dim'], s['q_hidden']
        self.attention = QAttention(d, s['q_heads'], d)
        if cross:
            self.crossattention = QAttention(d, s['q_heads'], s['vision_dim'])
        self.cross = cross
        self.intermediate_query = _box(dense=nn.Linear(d, h))
        self.output_query = _box(dense=nn.Linear(h, d), LayerNorm=nn.LayerNorm(d, eps=1e-12))

    def forward(self, x, vision):
        x = self.attention(x, x)
        if self.cross:
            x = self.crossattention(x, vision)
        y = self.output_query.dense(F.gelu(self.intermediate_query.dense(x)))
        return self.output_query.LayerNorm(y.float() + x)


class QFormer(nn.Module):
    def __init__(self, s):
        super().__init__()
        layers = nn.ModuleList(QLayer(s, i % 2 == 0) for i in range(s['q_layers']))
        self.bert = _box(embeddings=_box(LayerNorm=nn.LayerNorm(s['q_dim'], eps=1e-12)), encoder=_box(layer=layers))

    def forward(self, queries, vision):
        x = self.bert.embeddings.LayerNorm(queries).expand(vision.shape[0], -1, -1)
        for layer in self.bert.encoder.layer:
            x = layer(x, vision)
        return x


# ---------------------------------------------------------------- language model

class LoraLinear(nn.Module):
    def __init__(self, inputs, outputs, s):
        super().__init__()
        self.base_layer = nn.Linear(inputs, outputs, bias=False)
        self.scale = s['lora_alpha'] / s['lora_rank'] if s['lora_rank'] else 0
        if s['lora_rank']:
            self.lora_A = _box(default=nn.Linear(inputs, s['lora_rank'], bias=False))
            self.lora_B = _box(default=nn.Linear(s['lora_rank'], outputs, bias=False))
            nn.init.zeros_(self.lora_B.default.weight)

    def forward(self, x):
        y = self.base_layer(x)
        return y + self.scale * self.lora_B.default(self.lora_A.default(x)) if self.scale else y


class RMSNorm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


def rotate(x, cos, sin):
    """Rotary position code, half-split layout; x (B, heads, n, d), cos and sin (B, 1, n, d / 2)."""
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class DecoderLayer(nn.Module):
    def __init__(self, s):
        super().__init__()
        d, head = s['dim'], s['dim'] // s['heads']
        self.heads, self.kv_heads = s['heads'], s['kv_heads']
        self.input_layernorm, self.post_attention_layernorm = RMSNorm(d), RMSNorm(d)
        self.self_attn = _box(q_proj=LoraLinear(d, d, s), k_proj=LoraLinear(d, head * self.kv_heads, s),
                              v_proj=LoraLinear(d, head * self.kv_heads, s), o_proj=LoraLinear(d, d, s))
        self.mlp = _box(gate_proj=LoraLinear(d, s['hidden'], s), up_proj=LoraLinear(d, s['hidden'], s),
                        down_proj=LoraLinear(s['hidden'], d, s))

    def forward(self, x, cos, sin, mask, cache=None):
        a, y = self.self_attn, self.input_layernorm(x)
        q, k, v = split_heads(a.q_proj(y), self.heads), split_heads(a.k_proj(y), self.kv_heads), split_heads(a.v_proj(y), self.kv_heads)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if cache is not None:
            if cache:
                k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            cache[:] = [k, v]
        repeat = self.heads // self.kv_heads
        k, v = k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)
        x = x + a.o_proj(attention(q, k, v, mask))
        y, m = self.post_attention_layernorm(x), self.mlp
        return x + m.down_proj(F.silu(m.gate_proj(y)) * m.up_proj(y))


class LanguageModel(nn.Module):
    def __init__(self, s):
        super().__init__()
        decoder = _box(embed_tokens=nn.Embedding(s['vocab'], s['dim']),
                       layers=nn.ModuleList(DecoderLayer(s) for _ in range(s['layers'])), norm=RMSNorm(s['dim']))
        self.base_model = _box(model=_box(model=decoder, lm_head=LoraLinear(s['dim'], s['vocab'], s)))
        head = s['dim'] // s['heads']
        self.register_buffer('inverse', 1.0 / s['theta'] ** (torch.arange(0, head, 2).float() / head), persistent=False)

    def embed(self, ids):
        return self.base_model.model.model.embed_tokens(ids)

    def logits(self, hidden):
        return self.base_model.model.lm_head(hidden)

    def forward(self, x, positions, mask, caches=None):
        """Embeddings (B, n, D), positions (B, n), additive mask -> final-norm hidden states (B, n, D)."""
        angle = positions[..., None].float() * self.inverse
        cos, sin = angle.cos()[:, None], angle.sin()[:, None]
        decoder = self.base_model.model.model
        for i, layer in enumerate(decoder.layers):
            x = layer(x, cos, sin, mask, None if caches is None else caches[i])
        return decoder.norm(x)


# ---------------------------------------------------------------- whole

def two_layers(a, b, c):
    return nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c))


class VideoChat(nn.Module):
    def __init__(self, sizes=SIZES):
        super().__init__()
        s = self.sizes = dict(sizes)
        d = s['dim']
        self.query_tokens = nn.Parameter(torch.randn(1, s['queries'], s['q_dim']) * .5)
        self.extra_query_tokens = nn.Parameter(torch.randn(1, s['extra_queries'], s['q_dim']) * .5)
        self.vision_encoder = VisionEncoder(s)
        self.vision_layernorm = nn.LayerNorm(s['vision_dim'], eps=1e-12)
        self.qformer = QFormer(s)
        self.project_up = nn.Linear(s['q_dim'], d)
        self.lm = LanguageModel(s)
        self.loc_encoder, self.loc_decoder = two_layers(4, d // 2, d), two_layers(d, d // 2, 4)
        self.track_embed = MLP(d, d, 3 * s['sam_dim'])
        self.track_embed_decode2 = MLP(d, d, 4)
        self.temporal_embed = MLP(d, d, 2)
        self._initialise()

    def _initialise(self):
        for name, m in self.named_modules():
            if isinstance(m, nn.Linear) and name.startswith('lm.'):
                gain = .5 if name.endswith(('o_proj.base_layer', 'down_proj.base_layer')) else 1.
                nn.init.normal_(m.weight, 0, gain * m.in_features ** -.5)
            elif isinstance(m, nn.Linear) and name.startswith(('vision_encoder', 'qformer')):
                nn.init.xavier_uniform_(m.weight)
                if m.bias is not None:
                    nn.init.zeros_(m.bias)
        nn.init.normal_(self.lm.base_model.model.model.embed_tokens.weight, 0, .02)

    def queries(self):
        return torch.cat([self.query_tokens, self.extra_query_tokens], 1)

    def vision(self, frames):
        """Vision tokens (B, T * P, d) of uint8 frames (B, T, H, W, 3)."""
        return self.vision_layernorm(self.vision_encoder(frames).float())

    def see(self, frames):
        """Vision tokens and Q-Former outputs."""
        tokens = self.vision(frames)
        return tokens, self.qformer(self.queries(), tokens)

    def read(self, batch, slots):
        """Final hidden states of a packed batch (data.py) whose visual placeholders are filled from the Q-Former outputs."""
        x = self.lm.embed(batch['ids'])
        start, count = batch['visual_start'], slots.shape[1]
        x = torch.cat([x[:, :start], self.project_up(slots).float(), x[:, start + count:]], 1)
        if len(batch['box_rows']):                                # <track_box> positions carry the encoded user box
            rows, columns = batch['box_rows'].unbind(1)
            x = x.index_put((rows, columns), self.loc_encoder(batch['box_values']).float())
        mask = torch.zeros(batch['allow'].shape).masked_fill(~batch['allow'], -1e9)[:, None]
        return self.lm(x, batch['positions'], mask)


def load_model(path):
    """Model and tokenizer-independent settings from a checkpoint of train.py."""
    saved = torch.load(path, map_location='cpu')
    model = VideoChat(saved['sizes'])
    model.load_state_dict(saved['model'])
    return model.eval()


def count_parameters(module):
    return sum(p.numel() for p in module.parameters())


if __name__ == '__main__':
    model = VideoChat()
    print(json.dumps({k: count_parameters(m) for k, m in model.named_children()} | {'all': count_parameters(model)}))
