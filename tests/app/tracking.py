#!/usr/bin/python3
"""Objects followed through the video, in a real window, by the bundled model: a box and a mask forward within a loop, a
correction in the middle with only the frames around it found anew, absence as the end, Stop, several objects at once, and
where the model was not sure; as far as is asked for. What is saved is read from the project.

Usage, under tests/run-headless: tracking.py STUDIO CLIP SHOTS
"""

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from picture import FRAME_US, HEIGHT, WIDTH, at, count_steps, drag, go_to, keyframes, newest, shown_frame  # noqa: E402
from session import BUTTONS, Session, Steps, decode_mask, differing, expect, rows, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]
END = 12  # the loop is before this frame
CAR = (360, 280, 600, 440)  # a box around it on the first frame
LOW = 0.8

def idle(session):
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None and session.find(BUTTONS, 'Stop Tracking') is None, 400,
                 'end of the work')
    time.sleep(0.3)


def track(session, key):
    """Presses a key that begins work, and waits for its end."""
    before = count_steps()
    session.keys(key)
    session.wait(lambda: count_steps() > before, 400, f'result of {key}')
    idle(session)
    expect(count_steps() == before + 1, f'{count_steps() - before} steps of undo')


IDS = {}


def start(session):
    """The clip opens, and a loop of twelve frames is set."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(2)
    session.click_at(*at(session, 320, 40))
    session.keys('Home', 'l')
    go_to(session, END)
    session.keys('l', 'Home')


def track_box(session):
    """A box drawn by hand is followed to the end of the loop and stays a box; it is one step of undo."""
    session.keys('b')
    drag(session, CAR[0], CAR[1], CAR[2], CAR[3])
    IDS['box'] = newest('box-track')
    session.keys('v')
    track(session, 't')
    session.shot('tracking-01-box')
    session.keys('h')
    session.need(('label',), contains='predicted by TPO nano · ')
    session.leave_message()
    session.give_keyboard()
    found = keyframes(IDS['box'])
    expect(sorted(found) == list(range(END)), f'frames {sorted(found)}')
    expect([found[i][0] for i in found] == ['human'] + (END - 1) * ['model'], f'made by {[k[0] for k in found.values()]}')
    expect(all(0 <= found[i][1] <= 1 and found[i][3] is None for i in range(1, END)), 'scores or masks of a box')
    (model, settings, first, end), = rows(
        'SELECT p.model, p.settings, s.start_us, s.end_us FROM prediction AS p '
        'JOIN prediction_span AS s ON s.prediction_id = p.id')
    settings = json.loads(settings)
    expect(model and settings['annotation'] == IDS['box'] and settings['from_us'] == 0, f'noted: {model}, {settings}')
    expect((first, end) == (FRAME_US, END * FRAME_US), f'the model found frames of {first} to {end} µs')
    session.keys('ctrl+z')
    session.wait(lambda: sorted(keyframes(IDS['box'])) == [0], 20, 'track without what was found')
    session.keys('ctrl+shift+z')
    session.wait(lambda: keyframes(IDS['box']) == found, 20, 'track as it was')


def segment_box(session):
    """The mask of what is in the box is an object of its own, and is followed too."""
    session.keys('Home', 'shift+m')
    session.wait(lambda: newest('mask-track'), 200, 'mask')
    idle(session)
    IDS['mask'] = newest('mask-track')
    track(session, 't')
    found = keyframes(IDS['mask'])
    expect(sorted(found) == list(range(END)), f'frames {sorted(found)}')
    expect(all(k[0] == 'model' and 0 <= k[1] <= 1 for k in found.values()), 'not all are by the model')
    expect(sum(k[3] is not None for k in found.values()) >= END // 2, 'hardly any mask')
    session.shot('tracking-02-mask')


def paint(session, frame, x0, y0, x1, y1):
    """A stroke of the brush on a frame of the mask."""
    go_to(session, frame)
    session.keys('r')
    drag(session, x0, y0, x1, y1)
    session.keys('v')


def correct(session):
    """After a correction in the middle the frames around it, and no others, are found anew."""
    before = keyframes(IDS['mask'])
    box = keyframes(IDS['box'])
    expect(session.find(BUTTONS, 'Track from Here') is None, 'tracking anew is offered before a correction')
    paint(session, 6, 380, 240, 560, 240)
    session.wait(lambda: keyframes(IDS['mask'])[6][0] == 'model-corrected', 20, 'corrected mask')
    corrected = keyframes(IDS['mask'])
    expect({i: k for i, k in corrected.items() if i != 6} == {i: k for i, k in before.items() if i != 6},
           'the stroke changed other frames')
    offer = session.need(BUTTONS, 'Track from Here')
    session.shot('tracking-03-offer')
    steps = count_steps()
    session.click(offer)
    session.wait(lambda: count_steps() > steps, 200, 'frames found anew')
    idle(session)
    after = keyframes(IDS['mask'])
    expect(after[6] == corrected[6], 'the correction did not stay')
    expect(sorted(after) == sorted(before), f'frames {sorted(after)}')
    expect(all(after[i][0] == 'model' for i in after if i != 6), 'frames around it are not by the model')
    expect(after[5][3] != before[5][3] and after[7][3] != before[7][3], 'the frames beside it are as before')
    expect(keyframes(IDS['box']) == box, 'another object changed')
    session.wait(lambda: session.find(BUTTONS, 'Track from Here') is None, 20, 'end of the offer')
    session.shot('tracking-04-anew')
    session.keys('shift+g')
    time.sleep(0.5)
    expect(differing(session, 'tracking-04-anew') > 100, 'there is no ghost of what the model said')
    session.shot('tracking-04-ghost')
    session.keys('shift+g')
    session.keys('ctrl+z')
    session.wait(lambda: keyframes(IDS['mask']) == corrected, 20, 'track as it was before')
    session.need(BUTTONS, 'Track from Here')
    session.keys('ctrl+shift+z')
    session.wait(lambda: keyframes(IDS['mask']) == after, 20, 'track as it was found anew')


def barriers(session):
    """A second correction leaves everything up to the first one as it is, to the bit."""
    before = keyframes(IDS['mask'])
    paint(session, 9, 380, 420, 560, 420)
    session.wait(lambda: keyframes(IDS['mask'])[9][0] == 'model-corrected', 20, 'corrected mask')
    corrected = keyframes(IDS['mask'])
    track(session, 'y')
    after = keyframes(IDS['mask'])
    for i in list(range(7)) + [9]:
        expect(after[i] == corrected[i], f'frame {i} changed')
    for i in (8, 10):
        expect(after[i][3] != before[i][3], f'frame {i} is as before')
    # Forward from the start it goes up to the first correction.
    go_to(session, 0)
    track(session, 't')
    again = keyframes(IDS['mask'])
    expect({i: again[i] for i in range(6, END)} == {i: after[i] for i in range(6, END)}, 'a barrier was crossed')
    expect(again[0] == after[0], 'the frame that it was followed from changed')


def iou(first, second):
    a, b = (b''.join(decode_mask(mask, WIDTH, HEIGHT)) for mask in (first, second))
    return sum(x & y for x, y in zip(a, b)) / sum(x | y for x, y in zip(a, b))


def click_and_box(session):
    """Clicks correct the mask that is there, and a box says anew where the object is; no other frame changes."""
    before = keyframes(IDS['mask'])
    go_to(session, 4)
    session.keys('m')
    session.click_at(*at(session, 480, 240), button=3)
    session.wait(lambda: keyframes(IDS['mask'])[4][0] == 'model-corrected', 200, 'corrected mask')
    idle(session)
    session.shot('tracking-05-click')
    clicked = keyframes(IDS['mask'])
    expect(0.3 < iou(clicked[4][3], before[4][3]) < 1, f'overlap {iou(clicked[4][3], before[4][3])} with the mask before')
    session.keys('Escape')
    go_to(session, 8)
    drag(session, 455, 140, 610, 320)
    session.wait(lambda: keyframes(IDS['mask'])[8][0] == 'model-corrected', 200, 'mask of the box')
    idle(session)
    session.shot('tracking-06-prompt-box')
    after = keyframes(IDS['mask'])
    box = [value * size for value, size in zip(after[8][4], (WIDTH, HEIGHT, WIDTH, HEIGHT))]
    expect(box[0] > 440 and box[1] > 125 and box[2] < 625 and box[3] < 335, f'the mask lies at {box}')
    expect({i: k for i, k in after.items() if i not in (4, 8)} == {i: k for i, k in before.items() if i not in (4, 8)},
           'other frames changed')
    session.keys('Escape', 'v', 'ctrl+z', 'ctrl+z')
    session.wait(lambda: keyframes(IDS['mask']) == before, 20, 'track as it was')


def absent(session):
    """An absence lasts to the next frame that a person saw to, and tracking ends at it."""
    tracked = keyframes(IDS['mask'])
    go_to(session, 3)
    session.keys('x')
    session.wait(lambda: keyframes(IDS['mask'])[3][2] == 'absent', 20, 'absence')
    before = keyframes(IDS['mask'])
    expect({i: k for i, k in before.items() if i != 3} == {i: k for i, k in tracked.items() if i not in (3, 4, 5)},
           f'frames {sorted(before)} are left')
    go_to(session, 0)
    track(session, 't')
    after = keyframes(IDS['mask'])
    expect({i: k for i, k in after.items() if i >= 3} == {i: k for i, k in before.items() if i >= 3},
           'the absence was crossed')
    session.keys('ctrl+z', 'ctrl+z')
    session.wait(lambda: keyframes(IDS['mask']) == tracked, 20, 'masks again')


def together(session):
    """Both objects are followed at once, in one step of undo."""
    go_to(session, END - 1)
    before = [keyframes(IDS[kind]) for kind in ('box', 'mask')]
    session.keys('l')  # no loop any more
    go_to(session, END - 1)
    session.keys('ctrl+t')
    button = session.need(BUTTONS, 'Stop Tracking')
    session.wait(lambda: all(len(keyframes(IDS[kind])) >= END + 2 for kind in ('box', 'mask')), 400, 'both growing')
    session.shot('tracking-07-together')
    session.click(button)
    idle(session)
    for kind, old in zip(('box', 'mask'), before):
        found = keyframes(IDS[kind])
        expect({i: k for i, k in found.items() if i < END} == old, f'{kind}: frames before changed')
        expect(sorted(found) == list(range(len(found))), f'{kind}: frames {sorted(found)}')
        expect(len(found) < 300, f'{kind}: it was not stopped')
    session.keys('ctrl+z')
    session.wait(lambda: [keyframes(IDS[kind]) for kind in ('box', 'mask')] == before, 20, 'both as before')
    session.keys('ctrl+shift+z')


def low(session):
    """F goes to where the model was not sure, or says that it was."""
    go_to(session, 0)
    session.click_at(*at(session, CAR[0], CAR[1]))
    found = keyframes(IDS['box'])
    sure = {i: 1 - k[1] if k[2] == 'absent' else k[1] for i, k in found.items() if k[0] == 'model'}
    lows = [i for i in sorted(sure) if sure[i] < LOW]
    go_to(session, 0)
    session.keys('f')
    if not lows:
        session.need(('label',), contains='was sure of this object')
        return
    stretch = [i for i in range(lows[0], max(found) + 1) if all(j in lows for j in range(lows[0], i + 1))]
    worst = min(stretch, key=lambda i: sure[i])
    session.wait(lambda: shown_frame(session) == worst, 20, f'frame {worst}; it is {shown_frame(session)}')


RADIOS = ('radio button', 'check box')


def to_end(session):
    """In the popover of how far to track, from the last choice to the one above it."""
    session.keys('shift+y')
    session.need(RADIOS, 'To the end of the video')
    session.tab_to(RADIOS, 'For')
    session.keys('Up')
    xdotool('key', 'Escape')
    session.wait(lambda: not session.find(RADIOS, 'For'), 10, 'closed popover')


def counted(session):
    """Three frames are tracked where that is asked for, and once more when it is asked again: it stays chosen."""
    last = max(keyframes(IDS['box']))
    go_to(session, last)
    session.keys('shift+y')
    session.need(('spin button',), 'How many')
    session.tab_to(('spin button',), 'How many')
    session.keys('ctrl+a')
    session.type('3')
    session.keys('Tab', 'space', 'Up', 'Return')
    session.shot('tracking-08-reach')
    xdotool('key', 'Escape')
    session.wait(lambda: not session.find(('spin button',), 'How many'), 10, 'closed popover')
    track(session, 't')
    expect(max(keyframes(IDS['box'])) == last + 3, f'frames up to {max(keyframes(IDS["box"]))}, not {last + 3}')
    go_to(session, last + 3)
    track(session, 't')
    expect(max(keyframes(IDS['box'])) == last + 6, f'frames up to {max(keyframes(IDS["box"]))}, not {last + 6}')


def to_the_end(session):
    """To the end goes on behind corrections, which stay to the bit; Stop leaves what was found, in one step of undo."""
    session.click(session.need(('list item',), contains='Mask, 0:00.000 to'))
    to_end(session)
    go_to(session, 0)
    before, steps = keyframes(IDS['mask']), count_steps()
    corrected = [i for i in before if before[i][0] == 'model-corrected']
    expect(len(corrected) == 2, f'corrected are {corrected}')
    session.keys('t')
    button = session.need(BUTTONS, 'Stop Tracking')
    session.wait(lambda: len(keyframes(IDS['mask'])) > max(before) + 4, 400, 'frames behind those known')
    session.click(button)
    idle(session)
    after = keyframes(IDS['mask'])
    expect(all(after[i] == before[i] for i in corrected), 'a corrected frame changed')
    expect(sorted(after) == list(range(len(after))), f'frames {sorted(after)}')
    expect(all(after[i][0] == 'model' for i in after if i not in corrected and i > 0), 'frames are not by the model')
    expect(count_steps() == steps + 1, f'{count_steps() - steps} steps of undo')
    session.keys('ctrl+z')
    session.wait(lambda: keyframes(IDS['mask']) == before, 20, 'track as it was')


RUN = [start, track_box, segment_box, correct, barriers, click_and_box, absent, together, low, counted, to_the_end]


def main():
    steps = Steps(len(RUN) + 1)
    session = Session(STUDIO, [CLIP], SHOTS)
    steps.run(session, RUN)
    steps.quit(session)
    sys.exit(steps.failed)


main()
