#!/usr/bin/python3
"""A whole session of work in a real window, from an empty project to an exported data set: the bundled clips are added,
labels made, questions of each kind asked, what the model found accepted, corrected and labelled, the review queue worked
off, the videos marked as reviewed; four exports are compared with what was done, number by number, the pictures of one as
an image library reads them; a restart finds all of it. The bundled model answers.

Usage, under tests/run-headless: whole_session.py STUDIO CLIPS SHOTS
SHOTS gets a numbered screenshot of each step.
"""

import getpass
import json
import math
import pathlib
import re
import sys
import time

from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from picture import FRAME_US, HEIGHT, WIDTH, drag, go_to, keyframes, newest  # noqa: E402
from preferences import click_there  # noqa: E402
from session import (BUTTONS, TEXTS, Session, Steps, choose_folder, data_dir, decode_mask, expect, press,  # noqa: E402
                     rows, xdotool)

STUDIO, CLIPS, SHOTS = sys.argv[1:]
ITEMS = ('menu item', 'check menu item', 'push button', 'button')
NAMES = ['morning.mp4', 'night.mp4', 'pond.mp4']
WHEN, WHERE, TRACK = 'When does the car move?', 'Where is the house?', 'Track the car.'
ELSEWHERE = {'night.mp4': 'When does the rocket move up?', 'pond.mp4': 'When is the red heart visible?'}
MIDDLE = 6  # the frame whose mask is corrected
HEADS = 'FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id AND NOT r.is_deleted '
# What the window showed while it was done: what the exports must say.
DONE = {}


def shot(session, name):
    DONE['shots'] = DONE.get('shots', 0) + 1
    time.sleep(0.5)
    session.shot(f'whole-{DONE["shots"]:02}-{name}')


def wait_rows(session, sql, expected):
    session.wait(lambda: rows(sql) == expected, 20, f'{expected}, there is {rows(sql)}')


def now(kind, columns='r.status, l.name'):
    """The newest annotation of @kind as it is."""
    return rows(f'SELECT {columns} {HEADS} LEFT JOIN label AS l ON l.id = r.label_id WHERE a.id = {newest(kind)}')[0]


def idle(session):
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None and session.find(BUTTONS, 'Stop Tracking') is None, 300,
                 'end of the work')


def span_times(text):
    """Thousandths of “0:03.200 – 0:05.000, accepted”; what is shown is cut off, not rounded."""
    return [int(minutes) * 60000 + int(seconds) * 1000 + int(thousandths) for minutes, seconds, thousandths in
            re.findall(r'(\d+):(\d+)\.(\d+)', text)]


def thousandths(seconds):
    """As they are shown."""
    return [math.floor(t * 1000 + 1e-6) for t in seconds]


def video_rows(session):
    found = session.find_all(('list item',), '.mp4')
    return [node for node in sorted(found, key=lambda node: session.box(node)[1])]


# ---- videos and labels ---------------------------------------------------------------------------------------------

def first_start(session):
    """The first start has a clip and three questions to begin with, and no label."""
    session.need(TEXTS, 'Question', seconds=60)
    session.need(BUTTONS, contains='Where is', seconds=60)
    expect(rows('SELECT count(*) FROM annotation') == [(0,)], 'the project is not empty')
    shot(session, 'first-start')


def add_clips(session):
    """A folder of clips is added through the file dialog; the one that is there already is not added twice."""
    session.keys('F8')
    session.click(session.need(BUTTONS, 'Add Videos'))
    press(session.need(ITEMS, 'Add a Folder…'))
    choose_folder(session, CLIPS)
    session.give_keyboard()
    session.need(('label',), contains='2 videos were added. 1 was in the project already.', seconds=60)
    session.wait(lambda: [node.name.split(',')[0] for node in video_rows(session)] == NAMES, 20, 'three videos')
    wait_rows(session, 'SELECT count(*) FROM video WHERE thumbnail IS NOT NULL', [(3,)])
    shot(session, 'videos')


def add_labels(session):
    """Three labels are made; each has a colour and a number key of its own."""
    session.click(session.need(BUTTONS, 'Main Menu'))
    session.choose('Labels')
    session.give_keyboard('Labels')
    click_there(session, session.need(TEXTS, 'New label'))
    for name in ('car', 'house', 'flight'):
        xdotool('type', '--delay', '15', name)
        xdotool('key', 'Return')
        session.wait(lambda name=name: rows(f"SELECT count(*) FROM label WHERE name = '{name}'") == [(1,)], 20,
                     f'label “{name}”')
    wait_rows(session, 'SELECT name, key FROM label ORDER BY id', [('car', '1'), ('house', '2'), ('flight', '3')])
    expect(rows('SELECT count(DISTINCT color) FROM label') == [(3,)], 'two labels have one colour')
    shot(session, 'labels')


def open_row(session, name):
    """Of a label, and the entries in it, which come one by one."""
    row = session.need(('list item',), name)
    click_there(session, row)
    session.wait(lambda: session.find(TEXTS, 'New attribute'), 20, f'the open row of “{name}”')
    time.sleep(0.5)


def change_key(session):
    """A label gets another number key, and what it looks like is seen at once."""
    open_row(session, 'flight')
    click_there(session, session.need(('combo box', 'list item'), 'Number key'))
    time.sleep(0.5)
    xdotool('key', 'End')
    xdotool('key', 'Return')
    wait_rows(session, "SELECT key FROM label WHERE name = 'flight'", [('9',)])
    click_there(session, session.need(('list item',), 'flight'))
    time.sleep(0.7)


def add_attribute(session):
    """A label gets an attribute with choices."""
    open_row(session, 'car')
    click_there(session, session.need(TEXTS, 'New attribute'))
    xdotool('type', '--delay', '15', 'paint')
    click_there(session, session.need(TEXTS, 'Its choices, separated by commas'))
    xdotool('type', '--delay', '15', 'red, green')
    xdotool('key', 'Return')
    session.wait(lambda: rows('SELECT name, type FROM label_attribute') == [('paint', 'choice')], 20, 'an attribute')
    shot(session, 'attribute')
    xdotool('key', 'Escape')
    xdotool('keyup', 'Escape')
    session.give_keyboard()
    session.wait(lambda: session.find(TEXTS, 'New label') is None, 20, 'end of the labels')


# ---- asking and correcting -----------------------------------------------------------------------------------------

def press_chip(session, text):
    """The last of the chips with @text in it; the picture takes the keyboard."""
    session.wait(lambda: session.find(BUTTONS, contains=text), 20, f'chip “{text}”')
    session.click(session.find_all(BUTTONS, text)[-1])


def ask_moment(session):
    """A question about a moment is answered with a span; a press on its chip selects it, A accepts it."""
    session.keys('F8')
    session.ask(WHEN)
    span = session.need(('list item',), contains=WHEN)
    DONE['predicted'] = span_times(span.description)
    expect(now('span') == ('predicted', None), f'the span is {now("span")}')
    press_chip(session, ' – ')
    shot(session, 'moment')
    session.keys('a')
    session.wait(lambda: now('span') == ('accepted', None), 20, 'acceptance')


def move_edge(session):
    """Its end moves by one frame, and a number key gives it a label."""
    start, end = now('span', 'r.start_us, r.end_us')
    later = ((end - 1) // FRAME_US + 2) * FRAME_US  # at the end of the frame after the one it ended in
    session.keys('alt+shift+Right')
    session.wait(lambda: now('span', 'r.start_us, r.end_us') == (start, later), 20,
                 f'end at {later}; there is {now("span", "r.start_us, r.end_us")}')
    session.keys('1')
    session.wait(lambda: now('span') == ('corrected', 'car'), 20, f'corrected span of a car; it is {now("span")}')
    DONE['span'] = span_times(session.need(('list item',), contains=f'car: {WHEN}').description)
    shot(session, 'edge')


def box_on_picture(session):
    """(x, y, width, height) as the picture's only box says it, in pixels of the video."""
    name = session.need(('list item',), contains=', box at ').name
    return tuple(map(int, re.search(r', box at (-?\d+), (-?\d+), (\d+) by (\d+)$', name).groups()))


def ask_box(session):
    """A question about a place is answered with a box; it is dragged on the picture and labelled."""
    session.keys('Home')
    session.ask(WHERE)
    press_chip(session, 'Box at')
    x, y, width, height = box_on_picture(session)
    shot(session, 'box')
    drag(session, x + width // 2, y + height // 2, x + width // 2 - 12, y + height // 2 + 8)
    session.wait(lambda: box_on_picture(session)[:2] != (x, y), 20, 'moved box')
    session.keys('2')
    session.wait(lambda: now('box-track') == ('corrected', 'house'), 20, f'box of a house; it is {now("box-track")}')
    moved = box_on_picture(session)
    expect(abs(moved[0] - x + 12) <= 2 and abs(moved[1] - y - 8) <= 2 and moved[2:] == (width, height),
           f'the box went from {(x, y, width, height)} to {moved}')
    DONE['box'] = moved
    shot(session, 'box-moved')


def ask_track(session):
    """A question that follows an object is stopped once there are some frames, which stay."""
    session.keys('Home')
    session.click(session.need(TEXTS, 'Question'))
    session.type(TRACK)
    session.keys('Return')
    session.need(BUTTONS, 'Stop', seconds=60)
    session.wait(lambda: newest('mask-track') and len(keyframes(newest('mask-track'))) > MIDDLE + 4, 240,
                 'frames with masks')
    stop = session.find(BUTTONS, 'Stop')
    if stop is not None:
        session.click(stop)
    idle(session)
    shot(session, 'track')


def correct_mask(session):
    """A mask in the middle is corrected with the brush; the frames around it, and no others, are tracked anew."""
    press_chip(session, 'Mask at')
    track = newest('mask-track')
    before = keyframes(track)
    go_to(session, MIDDLE)
    session.keys('r')
    drag(session, 360, 220, 560, 220)
    session.keys('v')
    session.wait(lambda: keyframes(track)[MIDDLE][0] == 'model-corrected', 20, 'corrected mask')
    corrected = keyframes(track)[MIDDLE]
    steps = rows('SELECT count(*) FROM undo_step WHERE NOT is_undone')[0][0]
    session.click(session.need(BUTTONS, 'Track from Here'))
    session.wait(lambda: rows('SELECT count(*) FROM undo_step WHERE NOT is_undone')[0][0] > steps, 200, 'other masks')
    idle(session)
    after = keyframes(track)
    expect(after[MIDDLE] == corrected, 'the correction did not stay')
    expect(after[MIDDLE - 1][3] != before[MIDDLE - 1][3], 'the frame before is as it was')
    shot(session, 'corrected')


def set_attribute(session):
    """The object gets a label and a value for the label's attribute, on the picture."""
    session.keys('1')
    session.wait(lambda: now('mask-track') == ('corrected', 'car'), 20, f'mask of a car; it is {now("mask-track")}')
    session.keys('shift+c')
    choice = session.need(BUTTONS, 'paint')
    shot(session, 'details')
    press(choice)
    for key in ('Down', 'Return'):
        xdotool('key', key)
        time.sleep(0.5)
    session.wait(lambda: 'red' in (now('mask-track', 'r.attributes')[0] or ''), 20, 'red paint')
    xdotool('key', 'Escape')
    time.sleep(0.5)
    DONE['track'] = keyframes(newest('mask-track'))


# ---- reviewing -----------------------------------------------------------------------------------------------------

def ask_elsewhere(session):
    """The other videos are asked one after the other."""
    for name, question in ELSEWHERE.items():
        session.keys('ctrl+Next')
        session.need(('frame',), name, seconds=30)
        session.ask(question)
        session.need(('list item',), contains=question)
    shot(session, 'elsewhere')


def entries(session):
    """The queue, from top to bottom."""
    found = [node for node in session.find_all(('list item',), '.mp4')
             if any(question in node.name for question in ELSEWHERE.values())]
    return [node.name for node in sorted(found, key=lambda node: session.box(node)[1])]


def review(session):
    """The queue has what nobody looked at; the first of it is discarded, all others are accepted."""
    n_predicted = len(rows(f"SELECT a.id {HEADS} WHERE r.status = 'predicted'"))
    session.keys('ctrl+shift+r')
    session.wait(lambda: len(entries(session)) == n_predicted, 20, f'{n_predicted} entries; {entries(session)}')
    shot(session, 'queue')
    session.keys('n')
    for i in range(n_predicted, 0, -1):
        session.need(('frame',), contains=entries(session)[0].split(', ')[-1])
        time.sleep(1)
        session.keys('d' if i == n_predicted else 'a')
        session.wait(lambda i=i: len(entries(session)) == i - 1, 20, f'{i - 1} entries; {entries(session)}')
    session.need(('label',), contains='Nothing to Review')
    shot(session, 'queue-done')


def statuses():
    return [status for status, in rows(f'SELECT r.status {HEADS} ORDER BY a.id')]


def undo(session):
    """The decisions are taken back and made again by undo and redo."""
    decided = statuses()
    session.keys('ctrl+z', 'ctrl+z')
    session.wait(lambda: statuses().count('predicted') == 2, 20, f'two to decide about; {statuses()}')
    session.keys('ctrl+shift+z', 'ctrl+shift+z')
    session.wait(lambda: statuses() == decided, 20, f'{decided} again; {statuses()}')


def mark_reviewed(session):
    """All videos are marked as reviewed in the list."""
    tabs = session.find_all(BUTTONS + ('radio button', 'page tab'), 'Videos')
    session.click([tab for tab in tabs if tab.name == 'Videos'][-1])  # below the button of the header bar
    session.wait(lambda: len(video_rows(session)) == 3, 20, 'three videos')
    session.click(video_rows(session)[0])
    session.keys('ctrl+a')
    session.click(video_rows(session)[1], button=3)
    press(session.need(ITEMS, 'Mark as Reviewed'))
    wait_rows(session, 'SELECT count(*) FROM video WHERE is_reviewed', [(3,)])
    session.wait(lambda: all('Reviewed' in node.name for node in video_rows(session)), 20, 'three reviewed videos')
    xdotool('key', 'Escape')
    session.need(('label',), contains='3 videos: 3 reviewed')
    shot(session, 'reviewed')


# ---- the data set --------------------------------------------------------------------------------------------------

def export(session, group, title, name):
    """Through the menu and the file dialog."""
    target = data_dir() / name
    session.keys('ctrl+e')
    press(session.need(ITEMS, group))
    press(session.need(ITEMS, title))
    session.need(BUTTONS, contains='Save', seconds=30)
    xdotool('mousemove', 300, 150)
    time.sleep(1)
    xdotool('key', 'ctrl+a')
    xdotool('type', '--delay', '15', str(target))
    time.sleep(0.5)
    xdotool('key', 'Return')
    session.wait(target.exists, 30, f'{target}')
    session.need(('label',), contains=f'Exported to {name}')
    shot(session, f'exported-{group.split()[0].lower()}')
    session.need(('label',), contains='Annotations that were discarded: 1')  # the report of what is left out
    session.leave_message()
    session.wait(lambda: session.find(('label',), contains='that were discarded') is None, 20, 'end of the report')
    session.give_keyboard()
    session.click(session.need(('image',), contains='Video'))  # a press in it makes the window the active one
    return target


def export_coco(session):
    """COCO has the box and each mask, with label, frame and pixels as they are."""
    coco = json.loads(export(session, 'Boxes and Masks', 'COCO', 'labels-coco.json').read_text())
    labels = {row['id']: row['name'] for row in coco['categories']}
    images = {row['id']: row for row in coco['images']}
    expect([pathlib.Path(row['name']).name for row in coco['videos']] == NAMES, f'videos: {coco["videos"]}')
    expect({'car', 'house'} <= set(labels.values()), f'categories: {labels}')
    by_label = {name: [row for row in coco['annotations'] if labels[row['category_id']] == name]
                for name in labels.values()}
    boxes = {images[row['image_id']]['frame_id']: row for row in by_label['house']}
    expect(list(boxes) == [0], f'frames with a box: {list(boxes)}')
    expect(all(abs(a - b) <= 0.51 for a, b in zip(boxes[0]['bbox'], DONE['box'])),
           f'the box is {boxes[0]["bbox"]}, not {DONE["box"]}')
    shown = {frame: keyframe for frame, keyframe in DONE['track'].items() if keyframe[3] is not None}
    masks = {images[row['image_id']]['frame_id']: row for row in by_label['car']}
    expect(sorted(masks) == sorted(shown), f'masks on {sorted(masks)}, not {sorted(shown)}')
    for frame, row in masks.items():
        text = row['segmentation']['counts'].encode()
        columns = decode_mask(text, WIDTH, HEIGHT)
        expect(row['segmentation']['size'] == [HEIGHT, WIDTH] and text == shown[frame][3], f'the mask of frame {frame}')
        expect(row['area'] == sum(map(sum, columns)), f'the area on frame {frame}')
        expect(row['bbox'] == bounds(columns), f'the box on frame {frame}: {row["bbox"]}, not {bounds(columns)}')
        expect(images[row['image_id']]['file_name'] == f'morning/{frame:06}.png', 'the name of an image')
    expect(len(coco['annotations']) == 1 + len(shown) and len(images) == len(shown), 'there is more')
    expect({row['tpo_status'] for row in coco['annotations']} == {'corrected'}, 'somebody else said so')


def bounds(columns):
    x = [i for i, column in enumerate(columns) if any(column)]
    y = [i for i in range(HEIGHT) if any(column[i] for column in columns)]
    return [x[0], y[0], x[-1] - x[0] + 1, y[-1] - y[0] + 1]


def export_davis(session):
    """DAVIS has a picture of each mask, the same pixels."""
    folder = export(session, 'Boxes and Masks', 'DAVIS', 'labels-davis')
    pictures = {int(path.stem): path for path in (folder / 'Annotations' / 'Full-Resolution' / 'morning').glob('*.png')}
    expect(set(DONE['track']) <= set(pictures), f'pictures of {sorted(pictures)}')
    for frame, path in pictures.items():
        mask = DONE['track'].get(frame, (None,) * 4)[3]
        columns = decode_mask(mask, WIDTH, HEIGHT) if mask else [bytes(HEIGHT)] * WIDTH
        with Image.open(path) as picture:
            expect(picture.mode == 'P' and picture.size == (WIDTH, HEIGHT), f'{path.name}: {picture}')
            found = picture.transpose(Image.Transpose.TRANSPOSE).tobytes()
        expect(found == b''.join(columns), f'the picture of frame {frame}')


def export_activitynet(session):
    """ActivityNet has the spans that were accepted or corrected, with their questions and exact times."""
    text = export(session, 'Moments and Captions', 'ActivityNet Captions', 'labels-activitynet.json').read_text()
    captions = json.loads(text)
    expected = {}
    for uri, duration, question, start, end in rows('SELECT v.uri, v.duration_us, r.text, r.start_us, r.end_us ' + HEADS +
                                                    "JOIN video AS v ON v.id = a.video_id WHERE a.kind = 'span' "
                                                    "AND r.status <> 'discarded' ORDER BY r.start_us"):
        video = expected.setdefault('v_' + pathlib.Path(uri).stem,
                                    {'duration': duration / 1e6, 'timestamps': [], 'sentences': []})
        video['timestamps'].append([start / 1e6, end / 1e6])
        video['sentences'].append(question)
    expect(captions == expected, f'{captions} is not {expected}')
    first = captions['v_morning']
    expect(first['sentences'] == [WHEN] and thousandths(first['timestamps'][0]) == DONE['span'],
           f'{first} is not {DONE["span"]}')


def export_training(session):
    """TPO Instruct has what was asked, found and corrected: who said what, and by which model."""
    text = export(session, 'Training Data', 'TPO Instruct', 'labels-tpo.jsonl').read_text()
    samples = [json.loads(line) for line in text.splitlines()]
    here = {sample['task']: sample for sample in samples if pathlib.Path(sample['video']).name == NAMES[0]}
    expect(sorted(here) == ['box', 'moment', 'track'], f'tasks: {sorted(here)}')
    model = rows('SELECT DISTINCT model, model_hash FROM prediction')
    expect(len(model) == 1, f'models: {model}')
    for task, question, label in (('moment', WHEN, 'car'), ('box', WHERE, 'house'), ('track', TRACK, 'car')):
        sample = here[task]
        expect(sample['conversations'][0]['value'] == f'<image>\n{question}', f'{task}: {sample["conversations"]}')
        expect((sample['tpo_label'], sample['tpo_status']) == (label, 'corrected'), f'{task}: {sample["tpo_status"]}')
        expect(sample['provenance']['source'] == 'model-corrected' and sample['provenance']['model'] == model[0][0]
               and sample['provenance']['annotator'] == getpass.getuser(), f'{task}: {sample["provenance"]}')
        predicted = sample['tpo_predictions'][0]
        expect(predicted['prompt'] == question and predicted['model_hash'] == model[0][1], f'{task}: {predicted["prompt"]}')
    window = thousandths(here['moment']['targets']['windows'][0])
    expect(window == DONE['span'], f'the span is {window}, not {DONE["span"]}')
    window = thousandths(here['moment']['tpo_predictions'][0]['windows'][0][:2])
    expect(window == DONE['predicted'], f'the prediction is {window}, not {DONE["predicted"]}')
    history = [revision['status'] for revision in here['moment']['tpo_revisions']]
    expect(history[:2] == ['predicted', 'accepted'] and history[-1] == 'corrected', f'history: {history}')
    x, y, width, height = DONE['box']
    corners = [x / WIDTH, y / HEIGHT, (x + width) / WIDTH, (y + height) / HEIGHT]
    found = here['box']['targets']['box']
    expect(found['frame'] == 0 and all(abs(a - b) < 1 / WIDTH for a, b in zip(found['xyxy'], corners)),
           f'the box is {found}, not {corners}')
    track = here['track']['targets']['track']
    expect(track['frames'] == sorted(DONE['track']), f'frames: {track["frames"]}')
    expect(track['provenance'] == [DONE['track'][frame][0] for frame in track['frames']]
           and track['provenance'][track['frames'].index(MIDDLE)] == 'model-corrected', f'{track["provenance"]}')
    masks = [mask and mask.encode() for mask in here['track']['targets']['mask']['rle']]
    expect(masks == [DONE['track'][frame][3] for frame in track['frames']], 'other masks')


# ---- again ---------------------------------------------------------------------------------------------------------

def everything():
    """What the project holds."""
    return [rows(sql) for sql in (
        f'SELECT a.id, a.kind, r.status, r.label_id, r.text, r.start_us, r.end_us {HEADS} ORDER BY a.id',
        'SELECT id, name, color, key FROM label ORDER BY id', 'SELECT name, type FROM label_attribute',
        f'SELECT a.id, r.attributes {HEADS} ORDER BY a.id', 'SELECT uri, is_reviewed FROM video ORDER BY id',
        'SELECT role, text, state FROM message ORDER BY id', 'SELECT count(*) FROM prediction')]


def restart(session):
    """After a restart everything is there: the video that was open, its labels and conversation, and what was undone can be."""
    session.need(TEXTS, 'Question', seconds=60)
    expect(everything() == DONE['everything'], 'the project is another')
    expect(rows('PRAGMA integrity_check') == [('ok',)], 'the project is damaged')
    session.need(('frame',), contains='.mp4', seconds=30)
    session.wait(lambda: any(session.find(('label',), contains=question) for question in ELSEWHERE.values()), 20,
                 'the conversation')
    session.need(('image',), DONE['picture'])
    shot(session, 'restart')
    session.keys('ctrl+Prior', 'ctrl+Prior')
    session.need(('frame',), NAMES[0], seconds=30)
    for question in (WHEN, WHERE, TRACK):
        session.need(('label',), contains=question)
    expect(span_times(session.need(('list item',), contains=f'car: {WHEN}').description) == DONE['span'], 'another span')
    session.keys('ctrl+z')
    wait_rows(session, 'SELECT count(*) FROM video WHERE is_reviewed', [(0,)])
    session.keys('ctrl+shift+z')
    wait_rows(session, 'SELECT count(*) FROM video WHERE is_reviewed', [(3,)])
    shot(session, 'restart-first-video')


FIRST_RUN = [first_start, add_clips, add_labels, change_key, add_attribute, ask_moment, move_edge, ask_box, ask_track,
             correct_mask, set_attribute, ask_elsewhere, review, undo, mark_reviewed, export_coco, export_davis,
             export_activitynet, export_training]
SECOND_RUN = [restart]


def main():
    steps = Steps(len(FIRST_RUN) + len(SECOND_RUN) + 2)
    for run in (FIRST_RUN, SECOND_RUN):
        session = Session(STUDIO, [], SHOTS)
        steps.run(session, run, needs_all=True)
        DONE.setdefault('picture', session.need(('image',), contains='Video').name)
        steps.quit(session)
        DONE['everything'] = everything()
    sys.exit(steps.failed)


main()
