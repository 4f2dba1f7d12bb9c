"""The nano model's tokenizer: SentencePiece BPE with byte fallback and the seven task tokens after its pieces.

    python3 tokenizer.py          trains tokenizer.model beside this file (seeded, a few seconds)

Prompts are cut as the application cuts them: at every task token, each piece of text between them encoded on its own.
"""
import os
import random
import re

import sentencepiece

PIECES = 800
TASK_TOKENS = ['<box_begin>', '<time_begin>', '<temp>', '<boxes>', '<track_begin>', '<tracking>', '<track_box>']
PARTNER = {'<box_begin>': '<boxes>', '<time_begin>': '<temp>', '<track_begin>': '<tracking>'}
FOLDER = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.join(FOLDER, 'tokenizer.model')
# The three text parts of a turn, around the visual placeholders and around the question; each gets its own <s>.
BEFORE, AFTER, TURN = '[INST] <{media}>', '</{media}>[/INST]', ' [INST] {question} [/INST] '


class Tokenizer:
    bos, eos = 1, 2

    def __init__(self, path=MODEL):
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=path)
        self.count = self.pieces.get_piece_size()
        self.ids = {t: self.count + i for i, t in enumerate(TASK_TOKENS)}
        self.names = {i: t for t, i in self.ids.items()}
        self.partner = {self.ids[a]: self.ids[b] for a, b in PARTNER.items()}
        self.size = self.count + len(TASK_TOKENS)
        self._cut = re.compile('(' + '|'.join(map(re.escape, TASK_TOKENS)) + ')')

    def encode(self, text, bos=False):
        ids = [self.bos] if bos else []
        for part in self._cut.split(text):
            if part in self.ids:
                ids.append(self.ids[part])
            elif part:
                ids += self.pieces.encode(part)
        return ids

    def decode(self, ids):
        out, run = '', []
        for i in list(ids) + [None]:
            if i is not None and i < self.count:
                if i > 2:
                    run.append(int(i))
                continue
            out += self.pieces.decode(run)
            run = []
            out += self.names[i] if i is not None else ''
        return out.strip()


def _corpus(path):
    """Words of the grammar without their punctuation (it would be glued to the words), and the turn markers."""
    from grammar import CHAT, TEMPLATES, plural, still_questions, video_questions
    from world import CLASSES, COLOR_NAMES, sample_scene
    rng = random.Random(0)
    words = lambda text: re.sub(r'[^A-Za-z ]+', ' ', text)
    with open(path, 'w') as out:
        for seed in range(2500):
            scene = sample_scene(seed)
            for item in video_questions(scene, 6, rng) + still_questions(scene, scene.duration / 2, 4, rng):
                answer = re.sub(r'<[a-z_]+>', '', item['answer'])
                out.write(f'[INST] {words(re.sub("<[a-z_]+>", "", item["question"]))} [/INST]\n{words(answer)}\n')
        for text in sum(TEMPLATES.values(), []) + [t for pair in CHAT for t in pair]:
            for _ in range(30):
                plain = words(re.sub(r'<[a-z_]+>|\{[a-z]+\}', '', text))
                out.write(plain + '\n' + plain[0].lower() + plain[1:] + '\n')
                out.write(plain.replace('video', 'image').replace('clip', 'picture') + '\n')
        for noun in CLASSES + COLOR_NAMES:
            for _ in range(60):
                out.write(f'the {noun} and {plural(noun)}\n')
        for media in ('Video', 'Image'):
            out.write(f'[INST] <{media}>\n</{media}>[/INST]\n' * 2000)
        for mark in '?.,![]0123456789':
            out.write(f'{mark}\n' * 50)


def train(path=MODEL):
    corpus = path + '.txt'
    _corpus(corpus)
    sentencepiece.SentencePieceTrainer.train(
        input=corpus, model_prefix=path[:-len('.model')], model_type='bpe', vocab_size=PIECES, byte_fallback=True,
        character_coverage=1.0, split_digits=True, split_by_unicode_script=False, add_dummy_prefix=True,
        remove_extra_whitespaces=False, normalization_rule_name='identity', minloglevel=2, num_threads=1)
    os.remove(corpus)
    os.remove(path[:-len('.model')] + '.vocab')


if __name__ == '__main__':
    train()
    t = Tokenizer()
    print(t.size, 'ids')
    for text in (TURN.format(question='Where is the red star?'), BEFORE.format(media='Video'), AFTER.format(media='Image'),
                 'I see a sunflower, two hearts.', 'The ball is here <box_begin><boxes>', 'how many yellow butterflies'):
        ids = t.encode(text, True)
        print([t.pieces.id_to_piece(i) if i < t.count else t.names[i] for i in ids], '|', t.decode(ids))
