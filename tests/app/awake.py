#!/usr/bin/python3
"""The computer does not fall asleep while the model works, in a real window with a session manager of the test's own.

Usage, under tests/run-headless: awake.py STUDIO MODEL CLIP SHOTS
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import Session, Steps, expect  # noqa: E402
from session_manager import SessionManager  # noqa: E402

STUDIO, MODEL, CLIP, SHOTS = sys.argv[1:]
SUSPEND = 4
MANAGER = SessionManager()


def works(session):
    """A question keeps the computer awake, with a reason in words; when it is answered, the wish is withdrawn."""
    session.need(('image',), contains='Video', seconds=60)
    session.wait(lambda: not MANAGER.wishes, 120, 'the model, open and at rest')
    before = MANAGER.n_asked
    session.ask('When does the car move?')
    expect(MANAGER.n_asked > before, 'nothing was asked of the session manager')
    session.wait(lambda: not MANAGER.wishes, 60, 'rest after the answer')


def ends(session):
    """While it works the wish stands once, for suspending only; the program's end takes it along."""
    session.ask('Where is the car?')
    wishes = list(MANAGER.wishes.values())
    expect(len(wishes) == 1 and wishes[0][1:] == ('The model is working on a video', SUSPEND), f'asked for: {wishes}')


def main():
    steps = Steps(4)
    session = Session(STUDIO, ['--model', MODEL, CLIP], SHOTS)
    steps.run(session, [works, ends])
    steps.quit(session)
    steps.result(not MANAGER.wishes, 'no wish outlives the program')
    sys.exit(steps.failed)


main()
