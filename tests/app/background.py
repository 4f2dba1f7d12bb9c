#!/usr/bin/python3
"""Questions to many videos in a real window, as they run: paused, gone on with, cancelled; a person's own question goes before
them; one whose video has gone is tried again once it is back; and who looks elsewhere is told when all are through. The
bundled model answers.

Usage, under tests/run-headless: background.py STUDIO TPO CLIPS SHOTS
"""

import pathlib
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from questions import ask_all, count, make_project  # noqa: E402
from session import Session, Steps, button, database, expect, press, rows  # noqa: E402

STUDIO, TPO, CLIPS, SHOTS = sys.argv[1:]
FOLDER = pathlib.Path(tempfile.mkdtemp())
N_COPIES = 3
GONE = FOLDER / 'morning-0.mp4'
ELSEWHERE = FOLDER / 'elsewhere'
QUESTION, OWN = 'When does the car move?', 'Where is the house?'
N_ASKED = f"(SELECT count(*) FROM message WHERE role = 'user' AND text = '{QUESTION}')"
PROBLEM = ('alert', 'notification')


def make_videos():
    """Copies of the clips that differ by a box of no meaning at the end, so that each is a video of its own."""
    for clip in pathlib.Path(CLIPS).glob('*.mp4'):
        for number in range(N_COPIES):
            (FOLDER / f'{clip.stem}-{number}.mp4').write_bytes(clip.read_bytes() + b'\0\0\0\x0cfree' + bytes([number] * 4))


def states():
    """{state: number of videos} of all questions."""
    return dict(rows('SELECT state, count(*) FROM question_run GROUP BY state'))


def n_videos():
    return 3 * N_COPIES


def is_still(session):
    """Whether nothing runs, now and a while later."""
    before = states()
    time.sleep(1.5)
    return 'running' not in before and states() == before and before


def pause(session):
    """Pause ends what is asked now, and nothing goes on."""
    ask_all(session, QUESTION, n_videos(), 'background-01-ask')
    press(button(session, 'Pause'))
    session.need(('label',), 'Paused')
    stopped = session.wait(lambda: is_still(session), 60, f'stillness; there is {states()}')
    expect(stopped.get('waiting', 0) > 0, f'too late to prove anything: {stopped}')
    session.shot('background-02-paused')


def go_on(session):
    """It goes on where it was: no video is asked twice."""
    before = states().get('done', 0)
    press(button(session, 'Go On'))
    session.wait(lambda: states().get('done', 0) > before, 120, 'another answer')
    expect(count(f"SELECT {N_ASKED} = (SELECT count(*) FROM question_run WHERE state = 'done')"), 'an answer without its run')


def fail(session):
    """A video that has gone does not stop the others, and a sentence says so."""
    session.wait(lambda: states().get('failed') == 1, 120, f'a failure; there is {states()}')
    session.need(PROBLEM, contains='1 video could not be asked: ' + GONE.name)


def try_again(session):
    """The video is back: it is asked, too, and the sentence goes."""
    (ELSEWHERE / GONE.name).rename(GONE)
    press(button(session, 'Try Again'))
    session.wait(lambda: 'failed' not in states(), 20, f'no failure; there is {states()}')
    session.wait(lambda: session.find(PROBLEM, contains='could not be asked') is None, 20, 'end of the sentence')
    session.wait(lambda: states() == {'done': n_videos()}, 240, f'all answers; there is {states()}')
    expect(count(f'SELECT {N_ASKED}') == n_videos(), 'a video was asked twice')


def is_told(session):
    """Who looks elsewhere is told that all are through."""
    session.need(('label',), 'All videos have been asked')
    session.shot('background-04-through')


def is_under_way():
    """Whether a question that takes long goes on, and most of its videos still wait."""
    return states().get('running') == 1 and states().get('waiting', 0) > n_videos() // 2


def ask_between(session):
    """A person's own question is answered before those of many videos, which then go on by themselves."""
    session.give_keyboard()
    ask_all(session, 'Track the car.', n_videos(), 'background-05-ask')
    session.wait(is_under_way, 20, f'a run; there is {states()}')
    session.give_keyboard()
    session.ask(OWN)
    expect(count(f"SELECT state = 'complete' FROM message WHERE id = (SELECT 1 + max(id) FROM message WHERE text = '{OWN}')"),
           'it was not answered at once')
    session.shot('background-06-between')
    session.wait(is_under_way, 20, f'another run; there is {states()}')


def cancel(session):
    """Meanwhile another question is put to all; Cancel forgets what waits of both. Answers stay, and no end is told."""
    ask_all(session, 'Where is the tree?', n_videos(), 'background-07-another')
    expect(is_under_way(), f'too late to prove anything: {states()}')
    before = count("SELECT count(*) FROM message WHERE role = 'assistant'")
    press(button(session, 'Cancel'))
    session.wait(lambda: set(states()) == {'done'}, 60, f'nothing that waits; there is {states()}')
    expect(count("SELECT count(*) FROM message WHERE role = 'assistant'") >= before, 'an answer has gone')
    expect(rows('PRAGMA integrity_check') == [('ok',)], 'the project is damaged')
    session.shot('background-08-cancelled')
    session.give_keyboard()


STEPS = [pause, go_on, fail, try_again, is_told, ask_between, cancel]


def main():
    make_videos()
    make_project(TPO, database(), FOLDER, 1, 3)
    ELSEWHERE.mkdir()
    GONE.rename(ELSEWHERE / GONE.name)
    steps = Steps(len(STEPS) + 1)
    session = Session(STUDIO, [str(FOLDER / 'pond-0.mp4')], SHOTS)
    steps.run(session, STEPS)
    steps.quit(session)
    shutil.rmtree(FOLDER)
    sys.exit(steps.failed)


main()
