"""The mask head of the nano model: SAM 2 (release 2.0 layout) at tiny size.

`Sam` holds the modules under their published names and the steps that training and tracking share; `track` is the
published flow for one object: prompt on the first frame, memory on the others.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from sam_decoder import MaskDecoder, PromptEncoder
from sam_image import ImageEncoder, Mlp
from sam_memory import MemoryAttention, MemoryEncoder, sine_grid

NANO_SAM = {
    'release': '2.0', 'image_size': 256, 'embed_dim': 16, 'num_heads': 1, 'stages': [1, 1, 4, 1], 'global_att_blocks': [3, 5],
    'window_spec': [8, 4, 8, 4], 'window_pos_embed_bkg_spatial_size': [7, 7], 'q_stride': 2, 'backbone_stride': 16,
    'd_model': 64, 'mem_dim': 32, 'decoder_layers': 2, 'decoder_heads': 4, 'decoder_attention_downsample': 2,
    'decoder_mlp_dim': 256, 'iou_head_hidden_dim': 64, 'mask_in_chans': 16, 'mem_attn_layers': 2, 'mem_attn_ffn_dim': 256,
    'mem_fuser_layers': 2, 'mem_mask_channels': [1, 4, 16, 32, 64], 'num_maskmem': 4, 'max_obj_ptrs_in_encoder': 4,
    'rope_theta': 10000.0, 'sigmoid_scale_for_mem_enc': 20.0, 'sigmoid_bias_for_mem_enc': -10.0,
    'stability_delta': 0.05, 'stability_thresh': 0.98, 'fill_hole_area': 8,
}
ABSENT = -1024.0          # logits of a frame without the object
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def normalise(frames):
    """uint8 (batch, 3, height, width) -> float"""
    return (frames.float() / 255 - MEAN) / STD


def resize(mask, size):
    return F.interpolate(mask, size=(size, size), mode='bilinear', align_corners=False)


def fill_holes(logits, area):
    """Sets the connected regions (8-neighbourhood) of at most `area` pixels of logits (n, h, w) <= 0 to 0.1."""
    background = logits <= 0
    height, width = logits.shape[-2:]
    label = torch.arange(1, height * width + 1, dtype=torch.float32).view(1, height, width) * background
    while True:                                   # the largest label of a region spreads over it
        spread = F.max_pool2d(label[:, None], 3, 1, 1)[:, 0] * background
        if torch.equal(spread, label):
            break
        label = spread
    flat = label.flatten(1).long()
    sizes = torch.zeros(len(flat), height * width + 1, dtype=torch.long)
    sizes.scatter_add_(1, flat, torch.ones_like(flat))
    small = (sizes.gather(1, flat) <= area).view_as(background) & background
    return torch.where(small, torch.full_like(logits, 0.1), logits)


class Sam(nn.Module):
    def __init__(self, config=None):
        super().__init__()
        self.config = config = dict(config or NANO_SAM)
        width, memory = config['d_model'], config['mem_dim']
        grid = config['image_size'] // config['backbone_stride']
        self.image_encoder = ImageEncoder(config)
        self.sam_prompt_encoder = PromptEncoder(config)
        self.sam_mask_decoder = MaskDecoder(config)
        self.memory_encoder = MemoryEncoder(config)
        self.memory_attention = MemoryAttention(config)
        self.obj_ptr_proj = Mlp([width, width, width, width])
        self.mask_downsample = nn.Conv2d(1, 1, 4, 4)
        self.maskmem_tpos_enc = nn.Parameter(torch.randn(config['num_maskmem'], 1, 1, memory) * 0.02)
        self.no_mem_embed = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.no_mem_pos_enc = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.no_obj_ptr = nn.Parameter(torch.randn(1, width) * 0.02)
        self.register_buffer('memory_position', sine_grid(grid, memory), persistent=False)

    # -- steps ----------------------------------------------------------------------------------------------------

    def encode(self, frames):
        """uint8 frames -> (stride-4 map, stride-8 map, features) of width d_model."""
        return self.image_encoder(normalise(frames))

    def fine(self, level0, level1):
        """High-resolution maps as the decoder wants them."""
        return self.sam_mask_decoder.conv_s0(level0), self.sam_mask_decoder.conv_s1(level1)

    def without_memory(self, features):
        return features + self.no_mem_embed.view(1, -1, 1, 1)

    def decode(self, features, sparse, fine, dense_mask=None):
        dense = self.sam_prompt_encoder.dense(len(features), dense_mask)
        return self.sam_mask_decoder(features, self.sam_prompt_encoder.dense_position(), sparse, dense, *fine)

    def pointer(self, token, present):
        """Object pointer of a mask token; `present` is 0 or 1 per item."""
        present = present.float()[:, None]
        return present * self.obj_ptr_proj(token) + (1 - present) * self.no_obj_ptr

    def remember(self, features, mask):
        """Memory of a frame from its raw features and its mask (values 0..1, full size)."""
        scaled = mask * self.config['sigmoid_scale_for_mem_enc'] + self.config['sigmoid_bias_for_mem_enc']
        return self.memory_encoder(features, scaled)

    def recall(self, features, memories, pointers):
        """Conditions features on memories [(map, temporal index)] and object pointers [(batch, d_model)]."""
        batch, width = len(features), self.config['mem_dim']
        values, positions = [], []
        for memory, index in memories:
            values.append(memory.flatten(2).transpose(1, 2))
            position = self.memory_position.flatten(2).transpose(1, 2) + self.maskmem_tpos_enc[index]
            positions.append(position.expand(batch, -1, -1))
        tokens = torch.stack(pointers, 1).view(batch, -1, width)
        values.append(tokens)
        positions.append(torch.zeros_like(tokens))
        return self.memory_attention(features, torch.cat(values, 1), torch.cat(positions, 1), tokens.shape[1])

    def bank(self, frame, prompted, tracked):
        """Chooses memories and pointers for a frame, tracking forward.

        `prompted` and `tracked` map a frame index to (memory, pointer).
        """
        last = self.config['num_maskmem'] - 1
        memories = [(memory, last) for memory, _ in prompted.values()]
        pointers = [pointer for _, pointer in prompted.values()]
        for distance in range(last, 0, -1):
            if frame - distance in tracked:
                memories.append((tracked[frame - distance][0], distance - 1))
        for distance in range(1, self.config['max_obj_ptrs_in_encoder']):
            if frame - distance in tracked:
                pointers.append(tracked[frame - distance][1])
        return memories, pointers

    # -- published selection rules ----------------------------------------------------------------------------------

    def choose(self, masks, ious, score, tokens, multimask):
        """Best mask (batch, h, w) with the object gate, its IoU estimate and the pointer."""
        rows = torch.arange(len(masks))
        best = ious[:, 1:].argmax(1) + 1
        if multimask:
            index, token = best, tokens[rows, best]
        else:
            delta = self.config['stability_delta']
            inside = (masks[:, 0] > delta).flatten(1).sum(1).float()
            outside = (masks[:, 0] > -delta).flatten(1).sum(1).float()
            stability = torch.where(outside > 0, inside / outside.clamp(min=1), torch.ones_like(inside))
            index = torch.where(stability < self.config['stability_thresh'], best, torch.zeros_like(best))
            token = tokens[:, 0]
        mask = masks[rows, index]
        present = score > 0
        mask = torch.where(present[:, None, None], mask, torch.full_like(mask, ABSENT))
        return mask, ious[rows, index], self.pointer(token, present)


@torch.no_grad()
def track(model, frames, sparse):
    """Follows one object per batch item through uint8 frames (batch, time, 3, size, size).

    `sparse` is the prompt code (batch, 3, d_model) of a box on frame 0.  Returns low-resolution logits
    (batch, time, h, w) with small holes filled and object scores (batch, time).
    """
    batch, time = frames.shape[:2]
    size = model.config['image_size']
    prompted, tracked, logits, scores = {}, {}, [], []
    for index in range(time):
        level0, level1, features = model.encode(frames[:, index])
        fine = model.fine(level0, level1)
        if index == 0:
            out = model.decode(model.without_memory(features), sparse, fine)
        else:
            x = model.recall(features, *model.bank(index, prompted, tracked))
            out = model.decode(x, model.sam_prompt_encoder.nothing(batch), fine)
        mask, _, pointer = model.choose(*out, multimask=index > 0)
        filled = fill_holes(mask, model.config['fill_hole_area'])
        logits.append(filled)
        scores.append(out[2])
        full = (resize(filled[:, None], size) > 0).float() if index == 0 else resize(mask[:, None], size).sigmoid()
        (tracked if index else prompted)[index] = model.remember(features, full), pointer
    return torch.stack(logits, 1), torch.stack(scores, 1)


def load(path):
    """A model from a checkpoint of sam_train.py."""
    state = torch.load(path, map_location='cpu')
    model = Sam(state['config'])
    model.load_state_dict(state['model'])
    return model.eval()


def tensors(model):
    """Weights under their published names."""
    return {'sam.' + name: value.detach() for name, value in model.state_dict().items()}
