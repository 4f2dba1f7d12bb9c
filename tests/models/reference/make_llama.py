"""Writes small GGUF files of text models, and what llama.cpp makes of them.

    make_llama.py OUT     (a folder with f32.gguf, whose vocabulary the files of other element types take)

Needs llama.cpp's llama-quantize, llama-server and llama-tokenize, and the Python packages gguf, numpy and regex. The server runs
on the Vulkan back end where it rounds least, see tests/data/llama/README.md.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unicodedata
import urllib.request

import gguf
import numpy as np

import texts
from byte_pairs import LETTERS, merge

TINY = {'n': 64, 'layers': 1, 'heads': 4, 'kv': 2, 'ff': 96}
BLOCK = {'n': 256, 'layers': 1, 'heads': 2, 'kv': 1, 'ff': 256, 'head_size': 64}  # rows of whole blocks of 256, but for attn_output
# file: sizes, type for llama-quantize, whether the output has a matrix of its own
TYPES = {
    'q4_1': (TINY, 'Q4_1', True), 'q5_0': (TINY, 'Q5_0', True), 'q5_1': (TINY, 'Q5_1', True), 'iq4_nl': (TINY, 'IQ4_NL', True),
    'q3_k': (BLOCK, 'Q3_K_M', False),
}
N_STEPS = 12
PROMPTS = ['the rain in the morning', 'a <note> on 12.5 things', 'Größe 中文 🚀']
WAYS = ['qwen2', 'llama-bpe', 'gpt-2', 'smollm', 'default']
MERGED = texts.CORPUS + '''
12 123 1234 12345 123456 1234567 12 123 1234 1234567890 1234567890 123.456 1999 2024 2025 12:30:45 12:30:45
it's he'll we've I'm they'd don't you're IT'S HE'LL WE'VE I'M THEY'D DON'T YOU'RE
a.\n\nb!\n\nc?\n\nd...\n    e;\n        f;\n\tg\t\th   i    j     k      l
x += 1; y -= 2; z == 3; a <= b; c >= d; e => f; g || h; i && j; $5 + $6; ~/x; ^2 <html> </html>
'''
TRIALS = [
    '1', '12', '123', '1234', '12345', '123456', '1234567', ' 1234567', '  1234', 'a1234b5678', '12½345', '½½½12', '٣٤٥٦٧', '1²3³4', 'Ⅷ1234', '1,234,567.89',
    "IT'S it's It's 'tis 'LL'll", "don't DON'T", "'", "''", "'s", " 's", "a'", '...', '...!?', ' ...', '!', ' !', '  !', '\n!', '$5', 'a+b', 'a + b', 'a  +  b', '<=>', '`x`',
    'a   ', '   ', '\t\t', ' \t ', '\n \n', 'a \n\n b', 'a\r\nb', '\r\n\r\n', '. \n', '.\n\n\n', 'a\n', '  a', '\u3000\u3000a', '\u00a0\u00a0', '\u3000。', '中文，12345字', '你好！！\n你好',
    'x<tool>y', ' <tool> ', '<|eot_id|>', '<tool', 'カタカナ ひらがな', '안녕하세요', 'עברית', 'مرحبا 12', '👨‍👩‍👧‍👦!', '🇩🇪🇫🇷', '€100', '°C', '§12', '—dash—', '“quoted”', '…', '¿qué?',
    'for (i = 0; i < 10; i++) {\n    x += 1;\n}\n', 'http://a.b/c?d=e&f=1234#g', 'CamelCaseWords', 'snake_case_words', '\x01\x02', '\x7f', '\u200d', '\ufeff', 'é', 'e\u0301', '\u0301',
]


class Words:
    """A byte-level vocabulary whose pairs reach across words, so that every way of cutting them gives other tokens."""

    def __init__(self, corpus, count):
        """From texts, which are not cut"""
        rest, self.merges = [tuple(LETTERS[b] for b in text.encode()) for text in corpus], []
        for _ in range(count):
            found = {}
            for text in rest:
                for pair in zip(text, text[1:]):
                    found[pair] = found.get(pair, 0) + 1
            best = max(found, key=lambda pair: (found[pair], pair))
            rest = [merge(text, best) for text in rest]
            self.merges.append(best)
        plain = list(dict.fromkeys(sorted(LETTERS.values()) + [a + b for a, b in self.merges]))
        # A piece that no pairs lead to: it is found only where a word is looked up whole.
        plain += ['Ġvoiture', 'Track']
        self.tokens = plain + ['<|begin_of_text|>', '<|end_of_text|>', '<|eot_id|>', '<tool>']
        self.kinds = [1] * len(plain) + [3, 3, 3, 4]

    def write(self, writer, way):
        bos = self.tokens.index('<|begin_of_text|>')
        writer.add_tokenizer_model('gpt2')
        writer.add_tokenizer_pre(way)
        writer.add_token_list(self.tokens)
        writer.add_token_types(self.kinds)
        writer.add_token_merges([a + ' ' + b for a, b in self.merges])
        writer.add_bos_token_id(bos)
        writer.add_eos_token_id(bos + 1)
        writer.add_add_bos_token(way == 'llama-bpe')


class Pieces:
    """The vocabulary of another file."""

    def __init__(self, path):
        fields = gguf.GGUFReader(path).fields
        self.tokens, self.scores, self.kinds = (fields['tokenizer.ggml.' + key].contents() for key in ('tokens', 'scores', 'token_type'))

    def write(self, writer, way):
        writer.add_tokenizer_model('llama')
        writer.add_token_list(self.tokens)
        writer.add_token_scores(self.scores)
        writer.add_token_types(self.kinds)
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(2)
        writer.add_unk_token_id(0)
        writer.add_add_bos_token(True)


def write_model(path, name, architecture, sizes, vocabulary, way=None, untied=True, settings=None, has_tensors=True):
    """Random weights; `settings`: what is done before the file is written"""
    rng = np.random.default_rng(sum(name.encode()))
    n, ff, kv, heads = sizes['n'], sizes['ff'], sizes['kv'], sizes['heads']
    size = sizes.get('head_size', n // heads)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name('tiny-' + name)
    writer.add_vocab_size(len(vocabulary.tokens))
    writer.add_context_length(256)
    writer.add_embedding_length(n)
    writer.add_block_count(sizes['layers'])
    writer.add_feed_forward_length(ff)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(size)
    writer.add_key_length(size)
    writer.add_value_length(size)
    vocabulary.write(writer, way)

    def vector(name, width, middle=0.):
        writer.add_tensor(name, (middle + .3 * rng.standard_normal(width)).astype(np.float32))

    def matrix(name, rows, cols, gain=1.):
        writer.add_tensor(name, (gain * rng.standard_normal((rows, cols)) / cols**.5).astype(np.float32))

    def close():
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    if not has_tensors:
        close()
        return
    if settings is not None:
        settings(writer, rng, size)
    matrix('token_embd.weight', len(vocabulary.tokens), n, n**.5 if untied else 2.5)
    for i in range(sizes['layers']):
        b = f'blk.{i}.'
        vector(b + 'attn_norm.weight', n, 1)
        for part, rows in (('q', heads * size), ('k', kv * size), ('v', kv * size)):
            matrix(f'{b}attn_{part}.weight', rows, n, 1.5)
            if architecture == 'qwen2':
                vector(f'{b}attn_{part}.bias', rows)
        matrix(b + 'attn_output.weight', n, heads * size)
        vector(b + 'ffn_norm.weight', n, 1)
        matrix(b + 'ffn_gate.weight', ff, n)
        matrix(b + 'ffn_up.weight', ff, n)
        matrix(b + 'ffn_down.weight', n, ff)
    vector('output_norm.weight', n, 1)
    if untied:
        matrix('output.weight', len(vocabulary.tokens), n, 3)
    close()


def scaled(writer, rng, size):
    """Positions as in Llama 3.1, and divided by a factor besides"""
    writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
    writer.add_rope_scaling_factor(2.)
    writer.add_tensor('rope_freqs.weight', np.linspace(1, 8, size // 2).astype(np.float32))


class Server:
    """llama-server with one model"""
    VARIABLES = {'GGML_VK_VISIBLE_DEVICES': '0', 'GGML_VK_DISABLE_F16': '1', 'GGML_VK_DISABLE_COOPMAT': '1', 'GGML_VK_DISABLE_COOPMAT2': '1',
                 'GGML_VK_DISABLE_INTEGER_DOT_PRODUCT': '1'}
    PORT = 18737

    def __init__(self, path):
        self.process = subprocess.Popen(
            ['llama-server', '-m', path, '--port', str(self.PORT), '-ngl', '99', '-ub', '1', '-ctk', 'f32', '-ctv', 'f32', '-fa', 'off', '-np', '1', '-c', '256',
             '--no-warmup'], env={**os.environ, **self.VARIABLES}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                if self.ask('health') == {'status': 'ok'}:
                    return
            except OSError:
                if self.process.poll() is not None:
                    raise
                time.sleep(.2)

    def ask(self, what, **body):
        data = json.dumps(body).encode() if body else None
        with urllib.request.urlopen(urllib.request.Request(f'http://127.0.0.1:{self.PORT}/{what}', data, {'Content-Type': 'application/json'})) as answer:
            return json.load(answer)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.process.terminate()
        self.process.wait()


def expect_prompt(server, prompt, tokens):
    """As the test wants it: its ids, log-probabilities after it, greedy continuation and its margins"""
    ids, steps = server.ask('tokenize', content=prompt, add_special=True, parse_special=False)['tokens'], []
    while len(steps) < N_STEPS:
        # One by one, and every time an "e" is taken, which does not change what is told of the others: an unfinished character is not told at all.
        answer = server.ask('completion', prompt=ids + [step[0][1] for step in steps], n_predict=1, n_probs=len(tokens), temperature=0., cache_prompt=False,
                            logit_bias=[[tokens.index('e'), 1000]])
        found = answer['completion_probabilities'][0]['top_logprobs']
        if len(found) != len(tokens):
            raise SystemExit(f'{len(found)} of {len(tokens)} probabilities')
        steps.append(sorted(((entry['logprob'], entry['id']) for entry in found), reverse=True))
    first = {i: value for value, i in steps[0]}
    return {'prompt': prompt, 'ids': ids, 'logprobs': [round(first[i], 6) for i in range(len(tokens))], 'greedy': [step[0][1] for step in steps],
            'margins': [round(step[0][0] - step[1][0], 6) for step in steps]}


def expect(path, tokens):
    with Server(path) as server:
        return [expect_prompt(server, prompt, tokens) for prompt in PROMPTS]


def tokenize(path, text):
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        out = subprocess.run(['llama-tokenize', '-m', path, '-f', file.name, '--ids', '--no-bos', '--no-parse-special', '--no-escape', '--log-disable'],
                             check=True, capture_output=True, text=True).stdout
    return json.loads(out.strip().splitlines()[-1])


def trials():
    rng = random.Random(5)
    out = TRIALS + [t for t in texts.EXAMPLES if t and '\x00' not in t and '\u017f' not in t]
    for _ in range(60):
        out.append(''.join(rng.choice(rng.choice(texts.POOLS)) for _ in range(rng.randint(2, 14))))
    return list(dict.fromkeys(out))


def main():
    out = sys.argv[1]
    path = lambda name: os.path.join(out, name)
    pieces, words = Pieces(path('f32.gguf')), Words([MERGED], 150)
    expected = json.load(open(path('expected.json')))
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, 'plain.gguf')
        for name, (sizes, kind, untied) in TYPES.items():
            write_model(plain, name, 'llama', sizes, pieces, untied=untied)
            subprocess.run(['llama-quantize', plain, path(name + '.gguf'), kind], check=True)
            expected[name] = expect(path(name + '.gguf'), pieces.tokens)
        for name, architecture, settings in (('llama-bpe', 'llama', scaled), ('qwen2', 'qwen2', None)):
            write_model(plain, name, architecture, TINY, words, name, untied=settings is None, settings=settings)
            subprocess.run(['llama-quantize', plain, path(name + '.gguf'), 'Q8_0'], check=True)
            expected[name] = expect(path(name + '.gguf'), words.tokens)
    with open(path('expected.json'), 'w') as file:
        json.dump(expected, file)
        file.write('\n')

    # Nearly all of a text may become one token, so that every cut is seen.
    cut = {'texts': trials()}
    words = Words([*cut['texts'], *MERGED.splitlines()], 1200)
    for way in WAYS:
        write_model(path('words.gguf'), 'words', 'llama', TINY, words, way, has_tensors=False)
        # Qwen2 has texts in normal form C, which llama.cpp leaves out.
        cut[way] = [tokenize(path('words.gguf'), text) if way != 'qwen2' or unicodedata.is_normalized('NFC', text) else None for text in cut['texts']]
    with open(path('words.json'), 'w') as file:
        json.dump(cut, file, ensure_ascii=False)
        file.write('\n')


if __name__ == '__main__':
    main()
