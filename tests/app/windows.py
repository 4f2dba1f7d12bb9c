#!/usr/bin/python3
"""Two windows on one project, two programs on one, and a project that is not there: each window shows what the other does, and
takes nothing back that its user has not seen. The window's parts stay as large as they were made.

Usage, under tests/run-headless: windows.py STUDIO CLIP SHOTS
"""

import os
import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from another_bus import AnotherBus  # noqa: E402
from session import BUTTONS, Session, Steps, data_dir, database, expect, press, rows, save_as, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]


def frames(session):
    return [node for node in session.walk() if node.getRoleName() == 'frame']


def spans(session, frame):
    """What one window's timeline shows: (name, range) of each span."""
    return sorted((node.name, node.description) for node in session.walk(frame)
                  if node.getRoleName() == 'list item' and ' – ' in (node.description or '')
                  and session.is_shown(node))


def activate(session, number):
    """The other X window gets the keyboard, as a window manager would give it."""
    windows = xdotool('search', '--pid', session.process.pid, '--onlyvisible', '--name', 'morning').split('\n')
    other = [window for window in windows if window != session.first]
    session.window = session.first if number == 0 else other[0]
    xdotool('windowraise', session.window)
    xdotool('windowfocus', session.window)
    time.sleep(0.7)


def mark(session):
    """A span of some frames from the play position on."""
    session.keys('i', 'period', 'period', 'o')


def second_window(session):
    """A second window shows the same project."""
    session.first = session.window
    session.need(('image',), contains='Video', seconds=60)
    mark(session)
    session.wait(lambda: spans(session, frames(session)[0]), 20, 'a span')
    session.keys('ctrl+n')
    session.wait(lambda: len(frames(session)) == 2, 20, 'a second window')
    session.wait(lambda: spans(session, frames(session)[0]) == spans(session, frames(session)[1]) != [], 60,
                 'the same span in both windows')
    session.shot('windows-01')


def both(session):
    return [spans(session, frame) for frame in frames(session)]


def changes(session):
    """What one window does shows in the other."""
    activate(session, 1)
    xdotool('key', 'Home')
    session.keys('Right')
    mark(session)
    session.wait(lambda: [len(found) for found in both(session)] == [2, 2], 20, f'two spans in both: {both(session)}')
    expect(both(session)[0] == both(session)[1], f'the windows differ: {both(session)}')


def undo(session):
    """Undo in one window takes back the step of the other, which both see; the project stays whole."""
    activate(session, 0)
    session.keys('ctrl+z')
    session.wait(lambda: [len(found) for found in both(session)] == [1, 1], 20, f'undo in both: {both(session)}')
    activate(session, 1)
    session.keys('ctrl+shift+z')
    session.wait(lambda: [len(found) for found in both(session)] == [2, 2], 20, f'redo in both: {both(session)}')
    expect(rows('PRAGMA integrity_check') == [('ok',)], 'the project is damaged')


def close_one(session):
    """A window closes; the other one goes on."""
    activate(session, 1)
    session.keys('ctrl+w')
    session.wait(lambda: len(frames(session)) == 1, 20, 'one window less')
    session.window = session.first
    xdotool('windowfocus', session.window)
    time.sleep(0.5)
    session.keys('Home', 'Right', 'Right')
    mark(session)
    session.wait(lambda: len(spans(session, frames(session)[0])) == 3, 20, 'a third span')


def picture_height(session):
    return session.box(session.need(('image',), contains='Video'))[3]


def drag_divider(session):
    """The timeline is made higher."""
    before = picture_height(session)
    x, y, width, height = session.box(session.need(BUTTONS, 'Play'))
    bottom = session.box(session.need(('image',), contains='Video'))[1] + before
    edge = y + height + (y - bottom)  # of the bar that the button is in the middle of
    session.drag(x + 200, edge, x + 200, edge - HIGHER_PX)
    session.wait(lambda: before - picture_height(session) > HIGHER_PX // 2, 20,
                 f'a lower picture than {before}; it has {picture_height(session)}')
    session.shot('windows-06-higher')
    heights.append(picture_height(session))


def is_as_high(session):
    """The timeline is as high as it was made in an earlier run."""
    session.wait(lambda: picture_height(session) == heights[0], 20,
                 f'a picture of {heights[0]} pixels; it has {picture_height(session)}')


def has_spans_again(session):
    """Between its two windows the program leaves the tree for a moment."""
    try:
        session.app = session._find_app() or session.app
        return any(spans(session, frame) for frame in frames(session))
    except Exception:
        return False


def another_project(session):
    """A new project is a file of its own in a window of its own, without videos yet."""
    session.click(session.need(BUTTONS, 'Main Menu'))
    session.choose('New Project…')
    save_as(session, OTHER)
    session.wait(lambda: len(frames(session)) == 2, 30, 'a window for the new project')
    session.wait(lambda: session.find(('label',), 'other'), 20, 'the name of the project')
    session.shot('windows-05-project')
    expect(OTHER.exists(), 'no project was made')
    expect(rows('SELECT count(*) FROM video', OTHER) == [(0,)], 'it is not empty')
    expect(rows('SELECT count(*) FROM annotation')[0][0] > 0, 'the usual project has lost its labels')


def last_project(session):
    """The next start is in the project that was chosen last."""
    session.wait(lambda: session.find(('label',), 'other'), 30, 'the name of the project')


def missing(session):
    """A project that is not there is asked about: it is found again, and nothing is made in its place."""
    session.need(('label',), contains='does not exist')
    session.shot('windows-02-missing')
    expect(not pathlib.Path(MOVED).exists(), 'a project was made')
    press(session.need(BUTTONS, contains='ocate'))
    session.need(('label',), 'Projects', seconds=30)
    xdotool('mousemove', 200, 150)
    time.sleep(1)
    xdotool('type', '--delay', '15', str(database()))
    time.sleep(0.7)
    xdotool('key', 'Return')
    session.wait(lambda: has_spans_again(session), 60, 'the project with its spans')
    session.window = xdotool('search', '--pid', session.process.pid, '--onlyvisible', '--name', 'morning').split('\n')[0]
    xdotool('windowfocus', session.window)
    session.shot('windows-03-located')


def damaged(session):
    """A file that is no project is left alone, and said so."""
    session.need(('label',), contains='is not a TPO Studio project')
    session.shot('windows-04-damaged')
    expect(pathlib.Path(DAMAGED).read_text() == 'no project\n' * 100, 'the file was changed')
    expect(session.find(BUTTONS, contains='ead-Only') is None, 'it cannot be read, either')


# ---- two programs ---------------------------------------------------------------------------------------------------

def front(session):
    xdotool('windowraise', session.window)
    xdotool('windowfocus', session.window)
    time.sleep(0.7)


def take_turns(first, second):
    """Two programs that know nothing of each other change one project in turn; each shows what the other did."""
    def shown():
        return [spans(session, frames(session)[0]) for session in (first, second)]

    def both_show(n, what):
        first.wait(lambda: [len(found) for found in shown()] == [n, n] and shown()[0] == shown()[1], 20,
                   f'{what} in both: {shown()}')
        return shown()[0]

    n = len(spans(first, frames(first)[0]))
    known = both_show(n, 'the spans of before')
    front(second)
    second.keys('Home', 'shift+Right', 'shift+Right')
    mark(second)
    added = both_show(n + 1, 'a span of the second')
    new, = [each for each in added if each not in known]
    front(first)
    first.click(next(node for node in first.walk() if node.name == new[0] and node.getRoleName() == 'list item'))
    first.keys('alt+shift+Right')
    first.wait(lambda: new not in shown()[0] and shown()[0] == shown()[1], 20, f'a longer span in both: {shown()}')
    first.shot('windows-07-programs')
    front(second)
    second.keys('ctrl+z')
    second.wait(lambda: shown() == [added, added], 20, f'undo in both: {shown()}')
    second.keys('ctrl+z')
    expect(both_show(n, 'undo of the second') == known, f'other spans than before: {shown()}')
    expect(rows('PRAGMA integrity_check') == [('ok',)], 'the project is damaged')


def two_programs(steps, arguments):
    with AnotherBus() as bus:
        first = Session(STUDIO, arguments, SHOTS)
        second = Session(STUDIO, arguments, SHOTS, bus.environment())

        def turns(session):
            take_turns(session, second)

        turns.__doc__ = take_turns.__doc__
        steps.run(first, [turns])
        second.kill()
        first.kill()


TWO_WINDOWS = [second_window, changes, undo, close_one, drag_divider, another_project]
HIGHER_PX = 60
heights = []
OTHER = data_dir() / 'other.tpo'
MOVED = data_dir() / 'moved.tpo'
DAMAGED = data_dir() / 'damaged.tpo'


def main():
    os.environ['GSETTINGS_BACKEND'] = 'keyfile'  # what is remembered is there at the next start
    shutil.rmtree(data_dir() / 'tpo-studio', ignore_errors=True)
    data_dir().mkdir(parents=True, exist_ok=True)
    DAMAGED.write_text('no project\n' * 100)
    model = ['--model', '/nonexistent/model.gguf']
    OTHER.unlink(missing_ok=True)
    steps = Steps(len(TWO_WINDOWS) + 8)
    session = Session(STUDIO, [*model, CLIP], SHOTS)
    steps.run(session, TWO_WINDOWS)
    steps.quit(session)
    session = Session(STUDIO, model, SHOTS)
    steps.run(session, [last_project])
    steps.quit(session)
    session = Session(STUDIO, [*model, '--project', str(MOVED), CLIP], SHOTS)
    steps.run(session, [missing, is_as_high])
    steps.quit(session)
    session = Session(STUDIO, [*model, '--project', str(DAMAGED)], SHOTS)
    steps.run(session, [damaged])
    session.kill()
    two_programs(steps, [*model, '--project', str(database()), CLIP])
    sys.exit(steps.failed)


main()
