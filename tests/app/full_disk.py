#!/usr/bin/python3
"""A disk that becomes full while labels are exported, and while a model is downloaded, in a real window: it is said in words,
nothing half written is left that looks whole, and once there is room the same goes well.

Usage, under tests/run-headless: full_disk.py STUDIO TPO MODEL CLIP SHOTS
"""

import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from download_dialog import look, open_dialog, open_preferences, other_model, wait_for  # noqa: E402
from file_server import FileServer  # noqa: E402
from mounts import enter, fill_disk, mount_small  # noqa: E402
from preferences import close_preferences  # noqa: E402
from questions import make_project  # noqa: E402
from session import BUTTONS, Session, Steps, button, data_dir, database, expect, name_file, press  # noqa: E402

STUDIO, TPO, MODEL, CLIP, SHOTS = sys.argv[1:]
VIDEOS, DISK, MODELS = data_dir() / 'videos', data_dir() / 'disk', data_dir() / 'tpo-studio' / 'models'
SERVER = FileServer(other_model(MODEL))
EXPORTED = DISK / 'labels.json'
PART = MODELS / 'second.gguf.part'
ITEMS = ('menu item', 'push button', 'button')


def export_to(session, target):
    session.keys('ctrl+e')
    press(session.need(ITEMS, 'Moments and Captions'))
    press(session.need(ITEMS, 'ActivityNet Captions'))
    session.need(BUTTONS, contains='Save', seconds=30)
    name_file(target)


def export(session):
    """An export that the disk has no room for says so, and leaves no file; with room it goes well."""
    session.need(('image',), contains='Video', seconds=60)
    filler = fill_disk(DISK)
    export_to(session, EXPORTED)
    session.need(('label',), contains='there is no room left on the disk', seconds=30)
    session.shot('full-disk-01-export')
    expect(list(DISK.iterdir()) == [filler], f'something is left: {list(DISK.iterdir())}')
    filler.unlink()
    session.leave_message()
    session.give_keyboard()
    export_to(session, EXPORTED)
    session.need(('label',), contains=f'Exported to {EXPORTED.name}', seconds=30)
    expect('morning' in next(iter(json.loads(EXPORTED.read_text()))), 'the export is not whole')
    session.leave_message()
    session.give_keyboard()


def download(session):
    """A download that fills the disk says so and keeps what came; with room it goes on from there."""
    open_preferences(session)
    open_dialog(session)
    look(session, SERVER.address('second.gguf'))
    wait_for(session, 'that are free')
    SERVER.pause.set()
    press(button(session, 'Download'))
    session.wait(lambda: PART.exists() and PART.stat().st_size >= len(SERVER.content) // 2, 30, 'half of the file')
    filler = fill_disk(MODELS)
    SERVER.pause.clear()
    wait_for(session, 'There is no room left', 60)
    session.shot('full-disk-02-download')
    expect(not (MODELS / 'second.gguf').exists(), 'half a model looks whole')
    size, n_before = PART.stat().st_size, len(SERVER.ranges)
    expect(size >= len(SERVER.content) // 2, f'{size} bytes are left of what came')
    filler.unlink()
    press(button(session, 'Go On with the Download'))
    wait_for(session, 'Downloaded. Its SHA-256 is', 60)
    expect(SERVER.ranges[n_before:] == [f'bytes={size}-'], f'{SERVER.ranges[n_before:]} was asked for')
    expect((MODELS / 'second.gguf').read_bytes() == SERVER.content, 'the file is another one')
    session.shot('full-disk-03-downloaded')
    close_preferences(session)


STEPS = [export, download]


def main():
    global SERVER
    enter()
    VIDEOS.mkdir(parents=True)
    shutil.copy(CLIP, VIDEOS)
    make_project(TPO, database(), VIDEOS, 1, 3)
    mount_small(DISK, 1 << 16)
    mount_small(MODELS, len(SERVER.content) + (1 << 20))
    steps = Steps(len(STEPS) + 1)
    session = Session(STUDIO, [str(VIDEOS / pathlib.Path(CLIP).name)], SHOTS)
    steps.run(session, STEPS)
    steps.quit(session)
    sys.exit(steps.failed)


main()
