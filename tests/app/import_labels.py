#!/usr/bin/python3
"""Labels into the project and out of it in a real window: the menu of formats, an import with its report, undo.

Usage, under tests/run-headless: import_labels.py STUDIO CLIP SHOTS
"""

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import (BUTTONS, TEXTS, Failure, Session, Steps, button, choose_file, data_dir, expect,  # noqa: E402
                     press, rows, save_as)

STUDIO, CLIP, SHOTS = sys.argv[1:]
ITEMS = ('menu item', 'push button', 'button')
LABELS = """WEBVTT

00:00:01.000 --> 00:00:02.500
the first moment

00:00:03.000 --> 99:00:04.000
{"label": "second", "text": "the second moment"}

99:00:00.000 --> 99:00:01.000
beyond the end
"""


def n_spans():
    return rows('SELECT count(*) FROM annotation AS a JOIN revision AS r '
                'ON r.id = a.revision_id WHERE NOT r.is_deleted')[0][0]


def menu(session):
    """Every group of the menu of formats opens."""
    session.need(TEXTS, 'Question', seconds=120)
    session.keys('ctrl+e')
    for name in ('Boxes and Masks', 'Moments and Captions', 'Training Data'):
        session.need(ITEMS, name)
    session.shot('import-1-groups')
    session.need(ITEMS, 'Boxes and Masks').queryAction().doAction(0)
    for name in ('COCO', 'CVAT for video 1.1', 'MOTChallenge'):
        session.need(ITEMS, name)
    session.shot('import-2-formats')
    session.keys('Escape', 'Escape')


def import_labels(session):
    """An import says what would come and what would be lost, and is saved when accepted."""
    labels = data_dir() / (pathlib.Path(CLIP).stem + '.vtt')
    labels.write_text(LABELS)
    session.click(session.need(BUTTONS, 'Main Menu'))
    session.need(ITEMS, 'Import Labels…').queryAction().doAction(0)
    session.need(BUTTONS, contains='Open', seconds=30)
    choose_file(labels)
    session.need(('label',), contains='Import Labels?', seconds=60)
    session.need(('label',), contains='2 spans')
    session.need(('label',), contains='Spans without a part in their video, left out: 1')
    session.shot('import-3-question')
    if n_spans() != 0:
        raise Failure('something was saved before it was accepted')
    session.need(BUTTONS, contains='Import').queryAction().doAction(0)
    session.wait(lambda: n_spans() == 2, 60, 'two spans in the project')
    session.need(('list item',), contains='the first moment', seconds=30)
    session.shot('import-4-done')


def undo(session):
    """One step takes the whole import back."""
    session.need(BUTTONS, 'Undo').queryAction().doAction(0)
    session.wait(lambda: n_spans() == 0, 30, 'end of the spans')
    session.wait(lambda: not session.find(('list item',), contains='the first moment'), 30,
                 'end of the spans on the timeline')
    session.shot('import-5-undone')


def export_some(session):
    """Of the menu of formats only reviewed videos are chosen; the export leaves the others out and says so."""
    def export(name):
        target = data_dir() / name
        session.give_keyboard()
        session.keys('ctrl+e')
        session.tab_to(('menu item',), 'Moments and Captions', 'Down')
        session.keys('Return')
        session.choose('ActivityNet Captions')
        save_as(session, target)
        session.need(('label',), contains=f'Exported to {name}', seconds=60)
        return json.loads(target.read_text())

    def choose_videos(name):
        session.give_keyboard()
        session.keys('ctrl+e')
        session.choose(name)

    choose_videos('Only Reviewed Videos')
    expect(export('none.json') == {}, 'a video that nobody reviewed was exported')
    session.need(('label',), contains='Videos not marked as reviewed, left out with their labels: 1')
    session.shot('import-6-left-out')
    session.leave_message()
    choose_videos('Only the Open Video')
    expect(len(export('open.json')) == 1, 'the open video was not exported')
    session.leave_message()
    session.give_keyboard()


def import_folder(session):
    """Of another program's MOTChallenge folder the import asks from what number its pixels count, and reads it so."""
    folder = data_dir() / pathlib.Path(CLIP).stem
    (folder / 'gt').mkdir(parents=True)
    (folder / 'gt' / 'gt.txt').write_text('1,1,11,21,30,40,1,1,1\n2,1,12,21,30,40,1,1,1\n3,1,0,0,30,40,1,1,1\n')
    session.give_keyboard()
    session.click(session.need(BUTTONS, 'Main Menu'))
    press(session.need(ITEMS, 'Import a Folder of Labels…'))
    session.need(BUTTONS, contains='Select', seconds=30)
    choose_file(folder)
    if session.find(('label',), contains='Import Labels?') is None:
        time.sleep(2)
        select = session.find(BUTTONS, 'Select')
        if select is not None:
            press(select)
    session.need(('label',), contains='Import Labels?', seconds=60)
    cut = 'Boxes across the edge of the picture, cut there'
    session.need(('label',), contains=cut)
    session.shot('import-7-from-one')
    session.click(session.need(('list item',), contains='Pixels Count from 0'))
    session.wait(lambda: session.find(('label',), contains=cut) is None, 60, 'end of the box beyond the picture')
    session.shot('import-8-from-zero')
    press(button(session, 'Import'))
    session.wait(lambda: rows('SELECT count(*) FROM keyframe')[0][0] == 3, 60, 'three keyframes')
    width, height = rows('SELECT width, height FROM video')[0]
    x, y = rows('SELECT x0, y0 FROM keyframe ORDER BY time_us')[0]
    expect((round(x * width), round(y * height)) == (11, 21), f'the box is at {x * width}, {y * height}')


STEPS = [menu, import_labels, export_some, undo, import_folder]


def main():
    steps = Steps(len(STEPS))
    session = Session(STUDIO, [CLIP], SHOTS)
    steps.run(session, STEPS)
    session.kill()
    sys.exit(steps.failed)


main()
