"""Write the nano model as a folder in the published layout, ready for `tpo convert`.

    python3 export.py OUT --vlm STATE.pt [--sam SAM.pt] [--temporal TEMPORAL.pt]

OUT gets config.json, the tokenizer's files, model.safetensors with its index (language, vision, heads, and with the
options the mask head and the temporal head) and internvideo2-clip.safetensors (the towers of the temporal head).
Tensors that inference never reads, but the published file has, are filled with zeros or small random numbers.
"""
import argparse
import json
import os
import shutil

import torch

import prompt_code
import safetensors_file
from tokenizer import MODEL, TASK_TOKENS, Tokenizer
from vlm import load_model

LORA_RANK, LORA_ALPHA = 4, 8
RETURN_INDEX = -2                 # blocks run = encoder_depth + RETURN_INDEX + 1


def language_tensors(model):
    """Trained tensors, LoRA factors that change nothing, task tokens and the unused rest."""
    g = torch.Generator().manual_seed(7)
    out = {k: v.detach().float() for k, v in model.state_dict().items()}
    small = lambda *shape: torch.randn(*shape, generator=g) * .02
    for name in [k for k in out if k.endswith('.base_layer.weight')]:
        rows, columns = out[name].shape
        stem = name[:-len('base_layer.weight')]
        out[stem + 'lora_A.default.weight'] = small(LORA_RANK, columns)
        out[stem + 'lora_B.default.weight'] = torch.zeros(rows, LORA_RANK)
    ids, table = Tokenizer().ids, out['lm.base_model.model.model.embed_tokens.weight']
    for token, text in (('box_token', '<boxes>'), ('temporal_token', '<temp>'), ('track_token', '<tracking>')):
        out[token] = table[ids[text]].view(1, 1, -1).clone()
    s = model.sizes
    q, d, hidden = s['q_dim'], s['dim'], s['q_hidden']
    bert = 'qformer.bert.'
    out[bert + 'embeddings.position_ids'] = torch.arange(s['q_positions'])[None]
    out[bert + 'embeddings.word_embeddings.weight'] = small(s['q_words'], q)
    out[bert + 'embeddings.position_embeddings.weight'] = small(s['q_positions'], q)
    for i in range(s['q_layers']):
        layer = f'{bert}encoder.layer.{i}.'
        out.update({layer + 'intermediate.dense.weight': small(hidden, q), layer + 'intermediate.dense.bias': torch.zeros(hidden),
                    layer + 'output.dense.weight': small(q, hidden), layer + 'output.dense.bias': torch.zeros(q),
                    layer + 'output.LayerNorm.weight': torch.ones(q), layer + 'output.LayerNorm.bias': torch.zeros(q)})
    out.update({'project_down.weight': small(q, d), 'project_down.bias': torch.zeros(q),
                'merge_proj.weight': small(d, 4 * q), 'merge_proj.bias': torch.zeros(d),
                'action_embed.layers.0.weight': small(d, d), 'action_embed.layers.0.bias': torch.zeros(d),
                'action_embed.layers.1.weight': small(1, d), 'action_embed.layers.1.bias': torch.zeros(1)})
    return out


def configuration(sizes, sections):
    s = sizes
    blocks = s['vision_blocks']
    model = {
        'name': 'TPO nano', 'version': '1',
        'description': 'VideoChat-TPO at tiny size, trained on generated clips of moving sprites',
        'bridge': {
            'name': 'qformer', 'num_query_token': s['queries'], 'extra_num_query_token': s['extra_queries'],
            'qformer_attention_probs_dropout_prob': .1, 'qformer_drop_path_rate': .2, 'qformer_hidden_dropout_prob': .1,
            'qformer_hidden_size': s['q_dim'], 'qformer_num_hidden_layers': s['q_layers'],
            'qformer_num_attention_heads': s['q_heads'], 'qformer_intermediate_size': s['q_hidden'],
            'qformer_vocab_size': s['q_words'], 'qformer_max_position_embeddings': s['q_positions']},
        'freeze_bridge': False, 'freeze_llm': False, 'freeze_vision_encoder': False,
        'llm': {
            'name': 'mistral_7b', 'use_lora': True, 'lora_r': LORA_RANK, 'lora_alpha': LORA_ALPHA, 'lora_dropout': .1,
            'hidden_size': s['dim'], 'num_hidden_layers': s['layers'], 'num_attention_heads': s['heads'],
            'num_key_value_heads': s['kv_heads'], 'intermediate_size': s['hidden'], 'vocab_size': s['vocab'],
            'rms_norm_eps': 1e-5, 'rope_theta': s['theta']},
        'prompt': {'multi_turn': False}, 'loss': {'use_vision_regression_loss': False}, 'pretrained_paths': {},
        'vision_encoder': {
            'name': 'vit_l14', 'img_size': s['image'], 'patch_size': s['patch'], 'd_model': s['vision_dim'],
            'encoder_embed_dim': s['vision_dim'], 'encoder_depth': blocks - RETURN_INDEX - 1, 'encoder_num_heads': s['vision_heads'],
            'drop_path_rate': 0.0, 'num_frames': s['frames'], 'tubelet_size': 1, 'use_checkpoint': False, 'checkpoint_num': 0,
            'return_index': RETURN_INDEX, 'vit_add_ln': True, 'ckpt_num_frame': s['stored_frames'], 'pretrained': None},
    }
    model.update(sections)
    return {'_name_or_path': '', 'architectures': ['MultiModalLLM_PT'],
            'auto_map': {'AutoConfig': 'model_config.VideoChatEConfig', 'AutoModel': 'modeling_videochate.MultiModalLLM_PT'},
            'model_config': model, 'torch_dtype': 'float32', 'transformers_version': '4.38.0', 'use_flash_attention': True,
            'use_cache': True, 'build_decoder': True, 'hidden_size': s['dim']}


def write_json(folder, name, value):
    with open(os.path.join(folder, name), 'w') as f:
        json.dump(value, f, indent=2)
        f.write('\n')


def write_tokenizer(folder):
    tokenizer = Tokenizer()
    shutil.copyfile(MODEL, os.path.join(folder, 'tokenizer.model'))
    write_json(folder, 'added_tokens.json', tokenizer.ids)
    entry = lambda text, special: {'content': text, 'lstrip': False, 'normalized': not special, 'rstrip': False,
                                   'single_word': False, 'special': special}
    decoder = {str(i): entry(t, True) for i, t in enumerate(['<unk>', '<s>', '</s>'])}
    decoder.update({str(tokenizer.ids[t]): entry(t, False) for t in TASK_TOKENS})
    plain = lambda text: {k: v for k, v in dict(entry(text, True), normalized=False).items() if k != 'special'}
    write_json(folder, 'special_tokens_map.json', {'bos_token': plain('<s>'), 'eos_token': plain('</s>'), 'pad_token': '<unk>',
                                                   'unk_token': plain('<unk>')})
    write_json(folder, 'tokenizer_config.json', {
        'add_bos_token': True, 'add_eos_token': False, 'added_tokens_decoder': decoder, 'additional_special_tokens': [],
        'bos_token': '<s>', 'clean_up_tokenization_spaces': False, 'eos_token': '</s>', 'legacy': True,
        'model_max_length': 1024, 'pad_token': '<unk>', 'sp_model_kwargs': {}, 'spaces_between_special_tokens': False,
        'tokenizer_class': 'LlamaTokenizer', 'unk_token': '<unk>', 'use_default_system_prompt': False})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('out')
    parser.add_argument('--vlm', required=True)
    parser.add_argument('--sam')
    parser.add_argument('--temporal')
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    model = load_model(args.vlm)
    tensors, sections, towers = language_tensors(model), {}, {}
    if args.sam:
        import sam
        mask_head = sam.load(args.sam)
        mask = sam.tensors(mask_head)
        for name, value in prompt_code.tensors().items():     # both networks were trained with exactly this code
            assert torch.allclose(mask[name], value), name
        tensors.update(mask)
        sections['sam'] = mask_head.config
    if args.temporal:
        import temporal
        time_head = temporal.load(args.temporal)
        head, towers = temporal.tensors(time_head)
        tensors.update(head)
        sections['cg_opt'], towers_config = temporal.config(time_head)
        sections['clip'] = {'vision': dict(towers_config['vision'], frames_per_second=towers_config['fps']),
                            'text': dict(towers_config['text'], query_prefix=towers_config['query_prefix'])}
    write_json(args.out, 'config.json', configuration(model.sizes, sections))
    write_tokenizer(args.out)
    name = 'model-00001-of-00001.safetensors'
    safetensors_file.write(os.path.join(args.out, name), tensors)
    size = sum(t.numel() * t.element_size() for t in tensors.values())
    write_json(args.out, 'model.safetensors.index.json', {'metadata': {'total_size': size}, 'weight_map': {k: name for k in sorted(tensors)}})
    if towers:
        safetensors_file.write(os.path.join(args.out, 'internvideo2-clip.safetensors'), towers)
    count = sum(t.numel() for t in list(tensors.values()) + list(towers.values()))
    print(f'{args.out}: {len(tensors) + len(towers)} tensors, {count / 1e6:.2f} M numbers, {count * 2 / 1e6:.1f} MB as F16')


if __name__ == '__main__':
    main()
