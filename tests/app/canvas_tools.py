#!/usr/bin/python3
"""The tools on the picture, with pointer and keyboard in a real window: boxes are drawn, moved, resized and nudged, masks
painted, erased and cut out of polygons, objects reached with Tab, described and deleted; a restart brings back what was left,
and leaves alone what is locked. No model takes part.

Usage, under tests/run-headless: canvas_tools.py STUDIO CLIP SHOTS
"""

import pathlib
import re
import sqlite3
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from picture import HEIGHT, WIDTH, at, drag  # noqa: E402
from session import (BUTTONS, TEXTS, Failure, Session, Steps, database, decode_mask, differing, expect,  # noqa: E402
                     rows, xdotool)

STUDIO, CLIP, SHOTS = sys.argv[1:]
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


def undo_unsaved(session):
    """Undo in the middle of a stroke or a polygon takes that back, and nothing that was saved."""
    before, last = only(session, 'box'), newest()
    session.keys('Escape', 'r')
    for x in (120, 140, 160):
        xdotool('mousemove', '--window', session.window, *at(session, x, 120))
        if x == 120:
            xdotool('mousedown', 1)
        time.sleep(0.1)
    session.keys('ctrl+z')
    xdotool('mousemove', '--window', session.window, *at(session, 200, 120))
    xdotool('mouseup', 1)
    time.sleep(0.5)
    expect(objects(session, 'box') == [before], 'the box was taken back')
    expect(newest() == last, 'the stroke was saved')
    session.keys('p')
    click_corners(session, (100, 300), (200, 300), (200, 400), (20, 450))
    session.keys('ctrl+z', 'Return')
    session.wait(lambda: newest() > last, 20, 'mask of the polygon')
    area = sum(map(sum, pixels(newest())))
    expect(abs(area - 5000) < 400, f'a triangle of {area} pixels')
    session.keys('ctrl+z')
    session.wait(lambda: not objects(session, 'mask'), 20, 'picture without it')
    expect(objects(session, 'box') == [before], 'the box was taken back')


def hidden(session):
    """What is hidden is not drawn on: another box is made, which is seen."""
    before, last = only(session, 'box'), newest()
    session.keys('Escape', 'Escape', 'v')
    session.click_at(*at(session, before[0] + before[2] // 2, before[1] + before[3] // 2))
    session.keys('shift+h')
    session.wait(lambda: not objects(session, 'box'), 20, 'hidden box')
    session.keys('b')
    drag(session, 40, 200, 100, 260)
    near(session, 'box', (40, 200, 60, 60))
    expect(newest() > last, 'the hidden one was changed')
    session.keys('ctrl+z', 'v', 'ctrl+a', 'shift+h')
    session.wait(lambda: objects(session, 'box') == [before], 20, 'box in sight')


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


def pixels(annotation):
    """The pixels of the newest mask of an annotation, column by column."""
    mask, width, height = rows('SELECT k.mask, k.mask_width, k.mask_height FROM keyframe AS k '
                               'JOIN annotation AS a ON a.revision_id = k.revision_id '
                               f'WHERE a.id = {annotation}')[0]
    expect((width, height) == (WIDTH, HEIGHT), f'a mask of {width} by {height}')
    return decode_mask(mask, width, height)


def newest():
    return rows('SELECT max(id) FROM annotation')[0][0]


def click_corners(session, *corners):
    for x, y in corners:
        session.click_at(*at(session, x, y))


def polygon(session):
    """A polygon, one of whose corners is moved and one taken back, becomes a mask when it is closed."""
    before = newest()
    session.keys('Escape', 'Escape', 'p')
    click_corners(session, (100, 300), (200, 300), (230, 430), (60, 440), (20, 350))
    session.keys('BackSpace')
    drag(session, 230, 430, 200, 400)
    drag(session, 60, 440, 100, 400)
    session.shot('canvas-03-polygon')
    expect(newest() == before, 'it was saved before it was closed')
    session.keys('Return')
    session.wait(lambda: newest() > before, 20, 'mask of the polygon')
    mask = pixels(newest())
    area = sum(map(sum, mask))
    expect(abs(area - 100 * 100) < 700, f'{area} pixels')
    expect(mask[150][350] and not mask[80][350] and not mask[150][420], 'it lies elsewhere')


def cut_out(session):
    """A press on the first corner closes it; with Shift it is cut out of the mask, which has a hole then."""
    mask = newest()
    before = sum(map(sum, pixels(mask)))
    click_corners(session, (130, 330), (170, 330), (170, 370), (130, 370))
    xdotool('keydown', 'shift')
    session.click_at(*at(session, 130, 330))
    xdotool('keyup', 'shift')
    session.wait(lambda: not pixels(mask)[150][350], 20, 'hole')
    after = pixels(mask)
    expect(abs(before - sum(map(sum, after)) - 40 * 40) < 300, f'{before} became {sum(map(sum, after))} pixels')
    expect(after[110][350] and after[190][350], 'more than a hole is gone')
    expect(newest() == mask, 'there is another mask')
    session.shot('canvas-04-hole')
    session.keys('Escape')
    click_corners(session, (400, 380), (440, 380))
    xdotool('mousemove', '--window', session.window, *at(session, 420, 420))
    xdotool('click', '--repeat', 2, '--delay', 80, 1)
    session.wait(lambda: newest() > mask, 20, 'polygon closed by a double click')
    expect(abs(sum(map(sum, pixels(newest()))) - 800) < 120, 'the double click closed another polygon')
    session.keys('ctrl+z', 'ctrl+z', 'ctrl+z')
    session.wait(lambda: len(objects(session, 'mask')) == 1, 20, 'picture without the polygon')


def brush_settings(session):
    """Keys change the size of the brush; on a string it ends behind the hand."""
    session.keys('Escape', 'Escape', 'r', *4 * ['w'])
    session.need(('label',), '24 px')
    session.keys(*4 * ['q'])
    button = session.need(BUTTONS, 'Size of the Brush')
    session.click(button)
    slider = session.need(('slider',), 'Smoothing of strokes in pixels')
    slider.queryValue().currentValue = 40
    session.shot('canvas-05-brush')
    session.keys('Escape')
    before, size = newest(), int(re.match(r'\d+', session.need(('label',), contains=' px').name).group())
    drag(session, 120, 300, 220, 300)
    session.wait(lambda: newest() > before, 20, 'mask of the stroke')
    columns = [x for x, column in enumerate(pixels(newest())) if any(column)]
    expect(abs(columns[0] - (120 - size / 2)) <= NEAR and abs(columns[-1] - (180 + size / 2)) <= NEAR,
           f'the stroke goes from {columns[0]} to {columns[-1]}')
    session.keys('ctrl+z')
    session.click(button)
    session.need(('slider',), 'Smoothing of strokes in pixels').queryValue().currentValue = 0
    session.keys('Escape')


def brush_by_keys(session):
    """A stroke without a pointer: Insert puts the brush down at the cross, Alt and the arrows move it."""
    before = newest()
    session.keys('Escape', 'Escape', 'r')
    session.click_at(*at(session, 320, 40))
    session.keys('ctrl+z')
    session.wait(lambda: len(objects(session, 'mask')) == 1, 20, 'picture without the dot')
    session.keys('Escape', 'Escape', 'r', 'Insert', *5 * ['alt+shift+Down'])
    session.shot('canvas-06-cross')
    session.keys('Insert')
    session.wait(lambda: newest() > before + 1, 20, 'mask of the stroke')
    lines = [y for y in range(HEIGHT) if any(column[y] for column in pixels(newest()))]
    expect(abs(lines[-1] - lines[0] - 50 - 16) <= 2 * NEAR, f'the stroke goes from {lines[0]} to {lines[-1]}')
    session.keys('ctrl+z')
    session.wait(lambda: len(objects(session, 'mask')) == 1, 20, 'picture without the stroke')


def grid(session):
    """Close enough, the pixels of the video have a grid, which can be switched off."""
    session.keys('Escape', 'Escape', 'v')
    x, y = at(session, 320, 60)
    xdotool('mousemove', '--window', session.window, x, y)
    xdotool('keydown', 'ctrl')
    for _ in range(13):
        xdotool('click', 4)
        time.sleep(0.05)
    xdotool('keyup', 'ctrl')
    time.sleep(1)
    session.shot('canvas-07-grid')
    session.keys('shift+p')
    time.sleep(0.5)
    expect(differing(session, 'canvas-07-grid') > 5000, 'there is no grid')
    session.keys('shift+p')
    time.sleep(0.5)
    expect(differing(session, 'canvas-07-grid') < 500, 'the grid does not come back')
    xdotool('keydown', 'ctrl')
    for _ in range(16):
        xdotool('click', 5)
        time.sleep(0.05)
    xdotool('keyup', 'ctrl')
    time.sleep(0.5)


def onion_skin(session):
    """Where objects were on the frame before is shown, if wished."""
    before = only(session, 'box')
    session.keys('period')
    session.wait(lambda: not objects(session, 'box'), 20, 'frame without the box')
    time.sleep(0.5)
    session.shot('canvas-08-frame')
    session.keys('shift+o')
    time.sleep(0.5)
    expect(differing(session, 'canvas-08-frame') > 100, 'nothing of the frame before is shown')
    session.shot('canvas-08-onion-skin')
    session.keys('shift+o')
    time.sleep(0.5)
    expect(differing(session, 'canvas-08-frame') < 100, 'it does not go away')
    session.keys('Home')
    session.wait(lambda: objects(session, 'box') == [before], 20, 'box on its frame')


def onion_picture(session):
    """The picture of the frame before shows through, too: something moves here, and there is no object."""
    session.keys('Escape', 'Home', *4 * ['shift+Right'], 'period')
    session.wait(lambda: not objects(session, 'box') and not objects(session, 'mask'), 20, 'frame without objects')
    time.sleep(1)
    session.shot('canvas-10-frame')
    session.keys('shift+o')
    session.wait(lambda: differing(session, 'canvas-10-frame') > 100, 20, 'picture of the frame before')
    session.shot('canvas-10-onion-skin')
    session.keys('shift+o')
    session.wait(lambda: differing(session, 'canvas-10-frame') < 100, 20, 'picture alone')
    session.keys('Home')


def details(session):
    """A double click on an object opens what it is: its label can be given there."""
    x, y, width, height = only(session, 'box')
    place = at(session, x + width // 2, y + height // 2)
    xdotool('mousemove', '--window', session.window, *place)
    xdotool('click', '--repeat', 2, '--delay', 80, 1)
    entry = session.need(TEXTS, 'Find or add a label')
    session.wait(lambda: entry.getState().contains(pyatspi.STATE_FOCUSED), 20, 'focus in the entry')
    session.type('van')
    session.keys('Return')
    session.wait(lambda: rows('SELECT name FROM label WHERE NOT is_removed') == [('van',)], 20, 'label')
    session.shot('canvas-09-details')
    session.keys('Escape')
    session.need(('list item',), contains='van, box at ')
    session.keys('ctrl+z')
    session.need(('list item',), contains='Box, box at ')


def menu(session):
    """The menu of an object opens by right click and by key."""
    x, y, width, height = only(session, 'box')
    session.click_at(*at(session, x + width // 2, y + height // 2), button=3)
    session.need(('menu item',), contains='Track Forward')
    session.shot('canvas-10-menu')
    session.keys('Escape')
    session.wait(lambda: not session.find(('menu item',), contains='Track Forward'), 20, 'closed menu')
    session.keys('shift+F10')
    session.need(('menu item',), contains='Track Forward')
    session.keys('Escape')
    session.wait(lambda: not session.find(('menu item',), contains='Track Forward'), 20, 'closed menu')


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


def zoom_by_keys(session):
    """The picture is enlarged around the object, moved and made to fit by keys, and by the menu beside the tools."""
    def extents():
        return session.box(session.need(('list item',), contains=', box at '))

    small = extents()
    session.keys('ctrl+plus', 'ctrl+plus')
    session.wait(lambda: abs(extents()[2] - 2.25 * small[2]) < 5, 10, f'box of {2.25 * small[2]} pixels')
    large = extents()
    session.keys('ctrl+shift+Right')
    session.wait(lambda: extents()[0] < large[0] - 50, 10, 'picture that moved to the left')
    session.keys('ctrl+minus')
    session.wait(lambda: abs(extents()[2] - 1.5 * small[2]) < 5, 10, f'box of {1.5 * small[2]} pixels')
    session.keys('ctrl+0')
    session.wait(lambda: extents() == small, 10, 'picture that fits')
    for name, width in (('Zoom In', 1.5 * small[2]), ('Whole Picture', small[2])):
        session.click(session.need(BUTTONS, 'What Is Shown with the Objects'))
        session.choose(name)
        session.wait(lambda: abs(extents()[2] - width) < 5, 10, f'box of {width} pixels')  # pylint: disable=cell-var-from-loop


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


def locked(session):
    """A locked object stays where it is, and a hidden one is not there."""
    x, y, width, height = LEFT['box']
    drag(session, x + width // 2, y + height // 2, x + width // 2 + 30, y + height // 2)
    session.keys('Delete')
    expect(objects(session, 'box') == [LEFT['box']], 'it was moved or deleted')
    expect('locked' in session.need(('list item',), contains=', box at ').description, 'it is not said to be locked')
    expect(not objects(session, 'mask'), 'the hidden mask is shown')


def set_shown(kind, column):
    with sqlite3.connect(database()) as connection:
        connection.execute(f"UPDATE annotation SET {column} = 1 WHERE kind = '{kind}'")


FIRST_RUN = [start, draw_box, move_box, resize_box, nudge_box, undo_redo, undo_unsaved, hidden, brush, polygon, cut_out,
             brush_settings, brush_by_keys, zoom, zoom_by_keys, grid, onion_skin, onion_picture, details, menu, tab, delete,
             remember]
SECOND_RUN = [restore]
THIRD_RUN = [locked]


def main():
    runs = [FIRST_RUN, SECOND_RUN, THIRD_RUN]
    steps = Steps(sum(map(len, runs)) + len(runs))
    for run in runs:
        if run is THIRD_RUN:
            set_shown('box-track', 'is_locked')
            set_shown('mask-track', 'is_hidden')
        session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', CLIP], SHOTS)
        steps.run(session, run)
        steps.quit(session)
    sys.exit(steps.failed)


main()
