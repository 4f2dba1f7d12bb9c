"""Prompt encoder and mask decoder of SAM 2 (`sam_prompt_encoder.*`, `sam_mask_decoder.*`)."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from sam_image import LayerNorm2d, Mlp, attend, split_heads

NOT_A_POINT, NEGATIVE, POSITIVE, TOP_LEFT, BOTTOM_RIGHT = -1, 0, 1, 2, 3


class Fourier(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.register_buffer('positional_encoding_gaussian_matrix', torch.randn(2, width // 2))

    def forward(self, points):
        """points (..., 2) in 0..1 -> (..., width)"""
        angle = 2 * math.pi * ((2 * points - 1) @ self.positional_encoding_gaussian_matrix)
        return torch.cat([angle.sin(), angle.cos()], -1)


class PromptEncoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, channels = config['d_model'], config['mask_in_chans']
        self.image_size = config['image_size']
        self.grid = self.image_size // config['backbone_stride']
        self.pe_layer = Fourier(width)
        self.point_embeddings = nn.ModuleList(nn.Embedding(1, width) for _ in range(4))
        self.not_a_point_embed = nn.Embedding(1, width)
        self.no_mask_embed = nn.Embedding(1, width)
        self.mask_downscaling = nn.Sequential(
            nn.Conv2d(1, channels // 4, 2, 2), LayerNorm2d(channels // 4), nn.GELU(),
            nn.Conv2d(channels // 4, channels, 2, 2), LayerNorm2d(channels), nn.GELU(),
            nn.Conv2d(channels, width, 1))

    def dense_position(self):
        """Code of every pixel of the feature grid, (1, width, grid, grid)."""
        centre = (torch.arange(self.grid) + 0.5) / self.grid
        y, x = torch.meshgrid(centre, centre, indexing='ij')
        return self.pe_layer(torch.stack([x, y], -1)).permute(2, 0, 1)[None]

    def sparse(self, points, labels):
        """points (batch, n, 2) in 0..1, labels (n,) of the constants above -> (batch, n + 1, width).

        A padding point is always appended, as in the published model.
        """
        code = self.pe_layer((points * self.image_size + 0.5) / self.image_size)
        padding = self.not_a_point_embed.weight
        columns = []
        for index, label in enumerate(labels):
            if label == NOT_A_POINT:
                columns.append(padding.expand(len(points), -1))
            else:
                columns.append(code[:, index] + self.point_embeddings[label].weight)
        columns.append(padding.expand(len(points), -1))
        return torch.stack(columns, 1)

    def box(self, box):
        """box (batch, 4) x0 y0 x1 y1 in 0..1 -> (batch, 3, width)"""
        return self.sparse(box.view(-1, 2, 2), [TOP_LEFT, BOTTOM_RIGHT])

    def nothing(self, batch):
        return self.sparse(torch.zeros(batch, 1, 2), [NOT_A_POINT])

    def dense(self, batch, mask=None):
        if mask is not None:
            return self.mask_downscaling(mask)
        return self.no_mask_embed.weight.view(1, -1, 1, 1).expand(batch, -1, self.grid, self.grid)


class Attention(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(width, inner) for _ in range(3))
        self.out_proj = nn.Linear(inner, width)

    def forward(self, q, k, v):
        q, k, v = self.q_proj(q), self.k_proj(k), self.v_proj(v)
        return self.out_proj(attend(*[split_heads(t, self.heads) for t in (q, k, v)]))


class TwoWayLayer(nn.Module):
    def __init__(self, config, first):
        super().__init__()
        width, heads = config['d_model'], config['decoder_heads']
        inner = width // config['decoder_attention_downsample']
        self.first = first
        self.self_attn = Attention(width, heads, width)
        self.norm1 = nn.LayerNorm(width)
        self.cross_attn_token_to_image = Attention(width, heads, inner)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = Mlp([width, config['decoder_mlp_dim'], width])
        self.norm3 = nn.LayerNorm(width)
        self.norm4 = nn.LayerNorm(width)
        self.cross_attn_image_to_token = Attention(width, heads, inner)

    def forward(self, q, q_pos, k, k_pos):
        if self.first:
            q = self.self_attn(q, q, q)          # replaces, does not add
        else:
            q = q + self.self_attn(q + q_pos, q + q_pos, q)
        q = self.norm1(q)
        q = self.norm2(q + self.cross_attn_token_to_image(q + q_pos, k + k_pos, k))
        q = self.norm3(q + self.mlp(q))
        k = self.norm4(k + self.cross_attn_image_to_token(k + k_pos, q + q_pos, q))
        return q, k


class TwoWayTransformer(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, heads = config['d_model'], config['decoder_heads']
        self.layers = nn.ModuleList(TwoWayLayer(config, i == 0) for i in range(config['decoder_layers']))
        self.final_attn_token_to_image = Attention(width, heads, width // config['decoder_attention_downsample'])
        self.norm_final_attn = nn.LayerNorm(width)

    def forward(self, tokens, k, k_pos):
        q = tokens
        for layer in self.layers:
            q, k = layer(q, tokens, k, k_pos)
        q = self.norm_final_attn(q + self.final_attn_token_to_image(q + tokens, k + k_pos, k))
        return q, k


class MaskDecoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, hidden = config['d_model'], config['iou_head_hidden_dim']
        self.transformer = TwoWayTransformer(config)
        self.iou_token = nn.Embedding(1, width)
        self.mask_tokens = nn.Embedding(4, width)
        self.obj_score_token = nn.Embedding(1, width)
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(width, width // 4, 2, 2), LayerNorm2d(width // 4), nn.GELU(),
            nn.ConvTranspose2d(width // 4, width // 8, 2, 2), nn.GELU())
        self.conv_s0 = nn.Conv2d(width, width // 8, 1)
        self.conv_s1 = nn.Conv2d(width, width // 4, 1)
        self.output_hypernetworks_mlps = nn.ModuleList(Mlp([width, width, width, width // 8]) for _ in range(4))
        self.iou_prediction_head = Mlp([width, hidden, hidden, 4])
        self.pred_obj_score_head = Mlp([width, width, width, 1])

    def upscale(self, x, fine0, fine1):
        up1, norm, gelu, up2, _ = self.output_upscaling
        x = gelu(norm(up1(x) + fine1))
        return gelu(up2(x) + fine0)

    def forward(self, x, position, sparse, dense, fine0, fine1):
        """Returns 4 mask logits (batch, 4, h, w), 4 IoU estimates, the object score and the 4 mask tokens."""
        batch, width, height, columns = x.shape
        own = torch.cat([self.obj_score_token.weight, self.iou_token.weight, self.mask_tokens.weight])
        tokens = torch.cat([own[None].expand(batch, -1, -1), sparse], 1)
        k = (x + dense).flatten(2).transpose(1, 2)
        k_pos = position.flatten(2).transpose(1, 2)
        q, k = self.transformer(tokens, k, k_pos)
        up = self.upscale(k.transpose(1, 2).reshape(batch, width, height, columns), fine0, fine1)
        weights = torch.stack([mlp(q[:, 2 + i]) for i, mlp in enumerate(self.output_hypernetworks_mlps)], 1)
        masks = (weights @ up.flatten(2)).view(batch, 4, *up.shape[2:])
        ious = self.iou_prediction_head(q[:, 1]).sigmoid()
        return masks, ious, self.pred_obj_score_head(q[:, 0])[:, 0], q[:, 2:6]
