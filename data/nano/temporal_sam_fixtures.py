"""Do the mask head and the temporal path mean the same as the reference?  python3 temporal_sam_fixtures.py FOLDER

FOLDER holds reference fixtures (07-cgdetr, 08-internvideo2-clip, 09-sam2-image, 10-sam2-video).  Each is loaded into the
modules that are trained here; the largest error must stay below 8 times the fixture's tolerance.
"""
import json
import os
import sys

import torch

import safetensors_file
from cgdetr import CgDetr
from clip import TextTower, VisionTower
from sam import Sam, resize, track


def part(tensors, prefix):
    return {name[len(prefix):]: value for name, value in tensors.items() if name.startswith(prefix)}


def cgdetr(t, h):
    model = CgDetr(h).eval()
    model.load_state_dict(part(t, 'cg_model.'))
    out = {}
    for case in ('infer', 'pad'):
        given = part(t, f'in.{case}.')
        y = model(given['vid'], given['vid_mask'] > 0, given['txt'], given['txt_mask'] > 0, given['prompt_token'])
        out.update({f'out.{case}.pred_logits': y['logits'][-1][0], f'out.{case}.pred_spans': y['spans'][-1][0],
                    f'out.{case}.saliency': y['saliency'][0], f'mid.{case}.t2v_values': y['t2v'][0]})
    return out


def clip(t, h):
    vision, text = VisionTower(h['vision']), TextTower(h['text'])
    vision.load_state_dict({**part(t, 'vision_encoder.'), 'pos_embed': t['mid.pos_embed_stretched'][None]})
    state = {k.replace('.base_layer', ''): v.clone() for k, v in part(t, 'text_encoder.').items() if 'lora' not in k}
    for name, a in part(t, 'text_encoder.').items():                  # the reference keeps a LoRA beside q and v
        if 'lora_A' in name:
            b = t['text_encoder.' + name.replace('lora_A', 'lora_B')]
            state[name.split('.lora_A')[0] + '.weight'] += h['text']['lora_alpha'] / h['text']['lora_r'] * b @ a
    text.load_state_dict(state)
    ids = t['in.text_ids']
    return {'out.clip_features': vision(t['in.clips'].permute(0, 1, 3, 4, 2)),
            'out.text_features': text(ids[None])[0, :int((ids != 0).sum())]}


def sam_image(t, h):
    model = Sam(h).eval()
    model.load_state_dict(part(t, 'sam.'))
    level0, level1, features = model.encode(t['in.image'])
    fine, encoder = model.fine(level0, level1), model.sam_prompt_encoder
    corners, points, labels = t['in.box'].view(2, 2), t['in.points'], t['in.point_labels'].tolist()
    cases = {'box': (encoder.box(t['in.box'][None]), False), 'click': (encoder.sparse(points[None, :1], labels[:1]), True),
             'clicks': (encoder.sparse(points[None], labels), False), 'none': (encoder.nothing(1), True),
             'box_click': (encoder.sparse(torch.cat([corners, points[2:]])[None], [2, 3, labels[2]]), False),
             'box_mask': (encoder.box(t['in.box'][None]), False), 'embed': (t['in.embed'][None], False)}
    out = {'out.s0': fine[0][0], 'out.s1': fine[1][0], 'out.f': features[0], 'out.dense_pe': encoder.dense_position()[0]}
    for name, (sparse, multimask) in cases.items():
        mask_prompt = t['in.mask_prompt'][None, None] if name == 'box_mask' else None
        y = model.decode(model.without_memory(features), sparse, fine, mask_prompt)
        mask, _, pointer = model.choose(*y, multimask=multimask)
        out.update({f'out.{name}.best_mask': mask[0], f'out.{name}.obj_ptr': pointer[0], f'out.{name}.object_score': y[2]})
        if name == 'box':
            full = resize(mask[:, None], h['image_size'])
            out['out.memory.binarised'] = model.remember(features, (full > 0).float())[0]
            out['out.memory.sigmoid'] = model.remember(features, full.sigmoid())[0]
    return out


def sam_video(t, h):
    model = Sam(h).eval()
    model.load_state_dict(part(t, 'sam.'))
    out = {}
    for name, sparse in (('box', model.sam_prompt_encoder.box(t['in.box'][None])), ('embed', t['in.embed'][None])):
        logits, scores = track(model, t['in.frames'][None], sparse)
        out.update({f'out.{name}.prop.low_res_masks': logits[0], f'out.{name}.prop.object_scores': scores[0, 1:]})
    return out


def main(folder):
    failed = 0
    runs = {'07-cgdetr': cgdetr, '08-internvideo2-clip': clip, '09-sam2-image': sam_image, '10-sam2-video': sam_video}
    for name, run in runs.items():
        tensors, meta = safetensors_file.read(os.path.join(folder, name + '.safetensors'))
        tolerance = json.loads(meta['tolerance'])
        with torch.no_grad():
            results = run(tensors, json.loads(meta['hparams']))
        for key, value in results.items():
            error = float((value.reshape(tensors[key].shape) - tensors[key]).abs().max())
            limit = 8 * tolerance[key]['atol']
            failed += error > limit
            print(f'{name:20} {key:28} error {error:.2e}  limit {limit:.2e}  {"over" if error > limit else "ok"}')
    return failed


if __name__ == '__main__':
    sys.exit(1 if main(sys.argv[1]) else 0)
