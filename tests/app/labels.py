#!/usr/bin/python3
"""The label schema in a real window, by keyboard: labels are made, given, taken away, and all of it is undone. No model
takes part.

Usage, under tests/run-headless: labels.py STUDIO CLIP SHOTS
"""

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import BUTTONS, TEXTS, Session, Steps, data_dir, expect, press, rows, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]
LABEL_OF_SPAN = ("SELECT l.name FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id "
                 "LEFT JOIN label AS l ON l.id = r.label_id")


def wait_rows(session, sql, expected):
    session.wait(lambda: rows(sql) == expected, 20, f'{expected}, there is {rows(sql)}')


def mark_span(session):
    """A span of two seconds."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(2)
    session.click_at(300, 400)
    session.keys('i', 'shift+Right', 'shift+Right', 'o')
    wait_rows(session, 'SELECT count(*) FROM annotation', [(1,)])


def add_labels(session):
    """C opens the list of labels; a name that is new makes one and gives it."""
    session.keys('c')
    session.need(TEXTS, 'Find or add a label')
    session.type('car')
    session.need(BUTTONS, contains='Add “car”')
    session.keys('Return')
    wait_rows(session, LABEL_OF_SPAN, [('car',)])
    session.type('house')
    session.keys('Return')
    wait_rows(session, LABEL_OF_SPAN, [('house',)])
    wait_rows(session, 'SELECT name, key FROM label ORDER BY id', [('car', '1'), ('house', '2')])
    session.shot('labels-01-chooser')
    session.keys('Escape')
    time.sleep(0.5)


def number_keys(session):
    """A number key gives the label, once more it takes it away."""
    session.keys('1')
    wait_rows(session, LABEL_OF_SPAN, [('car',)])
    session.need(('list item',), contains='car, ')
    session.keys('1')
    wait_rows(session, LABEL_OF_SPAN, [(None,)])
    session.keys('1')
    wait_rows(session, LABEL_OF_SPAN, [('car',)])


def undo(session):
    """Undo takes labels back one by one."""
    session.keys('ctrl+z')
    wait_rows(session, LABEL_OF_SPAN, [(None,)])
    session.keys('ctrl+z')
    wait_rows(session, LABEL_OF_SPAN, [('car',)])
    session.keys('ctrl+shift+z')
    wait_rows(session, LABEL_OF_SPAN, [(None,)])


def in_table(session):
    """In the table C opens the list at the selected row."""
    session.keys('F4')
    time.sleep(1)
    before = xdotool('search', '--pid', session.process.pid, '--onlyvisible', '--name', '.').split('\n')
    x, y, width, height = session.settled(session.need(('table cell',), contains='Label: '))
    session.keys('c')
    session.need(TEXTS, 'Find or add a label')
    time.sleep(0.5)
    session.shot('labels-02-table')
    window = next(window for window in xdotool('search', '--pid', session.process.pid, '--onlyvisible', '--name',
                                               '.').split('\n') if window not in before)
    at = {name: int(value) for name, value in (line.split('=') for line in xdotool(
        'getwindowgeometry', '--shell', window).split('\n'))}
    gap = max(at['Y'] - (y + height), y - (at['Y'] + at['HEIGHT']))  # below 0 where its shadow lies over the row
    expect(gap < 20 and at['X'] < x + width and at['X'] + at['WIDTH'] > x, f'a list at {at} for a row at {x}, {y}')
    session.type('house')
    session.keys('Return')
    wait_rows(session, LABEL_OF_SPAN, [('house',)])
    xdotool('key', 'Escape')
    time.sleep(0.5)
    session.keys('ctrl+z', 'F4')
    wait_rows(session, LABEL_OF_SPAN, [(None,)])


def edit_labels(session):
    """The window of labels lists them all."""
    templates = data_dir() / 'tpo-studio' / 'label-templates'
    templates.mkdir(parents=True)
    (templates / 'mine.json').write_text(
        '{"name": "mine", "labels": [{"name": "tram", "color": "#e01b24", "key": "3"}]}')
    session.click(session.need(BUTTONS, 'Main Menu'))
    session.choose('Labels')
    session.need(TEXTS, 'New label')
    expect(len(session.find_all(('list item',), '“house”')) == 1, 'the label “house” is not listed once')
    session.shot('labels-03-window')


def count_uses(session):
    """Each label says how much the project uses it, also after a change under the open window."""
    def wait_use(name, text):
        session.wait(lambda: session.need(('list item',), contains=f'“{name}”').description == text, 20,
                     f'“{name}” with {text}')

    wait_use('car', 'Key 1 · Not used')
    wait_use('house', 'Key 2 · Not used')
    press(session.need(BUTTONS, 'Redo'))
    wait_rows(session, LABEL_OF_SPAN, [('house',)])
    wait_use('house', 'Key 2 · Used 1 time')
    session.shot('labels-04-uses')
    press(session.need(BUTTONS, 'Undo'))
    wait_use('house', 'Key 2 · Not used')
    wait_use('car', 'Key 1 · Not used')


def use_template(session):
    """A template adds its labels; one's own can be deleted."""
    press(session.need(BUTTONS, contains='“mine”'))
    wait_rows(session, "SELECT name, color, key FROM label WHERE name = 'tram'", [('tram', '#e01b24', '3')])
    press(session.need(BUTTONS, 'Delete the Template'))
    session.wait(lambda: session.find(BUTTONS, contains='“mine”') is None, 20, 'end of the template')
    session.need(BUTTONS, contains='“Road Traffic”')
    session.shot('labels-05-templates')


STEPS = [mark_span, add_labels, number_keys, undo, in_table, edit_labels, count_uses, use_template]


def main():
    steps = Steps(len(STEPS))
    session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', CLIP], SHOTS)
    steps.run(session, STEPS)
    session.kill()  # the window of labels is modal
    sys.exit(steps.failed)


main()
