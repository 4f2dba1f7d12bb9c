#!/usr/bin/python3
"""Walks through every view of the program in one language, colour scheme and size of text: each object that takes the
keyboard has a name, nothing is left untranslated, and no view is cut off in the smallest window. No model takes part.

Usage, under tests/run-headless: every_view.py STUDIO MAKE_PROJECT CLIP SHOTS NAME
MAKE_PROJECT fills a project with labels, predictions and messages. LANGUAGE, ADW_DEBUG_COLOR_SCHEME and ADW_DEBUG_HIGH_CONTRAST of the environment say how, TEXT_SCALE, 2 for 200 %, and WINDOW, its
size, such as 360x294; SCREEN of run-headless must have room for it; ONLY, names of views with commas between, leaves out the
others. SHOTS gets a picture of each view.
"""

import getpass
import gettext
import os
import pathlib
import re
import subprocess
import sys
import time

import pyatspi
from gi.repository import GLib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import (BUTTONS, Session, Steps, choose_file, data_dir, database, expect, name_file,  # noqa: E402
                     press, xdotool)

STUDIO, MAKE_PROJECT, CLIP, SHOTS, NAME = sys.argv[1:]
IS_CHINESE = os.environ.get('LANGUAGE', '').startswith('zh')
CATALOGUE = gettext.translation('tpo-studio', pathlib.Path(STUDIO).absolute().parents[2] / 'po', ['zh_CN']) if IS_CHINESE \
    else gettext.NullTranslations()

# What a person reaches with Tab and acts upon. Panes and lists are reached, too; they only hold such.
INTERACTIVE = {'push button', 'toggle button', 'button', 'check box', 'radio button', 'switch', 'combo box', 'entry',
               'text', 'spin button', 'slider', 'menu item', 'list item', 'table cell', 'link', 'tree item'}
# GTK names what has no name after its class.
CLASS_NAME = re.compile(r'^(Gtk|Adw|Tpo)[A-Z]\w+$')
# Names of keys, products and formats, times and sizes are the same in all languages.
SAME = re.compile(r'TPO( (Studio|nano|Instruct))?|(morning|damaged)\.mp4|GGUF|Hugging Face|VideoChat-TPO|Top P|Orca|Vulkan|'
                  r'LLaVA|COCO|CocoVID|YouTube-VIS|Ref-YouTube-VOS|DAVIS|MeViS|SA-V( PNG)?|MOTChallenge|LaSOT|GOT-10k|CVAT|'
                  r'Label Studio|ActivityNet( Captions)?|Charades-STA|QVHighlights|RefCOCO|WebVTT|ELAN|VideoChat2-IT|WebDataset|'
                  r'llvmpipe|LLVM|[MGk]?B\b|\b[A-Z]\b|A–B|F\d+|Ctrl|Shift|Alt|Esc(ape)?|Backspace|Delete|Home|End|Page (Up|Down)|'
                  r'https?://\S+|class \d+|clip \d+\.(mp4|vtt)|missing|empty|Kappa|“(When|Where|Track)…”|SHA-256|Super|Menu|\w+\.(vtt|tpo)|/\S+/\S+|a model|labels\.\w+|tpo-\w+\.gguf|v?\d[\w.]*|f16|q[48]_0|px|ms|fps|JSON|Markdown')
# What the project says.
CONTENT = re.compile(r'Where is number \d+\?|In part \d+ there are these:|All of it takes a while\.|'
                     r'somebody who does something for the \d+\. time, and goes on|What happens in part \d+, and who is there\?')
QUESTIONS = re.compile(r'^(When|Where|What|Track|How)\b.*[?.…]$')


def ancestry(node):
    """For a complaint: where @node is."""
    parts = []
    while node.parent is not None and len(parts) < 6:
        node = node.parent
        parts.append(f'{node.getRoleName()} “{node.name}”')
    return ', '.join(parts)


def problems_of(session, node):
    """What is wrong with one accessible object."""
    role, name = node.getRoleName(), node.name or ''
    if role == 'list item' and 'combo box' in ancestry(node):  # of a closed list, of libadwaita's own
        return
    if role in INTERACTIVE and node.getState().contains(pyatspi.STATE_FOCUSABLE):
        if name.strip() == '' or CLASS_NAME.match(name):
            yield f'a {role} has no name (“{name}”, in {ancestry(node)})'
        if '_' in name.split(' ')[0] and not name.startswith('tpo'):
            yield f'the {role} “{name}” is read with an underscore'
    name = name.replace(getpass.getuser(), '')  # the annotator
    if IS_CHINESE and role in INTERACTIVE | {'label', 'heading', 'static'} and not CLASS_NAME.match(name) \
            and not QUESTIONS.match(name) and re.search('[A-Za-z]{2}', SAME.sub('', CONTENT.sub('', name))):
        yield f'the {role} “{name}” is not translated'
    if IS_CHINESE and role == 'label' and re.search('[\u4e00-\u9fff][,:;] ', name):
        yield f'the {role} “{name}” has a Latin comma'


def problems(session):
    """(True, what is wrong with the objects that show), or None if one went away meanwhile, such as a menu that fades."""
    found = set()
    for node in session.walk():
        try:
            if session.is_shown(node):
                found.update(problems_of(session, node))
        except NotImplementedError:  # no place on the screen: the application itself
            continue
        except GLib.GError:
            return None
    return True, found


def escape():
    """To whatever has the keyboard: a popover has a surface of its own."""
    xdotool('key', 'Escape')
    time.sleep(0.7)


def word(text):
    """What the window says for @text of the source, without the mark of the key."""
    return CATALOGUE.gettext(text).replace('_', '')


def close_dialog(session):
    """By the last close button there is; what a window manager does for windows is done by hand."""
    before = len(titled_windows(session))
    press(session.find_all(BUTTONS, '关闭' if IS_CHINESE else 'Close')[-1])  # GTK's own word
    session.wait(lambda: len(titled_windows(session)) < before, 20, 'closed window')
    session.give_keyboard()


def titled_windows(session):
    """X windows of the program that have a title; popovers have only the program's name."""
    windows = xdotool('search', '--pid', session.process.pid, '--onlyvisible', '--name', '.').split('\n')
    return [window for window in windows if xdotool('getwindowname', window) != pathlib.Path(STUDIO).name]


def fit(session):
    """Other windows than the first get no more room than it has, as on a screen of that size."""
    for window in titled_windows(session):
        geometry = dict(line.split('=') for line in xdotool('getwindowgeometry', '--shell', window).split('\n')
                        if '=' in line)
        size = [min(int(geometry[side]), limit + 2 * session.margin)
                for side, limit in zip(('WIDTH', 'HEIGHT'), SIZE)] if 'WIDTH' in geometry else []
        if window != session.window and size and size != [int(geometry['WIDTH']), int(geometry['HEIGHT'])]:
            xdotool('windowsize', '--sync', window, *size)


def fit_narrow(session, view):
    """Each dialog in a window as narrow as the narrowest screen, with any text."""
    for window in titled_windows(session):
        if window == session.window:
            continue
        xdotool('windowsize', '--sync', window, *(side + 2 * session.margin for side in LEAST))
        time.sleep(1)
        width = int(re.search('WIDTH=([0-9]+)', xdotool('getwindowgeometry', '--shell', window))[1]) - 2 * session.margin
        session.shot(f'every-view-{NAME}-{view}-narrow')
        expect(width <= LEAST[0], f'{view}: a dialog of {width} pixels')


def check(session, view):
    """All that shows, at rest."""
    time.sleep(0.8)
    fit(session)
    time.sleep(0.3)
    session.shot(f'every-view-{NAME}-{view}')
    found = session.wait(lambda: problems(session), 20, f'view “{view}” at rest')[1]
    expect(not found, f'{view}: ' + '\n'.join(sorted(found)))


def expect_contrast(session):
    """The small buttons of the timeline's rows are not dimmed where somebody asked for high contrast."""
    x, y, width, height = session.settled(session.find_all(BUTTONS, word('Lock “%s”').split('%s')[0])[-1])
    contrast = subprocess.run(['convert', session.shot(f'every-view-{NAME}-contrast'), '-crop', f'{width}x{height}+{x}+{y}',
                               '-format', '%[fx:maxima-minima]', 'info:'], check=True, capture_output=True, text=True).stdout
    expect(float(contrast) > 0.6, f'a button with a contrast of {contrast}')


def main_view(session):
    """the window with a video"""
    session.wait(lambda: session.find(('image',)), 60, 'the picture')
    time.sleep(2)
    resize(*SIZE)(session)
    session.keys('F6', 'i', 'shift+Right', 'shift+Right', 'o')
    check(session, 'main')
    if os.environ.get('ADW_DEBUG_HIGH_CONTRAST') == '1':
        expect_contrast(session)


def toggle(*keys):
    """What comes and goes with keys."""
    return lambda session: session.keys(*keys)


def button(name, *keys):
    """What a button opens, which @keys bring where the window is narrow."""
    def open_it(session):
        session.keys(*keys)
        session.click(session.need(BUTTONS, contains=word(name)))
        xdotool('mousemove', '--window', session.window, 5, 5)  # no tip lies over it
    return open_it


def menu_item(name):
    """What the main menu opens."""
    def open_it(session):
        session.keys('F10')
        session.choose(word(name))
    return open_it


def page(name, *, row=None):
    """Of the preferences; and what one of its rows opens."""
    def open_it(session):
        session.keys('ctrl+comma')
        time.sleep(0.7)
        press(session.need(('page tab', 'toggle button', 'radio button'), word(name)))
        if row is not None:
            session.click(session.need(('list item',), contains=word(row)))
            session.give_keyboard(word('Download a Model'))
    return open_it


def through_file(opens, path, *, is_new=False):
    """What comes after @path was chosen in a file dialog that @opens brings up."""
    def open_it(session):
        opens(session)
        session.wait(lambda: len(titled_windows(session)) > 1, 30, 'a file dialog')
        if is_new:
            name_file(path)
        else:
            choose_file(path)
    return open_it


def ask_many(session):
    """Its title, between two buttons, is on several lines rather than cut off where the text is large, and only there."""
    session.keys('ctrl+shift+l')
    title = session.settled(session.need(('label',), word('Ask Many Videos')))
    other = session.settled(session.need(('label',), word('To Begin With')))
    if float(os.environ.get('TEXT_SCALE', '1')) > 1:
        expect(title[3] > 1.5 * other[3], f'a title {title[3]} pixels high beside one of {other[3]}')
    elif not IS_CHINESE:
        expect(title[2] > 6 * other[3], f'a title {title[2]} pixels wide where letters are {other[3]} high')


def side_bar(session):
    """It has lines of some length where the text is large and the window wide."""
    session.keys('F8')
    entry = session.settled(session.need((), contains=word('Find a video')))
    if float(os.environ.get('TEXT_SCALE', '1')) > 1 and SIZE[0] > 1000:
        expect(entry[2] > 280, f'a search of {entry[2]} pixels')


def export(session):
    """Through the menu of formats."""
    session.keys('ctrl+e')
    press(session.need(ITEMS, word('Moments and Captions')))
    press(session.need(ITEMS, 'ActivityNet Captions'))


def resize(width, height):
    """Of the window, without its shadow."""
    def do_it(session):
        margin = 2 * session.margin
        xdotool('windowsize', '--sync', session.window, width + margin, height + margin)
        time.sleep(1)
    return do_it


def expect_smallest(session):
    found = session.settled(session.need(('frame',)))
    expect(found[2] <= LEAST[0] and found[3] <= LEAST[1], f'a window of {found[2]}×{found[3]}')


def smallest(session):
    """The window as small as it is to fit, with any text."""
    resize(*LEAST)(session)
    expect_smallest(session)


def narrow(session):
    """Its title can still be told from another one."""
    smallest(session)
    title = session.settled(session.need(('label',), 'clip 00000.mp4'))
    expect(title[2] > 100, f'a title of {title[2]} pixels')


def beside(key):
    """What a key brings into the smallest window."""
    def open_it(session):
        smallest(session)
        session.keys(key)
        time.sleep(0.7)
        expect_smallest(session)
    return open_it


def low(session):
    """With a tool that has a size of its own, spans are named below the tools: as many as are not cut off."""
    smallest(session)
    session.keys('F6', 'Home', 'shift+Right', 'shift+Right', 'r')
    time.sleep(0.7)
    tools = session.settled(session.need(BUTTONS, contains=word('Size of the Brush')))
    expect(tools[0] + tools[2] < LEAST[0] + session.margin, f'tools that end at {tools[0] + tools[2]}')
    bottom = max(y + height for _, y, _, height in map(session.box, session.find_all(('image',))))
    tags = [session.box(node) for node in session.find_all(('label',)) if node.name in ('class 2', word('Span'))]
    tags = [box for box in tags if box[1] < bottom and box[0] > LEAST[0] / 2]
    expect(tags, 'no span is named')
    shot = session.shot(f'every-view-{NAME}-narrow-brush')
    for x, y, width, height in tags:
        if y + height > bottom:  # GTK tells the place of what does not show, too
            part = f'{width}x{bottom - FOCUS_RING - y}+{x}+{y}'
            brightest = subprocess.run(['convert', shot, '-crop', part, '-format', '%[fx:maxima]', 'info:'], check=True,
                                       capture_output=True, text=True).stdout
            expect(float(brightest) < 0.8, f'a name is cut off at {part}')


def in_smallest(open_it, name):
    """What opens over the smallest window is no wider than it is; @name: of the widest part of it."""
    def do_it(session):
        smallest(session)
        open_it(session)
        found = session.settled(session.need((), contains=word(name)))
        expect(found[2] <= LEAST[0] - 16, f'“{name}” is {found[2]} pixels wide, without its edges')
    return do_it


def out_of_smallest(*keys):
    """What is open closes, and what was brought beside the picture with @keys."""
    def close_it(session):
        escape()
        session.keys(*keys)
        resize(*SIZE)(session)
    return close_it


def aside(key):
    """It goes, and the window is as large as it was."""
    def close_it(session):
        session.keys(key)
        resize(*SIZE)(session)
    return close_it


def close_popover(session):
    escape()


def cancel_dialog(session):
    """The uppermost one, which has "Cancel" instead."""
    xdotool('windowfocus', titled_windows(session)[-1])
    escape()
    xdotool('keyup', 'Escape')


def close_dialog_by_key(session):
    """The only one."""
    cancel_dialog(session)
    session.give_keyboard()
    session.click(session.need(('label',), 'clip 00000.mp4'))  # a press in the window, on its title, makes it the active one


def close_download(session):
    """And the preferences below it, which may lie over the title of the window."""
    cancel_dialog(session)
    close_dialog(session)


LEAST = (360, 294)
FOCUS_RING = 6  # within the picture's edges
SIZE = [int(number) for number in os.environ.get('WINDOW', '1190x770').split('x')]
ITEMS = ('menu item', 'check menu item', *BUTTONS)
OTHER, EMPTY = data_dir() / 'other.tpo', data_dir() / 'empty.tpo'
CAPTIONS = data_dir() / 'clip 00000.vtt'
EXPORTED = data_dir() / 'labels.json'

# Name, how it is opened and closed, and what is in it, as the source has it.
VIEWS = [
    ('label chooser', toggle('c'), close_popover, 'Find or add a label'),
    ('history', toggle('h'), close_dialog, 'Made by hand'),
    ('details', toggle('shift+c'), close_popover, ''),
    ('brush', toggle('r'), toggle('v'), 'Size of the Brush'),
    ('reach', toggle('shift+y'), close_popover, ''),
    ('objects menu', button('What Is Shown with the Objects'), close_popover, 'Pixel _Grid'),
    ('timeline menu', button('What the Timeline Shows'), close_popover, 'Pictures of the Video'),
    ('speed', button('Speed'), close_popover, '1×'),
    ('volume', button('Volume'), close_popover, 'Volume'),
    ('side bar', side_bar, toggle('F8'), 'Find a video'),
    ('review', toggle('ctrl+shift+r'), toggle(), 'Ask Many Videos…'),
    ('review filters', button('Show Only Some'), close_popover, 'Question'),
    ('ask many', ask_many, close_dialog_by_key, 'To Begin With'),
    ('menu', toggle('F8', 'F10'), close_popover, '_Import Labels…'),
    ('export', toggle('ctrl+e'), close_popover, 'Boxes and Masks'),
    ('exported', through_file(export, str(EXPORTED), is_new=True), close_dialog_by_key, 'Exported to %s'),
    ('import', through_file(menu_item('_Import Labels…'), str(CAPTIONS)), close_dialog_by_key, 'Import Labels?'),
    ('comparison', through_file(menu_item('_Compare with Another Project…'), str(OTHER)), close_dialog, 'Agreement'),
    ('table', toggle('F4'), toggle('F4'), 'Search Labels'),
    ('conversation', toggle('ctrl+l'), toggle('F6'), ''),
    ('conversations', button('Conversations', 'ctrl+l'), close_popover, 'New _Conversation'),
    ('conversation menu', button('Conversation Menu', 'ctrl+l'), close_popover, 'Export as _Markdown…'),
    ('templates', button('Question Templates', 'ctrl+l'), close_popover, 'Question Templates'),
    ('new conversation', button('New Conversation', 'ctrl+l'), toggle('F6'), 'Ask About the Video'),
    ('narrow', narrow, resize(*SIZE), ''),
    ('narrow brush', low, toggle('v'), ''),
    ('narrow side bar', beside('F8'), aside('F8'), 'Find a video'),
    ('narrow review', beside('ctrl+shift+r'), aside('F8'), 'Ask Many Videos…'),
    ('narrow conversation', beside('ctrl+l'), aside('F6'), ''),
    ('narrow table', beside('F4'), aside('F4'), 'Show Only Some'),
    ('narrow reach', in_smallest(toggle('shift+y'), 'Within the loop, or to the next correction'), out_of_smallest(), 'For'),
    ('narrow templates', in_smallest(button('Question Templates', 'ctrl+l'), 'Question Templates'), out_of_smallest('F6'),
     '_Save the Question as a Template'),
    ('shortcuts', toggle('ctrl+question'), close_dialog, 'Next Frame'),
    ('help', toggle('F1'), close_dialog, 'Accept or Discard'),
    ('about', menu_item('_About TPO Studio'), close_dialog, 'TPO Studio'),
    ('labels', menu_item('_Labels'), close_dialog, 'Templates'),
    ('preferences', toggle('ctrl+comma'), close_dialog, 'Models on This Computer'),
    ('answers', page('Answers'), close_dialog, 'Vary Answers'),
    ('keys', page('Keys'), close_dialog, '_Reset All'),
    ('you', page('You'), close_dialog, 'Your Name'),
    ('download', page('Models', row='Download a Model…'), close_download, 'SHA-256, if You Know It'),
]


def step(name, open_it, close_it, text):
    """Closes the view also where it has a fault, so that the next one can be seen."""
    def run(session):
        is_dialog = close_it in (close_dialog, close_dialog_by_key, close_download)
        open_it(session)
        if is_dialog:
            session.wait(lambda: len(titled_windows(session)) > 1, 20, 'a window of its own')
        if text:
            session.need((), contains=re.split('[(%]', word(text))[0])  # the key of a menu item is in brackets in Chinese
        try:
            check(session, name.replace(' ', '-'))
            if is_dialog and name != 'about':  # libadwaita's, which shows the program's name in one line
                fit_narrow(session, name.replace(' ', '-'))
        finally:
            close_it(session)

    run.__doc__ = name
    run.__name__ = name.replace(' ', '_')
    return run


ONLY = os.environ.get('ONLY', '').split(',')
STEPS = [main_view, *(step(*view) for view in VIEWS if ONLY == [''] or view[0] in ONLY)]


def scale_text(scale):
    """As the desktop's setting does."""
    subprocess.run(['xrdb', '-merge'], input=f'Xft.dpi: {int(96 * scale)}\n', text=True, check=True)


def make_projects():
    """The one that is used, another to compare it with, one without videos, one that is none, and captions."""
    for project, size in (database(), 24), (OTHER, 16):
        subprocess.run([MAKE_PROJECT, '--videos=4', f'--labels={size}', '--labels-in-first=9', '--predicted=3',
                        '--messages=6', str(project.parent), CLIP], check=True)
        (project.parent / 'labels.tpo').rename(project)
    EMPTY.touch()
    CAPTIONS.write_text('WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n#1\n\n99:00:00.000 --> 99:00:01.000\n#2\n')
    for path in DAMAGED, NO_VIDEO:
        path.write_text('no project\n' * 100)


def no_project(session):
    """a project that is not there"""
    session.need(('label',), contains=word('There Is No Such Project'), seconds=60)
    check(session, 'no-project')


def first_start(session):
    """a new project, which begins with a clip"""
    press(session.need(BUTTONS, contains=word('_Create It Here')))
    session.need(('label',), contains=word('Ask About the Video'), seconds=60)
    session.window = titled_windows(session)[-1]
    resize(*SIZE)(session)
    check(session, 'first-start')


def damaged_project(session):
    """a file that is no project"""
    session.need(('label',), contains=word('This Project Cannot Be Opened'), seconds=60)
    check(session, 'damaged')


def no_video(session):
    """a window without a video, as its file is none, and why"""
    session.need(('label',), contains=word('Open a Video'), seconds=60)
    resize(*SIZE)(session)
    check(session, 'no-video')


def no_videos(session):
    """the list of a project without videos"""
    session.keys('F8')
    session.need(('label',), contains=word('No Videos Yet'), seconds=60)
    check(session, 'no-videos')


MISSING, DAMAGED, NO_VIDEO = data_dir() / 'missing.tpo', data_dir() / 'damaged.tpo', data_dir() / 'damaged.mp4'
OTHER_STARTS = [
    (['--project', str(MISSING)], [no_project, first_start]),
    (['--project', str(DAMAGED)], [damaged_project]),
    (['--project', str(EMPTY), str(NO_VIDEO)], [no_video, no_videos]),
]

scale_text(float(os.environ.get('TEXT_SCALE', '1')))
make_projects()
steps = Steps(len(STEPS) + 1 + sum(len(views) for _, views in OTHER_STARTS))
session = Session(STUDIO, [str(database().parent / 'clip 00000.mp4')], SHOTS)
steps.run(session, STEPS)
steps.quit(session)
for arguments, views in OTHER_STARTS:
    session = Session(STUDIO, arguments, SHOTS)
    steps.run(session, views)
    session.kill()
sys.exit(steps.failed)
