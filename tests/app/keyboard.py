#!/usr/bin/python3
"""The whole path by the keyboard alone, in a real window: a clip is opened, a question asked, the span that it finds selected, moved
by its edges, labelled and accepted, boxes are made, selected one by one, moved and resized, all of it is exported, and undone. The
bundled model answers.

Usage, under tests/run-headless: keyboard.py STUDIO CLIP SHOTS
"""

import json
import pathlib
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import BUTTONS, TEXTS, Session, Steps, data_dir, decode_mask, expect, rows, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]
EXPORTED = data_dir() / 'exported.json'
FRAME_US = 40000
HEADS = 'FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id AND NOT r.is_deleted '


def keys(*names):
    """To whatever has the keyboard."""
    for name in names:
        xdotool('key', name)
        xdotool('keyup', name)
        time.sleep(0.2)


def focused(session):
    """Names of what has the keyboard."""
    return [node.name for node in session.walk() if node.getState().contains(pyatspi.STATE_FOCUSED)]


def tab_to(session, name, key='Tab'):
    for _ in range(16):
        if any(name in each for each in focused(session)):
            return
        keys(key)
    raise AssertionError(f'{key} does not reach “{name}”: {focused(session)}')


def newest_window(session):
    """Gets the keyboard, as a window manager gives it to a window that opens."""
    windows = session.wait(lambda: (found := xdotool('search', '--pid', session.process.pid, '--onlyvisible', '--name', '.')
                                    .split('\n'))[1:] and found, 30, 'another window')
    xdotool('windowfocus', windows[-1])
    time.sleep(0.7)


def first_window(session):
    """Gets it back."""
    time.sleep(0.7)
    xdotool('windowfocus', session.window)
    time.sleep(0.5)


def span():
    """(status, label, start, end)"""
    return rows('SELECT r.status, l.name, r.start_us, r.end_us ' + HEADS + 'LEFT JOIN label AS l ON l.id = r.label_id '
                "WHERE a.kind = 'span'")


def open_clip(session):
    """A clip is opened."""
    session.need(TEXTS, 'Question', seconds=60)
    first_window(session)
    keys('ctrl+o')
    newest_window(session)
    keys('ctrl+l')
    xdotool('type', '--delay', '15', CLIP)
    time.sleep(0.7)
    keys('Return')
    session.need(('frame',), pathlib.Path(CLIP).name, seconds=60)
    first_window(session)


def ask(session):
    """A question is asked; from its field, Shift+Tab goes to what was said before, and to each moment in it."""
    keys('ctrl+l')
    xdotool('type', '--delay', '15', 'When does the car move?')
    keys('Return')
    session.wait(lambda: span() and session.find(BUTTONS, 'Stop') is None, 120, 'a span')
    tab_to(session, 'Edit the Question', 'shift+Tab')
    keys('Down')
    tab_to(session, ' – ')
    session.shot('keyboard-1-chip')


def correct_span(session):
    """The span is selected, each of its edges moved by a frame, it is labelled and accepted."""
    (status, _, start, end), = span()
    expect(status == 'predicted', f'the span is {status}')
    keys('F6', 'Home', 'Next', 'a')
    session.wait(lambda: span()[0][0] == 'accepted', 20, 'acceptance')
    keys('alt+Right', 'alt+shift+Right')
    later = (start // FRAME_US + 1) * FRAME_US, ((end - 1) // FRAME_US + 2) * FRAME_US  # where frames meet
    session.wait(lambda: span()[0][2:] == later, 20, f'edges at {later}; they are at {span()}')
    keys('c')
    session.need(TEXTS, 'Find or add a label')
    xdotool('type', '--delay', '15', 'car')
    keys('Return')
    session.wait(lambda: span()[0][1] == 'car', 20, 'the label')
    keys('Escape')
    session.shot('keyboard-2-span')


def boxes():
    """Corners in pixels."""
    return [tuple(round(at * size) for at, size in zip(row, (640, 480) * 2)) for row in
            rows('SELECT k.x0, k.y0, k.x1, k.y1 FROM annotation AS a JOIN keyframe AS k ON k.revision_id = a.revision_id '
                 "WHERE a.kind = 'box-track' ORDER BY a.id")]


def make_boxes(session):
    """Two boxes are made; the first is selected again, moved and made larger."""
    keys('F6', 'b', 'Return', 'Down', 'Escape', 'Return', 'v')
    session.wait(lambda: boxes() == [(240, 181, 400, 301), (240, 180, 400, 300)], 20, f'two boxes: {boxes()}')
    keys('ctrl+Down')
    expect(focused(session) == ['Box, box at 240, 181, 160 by 120'], f'the first is not selected: {focused(session)}')
    keys('Right', 'alt+Right')
    session.wait(lambda: boxes()[0] == (241, 181, 402, 301), 20, f'the first moved and enlarged: {boxes()}')
    keys('ctrl+Down')
    expect(focused(session) == ['Box, box at 240, 180, 160 by 120'], f'the second is not selected: {focused(session)}')
    keys('ctrl+Up')
    expect(focused(session) == ['Box, box at 241, 181, 161 by 120'], f'nor the first: {focused(session)}')
    session.shot('keyboard-3-boxes')


def export(session):
    """All of it is exported; the report says how much went where, and the keyboard is back in the window afterwards."""
    keys('ctrl+e', 'Down', 'Return')
    tab_to(session, 'ActivityNet Captions', 'Down')
    keys('Return')
    newest_window(session)
    keys('ctrl+a')
    xdotool('type', '--delay', '15', str(EXPORTED))
    keys('Return')
    session.wait(EXPORTED.exists, 30, 'a file')
    session.need(('label',), contains='Exported to exported.json')
    session.need(('label',), '1 span')
    session.need(('label',), contains='Box tracks without a place in ActivityNet Captions')
    newest_window(session)
    session.shot('keyboard-4-report')
    tab_to(session, 'Show the Folder')
    keys('Escape')
    first_window(session)
    (_, _, start, end), = span()
    expect(json.loads(EXPORTED.read_text())['v_morning']['timestamps'] == [[start / 1e6, end / 1e6]], 'another span went out')


def undo(session):
    """Steps are taken back, the last first."""
    n = rows('SELECT count(*) FROM undo_step WHERE is_undone')[0][0]
    keys('ctrl+z')
    session.wait(lambda: rows('SELECT count(*) FROM undo_step WHERE is_undone')[0][0] == n + 1, 20, 'a step taken back')
    session.wait(lambda: boxes()[0] == (241, 181, 401, 301), 20, f'the box in its size: {boxes()}')


def answers(session, question, kind):
    """What the model found when it was asked."""
    keys('ctrl+l')
    xdotool('type', '--delay', '15', question)
    keys('Return')
    found = f"SELECT r.status {HEADS} WHERE a.kind = '{kind}' AND a.prediction_id IS NOT NULL"
    session.wait(lambda: rows(found) == [('predicted',)] and session.find(BUTTONS, 'Stop') is None, 120, f'a {kind}')
    return found


def car():
    """How many pixels of the first frame the car's mask has."""
    (mask, width, height), = rows('SELECT k.mask, k.mask_width, k.mask_height FROM annotation AS a '
                                  "JOIN keyframe AS k ON k.revision_id = a.revision_id WHERE a.kind = 'mask-track' "
                                  'ORDER BY k.time_us LIMIT 1')
    return sum(map(sum, decode_mask(mask, width, height)))


def correct_mask(session):
    """A mask is asked for, and rubbed out where the eraser starts: at its middle."""
    found = answers(session, 'Track the car.', 'mask-track')
    before = car()
    keys('F6', 'e', 'Insert', 'Insert')
    session.wait(lambda: rows(found) == [('corrected',)], 20, 'a corrected mask')
    expect(100 < before - car() < before / 2, f'{before} pixels became {car()}')
    session.shot('keyboard-5-mask')
    keys('v')


def review(session):
    """What was found is reviewed: the list of it has the keyboard at once, and Return goes to the picture."""
    found = answers(session, 'Where is the house?', 'box-track')
    keys('F6', 'ctrl+shift+r')
    session.wait(lambda: any('Where is the house?' in name for name in focused(session)), 20, f'the list: {focused(session)}')
    session.shot('keyboard-6-review')
    keys('Return', 'a')
    session.wait(lambda: rows(found) == [('accepted',)], 20, 'acceptance')


STEPS = [open_clip, ask, correct_span, make_boxes, export, undo, correct_mask, review]


def main():
    EXPORTED.unlink(missing_ok=True)
    steps = Steps(len(STEPS) + 1)
    session = Session(STUDIO, [], SHOTS)
    steps.run(session, STEPS, needs_all=True)
    steps.quit(session)
    sys.exit(steps.failed)


main()
