"""The temporal head of the nano model: CG-DETR at tiny size, under its published parameter names.

Given one feature per second of video and the words of a query (with the language model's hidden state as one more
word), it predicts time spans as (centre, width) in parts of the video, and a saliency score per second.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from sam_image import Mlp

NANO_CGDETR = {
    'num_prompts': 1, 't2v_layers': 2, 'sent_layers': 1, 'moment_layers': 1, 'dummy_layers': 1, 'enc_layers': 2, 'dec_layers': 2,
    'n_input_proj': 2, 'nheads': 4, 'hidden_dim': 96, 'dim_feedforward': 256, 'v_feat_dim': 130, 't_feat_dim': 192,
    'num_dummies': 8, 'total_prompts': 4, 'num_queries': 10,
}


def split(x, heads):
    return x.view(*x.shape[:2], heads, -1).transpose(1, 2)


def join(x):
    return x.transpose(1, 2).flatten(2)


def softmax_weights(q, k, valid):
    """Attention weights of split heads; valid (batch, keys) is true for real keys."""
    scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2))
    if valid is not None:
        scores = scores.masked_fill(~valid[:, None, None], -1e9)
    return scores.softmax(-1)


def inverse_sigmoid(x):
    x = x.clamp(0, 1)
    return torch.log(x.clamp(min=1e-3) / (1 - x).clamp(min=1e-3))


def sine(values, width):
    """values (...,) in 0..1 -> (..., width), sine and cosine interleaved."""
    index = torch.arange(width)
    divisor = 10000 ** (2 * torch.div(index, 2, rounding_mode='floor') / width)
    angle = values[..., None] * 2 * math.pi / divisor
    return torch.where(index % 2 == 0, angle.sin(), angle.cos())


def video_position(valid, width):
    """Code of the running count of valid clips, (batch, clips, width)."""
    count = valid.float().cumsum(1)
    return sine(count / (count[:, -1:] + 1e-6), width)


class InputLayer(nn.Module):
    def __init__(self, width_in, width, relu, dropout=0.1):
        super().__init__()
        self.LayerNorm = nn.LayerNorm(width_in)
        self.net = nn.Sequential(nn.Dropout(dropout), nn.Linear(width_in, width))
        self.relu = relu

    def forward(self, x):
        x = self.net(self.LayerNorm(x))
        return F.relu(x) if self.relu else x


def input_projection(width_in, width):
    return nn.Sequential(InputLayer(width_in, width, True), InputLayer(width, width, False))


class PackedAttention(nn.Module):
    """Self-attention with one packed input projection (rows q, k, v)."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.in_proj_weight)

    def forward(self, x, position, valid):
        width = x.shape[-1]
        q, k = F.linear(x + position, self.in_proj_weight[:2 * width], self.in_proj_bias[:2 * width]).chunk(2, -1)
        v = F.linear(x, self.in_proj_weight[2 * width:], self.in_proj_bias[2 * width:])
        weights = softmax_weights(split(q, self.heads), split(k, self.heads), valid)
        return self.out_proj(join(torch.matmul(weights, split(v, self.heads))))


class OutputOnly(nn.Module):
    """Attention that has only an output projection of its own."""

    def __init__(self, width):
        super().__init__()
        self.out_proj = nn.Linear(width, width)


class EncoderLayer(nn.Module):
    def __init__(self, width, hidden, heads):
        super().__init__()
        self.self_attn = PackedAttention(width, heads)
        self.linear1, self.linear2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.activation = nn.PReLU()

    def forward(self, x, position, valid):
        x = self.norm1(x + self.self_attn(x, position, valid))
        return self.norm2(x + self.linear2(self.activation(self.linear1(x))))


class T2VLayer(nn.Module):
    """Clips attend to dummies and words; what falls on the dummies is lost from the sum."""

    def __init__(self, width, hidden, heads, dummies):
        super().__init__()
        self.heads, self.dummies = heads, dummies
        self.self_attn = OutputOnly(width)
        self.linear1, self.linear2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.activation = nn.PReLU()

    def finish(self, x, total):
        a = x + self.self_attn.out_proj(total)
        h = self.linear2(self.activation(self.linear1(self.norm1(a))))
        return self.norm2(a + h)                 # starts from a, not from norm1(a)

    def forward(self, x, position, text, text_position, valid):
        q, k = split(x + position, self.heads), split(text + text_position, self.heads)
        weights = softmax_weights(q, k, valid)
        v = split(text, self.heads)[:, :, self.dummies:]
        total = join(torch.matmul(weights[..., self.dummies:], v))
        return self.finish(x, total), weights.mean(1)

    def without_keys(self, x):
        return self.finish(x, torch.zeros_like(x))


class DecoderLayer(nn.Module):
    NAMES = ['sa_qcontent', 'sa_qpos', 'sa_kcontent', 'sa_kpos', 'sa_v', 'ca_qcontent', 'ca_kcontent', 'ca_kpos', 'ca_v', 'ca_qpos_sine']

    def __init__(self, width, hidden, heads, first):
        super().__init__()
        self.heads, self.first = heads, first
        for name in self.NAMES + (['ca_qpos'] if first else []):
            setattr(self, name + '_proj', nn.Linear(width, width))
        self.self_attn, self.cross_attn = OutputOnly(width), OutputOnly(width)
        self.linear1, self.linear2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))
        self.activation = nn.PReLU()

    def forward(self, x, query_position, query_sine, memory, position, valid):
        q = split(self.sa_qcontent_proj(x) + self.sa_qpos_proj(query_position), self.heads)
        k = split(self.sa_kcontent_proj(x) + self.sa_kpos_proj(query_position), self.heads)
        v = split(self.sa_v_proj(x), self.heads)
        x = self.norm1(x + self.self_attn.out_proj(join(torch.matmul(softmax_weights(q, k, None), v))))
        q, k = self.ca_qcontent_proj(x), self.ca_kcontent_proj(memory)
        k_position = self.ca_kpos_proj(position)
        if self.first:
            q, k = q + self.ca_qpos_proj(query_position), k + k_position
        q = torch.cat([split(q, self.heads), split(self.ca_qpos_sine_proj(query_sine), self.heads)], -1)
        k = torch.cat([split(k, self.heads), split(k_position, self.heads)], -1)
        v = split(self.ca_v_proj(memory), self.heads)
        x = self.norm2(x + self.cross_attn.out_proj(join(torch.matmul(softmax_weights(q, k, valid), v))))
        return self.norm3(x + self.linear2(self.activation(self.linear1(x))))


class Decoder(nn.Module):
    def __init__(self, width, hidden, heads, count):
        super().__init__()
        self.layers = nn.ModuleList(DecoderLayer(width, hidden, heads, i == 0) for i in range(count))
        self.norm = nn.LayerNorm(width)
        self.query_scale = Mlp([width, width, width])
        self.ref_point_head = Mlp([width, width, width])
        self.ref_anchor_head = Mlp([width, width, 1])
        self.bbox_embed = Mlp([width, width, width, 2])

    def forward(self, reference, memory, position, valid):
        """Returns per layer the normalised queries and the (centre, width) that entered the layer."""
        width = memory.shape[-1]
        x = torch.zeros(*reference.shape[:2], width)
        outputs, references = [], []
        entering = reference
        for index, layer in enumerate(self.layers):
            code = torch.cat([sine(reference[..., 0], width // 2), sine(reference[..., 1], width // 2)], -1)
            query_position = self.ref_point_head(code)
            if index:
                code = code * self.query_scale(x)
            code = code * (self.ref_anchor_head(x).sigmoid() / reference[..., 1:].clamp(min=1e-6))
            x = layer(x, query_position, code, memory, position, valid)
            outputs.append(self.norm(x))
            references.append(entering)
            entering = (self.bbox_embed(x) + inverse_sigmoid(reference)).sigmoid()
            reference = entering.detach()
        return outputs, references


class Stack(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x, position, valid):
        for layer in self.layers:
            x = layer(x, position, valid)
        return x


class Transformer(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, hidden, heads = config['hidden_dim'], config['dim_feedforward'], config['nheads']
        encoder = lambda count: Stack(EncoderLayer(width, hidden, heads) for _ in range(count))
        self.t2v_encoder = Stack(T2VLayer(width, hidden, heads, config['num_dummies']) for _ in range(config['t2v_layers']))
        self.mcls_encoder = encoder(config['moment_layers'])
        self.encoder = encoder(config['enc_layers'])
        self.decoder = Decoder(width, hidden, heads, config['dec_layers'])


class UnusedTextPosition(nn.Module):
    """Part of the published layout, never used."""

    def __init__(self, width):
        super().__init__()
        self.position_embeddings = nn.Embedding(100, width)
        self.LayerNorm = nn.LayerNorm(width)


class CgDetr(nn.Module):
    def __init__(self, config=None):
        super().__init__()
        self.config = config = dict(config or NANO_CGDETR)
        width, heads, hidden = config['hidden_dim'], config['nheads'], config['dim_feedforward']
        self.input_vid_proj = input_projection(config['v_feat_dim'], width)
        self.input_txt_proj = input_projection(config['t_feat_dim'], width)
        self.token_type_embeddings = nn.Embedding(2, width)
        nn.init.normal_(self.token_type_embeddings.weight, std=0.02)
        self.txtproj_encoder = Stack(EncoderLayer(width, hidden, heads) for _ in range(config['dummy_layers']))
        self.scls_encoder = Stack(EncoderLayer(width, hidden, heads) for _ in range(config['sent_layers']))
        self.transformer = Transformer(config)
        self.dummy_rep_token = nn.Parameter(torch.randn(config['num_dummies'], width))
        self.dummy_rep_pos = nn.Parameter(torch.randn(config['num_dummies'], width))
        self.global_rep_token = nn.Parameter(torch.randn(config['total_prompts'], width))
        self.global_rep_pos = nn.Parameter(torch.randn(1, width))
        for name in ('moment_rep_token', 'moment_rep_pos', 'sent_rep_token', 'sent_rep_pos'):
            setattr(self, name, nn.Parameter(torch.randn(width)))
        self.query_embed = nn.Embedding(config['num_queries'], 2)
        self.span_embed = Mlp([width, width, width, 2])
        self.class_embed = nn.Linear(width, 2)
        self.saliency_proj1, self.saliency_proj2 = nn.Linear(width, width), nn.Linear(width, width)
        self.txt_proj_linear = InputLayer(config['t_feat_dim'], width, False)
        self.txt_position_embed = UnusedTextPosition(width)

    def words(self, text, text_valid, prompt):
        """Projected words with the prompt token after the last valid word, and their mask."""
        batch, count, _ = text.shape
        at = text_valid.long().sum(1)
        text = torch.cat([text, torch.zeros_like(text[:, :1])], 1)
        index = torch.arange(count + 1)[None]
        text = torch.where((index == at[:, None])[..., None], prompt, text)
        valid = index <= at[:, None]
        return self.input_txt_proj(text) + self.token_type_embeddings.weight[0], valid

    def saliency_token(self, video, valid, attention, words_from):
        """Best prompt, weighted by what the clips have in common with it, plus the mean clip."""
        mask = valid.float()[..., None]
        mean = ((video * mask).sum(1) / mask.sum(1)).detach()
        unit = lambda x: F.normalize(x, dim=-1)
        similarity = torch.matmul(unit(video - mean[:, None]), unit(self.global_rep_token).t()).softmax(-1)
        weight = (attention[..., words_from:].sum(-1) * valid.float()).detach()
        weight = weight / weight.sum(1, keepdim=True).clamp(min=1e-9) * video.shape[1]
        score = (similarity * weight[..., None]).mean(1)
        best = score.topk(self.config['num_prompts'], 1)
        picked = (best.values[..., None] * self.global_rep_token[best.indices]).sum(1)
        return (picked + mean)[:, None]

    def forward(self, video, valid, text, text_valid, prompt):
        """video (batch, clips, v_feat_dim), text (batch, words, t_feat_dim), prompt (batch, 1, t_feat_dim), masks bool.

        Returns a dictionary: logits and spans per decoder layer, saliency and t2v (batch, clips), and what the
        training losses need.
        """
        batch, dummies = len(video), self.config['num_dummies']
        width = self.config['hidden_dim']
        clips = self.input_vid_proj(video) + self.token_type_embeddings.weight[1]
        words, word_valid = self.words(text, text_valid, prompt)
        position = video_position(valid, width)
        text_valid = torch.cat([torch.ones(batch, dummies, dtype=torch.bool), word_valid], 1)
        text_position = torch.cat([self.dummy_rep_pos.expand(batch, -1, -1), torch.zeros_like(words)], 1)
        own = torch.cat([self.dummy_rep_token.expand(batch, -1, -1), words], 1)
        seen = self.txtproj_encoder(own, text_position, text_valid)[:, :dummies]
        text = torch.cat([seen, words], 1)
        x, attention = clips, 0
        for layer in self.transformer.t2v_encoder.layers:
            x, weights = layer(x, position, text, text_position, text_valid)
            attention = attention + weights / len(self.transformer.t2v_encoder.layers)
        token = self.saliency_token(clips, valid, attention, dummies)
        for layer in self.transformer.t2v_encoder.layers:
            token = layer.without_keys(token)
        full = torch.cat([token, x], 1)
        full_position = torch.cat([self.global_rep_pos.expand(batch, 1, -1), position], 1)
        full_valid = torch.cat([torch.ones(batch, 1, dtype=torch.bool), valid], 1)
        full = self.transformer.encoder(full, full_position, full_valid)
        whole = full[:, :1]
        memory = full[:, 1:] + whole
        reference = self.query_embed.weight.sigmoid().expand(batch, -1, -1)
        queries, references = self.transformer.decoder(reference, memory, position, valid)
        logits = [self.class_embed(q) for q in queries]
        spans = [(self.span_embed(q) + inverse_sigmoid(r)).sigmoid() for q, r in zip(queries, references)]
        saliency = (self.saliency_proj1(memory) * self.saliency_proj2(whole)).sum(-1) / math.sqrt(width)
        t2v = (attention[..., dummies:] * word_valid[:, None].float()).sum(-1).clamp(0, 1)
        return {'logits': logits, 'spans': spans, 'saliency': saliency, 't2v': t2v, 'attention': attention, 'clips': clips,
                'words': words, 'word_valid': word_valid, 'dummies': seen, 'position': position}

    # -- training only ------------------------------------------------------------------------------------------------

    def moment(self, clips, position, valid):
        """Moment token and clips, attending to the valid clips only."""
        batch = len(clips)
        x = torch.cat([self.moment_rep_token.expand(batch, 1, -1), clips], 1)
        code = torch.cat([self.moment_rep_pos.expand(batch, 1, -1), position], 1)
        mask = torch.cat([torch.ones(batch, 1, dtype=torch.bool), valid], 1)
        x = self.transformer.mcls_encoder(x, code, mask)
        return x[:, 0], x[:, 1:]

    def sentence(self, tokens, position, valid):
        batch = len(tokens)
        x = torch.cat([self.sent_rep_token.expand(batch, 1, -1), tokens], 1)
        code = torch.cat([self.sent_rep_pos.expand(batch, 1, -1), position], 1)
        mask = torch.cat([torch.ones(batch, 1, dtype=torch.bool), valid], 1)
        x = self.scls_encoder(x, code, mask)
        return x[:, 0], x[:, 1:]


def tensors(model):
    """Weights under their published names, with the class weights of the criterion."""
    out = {'cg_model.' + name: value.detach() for name, value in model.state_dict().items()}
    out['cg_criterion.empty_weight'] = torch.tensor([1.0, 0.1])
    return out
