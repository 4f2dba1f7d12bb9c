#!/usr/bin/python3
"""Projects that are not as they should be: one that is broken is opened from the menu, one is made where there is one already,
one can only be read, and one's video has gone; and one that a file manager opens. Each is said in words, has a way out, and nothing is lost. No model takes part.

Usage, under tests/run-headless: projects.py STUDIO TPO CLIPS SHOTS
"""

import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from mounts import enter, mount_small, set_read_only  # noqa: E402
from questions import make_project  # noqa: E402
from session import (BUTTONS, Session, Steps, button, choose_file, data_dir, database, expect, name_file,  # noqa: E402
                     press, rows, xdotool)

STUDIO, TPO, CLIPS, SHOTS = sys.argv[1:]
FOLDER = data_dir() / 'projects'
BROKEN, GOOD, READABLE = FOLDER / 'broken.tpo', FOLDER / 'good.tpo', FOLDER / 'readable' / 'readable.tpo'
VIDEOS = FOLDER / 'videos'
MODEL = ['--model', '/nonexistent/model.gguf']
CAPTION = ('list item',)


def n_frames(session):
    return len([node for node in session.walk() if node.getRoleName() == 'frame'])


def captions(project):
    return rows('SELECT r.text, r.start_us, r.end_us FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id '
                'WHERE NOT r.is_deleted ORDER BY a.id', project)


def broken(session):
    """A file that is no project is left alone, said so, and another can be located instead; the window of before stays."""
    session.need(('image',), contains='Video', seconds=60)
    session.click(session.need(BUTTONS, 'Main Menu'))
    session.choose('Open Project…')
    session.need(BUTTONS, contains='Open', seconds=30)
    choose_file(BROKEN)
    session.need(('label',), contains='is not a TPO Studio project', seconds=30)
    session.shot('projects-01-broken')
    expect(n_frames(session) == 2, 'the window of before has gone')
    press(button(session, 'Locate…'))
    session.need(('label',), 'Projects', seconds=30)
    choose_file(GOOD)
    session.need(('label',), contains='good', seconds=30)
    session.wait(lambda: session.find(('label',), contains='is not a TPO Studio project') is None, 20, 'end of the question')
    session.shot('projects-02-located')
    expect(BROKEN.read_text() == 'no project\n' * 100, 'the file was changed')


def new_over_existing(session):
    """A new project is not made over one that exists: that one is opened, and said so."""
    before = captions(GOOD)
    session.give_keyboard()
    session.click(session.need(BUTTONS, 'Main Menu'))
    session.choose('New Project…')
    session.need(BUTTONS, contains='Save', seconds=30)
    name_file(GOOD)
    press(session.wait(lambda: session.find(BUTTONS, contains='Replace'), 20, 'question of the file dialog'))
    session.need(('label',), 'This Project Was There Before', seconds=30)
    session.shot('projects-03-there')
    expect(captions(GOOD) == before != [], 'the project has lost its labels')


def read_only(session):
    """A project that can only be read says so, and can be looked at; labels do not change, and a sentence says why."""
    session.need(('label',), 'This Project Cannot Be Opened', seconds=60)
    session.need(('label',), contains='is read-only')
    session.shot('projects-04-read-only')
    press(button(session, 'Open Read-Only'))
    session.need(('image',), contains='Video', seconds=60)
    session.need(('label',), contains='readable (read-only)')
    session.window = session.wait(lambda: xdotool('search', '--pid', session.process.pid, '--onlyvisible', '--name',
                                                  'mp4$').split('\n')[-1], 20, 'its window')
    session.give_keyboard()
    session.keys('Home', 'i', 'period', 'period', 'o')
    session.need(('label',), contains='is read-only: changes cannot be saved')
    session.shot('projects-05-refused')
    expect(len(session.find_all(CAPTION, ' to ')) == 1, 'a label shows that cannot be saved')
    session.click(session.find_all(CAPTION, ' to ')[0])
    session.keys('Delete', 'alt+Right')
    time.sleep(1)
    session.shot('projects-06-kept')
    expect(len(session.find_all(CAPTION, ' to ')) == 1, 'a label is gone that stays in the project')


def gone(session):
    """A project whose last video has gone asks where it is; located, its labels are back."""
    session.need(('label',), 'Where Is “pond.mp4”?', seconds=60)
    session.shot('projects-07-gone')
    expect(rows('SELECT count(*) FROM video') == [(3,)], 'another video came into the project')
    press(button(session, 'Locate…'))
    session.need(BUTTONS, contains='Open', seconds=30)
    choose_file(FOLDER / 'elsewhere.mp4')
    session.need(('frame',), 'elsewhere.mp4', seconds=30)
    session.need(CAPTION, contains='pond')
    expect(rows('SELECT count(*) FROM video') == [(3,)], 'it was added as another one')
    session.shot('projects-08-located')
    session.give_keyboard()


def start_again(*arguments):
    """As the desktop does, while the program runs; it hands over and ends."""
    subprocess.run([STUDIO, *arguments], check=True, timeout=100)


def from_outside(session):
    """A project that a file manager opens has a window of its own, once, and “--new-window” is another one of it."""
    session.need(('image',), contains='Video', seconds=60)
    start_again(str(GOOD))
    session.wait(lambda: n_frames(session) == 2, 30, 'a window of the project')
    session.need(('label',), contains='good', seconds=30)
    start_again(str(GOOD))
    time.sleep(2)
    expect(n_frames(session) == 2, 'the project has two windows')
    start_again('--new-window')
    session.wait(lambda: n_frames(session) == 3, 30, 'another window')
    session.shot('projects-09-windows')


def make_projects():
    VIDEOS.mkdir(parents=True)
    for clip in pathlib.Path(CLIPS).glob('*.mp4'):
        shutil.copy(clip, VIDEOS)
    BROKEN.write_text('no project\n' * 100)
    mount_small(READABLE.parent, 1 << 24)
    for project in (database(), GOOD, READABLE):
        make_project(TPO, project, VIDEOS, 1, 3)
    set_read_only(READABLE.parent)


def run(steps, arguments, functions):
    session = Session(STUDIO, [*MODEL, *arguments], SHOTS)
    steps.run(session, functions, needs_all=True)
    session.kill()


def main():
    enter()
    make_projects()
    steps = Steps(5)
    run(steps, [str(VIDEOS / 'pond.mp4')], [broken, new_over_existing])
    run(steps, ['--project', str(READABLE), str(VIDEOS / 'pond.mp4')], [read_only])
    (VIDEOS / 'pond.mp4').rename(FOLDER / 'elsewhere.mp4')
    run(steps, [], [gone])
    run(steps, [str(VIDEOS / 'night.mp4')], [from_outside])
    sys.exit(steps.failed)


main()
