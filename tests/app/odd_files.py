#!/usr/bin/python3
"""Files that nobody would wish for, in a real window: odd names, no video at all, a video that is written to or deleted while
it is open, and a folder that takes no export. Each is said in words, and what was done before stays. The bundled model answers.

Usage, under tests/run-headless: odd_files.py STUDIO CLIPS SHOTS
"""

import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import BUTTONS, TEXTS, Session, Steps, choose_file, data_dir, expect, name_file, press, rows  # noqa: E402

STUDIO, CLIPS, SHOTS = sys.argv[1:]
CLIP, OTHER = pathlib.Path(CLIPS) / 'morning.mp4', pathlib.Path(CLIPS) / 'night.mp4'
FOLDER = data_dir() / 'odd'
# As the file system has them, and as they are shown.
NAMES = {b'b\xe4d \xff.mp4': 'b\ufffdd \ufffd.mp4', '<b>&amp; %s\n"q".mp4'.encode(): '<b>&amp; %s\n"q".mp4',
         'עברית 🚗.mp4'.encode(): 'עברית 🚗.mp4'}
ITEMS = ('menu item', 'push button', 'button')


def open_file(session, path):
    session.give_keyboard()
    session.keys('ctrl+o')
    session.need(BUTTONS, contains='Open', seconds=30)
    choose_file(path)
    session.give_keyboard()


def is_open(session, name):
    session.wait(lambda: name in [node.name for node in session.find_all(('label',))], 60, f'title “{name}”')


def odd_name(session):
    """A name that is no text, or looks like markup, is shown as what it is, and the video plays."""
    session.need(('image',), contains='Video', seconds=60)
    is_open(session, NAMES[session.file])
    session.keys('space')
    session.wait(lambda: session.find(('image',), 'Video, 0:00.000') is None, 20, 'another picture')
    session.shot('odd-files-01-name')
    session.give_keyboard()


def no_video(session):
    """What is no video is said, long enough to be read; the video of before stays."""
    session.need(('image',), contains='Video', seconds=60)
    for name, problem in (('text.mp4', 'text.mp4 is not a video or picture of a known kind'), ('empty.mp4', 'empty.mp4 is empty'),
                          ('pipe.mp4', 'pipe.mp4 is not an ordinary file')):
        open_file(session, FOLDER / name)
        session.need(('label',), contains=problem, seconds=30)
    session.shot('odd-files-02-no-video')
    is_open(session, 'changing.mp4')


def ask_and_see(session, question, problem):
    session.give_keyboard()
    session.click(session.need(TEXTS, 'Question'))
    session.type(question)
    session.keys('Return')
    session.need(('label',), contains=problem, seconds=60)


def export_nowhere(session):
    """A folder that takes no file is named, with the reason, and nothing else happens."""
    target = pathlib.Path('/sys/labels.json')
    session.keys('Home', 'i', 'period', 'period', 'o')
    session.wait(lambda: rows('SELECT count(*) FROM annotation') == [(1,)], 20, 'a span')
    session.keys('ctrl+e')
    press(session.need(ITEMS, 'Moments and Captions'))
    press(session.need(ITEMS, 'ActivityNet Captions'))
    session.need(BUTTONS, contains='Save', seconds=30)
    name_file(target)
    session.need(('label',), contains=f'“{target.name}” cannot be written: you may not write there', seconds=30)
    session.shot('odd-files-03-export')
    session.leave_message()
    session.give_keyboard()


def long_question(session):
    """A question of ten thousand letters is not asked, and said to be too long; it stays to be shortened."""
    session.give_keyboard()
    entry = session.need(TEXTS, 'Question')
    session.click(entry)
    entry.queryEditableText().setTextContents(560 * 'Where is the car? ')
    session.keys('Return')
    session.need(('label',), contains='the question is too long', seconds=60)
    session.shot('odd-files-04-long')


def written_to(session):
    """A video that is overwritten in place is not asked about as if it were the one of before."""
    (FOLDER / 'changing.mp4').write_bytes(OTHER.read_bytes())
    ask_and_see(session, 'Where is the car?', 'changing.mp4 has changed since it was opened')
    session.shot('odd-files-05-changed')


def deleted(session):
    """One that is deleted is missed when it is asked about; labels are kept, and it is asked for at the next start."""
    (FOLDER / 'changing.mp4').unlink()
    ask_and_see(session, 'When does it move?', 'changing.mp4')
    session.shot('odd-files-06-deleted')
    expect(rows('SELECT count(*) FROM annotation') == [(1,)], 'the span is gone')


def main():
    FOLDER.mkdir(parents=True)
    for name in NAMES:
        shutil.copy(CLIP, os.path.join(os.fsencode(str(FOLDER)), name))
    shutil.copy(CLIP, FOLDER / 'changing.mp4')
    (FOLDER / 'text.mp4').write_text('no video\n')
    (FOLDER / 'empty.mp4').touch()
    os.mkfifo(FOLDER / 'pipe.mp4')
    steps = Steps(2 * len(NAMES) + 6)
    for name in NAMES:
        session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', os.path.join(os.fsencode(str(FOLDER)), name)], SHOTS)
        session.file = name
        steps.run(session, [odd_name])
        steps.quit(session)
    session = Session(STUDIO, [str(FOLDER / 'changing.mp4')], SHOTS)
    steps.run(session, [no_video, export_nowhere, long_question, written_to, deleted])
    session.give_keyboard()
    steps.quit(session)
    sys.exit(steps.failed)


main()
