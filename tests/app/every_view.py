#!/usr/bin/python3
"""Walks through every view of the program in one language, colour scheme and size of text: each object that takes the
keyboard has a name, nothing is left untranslated, and no view is cut off in the smallest window. No model takes part.

Usage, under tests/run-headless: every_view.py STUDIO CLIP SHOTS NAME
LANGUAGE, ADW_DEBUG_COLOR_SCHEME and ADW_DEBUG_HIGH_CONTRAST of the environment say how, TEXT_SCALE, 2 for 200 %, and WINDOW, its
size, such as 360x294; SCREEN of run-headless must have room for it. SHOTS gets a picture of each view.
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

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import BUTTONS, TEXTS, Session, Steps, expect, press, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS, NAME = sys.argv[1:]
IS_CHINESE = os.environ.get('LANGUAGE', '').startswith('zh')
CATALOGUE = gettext.translation('tpo-studio', pathlib.Path(STUDIO).absolute().parents[2] / 'po', ['zh_CN']) if IS_CHINESE \
    else gettext.NullTranslations()

# What a person reaches with Tab and acts upon. Panes and lists are reached, too; they only hold such.
INTERACTIVE = {'push button', 'toggle button', 'button', 'check box', 'radio button', 'switch', 'combo box', 'entry',
               'text', 'spin button', 'slider', 'menu item', 'list item', 'table cell', 'link', 'tree item'}
# GTK names what has no name after its class.
CLASS_NAME = re.compile(r'^(Gtk|Adw|Tpo)[A-Z]\w+$')
# Names of keys, products and formats, times and sizes are the same in all languages.
SAME = re.compile(r'TPO( (Studio|nano|Instruct))?|morning\.mp4|GGUF|Hugging Face|VideoChat-TPO|Top P|Orca|Vulkan|'
                  r'LLaVA|COCO|CocoVID|YouTube-VIS|Ref-YouTube-VOS|DAVIS|MeViS|SA-V|MOTChallenge|LaSOT|GOT-10k|CVAT|'
                  r'Label Studio|ActivityNet|Charades-STA|QVHighlights|RefCOCO|WebVTT|ELAN|VideoChat2-IT|WebDataset|'
                  r'llvmpipe|LLVM|[MGk]?B\b|\b[A-Z]\b|A–B|F\d+|Ctrl|Shift|Alt|Esc(ape)?|Backspace|Delete|Home|End|Page (Up|Down)|'
                  r'https?://\S+|tpo-\w+\.gguf|v?\d[\w.]*|f16|q[48]_0|px|ms|fps|JSON|Markdown')
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
            and not QUESTIONS.match(name) and re.search('[A-Za-z]{2}', SAME.sub('', name)):
        yield f'the {role} “{name}” is not translated'


def escape():
    """To whatever has the keyboard: a popover has a surface of its own."""
    xdotool('key', 'Escape')
    time.sleep(0.7)


def word(text):
    """What the window says for @text of the source, without the mark of the key."""
    return CATALOGUE.gettext(text).replace('_', '') if text else ''  # the catalogue's own head is under ""


def close_dialog(session):
    """By the last close button there is; what a window manager does for windows is done by hand."""
    press(session.find_all(BUTTONS, '关闭' if IS_CHINESE else 'Close')[-1])  # GTK's own word
    time.sleep(0.7)
    session.give_keyboard()


def check(session, view):
    """All that shows, at rest."""
    time.sleep(0.8)
    session.shot(f'every-view-{NAME}-{view}')
    found = []
    for node in session.walk():
        try:
            if session.is_shown(node):
                found += problems_of(session, node)
        except NotImplementedError:  # no place on the screen: the application itself
            continue
    expect(not found, f'{view}: ' + '\n'.join(sorted(set(found))))


def main_view(session):
    """the window with a video"""
    session.wait(lambda: session.find(('image',)), 60, 'the picture')
    time.sleep(2)
    resize(*SIZE)(session)
    session.keys('F6', 'i', 'shift+Right', 'shift+Right', 'o')
    check(session, 'main')


def toggle(*keys):
    """What comes and goes with keys."""
    return lambda session: session.keys(*keys)


def button(name):
    """What a button opens."""
    return lambda session: session.click(session.need(BUTTONS, contains=word(name)))


def menu_item(name):
    """What the main menu opens."""
    def open_it(session):
        session.click(session.need(BUTTONS, word('Main Menu')))
        press(session.need(('menu item',), word(name)))
    return open_it


def page(name):
    """Of the preferences."""
    def open_it(session):
        session.keys('ctrl+comma')
        time.sleep(0.7)
        press(session.need(('page tab', 'toggle button', 'radio button'), word(name)))
    return open_it


def resize(width, height):
    """Of the window, without its shadow."""
    def do_it(session):
        margin = 2 * session.margin
        xdotool('windowsize', '--sync', session.window, width + margin, height + margin)
        time.sleep(1)
    return do_it


def close_popover(session):
    escape()


SIZE = [int(number) for number in os.environ.get('WINDOW', '1190x770').split('x')]

# Name, how it is opened and closed, and what is in it, as the source has it.
VIEWS = [
    ('label chooser', toggle('c'), close_popover, 'Find or add a label'),
    ('history', toggle('h'), close_dialog, 'Made by hand'),
    ('brush', toggle('r'), toggle('v'), 'Size of the Brush'),
    ('objects menu', button('What Is Shown with the Objects'), close_popover, 'Pixel _Grid'),
    ('timeline menu', button('What the Timeline Shows'), close_popover, 'Pictures of the Video'),
    ('speed', button('Speed'), close_popover, '1×'),
    ('volume', button('Volume'), close_popover, 'Volume'),
    ('side bar', toggle('F8'), toggle('F8'), 'Find a video'),
    ('review', toggle('ctrl+shift+r'), toggle('F8'), 'Nothing to Review'),
    ('menu', toggle('F10'), close_popover, '_Import Labels…'),
    ('export', toggle('ctrl+e'), close_popover, 'Boxes and Masks'),
    ('table', toggle('F4'), toggle('F4'), 'Search Labels'),
    ('conversation', toggle('ctrl+l'), toggle('F6'), 'Ask About the Video'),
    ('templates', button('Question Templates'), close_popover, 'Question Templates'),
    ('narrow', resize(360, 294), resize(*SIZE), ''),
    ('shortcuts', toggle('ctrl+question'), close_dialog, 'GtkShortcutsWindow'),
    ('labels', menu_item('_Labels'), close_dialog, 'Templates'),
    ('preferences', toggle('ctrl+comma'), close_dialog, 'Models on This Computer'),
    ('answers', page('Answers'), close_dialog, 'Vary Answers'),
    ('you', page('You'), close_dialog, 'Your name, stored with each correction'),
]


def step(name, open_it, close_it, text):
    """Closes the view also where it has a fault, so that the next one can be seen."""
    def run(session):
        open_it(session)
        session.need((), contains=word(text).split('(')[0])  # the key of a menu item is in brackets in Chinese
        try:
            check(session, name.replace(' ', '-'))
        finally:
            close_it(session)

    run.__doc__ = name
    run.__name__ = name.replace(' ', '_')
    return run


STEPS = [main_view, *(step(*view) for view in VIEWS)]


def scale_text(scale):
    """As the desktop's setting does."""
    subprocess.run(['xrdb', '-merge'], input=f'Xft.dpi: {int(96 * scale)}\n', text=True, check=True)


scale_text(float(os.environ.get('TEXT_SCALE', '1')))
steps = Steps(len(STEPS) + 1)
session = Session(STUDIO, [CLIP], SHOTS)
steps.run(session, STEPS)
steps.quit(session)
sys.exit(steps.failed)
