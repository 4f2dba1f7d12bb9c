"""Drives the program in a real window as a person would: the widget tree through AT-SPI, pointer and keys through
xdotool. To be run under tests/run-headless.
"""

import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import traceback

import pyatspi

BUTTONS = ('push button', 'button', 'toggle button')
TEXTS = ('text', 'entry')
PATIENCE = 3  # other tests run at the same time
# Less than a second otherwise, after which an action that took longer would count as failed, though it was done.
pyatspi.setTimeout(60000, 60000)

# What GLib and the libraries on it write where something was called that makes no sense.
COMPLAINT = re.compile(r'-(WARNING|CRITICAL) \*\*')
# There is no desktop to notify; and libadwaita 1.2 takes a reference of its view switcher's back twice where a tab was pressed
# before its window closes, in a program of nothing else, too.
EXPECTED = re.compile(r'org\.freedesktop\.Notifications|g_object_weak_unref: couldn.t find weak ref')


def xdotool(*args):
    result = subprocess.run(['xdotool', *map(str, args)], capture_output=True, text=True, check=False)
    return result.stdout.strip()


class Failure(Exception):
    """What a person would complain about."""


class Session:
    """One run of the program."""

    def __init__(self, program, arguments, shots, environment=None):
        self.shots = pathlib.Path(shots)
        self.shots.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen([program, *arguments], env=environment, stderr=subprocess.PIPE)
        self.complaints = []
        threading.Thread(target=self._listen, daemon=True).start()
        self.app = self.wait(self._find_app, 60, 'the program in the accessibility tree')
        self.window = self.wait(lambda: xdotool('search', '--pid', self.process.pid, '--onlyvisible',
                                                '--name', '.').split('\n')[0],
                                30, 'a window')
        xdotool('mousemove', '--window', self.window, 300, 300)
        self.margin = self._margin()

    def _listen(self):
        """Passes on what the program says to standard error, and keeps what nobody expects there."""
        for line in self.process.stderr:
            text = line.decode(errors='replace')
            sys.stderr.write(text)
            sys.stderr.flush()
            if COMPLAINT.search(text) and not EXPECTED.search(text):
                self.complaints.append(text.strip())

    def _find_app(self):
        for app in pyatspi.Registry.getDesktop(0):
            try:
                if app is not None and app.get_process_id() == self.process.pid:
                    return app
            except Exception:  # an application that is going away
                continue
        return None

    def _margin(self):
        """Width of the shadow that the X window has around what AT-SPI measures."""
        geometry = dict(line.split('=') for line in
                        xdotool('getwindowgeometry', '--shell', self.window).split('\n') if '=' in line)
        frame = next(node for node in self.walk() if node.getRoleName() == 'frame')
        extents = frame.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        return (int(geometry['WIDTH']) - extents.width) // 2

    def wait(self, condition, seconds, what):
        """Polls until @condition gives something true; @seconds would be ample on an idle machine."""
        seconds *= PATIENCE
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failure(f'the program ended with {self.process.returncode} before {what}')
            found = condition()
            if found:
                return found
            time.sleep(0.1)
        raise Failure(f'no {what} within {seconds} s')

    def walk(self, node=None):
        """All accessible objects."""
        node = node or self.app
        yield node
        try:
            children = [node.getChildAtIndex(i) for i in range(node.childCount)]
        except Exception:
            return
        for child in children:
            if child is not None:
                yield from self.walk(child)

    def is_shown(self, node):
        """GTK 4.8 says "showing" of windows only; what is hidden has no size."""
        extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        return extents.width > 0 and extents.height > 0

    def find(self, roles, name=None, contains=None):
        """First showing object of one of @roles whose name fits, or None."""
        for node in self.walk():
            try:
                if roles and node.getRoleName() not in roles:
                    continue
                if name is not None and node.name != name:
                    continue
                if contains is not None and contains not in node.name:
                    continue
                if self.is_shown(node):
                    return node
            except Exception:
                continue
        return None

    def find_all(self, roles, contains=''):
        found = []
        for node in self.walk():
            try:
                if node.getRoleName() in roles and contains in (node.name or '') and self.is_shown(node):
                    found.append(node)
            except Exception:
                continue
        return found

    def need(self, roles, name=None, contains=None, seconds=20):
        return self.wait(lambda: self.find(roles, name, contains), seconds,
                         f'{"/".join(roles)} “{name or contains}”')

    def box(self, node):
        extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        return extents.x + self.margin, extents.y + self.margin, extents.width, extents.height

    def settled(self, node):
        """Where @node is once it no longer moves: rows unfold, popovers grow."""
        def is_still():
            before = self.box(node)
            time.sleep(0.25)
            return before == self.box(node) and before[2] > 0 and before[3] > 0 and before

        return self.wait(is_still, 20, f'“{node.name}” at rest')

    def click(self, node, button=1):
        x, y, width, height = self.settled(node)
        self.click_at(x + width // 2, y + height // 2, button)

    def click_at(self, x, y, button=1):
        xdotool('mousemove', '--window', self.window, x, y)
        time.sleep(0.15)
        xdotool('click', button)
        time.sleep(0.4)

    def give_keyboard(self, title=None):
        """To the program's window of that title, or to its first one, as a window manager would once another opens or
        closes."""
        window = self.window
        if title is not None:
            window = self.wait(lambda: xdotool('search', '--pid', self.process.pid, '--onlyvisible', '--name',
                                               f'^{title}$').split('\n')[-1], 20, f'window “{title}”')
        time.sleep(0.5)
        xdotool('windowfocus', window)
        time.sleep(0.5)

    def leave_message(self):
        """The one that came last goes with Escape; it has no title to be found by."""
        windows = xdotool('search', '--pid', self.process.pid, '--onlyvisible', '--name', '.*').split('\n')
        xdotool('windowfocus', windows[-1])
        time.sleep(0.3)
        xdotool('key', 'Escape')
        xdotool('keyup', 'Escape')
        time.sleep(0.7)

    def drag(self, x0, y0, x1, y1):
        """With steps in between, as a hand does."""
        xdotool('mousemove', '--window', self.window, x0, y0)
        time.sleep(0.15)
        xdotool('mousedown', 1)
        for i in range(1, 11):
            xdotool('mousemove', '--window', self.window,
                    round(x0 + (x1 - x0) * i / 10), round(y0 + (y1 - y0) * i / 10))
            time.sleep(0.03)
        time.sleep(0.1)
        xdotool('mouseup', 1)
        time.sleep(0.5)

    def keys(self, *names):
        """Presses keys one after the other."""
        for name in names:
            xdotool('key', '--window', self.window, name)
            # A key that closes the window it was pressed in is released nowhere: the X server goes on repeating it
            # into whatever is opened next, and does not report that it is pressed again.
            xdotool('keyup', name)
            time.sleep(0.15)

    def is_focused(self, node):
        """Whether @node, or something in it, has the keyboard."""
        return any(each.getState().contains(pyatspi.STATE_FOCUSED) for each in self.walk(node))

    def tab_to(self, roles, name, key='Tab'):
        """Presses @key until the object of one of @roles and of that name has the keyboard."""
        for _ in range(30):
            node = self.find(roles, name)
            if node is not None and self.is_focused(node):
                return
            self.keys(key)
        raise Failure(f'{key} does not reach “{name}”')

    def choose(self, name):
        """Chooses an item of the menu that has the keyboard. An item activated through the accessibility tree instead
        leaves the menu's hold on the pointer, which takes the next click."""
        self.need(('menu item',), name)
        self.tab_to(('menu item',), name, 'Down')
        self.keys('Return')
        self.wait(lambda: self.find(('menu item',), name) is None, 20, 'closed menu')

    def type(self, text):
        xdotool('type', '--window', self.window, '--delay', '15', text)
        time.sleep(0.3)

    def ask(self, question, seconds=240):
        """Types a question and waits for the end of the answer. Returns the chips shown afterwards."""
        entry = self.need(TEXTS, 'Question')
        self.wait(lambda: self.find(BUTTONS, 'Stop') is None, seconds, 'end of the work before')
        self.click(entry)
        self.type(question)
        self.keys('Return')
        self.wait(lambda: self.find(('label',), contains=question), 20, f'question “{question}”')
        self.wait(lambda: self.find(BUTTONS, 'Stop') is None, seconds, f'answer to “{question}”')
        time.sleep(0.5)

    def shot(self, name):
        path = self.shots / f'{name}.png'
        subprocess.run(['import', '-window', 'root', str(path)], check=False)
        return path

    def quit(self):
        # A message may lie above the window; it goes with Escape.
        xdotool('key', 'Escape')
        time.sleep(0.7)
        xdotool('mousemove', '--window', self.window, 300, 300)
        self.keys('ctrl+q')
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            raise Failure('the program does not end') from None
        if self.process.returncode != 0:
            raise Failure(f'the program ended with {self.process.returncode}')
        expect(not self.complaints, '\n'.join(self.complaints))

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Steps:
    """Runs steps, functions with a sentence for a name, and prints TAP; what was wrong goes to standard error, which is
    what is shown of a test that failed."""

    def __init__(self, n_steps):
        self.number, self.failed = 0, False
        print(f'1..{n_steps}', flush=True)

    def result(self, passed, name, problem=None):
        self.number += 1
        self.failed = self.failed or not passed
        print(f"{'ok' if passed else 'not ok'} {self.number} - {name}", flush=True)
        if problem is not None:
            print(f'{name}: {problem}', file=sys.stderr, flush=True)

    def run(self, session, steps, needs_all=False):
        """@needs_all: each step goes on where the one before ended, so that one that fails leaves nothing to try."""
        for step in steps:
            if needs_all and self.failed:
                self.result(False, step.__doc__, 'a step before it failed')
                continue
            try:
                step(session)
                self.result(True, step.__doc__)
            except Exception as problem:  # a step that fails must not hide the others
                session.shot(f'failed-{step.__name__}')
                self.result(False, step.__doc__, str(problem) if isinstance(problem, Failure)
                            else traceback.format_exc())

    def quit(self, session):
        try:
            session.quit()
            self.result(True, 'the program ends')
        except Failure as problem:
            self.result(False, 'the program ends', str(problem))
        finally:
            session.kill()


def button(session, name):
    """The last shown button of that name, which GTK 4.8 says twice where the button has a mnemonic."""
    def find():
        found = [node for node in session.find_all(BUTTONS, name) if node.name in (name, f'{name} {name}')]
        return found[-1] if found else None

    return session.wait(find, 20, f'button “{name}”')


def press(node):
    """By its action, as a screen reader does; where its place in the first window is not known, too."""
    node.queryAction().doAction(0)
    time.sleep(0.4)


def computing(session):
    """Seconds of processor time that the program had."""
    fields = pathlib.Path(f'/proc/{session.process.pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def rest(session, seconds=120):
    """Waits until the program has nothing left to do. Returns: whether it came to that"""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = computing(session)
        time.sleep(0.5)
        if computing(session) - before <= 0.03:
            return True
    return False


def choose_file(path):
    """In the dialog that is up. Without a window manager the keyboard belongs to the window under the pointer."""
    xdotool('mousemove', 300, 150)
    time.sleep(1)
    xdotool('key', 'ctrl+l')
    xdotool('type', '--delay', '15', str(path))
    time.sleep(1)
    xdotool('key', 'Return')
    time.sleep(0.5)


def choose_folder(session, path):
    """In the dialog that comes up: a folder is gone to first, then chosen."""
    session.need(BUTTONS, contains='Select', seconds=30)
    choose_file(path)
    time.sleep(2)
    button = session.find(BUTTONS, 'Select')
    if button is not None:
        press(button)


def name_file(path):
    """Instead of the name that the dialog to save in proposes; as for choose_file()."""
    xdotool('mousemove', 300, 150)
    time.sleep(1)
    xdotool('key', 'ctrl+a')
    xdotool('type', '--delay', '15', str(path))
    time.sleep(0.5)
    xdotool('key', 'Return')


def save_as(session, target):
    """In the file dialog that comes up."""
    target.unlink(missing_ok=True)
    session.need(BUTTONS, contains='Save', seconds=30)
    name_file(target)
    session.wait(target.exists, 30, f'{target}')
    time.sleep(0.5)
    xdotool('windowfocus', session.window)  # as a window manager would


def expect(condition, complaint):
    if not condition:
        raise Failure(complaint)


def data_dir():
    return pathlib.Path(os.environ['XDG_DATA_HOME'])


def database():
    return data_dir() / 'tpo-studio' / 'labels.tpo'


def rows(sql, project=None):
    """What a query finds in a project, the usual one if none is named."""
    with sqlite3.connect(f'file:{project or database()}?mode=ro', uri=True) as connection:
        return connection.execute(sql).fetchall()


def decode_mask(mask, width, height):
    """Compressed COCO runs as columns of bytes."""
    counts, value, shift = [], 0, 0
    for byte in mask:
        value |= (byte - 48 & 31) << shift
        shift += 5
        if not byte - 48 & 32:
            if byte - 48 & 16:
                value -= 1 << shift
            counts.append(value + (counts[-2] if len(counts) > 2 else 0))
            value, shift = 0, 0
    expect(sum(counts) == width * height, f'runs of {sum(counts)} pixels')
    flat = b''.join(bytes([i % 2]) * count for i, count in enumerate(counts))
    return [flat[x * height:(x + 1) * height] for x in range(width)]


def differing(session, name):
    """How many pixels of the window are others than on the screenshot @name."""
    now = session.shot(f'{name}-now')
    result = subprocess.run(['compare', '-metric', 'AE', '-fuzz', '3%', str(session.shots / f'{name}.png'), str(now),
                             'null:'], capture_output=True, text=True, check=False)
    return float(result.stderr.split()[0])
