#!/usr/bin/python3
"""The list of a project's videos in a real window: a folder is added, videos are searched, reviewed, removed, opened one
after the other and located after they were moved; and who corrects is stored by name. No model takes part.

Usage, under tests/run-headless: videos.py STUDIO CLIP SHOTS
"""

import pathlib
import shutil
import sys
import tempfile
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import BUTTONS, TEXTS, Failure, Session, Steps, choose_file, choose_folder, expect, press, rows, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]
ITEMS = ('menu item', 'check menu item', 'radio menu item', 'push button', 'button')
FOLDER = pathlib.Path(tempfile.mkdtemp())


def video_rows(session):
    """What the rows say, from top to bottom."""
    found = session.find_all(('list item',), '.mp4')
    return [node.name for node in sorted(found, key=lambda node: session.box(node)[1])]


def wait_rows(session, sql, expected):
    session.wait(lambda: rows(sql) == expected, 20, f'{expected}, there is {rows(sql)}')


def wait_listed(session, *names):
    def is_listed():
        found = video_rows(session)
        return len(found) == len(names) and all(row.startswith(name) for row, name in zip(found, names))

    try:
        session.wait(is_listed, 20, 'rows')
    except Failure:
        raise Failure(f'the list is {video_rows(session)}, not {names}') from None


def row(session, name):
    return session.need(('list item',), contains=name)


def choose_item(session, name):
    """Of the menu that is up. The next press ends its grab of the pointer, so that one goes where it does nothing."""
    press(session.need(ITEMS, name))
    session.click(session.need(('label',), contains=' video'))


def escape(session):
    """Closes a dialog; a key that closes the window it was pressed in is released nowhere by itself."""
    xdotool('key', 'Escape')
    xdotool('keyup', 'Escape')
    session.give_keyboard()


def show_list(session):
    """F8 shows the list of videos, and the search field has the keyboard."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(1)
    session.keys('F8')
    wait_listed(session, 'morning.mp4')
    session.need(('label',), contains='1 video: 1 unlabelled')
    session.type('xyz')
    session.need(('label',), 'No Videos Found')
    session.keys('Escape')
    wait_listed(session, 'morning.mp4')
    expect(rows('SELECT count(*) FROM annotation') == [(0,)], 'keys went to the picture')
    session.shot('videos-01-list')


def add_folder(session):
    """A folder is added with all in it; a file that cannot be read is named and stops nothing."""
    for name in ('a/night.mp4', 'b/c/pond.mp4'):
        (FOLDER / name).parent.mkdir(parents=True)
        shutil.copy(pathlib.Path(CLIP).parent / pathlib.Path(name).name, FOLDER / name)
    (FOLDER / 'bad.mp4').write_text('no video')
    (FOLDER / 'notes.txt').write_text('no video either')
    session.click(session.need(BUTTONS, 'Add Videos'))
    press(session.need(ITEMS, 'Add a Folder…'))
    choose_folder(session, FOLDER)
    session.need(('label',), contains='2 videos were added. “bad.mp4” could not be read', seconds=60)
    session.shot('videos-02-added')
    escape(session)
    wait_listed(session, 'morning.mp4', 'night.mp4', 'pond.mp4')
    wait_rows(session, 'SELECT count(*) FROM video WHERE thumbnail IS NOT NULL', [(3,)])
    session.shot('videos-03-pictures')


def search(session):
    """What is typed narrows the list, and the status does."""
    session.click(session.need(TEXTS, 'Find a video'))
    session.type('NIGHT mp4')
    wait_listed(session, 'night.mp4')
    session.need(('label',), '1 of 3 videos')
    session.type('x')
    session.need(('label',), 'No Videos Found')
    session.shot('videos-04-none')
    session.click(session.need(TEXTS, 'Find a video'))
    session.keys('Escape')
    wait_listed(session, 'morning.mp4', 'night.mp4', 'pond.mp4')


def review(session):
    """The menu of a row marks it as reviewed, also by keyboard; undo takes it back."""
    session.click(row(session, 'night.mp4'), button=3)
    session.need(ITEMS, 'Mark as Reviewed')
    session.shot('videos-05-menu')
    choose_item(session, 'Mark as Reviewed')
    wait_rows(session, 'SELECT uri LIKE "%night.mp4" FROM video WHERE is_reviewed', [(1,)])
    session.need(('list item',), contains='Reviewed')
    session.click(row(session, 'pond.mp4'))
    session.keys('shift+F10')
    choose_item(session, 'Mark as Reviewed')
    wait_rows(session, 'SELECT count(*) FROM video WHERE is_reviewed', [(2,)])
    session.keys('ctrl+z', 'ctrl+z')
    wait_rows(session, 'SELECT count(*) FROM video WHERE is_reviewed', [(0,)])


def sort(session):
    """The videos can be listed in another order."""
    session.click(session.need(BUTTONS, 'Sort Videos'))
    choose_item(session, 'Last Opened')
    wait_listed(session, 'morning.mp4', 'night.mp4', 'pond.mp4')
    session.click(session.need(BUTTONS, 'Sort Videos'))
    choose_item(session, 'Name')
    wait_listed(session, 'morning.mp4', 'night.mp4', 'pond.mp4')


def remove(session):
    """Delete removes what is selected, but not the video that is open; undo brings it back."""
    session.click(row(session, 'night.mp4'))
    session.keys('ctrl+a', 'Delete')
    wait_listed(session, 'morning.mp4')
    session.keys('ctrl+z')
    wait_listed(session, 'morning.mp4', 'night.mp4', 'pond.mp4')


def open_next(session):
    """Return opens a video, Ctrl+Page Down the next one, Ctrl+R marks it as reviewed."""
    session.click(row(session, 'night.mp4'))
    session.keys('Return')
    session.need(('frame',), 'night.mp4', seconds=30)
    session.keys('ctrl+Next')
    session.need(('frame',), 'pond.mp4', seconds=30)
    session.keys('ctrl+r')
    wait_rows(session, 'SELECT uri LIKE "%pond.mp4" FROM video WHERE is_reviewed', [(1,)])
    session.need(('list item',), contains='Reviewed')
    session.keys('ctrl+Prior', 'ctrl+Prior')
    session.need(('frame',), 'morning.mp4', seconds=30)
    session.shot('videos-06-opened')


def locate(session):
    """A video that was moved is asked for when it is opened; only the same content takes its labels."""
    moved = FOLDER / 'elsewhere.mp4'
    (FOLDER / 'b/c/pond.mp4').rename(moved)
    session.click(row(session, 'pond.mp4'))
    session.keys('Return')
    session.need(('label',), 'Where Is “pond.mp4”?', seconds=30)
    session.need(('list item',), contains='File Missing')
    session.shot('videos-07-missing')
    press(session.need(BUTTONS, contains='Locate'))
    session.need(BUTTONS, contains='Open', seconds=30)
    choose_file(pathlib.Path(CLIP).absolute())
    session.need(('label',), 'Add It as Another Video?', seconds=30)
    session.shot('videos-08-other')
    escape(session)
    session.click(row(session, 'pond.mp4'), button=3)
    press(session.need(ITEMS, 'Locate…'))
    session.need(BUTTONS, contains='Open', seconds=30)
    choose_file(moved)
    session.give_keyboard()
    session.need(('frame',), 'elsewhere.mp4', seconds=30)
    wait_rows(session, 'SELECT count(*), sum(uri LIKE "%elsewhere.mp4") FROM video', [(3, 1)])


def author(session):
    """The name in the preferences is stored with what is corrected from then on."""
    session.click(session.need(BUTTONS, 'Main Menu'))
    press(session.need(ITEMS, 'Preferences'))
    press(session.need(BUTTONS + ('radio button', 'page tab'), contains='You', seconds=30))
    time.sleep(1)
    entry = session.need(TEXTS, contains='Your Name')
    entry.queryEditableText().setTextContents('Ann Otator')
    session.shot('videos-09-author')
    xdotool('mousemove', 300, 150)
    escape(session)
    session.click(session.need(('image',), contains='Video'))
    session.keys('i', 'shift+Right', 'o')
    wait_rows(session, 'SELECT author FROM revision', [('Ann Otator',)])
    session.need(('list item',), contains='1 label')


def is_shown(session):
    """Whether the side bar is: what it holds keeps its size while it is away."""
    button = session.need(BUTTONS, 'Videos and Review')
    return button.getState().contains(pyatspi.STATE_PRESSED)


def narrow(session):
    """In a narrow window the list lies over the video, and goes with the key that brought it."""
    expect(is_shown(session), 'the list is not shown')
    xdotool('windowsize', session.window, 360 + 2 * session.margin, 294 + 2 * session.margin)
    session.wait(lambda: not is_shown(session), 20, 'end of the list')
    session.keys('F8')
    session.wait(lambda: is_shown(session), 20, 'a list')
    time.sleep(1)
    session.shot('videos-10-narrow')
    width = session.box(session.need(('frame',), contains='elsewhere'))[2]
    expect(width <= 360, f'the window is {width} wide')
    session.keys('F8')
    session.wait(lambda: not is_shown(session), 20, 'end of the list')


STEPS = [show_list, add_folder, search, review, sort, remove, open_next, locate, author, narrow]


def main():
    steps = Steps(len(STEPS) + 1)
    session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', CLIP], SHOTS)
    steps.run(session, STEPS)
    steps.quit(session)
    shutil.rmtree(FOLDER)
    sys.exit(steps.failed)


main()
