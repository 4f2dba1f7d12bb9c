"""Texts to learn a small vocabulary from, and texts that try a tokenizer."""
import random

CORPUS = '''You are a helpful assistant. The video shows a red car that moves from left to right. Where is the red car?
When does the dog jump? Track the ball through the video. Describe the scene: two people are walking, and a bicycle stands
beside the house. How many people can you see? I don't know; they're too far away. It's the second one that he'll take.
The person in the blue shirt opens the door at 12.5 seconds, closes it at 17 seconds and doesn't come back.
What is the person doing in the video? What color is the car? The car is red. Is it moving? (A) yes (B) no
Ein kleiner grüner Würfel fällt über die Straße. Où est la voiture bleue ? ¿Cuándo salta el perro?
视频中的人在做什么？红色的汽车在哪里？ 日本語のテキストです。 Где красная машина?
for (i = 0; i < 10; i++) {
    printf ("%d\\n", i);
}
system user assistant system user assistant
'''

EXAMPLES = [
    '', ' ', '  ', '\n', '\n\n', ' \n ', 'a', 'Hello world', ' Hello  world ', 'Where is the red car?', "I don't, they're, WE'LL, it's",
    "'S 's'S ''s 'x", "'\u017fa", '12345 6.5', 'x = 3;\n\n    return x;\r\n', '\tindented\ttext', 'tab\t 5', 'a\u00a0b\u2003c\u3000d', '\u0085x',
    'line\u2028separator', 'caf\u00e9 cafe\u0301', 'A\u030angstro\u0308m', '\u1100\u1161\u11a8', '你好，世界！', '红色的汽车在哪里？', 'Привет, мир!',
    'नमस्ते', 'ภาษาไทย', '🚀🚀 👩‍👩‍👧', '½ Ⅷ ²', '\u200b\u200c', '\x1ca', 'a\x00b', '\x00', 'e\u0301\x00e\u0301', '\ufffd', 'a<|im_end|>b', '<|im_start|>user\nHi<|im_end|>\n',
    '<box_begin><boxes>', '<box_begin', '<|im_start|', 'in<track_box>to', '<time_begin> <temp>', '<|endoftext|><|endoftext|>', '...\n\n...', ' .\n', '?!\r\n\r\n  x',
    'a  \n  b', '   7', ' \u00a0 7', '(hello)', '_under_score', 'mixed中文English', 'éÉßſK', 'ﬁ ﬂ', '\u0130i',
]

POOLS = ['abcdefghij', 'XYZ', '0123456789', '    ', '\n\r\t', '.,;:!?()\'"-', 'äöüßéñçø', '中文字符测试', 'абвгд', '\u0301\u0308', '🚀½²', "'s're'll"]


def examples(vocabulary, seed=11, count=150):
    """Fixed texts and random ones, some with added tokens inside."""
    rng = random.Random(seed)
    out = list(EXAMPLES)
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 6)):
            parts.append(rng.choice(list(vocabulary.added)) if rng.random() < .1 else
                         ''.join(rng.choice(rng.choice(POOLS)) for _ in range(rng.randint(1, 6))))
        out.append(''.join(parts))
    return out
