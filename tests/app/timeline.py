#!/usr/bin/python3
"""The timeline in a real window, with pointer and keyboard: rows, lanes, locks, several labels at once, merging, nudging,
edges that two spans share, the table, thousands of labels and the highlight curve. Each step is checked in the project,
and so is its undo. The bundled model takes part in the end only.

Usage, under tests/run-headless: timeline.py STUDIO TPO CLIP SHOTS
"""

import pathlib
import shutil
import struct
import subprocess
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from picture import count_steps  # noqa: E402
from session import BUTTONS, Session, Steps, data_dir, database, expect, press, rows, xdotool  # noqa: E402

STUDIO, TPO, CLIP, SHOTS = sys.argv[1:]
FRAME = 40000  # microseconds; the clip has 25 frames a second
N_MANY = 5000
HEAD = 'annotation AS a JOIN revision AS r ON r.id = a.revision_id'
SPAN = ('list item',)


def spans():
    """(start, end) of all spans in the project, in frames."""
    return [(start // FRAME, end // FRAME) for start, end in
            rows(f"SELECT start_us, end_us FROM {HEAD} WHERE a.kind = 'span' AND NOT r.is_deleted ORDER BY 1, 2")]


def statuses():
    return [status for status, in rows(f'SELECT r.status FROM {HEAD} WHERE NOT r.is_deleted ORDER BY a.id')]


def reaches(session, get, expected, what):
    session.wait(lambda: get() == expected, 15, f'{what}; there is {get()}')


def bars(session, contains='Span, '):
    """The spans' objects by their place on the screen, row by row."""
    found = [node for node in session.find_all(SPAN, contains) if ' to ' in node.name]
    return sorted(found, key=lambda node: session.box(node)[1::-1])


def top_bar(session, other_than=None):
    """The first of them, once they are all there: after a change they come in the frames that follow, some in each."""
    def find():
        before = [node.name for node in bars(session, '')]
        found = bars(session, '')
        names = [node.name for node in found]
        return found[0] if names and names == before and names[0] != other_than else None

    return session.wait(find, 20, 'a bar' if other_than is None else f'a bar before {other_than}')


def bar(session, start, end):
    """The object of the span from frame @start to frame @end."""
    def clock(frame):
        return f'0:{frame * FRAME // 1000000:02}.{frame * FRAME // 1000 % 1000:03}'

    return session.need(SPAN, contains=f'{clock(start)} to {clock(end)}')


def mark(session, start, end):
    """By I and O, from the start of one frame to the end of another."""
    session.keys('Home', *['shift+Right'] * (start // 25), *['period'] * (start % 25), 'i')
    session.keys('Home', *['shift+Right'] * ((end - 1) // 25), *['period'] * ((end - 1) % 25), 'o')


def to_picture(session):
    """The focus leaves the spans, whose arrow keys would move them."""
    session.keys('Escape')
    session.click_at(*[a + b for a, b in zip(session.box(session.need(('image',), contains='Video'))[:2], (20, 20))])
    session.keys('Escape')


def quiet(session):
    """Messages lie above the timeline; they go by themselves."""
    def is_quiet():
        return not any(session.find(('label',), contains=text) for text in ('locked', 'Deleted', 'Put the play'))

    session.wait(lambda: is_quiet() and (time.sleep(0.8) or is_quiet()), 40, 'window without a message')


def selected(session):
    return [node for node in bars(session) if node.getState().contains(pyatspi.STATE_SELECTED)]


def modified_click(session, node, key):
    xdotool('keydown', key)
    session.click(node)
    xdotool('keyup', key)


def start(session):
    """The clip opens; three spans and one over them are marked."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(1)
    to_picture(session)
    for number, (first, last) in enumerate(((0, 50), (75, 100), (125, 175), (25, 150)), 1):
        mark(session, first, last)
        session.wait(lambda n=number: len(spans()) == n, 20, f'{number} spans; there are {spans()}')
    expect(spans() == [(0, 50), (25, 150), (75, 100), (125, 175)], f'{spans()} were marked')


def stacked(session):
    """They share a row; the overlapping one lies below the others, and folding brings it up."""
    session.need(('row header',), 'Span, 4 labels')
    tops = [session.box(bar(session, *span))[1] for span in ((0, 50), (75, 100), (125, 175), (25, 150))]
    expect(tops[0] == tops[1] == tops[2] < tops[3], f'tops of the bars: {tops}')
    session.shot('timeline-01-lanes')
    press(session.need(BUTTONS, 'Fold “Span” into one line'))
    session.wait(lambda: session.box(bar(session, 25, 150))[1] < tops[3] - 5, 10, 'folded row')
    press(session.need(BUTTONS, 'Unfold “Span”'))
    session.wait(lambda: session.box(bar(session, 25, 150))[1] == tops[3], 10, 'unfolded row')


def emptied(session):
    """All are deleted and come back; the titles are where they were, at the edge of the window."""
    left = session.settled(session.need(('row header',), 'Span, 4 labels'))[0]
    before = spans()
    session.keys('ctrl+a', 'Delete')
    reaches(session, spans, [], 'timeline without spans')
    session.need(('label',), contains='drag here to mark a span')
    session.keys('ctrl+z')
    reaches(session, spans, before, 'spans as they were')
    found = session.settled(session.need(('row header',), 'Span, 4 labels'))[0]
    expect(found == left, f'titles begin at {found}, not at {left}')
    to_picture(session)
    quiet(session)


def nudge(session):
    """Alt and arrow keys move the start by a frame, with Shift the end; each is a step of undo."""
    session.click(bar(session, 25, 150))
    session.keys('alt+Right', 'alt+Right', 'alt+Left')
    reaches(session, lambda: (26, 150) in spans(), True, 'start a frame later')
    session.keys('alt+shift+Left')
    reaches(session, lambda: (26, 149) in spans(), True, 'end a frame earlier')
    session.keys('alt+shift+Right', 'alt+shift+Right')
    reaches(session, lambda: (26, 151) in spans(), True, 'end a frame later')
    session.keys(*['ctrl+z'] * 6)
    reaches(session, lambda: (25, 150) in spans(), True, 'span as it was')


def move(session):
    """A drag of the body moves both ends alike, one of the start the start alone; the bar follows the pointer."""
    x, y, width, height = session.settled(bar(session, 125, 175))
    session.drag(x + width // 2, y + height // 2, x + width // 2 + 80, y + height // 2)
    session.wait(lambda: spans()[-1] != (125, 175), 15, 'moved span')
    first, last = spans()[-1]
    expect(last - first == 50 and abs(session.settled(bar(session, first, last))[0] - x - 80) <= 10, f'{spans()}')
    session.keys('ctrl+z')
    reaches(session, lambda: spans()[-1], (125, 175), 'span as it was')
    session.drag(x, y + height // 2, x - 40, y + height // 2)
    session.wait(lambda: spans()[-1] != (125, 175), 15, 'longer span')
    expect(spans()[-1][1] == 175 and 105 < spans()[-1][0] < 120, f'{spans()}')
    session.keys('ctrl+z')
    reaches(session, lambda: spans()[-1], (125, 175), 'span as it was')


def lock(session):
    """A locked span is not moved, deleted or split; a message says why; unlocked it is."""
    session.click(bar(session, 25, 150))
    session.keys('shift+l')
    reaches(session, lambda: rows('SELECT count(*) FROM annotation WHERE is_locked')[0][0], 1, 'locked span')
    before = spans()
    session.keys('alt+Right')
    session.need(('label',), contains='is locked')
    session.keys('Delete', 's', 'd')
    x, y, width, height = session.box(bar(session, 25, 150))
    session.drag(x + width // 2, y + height // 2, x + width // 2 + 40, y + height // 2)
    expect(spans() == before, f'the locked span became {spans()}')
    expect(set(statuses()) == {'manual'}, f'{statuses()}')
    session.shot('timeline-02-locked')
    session.keys('shift+l', 'alt+Right')
    reaches(session, lambda: (26, 150) in spans(), True, 'unlocked span a frame later')
    session.keys('ctrl+z')
    reaches(session, spans, before, 'span as it was')


def lock_row(session):
    """The row's button locks all of it; what is not locked changes all the same."""
    press(session.need(BUTTONS, 'Lock “Span”'))
    reaches(session, lambda: rows('SELECT count(*) FROM annotation WHERE is_locked')[0][0], 4, 'locked row')
    session.keys('ctrl+a', 'd')
    time.sleep(0.5)
    expect(set(statuses()) == {'manual'}, f'{statuses()}')
    press(session.need(BUTTONS, 'Unlock “Span”'))
    reaches(session, lambda: rows('SELECT count(*) FROM annotation WHERE is_locked')[0][0], 0, 'unlocked row')


def hide(session):
    """A hidden span is no longer named on the picture."""
    to_picture(session)
    session.keys('Home')
    session.wait(lambda: session.find(('label',), 'Span'), 10, 'name on the picture')
    n_names = len(session.find_all(('label',), 'Span'))
    press(session.need(BUTTONS, 'Hide “Span”'))
    reaches(session, lambda: rows('SELECT count(*) FROM annotation WHERE is_hidden')[0][0], 4, 'hidden row')
    session.wait(lambda: len(session.find_all(('label',), 'Span')) < n_names, 10, 'picture without names')
    session.shot('timeline-03-hidden')
    press(session.need(BUTTONS, 'Show “Span”'))
    reaches(session, lambda: rows('SELECT count(*) FROM annotation WHERE is_hidden')[0][0], 0, 'row in sight')


def several(session):
    """With Ctrl two are chosen; both are discarded in one step."""
    quiet(session)
    session.click(bar(session, 0, 50))
    modified_click(session, bar(session, 125, 175), 'ctrl')
    expect(len(selected(session)) == 2, f'{len(selected(session))} are selected')
    session.shot('timeline-04-two')
    session.keys('d')
    reaches(session, statuses, ['discarded', 'manual', 'discarded', 'manual'], 'two discarded ones')
    session.keys('ctrl+z')
    reaches(session, statuses, ['manual'] * 4, 'both as they were')


def range_of_row(session):
    """With Shift all of the row up to the one pressed are chosen."""
    session.click(bar(session, 0, 50))
    modified_click(session, bar(session, 75, 100), 'shift')
    expect(len(selected(session)) == 3, f'{len(selected(session))} are selected')


def frame(session):
    """A drag with Shift on free space selects what it frames; Delete takes all of it, undo brings it back."""
    before = spans()
    quiet(session)
    x0, y0, width, height = session.box(bar(session, 75, 100))
    x1, _, far, _ = session.box(bar(session, 125, 175))
    xdotool('keydown', 'shift')
    session.drag(x1 + far + 60, y0 + 4, x0 + width // 2, y0 + height - 4)
    xdotool('keyup', 'shift')
    expect(len(selected(session)) == 2, f'{len(selected(session))} are selected')
    session.keys('Delete')
    reaches(session, spans, [(0, 50), (25, 150)], 'two spans left')
    session.keys('ctrl+z')
    reaches(session, spans, before, 'all spans again')


def merge(session):
    """Two spans become one from the first's start to the last's end; one alone is merged with the next."""
    before = spans()
    quiet(session)
    session.click(bar(session, 75, 100))
    modified_click(session, bar(session, 125, 175), 'ctrl')
    session.keys('j')
    reaches(session, spans, [(0, 50), (25, 150), (75, 175)], 'merged span')
    session.keys('ctrl+z')
    reaches(session, spans, before, 'spans as they were')
    session.click(bar(session, 75, 100))
    session.keys('j')
    reaches(session, spans, [(0, 50), (25, 150), (75, 175)], 'span merged with the next')
    session.keys('ctrl+z')
    reaches(session, spans, before, 'spans as they were')


def shared_edge(session):
    """The edge between the halves of a split span moves for both, in one step."""
    quiet(session)
    session.click(bar(session, 125, 175))
    session.keys(*['period'] * 25, 's')
    reaches(session, lambda: spans()[-2:], [(125, 150), (150, 175)], 'halves')
    x, y, width, height = session.settled(bar(session, 150, 175))
    session.drag(x - 1, y + height // 2, x - 30, y + height // 2)
    session.wait(lambda: spans()[-2][1] < 150, 15, f'shared edge further left; there is {spans()}')
    (first, edge), (same, last) = spans()[-2:]
    expect(edge == same and first == 125 and last == 175, f'{spans()[-2:]}')
    session.shot('timeline-05-shared')
    session.keys('ctrl+z')
    reaches(session, lambda: spans()[-2:], [(125, 150), (150, 175)], 'both halves as they were')
    session.keys('ctrl+z')
    reaches(session, lambda: spans()[-1], (125, 175), 'span in one piece')


def take_back(session):
    """One step."""
    n = count_steps()
    session.keys('ctrl+z')
    reaches(session, count_steps, n - 1, 'steps')


def draw(session):
    """A span drawn in a row gets its label, begins at the edge nearby, and reaches the end of the video."""
    before = spans()
    quiet(session)
    session.click(bar(session, 125, 175))
    session.keys('c')
    session.type('run')
    session.keys('Return', 'Escape')
    session.need(('row header',), 'run')
    x, y, width, height = session.settled(bar(session, 125, 175))
    session.drag(x + width + 5, y + height // 2, x + width * 4, y + height // 2)
    reaches(session, spans, sorted([*before, (175, 300)]), 'span up to the end')
    session.need(('row header',), 'run, 2 labels')
    session.shot('timeline-05-drawn')
    session.keys('ctrl+z')
    reaches(session, spans, before, 'spans as they were')
    while rows('SELECT 1 FROM label WHERE NOT is_removed'):
        take_back(session)
    session.need(('row header',), 'Span, 4 labels')


def backwards(session):
    """O before the place of I marks the span between them, too, with the frames of both."""
    before = spans()
    to_picture(session)
    session.keys('Home', *['shift+Right'] * 8, 'i', 'Home', *['shift+Right'] * 7, 'period', 'o')
    reaches(session, spans, sorted([*before, (176, 201)]), 'span between them')
    session.keys('ctrl+z')
    reaches(session, spans, before, 'spans as they were')


def move_several(session):
    """Selected spans are nudged and dragged together, in one step; a click leaves one of them selected."""
    before = spans()
    quiet(session)
    session.click(bar(session, 75, 100))
    modified_click(session, bar(session, 125, 175), 'ctrl')
    session.keys('alt+Right')
    reaches(session, spans, [(0, 50), (25, 150), (76, 100), (126, 175)], 'both starts a frame later')
    session.keys('ctrl+z')
    reaches(session, spans, before, 'spans as they were')
    x, y, width, height = session.settled(bar(session, 125, 175))
    session.drag(x + width // 2, y + height // 2, x + width // 2 + 80, y + height // 2)
    session.wait(lambda: spans() != before, 15, 'moved spans')
    first, second = spans()[2:]
    expect(spans()[:2] == before[:2] and first[0] - 75 == first[1] - 100 == second[0] - 125 == second[1] - 175 > 20, f'{spans()}')
    session.shot('timeline-05-moved')
    session.keys('ctrl+z')
    reaches(session, spans, before, 'spans as they were')
    expect(len(selected(session)) == 2, f'{len(selected(session))} are selected')
    session.click(bar(session, 125, 175))
    expect(len(selected(session)) == 1, f'{len(selected(session))} are selected after a click on one')


def play_lock(session):
    """Playing stays inside the selected span until the lock is released."""
    session.click(bar(session, 75, 100))
    session.keys('alt+g')
    button = session.need(BUTTONS, 'Stay Inside the Selected Label')
    expect(button.getState().contains(pyatspi.STATE_PRESSED) or button.getState().contains(pyatspi.STATE_CHECKED),
           'the transport does not show it')
    session.keys('space')
    for _ in range(8):
        time.sleep(0.4)
        position = next(node.name for node in session.find_all(('label',), '0:')
                        if node.name.startswith('0:') and len(node.name) == 8)
        expect(3.0 <= float(position[2:]) < 4.1, f'playing is at {position}')  # the last frame may be a little late
    session.keys('space', 'alt+g')
    expect(not button.getState().contains(pyatspi.STATE_PRESSED)
           and not button.getState().contains(pyatspi.STATE_CHECKED), 'the lock is not released')


def cell(session, text):
    return session.need(('table cell',), text)


def table(session):
    """The table shows the same labels; what is selected in it is selected everywhere, and Delete works there."""
    to_picture(session)
    session.keys('F4')
    session.need(('label',), '4 labels')
    session.click(cell(session, 'Start: 0:03.000'))
    session.shot('timeline-20-table')
    session.keys('d')
    reaches(session, statuses, ['manual', 'discarded', 'manual', 'manual'], 'discarded span')
    cell(session, 'Status: discarded')
    session.keys('ctrl+z')
    reaches(session, statuses, ['manual'] * 4, 'span as it was')
    before = spans()
    session.click(cell(session, 'Start: 0:03.000'))
    session.keys('Delete')
    reaches(session, lambda: len(spans()), 3, 'three spans')
    session.need(('label',), '3 labels')
    session.keys('ctrl+z')
    reaches(session, spans, before, 'spans as they were')


def edit_cell(session):
    """A time typed into a cell moves the edge; what is no time is refused; text and label are typed too."""
    quiet(session)
    session.click(cell(session, 'Start: 0:03.000'))
    session.keys('F2', 'ctrl+a')
    session.type('3.2')
    session.keys('Return')
    reaches(session, lambda: (80, 100) in spans(), True, 'start at 3.2 s')
    session.keys('F2', 'ctrl+a')
    session.type('later')
    session.keys('Return')
    session.need(('label',), contains='A time is written like')
    expect((80, 100) in spans(), f'{spans()}')
    session.keys('ctrl+z')
    reaches(session, lambda: (75, 100) in spans(), True, 'start at 3 s')
    y = session.box(cell(session, 'Start: 0:03.000'))[1]
    for name, text in (('Label', 'walk'), ('Text', 'to the tree')):
        node = next(node for node in session.find_all(('table cell',), name + ': ') if abs(session.box(node)[1] - y) < 6)
        session.click(node)
        session.keys('F2')
        session.type(text)
        session.keys('Return')
    reaches(session, lambda: rows(f'SELECT l.name, r.text FROM {HEAD} JOIN label AS l ON l.id = r.label_id'),
            [('walk', 'to the tree')], 'label and text')
    session.shot('timeline-21-edited')


def leave_cell(session):
    """A click elsewhere ends the editing of a cell, keeps what was typed, and the program goes on."""
    session.click(cell(session, 'Text: to the tree'))
    session.keys('F2', 'ctrl+a')
    session.type('to the old tree')
    session.click(session.need(('text', 'entry'), 'Search Labels'))
    reaches(session, lambda: rows(f"SELECT r.text FROM {HEAD} WHERE r.text LIKE 'to the %'"), [('to the old tree',)], 'text')
    cell(session, 'Text: to the old tree')
    session.keys('ctrl+e')
    session.need(('menu item',), 'Boxes and Masks')
    session.keys('Escape')


def search(session):
    """Search and filter of the table leave what fits."""
    to_picture(session)
    session.keys('F4')
    session.need(('label',), f'{N_MANY + 4} labels', seconds=60)
    session.click(session.need(('text', 'entry'), 'Search Labels'))
    session.type('caption 77')
    session.need(('label',), f'{N_MANY // 500} labels')
    session.shot('timeline-22-search')
    session.keys('ctrl+a', 'Delete')
    session.type('tree')
    session.need(('label',), '1 label')
    session.keys('ctrl+a', 'Delete')
    session.need(('label',), f'{N_MANY + 4} labels', seconds=60)
    expect(len(spans()) == N_MANY + 4, 'Delete in the search field deleted a label')
    for maker, n in (('By people', 4), ('By the model', 0), ('Imported', N_MANY), ('By anybody', N_MANY + 4)):
        session.tab_to(('combo box', *BUTTONS), 'Show Made By')
        session.keys('Return', 'Home' if maker == 'By anybody' else 'Down', 'Return')
        session.need(('label',), f'{n} labels', seconds=60)
        session.shot(f'timeline-23-{maker.lower().replace(" ", "-")}')
    to_picture(session)
    session.keys('F4')


def many(session):
    """Thousands of labels: few of them are objects, all can be reached by scrolling and zooming."""
    session.need(('image',), contains='Video', seconds=60)
    expect(len(spans()) == N_MANY + 4, f'{len(spans())} spans after the import')
    top_bar(session)
    n_objects = sum(1 for _ in session.walk())
    expect(n_objects < 2500, f'{n_objects} objects for {N_MANY} labels')
    session.shot('timeline-06-many')
    to_picture(session)
    expect(not session.find(('slider',), 'Stretch that the timeline shows'), 'an overview of all that is seen')
    session.keys(*['plus'] * 8)
    overview = session.need(('slider',), 'Stretch that the timeline shows')
    session.shot('timeline-07-zoomed')
    x, y, width, height = session.settled(overview)
    before = top_bar(session).name
    session.drag(x + width // 4, y + height // 2, x + width - 3, y + height // 2)
    session.wait(lambda: not bars(session, '') or bars(session, '')[0].name != before, 10, 'another stretch')
    session.shot('timeline-09-overview')
    session.drag(x + width - 3, y + height // 2, x + width // 4, y + height // 2)
    first = top_bar(session)
    list_x, list_y, _, _ = session.box(first)
    first = first.name
    xdotool('mousemove', '--window', session.window, list_x + 5, list_y + 5)
    for _ in range(40):
        xdotool('click', 5)
    top_bar(session, other_than=first)
    session.shot('timeline-08-scrolled')
    expect(sum(1 for _ in session.walk()) < 2500, 'rows out of sight pile up')


def wheel(session):
    """Ctrl and the wheel enlarge the timeline step by step, Shift and the wheel move it."""
    to_picture(session)
    session.keys('0')
    session.wait(lambda: not session.find(('slider',), 'Stretch that the timeline shows'), 10, 'whole video')
    x, y, _, _ = session.box(top_bar(session))
    xdotool('mousemove', '--window', session.window, x + 5, y + 5)
    xdotool('keydown', 'ctrl', 'click', '--repeat', 6, 4, 'keyup', 'ctrl')
    session.need(('slider',), 'Stretch that the timeline shows')
    before = top_bar(session).name
    xdotool('keydown', 'shift', 'click', '--repeat', 12, 5, 'keyup', 'shift')
    top_bar(session, other_than=before)
    xdotool('keydown', 'ctrl', 'click', '--repeat', 6, 5, 'keyup', 'ctrl')
    session.wait(lambda: not session.find(('slider',), 'Stretch that the timeline shows'), 10, 'whole video')


def zoom_by_menu(session):
    """The timeline's menu enlarges it and shows the whole video again, and says the keys for it, of several the first."""
    def choose(name):
        session.click(session.need(BUTTONS, 'What the Timeline Shows'))
        for key in '+', '-', '0':
            session.need(('label',), key)
        session.choose(name)

    choose('Zoom In')
    session.need(('slider',), 'Stretch that the timeline shows')
    choose('Show the Whole Video')
    session.wait(lambda: not session.find(('slider',), 'Stretch that the timeline shows'), 10, 'whole video')


def all_at_once(session):
    """All of them are accepted or moved in one step, and taken back in one."""
    before = spans()
    session.keys('ctrl+a', 'a')
    session.wait(lambda: set(statuses()) == {'accepted'}, 60, 'accepted labels')
    session.keys('ctrl+z')
    session.wait(lambda: 'accepted' not in statuses(), 60, 'labels as they were')
    session.keys('alt+Right')
    session.wait(lambda: sum(a != b for a, b in zip(spans(), before)) > N_MANY // 2, 60, 'moved labels')
    session.keys('ctrl+z')
    session.wait(lambda: spans() == before, 60, 'labels where they were')


FOUND = "SELECT a.id FROM annotation AS a WHERE a.prediction_id IS NOT NULL AND a.kind = 'span'"


def curve():
    """Values of the curve as it was redrawn; none where it is as predicted."""
    return rows(f'SELECT r.saliency FROM {HEAD} WHERE a.id IN ({FOUND}) AND NOT r.is_deleted')[-1][0]


def ask(session):
    """A moment that the model finds is on the timeline; its edges are as it said."""
    session.need(('text', 'entry'), 'Question', seconds=60)
    session.ask('When does the car move?')
    session.need(SPAN, contains='When does the car')
    expect(curve() is None, 'the curve is redrawn already')
    session.shot('timeline-30-predicted')


def redraw(session):
    """The highlight curve opens below its row; a bar is raised and lowered with keys, all are drawn with the pointer."""
    session.click(session.need(SPAN, contains='When does the car'))
    session.keys('u')
    session.need(('slider',), contains='Highlight, 0:00.000 to 0:01.000')
    sliders = session.find_all(('slider',), 'Highlight, ')
    expect(len(sliders) == 12, f'{len(sliders)} bars for 12 seconds')
    lane = session.settled(sliders[0])
    session.shot('timeline-31-curve')
    last = session.settled(sliders[-1])
    session.drag(lane[0] + 5, lane[1] + lane[3] // 2, last[0] + 5, last[1] + last[3] // 2)
    session.wait(lambda: curve() is not None, 15, 'redrawn curve')
    predicted, drawn = (struct.unpack('<12f', blob) for blob in (rows('SELECT saliency FROM prediction')[0][0], curve()))
    low, high = min(predicted), max(predicted)
    expect(all(0.4 < (value - low) / (high - low) < 0.6 for value in drawn), f'{predicted} became {drawn}')
    session.shot('timeline-32-redrawn')
    drawn = curve()
    session.click(session.need(SPAN, contains='When does the car'))
    session.keys('Tab', 'Right')
    session.keys('Up')
    session.wait(lambda: curve() != drawn, 15, 'raised bar')
    session.keys('ctrl+z')
    session.wait(lambda: curve() == drawn, 15, 'bar as it was')
    session.keys('ctrl+z')
    session.wait(lambda: curve() is None, 15, 'curve as predicted')
    session.keys('u')
    session.wait(lambda: not session.find(('slider',), contains='Highlight, '), 10, 'closed curve')


FIRST_RUN = [start, stacked, emptied, nudge, move, lock, lock_row, hide, several, range_of_row, frame, merge, shared_edge,
             draw, backwards, move_several, play_lock, table, edit_cell, leave_cell]
SECOND_RUN = [many, wheel, zoom_by_menu, search, all_at_once]
THIRD_RUN = [ask, redraw]


def import_many():
    """Subtitles, each a caption of its own, in rows of ten."""
    lines = ['WEBVTT', '']
    for i in range(N_MANY):
        at = i * 11000 // N_MANY
        lines += [f'00:00:{at // 1000:02}.{at % 1000:03} --> 00:00:{(at + 400) // 1000:02}.{(at + 400) % 1000:03}',
                  f'caption {i % 500}', '']
    folder = data_dir() / 'many'
    folder.mkdir(exist_ok=True)
    (folder / (pathlib.Path(CLIP).stem + '.vtt')).write_text('\n'.join(lines))
    subprocess.run([TPO, 'import', '--project', str(database()), '--videos', str(pathlib.Path(CLIP).parent),
                    str(folder / (pathlib.Path(CLIP).stem + '.vtt'))], check=True, stdout=subprocess.DEVNULL)


def main():
    runs = (FIRST_RUN, SECOND_RUN, THIRD_RUN)
    steps = Steps(sum(map(len, runs)) + len(runs))
    for run in runs:
        if run is SECOND_RUN:
            import_many()
        if run is THIRD_RUN:
            shutil.rmtree(data_dir() / 'tpo-studio')
        model = [] if run is THIRD_RUN else ['--model', '/nonexistent/model.gguf']
        session = Session(STUDIO, [*model, CLIP], SHOTS)
        steps.run(session, run)
        steps.quit(session)
    sys.exit(steps.failed)


main()
