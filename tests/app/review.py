#!/usr/bin/python3
"""Review in a real window: a question is put to all bundled clips, the program is killed meanwhile and goes on at its next
start; what was found is accepted and discarded by single keys. The bundled model answers.

Usage, under tests/run-headless: review.py STUDIO TPO CLIPS SHOTS
"""

import json
import pathlib
import subprocess
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from questions import ask_all, count, make_project  # noqa: E402
from session import BUTTONS, Session, Steps, button, choose_file, database, expect, press, rows, xdotool  # noqa: E402

STUDIO, TPO, CLIPS, SHOTS = sys.argv[1:]
CLIP = str(pathlib.Path(CLIPS) / 'morning.mp4')
QUESTION = 'When does the car move?'
HEADS = 'FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id AND NOT r.is_deleted '
ANSWERED = "SELECT count(*) FROM question_run WHERE state = 'done'"


def entries(session):
    """The queue: title, reason, video."""
    return [node.name for node in session.find_all(('list item',), QUESTION) if '.mp4' in node.name]


def ask_many(session):
    """A question is put to all videos of the project."""
    ask_all(session, QUESTION, 3, 'review-01-ask-many')
    session.wait(lambda: session.find(('label',), contains='of 3') or session.find(('progress bar',)), 20, 'progress')
    session.shot('review-02-progress')


def killed(session):
    """Killed in the middle, the project holds whole answers only."""
    session.wait(lambda: count(ANSWERED) >= 1, 240, 'a first answer')
    session.kill()
    n_done = count(ANSWERED)
    expect(n_done < 3, 'the kill came too late to prove anything')
    expect(count("SELECT count(*) FROM message WHERE role = 'assistant'") == n_done, 'an answer without its run')
    expect(count("SELECT count(*) FROM message WHERE state <> 'complete'") == 0, 'a message is cut off')
    expect(rows('PRAGMA integrity_check') == [('ok',)], 'the project is damaged')


def goes_on(session):
    """The next start goes on by itself until every video has answered."""
    session.wait(lambda: count(ANSWERED) == 3, 240, 'answers for all videos')
    expect(count("SELECT count(*) FROM message WHERE role = 'assistant'") == 3, 'a video was asked twice')
    expect(count('SELECT count(DISTINCT video_id) FROM prediction') == 3, 'not every video has a prediction')


def list_queue(session):
    """The queue lists what was found, the most doubtful first, with the reason in words."""
    session.keys('ctrl+shift+r')
    n = count('SELECT count(*) ' + HEADS + "AND r.status = 'predicted'")
    session.wait(lambda: len(entries(session)) == n, 30, f'{n} entries')
    expect(all(name.count(', ') >= 2 for name in entries(session)), 'an entry lacks its reason')
    session.shot('review-03-queue')


def decide(session):
    """N shows the first; A, and the button below the list, decide and go on to the next, whatever video it is of."""
    first, second = entries(session)[0], entries(session)[1]
    video = second.split(', ')[-1]
    session.keys('n')
    session.need(('frame',), contains=first.split(', ')[-1])
    session.need(('list item',), contains=QUESTION)
    time.sleep(1)
    session.keys('a')
    session.wait(lambda: count('SELECT count(*) ' + HEADS + "AND r.status = 'accepted'") == 1, 20, 'the acceptance')
    session.need(('frame',), contains=video)
    session.wait(lambda: len(entries(session)) == 2, 20, 'the queue without the accepted one')
    session.wait(lambda: session.find(('label',), '0:00.000') is None, 20, 'the time of the label')
    session.shot('review-04-accepted')
    time.sleep(1.5)
    session.click(button(session, 'Discard'))
    session.wait(lambda: count('SELECT count(*) ' + HEADS + "AND r.status = 'discarded'") == 1, 20, 'the discard')
    session.wait(lambda: len(entries(session)) == 1, 20, 'the queue without the discarded one')


def undo(session):
    """Undo brings the last decision back into the queue."""
    session.keys('ctrl+z')
    session.wait(lambda: len(entries(session)) == 2, 20, 'the entry taken back')


def back(session):
    """Shift+N goes to the one before, and N on again; before the first one is the last."""
    titles = entries(session)

    def chosen():
        return [node.name for node in session.find_all(('list item',), QUESTION)
                if '.mp4' in node.name and node.getState().contains(pyatspi.STATE_SELECTED)]

    session.click(session.need(('list item',), titles[0]))
    session.keys('Return')
    session.wait(lambda: chosen() == titles[:1], 20, f'the first one; it is {chosen()}')
    session.give_keyboard()
    for key, title in (('n', titles[1]), ('shift+n', titles[0]), ('shift+n', titles[-1]), ('n', titles[0])):
        session.keys(key)
        session.wait(lambda title=title: chosen() == [title], 20, f'{title} after {key}; it is {chosen()}')
        time.sleep(1)


def close(session, title):
    """A window of its own, by Escape: without a window manager the keyboard belongs to the window under the pointer."""
    xdotool('mousemove', 100, 30)
    time.sleep(0.5)
    xdotool('key', 'Escape')
    session.wait(lambda: session.find(('frame', 'window', 'dialog'), contains=title) is None, 20, 'the window closed')
    xdotool('keyup', 'Escape')
    xdotool('windowfocus', session.window)


def history(session):
    """H shows what a label was and is; restoring a state is one step that undo takes back."""
    spans = 'SELECT r.start_us, r.end_us ' + HEADS + "AND a.kind = 'span' AND r.status = 'predicted'"
    before = rows(spans)
    session.click(session.need(('list item',), entries(session)[0]))
    time.sleep(1)
    session.keys('End', 'Home', 'i', 'shift+Right', 'o')  # a span by hand, selected
    made = session.wait(lambda: rows('SELECT r.start_us, r.end_us ' + HEADS + "AND r.status = 'manual' "
                                     'AND r.start_us = 0'), 20, 'a span by hand')
    session.click(session.need(('list item',), contains='Span'))
    session.keys('shift+Right')
    session.wait(lambda: rows('SELECT r.start_us, r.end_us ' + HEADS + "AND r.status = 'manual' "
                              'AND r.start_us > 0 AND r.provenance = \'human\''), 20, 'the moved edge')
    session.keys('h')
    session.need(('label',), contains='Made by hand')
    session.shot('review-05-history')
    press(session.need(BUTTONS, 'Restore'))
    session.wait(lambda: rows('SELECT r.start_us, r.end_us ' + HEADS + "AND r.status = 'manual' "
                              'AND r.start_us = 0') == made, 20, 'the restored span')
    session.need(('label',), 'Restored')
    expect(rows(spans) == before, 'another label has changed')
    close(session, 'History of')


def compare(session):
    """Another person's project is compared, and a difference is blended."""
    other = database().parent / 'other.tpo'
    make_project(TPO, other, pathlib.Path(CLIPS), 2, 4)
    table = subprocess.run([TPO, 'compare', '--tsv', str(database()), str(other)], check=True,
                           capture_output=True, text=True).stdout
    figures = dict(zip(*(line.split('\t') for line in (table.splitlines()[0], table.splitlines()[-1]))))
    expect(figures['matched'] == '3' and abs(float(figures['iou']) - 1 / 3) < 1e-3, f'wrong figures: {table}')
    session.click(session.need(BUTTONS, 'Main Menu'))
    session.choose('Compare with Another Project…')
    session.need(BUTTONS, contains='Open', seconds=30)
    choose_file(other)
    session.need(('label',), contains='Difference 1 of')
    session.shot('review-06-comparison')
    blended = 'SELECT count(*) ' + HEADS + "AND r.text = 'morning' AND r.start_us = 1500000 AND r.end_us = 3500000"
    while session.find(('label',), 'None') is not None:  # labels that only one has
        press(session.need(BUTTONS, contains='Skip'))
    press(session.need(BUTTONS, contains='Blend'))
    session.wait(lambda: count(blended) == 1, 20, 'the mean of both spans')
    session.shot('review-07-blended')
    close(session, 'Comparison with')


def write_cars(path, *colors):
    """Tracks of cars on the clip in a CVAT file, one below the other, each of a colour."""
    boxes = ''.join(f'<track id="{i}" label="car"><box frame="0" outside="0" occluded="0" keyframe="1" xtl="10" ytl="{10 + 60 * i}" '
                    f'xbr="90" ybr="{60 + 60 * i}"><attribute name="colour">{color}</attribute></box>'
                    f'<box frame="20" outside="1" occluded="0" keyframe="1" xtl="10" ytl="{10 + 60 * i}" xbr="90" '
                    f'ybr="{60 + 60 * i}"/></track>' for i, color in enumerate(colors))
    path.write_text('<annotations><version>1.1</version><meta><task><name>morning</name><labels><label><name>car</name><attributes>'
                    '<attribute><name>colour</name><mutable>False</mutable><input_type>select</input_type>'
                    '<default_value>red</default_value><values>red\nblue</values></attribute></attributes></label></labels>'
                    f'</task></meta>{boxes}</annotations>')
    return path


def add_cars(project, *colors):
    subprocess.run([TPO, 'import', '--project', str(project), '--videos', CLIPS,
                    str(write_cars(project.parent / 'morning.xml', *colors))], check=True, stdout=subprocess.DEVNULL)


def cars():
    """The colours of all cars, by where they are."""
    return [json.loads(text) for text, in rows(
        "SELECT (SELECT json_group_array(value) FROM json_each(r.attributes)) " + HEADS +
        "JOIN label AS l ON l.id = r.label_id WHERE l.name = 'car' ORDER BY a.id")]


def attributes(session):
    """Boxes that agree differ in colour: that is told, and taken; what only they have comes at one go, and is one step."""
    other = database().parent / 'cars.tpo'
    add_cars(other, 'blue', 'blue', 'red')
    table = subprocess.run([TPO, 'compare', '--tsv', '--attributes', str(database()), str(other)], check=True,
                           capture_output=True, text=True).stdout
    expect(table.splitlines()[1:] == ['car\tcolour\t0\t1'], f'wrong agreement: {table}')
    session.click(session.need(BUTTONS, 'Main Menu'))
    session.choose('Compare with Another Project…')
    session.need(BUTTONS, contains='Open', seconds=30)
    choose_file(other)
    session.need(('label',), contains='colour: 0 of 1 alike (0 %)')
    while session.find(('label',), contains='attributes differ: colour red / blue') is None:
        press(session.need(BUTTONS, contains='Skip'))
    session.shot('review-08-attributes')
    press(session.need(BUTTONS, contains='Take Theirs'))
    session.wait(lambda: cars() == [['blue']], 20, f'the other colour; there is {cars()}')
    press(session.need(BUTTONS, contains='Take All That Only They Have (2)'))
    session.wait(lambda: cars() == [['blue'], ['blue'], ['red']], 20, f'all cars; there are {cars()}')
    session.wait(lambda: session.find(BUTTONS, contains='Take All') is None, 20, 'nothing more to take')
    session.shot('review-09-taken')
    close(session, 'Comparison with')
    session.give_keyboard()
    session.keys('ctrl+z')
    session.wait(lambda: cars() == [['blue']], 20, f'one step back; there are {cars()}')
    session.keys('ctrl+z')
    session.wait(lambda: cars() == [['red']], 20, f'two steps back; there are {cars()}')


def add_mask(project, left):
    """A track of one mask, 200 pixels square."""
    path = project.parent / 'masks.xml'
    path.write_text('<annotations><version>1.1</version><meta><task><name>morning</name><labels><label><name>tree</name>'
                    '</label></labels></task></meta><track id="0" label="tree">' + ''.join(
                        f'<mask frame="{frame}" keyframe="1" outside="{outside}" occluded="0" rle="0, 40000" left="{left}" top="100" '
                        'width="200" height="200" z_order="0"/>' for frame, outside in ((0, 0), (20, 1))) + '</track></annotations>')
    subprocess.run([TPO, 'import', '--project', str(project), '--videos', CLIPS, '--format', 'cvat', str(path)], check=True,
                   stdout=subprocess.DEVNULL)


def masks(session):
    """What can be done about two masks is chosen from two lines of two, the way past it below them."""
    other = database().parent / 'masks.tpo'
    add_mask(other, 150)
    session.click(session.need(BUTTONS, 'Main Menu'))
    session.choose('Compare with Another Project…')
    session.need(BUTTONS, contains='Open', seconds=30)
    choose_file(other)
    session.need(('label',), contains='Difference 1 of')
    while session.find(BUTTONS, contains='Unite') is None:
        press(session.need(BUTTONS, contains='Skip'))
    mine, theirs, union, intersection, skip = (
        session.settled(session.need(BUTTONS, contains=name)) for name in ('Keep Mine', 'Take Theirs', 'Unite', 'Intersect', 'Skip'))
    session.shot('review-10-masks')
    expect(mine[1] == theirs[1] < union[1] == intersection[1] < skip[1], 'the choices are not two by two')
    expect(mine[0] == union[0] == skip[0] < theirs[0] == intersection[0], 'the choices are not below each other')
    close(session, 'Comparison with')


def main():
    steps = Steps(12)
    make_project(TPO, database(), pathlib.Path(CLIPS), 1, 3)
    add_cars(database(), 'red')
    add_mask(database(), 100)
    session = Session(STUDIO, [CLIP], SHOTS)
    steps.run(session, [ask_many, killed])
    session.kill()
    session = Session(STUDIO, [CLIP], SHOTS)
    steps.run(session, [goes_on, list_queue, decide, undo, back, history, compare, attributes, masks])
    steps.quit(session)
    sys.exit(steps.failed)


main()
