#!/usr/bin/python3
"""How a window is divided: conversation and timeline have their share of a large one, are dragged to another size, give way
while the window is small, and are what they were afterwards and at the next start.

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
LARGE, SMALL, USUAL = (2500, 1300), (900, 500), (1200, 780)
CHAT_PX, CHAT_LEAST_PX, TIMELINE_PX = 720, 340, 420
TIMELINE = []  # how high it came to be


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


def expect_px(what, found, wanted):
    expect(abs(found - wanted) <= 2, f'{what}: {found} pixels instead of {wanted}')


def shares(session):
    """Conversation and timeline have a share of a large window."""
    resize(session, *LARGE)
    session.shot('layout-01-large')
    expect(LARGE[0] / 6 < chat_px(session) < LARGE[0] / 4, f'a conversation of {chat_px(session)} pixels')
    expect(timeline(session)[3] > LARGE[1] / 7, f'a timeline of {timeline(session)[3]} pixels')
    resize(session, *USUAL)
    expect_px('conversation in a usual window', chat_px(session), CHAT_LEAST_PX)
    resize(session, *LARGE)


def drag(session):
    """Both are dragged to another size."""
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
    """The conversation is dragged neither below its least width nor over the picture."""
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


def small(session):
    """They give way while the window is small, and are what they were afterwards."""
    resize(session, *SMALL)
    session.shot('layout-04-small')
    expect(chat_px(session) < CHAT_PX, f'a conversation of {chat_px(session)} pixels')
    expect(timeline(session)[3] < TIMELINE_PX, f'a timeline of {timeline(session)[3]} pixels')
    resize(session, *LARGE)
    kept(session)


def kept(session):
    """They are what they were."""
    expect_px('conversation', chat_px(session), CHAT_PX)
    expect_px('timeline', timeline(session)[3], TIMELINE[0])


def again(session):
    """They are what they were at the next start."""
    picture(session)
    resize(session, *LARGE)
    session.shot('layout-05-again')
    kept(session)


FIRST = [shares, drag, limits, small]
ARGUMENTS = ['--model', '/nonexistent/model.gguf', CLIP]


def main():
    shutil.rmtree(data_dir() / 'tpo-studio', ignore_errors=True)
    steps = Steps(len(FIRST) + 3)
    session = Session(STUDIO, ARGUMENTS, SHOTS)
    steps.run(session, FIRST, needs_all=True)
    steps.quit(session)
    session = Session(STUDIO, ARGUMENTS, SHOTS)
    steps.run(session, [again])
    steps.quit(session)
    sys.exit(steps.failed)


main()
