"""Byte-level vocabularies by their definition: cut into words, then merge pairs in the order of their list.

Written after Radford et al. (2019), section 2.2, and the published description of Qwen2's tokenizer; slow and plain, for
comparing the engine with it.
"""
import unicodedata

import regex

WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
         r"\s+(?!\S)|\s+")


def alphabet():
    """byte -> character"""
    kept = [*range(0x21, 0x7f), *range(0xa1, 0xad), *range(0xae, 0x100)]
    moved = [b for b in range(256) if b not in kept]
    return {**{b: chr(b) for b in kept}, **{b: chr(0x100 + i) for i, b in enumerate(moved)}}


LETTERS = alphabet()
BYTES = {letter: byte for byte, letter in LETTERS.items()}


def words_of(text):
    return [tuple(LETTERS[b] for b in word.encode()) for word in regex.findall(WORDS, unicodedata.normalize('NFC', text))]


def merge(word, pair):
    out, i = [], 0
    while i < len(word):
        if word[i:i + 2] == pair:
            out.append(word[i] + word[i + 1])
            i += 2
        else:
            out.append(word[i])
            i += 1
    return tuple(out)


def learn(text, count):
    """The `count` pairs found most often, one after the other."""
    words, merges = words_of(text), []
    for _ in range(count):
        found = {}
        for word in words:
            for pair in zip(word, word[1:]):
                found[pair] = found.get(pair, 0) + 1
        best = max(found, key=lambda pair: (found[pair], pair))
        words = [merge(word, best) for word in words]
        merges.append(best)
    return merges


class Vocabulary:
    def __init__(self, merges, special, plain):
        """`special` tokens are left out of answers, `plain` added ones are not."""
        pieces = sorted(LETTERS.values()) + [a + b for a, b in merges]
        self.ids = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
        self.ranks = {pair: i for i, pair in enumerate(merges)}
        self.merges, self.special, self.plain = merges, special, plain
        self.added = {text: len(self.ids) + i for i, text in enumerate(special + plain)}
        self.texts = {i: piece for piece, i in {**self.ids, **self.added}.items()}

    def __len__(self):
        return len(self.ids) + len(self.added)

    def encode_text(self, text):
        out = []
        for word in words_of(text):
            while len(word) > 1:
                pair = min(zip(word, word[1:]), key=lambda p: self.ranks.get(p, len(self.ranks)))
                if pair not in self.ranks:
                    break
                word = merge(word, pair)
            out += [self.ids[piece] for piece in word]
        return out

    def encode(self, text):
        """Added tokens are cut out first, the longest where several begin."""
        tokens = '|'.join(regex.escape(t) for t in sorted(self.added, key=len, reverse=True))
        parts = regex.split(f'({tokens})', text)
        return [i for part in parts for i in ([self.added[part]] if part in self.added else self.encode_text(part))]

    def decode(self, ids, skip_special):
        """Raw bytes."""
        out = b''
        for i in ids:
            piece = self.texts.get(i)
            if piece is None or skip_special and piece in self.special:
                continue
            out += piece.encode() if piece in self.added else bytes(BYTES[letter] for letter in piece)
        return out
