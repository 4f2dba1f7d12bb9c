"""Write LLaVA-OneVision with task heads at tiny size, random weights, with what it must compute.

    python3 make_llava.py FOLDER        (Debian 12: python3-torch python3-numpy python3-regex)

FOLDER gets the layout of the published LLaVA-OneVision (config.json, model.safetensors, vocab.json, merges.txt,
tokenizer.json, tokenizer_config.json) with the tensors of TPO beside it, the towers of the temporal head,
expected.safetensors for `tpo parity` and expected.json for the tokenizer. Seeded: the same files every time.
"""
import argparse
import json
import os
import shutil
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../data/nano'))

import cgdetr
import clip
import safetensors_file
import sam
import texts
from byte_pairs import WORDS, Vocabulary, learn
from llava import Net, resize

SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
TASK_TOKENS = ['<box_begin>', '<time_begin>', '<temp>', '<boxes>', '<track_begin>', '<tracking>', '<track_box>']
SYSTEM = 'You are a helpful assistant.'
N_MERGES = 220
FRAMES, STEPS, BEST = 4, 10, 8
LEAST_GAP = .2                            # between the best two logits, where an id is chosen
VOCAB = 496                               # rows of the table, more than tokens, as published

CONFIG = {
    'architectures': ['LlavaQwenForCausalLM'], 'model_type': 'llava', 'hidden_size': 64, 'num_hidden_layers': 3, 'num_attention_heads': 4,
    'num_key_value_heads': 2, 'intermediate_size': 112, 'vocab_size': VOCAB, 'rms_norm_eps': 1e-06, 'rope_theta': 1000000.0,
    'tie_word_embeddings': False, 'mm_projector_type': 'mlp2x_gelu', 'mm_hidden_size': 40, 'mm_vision_select_layer': -2,
    'mm_spatial_pool_mode': 'bilinear', 'mm_spatial_pool_stride': 2, 'mm_patch_merge_type': 'spatial_unpad', 'frames_upbound': FRAMES,
    'mm_vision_tower': 'google/siglip-so400m-patch14-384', 'mm_newline_position': 'one_token', 'tokenizer_model_max_length': 4096,
    'vision_config': {'image_size': 74, 'patch_size': 14, 'hidden_size': 40, 'intermediate_size': 84, 'num_hidden_layers': 3,
                      'num_attention_heads': 2, 'layer_norm_eps': 1e-06},
    'cg_opt': {'num_prompts': 1, 't2v_layers': 2, 'sent_layers': 1, 'moment_layers': 1, 'dummy_layers': 2, 'enc_layers': 2, 'dec_layers': 2,
               'n_input_proj': 2, 'nheads': 4, 'hidden_dim': 32, 'dim_feedforward': 48, 'v_feat_dim': 18, 't_feat_dim': 48,
               'num_dummies': 5, 'total_prompts': 4, 'num_queries': 6},
    'sam': dict(sam.NANO_SAM, image_size=64, embed_dim=8, stages=[1, 1, 2, 1], global_att_blocks=[3], window_spec=[8, 4, 4, 2], d_model=32,
                mem_dim=8, mem_attn_layers=1, mem_attn_ffn_dim=32, decoder_mlp_dim=32, iou_head_hidden_dim=32,
                mem_mask_channels=[1, 2, 4, 8, 16]),
    'clip': {'vision': {'img_size': 28, 'patch_size': 14, 'embed_dim': 32, 'depth': 1, 'num_heads': 2, 'mlp_ratio': 2.0, 'mlp_hidden': 64,
                        'attn_pool_num_heads': 2, 'clip_embed_dim': 16, 'num_frames': 8, 'stored_frames': 8, 'rms_eps': 1e-06, 'ln_eps': 1e-05},
             'text': {'hidden_size': 48, 'num_hidden_layers': 1, 'num_attention_heads': 4, 'intermediate_size': 64, 'vocab_size': 420,
                      'rms_norm_eps': 1e-06, 'rope_theta': 10000.0, 'lora_r': 0}},
}

PROMPTS = [
    {'fn': 'chatml', 'text': 'What is the person doing in the video?'},
    {'fn': 'chatml', 'text': 'Track the object with initial coordinates <track_box>.', 'box': True},
    {'fn': 'chatml', 'text': 'Where is the red car?', 'image': True},
]


# -- weights -------------------------------------------------------------------------------------------------------------


def weights(generator):
    """Linear layers keep the size of what goes through them; values are those of half precision."""
    c, v = CONFIG, CONFIG['vision_config']
    d, f = c['hidden_size'], c['intermediate_size']
    out = {}

    def linear(name, rows, columns, bias=True):
        out[name + '.weight'] = torch.randn(rows, columns, generator=generator) / columns ** .5
        if bias:
            out[name + '.bias'] = torch.randn(rows, generator=generator) * .2

    def norm(name, width, bias=True):
        out[name + '.weight'] = 1 + torch.randn(width, generator=generator) * .1
        if bias:
            out[name + '.bias'] = torch.randn(width, generator=generator) * .1

    out['model.embed_tokens.weight'] = torch.randn(VOCAB, d, generator=generator)
    for i in range(c['num_hidden_layers']):
        layer = f'model.layers.{i}.'
        size = d // c['num_attention_heads'] * c['num_key_value_heads']
        norm(layer + 'input_layernorm', d, False)
        norm(layer + 'post_attention_layernorm', d, False)
        for part, rows in (('q', d), ('k', size), ('v', size)):
            linear(f'{layer}self_attn.{part}_proj', rows, d)
        linear(layer + 'self_attn.o_proj', d, d, False)
        linear(layer + 'mlp.gate_proj', f, d, False)
        linear(layer + 'mlp.up_proj', f, d, False)
        linear(layer + 'mlp.down_proj', d, f, False)
    norm('model.norm', d, False)
    linear('lm_head', VOCAB, d, False)
    out['model.image_newline'] = torch.randn(d, generator=generator)
    linear('model.mm_projector.0', d, v['hidden_size'])
    linear('model.mm_projector.2', d, d)
    tower = 'model.vision_tower.vision_tower.vision_model.'
    linear(tower + 'embeddings.patch_embedding', v['hidden_size'], 3 * v['patch_size'] ** 2)
    shape = (v['hidden_size'], 3, v['patch_size'], v['patch_size'])
    out[tower + 'embeddings.patch_embedding.weight'] = out[tower + 'embeddings.patch_embedding.weight'].view(shape)
    side = v['image_size'] // v['patch_size']
    out[tower + 'embeddings.position_embedding.weight'] = torch.randn(side * side, v['hidden_size'], generator=generator)
    for i in range(v['num_hidden_layers'] + c['mm_vision_select_layer'] + 1):
        layer = f'{tower}encoder.layers.{i}.'
        for part in ('q_proj', 'k_proj', 'v_proj', 'out_proj'):
            linear(layer + 'self_attn.' + part, v['hidden_size'], v['hidden_size'])
        norm(layer + 'layer_norm1', v['hidden_size'])
        norm(layer + 'layer_norm2', v['hidden_size'])
        linear(layer + 'mlp.fc1', v['intermediate_size'], v['hidden_size'])
        linear(layer + 'mlp.fc2', v['hidden_size'], v['intermediate_size'])
    norm(tower + 'post_layernorm', v['hidden_size'])
    for token in ('box_token', 'temporal_token', 'track_token'):
        out[token] = torch.randn(1, 1, d, generator=generator)
    linear('loc_encoder.0', d // 2, 4)
    linear('loc_encoder.2', d, d // 2)
    linear('loc_decoder.0', d // 2, d)
    linear('loc_decoder.2', 4, d // 2)
    linear('track_embed.layers.0', d, d)
    linear('track_embed.layers.1', 3 * c['sam']['d_model'], d)
    linear('temporal_proj', c['cg_opt']['t_feat_dim'], d)
    return out


def task_weights(tensors):
    """Answers of a random model name no task; here most begin with one, so that a program can be tried."""
    table = tensors['lm_head.weight']
    for text in ('<box_begin>', '<time_begin>', '<track_begin>'):
        table[VOCABULARY.added[text]] *= 4


# -- tokenizer ------------------------------------------------------------------------------------------------------------


def write_json(folder, name, value):
    with open(os.path.join(folder, name), 'w') as f:
        json.dump(value, f, ensure_ascii=False, indent=None if name == 'expected.json' else 1)
        f.write('\n')


def write_tokenizer(folder):
    entry = lambda text: {'content': text, 'lstrip': False, 'normalized': False, 'rstrip': False, 'single_word': False,
                          'special': text in SPECIAL}
    pairs = [f'{a} {b}' for a, b in VOCABULARY.merges]
    write_json(folder, 'vocab.json', VOCABULARY.ids)
    with open(os.path.join(folder, 'merges.txt'), 'w') as f:
        f.write('#version: 0.2\n' + '\n'.join(pairs) + '\n')
    write_json(folder, 'tokenizer_config.json', {
        'add_prefix_space': False, 'added_tokens_decoder': {str(i): entry(t) for t, i in VOCABULARY.added.items()}, 'bos_token': None,
        'eos_token': '<|im_end|>', 'pad_token': '<|endoftext|>', 'tokenizer_class': 'Qwen2Tokenizer', 'unk_token': None})
    split = {'type': 'Split', 'pattern': {'Regex': WORDS}, 'behavior': 'Isolated', 'invert': False}
    level = {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': False, 'use_regex': False}
    write_json(folder, 'tokenizer.json', {
        'version': '1.0', 'added_tokens': [dict(entry(t), id=i) for t, i in VOCABULARY.added.items()], 'normalizer': {'type': 'NFC'},
        'pre_tokenizer': {'type': 'Sequence', 'pretokenizers': [split, level]}, 'decoder': level,
        'model': {'type': 'BPE', 'byte_fallback': False, 'vocab': VOCABULARY.ids, 'merges': pairs}})


def turn(role, text):
    return f'<|im_start|>{role}\n{text}<|im_end|>\n'


def chatml(question, n_visual, message=None, history=()):
    """(ids, mask of visual positions); the picture stands in the first question."""
    texts_asked = [q for q, _ in history] + [question]
    texts_asked[0] = '\0\n' + (message.rstrip() + '\n' if message else '') + texts_asked[0]
    text = turn('system', SYSTEM)
    for asked, (_, answer) in zip(texts_asked, history):
        text += turn('user', asked) + turn('assistant', answer)
    before, after = (text + turn('user', texts_asked[-1]) + '<|im_start|>assistant\n').split('\0')
    before, after = VOCABULARY.encode(before), VOCABULARY.encode(after)
    return before + [0] * n_visual + after, [0] * len(before) + [1] * n_visual + [0] * len(after)


def runs(mask):
    out = []
    for value in mask:
        if out and out[-1][0] == value:
            out[-1][1] += 1
        else:
            out.append([value, 1])
    return out


def write_texts(folder):
    encode, decode = [], []
    for text in texts.examples(VOCABULARY):
        ids = VOCABULARY.encode(text)
        entry = {'text': text, 'ids': ids, 'decoded': VOCABULARY.decode(ids, False).decode()}
        skipped = VOCABULARY.decode(ids, True).decode()
        encode.append(entry if skipped == entry['decoded'] else dict(entry, decoded_skip_special=skipped))
    for ids in ([0], [VOCABULARY.ids['Ã']], list(range(180, 256)), list(range(len(VOCABULARY))), [VOCABULARY.added['<|im_end|>'], 9999, 5]):
        decode.append({'ids': ids, 'bytes_hex': VOCABULARY.decode(ids, False).hex(),
                       'bytes_hex_skip_special': VOCABULARY.decode(ids, True).hex()})
    prompts = []
    history = [['What color is the car?', 'The car is red.'], ['Is it moving?', 'Yes<box_begin><boxes>']]
    for args in ({'text': 'What is this?', 'media': 'video'}, {'text': 'Where is the red car?', 'media': 'image'},
                 {'text': 'When?', 'media': 'video', 'msg': ' The video contains 2 frames sampled at 0.3, 0.9 seconds. '},
                 {'text': 'And then?', 'media': 'video', 'history': history}):
        ids, mask = chatml(args['text'], 96, args.get('msg'), args.get('history', ()))
        prompts.append({'function': 'chatml', 'bos_mode': 'none', 'args': args, 'ids': ids, 'visual_mask_runs': runs(mask)})
    write_json(folder, 'expected.json', {'encode': encode, 'decode': decode, 'prompts': prompts})


# -- expected results -----------------------------------------------------------------------------------------------------


def time_head(tensors, net, given, hidden):
    """CG-DETR in the precision of the heads, with the temporal token brought to the width of its words."""
    torch.set_default_dtype(net.dtype)
    model = cgdetr.CgDetr(CONFIG['cg_opt']).eval()
    model.load_state_dict({k[len('cg_model.'):]: v.to(net.dtype) for k, v in tensors.items() if k.startswith('cg_model.')})
    model = model.to(net.dtype)
    prompt = torch.nn.functional.linear(hidden, net.tensors['temporal_proj.weight'], net.tensors['temporal_proj.bias'])
    video, words = (given[name][None].to(net.dtype) for name in ('in.v_feat', 'in.q_feat'))
    ones = lambda x: torch.ones(1, x.shape[1], dtype=torch.bool)
    y = model(video, ones(video), words, ones(words), prompt.view(1, 1, -1))
    torch.set_default_dtype(torch.float32)
    return {'pred_logits': y['logits'][-1][0], 'pred_spans': y['spans'][-1][0], 'saliency': y['saliency'][0]}


def run(tensors, given, precision, fed=None):
    """Everything for one precision; `fed`: results whose greedy ids are fed back instead of the run's own."""
    net = Net(tensors, CONFIG, precision)
    out = {}
    looks = {}
    for name, frames, pooled in (('visual', given['in.frames'], True), ('visual_image', given['in.frames'][-1:], False)):
        looks[name], landmarks = net.visual(frames, pooled)
        out[f'out.{name}.embeds'] = looks[name]
        out.update({f'mid.{name}.{key}': value.flatten(0, 1) for key, value in landmarks.items()})
    user_box = given['in.user_box'].to(net.dtype)
    for index, prompt in enumerate(PROMPTS):
        p = f'out.p{index}.'
        look = looks['visual_image' if prompt.get('image') else 'visual']
        ids, mask = chatml(prompt['text'], len(look))
        x = net.embed(ids)
        x[torch.tensor(mask, dtype=torch.bool)] = look
        hidden = net.decoder(x)
        logits = net.logits(hidden[-1])
        out.update({p + 'ids': torch.tensor(ids), p + 'visual_mask': torch.tensor(mask, dtype=torch.uint8),
                    p + 'last_hidden': hidden[-1], p + 'last_logits': logits})
        greedy, best, y = [], [], x
        for step in range(STEPS):
            best.append(logits.topk(BEST)[0])
            greedy.append(int(logits.argmax() if fed is None else fed[p + 'greedy_ids'][step]))
            y = torch.cat([y, net.embed([greedy[-1]])])
            logits = net.logits(net.decoder(y)[-1])
        out.update({p + 'greedy_ids': torch.tensor(greedy), f'mid.p{index}.greedy_top8_logits': torch.stack(best)})
        hidden = {}
        for name, token, begin in (('box', 'box_token', '<box_begin>'), ('time', 'temporal_token', '<time_begin>'),
                                   ('track', 'track_token', '<track_begin>')):
            row = net.tensors[token].view(1, -1)
            hidden[name] = net.decoder(torch.cat([x, row]))[-1]
            out[f'{p}{name}.hidden'] = hidden[name]
            begun = torch.cat([x, net.embed([VOCABULARY.added[begin]]), row])
            out[f'{p}{name}.hidden_train_order'] = net.decoder(begun)[-1]
        out[p + 'box.box'] = net.head(hidden['box'], 'loc_decoder.0', 'loc_decoder.2')
        out.update({f'{p}time.{k}': v for k, v in time_head(tensors, net, given, hidden['time']).items()})
        out[p + 'track.prompt_embedding'] = net.head(hidden['track'], 'track_embed.layers.0', 'track_embed.layers.1').view(3, -1)
        if prompt.get('box'):
            row = net.head(user_box[None], 'loc_encoder.0', 'loc_encoder.2')
            out[p + 'track_box_embed'] = row
            x = x.clone()
            x[ids.index(VOCABULARY.added['<track_box>'])] = row[0]
            out[p + 'with_box.last_hidden'] = net.decoder(x)[-1]
    return out


def tolerances(double, single, half):
    """As in the other fixtures: 4 times what single precision loses, 3 times what half precision does, and a floor."""
    out = {}
    for name, value in double.items():
        if not value.is_floating_point():
            continue
        largest = float(value.abs().max())
        distance = lambda other: float((other[name].double() - value.double()).abs().max())
        out[name] = {'atol': max(4 * distance(single), 1e-6 * largest), 'atol_f16': max(3 * distance(half), 2e-3 * largest),
                     'absmax': largest}
    return out


def smallest_gap(results):
    """Between the best two logits of all choices."""
    return min(float(best[0] - best[1]) for name, value in results.items() if 'top8' in name for best in value)


def draw_frames(generator):
    """Frames of which no resized value lies so near to a half that another order of summation rounds it elsewhere."""
    while True:
        frames = torch.randint(0, 256, (FRAMES, 3, 40, 60), generator=generator, dtype=torch.uint8)
        resized = resize(frames, CONFIG['vision_config']['image_size'])
        if float((resized - resized.floor() - .5).abs().min()) > 5e-5:
            return frames


def draw_inputs(generator):
    random = lambda *shape: torch.randn(*shape, generator=generator)
    clips = 9
    start = torch.arange(clips)[:, None] / clips
    return {'in.frames': draw_frames(generator), 'in.user_box': torch.tensor([.2, .3, .55, .8]),
            'in.v_feat': torch.cat([random(clips, 16), start, start + 1 / clips], 1), 'in.q_feat': random(5, 48)}


def write_expected(folder, tensors, generator):
    double = None
    while double is None or smallest_gap(double) < LEAST_GAP:      # until no choice is a near tie in half precision
        given = draw_inputs(generator)
        double = run(tensors, given, 'double')
    single, half = run(tensors, given, 'single', double), run(tensors, given, 'half', double)
    print(f'smallest gap between the best two logits: {smallest_gap(double):.4f}')
    stored = {k: v.float() if v.is_floating_point() else v for k, v in double.items()}
    meta = {'module': 'videochat_tpo_end_to_end', 'hparams': json.dumps({'prompts': PROMPTS, 'steps': STEPS, 'picture_frame': FRAMES - 1}),
            'source': 'tests/models/reference/make_llava.py', 'reference_precision': 'float64',
            'tolerance': json.dumps(tolerances(double, single, half))}
    safetensors_file.write(os.path.join(folder, 'expected.safetensors'), {**given, **stored}, meta)


def module_tensors(make, seed):
    """Weights of one of the nano model's modules, freshly initialised."""
    torch.manual_seed(seed)
    return {name: value.detach() for name, value in make().items()}


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('folder')
    folder = parser.parse_args().folder
    os.makedirs(folder, exist_ok=True)
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(5)
    tensors = weights(generator)
    task_weights(tensors)
    tensors.update(module_tensors(lambda: cgdetr.tensors(cgdetr.CgDetr(CONFIG['cg_opt'])), 1))
    tensors.update(module_tensors(lambda: sam.tensors(sam.Sam(CONFIG['sam'])), 2))
    towers = module_tensors(lambda: clip.tensors(clip.VisionTower(CONFIG['clip']['vision']), clip.TextTower(CONFIG['clip']['text'])), 3)
    tensors = {name: value.half().float() if value.is_floating_point() else value for name, value in tensors.items()}
    halves = lambda t: {name: value.half() if value.is_floating_point() else value for name, value in t.items()}
    write_json(folder, 'config.json', CONFIG)
    write_tokenizer(folder)
    write_texts(folder)
    safetensors_file.write(os.path.join(folder, 'model.safetensors'), halves(tensors))
    safetensors_file.write(os.path.join(folder, 'internvideo2-clip.safetensors'), halves(towers))
    pieces = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../data/tokenizer-user-defined/tokenizer.model')
    shutil.copyfile(pieces, os.path.join(folder, 'clip-tokenizer.model'))
    write_expected(folder, tensors, generator)


VOCABULARY = Vocabulary(learn(texts.CORPUS, N_MERGES), SPECIAL, TASK_TOKENS)

if __name__ == '__main__':
    main()
