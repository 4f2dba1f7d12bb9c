#!/usr/bin/python3
"""How a window is divided: conversation, timeline and the titles of its rows have their share of a large one, are made larger
and smaller by pointer, keyboard and screen reader, give way while the window is small, and are what they were afterwards and at
the next start. A message that is up narrows with the window.

Usage, under tests/run-headless with room for 2500 x 1300 pixels: layout.py STUDIO CLIP SHOTS
Needs GSETTINGS_BACKEND=keyfile, since sizes are remembered as preferences are.
"""

import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import Session, Steps, data_dir, expect, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]
LARGE, SMALL, USUAL, LEAST = (2500, 1300), (900, 500), (1200, 780), (360, 294)
CHAT_PX, CHAT_LEAST_PX, TIMELINE_PX = 720, 340, 420
TITLES_PX = 400
TIMELINE = []  # how high it came to be
LONG_NAME = 'a video of a long day at the sea with all the children and their friends that is not there any more.mp4'


def resize(session, width, height):
    margin = 2 * session.margin
    xdotool('windowsize', '--sync', session.window, width + margin, height + margin)
    time.sleep(1.5)


def picture(session):
    return session.box(session.need(('image',), contains='Video', seconds=60))


def edge(session):
    """Between picture and conversation, whose separator is one pixel wide."""
    x, y, width, height = picture(session)
    return x + width + 3, y + height // 2


def chat_px(session):
    """Down to the separator; the window says how wide it is."""
    x, _, width, _ = picture(session)
    frame = session.box(session.need(('frame',)))
    return frame[0] + frame[2] - (x + width + 1)


def timeline(session):
    return session.box(session.need(('panel',), 'Timeline'))


def handle(session, name):
    """Its value and limits are what a screen reader is told."""
    return session.need(('slider',), name)


def titles_px(session):
    """Up to where time begins; the value agrees."""
    x, _, width, _ = session.box(handle(session, 'Width of the Row Titles'))
    found = x + width - timeline(session)[0]
    expect_px('titles, as they are told', handle(session, 'Width of the Row Titles').queryValue().currentValue, found)
    return found


def expect_px(what, found, wanted):
    expect(abs(found - wanted) <= 2, f'{what}: {found} pixels instead of {wanted}')


def shares(session):
    """Conversation and timeline have a share of a large window."""
    resize(session, *LARGE)
    session.shot('layout-01-large')
    expect(LARGE[0] / 6 < chat_px(session) < LARGE[0] / 4, f'a conversation of {chat_px(session)} pixels')
    expect(timeline(session)[3] > LARGE[1] / 7, f'a timeline of {timeline(session)[3]} pixels')
    wide = titles_px(session)
    expect(wide > 300, f'titles of {wide} pixels')
    resize(session, *USUAL)
    expect(titles_px(session) < wide, f'titles of {titles_px(session)} pixels in a usual window')
    expect_px('conversation in a usual window', chat_px(session), CHAT_LEAST_PX)
    resize(session, *LARGE)


def drag(session):
    """They are dragged to another size."""
    x, y, width, height = session.box(handle(session, 'Width of the Row Titles'))
    session.drag(x + width // 2, y + height // 2, x + width // 2 + TITLES_PX - titles_px(session), y + 5)
    expect_px('titles', titles_px(session), TITLES_PX)
    x, y = edge(session)
    session.drag(x, y, x - (CHAT_PX - chat_px(session)), y)
    expect_px('conversation', chat_px(session), CHAT_PX)
    x, y, _, height = timeline(session)
    session.drag(x + 600, y - 1, x + 600, y - 1 - (TIMELINE_PX - height))
    session.shot('layout-02-dragged')
    found = timeline(session)[3]
    expect(abs(found - TIMELINE_PX) < 12, f'timeline: {found} pixels instead of {TIMELINE_PX}')  # the handle is thick
    TIMELINE.append(found)


def limits(session):
    """The conversation is dragged neither below its least width nor over the picture, the titles not over the tracks."""
    x, y, width, height = session.box(handle(session, 'Width of the Row Titles'))
    session.drag(x + width // 2, y + height // 2, x + 1200, y + height // 2)
    expect_px('titles', titles_px(session), timeline(session)[2] // 2)
    session.drag(x + titles_px(session) - TITLES_PX + width // 2, y + height // 2, 40, y + height // 2)
    expect(100 < titles_px(session) < 200, f'titles of {titles_px(session)} pixels')
    x, y, width, height = session.box(handle(session, 'Width of the Row Titles'))
    session.drag(x + width // 2, y + height // 2, x + width // 2 + TITLES_PX - titles_px(session), y + height // 2)
    x, y = edge(session)
    session.drag(x, y, x + 600, y)
    expect_px('conversation', chat_px(session), CHAT_LEAST_PX)
    x, y = edge(session)
    session.drag(x, y, 40, y)
    session.shot('layout-03-limits')
    expect(picture(session)[2] > 400, f'a picture of {picture(session)[2]} pixels')
    x, y = edge(session)
    session.drag(x, y, x - (CHAT_PX - chat_px(session)), y)
    expect_px('conversation', chat_px(session), CHAT_PX)


def pressed(session, name, size, larger, smaller, key):
    """@size follows arrow keys once @key has brought the keyboard to the handle, and so does what a screen reader is told."""
    session.tab_to(('slider',), name, key)
    before, value = size(session), handle(session, name).queryValue()
    told = value.currentValue
    session.keys(larger, larger)
    time.sleep(0.5)
    expect_px(f'“{name}” by {larger}', size(session), before + 24)
    expect_px(f'“{name}”, as it is told', value.currentValue, told + 24)
    session.keys(smaller, smaller, smaller)
    time.sleep(0.5)
    expect_px(f'“{name}” by {smaller}', size(session), before - 12)
    value.currentValue = told
    time.sleep(0.5)
    expect_px(f'“{name}” by its value', size(session), before)


def keyboard(session):
    """Each has a handle that Tab reaches, arrow keys move and screen readers set."""
    session.keys('F6')
    pressed(session, 'Height of the Timeline', lambda session: timeline(session)[3], 'Up', 'Down', 'Tab')
    pressed(session, 'Width of the Row Titles', titles_px, 'Right', 'Left', 'Tab')
    session.keys('ctrl+l')
    pressed(session, 'Width of the Conversation', chat_px, 'Left', 'Right', 'shift+Tab')
    session.keys('F6')


def small(session):
    """They give way while the window is small, and are what they were afterwards."""
    resize(session, *SMALL)
    session.shot('layout-04-small')
    expect(chat_px(session) < CHAT_PX, f'a conversation of {chat_px(session)} pixels')
    expect(timeline(session)[3] < TIMELINE_PX, f'a timeline of {timeline(session)[3]} pixels')
    resize(session, *LEAST)
    session.keys('F9')  # the conversation lies over the picture
    time.sleep(1)
    session.shot('layout-05-least')
    expect(titles_px(session) <= LEAST[0] / 2, f'titles of {titles_px(session)} pixels')
    session.keys('F9')
    resize(session, *LARGE)
    kept(session)


def kept(session):
    """They are what they were."""
    expect_px('conversation', chat_px(session), CHAT_PX)
    expect_px('timeline', timeline(session)[3], TIMELINE[0])
    expect_px('titles', titles_px(session), TITLES_PX)


def again(session):
    """They are what they were at the next start."""
    picture(session)
    resize(session, *LARGE)
    session.shot('layout-06-again')
    kept(session)


def message(session):
    """A message that is up narrows with the window."""
    text = session.need(('label',), contains=LONG_NAME, seconds=60)
    resize(session, *LEAST)
    session.shot('layout-07-message')
    frame, (x, _, width, height) = session.box(session.need(('frame',))), session.box(text)
    expect(frame[0] < x and x + width < frame[0] + frame[2], f'a message from {x} to {x + width} pixels')
    expect(height > 30, 'a message on one line')


FIRST = [shares, drag, limits, keyboard, small]
ARGUMENTS = ['--model', '/nonexistent/model.gguf', CLIP]


def main():
    shutil.rmtree(data_dir() / 'tpo-studio', ignore_errors=True)
    steps = Steps(len(FIRST) + 4)
    session = Session(STUDIO, ARGUMENTS, SHOTS)
    steps.run(session, FIRST, needs_all=True)
    steps.quit(session)
    session = Session(STUDIO, ARGUMENTS, SHOTS)
    steps.run(session, [again])
    steps.quit(session)
    session = Session(STUDIO, [*ARGUMENTS[:-1], f'/nowhere/{LONG_NAME}'], SHOTS)
    steps.run(session, [message])
    session.kill()
    sys.exit(steps.failed)


main()
