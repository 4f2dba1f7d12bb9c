#!/usr/bin/python3
"""Files and folders dragged onto the window, as from a file manager: one file is opened, several and folders are added to
the project, and what is no video is said so and changes nothing. No model takes part.

Usage, under tests/run-headless: drop.py STUDIO CLIPS SHOTS
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import Session, Steps, expect, rows, xdotool  # noqa: E402

STUDIO, CLIPS, SHOTS = sys.argv[1:]
SOURCE = pathlib.Path(__file__).parent / 'drag_source.py'
FOLDER = pathlib.Path(tempfile.mkdtemp())


def drop(session, x, y, *paths):
    """On a place in the program's window, from another window that lies beside it."""
    source = subprocess.Popen(['/usr/bin/python3', SOURCE, *paths])
    try:
        window = session.wait(lambda: xdotool('search', '--onlyvisible', '--name', '^Drag from here$'), 20, 'a source')
        xdotool('windowmove', '--sync', window, 1300, 100)
        xdotool('mousemove', '--window', window, 100, 100)
        time.sleep(0.5)
        xdotool('mousedown', 1)
        for step in (20, 40, 60):
            xdotool('mousemove', '--window', window, 100 - step, 100 + step)
            time.sleep(0.1)
        for _ in range(3):
            xdotool('mousemove', '--window', session.window, x, y)
            time.sleep(0.2)
            x, y = x + 5, y + 5
        session.shot('drop-hovering')
        xdotool('mouseup', 1)
        time.sleep(1)
    finally:
        source.kill()
        source.wait()
    session.give_keyboard()


def names():
    return sorted(pathlib.Path(uri).name for uri, in rows('SELECT uri FROM video'))


def one_file(session):
    """One file is opened."""
    session.need(('image',), contains='Video', seconds=60)
    drop(session, 300, 300, pathlib.Path(CLIPS) / 'night.mp4')
    session.need(('frame',), 'night.mp4', seconds=30)
    session.shot('drop-01-opened')


def folder(session):
    """A folder is added with what is in it, and the list of videos shows it."""
    (FOLDER / 'more').mkdir()
    shutil.copy(pathlib.Path(CLIPS) / 'pond.mp4', FOLDER / 'more')
    drop(session, 300, 300, FOLDER / 'more')
    session.need(('label',), contains='1 video was added.', seconds=30)
    session.need(('frame',), 'night.mp4')
    session.need(('list item',), contains='pond.mp4')
    expect(names() == ['morning.mp4', 'night.mp4', 'pond.mp4'], f'the project has {names()}')
    session.shot('drop-02-folder')


def onto_list(session):
    """Several files dropped onto the list are added; those that the project has are counted, what cannot be read is named."""
    bad = FOLDER / 'bad.mp4'
    bad.write_text('no video')
    drop(session, 160, 400, pathlib.Path(CLIPS) / 'night.mp4', bad)
    session.need(('label',), contains='1 was in the project already. “bad.mp4” could not be read', seconds=30)
    session.shot('drop-03-list')
    xdotool('key', 'Escape')
    xdotool('keyup', 'Escape')
    session.give_keyboard()


def text_file(session):
    """A text file is said to be no video; the video that is open stays."""
    notes = FOLDER / 'notes.txt'
    notes.write_text('no video either')
    drop(session, 600, 300, notes)
    session.need(('label',), contains='notes.txt is not a video or picture of a known kind', seconds=30)
    session.shot('drop-04-text')
    session.need(('frame',), 'night.mp4')
    session.need(('image',), contains='Video')


def empty_folder(session):
    """A folder without videos is said to have none."""
    (FOLDER / 'empty').mkdir()
    drop(session, 600, 300, FOLDER / 'empty')
    session.need(('label',), contains='No videos or pictures were found there.', seconds=30)
    session.shot('drop-05-empty')


def gone(session):
    """A file that is not there any more is named."""
    drop(session, 600, 300, FOLDER / 'gone.mp4')
    session.need(('label',), contains='gone.mp4', seconds=30)
    session.shot('drop-06-gone')
    expect(names() == ['morning.mp4', 'night.mp4', 'pond.mp4'], f'the project has {names()}')


STEPS = [one_file, folder, onto_list, text_file, empty_folder, gone]


def main():
    steps = Steps(len(STEPS) + 1)
    session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', str(pathlib.Path(CLIPS) / 'morning.mp4')], SHOTS)
    steps.run(session, STEPS)
    steps.quit(session)
    shutil.rmtree(FOLDER)
    sys.exit(steps.failed)


main()
