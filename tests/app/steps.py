#!/usr/bin/python3
"""How long the main thread is busy at a stretch in a project of many videos and labels: a benchmark, no test, since its
figures depend on the machine. Prints for each part of the work how many steps there were and how long they took: as
time on the clock, and as time of the processor, which others on the machine do not lengthen.

Usage, under tests/run-headless: steps.py STUDIO LARGE_PROJECT CLIP SHOTS [N_VIDEOS N_ANNOTATIONS N_IN_FIRST]
"""

import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import BUTTONS, TEXTS, Session, xdotool  # noqa: E402

STUDIO, LARGE_PROJECT, CLIP, SHOTS = sys.argv[1:5]
SIZES = sys.argv[5:8] or ['10000', '100000', '5000']
FRAME_US = 16000


def start(session):
    """the project is opened"""
    session.need(('image',), contains='Video', seconds=120)
    time.sleep(3)


def show_list(session):
    """the list is shown"""
    session.keys('F8')
    session.need(('label',), contains=f'{int(SIZES[0])}', seconds=60)
    time.sleep(2)


def scroll(session):
    """the list is scrolled"""
    x, y, width, height = session.box(session.need(('list',), 'Videos'))
    xdotool('mousemove', '--window', session.window, x + width // 2, y + height // 2)
    for _ in range(150):
        xdotool('click', 5)
        time.sleep(0.02)
    for key in ('End', 'Home', 'Page_Down', 'Page_Down', 'Down', 'Down'):
        session.click_at(x + width // 2, y + height // 2)
        session.keys(key)
        time.sleep(0.5)


def search(session):
    """videos are searched"""
    session.click(session.need(TEXTS, 'Find a video'))
    for text in ('clip 0', 'clip 001', '0001', 'xyz'):
        session.keys('ctrl+a')
        session.type(text)
        time.sleep(0.7)
    session.keys('Escape')
    time.sleep(1)


def select(session):
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
    time.sleep(6)
    for _ in range(5):
        session.keys('ctrl+Next')
        time.sleep(2)


def open_large(session):
    """the video with most labels is opened"""
    for _ in range(5):
        session.keys('ctrl+Prior')
        time.sleep(2)
    time.sleep(3)


def work(session):
    """the video with most labels is played and corrected"""
    session.click_at(*middle(session.need(('image',), contains='Video')))
    session.keys('space')
    time.sleep(3)
    session.keys('space', 'i', 'shift+Right', 'o')
    time.sleep(1)
    session.keys('Delete')
    time.sleep(1)
    session.keys('ctrl+z', 'ctrl+z')
    time.sleep(1)


def middle(node):
    extents = node.queryComponent().getExtents(0x1)
    return extents.x + extents.width // 2, extents.y + extents.height // 2


PARTS = [start, show_list, scroll, search, select, open_videos, open_large, work]


def quantile(values, share):
    return values[min(len(values) - 1, int(share * len(values)))] / 1000 if values else 0.0


def report(name, steps):
    wall, cpu = sorted(step[1] for step in steps), sorted(step[2] for step in steps)
    print(f'{name:50} {len(steps):6}'
          f'   {quantile(wall, 0.5):7.2f} {quantile(wall, 0.99):7.1f} {quantile(wall, 1):7.1f}'
          f'   {quantile(cpu, 0.5):7.2f} {quantile(cpu, 0.99):7.1f} {quantile(cpu, 1):7.1f}'
          f'   {sum(value > FRAME_US for value in cpu):4}', flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        record = pathlib.Path(folder) / 'steps'
        began = time.monotonic()
        subprocess.run([LARGE_PROJECT, folder, CLIP, *SIZES], check=True)
        print(f'# {SIZES[0]} videos, {SIZES[1]} labels, {SIZES[2]} of them in one video: '
              f'made in {time.monotonic() - began:.0f} s')
        session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', '--project', f'{folder}/labels.tpo',
                                   '--record-steps', str(record)], SHOTS)
        times = []
        for part in PARTS:
            times.append(time.monotonic() * 1e6)
            part(session)
            session.shot(f'steps-{part.__name__}')
        times.append(time.monotonic() * 1e6)
        session.quit()
        steps = [tuple(map(int, line.split())) for line in record.read_text().splitlines()]
    print(f'{"":50} {"steps":>6}   {"ms on the clock":^23}   {"ms computing":^23}   over')
    print(f'{"":50} {"":>6}   {"p50":>7} {"p99":>7} {"max":>7}   {"p50":>7} {"p99":>7} {"max":>7}   16 ms')
    for i, part in enumerate(PARTS):
        report(part.__doc__, [step for step in steps if times[i] <= step[0] < times[i + 1]])
    report('all', steps)


main()
