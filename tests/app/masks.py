#!/usr/bin/python3
"""Masks put together in a real window: what is drawn on top joins a mask, cut out it leaves; two people's masks are united
and intersected; mask tracks become one. Each is checked by its pixels in the project, and so is its undo. No model takes part.

Usage, under tests/run-headless: masks.py STUDIO CLIP SHOTS
"""

import pathlib
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from picture import HEIGHT, WIDTH, at, count_steps, go_to, keyframes, newest  # noqa: E402
from session import (BUTTONS, Session, Steps, button, choose_file, data_dir, database, decode_mask, expect,  # noqa: E402
                     press, rows, xdotool)

STUDIO, CLIP, SHOTS = sys.argv[1:]
OTHER = data_dir() / 'theirs.tpo'
LIVING = "FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id WHERE a.kind = 'mask-track' AND NOT r.is_deleted"
BODY, HAT, HOLE = 100 * 100, 40 * 100, 40 * 40  # pixels of what is drawn
NEAR = 400  # pixels: a pixel of the screen is one or two of the video, and edges have several hundred
IDS = {}


def areas(annotation):
    """{frame: pixels} of a mask track."""
    return {frame: sum(map(sum, decode_mask(keyframe[3], WIDTH, HEIGHT)))
            for frame, keyframe in keyframes(annotation).items() if keyframe[3] is not None}


def reaches(session, annotation, expected, what):
    """Waits until the track has those masks, {frame: pixels}."""
    def is_there():
        found = areas(annotation)
        return found.keys() == expected.keys() and all(abs(found[frame] - expected[frame]) < NEAR for frame in found)

    session.wait(is_there, 15, f'{what} with {expected}; there is {areas(annotation)}')


def rectangle(session, x0, y0, x1, y1, modifier=None):
    """With the polygon tool; a press on the first corner closes it."""
    for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)):
        session.click_at(*at(session, x, y))
    if modifier is not None:
        xdotool('keydown', modifier)
    session.click_at(*at(session, x0, y0))
    if modifier is not None:
        xdotool('keyup', modifier)


def draw(session):
    """A polygon is a mask; another person has this one."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(2)
    session.click_at(*at(session, 320, 40))
    session.keys('p')
    rectangle(session, 100, 300, 200, 400)
    IDS['body'] = session.wait(lambda: newest('mask-track'), 20, 'mask')
    reaches(session, IDS['body'], {0: BODY}, 'body')
    with sqlite3.connect(database()) as mine, sqlite3.connect(OTHER) as theirs:
        mine.backup(theirs)


def add_and_cut_out(session):
    """A polygon that overlaps the selected mask joins it, one with Shift is cut out; each is one step."""
    steps = count_steps()
    rectangle(session, 150, 300, 240, 400)
    reaches(session, IDS['body'], {0: BODY + HAT}, 'body and hat')
    rectangle(session, 120, 330, 160, 370, 'shift')
    reaches(session, IDS['body'], {0: BODY + HAT - HOLE}, 'body, hat and hole')
    expect(count_steps() == steps + 2, f'{count_steps() - steps} steps of undo')
    expect(rows(f'SELECT count(*) {LIVING}') == [(1,)], 'there is another mask')
    session.keys('ctrl+z')
    reaches(session, IDS['body'], {0: BODY + HAT}, 'body and hat without a hole')
    session.keys('ctrl+shift+z')
    reaches(session, IDS['body'], {0: BODY + HAT - HOLE}, 'hole again')
    session.shot('masks-01-drawn')


def resolve(session, name):
    """Compares with the other person's project, and resolves the only difference with the button of that name."""
    session.click(session.need(BUTTONS, 'Main Menu'))
    session.choose('Compare with Another Project…')
    session.need(BUTTONS, contains='Open', seconds=30)
    choose_file(OTHER)
    session.need(('label',), contains='Difference 1 of 1')
    session.shot(f'masks-02-{name.lower()}')
    press(button(session, name))
    session.leave_message()
    session.give_keyboard()


def unite(session):
    """Unite has the pixels of either, in one step that undo takes back."""
    resolve(session, 'Unite')
    reaches(session, IDS['body'], {0: BODY + HAT}, 'united masks')
    session.keys('ctrl+z')
    reaches(session, IDS['body'], {0: BODY + HAT - HOLE}, 'mask of before')


def intersect(session):
    """Intersect has the pixels of both."""
    resolve(session, 'Intersect')
    reaches(session, IDS['body'], {0: BODY - HOLE}, 'intersected masks')
    session.keys('ctrl+z')
    reaches(session, IDS['body'], {0: BODY + HAT - HOLE}, 'mask of before')


def other_object(session, name, frame, *box):
    """Draws a mask of its own on that frame."""
    session.keys('Escape', 'Escape', 'v', 'Escape')
    go_to(session, frame)
    session.keys('p')
    rectangle(session, *box)
    IDS[name] = session.wait(lambda: newest('mask-track') not in IDS.values() and newest('mask-track'), 20, name)


def merge(session):
    """J makes one track of three: on a frame that several have the first one's mask stays; undo brings all back."""
    session.click_at(*at(session, 320, 40))
    other_object(session, 'same frame', 0, 400, 300, 440, 340)
    other_object(session, 'later', 10, 100, 100, 200, 200)
    session.keys('Escape', 'Escape', 'v')
    session.click_at(*at(session, 320, 40))
    session.keys('ctrl+a')
    before = {name: areas(annotation) for name, annotation in IDS.items()}
    steps = count_steps()
    session.keys('j')
    session.wait(lambda: rows(f'SELECT count(*) {LIVING}') == [(1,)], 15, 'one track')
    session.wait(lambda: 10 in areas(IDS['body']), 15, f'mask of the later one; there is {areas(IDS["body"])}')
    after = areas(IDS['body'])
    expect(after[0] == before['body'][0] and after[10] == before['later'][10], f'{before} became {after}')
    expect(count_steps() == steps + 1, f'{count_steps() - steps} steps of undo')
    session.shot('masks-03-merged')
    session.keys('ctrl+z')
    session.wait(lambda: rows(f'SELECT count(*) {LIVING}') == [(3,)], 15, 'three tracks')
    expect({name: areas(annotation) for name, annotation in IDS.items()} == before, 'a mask has changed')


STEPS = [draw, add_and_cut_out, unite, intersect, merge]


def main():
    steps = Steps(len(STEPS) + 1)
    session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', CLIP], SHOTS)
    steps.run(session, STEPS, needs_all=True)
    steps.quit(session)
    sys.exit(steps.failed)


main()
