#!/usr/bin/python3
"""Data sets that come as folders of numbered pictures, in a real window: the frames of one become a video, its masks are
imported and drawn, and exported they are the same pixels; other pictures are taken as photographs. No model takes part.

Usage, under tests/run-headless: picture_folders.py STUDIO CLIP SHOTS
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from PIL import Image, ImageDraw

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from preferences import click_there  # noqa: E402
from session import (BUTTONS, TEXTS, Session, Steps, button, choose_folder, expect, name_file, press, rows,  # noqa: E402
                     xdotool)

STUDIO, CLIP, SHOTS = sys.argv[1:]
ITEMS = ('menu item', 'check menu item', 'radio menu item', 'push button', 'button')
FOLDER = pathlib.Path(tempfile.mkdtemp())
DATA_SET = FOLDER / 'DAVIS'
NUMBERS = range(0, 60, 5)  # as data sets have them that label some frames a second
MASKS = DATA_SET / 'Annotations/480p/bear'


def mask(i):
    """Object 1 moves to the right, object 2 is there from the fifth picture on."""
    picture = Image.new('P', (320, 240))
    picture.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20 + 10 * i, 60, 79 + 10 * i, 119), fill=1)
    if i >= 4:
        draw.rectangle((200, 160, 259, 219), fill=2)
    return picture


def make_data_set():
    frames = DATA_SET / 'JPEGImages/480p/bear'
    frames.mkdir(parents=True)
    MASKS.mkdir(parents=True)
    photographs = FOLDER / 'holiday'
    photographs.mkdir()
    subprocess.run(['ffmpeg', '-nostdin', '-v', 'error', '-i', CLIP, '-frames:v', str(len(NUMBERS)), '-vf',
                    'scale=320:240', FOLDER / 'frame%d.jpg'], check=True)
    for i, number in enumerate(NUMBERS):
        (FOLDER / f'frame{i + 1}.jpg').rename(frames / f'{number:05}.jpg')
        mask(i).save(MASKS / f'{number:05}.png')
    for i, number in enumerate(NUMBERS[:3]):
        (photographs / f'IMG_{i}.jpg').write_bytes((frames / f'{number:05}.jpg').read_bytes())


def add_folder(session, path):
    session.click(session.need(BUTTONS, 'Add Videos'))
    press(session.need(ITEMS, 'Add a Folder…'))
    choose_folder(session, path)


def frames(session):
    """Numbered pictures are asked about; masks are none of them; as frames they are one video."""
    make_data_set()
    session.need(('image',), contains='Video', seconds=60)
    session.keys('F8')
    session.need(('list item',), contains='morning.mp4')
    add_folder(session, DATA_SET)
    session.need(('label',), 'Numbered Pictures', seconds=30)
    session.need(('label',), '12 pictures')
    session.need(('label',), contains='1 folder of masks was left out')
    rate = session.need(('spin button',), 'Frames a Second')
    rate.queryValue().currentValue = 10
    session.shot('pictures-1-question')
    press(button(session, 'Add'))
    session.need(('list item',), contains='bear.mov', seconds=60)
    session.wait(lambda: rows("SELECT n_frames, duration_us, width FROM video WHERE uri LIKE '%/480p/bear.mov'") ==
                 [(12, 1200000, 320)], 20, 'video of 12 frames in 1.2 s')
    session.shot('pictures-2-video')


def masks(session):
    """Their masks come to the frames that have their numbers."""
    session.give_keyboard()
    session.click(session.need(('list item',), contains='bear.mov'))
    session.keys('Return')
    session.need(('frame',), 'bear.mov', seconds=30)
    session.click(session.need(BUTTONS, 'Main Menu'))
    press(session.need(ITEMS, 'Import a Folder of Labels…'))
    choose_folder(session, DATA_SET)
    session.need(('label',), contains='Import Labels?', seconds=60)
    session.need(('label',), contains='2 mask tracks')
    press(button(session, 'Import'))
    session.give_keyboard()
    session.wait(lambda: rows('SELECT count(*) FROM annotation') == [(2,)], 30, 'two tracks')
    expect(rows('SELECT start_us, end_us FROM revision ORDER BY start_us') == [(0, 1200000), (400000, 1200000)],
           'objects at other times')
    session.need(('list item',), contains='Mask', seconds=30)
    session.shot('pictures-3-masks')


def export(session):
    """As DAVIS again they are the same pixels, of all frames, now counted one by one."""
    target = FOLDER / 'again'
    session.keys('ctrl+e')
    press(session.need(ITEMS, 'Boxes and Masks'))
    press(session.need(ITEMS, 'DAVIS'))
    session.need(BUTTONS, contains='Save', seconds=30)
    name_file(target)
    session.wait(target.exists, 30, f'{target}')
    session.need(('label',), contains='Exported to again')
    found = sorted(target.glob('Annotations/*/bear/*.png'))
    expect(len(found) == len(NUMBERS), f'{len(found)} pictures')
    for i, path in enumerate(found):
        expect(list(Image.open(path).getdata()) == list(mask(i).getdata()), f'other pixels in {path.name}')
    session.shot('pictures-4-exported')
    session.leave_message()
    session.give_keyboard()


def photographs(session):
    """Other numbered pictures are photographs, one by one; what was made before is not asked about again."""
    add_folder(session, FOLDER)
    session.need(('label',), 'Numbered Pictures', seconds=30)
    session.need(('label',), '3 pictures')
    expect(session.find(('label',), '12 pictures') is None, 'asked about what is a video already')
    click_there(session, session.need(('combo box',), 'The Pictures Are'))
    xdotool('key', 'Down')
    xdotool('key', 'Return')
    session.need(('label',), 'Photographs')
    session.shot('pictures-5-photographs')
    press(button(session, 'Add'))
    session.wait(lambda: rows("SELECT count(*) FROM video WHERE uri LIKE '%/IMG_%'") == [(3,)], 30, 'three photographs')
    session.give_keyboard()


STEPS = [frames, masks, export, photographs]


def main():
    steps = Steps(len(STEPS) + 1)
    session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', CLIP], SHOTS)
    steps.run(session, STEPS, needs_all=True)
    steps.quit(session)
    shutil.rmtree(FOLDER)
    sys.exit(steps.failed)


main()
