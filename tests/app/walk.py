#!/usr/bin/python3
"""Tab goes through all labels of the timeline, those out of sight, too: to every lane of a row of hundreds, every row, and the
labels too short to be told apart; Shift+Tab goes back. Each says how many there are in its row.

Usage, under tests/run-headless: walk.py STUDIO TPO CLIP SHOTS
"""

import pathlib
import re
import subprocess
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import Session, Steps, data_dir, database, expect, rows  # noqa: E402

STUDIO, TPO, CLIP, SHOTS = sys.argv[1:]
N_STACKED, N_ROWS = 210, 8  # a row of more than 200 holds only what is in sight
WALK = []  # what was met on the way, in order


def captions():
    """Stacked ones in one row, one of them too short to be seen, and rows of one below."""
    for i in range(N_STACKED):
        yield i * 50, i * 50 + (20 if i == 100 else 900), 'stacked'
    for i in range(N_ROWS):
        yield i * 1000, i * 1000 + 500, f'row {i}'


def time_text(ms):
    return f'00:00:{ms // 1000:02}.{ms % 1000:03}'


def import_captions():
    folder = data_dir() / 'many'
    folder.mkdir(parents=True)
    subtitles = folder / (pathlib.Path(CLIP).stem + '.vtt')
    subtitles.write_text('WEBVTT\n\n' + '\n'.join(f'{time_text(start)} --> {time_text(end)}\n{text}\n'
                                                    for start, end, text in captions()))
    subprocess.run([TPO, 'import', '--project', str(database()), '--videos', str(pathlib.Path(CLIP).parent), str(subtitles)],
                   check=True, stdout=subprocess.DEVNULL)


def focused(session, timeline):
    """Description and name of the label that has the keyboard."""
    for node in session.walk(timeline):
        if node.getRoleName() == 'list item' and node.getState().contains(pyatspi.STATE_FOCUSED):
            return node.description, node.name
    return None


def press(session, timeline, key, last):
    """The label that has the keyboard next; titles of rows and their buttons are passed."""
    for _ in range(8):
        session.keys(key)
        for _ in range(10):
            now = focused(session, timeline)
            if now is not None and now != last:
                return now
            if now is None:
                break
            time.sleep(0.1)
    return None


def forward(session):
    """Tab meets each label once."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(2)
    timeline = session.need(('panel',), 'Timeline')
    session.keys('F6')
    session.tab_to(('slider',), 'Width of the Row Titles')
    last = None
    for _ in range(N_STACKED + N_ROWS):
        last = press(session, timeline, 'Tab', last)
        expect(last is not None, f'Tab does not go on after {WALK[-1:]}, number {len(WALK)}')
        WALK.append(last)
    session.shot('walk-01-end')
    n = len(set(WALK))
    expect(n == N_STACKED + N_ROWS, f'{n} labels were met in {len(WALK)} steps')


def told(session):
    """The labels of the tall row say which they are, in the order in which they are met."""
    numbers = [re.search(r'(\d+) of (\d+)$', description) for description, _ in WALK[:N_STACKED]]
    found = [tuple(map(int, number.groups())) if number else None for number in numbers]
    expect(found == [(i + 1, N_STACKED) for i in range(N_STACKED)], f'{found}')


def backward(session):
    """Shift+Tab goes back the same way."""
    timeline = session.need(('panel',), 'Timeline')
    last = WALK[-1]
    for before in reversed(WALK[:-1]):
        last = press(session, timeline, 'shift+Tab', last)
        expect(last == before, f'{last} comes before {before}')
        if len(WALK) - WALK.index(before) > 60:
            break
    session.shot('walk-02-back')


STEPS = [forward, told, backward]


def main():
    import_captions()
    expect(len(rows('SELECT id FROM annotation')) == N_STACKED + N_ROWS, 'the captions are not all there')
    steps = Steps(len(STEPS) + 1)
    session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', CLIP], SHOTS)
    steps.run(session, STEPS, needs_all=True)
    steps.quit(session)
    sys.exit(steps.failed)


main()
