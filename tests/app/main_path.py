#!/usr/bin/python3
"""The main path from end to end in a real window: open, ask, correct, undo, quit, restart, export.

Usage, under tests/run-headless: main_path.py STUDIO TPO CLIP SHOTS
"""

import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import BUTTONS, TEXTS, Failure, Session, Steps, data_dir, database, expect, rows, xdotool  # noqa: E402

STUDIO, TPO, CLIP, SHOTS = sys.argv[1:]
SPAN = ('list item',)


def chips(session):
    return session.find_all(BUTTONS, ' – ') + session.find_all(BUTTONS, 'Box at')


def first_start(session):
    """The clip opens with three example questions."""
    session.need(TEXTS, 'Question', seconds=60)
    session.need(BUTTONS, contains='Where is', seconds=60)
    expect(len(session.find_all(BUTTONS, '?')) + len(session.find_all(BUTTONS, 'Track')) >= 3,
           'fewer than three example questions')
    session.shot('01-first-start')


def ask_when(session):
    """A typed question brings a span chip and a span on the timeline."""
    session.ask('When does the car move?')
    session.need(BUTTONS, contains=' – ')
    session.need(SPAN, contains='When does the car')
    session.shot('02-span')
    expect(rows('SELECT count(*) FROM prediction')[0][0] == 1, 'the prediction is not stored')


def drag_edge(session):
    """Dragging the right edge of the span changes what is stored; the prediction stays."""
    span = session.need(SPAN, contains='When does the car')
    old = span.description
    x, y, width, height = session.box(span)
    target = x + width // 2
    session.drag(x + width - 3, y + height // 2, target, y + height // 2)
    session.wait(lambda: session.need(SPAN, contains='When does the car').description != old, 10,
                 'change of the span')
    expect('corrected' in session.need(SPAN, contains='When does the car').description,
           'the span does not count as corrected')
    session.shot('03-edge-dragged')


def undo_redo(session):
    """Undo takes the edge back, redo does it again."""
    moved = session.need(SPAN, contains='When does the car').description
    session.keys('ctrl+z')
    session.wait(lambda: session.need(SPAN, contains='When does the car').description != moved, 10,
                 'undo of the drag')
    session.shot('04-undone')
    session.keys('ctrl+shift+z')
    session.wait(lambda: session.need(SPAN, contains='When does the car').description == moved, 10,
                 'redo of the drag')


def ask_where(session):
    """A box appears on the picture."""
    session.ask('Where is the house?')
    session.need(BUTTONS, contains='Box at')
    session.shot('05-box')


def ask_track(session):
    """A mask track grows; stopping keeps what was found."""
    entry = session.need(TEXTS, 'Question')
    session.click(entry)
    session.type('Track the car.')
    session.keys('Return')
    session.need(BUTTONS, 'Stop', seconds=60)
    session.wait(lambda: session.find(SPAN, contains='Track the car'), 240, 'a growing track')
    time.sleep(3)
    session.shot('06-tracking')
    stop = session.find(BUTTONS, 'Stop')
    if stop is not None:
        session.click(stop)
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None, 120, 'end of tracking')
    session.wait(lambda: rows('SELECT count(*) FROM prediction')[0][0] == 3, 20, 'stored mask track')
    session.shot('07-mask')


def restore(session):
    """After a restart everything is where it was."""
    for text in ('When does the car move?', 'Where is the house?', 'Track the car.'):
        session.need(('label',), contains=text, seconds=60)
    expect(len(chips(session)) >= 3, 'chips are missing after the restart')
    expect('corrected' in session.need(SPAN, contains='When does the car').description,
           'the correction is lost')
    session.shot('08-restored')


def names(session):
    """Nothing that can be focused is nameless."""
    nameless = []
    for node in session.walk():
        try:
            if node.getRoleName() in BUTTONS and not node.name and not node.description:
                nameless.append(node.getRoleName())
        except Exception:
            continue
    expect(not nameless, f'{len(nameless)} buttons have no name')


def choose_model(session, key, shown):
    """In the table's choices, which are behind a button where there is little room: the fourth of them."""
    session.click(session.need(BUTTONS, 'Show Only Some'))
    session.keys('Tab', 'Tab', 'Tab', 'Return', key, 'Return')
    session.need(('label',), shown)
    session.keys('Escape')


def filter_by_model(session):
    """The table of labels shows what one model said, and leaves out what a person made."""
    session.keys('F6', 'Home', 'i', 'shift+Right', 'shift+Right', 'o')
    session.wait(lambda: rows("SELECT count(*) FROM revision WHERE status = 'manual'")[0][0] == 1, 20, 'a span by hand')
    session.keys('F4')
    session.need(('label',), '4 labels')
    choose_model(session, 'Down', '3 labels')
    session.shot('09-one-model')
    choose_model(session, 'Up', '4 labels')
    session.keys('F6', 'F4', 'ctrl+z')
    session.wait(lambda: len(session.find_all(SPAN, 'When does the car')) == 1, 20, 'the timeline again')


def export(session):
    """The project exports from the dialog; the command line writes the same labels."""
    target = data_dir() / 'labels.json'
    target.unlink(missing_ok=True)
    session.keys('ctrl+e')
    kinds = ('menu item', 'push button', 'button')
    session.need(kinds, 'Boxes and Masks').queryAction().doAction(0)
    session.need(kinds, 'COCO').queryAction().doAction(0)
    session.need(BUTTONS, contains='Save', seconds=30)
    # Without a window manager the keyboard belongs to the window under the pointer.
    xdotool('mousemove', 300, 150)
    time.sleep(1)
    session.shot('10-export-dialog')
    xdotool('key', 'ctrl+a')
    xdotool('type', '--delay', '15', str(target))
    time.sleep(0.5)
    xdotool('key', 'Return')
    session.wait(target.exists, 30, f'{target}')
    coco = json.loads(target.read_text())
    expect(coco['annotations'], 'the export has no annotations')
    session.shot('11-exported')
    spans = data_dir() / 'spans.json'
    subprocess.run([TPO, 'export', '--project', str(database()), '--format', 'activitynet',
                    '--output', str(spans)], check=True, stdout=subprocess.DEVNULL)
    expect('timestamps' in spans.read_text(), 'the span is not in the ActivityNet export')


FIRST_RUN = [first_start, names, ask_when, drag_edge, undo_redo, ask_where, ask_track]
SECOND_RUN = [restore, filter_by_model, export]


def main():
    steps = Steps(len(FIRST_RUN) + len(SECOND_RUN) + 2)
    session = Session(STUDIO, [CLIP], SHOTS)
    steps.run(session, FIRST_RUN)
    steps.quit(session)
    session = Session(STUDIO, [], SHOTS)
    steps.run(session, SECOND_RUN)
    session.kill()  # the export's report is modal
    steps.result(rows('PRAGMA integrity_check')[0][0] == 'ok', 'the project is whole')
    sys.exit(steps.failed)


main()
