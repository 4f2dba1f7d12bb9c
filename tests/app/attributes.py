#!/usr/bin/python3
"""What is said of an object, by keyboard alone: it is reached with Tab, opened with Enter, and a choice, a number, a text and
a flag are given and taken back, and found in the table. The label with these attributes is put into the project while the program does not run.

Usage, under tests/run-headless: attributes.py STUDIO CLIP SHOTS
"""

import json
import pathlib
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from picture import at, count_steps, drag  # noqa: E402
from session import BUTTONS, TEXTS, Session, Steps, database, expect, rows, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]
ATTRIBUTES = {'colour': ('choice', '["red", "green", "blue"]'), 'doors': ('number', None),
              'plate': ('text', None), 'parked': ('flag', None)}


def add_attributes():
    with sqlite3.connect(database()) as connection:
        label, = connection.execute("SELECT id FROM label WHERE name = 'car'").fetchone()
        connection.executemany('INSERT INTO label_attribute (label_id, name, type, choices, is_removed) VALUES (?, ?, ?, ?, 0)',
                               [(label, name, *kind) for name, kind in ATTRIBUTES.items()])


def values():
    """{name: value} of the object."""
    (text,), = rows('SELECT r.attributes FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id')
    names = dict(rows('SELECT id, name FROM label_attribute'))
    return {names[int(number)]: value for number, value in json.loads(text or '{}').items()}


def gives(session, expected, what):
    session.wait(lambda: values() == expected, 15, f'{what}; there is {values()}')


def draw(session):
    """A box is drawn, and its label given."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(2)
    session.click_at(*at(session, 320, 40))
    session.keys('b')
    drag(session, 100, 300, 250, 400)
    session.keys('v', 'c')
    session.need(TEXTS, 'Find or add a label')
    session.type('car')
    session.keys('Return')
    session.wait(lambda: rows('SELECT name FROM label') == [('car',)], 20, 'label')
    xdotool('key', 'Escape')
    time.sleep(0.5)


FIELDS = (*TEXTS, 'combo box', *BUTTONS)


def field(session, name):
    """The control named so, whatever its kind."""
    return session.find(FIELDS, name)


def choose(session, name, n_down):
    """An entry of a list: Enter unfolds it, arrows go down, Enter takes it."""
    session.tab_to(FIELDS, name)
    session.keys('Return', *n_down * ['Down'], 'Return')


def write(session, name, text):
    session.tab_to(FIELDS, name)
    session.keys('ctrl+a')
    session.type(text)
    session.keys('Return')


def open_details(session):
    """Tab reaches the object, Enter opens what it is."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(2)
    session.click_at(*at(session, 320, 40))
    session.keys('Tab')
    session.need(('list item',), contains='car, box at ')
    session.keys('Return')
    entry = session.need(TEXTS, 'Find or add a label')
    session.wait(lambda: session.is_focused(entry), 10, 'focus in the popover')
    for name in ATTRIBUTES:
        session.wait(lambda n=name: field(session, n), 10, name)
    session.shot('attributes-01-open')


def give(session):
    """Each of the four kinds is given, as one step of undo."""
    steps = count_steps()
    choose(session, 'colour', 2)
    gives(session, {'colour': 'green'}, 'choice')
    write(session, 'doors', '4.5')
    gives(session, {'colour': 'green', 'doors': '4.5'}, 'number')
    write(session, 'plate', 'B 12')
    gives(session, {'colour': 'green', 'doors': '4.5', 'plate': 'B 12'}, 'text')
    choose(session, 'parked', 1)
    gives(session, {'colour': 'green', 'doors': '4.5', 'plate': 'B 12', 'parked': 'true'}, 'flag')
    expect(count_steps() == steps + 4, f'{count_steps() - steps} steps of undo')
    session.shot('attributes-02-given')


def refuse(session):
    """What is no number is refused with a sentence, and the number stays; an empty text takes the value away."""
    session.keys('shift+Tab', 'shift+Tab')
    write(session, 'doors', 'many')
    session.need(('label',), contains='does not take this value')
    expect(values()['doors'] == '4.5', f'{values()}')
    write(session, 'plate', '')
    session.keys('BackSpace', 'Return')
    gives(session, {'colour': 'green', 'doors': '4.5', 'parked': 'true'}, 'no text')
    session.shot('attributes-03-refused')


def reopen(session):
    """Undo takes a value back; opened again, the fields take others."""
    xdotool('key', 'Escape')
    session.wait(lambda: field(session, 'colour') is None, 10, 'closed popover')
    session.keys('ctrl+z')
    gives(session, {'colour': 'green', 'doors': '4.5', 'plate': 'B 12', 'parked': 'true'}, 'text again')
    session.keys('Return')
    session.wait(lambda: field(session, 'colour'), 10, 'opened popover')
    session.tab_to(FIELDS, 'doors')
    session.shot('attributes-04-again')
    session.keys('ctrl+a')
    session.type('5')
    session.keys('Return')
    gives(session, {'colour': 'green', 'doors': '5', 'plate': 'B 12', 'parked': 'true'}, 'another number')
    session.keys('ctrl+a')
    session.type('4.5')
    session.keys('Return')
    gives(session, {'colour': 'green', 'doors': '4.5', 'plate': 'B 12', 'parked': 'true'}, 'number as before')
    xdotool('key', 'Escape')
    time.sleep(0.5)


def search(session):
    """The table finds the object by a value, and by none that it has not."""
    session.keys('F4')
    session.need(('label',), '1 label')
    session.click(session.need(TEXTS, 'Search Labels'))
    for text, found in (('b 12', '1 label'), ('b 13', '0 labels'), ('green', '1 label'), ('colour', '0 labels')):
        session.keys('ctrl+a')
        session.type(text)
        session.need(('label',), found)
    session.shot('attributes-05-found')


FIRST_RUN = [draw]
SECOND_RUN = [open_details, give, refuse, reopen, search]


def main():
    steps = Steps(len(FIRST_RUN) + len(SECOND_RUN) + 2)
    for run in (FIRST_RUN, SECOND_RUN):
        if run is SECOND_RUN:
            add_attributes()
        session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', CLIP], SHOTS)
        steps.run(session, run)
        steps.quit(session)
    sys.exit(steps.failed)


main()
