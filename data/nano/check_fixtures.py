"""Does this PyTorch code mean the same as the reference?  python3 check_fixtures.py FOLDER

FOLDER holds reference fixtures (01-vit, 02-qformer, 03-mistral-lora, 06-task-heads: published tensor names, inputs and
expected outputs).  Each is loaded into the modules of vlm.py; the largest error must stay below 8 times its tolerance.
"""
import json
import os
import sys

import torch

import safetensors_file
from vlm import MLP, SIZES, LanguageModel, QFormer, VisionEncoder, two_layers


def load(module, tensors, prefix=''):
    """Fill a module from named tensors; every parameter must be there."""
    state = {k: tensors[prefix + k] for k in module.state_dict()}
    module.load_state_dict(state)
    return module.eval()


def vit(t, h):
    sizes = dict(SIZES, patch=h['patch_size'], vision_dim=h['embed_dim'], vision_heads=h['num_heads'], vision_blocks=h['depth_run'],
                 stored_frames=h['ckpt_num_frame'])
    encoder = load(VisionEncoder(sizes), t, 'vision_encoder.')
    norm = load(torch.nn.LayerNorm(h['embed_dim'], eps=1e-12), t, 'vision_layernorm.')
    see = lambda x: encoder(x.permute(0, 2, 3, 1)[None])[0]
    return {'out.video.prenorm': see(t['in.video']), 'out.video.features': norm(see(t['in.video'])),
            'out.image.features': norm(see(t['in.image']))}


def qformer(t, h):
    sizes = dict(SIZES, vision_dim=h['encoder_width'], q_dim=h['hidden_size'], q_heads=h['num_attention_heads'],
                 q_layers=h['num_hidden_layers'], q_hidden=h['intermediate_size'])
    module = load(QFormer(sizes), t, 'qformer.')
    up = load(torch.nn.Linear(h['hidden_size'], h['llm_hidden_size']), t, 'project_up.')
    queries = torch.cat([t['query_tokens'], t['extra_query_tokens']], 1)
    out = {}
    for kind in ('video', 'image'):
        y = module(queries, t[f'in.{kind}_features'][None])[0]
        out[f'out.{kind}.query_output'], out[f'out.{kind}.project_up'] = y, up(y)
    return out


def mistral(t, h):
    sizes = dict(SIZES, dim=h['hidden_size'], heads=h['num_attention_heads'], kv_heads=h['num_key_value_heads'],
                 layers=h['num_hidden_layers'], hidden=h['intermediate_size'], theta=h['rope_theta'], vocab=h['vocab_size'],
                 lora_rank=h['lora_r'], lora_alpha=h['lora_alpha'])
    lm = load(LanguageModel(sizes), t, 'lm.')
    x = lm.embed(t['in.ids'])
    x[t['in.visual_positions']] = t['in.visual_embeds']
    n = len(x)
    mask = torch.zeros(n, n).masked_fill(torch.ones(n, n).triu(1).bool(), -1e9)
    caches = [[] for _ in range(sizes['layers'])]
    hidden = lm(x[None], torch.arange(n)[None], mask, caches)[0]
    out = {'out.prefill_hidden': hidden, 'out.prefill_logits': lm.logits(hidden)}
    side = lm(t['in.task_token'].view(1, 1, -1), torch.tensor([[n]]), None, [list(c) for c in caches])
    out['out.side_step_hidden'] = side[0, 0]
    steps = []
    for i, token in enumerate(t['out.greedy_ids']):
        steps.append(lm(lm.embed(token).view(1, 1, -1), torch.tensor([[n + i]]), None, caches)[0, 0])
    out['out.greedy_step_hidden'] = torch.stack(steps)
    out['out.greedy_step_logits'] = lm.logits(out['out.greedy_step_hidden'])
    return out


def heads(t, h):
    d, sam, hidden = h['llm_hidden_size'], h['sam_embed_dim'], t['in.hidden']
    out = {'out.loc_encoder': load(two_layers(4, d // 2, d), t, 'loc_encoder.')(t['in.boxes']),
           'out.loc_decoder': load(two_layers(d, d // 2, 4), t, 'loc_decoder.')(hidden)}
    for name, width in (('track_embed', 3 * sam), ('track_embed_decode2', 4), ('temporal_embed', 2), ('action_embed', 1)):
        y = load(MLP(d, d, width), t, name + '.')(hidden)
        out['out.' + name] = y.view(-1, 3, sam) if name == 'track_embed' else y
    return out


def main(folder):
    failed = 0
    for name, run in (('01-vit', vit), ('02-qformer', qformer), ('03-mistral-lora', mistral), ('06-task-heads', heads)):
        tensors, meta = safetensors_file.read(os.path.join(folder, name + '.safetensors'))
        tolerance = json.loads(meta['tolerance'])
        with torch.no_grad():
            results = run(tensors, json.loads(meta['hparams']))
        for key, value in results.items():
            error, limit = float((value - tensors[key]).abs().max()), 8 * tolerance[key]['atol']
            failed += error > limit
            print(f'{name:16} {key:26} error {error:.2e}  limit {limit:.2e}  {"over" if error > limit else "ok"}')
    return failed


if __name__ == '__main__':
    sys.exit(1 if main(sys.argv[1]) else 0)
