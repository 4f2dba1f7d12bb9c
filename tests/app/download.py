#!/usr/bin/python3
"""A model is downloaded in a real window, from a server on this computer: what is there is told first, it is paused, the
program ends and starts again, it goes on with the rest, and the model can be chosen; what goes wrong is said in words. Then the
same on the command line.

Usage, under tests/run-headless: download.py STUDIO TPO MODEL CLIP SHOTS
"""

import hashlib
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from download_dialog import fill, look, open_dialog, open_preferences, other_model, said, wait_for  # noqa: E402
from file_server import FileServer  # noqa: E402
from preferences import choices, close_preferences  # noqa: E402
from session import BUTTONS, Session, Steps, button, data_dir, expect, press  # noqa: E402

STUDIO, TPO, MODEL, CLIP, SHOTS = sys.argv[1:]
MODELS = data_dir() / 'tpo-studio' / 'models'
PART = MODELS / 'second.gguf.part'


SERVER = FileServer(other_model(MODEL))
CHECKSUM = hashlib.sha256(SERVER.content).hexdigest()


# ---- the window ----

def beside(session, node, name):
    """The button with @name in the same dialog as @node."""
    while node is not None:
        for found in session.walk(node):
            if found.getRoleName() in BUTTONS and name in found.name:
                return found
        node = node.parent
    return None


def refuse(session):
    """Addresses of nothing, of no model, and of what is there already are refused in words."""
    open_preferences(session)
    open_dialog(session)
    look(session, 'http://example.org/model.gguf')
    wait_for(session, 'begins with “https://”')
    look(session, SERVER.address('nothing'))
    wait_for(session, 'has no file at this address')
    SERVER.content, content = b'<html>', SERVER.content
    look(session, SERVER.address('page.gguf'))
    wait_for(session, 'not a GGUF model file')
    SERVER.content = pathlib.Path(MODEL).read_bytes()
    look(session, SERVER.address('same.gguf'))
    wait_for(session, 'is in the list already')
    SERVER.content = content
    session.shot('download-01-refused')


def offer(session):
    """What is at the address is told before anything is fetched: size, room, and whether it fits."""
    look(session, SERVER.address('second.gguf'))
    wait_for(session, 'that are free')
    wait_for(session, 'million parameters')
    session.shot('download-02-offer')
    expect(not MODELS.exists() or not any(MODELS.iterdir()), 'something was fetched')
    expect(SERVER.ranges[-1] == 'bytes=0-1048575', f'{SERVER.ranges[-1]} was asked for')
    fill(session, 'SHA-256, if You Know It', '12')
    expect(not button(session, 'Download').getState().contains(pyatspi.STATE_SENSITIVE), 'a checksum of two digits is taken')
    fill(session, 'SHA-256, if You Know It', CHECKSUM.upper())


def pause(session):
    """The download is paused in the middle, and what came stays."""
    SERVER.pause.set()
    press(button(session, 'Download'))
    session.wait(lambda: PART.exists() and PART.stat().st_size >= len(SERVER.content) // 2, 30, 'half of the file')
    session.shot('download-03-running')
    press(button(session, 'Pause the Download'))
    wait_for(session, 'Paused')
    session.shot('download-04-paused')
    close_preferences(session)


def resume(session):
    """After a restart it waits for the user, and goes on with the rest."""
    before, size = len(SERVER.ranges), PART.stat().st_size
    open_preferences(session)
    wait_for(session, 'Paused')
    expect(len(SERVER.ranges) == before, 'it went on by itself')
    session.shot('download-05-restarted')
    SERVER.pause.clear()
    press(button(session, 'Go On with the Download'))
    wait_for(session, 'Model Downloaded: ', 60)
    wait_for(session, f'Its SHA-256 is {CHECKSUM}')
    expect(SERVER.ranges[before:] == [f'bytes={size}-'], f'{SERVER.ranges[before:]} was asked for')
    expect((MODELS / 'second.gguf').read_bytes() == SERVER.content, 'the file is another one')
    expect([path.name for path in MODELS.iterdir()] == ['second.gguf'], 'more than the model is there')
    session.wait(lambda: len(choices(session)) == 2, 30, 'a second model in the list')
    session.shot('download-06-finished')
    press(button(session, 'Remove from the List'))
    session.wait(lambda: said(session, 'Its SHA-256') is None, 20, 'end of the row')


def wrong(session):
    """A file with another checksum is removed, and said to be wrong; cancelling one leaves nothing."""
    SERVER.content = SERVER.content + b'\0'
    open_dialog(session)
    look(session, SERVER.address('third.gguf'))
    wait_for(session, 'that are free')
    fill(session, 'SHA-256, if You Know It', CHECKSUM)
    press(button(session, 'Download'))
    wait_for(session, 'is not the file that was wanted', 60)
    session.shot('download-07-wrong')
    press(button(session, 'Cancel the Download'))
    question = session.need(('label',), 'Cancel the Download?')
    session.shot('download-08-cancel')
    press(beside(session, question, 'Cancel the Download'))
    session.wait(lambda: said(session, 'is not the file that was wanted') is None, 20, 'end of the row')
    expect([path.name for path in MODELS.iterdir()] == ['second.gguf'], 'something is left')
    close_preferences(session)


FIRST_RUN = [refuse, offer, pause]
SECOND_RUN = [resume, wrong]


# ---- the command line ----

def tpo(*arguments):
    return subprocess.run([TPO, 'download', *arguments], capture_output=True, text=True, check=False, timeout=60)


def command_line():
    """The command line fetches, goes on after Ctrl+C, and says what is wrong."""
    output = data_dir() / 'given.gguf'
    part = output.with_suffix('.gguf.part')
    SERVER.content = other_model(MODEL)
    SERVER.pause.set()
    process = subprocess.Popen([TPO, 'download', SERVER.address('x.gguf'), '--output', str(output)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size >= len(SERVER.content) // 2) and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    expect(process.returncode == 1 and 'goes on from here' in err, err)
    expect('device memory' in out, out)
    size = part.stat().st_size
    SERVER.pause.clear()
    result = tpo(SERVER.address('x.gguf'), '--output', str(output), '--sha256', CHECKSUM)
    expect(result.returncode == 0 and f'SHA-256 {CHECKSUM}, as wanted' in result.stdout, result.stderr)
    expect(SERVER.ranges[-1] == f'bytes={size}-', f'{SERVER.ranges[-1]} was asked for')
    expect(output.read_bytes() == SERVER.content and not part.exists(), 'the file is another one')
    result = tpo(SERVER.address('nothing'))
    expect(result.returncode == 1 and 'no file at this address' in result.stderr, result.stderr)
    result = tpo(SERVER.address('y.gguf'), '--sha256', '12')
    expect(result.returncode == 2, result.stderr)


def run(steps, functions):
    session = Session(STUDIO, [CLIP], SHOTS)
    steps.run(session, functions)
    steps.quit(session)


def main():
    shutil.rmtree(data_dir() / 'tpo-studio', ignore_errors=True)
    data_dir().mkdir(parents=True, exist_ok=True)
    steps = Steps(len(FIRST_RUN) + len(SECOND_RUN) + 3)
    run(steps, FIRST_RUN)
    run(steps, SECOND_RUN)
    try:
        command_line()
        steps.result(True, command_line.__doc__)
    except Exception as problem:
        steps.result(False, command_line.__doc__, str(problem))
    sys.exit(steps.failed)


main()
