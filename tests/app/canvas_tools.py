#!/usr/bin/python3
"""The tools on the picture, with pointer and keyboard in a real window: boxes are drawn, moved, resized and nudged, masks
painted and erased, objects reached with Tab and deleted; a restart brings back what was left. No model takes part.

Usage, under tests/run-headless: canvas_tools.py STUDIO CLIP SHOTS
"""

import pathlib
import re
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import Failure, Session, Steps, expect, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]
WIDTH, HEIGHT = 640, 480  # of the clip
NEAR = 3  # pixels of the video: a pixel of the screen is one or two of them


def objects(session, kind):
    """Where the accessible objects of @kind say they are: (x, y, width, height) in pixels of the video."""
    found = []
    for node in session.find_all(('list item',), f', {kind} at '):
        numbers = re.search(rf', {kind} at (-?\d+), (-?\d+), (\d+) by (\d+)$', node.name)
        expect(numbers, f'odd name: {node.name}')
        found.append(tuple(map(int, numbers.groups())))
    return found


def only(session, kind):
    found = session.wait(lambda: objects(session, kind), 20, kind)
    expect(len(found) == 1, f'{len(found)} objects of kind {kind}')
    return found[0]


def near(session, kind, expected):
    """Waits until the only object of @kind is there."""
    def is_there():
        found = objects(session, kind)
        return len(found) == 1 and all(abs(a - b) <= NEAR for a, b in zip(found[0], expected))

    try:
        session.wait(is_there, 20, kind)
    except Failure:
        raise Failure(f'{kind} at {objects(session, kind)}, not near {expected}') from None


def at(session, x, y):
    """Where a pixel of the video is in the window."""
    left, top, width, height = session.box(session.need(('image',), contains='Video'))
    scale = min(width / WIDTH, height / HEIGHT)
    return (round(left + (width - scale * WIDTH) / 2 + x * scale),
            round(top + (height - scale * HEIGHT) / 2 + y * scale))


def drag(session, x0, y0, x1, y1):
    session.drag(*at(session, x0, y0), *at(session, x1, y1))


def start(session):
    """The clip opens; the picture takes the focus from a click."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(2)
    session.click_at(*at(session, 320, 40))
    expect(not objects(session, 'box') and not objects(session, 'mask'), 'the picture is not empty')


def draw_box(session):
    """A drag with the box tool makes a box."""
    session.keys('b')
    drag(session, 300, 200, 420, 300)
    near(session, 'box', (300, 200, 120, 100))
    session.shot('canvas-01-box')


def move_box(session):
    """A drag inside it moves it; Escape in the middle of another leaves it alone."""
    session.keys('v')
    drag(session, 340, 250, 390, 280)
    near(session, 'box', (350, 230, 120, 100))
    before = only(session, 'box')
    x, y = at(session, 400, 280)
    xdotool('mousemove', '--window', session.window, x, y)
    xdotool('mousedown', 1)
    for step in range(1, 5):
        xdotool('mousemove', '--window', session.window, x + 10 * step, y)
        time.sleep(0.05)
    session.keys('Escape')
    xdotool('mouseup', 1)
    time.sleep(0.5)
    expect(only(session, 'box') == before, 'the cancelled drag was saved')


def resize_box(session):
    """The lower right corner and the left edge can be dragged."""
    x, y, width, height = only(session, 'box')
    drag(session, x + width, y + height, x + width + 60, y + height + 40)
    near(session, 'box', (x, y, width + 60, height + 40))
    drag(session, x, y + height // 2, x - 50, y + height // 2)
    near(session, 'box', (x - 50, y, width + 110, height + 40))
    session.shot('canvas-02-resized')


def nudge_box(session):
    """Arrow keys move the box by exactly one pixel, with Shift by ten."""
    x, y, width, height = only(session, 'box')
    session.keys('Right', 'Right', 'Right', 'shift+Down')
    session.wait(lambda: objects(session, 'box') == [(x + 3, y + 10, width, height)], 20,
                 f'nudged box; it is at {objects(session, "box")}')


def undo_redo(session):
    """Each gesture is one step of undo."""
    after = only(session, 'box')
    for _ in range(4):
        session.keys('ctrl+z')
    session.wait(lambda: objects(session, 'box') == [(after[0] - 3, after[1] - 10, *after[2:])], 20,
                 'box before the keys')
    session.keys('ctrl+z')
    session.wait(lambda: objects(session, 'box')[0][2] <= after[2] - 45, 20, 'box before the last drag')
    for _ in range(5):
        session.keys('ctrl+shift+z')
    session.wait(lambda: objects(session, 'box') == [after], 20, 'box as it was')


def brush(session):
    """Two strokes of the brush are one mask, and the eraser takes a part of it."""
    session.keys('Escape', 'r')
    drag(session, 120, 120, 220, 120)
    near(session, 'mask', (112, 112, 116, 16))
    drag(session, 120, 160, 220, 160)
    near(session, 'mask', (112, 112, 116, 56))
    session.keys('e')
    drag(session, 222, 90, 222, 190)
    near(session, 'mask', (112, 112, 102, 56))
    session.shot('canvas-03-mask')


def zoom(session):
    """Ctrl and the wheel enlarge the picture with what lies on it, around the pointer."""
    def extents():
        return session.box(session.need(('list item',), contains=', box at '))

    def turn(button, times):
        xdotool('keydown', 'ctrl')
        for _ in range(times):
            xdotool('click', button)
            time.sleep(0.05)
        xdotool('keyup', 'ctrl')
        time.sleep(0.5)

    def under(box):
        """The part of the box that lies under the pointer."""
        return (x - box[0]) / box[2], (y - box[1]) / box[3]

    small = extents()
    x, y = small[0] + small[2] // 3, small[1] + small[3] // 3
    xdotool('mousemove', '--window', session.window, x, y)
    time.sleep(0.3)
    turn(4, 3)  # a picture that does not fill the view stays in its middle
    filling = extents()
    expect(abs(filling[2] - 1.2 ** 3 * small[2]) < 4, f'{small[2]} pixels became {filling[2]}')
    turn(4, 3)
    large = extents()
    expect(abs(large[2] - 1.2 ** 6 * small[2]) < 6, f'{small[2]} pixels became {large[2]}')
    for before, after in zip(under(filling), under(large)):
        expect(abs(before - after) < 0.02, f'{after} is under the pointer, not {before}')
    turn(5, 8)
    expect(extents() == small, 'the picture does not fit again')


def tab(session):
    """Tab reaches both objects."""
    def selected():
        return {node.name.split(',')[0] for node in session.find_all(('list item',), ' at ')
                if node.getState().contains(pyatspi.STATE_SELECTED)}

    session.keys('Escape', 'Escape', 'v')
    session.click_at(*at(session, 40, 440))
    seen = set()
    for _ in range(2):
        session.keys('Tab')
        time.sleep(0.5)
        seen |= selected()
    session.shot('canvas-04-focus')
    expect(seen == {'Mask', 'Box'}, f'Tab reaches {seen}')


def delete(session):
    """Delete removes what is selected; undo brings it back."""
    x, y, width, height = only(session, 'box')
    session.click_at(*at(session, x + width // 2, y + height // 2))
    session.keys('Delete')
    session.wait(lambda: not objects(session, 'box'), 20, 'picture without the box')
    session.keys('ctrl+z')
    session.wait(lambda: objects(session, 'box') == [(x, y, width, height)], 20, 'box again')


LEFT = {}


def remember(session):
    """What is on the picture at the end is noted."""
    LEFT.update(box=only(session, 'box'), mask=only(session, 'mask'))


def restore(session):
    """After a restart both are where they were."""
    session.need(('image',), contains='Video', seconds=60)
    for kind, where in LEFT.items():
        session.wait(lambda kind=kind, where=where: objects(session, kind) == [where], 20, kind)
    session.shot('canvas-05-restored')


FIRST_RUN = [start, draw_box, move_box, resize_box, nudge_box, undo_redo, brush, zoom, tab, delete, remember]
SECOND_RUN = [restore]


def main():
    steps = Steps(len(FIRST_RUN) + len(SECOND_RUN) + 2)
    for run in (FIRST_RUN, SECOND_RUN):
        session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', CLIP], SHOTS)
        steps.run(session, run)
        steps.quit(session)
    sys.exit(steps.failed)


main()
