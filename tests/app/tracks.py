#!/usr/bin/python3
"""Tracks of boxes in a real window, with pointer and keyboard: cut in two and made one, keyframes and absences gone to and
moved in time, several boxes chosen and moved together. Each step is checked in the project, and so is its undo. No model takes part.

Usage, under tests/run-headless: tracks.py STUDIO CLIP SHOTS
"""

import pathlib
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from picture import FRAME_US, at, count_steps, drag, go_to, keyframes, newest, shown_frame  # noqa: E402
from session import BUTTONS, Session, Steps, expect, rows, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]
HEAD = 'annotation AS a JOIN revision AS r ON r.id = a.revision_id'
SPAN = ('list item',)
IDS = {}


def tracks():
    """{id: (first frame, frame behind the last)} of all tracks in the project."""
    return {row[0]: (row[1] // FRAME_US, row[2] // FRAME_US) for row in
            rows(f"SELECT a.id, r.start_us, r.end_us FROM {HEAD} WHERE a.kind <> 'span' AND NOT r.is_deleted")}


def reaches(session, get, expected, what):
    session.wait(lambda: get() == expected, 15, f'{what}; there is {get()}')


def one_step(session, act, get, what):
    """@act changes what @get gives, in one step of undo; it is taken back and done again."""
    before, steps = get(), count_steps()
    act()
    session.wait(lambda: get() != before, 15, f'{what}; there is {before}')
    after = get()
    expect(count_steps() == steps + 1, f'{what}: {count_steps() - steps} steps of undo')
    session.keys('ctrl+z')
    reaches(session, get, before, f'{what} taken back')
    session.keys('ctrl+shift+z')
    reaches(session, get, after, f'{what} done again')
    return after


def quiet(session, message):
    """It comes, lies above the timeline, and goes by itself."""
    session.need(('label',), contains=message)
    session.wait(lambda: not session.find(('label',), contains=message), 40, 'window without a message')


def clock(frame):
    return f'0:{frame * FRAME_US // 1000000:02}.{frame * FRAME_US // 1000 % 1000:03}'


def bar(session, first, end):
    """The bar of the track from frame @first to frame @end."""
    return session.need(SPAN, contains=f'{clock(first)} to {clock(end)}')


def made_by(annotation):
    return {frame: keyframe[0] for frame, keyframe in keyframes(annotation).items()}


def states(annotation):
    return {frame: keyframe[2] for frame, keyframe in keyframes(annotation).items()}


def start(session):
    """The clip opens; a box is drawn on the first frame, and where it is on a later one; the timeline is zoomed in."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(2)
    session.click_at(*at(session, 320, 40))
    session.keys('b')
    drag(session, 100, 200, 200, 300)
    IDS['first'] = session.wait(lambda: newest('box-track'), 20, 'box')
    go_to(session, 20)
    drag(session, 300, 200, 400, 300)
    reaches(session, lambda: made_by(IDS['first']), {0: 'human', 20: 'human'}, 'two keyframes')
    session.keys('v', 'Home', *['plus'] * 5)


def split(session):
    """S cuts the track at the play position; the box at the cut is a keyframe on both sides, and the second part is selected."""
    first = IDS['first']
    go_to(session, 10)
    session.keys('s')
    reaches(session, lambda: [node.name for node in selected(session)], [bar(session, 10, 21).name], 'selected second part')
    session.keys('ctrl+z')
    reaches(session, lambda: len(tracks()), 1, 'track in one piece')
    session.click(bar(session, 0, 21))
    go_to(session, 10)
    one_step(session, lambda: session.keys('s'), tracks, 'split track')
    IDS['second'] = newest('box-track')
    expect(tracks() == {first: (0, 10), IDS['second']: (10, 21)}, f'{tracks()}')
    expect(made_by(first) == {0: 'human', 9: 'interpolated'}, f'{made_by(first)}')
    expect(made_by(IDS['second']) == {10: 'interpolated', 20: 'human'}, f'{made_by(IDS["second"])}')
    left, right = (keyframes(IDS['second'])[frame][4][0] * 640 for frame in (10, 20))
    expect(abs(left - 200) < 3 and abs(right - 300) < 3, f'boxes from {left} and {right}')
    session.shot('tracks-01-split')


def merge(session):
    """J makes one of the parts, with the keyframes of both; one alone is not merged, and a message says why."""
    session.click(bar(session, 0, 10))
    session.keys('j')
    quiet(session, 'Select the tracks of one object')
    xdotool('keydown', 'ctrl')
    session.click(bar(session, 10, 21))
    xdotool('keyup', 'ctrl')
    expect(len(selected(session)) == 2, f'{len(selected(session))} are selected')
    one_step(session, lambda: session.keys('j'), tracks, 'merged track')
    expect(tracks() == {IDS['first']: (0, 21)}, f'{tracks()}')
    expect(sorted(keyframes(IDS['first'])) == [0, 9, 10, 20], f'{made_by(IDS["first"])}')
    author, = rows('SELECT DISTINCT author FROM revision')[0]
    for frame, source in ((0, f'set by {author}'), (9, 'interpolated'), (10, 'interpolated'), (20, f'set by {author}')):
        session.need(BUTTONS, contains=f'keyframe at {clock(frame)}, {source}')
    session.shot('tracks-02-merged')


def gap(session):
    """Between two tracks of one object that do not meet it is absent."""
    go_to(session, 5)
    session.keys('s')
    session.wait(lambda: len(tracks()) == 2, 15, 'two parts')
    go_to(session, 10)
    session.keys('s')
    session.wait(lambda: len(tracks()) == 3, 15, 'three parts')
    session.click(bar(session, 5, 10))
    session.keys('Delete')
    session.wait(lambda: len(tracks()) == 2, 15, 'two parts with a gap')
    quiet(session, 'Deleted')
    session.click(bar(session, 0, 5))
    xdotool('keydown', 'ctrl')
    session.click(bar(session, 10, 21))
    xdotool('keyup', 'ctrl')
    session.keys('j')
    session.wait(lambda: len(tracks()) == 1, 15, 'merged track')
    expect(states(IDS['first'])[5] == 'absent', f'{states(IDS["first"])}')
    expect(min(frame for frame in keyframes(IDS['first']) if frame > 5) == 10, f'{states(IDS["first"])}')
    session.shot('tracks-03-gap')


def walk(session):
    """The keys of keyframes go from one to the next of the selected track, there and back."""
    session.click(bar(session, 0, 21))
    session.keys('Home')
    marks = sorted(keyframes(IDS['first']))
    session.wait(lambda: shown_frame(session) == 0, 10, 'first frame')
    for frame in marks[1:]:
        session.keys('greater')
        session.wait(lambda f=frame: shown_frame(session) == f, 10, f'frame {frame}; it is {shown_frame(session)}')
    session.keys('greater')
    time.sleep(0.3)
    expect(shown_frame(session) == marks[-1], f'beyond the last keyframe, on {shown_frame(session)}')
    session.keys('less')
    session.wait(lambda: shown_frame(session) == marks[-2], 10, f'frame {marks[-2]}')


def mark(session, frame, what='keyframe at'):
    return session.need(BUTTONS, contains=f'{what} {clock(frame)}')


def drag_by(session, node, dx):
    x, y, width, height = session.settled(node)
    session.drag(x + width // 2, y + height // 2, x + width // 2 + dx, y + height // 2)


def move_keyframe(session):
    """A keyframe is dragged in time, not beyond its neighbours, and moved by keys; its box goes along."""
    box = keyframes(IDS['first'])[10][4]
    last = max(keyframes(IDS['first']))

    def moved():
        return sorted(keyframes(IDS['first']))

    one_step(session, lambda: drag_by(session, mark(session, 10), 60), moved, 'dragged keyframe')
    now = next(frame for frame in moved() if frame > 5)
    expect(10 < now < last and keyframes(IDS['first'])[now][4] == box, f'{moved()}')
    session.shot('tracks-04-dragged')
    drag_by(session, mark(session, now), 2000)
    reaches(session, lambda: moved()[-2:], [last - 1, last], 'keyframe right before the last')
    session.click(mark(session, last - 1))
    one_step(session, lambda: session.keys('alt+Left'), moved, 'keyframe a frame earlier')
    session.keys('Left')
    reaches(session, lambda: moved()[-2:], [last - 3, last], 'keyframe two frames earlier')
    session.keys('ctrl+z', 'ctrl+z')
    reaches(session, lambda: moved()[-2:], [last - 1, last], 'keyframe before the last again')


def cancel_keyframe(session):
    """Escape in the middle of a drag leaves it alone."""
    before = keyframes(IDS['first'])
    x, y, width, height = session.settled(mark(session, 0))
    xdotool('mousemove', '--window', session.window, x + width // 2, y + height // 2)
    xdotool('mousedown', 1)
    for step in range(1, 5):
        xdotool('mousemove', '--window', session.window, x + width // 2 + 10 * step, y + height // 2)
        time.sleep(0.05)
    session.keys('Escape')
    xdotool('mouseup', 1)
    time.sleep(0.5)
    expect(keyframes(IDS['first']) == before, 'the cancelled drag was saved')


def move_absence(session):
    """Where an absence starts can be dragged, and where it ends."""
    def span():
        found = states(IDS['first'])
        gone = next(frame for frame in sorted(found) if found[frame] == 'absent')
        return gone, min(frame for frame in found if frame > gone)

    gone, back = span()
    one_step(session, lambda: drag_by(session, mark(session, gone, 'absent from'), 40), span, 'later absence')
    expect(gone < span()[0] < back and span()[1] == back, f'{span()}')
    gone = span()[0]
    one_step(session, lambda: drag_by(session, mark(session, back), -40), span, 'shorter absence')
    expect(span()[0] == gone < span()[1] < back, f'{span()}')
    session.shot('tracks-05-absence')


def boxes(*names):
    """Where the boxes of the first frame are, in pixels of the video."""
    return [tuple(round(value * size) for value, size in zip(keyframes(IDS[name])[0][4], (640, 480, 640, 480)))
            for name in names]


def shown_selected(session):
    """Names of the objects on the picture that are selected."""
    return [node.name for node in session.find_all(SPAN, ', box at ')
            if node.getState().contains(pyatspi.STATE_SELECTED)]


def with_key(key, act):
    xdotool('keydown', key)
    act()
    xdotool('keyup', key)


def several(session):
    """Boxes chosen with Ctrl are all shown as selected, and a drag moves them together, in one step."""
    session.keys('Escape')
    session.click_at(*at(session, 320, 40))
    session.keys('Home', 'b')
    for name, box in (('small', (400, 100, 480, 160)), ('low', (520, 300, 600, 380))):
        drag(session, *box)
        IDS[name] = session.wait(lambda: newest('box-track') not in IDS.values() and newest('box-track'), 20, name)
    session.keys('v', 'Escape')
    session.click_at(*at(session, 150, 250))
    with_key('ctrl', lambda: session.click_at(*at(session, 440, 130)))
    session.wait(lambda: len(shown_selected(session)) == 2, 10, f'two selected; there are {shown_selected(session)}')
    session.shot('tracks-06-two')
    before = boxes('first', 'small', 'low')
    one_step(session, lambda: drag(session, 440, 130, 470, 150), lambda: boxes('first', 'small', 'low'), 'moved boxes')
    after = boxes('first', 'small', 'low')
    ways = [tuple(b - a for a, b in zip(old, new)) for old, new in zip(before, after)]
    expect(all(abs(a - b) <= 1 for a, b in zip(ways[0], ways[1])) and ways[2] == (0, 0, 0, 0), f'moved by {ways}')
    expect(abs(ways[0][0] - 30) <= 3 and abs(ways[0][1] - 20) <= 3, f'moved by {ways[0]}')


def arrows(session):
    """Arrow keys move them together, too, until the first is at the edge of the picture."""
    before = boxes('first', 'small')
    session.keys('shift+Down')
    reaches(session, lambda: boxes('first', 'small'), [(a, b + 10, c, d + 10) for a, b, c, d in before], 'both lower')
    session.keys('ctrl+z')
    reaches(session, lambda: boxes('first', 'small'), before, 'both where they were')
    drag(session, 470, 150, 470, 0)
    session.wait(lambda: boxes('small')[0][1] == 0, 15, 'upper box at the edge')
    expect(abs(boxes('first')[0][1] - (before[0][1] - before[1][1])) <= 1, f'{boxes("first")} of {before}')
    session.keys('ctrl+z')
    reaches(session, lambda: boxes('first', 'small'), before, 'both where they were')


def band(session):
    """A drag on the free picture selects what it frames, with Ctrl in addition; Delete takes all, undo brings them back."""
    session.keys('Escape')
    x, y = at(session, 340, 60)
    far = at(session, 630, 400)
    xdotool('mousemove', '--window', session.window, x, y)
    xdotool('mousedown', 1)
    for i in range(1, 6):
        xdotool('mousemove', '--window', session.window, x + (far[0] - x) * i // 5, y + (far[1] - y) * i // 5)
        time.sleep(0.05)
    session.shot('tracks-07-band')
    xdotool('mouseup', 1)
    session.wait(lambda: len(shown_selected(session)) == 2, 10, f'two framed; there are {shown_selected(session)}')
    with_key('ctrl', lambda: drag(session, 60, 150, 250, 350))
    session.wait(lambda: len(shown_selected(session)) == 3, 10, f'three selected; there are {shown_selected(session)}')
    with_key('shift', lambda: session.click_at(*at(session, 560, 340)))
    session.wait(lambda: len(shown_selected(session)) == 2, 10, f'one less; there are {shown_selected(session)}')
    one_step(session, lambda: session.keys('Delete'), lambda: len(tracks()), 'two deleted ones')
    session.keys('ctrl+z')
    reaches(session, lambda: len(tracks()), 3, 'all three')


def selected(session):
    return [node for node in session.find_all(SPAN, ' to ') if node.getState().contains(pyatspi.STATE_SELECTED)]


RUN = [start, split, merge, gap, walk, move_keyframe, cancel_keyframe, move_absence, several, arrows, band]


def main():
    steps = Steps(len(RUN) + 1)
    session = Session(STUDIO, [CLIP], SHOTS)
    steps.run(session, RUN)
    steps.quit(session)
    sys.exit(steps.failed)


main()
