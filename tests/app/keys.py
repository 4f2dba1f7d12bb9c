#!/usr/bin/python3
"""Keys of actions are changed by pressing others: what they do then, what happens where a key is taken, and back again.

Usage, under tests/run-headless: keys.py STUDIO CLIP SHOTS
"""

import pathlib
import shutil
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import BUTTONS, TEXTS, Session, Steps, data_dir, expect, press, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]


def shown(session):
    """The time of the picture, from its name."""
    return session.need(('image',), contains='Video').name


def in_preferences(session, roles, name):
    frame = session.find(('frame',), 'Preferences')
    for node in session.walk(frame) if frame is not None else ():
        if node.getRoleName() in roles and node.name == name:
            return node
    return None


def focus_preferences(session):
    """As a window manager would, when they come up and when a message above them goes."""
    windows = xdotool('search', '--pid', session.process.pid, '--onlyvisible', '--name', '^Preferences$').split('\n')
    xdotool('windowfocus', windows[-1])
    time.sleep(0.5)


def open_keys(session):
    session.keys('ctrl+comma')
    session.need(('frame',), 'Preferences')
    focus_preferences(session)
    tab = session.wait(lambda: in_preferences(session, ('page tab', 'toggle button', 'radio button'), 'Keys'), 20, 'Keys')
    point(session, tab)
    xdotool('click', 1)
    time.sleep(1)


def point(session, node):
    """The dialog lies at the top left corner of the screen."""
    extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    xdotool('mousemove', extents.x + session.margin + extents.width // 3,
            extents.y + session.margin + extents.height // 2)
    time.sleep(0.3)


def row(session, name):
    return session.wait(lambda: in_preferences(session, ('list item',), name), 20, f'row “{name}”')


def change(session, name, key):
    """Scrolls to the action's row, activates it and presses the key."""
    node = row(session, name)
    for _ in range(60):
        y = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS).y
        if 120 < y < 420:
            break
        xdotool('mousemove', 320, 300)
        xdotool('click', 5 if y >= 420 else 4)
        time.sleep(0.2)
    focus_preferences(session)
    point(session, node)
    xdotool('click', 1)
    session.wait(lambda: 'Press the new keys' in row(session, name).description, 20, 'a row that listens')
    xdotool('key', key)
    time.sleep(0.7)


def close(session):
    press(session.wait(lambda: in_preferences(session, BUTTONS, 'Close'), 20, 'Close'))
    session.wait(lambda: session.find(('frame',), 'Preferences') is None, 20, 'end of the preferences')
    xdotool('windowfocus', session.window)  # as a window manager would
    time.sleep(0.5)


def rebind(session):
    """An action does what it does by its new key, and no longer by the old one."""
    session.need(('image',), contains='Video', seconds=60)
    open_keys(session)
    session.shot('keys-01-page')
    change(session, 'Next Frame', 'z')
    session.wait(lambda: row(session, 'Next Frame').description == 'Z', 20, 'the new key')
    session.shot('keys-02-changed')
    close(session)
    before = shown(session)
    session.keys('period')
    time.sleep(1)
    expect(shown(session) == before, 'the old key still works')
    session.keys('z')
    session.wait(lambda: shown(session) != before, 20, 'the next frame by the new key')


def taken(session):
    """A key that has a meaning is named with it, and given away only if the user says so."""
    open_keys(session)
    change(session, 'Next Frame', 'comma')
    session.need(('label',), contains='“Previous Frame”')
    session.shot('keys-03-taken')
    session.leave_message()
    time.sleep(0.5)
    expect(row(session, 'Next Frame').description == 'Z', 'the key changed all the same')
    change(session, 'Next Frame', 'comma')
    press(session.need(BUTTONS, contains='Use It'))
    session.wait(lambda: row(session, 'Next Frame').description == ',', 20, 'the key')
    expect(row(session, 'Previous Frame').description == 'None', 'two actions have one key')
    change(session, 'Next Frame', '1')
    session.need(('label',), contains='“Label by Number Key”')
    session.leave_message()
    time.sleep(0.5)
    expect(row(session, 'Next Frame').description == ',', 'the key of a label is given away')
    close(session)


def width(session):
    """Of the picture, which the conversation leaves room for."""
    return session.box(session.need(('image',), contains='Video'))[2]


def typing(session):
    """A letter given to an action of the whole program does nothing while somebody types."""
    open_keys(session)
    change(session, 'Show or Hide the Conversation', 'z')
    session.wait(lambda: row(session, 'Show or Hide the Conversation').description == 'Z', 20, 'the new key')
    close(session)
    before = width(session)
    session.click(session.need(TEXTS, 'Question'))
    session.type('zest')
    time.sleep(0.5)
    expect(width(session) == before, 'the conversation went while somebody typed')
    session.keys('ctrl+a', 'Delete')
    session.click(session.need(('image',), contains='Video'))
    session.keys('z')
    session.wait(lambda: width(session) > before, 20, 'end of the conversation')
    session.keys('z')
    session.wait(lambda: width(session) == before, 20, 'the conversation again')


def listed(session):
    """The list of shortcuts knows the new keys."""
    session.keys('ctrl+question')
    session.wait(lambda: len([node for node in session.walk() if node.getRoleName() in ('frame', 'dialog')]) > 1, 20,
                 'the list')
    time.sleep(1)
    session.shot('keys-04-list')
    xdotool('key', 'Escape')
    time.sleep(1)
    xdotool('windowfocus', session.window)
    time.sleep(0.5)


def press_row(session, name):
    point(session, row(session, name))
    xdotool('click', 1)
    time.sleep(0.5)


def without_letters(session):
    """Single keys can be switched off for who dictates: letters and signs do nothing then, arrows and keys with Ctrl do."""
    session.keys('Home')
    open_keys(session)
    press_row(session, 'Single Keys')
    session.shot('keys-05-single')
    close(session)
    before = shown(session)
    session.keys('comma', 'l', 'i')
    time.sleep(1)
    expect(shown(session) == before and session.find(('list item',), contains='Span') is None, 'a letter did something')
    session.keys('shift+Right')
    session.wait(lambda: shown(session) != before, 20, 'one second forward')
    open_keys(session)
    press_row(session, 'Single Keys')
    close(session)
    before = shown(session)
    session.keys('comma')
    session.wait(lambda: shown(session) != before, 20, 'the next frame again')


def reset(session):
    """All keys go back to the usual ones at once."""
    open_keys(session)
    press(session.wait(lambda: next((node for node in session.walk(session.find(('frame',), 'Preferences'))
                                     if node.getRoleName() in BUTTONS and 'eset All' in (node.name or '')), None),
                       20, 'Reset All'))
    for name, key in {'Next Frame': '.', 'Previous Frame': ',', 'Show or Hide the Conversation': 'F9'}.items():
        session.wait(lambda name=name, key=key: row(session, name).description == key, 20, f'{key} for “{name}”')
    close(session)


STEPS = [rebind, taken, typing, listed, without_letters, reset]


def main():
    shutil.rmtree(data_dir() / 'tpo-studio', ignore_errors=True)
    steps = Steps(len(STEPS) + 1)
    session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', CLIP], SHOTS)
    steps.run(session, STEPS)
    steps.quit(session)
    sys.exit(steps.failed)


main()
