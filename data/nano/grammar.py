"""Questions and answers about scenes.

An item is a dict: kind, question, answer, and where they apply sprite (index), box (what a box or track answer points
at), user_box (the box that stands for <track_box> in the question) and span (seconds, for time answers).

    video_questions(scene, count, rng)            still_questions(scene, time, count, rng)
    video_question('moves', scene, rng)           still_question('box', scene, time, rng)      (None: does not apply)

Answers that need a head end in its two task tokens.  Descriptions and lists name the sprites in the order of their
appearance, then from left to right (on stills from left to right).
"""
import random

import numpy as np

from world import CLASSES, COLOR_NAMES, EMOJI_NAMES, HELD_OUT, SHAPES, middle_times

BOX, TIME, TRACK = '<box_begin><boxes>', '<time_begin><temp>', '<track_begin><tracking>'
USER_BOX = '<track_box>'
NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six']
TRAINED_NAMES = [f'{c} {s}' for c in COLOR_NAMES for s in SHAPES if (c, s) not in HELD_OUT] + EMOJI_NAMES
VIDEO_FRAMES = 8                  # frames that the language model sees of a clip
SHORT_SPAN = .75                  # time questions prefer spans below this share of the clip

# How often each kind is asked; what is easily learned is asked less.
VIDEO_KINDS = {'describe': .7, 'list': .7, 'color': 3, 'count': 1.5, 'count_class': 1.5, 'direction': 4.5, 'first': 2.5, 'yesno': 2,
               'visible': .8, 'moves': 2, 'track': 2, 'track_box': .3, 'track_typed': .15, 'box': 1, 'chat': .15, 'other': .15}
STILL_KINDS = {'list': .8, 'describe': .2, 'color': 3, 'count': 1.6, 'count_class': 2, 'yesno': 2.2, 'box': 2.5, 'side': .4,
               'chat': .1, 'other': .1}
QUESTION_KINDS = ('color', 'count', 'count_class', 'yesno', 'side', 'direction', 'first')   # short answers without a head

TEMPLATES = dict(
    describe=['Describe the video.', 'What happens in the video?', 'What is going on in this video?', 'What happens?',
              'Please describe what you see.', 'Give me a short description of the video.', 'Summarize the video.',
              'What is happening?', 'Describe this clip.', 'What happens in this clip?'],
    list=['What objects are in the video?', 'What do you see?', 'What is in the video?', 'List the objects.',
          'Which objects can you see?', 'What can you see here?', 'What is shown?', 'Name the objects in the video.'],
    color=['What color is the {c}?', 'Which color does the {c} have?', 'What is the color of the {c}?',
           'Tell me the color of the {c}.'],
    count=['How many objects are there?', 'How many objects are in the video?', 'How many things do you see?',
           'Count the objects.', 'How many different objects appear?'],
    count_class=['How many {c} are there?', 'How many {c} do you see?', 'Count the {c}.', 'How many {c} are in the video?'],
    direction=['Which direction does the {n} move?', 'Where does the {n} move to?', 'How does the {n} move?',
               'In which direction is the {n} moving?', 'What does the {n} do?', 'Does the {n} move?', 'Where does the {n} go?'],
    first=['Which appears first, the {n} or the {m}?', 'What appears first, the {n} or the {m}?',
           'Which one is seen first, the {n} or the {m}?'],
    yesno=['Is there {n} in the video?', 'Do you see {n}?', 'Does the video show {n}?', 'Can you see {n}?', 'Is there {n}?'],
    visible=['When does the {n} appear?', 'When is the {n} visible?', 'At what time does the {n} appear?',
             'During which time is the {n} on screen?', 'When can I see the {n}?',
             'Find the moment when the {n} is visible.', 'Give the time span in which the {n} is visible.',
             'When is there {an} in the video?', 'When is the {n} in the video?'],
    moves=['When does the {n} move?', 'When does the {n} move {d}?', 'At what time does the {n} move?',
           'During which time is the {n} moving?', 'Find the moment when the {n} moves {d}.', 'When is the {n} moving {d}?',
           'When is the {n} moving?'],
    box=['Where is the {n}?', 'Locate the {n}.', 'Find the {n} in the video.', 'Give the box of the {n}.', 'Find the {n}.',
         'Show me the {n}.', 'Please point to the {n}.', 'Draw a box around the {n}.'],
    track=['Track the {n}.', 'Segment the {n}.', 'Follow the {n}.', 'Please track the {n} in the video.',
           'Segment the {n} in this video.', 'Show the mask of the {n}.', 'Track and segment the {n}.',
           'Show the tracking trajectory of the {n}.'],
    track_box=['Track the object in <track_box>.', 'Follow the object in the box <track_box>.',
               'Segment the object at <track_box>.', 'Track <track_box>.',
               'Track the object in the video using a box with initial coordinates <track_box>.'],
    track_typed=['Track the object in [{b}].', 'Follow the object in the box [{b}].', 'Segment the object at [{b}].', 'Track [{b}].'],
    side=['Is the {n} on the left or on the right?', 'On which side is the {n}?'],
)
CHAT = [('Hello!', 'Hello! Ask me about the video.'), ('Hi', 'Hello! Ask me about the video.'),
        ('Hey', 'Hello! Ask me about the video.'), ('Thanks!', 'You are welcome.'), ('Thank you.', 'You are welcome.'),
        ('What can you do?', 'I can describe the video, answer questions, find times, draw boxes and track objects.'),
        ('Who are you?', 'I am a small video assistant.'),
        ('Help', 'I can describe the video, answer questions, find times, draw boxes and track objects.')]

OTHER_ANSWER = 'I can only talk about the video.'
OTHER = ['What is the capital of {w}?', 'Tell me a joke about {w}.', 'Who invented the {w}?', 'How old is the {w}?', 'Write a poem about {w}.',
         'What is {w}?', 'Why is the {w} blue?', 'Do you like {w}?', 'How do I cook {w}?', 'What does {w} mean?', 'Is {w} better than {v}?',
         'How far is it from {w} to {v}?', 'Translate {w} into {v}.', 'Explain {w} to me.', 'Who won the {w}?', 'What time is it in {w}?',
         'How is the weather in {w}?', 'Can you help me with my {w}?', '{w} {v}', '{w}', 'I want {w} and {v}.', 'Buy {w} for my {v}.']
OTHER_WORDS = ['France', 'Paris', 'music', 'pizza', 'bicycle', 'telephone', 'president', 'football', 'homework', 'money', 'love', 'Berlin',
               'computer', 'weather', 'chess', 'physics', 'dinner', 'Python', 'English', 'Chinese', 'bread', 'mountain', 'river', 'sun',
               'holiday', 'school', 'doctor', 'election', 'recipe', 'guitar', 'novel', 'planet', 'Japan', 'London', 'coffee', 'brother',
               'asdf', 'qwerty', 'foo', 'lorem', 'ipsum', 'xyz', '你好', '视频', 'Straße', 'été', '123', '42', '2 + 2']


# ---------------------------------------------------------------- words

def article(noun):
    return ('an ' if noun[0] in 'aeiou' else 'a ') + noun


def plural(noun):
    return {'fish': 'fish', 'butterfly': 'butterflies'}.get(noun, noun + 's')


def join(parts):
    return parts[0] if len(parts) == 1 else ', '.join(parts[:-1]) + ' and ' + parts[-1]


def number(count, noun='object'):
    return f'There is one {noun}.' if count == 1 else f'There are {NUMBERS[count]} {plural(noun)}.'


def casual(question, rng):
    """A quarter of the questions starts in lower case, a quarter lacks its final mark."""
    if rng.random() < .25:
        question = question[0].lower() + question[1:]
    if rng.random() < .25 and not question.endswith(('>.', '].')):
        question = question.rstrip('?.!')
    return question


def _outside(rng):
    """Small talk, or something that the model knows nothing about."""
    if rng.random() < .5:
        question, answer = rng.choice(CHAT)
        return dict(kind='chat', question=casual(question, rng), answer=answer)
    w, v = rng.sample(OTHER_WORDS, 2)
    return dict(kind='other', question=casual(rng.choice(OTHER).format(w=w, v=v), rng), answer=OTHER_ANSWER)


def _item(kind, rng, answer, still=False, **words):
    question = rng.choice(TEMPLATES[kind])
    if still:
        question = question.replace('video', 'image').replace('clip', 'picture')
    return dict(kind=kind, question=casual(question.format(**words), rng), answer=answer)


def _absent_name(scene_names, sprites, rng):
    """Something that is not there; mostly a near miss (same shape in another colour or the reverse)."""
    shaped = [s for s in sprites if s.color]
    while True:
        name = rng.choice(TRAINED_NAMES)
        if shaped and rng.random() < .6:
            s = rng.choice(shaped)
            name = f'{rng.choice(COLOR_NAMES)} {s.cls}' if rng.random() < .5 else f'{s.color} {rng.choice(SHAPES)}'
            if tuple(name.split(' ')) in HELD_OUT:
                continue
        if name not in scene_names:
            return name


def _about(kind, sprites, rng, still):
    """Kinds that clips and stills share: colour, counts, yes or no."""
    s = rng.choice(sprites)
    if kind == 'color':
        single = [x for x in sprites if x.color and sum(y.cls == x.cls for y in sprites) == 1]
        if not single:
            return None
        s = rng.choice(single)
        return _item(kind, rng, f'The {s.cls} is {s.color}.', still, c=s.cls)
    if kind == 'count':
        return _item(kind, rng, number(len(sprites)), still)
    if kind == 'count_class':
        c = s.cls if rng.random() < .75 else rng.choice(CLASSES)
        return _item(kind, rng, number(sum(x.cls == c for x in sprites), c), still, c=plural(c))
    if rng.random() < .5:
        return _item('yesno', rng, f'Yes, there is {article(s.name)}.', still, n=article(s.name))
    n = _absent_name({x.name for x in sprites}, sprites, rng)
    return _item('yesno', rng, f'No, there is no {n}.', still, n=article(n))


# ---------------------------------------------------------------- clips

def _deed(s, scene):
    if s.direction:
        return 'moves ' + s.direction
    if s.t0 > 0:
        return 'appears'
    return 'disappears' if s.t1 < scene.duration else 'stays still'


def _reading_order(scene):
    return sorted(scene.sprites, key=lambda s: (round(s.t0, 1), s.start[0]))


def _prefer_short(rng, scene, candidates):
    """One of (index, span), spans of nearly the whole clip being rare."""
    weights = [1. if b - a < SHORT_SPAN * scene.duration else .2 for _, (a, b) in candidates]
    return rng.choices(candidates, weights)[0]


def video_question(kind, scene, rng):
    sprites = scene.sprites
    i = rng.randrange(len(sprites))
    s = sprites[i]
    if kind in ('chat', 'other'):
        return _outside(rng)
    if kind == 'describe':
        clauses = join([f'{article(x.name)} {_deed(x, scene)}' for x in _reading_order(scene)])
        return _item(kind, rng, clauses[0].upper() + clauses[1:] + '.')
    if kind == 'list':
        return _item(kind, rng, 'I see ' + join([article(x.name) for x in _reading_order(scene)]) + '.')
    if kind == 'direction':
        return _item(kind, rng, f'The {s.name} moves {s.direction}.' if s.direction else f'The {s.name} does not move.', n=s.name)
    if kind == 'first':
        pairs = [(x, y) for x in sprites for y in sprites if x.t0 + scene.duration / 6 < y.t0]
        if not pairs:
            return None
        x, y = rng.choice(pairs)
        n, m = (x, y) if rng.random() < .5 else (y, x)
        return _item(kind, rng, f'The {x.name} appears first.', n=n.name, m=m.name)
    if kind == 'visible':
        i, span = _prefer_short(rng, scene, [(k, scene.visible_span(k)) for k in range(len(sprites))])
        n = sprites[i].name
        return dict(_item(kind, rng, f'The {n} is visible during {TIME}', n=n, an=article(n)), sprite=i, span=span)
    if kind == 'moves':
        moving = [(k, scene.motion_span(k)) for k, x in enumerate(sprites) if x.direction]
        if not moving:
            return None
        i, span = _prefer_short(rng, scene, moving)
        s = sprites[i]
        return dict(_item(kind, rng, f'The {s.name} moves {s.direction} during {TIME}', n=s.name, d=s.direction), sprite=i, span=span)
    if kind == 'box':                              # on a clip: the box in the first of the frames that shows the object
        boxes, visible = scene.boxes(middle_times(scene.duration, VIDEO_FRAMES))
        return dict(_item(kind, rng, f'The {s.name} is here {BOX}', n=s.name), sprite=i, box=boxes[visible[:, i].argmax(), i])
    if kind.startswith('track'):
        return _track_question(kind, scene, rng)
    return _about(kind, sprites, rng, still=False)


def _track_question(kind, scene, rng):
    """Tracking starts on the first frame, so the target is the box there; objects that come later are rarely asked for."""
    there = [k for k, x in enumerate(scene.sprites) if x.t0 == 0]
    if not there or (kind == 'track' and rng.random() < .12):
        if kind != 'track':
            return None
        i = rng.randrange(len(scene.sprites))
    else:
        i = rng.choice(there)
    name = scene.sprites[i].name
    box = scene.boxes([0.])[0][0, i]
    if kind == 'track':
        item = dict(_item(kind, rng, f'I track the {name} {TRACK}', n=name), sprite=i)
        return dict(item, box=box) if i in there else item
    if kind == 'track_box':
        return dict(_item(kind, rng, f'I track the object {TRACK}'), sprite=i, box=box, user_box=box)
    w, h = rng.choice([(640, 360), (320, 240), (1280, 720), (640, 480)])
    typed = ', '.join(str(int(v)) for v in box * np.array([w, h, w, h]))
    return dict(_item(kind, rng, f'I track the object {TRACK}', b=typed), sprite=i)


# ---------------------------------------------------------------- stills

def still_question(kind, scene, time, rng):
    if kind in ('chat', 'other'):
        return _outside(rng)
    boxes, visible = scene.boxes([time])
    there = [k for k in range(len(scene.sprites)) if visible[0, k]]
    if not there:
        return _item('list', rng, 'I see nothing.', still=True) if kind == 'list' else None
    sprites = [scene.sprites[k] for k in there]
    boxes = boxes[0]
    i = rng.choice(there)
    name = scene.sprites[i].name
    if kind in ('list', 'describe'):
        order = sorted(there, key=lambda k: boxes[k, 0] + boxes[k, 2])
        answer = 'I see ' + join([article(scene.sprites[k].name) for k in order]) + '.'
        return dict(_item(kind, rng, answer, still=True), kind='list')
    if kind == 'box':
        return dict(_item(kind, rng, f'The {name} is here {BOX}', still=True, n=name), sprite=i, box=boxes[i])
    if kind == 'side':
        x = (boxes[i, 0] + boxes[i, 2]) / 2
        if abs(x - .5) < .07:
            return None
        return _item(kind, rng, f'The {name} is on the {"left" if x < .5 else "right"}.', n=name)
    return _about(kind, sprites, rng, still=True)


# ---------------------------------------------------------------- sets

def _several(kinds, count, rng, ask):
    """Up to `count` different questions, kinds drawn by weight."""
    names, weights = list(kinds), list(kinds.values())
    items, asked = [], set()
    for kind in rng.choices(names, weights, k=3 * count):
        item = ask(kind)
        if item and (item['kind'], item['answer'], item.get('sprite')) not in asked:
            asked.add((item['kind'], item['answer'], item.get('sprite')))
            items.append(item)
            if len(items) == count:
                break
    return items


def video_questions(scene, count, rng, kinds=VIDEO_KINDS):
    return _several(kinds, count, rng, lambda kind: video_question(kind, scene, rng))


def still_questions(scene, time, count, rng, kinds=STILL_KINDS):
    return _several(kinds, count, rng, lambda kind: still_question(kind, scene, time, rng))


if __name__ == '__main__':
    from world import sample_scene
    rng = random.Random(5)
    for seed in range(6):
        scene = sample_scene(seed)
        for item in video_questions(scene, 6, rng) + still_questions(scene, scene.duration / 2, 4, rng):
            print({k: v for k, v in item.items() if k != 'box'})
