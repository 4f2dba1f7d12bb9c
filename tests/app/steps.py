#!/usr/bin/python3
"""How long the main thread is busy at a stretch in large projects: a benchmark, no test, since its figures depend on the
machine. Prints for each part of the work how many steps there were and how long they took: as time on the clock, and as
time of the processor, which others on the machine do not lengthen; and how much memory the program had at its end.

Usage, under tests/run-headless: steps.py STUDIO LARGE_PROJECT CLIP SHOTS [SCENARIO...]

LONG_VIDEO names the video of the scenarios "long" and "tracks", such as one of an hour; CLIP stands in for it. ffmpeg makes one:

ffmpeg -f lavfi -i testsrc=size=640x360:rate=25:duration=3600 -f lavfi -i sine=duration=3600 \
  -preset ultrafast -crf 40 -g 100 -pix_fmt yuv420p -b:a 24k hour.mp4
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import BUTTONS, TEXTS, Failure, Session, rest, xdotool  # noqa: E402

STUDIO, LARGE_PROJECT, CLIP, SHOTS = sys.argv[1:5]
FRAME_US = 16000
ITEMS = ('menu item', 'push button', 'button')


# ---- the program from outside ----

def memory(session):
    """MB that it has now, and had at most since the last call."""
    folder = pathlib.Path(f'/proc/{session.process.pid}')
    status = dict(line.split(':', 1) for line in (folder / 'status').read_text().splitlines())
    (folder / 'clear_refs').write_text('5')
    return [int(status[name].split()[0]) // 1024 for name in ('VmRSS', 'VmHWM')]


def middle(session, node):
    x, y, width, height = session.box(node)
    return x + width // 2, y + height // 2


def wheel(session, place, button, n, *keys):
    """Turns the wheel, as fast as a hand does, while keys are held."""
    xdotool('mousemove', '--window', session.window, *place)
    for key in keys:
        xdotool('keydown', key)
    for _ in range(n):
        xdotool('click', button)
        time.sleep(0.02)
    for key in keys:
        xdotool('keyup', key)
    rest(session)


def search_in(session, name, *texts):
    session.click(session.need(TEXTS, name))
    for text in texts:
        session.keys('ctrl+a')
        session.type(text)
        rest(session)
    session.keys('ctrl+a', 'BackSpace')
    rest(session)


def picture(session):
    return session.need(('image',), contains='Video', seconds=120)


def to_picture(session):
    """The keyboard belongs to the picture again, for the single keys."""
    session.click_at(*middle(session, picture(session)))


# ---- the list of videos ----

def start(session):
    """the project is opened"""
    picture(session)
    rest(session)


def show_list(session):
    """the list is shown"""
    session.keys('F8')
    session.need(('list',), 'Videos', seconds=60)
    rest(session)


def scroll_list(session):
    """the list is scrolled"""
    place = middle(session, session.need(('list',), 'Videos'))
    wheel(session, place, 5, 150)
    for key in ('End', 'Home', 'Page_Down', 'Page_Down', 'Down', 'Down'):
        session.click_at(*place)
        session.keys(key)
        time.sleep(0.5)


def search_list(session):
    """videos are searched"""
    search_in(session, 'Find a video', 'clip 0', 'clip 001', '0001', 'xyz')
    session.keys('Escape')


def select_list(session):
    """videos are selected"""
    x, y, width, _ = session.box(session.need(('list',), 'Videos'))
    session.click_at(x + width // 2, y + 100)
    session.keys('ctrl+a')
    time.sleep(1)
    session.click_at(x + width // 2, y + 100)
    time.sleep(0.5)


def open_videos(session):
    """videos are opened one after the other"""
    for key in ('Home', 'Return'):
        session.keys(key)
    time.sleep(4)
    for _ in range(5):
        session.keys('ctrl+Next')
        time.sleep(2)


# ---- the labels of a video ----

def leave(session):
    """another video is opened"""
    session.keys('ctrl+Next')
    rest(session)


def come_back(session):
    """the video with most labels is opened"""
    for _ in range(5):
        session.keys('ctrl+Prior')
        time.sleep(0.3)
    rest(session)


def play(session):
    """it is played"""
    to_picture(session)
    session.keys('space')
    time.sleep(4)
    session.keys('space')
    rest(session)


def scrub(session):
    """it is scrubbed"""
    x, y, width, _ = session.box(session.need((), 'Rows of labels'))
    session.drag(x + 200, y - 60, x + width - 60, y - 60)
    session.drag(x + width - 60, y - 60, x + 220, y - 60)
    rest(session)


def mark(session):
    """a span is marked, deleted, and that undone"""
    to_picture(session)
    session.keys('i', 'shift+Right', 'o')
    time.sleep(1)
    session.keys('Delete')
    time.sleep(1)
    session.keys('ctrl+z', 'ctrl+z')
    rest(session)


def move_timeline(session):
    """its timeline is zoomed and scrolled"""
    x, y, width, _ = session.box(session.need((), 'Rows of labels'))
    place = x + 2 * width // 3, y + 30
    wheel(session, place, 4, 12, 'ctrl')
    wheel(session, place, 5, 30, 'shift')
    wheel(session, place, 4, 30, 'shift')
    wheel(session, place, 5, 40)
    wheel(session, place, 4, 40)
    to_picture(session)
    session.keys('0')
    rest(session)


def drag(session):
    """a span is dragged"""
    to_picture(session)
    session.keys('plus', 'plus', 'plus', 'plus', 'plus')
    rest(session)
    left, top, width, _ = session.box(session.need((), 'Rows of labels'))
    for node in session.find_all(('list item',), ' to '):
        x, y, w, h = session.box(node)
        if w > 24 and left + 200 < x and x + w < left + width - 80 and top <= y < top + 100:
            session.drag(x + w // 2, y + h // 2, x + w // 2 + 60, y + h // 2)
            break
    else:
        raise Failure('no span to drag')
    rest(session)
    session.keys('ctrl+z')
    rest(session)
    to_picture(session)
    session.keys('0')
    rest(session)


def label_all(session):
    """all of its labels are selected and given a label"""
    to_picture(session)
    session.keys('ctrl+a')
    rest(session)
    session.keys('3')
    rest(session)


def undo_all(session):
    """that is undone, done again and undone"""
    for key in ('ctrl+z', 'ctrl+shift+z', 'ctrl+z'):
        session.keys(key)
        rest(session)
    session.keys('Escape')
    rest(session)


def show_table(session):
    """its table is shown"""
    to_picture(session)
    session.keys('F4')
    session.need(TEXTS, 'Search Labels')
    rest(session)


def scroll_table(session):
    """its table is scrolled"""
    x, y, width, height = session.box(session.need(('table', 'tree table'), 'Labels'))
    place = x + width // 2, y + height // 2
    wheel(session, place, 5, 100)
    session.click_at(*place)
    for key in ('End', 'Home', 'Page_Down', 'Page_Down', 'Down'):
        session.keys(key)
        rest(session)


def sort_table(session):
    """its table is sorted"""
    x, y, width, _ = session.box(session.need(('table', 'tree table'), 'Labels'))
    for share in (0.12, 0.12, 0.6, 0.75):
        session.click_at(round(x + share * width), y + 12)
        rest(session)


def search_table(session):
    """its table is searched"""
    search_in(session, 'Search Labels', 'class 3', 'class', 'xyz')


def select_table(session):
    """all of its table is selected"""
    session.click_at(*middle(session, session.need(('table', 'tree table'), 'Labels')))
    session.keys('ctrl+a')
    rest(session)
    session.click_at(*middle(session, session.need(('table', 'tree table'), 'Labels')))
    rest(session)
    session.keys('F4')
    rest(session)


# ---- tracks with a mask on every frame ----

def seek(session):
    """it is sought in"""
    to_picture(session)
    for key in ('Home', 'Right', 'Right', 'period', 'period', 'comma', 'Left', 'shift+Right'):
        session.keys(key)
        time.sleep(0.3)
    rest(session)


def stroke(session):
    """a mask is painted into"""
    to_picture(session)
    session.keys('r')
    x, y = middle(session, picture(session))
    for shift in (0, 30, 60):
        session.drag(x - 60, y + shift, x + 60, y + shift)
        rest(session)


def undo_stroke(session):
    """that is undone"""
    session.keys('Escape', 'v', 'ctrl+z', 'ctrl+z', 'ctrl+z')
    rest(session)


def delete_track(session):
    """a track is deleted, and that undone"""
    to_picture(session)
    session.keys('Delete')
    rest(session)
    session.keys('ctrl+z')
    rest(session)


def undo_track(session):
    """following an object is undone and done again"""
    for key in ('ctrl+z', 'ctrl+shift+z'):
        session.keys(key)
        rest(session)


# ---- the conversation ----

def scroll_chat(session):
    """the conversation is scrolled"""
    place = middle(session, session.need(('log', 'list'), 'Conversation'))
    wheel(session, place, 4, 150)
    wheel(session, place, 5, 150)


def search_chat(session):
    """a message far up is searched for and shown"""
    session.keys('ctrl+f')
    time.sleep(1)
    for text in ('a', 'part 100,'):
        session.keys('ctrl+a')
        session.type(text)
        rest(session)
    found = session.need(('list item', *BUTTONS), contains='part 100,')
    session.click(found)
    rest(session)
    session.keys('Escape')
    rest(session)


# ---- review ----

def show_queue(session):
    """the review queue is shown"""
    session.keys('ctrl+shift+r')
    session.need(('list',), 'To Review', seconds=60)
    rest(session)


def scroll_queue(session):
    """the review queue is scrolled"""
    place = middle(session, session.need(('list',), 'To Review'))
    wheel(session, place, 5, 150)


def decide(session):
    """labels are accepted one after the other"""
    session.keys('n')
    rest(session)
    for _ in range(6):
        session.keys('a')
        rest(session)


# ---- labels out of the project and into it ----

def in_dialog(session, button, path):
    """Types the path of a file."""
    session.need(BUTTONS, contains=button, seconds=60)
    # Without a window manager the keyboard belongs to the window under the pointer.
    xdotool('mousemove', 300, 150)
    time.sleep(1)
    xdotool('key', 'ctrl+l')
    time.sleep(0.5)
    xdotool('key', 'ctrl+a')
    xdotool('type', '--delay', '15', str(path))
    time.sleep(1)
    xdotool('key', 'Return')


def press(session, roles, name):
    session.need(roles, name).queryAction().doAction(0)


def export_labels(session):
    """all labels of the project are exported"""
    session.keys('ctrl+e')
    press(session, ITEMS, 'Boxes and Masks')
    press(session, ITEMS, 'COCO')
    in_dialog(session, 'Save', session.folder / 'labels-coco.json')
    session.need(('label',), contains='Exported to', seconds=300)
    session.leave_message()
    session.give_keyboard()
    rest(session)


def import_labels(session):
    """as many labels are imported"""
    session.click(session.need(BUTTONS, 'Main Menu'))
    press(session, ITEMS, 'Import Labels…')
    in_dialog(session, 'Open', session.folder / 'labels-coco.json')
    session.need(('label',), contains='Import Labels?', seconds=300)
    session.need(BUTTONS, contains='Import').queryAction().doAction(0)
    session.need(('label',), contains='Labels imported', seconds=300)
    session.give_keyboard()
    rest(session)


def undo_import(session):
    """the import is undone"""
    session.keys('ctrl+z')
    rest(session)


# ---- scenarios: what large-project makes, and what is done with it ----

TABLE = [show_table, scroll_table, sort_table, search_table, select_table]
VIDEO = [start, leave, come_back, play, move_timeline, drag, mark, label_all, undo_all, *TABLE]
LONG_VIDEO = f'--first={os.environ.get("LONG_VIDEO", CLIP)}'
TRACKS = [start, leave, come_back, play, seek, scrub, move_timeline, stroke, undo_stroke, delete_track, undo_track]
SCENARIOS = {
    'list': (['--videos=10000', '--labels=100000', '--labels-in-first=5000'],
             [start, show_list, scroll_list, search_list, select_list, open_videos]),
    'video-500': (['--labels=600', '--labels-in-first=500'], VIDEO),
    'video-5000': (['--labels=5100', '--labels-in-first=5000'], VIDEO),
    'video-20000': (['--labels=20100', '--labels-in-first=20000'], VIDEO),
    'video-100000': (['--labels=100100', '--labels-in-first=100000'], VIDEO),
    'transfer': (['--videos=1000', '--labels=100000', '--labels-in-first=5000'],
                 [start, export_labels, import_labels, undo_import]),
    'long': (['--labels=5100', '--labels-in-first=5000', LONG_VIDEO],
             [start, leave, come_back, play, scrub, move_timeline, drag, mark]),
    'long-only': (['--labels=1', '--labels-in-first=1', LONG_VIDEO],
                  [start, leave, come_back, play, seek, scrub, move_timeline]),
    'tracks-5000': (['--tracks=3', '--track-frames=5000', LONG_VIDEO], TRACKS),
    'tracks-90000': (['--tracks=3', '--track-frames=90000', LONG_VIDEO], TRACKS),
    'chat': (['--messages=2000'], [start, leave, come_back, scroll_chat, search_chat]),
    'review': (['--videos=1000', '--labels=100000', '--labels-in-first=100', '--predicted=1'],
               [start, show_queue, scroll_queue, decide]),
}


# ---- figures ----

def quantile(values, share):
    return values[min(len(values) - 1, int(share * len(values)))] / 1000 if values else 0.0


def report(name, steps, megabytes=None):
    wall, cpu = sorted(step[1] for step in steps), sorted(step[2] for step in steps)
    print(f'{name:55} {len(steps):6}'
          f'   {quantile(wall, 0.5):7.2f} {quantile(wall, 0.99):7.1f} {quantile(wall, 1):7.1f}'
          f'   {quantile(cpu, 0.5):7.2f} {quantile(cpu, 0.99):7.1f} {quantile(cpu, 1):7.1f}'
          f'   {sum(value > FRAME_US for value in cpu):4}'
          + ('   {:6} {:6}'.format(*megabytes) if megabytes else ''), flush=True)


def run_parts(session, name, parts):
    """Returns: for each part that worked when it began and ended, and its memory."""
    spans = []
    try:
        for part in parts:
            began = time.monotonic() * 1e6
            try:
                part(session)
            except Failure as problem:
                print(f'# {part.__doc__}: {problem}', flush=True)
            spans.append((part.__doc__, began, time.monotonic() * 1e6, memory(session)))
            session.shot(f'steps-{name}-{part.__name__}')
        session.quit()
    except Failure as problem:
        print(f'# {problem}', flush=True)
    finally:
        session.kill()
    return spans


def run(name):
    options, parts = SCENARIOS[name]
    with tempfile.TemporaryDirectory() as folder:
        record = pathlib.Path(folder) / 'steps'
        subprocess.run([LARGE_PROJECT, *options, folder, CLIP], check=True)
        print(f'\n# {name}: {" ".join(options)}', flush=True)
        session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', '--project', f'{folder}/labels.tpo',
                                   '--record-steps', str(record)], SHOTS)
        session.folder = pathlib.Path(folder)
        spans = run_parts(session, name, parts)
        lines = [line.split() for line in record.read_text().splitlines()]
        steps = [tuple(map(int, line)) for line in lines if len(line) == 3]  # the last may be cut off
    print(f'{"":55} {"steps":>6}   {"ms on the clock":^23}   {"ms computing":^23}   over {"MB":^15}')
    print(f'{"":55} {"":>6}   {"p50":>7} {"p99":>7} {"max":>7}   {"p50":>7} {"p99":>7} {"max":>7}   16 ms {"now":>6} {"most":>6}')
    for part, began, ended, megabytes in spans:
        report(part, [step for step in steps if began <= step[0] < ended], megabytes)
    report('all', steps)


def main():
    for name in sys.argv[5:] or SCENARIOS:
        run(name)


main()
