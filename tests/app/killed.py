#!/usr/bin/python3
"""Kills the program while labels are being made, again and again: what it had confirmed must be in the project.

A gesture counts as confirmed when it shows in the window. The project is checked by SQLite's own means each time, and the
next run must show all of it. Usage, under tests/run-headless: killed.py STUDIO CLIP SHOTS
"""

import pathlib
import random
import re
import shutil
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import Failure, Session, data_dir, xdotool  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]
PROJECT = data_dir() / 'tpo-studio' / 'labels.tpo'
N_RUNS = 4
SPAN = ('list item',)


def spans(session):
    """What the timeline shows: (name, range) of each span."""
    return sorted((node.name, node.description) for node in session.find_all(SPAN)
                  if re.search(r'\d – \d', node.description or ''))


def stored():
    """The same, from the project as the next start finds it, log included."""
    with sqlite3.connect(PROJECT) as connection:
        whole = connection.execute('PRAGMA integrity_check').fetchall()
        foreign = connection.execute('PRAGMA foreign_key_check').fetchall()
        n = connection.execute('SELECT count(*) FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id '
                               "WHERE a.kind = 'span' AND NOT r.is_deleted").fetchone()[0]
    if whole != [('ok',)] or foreign:
        raise Failure(f'the project is damaged: {whole} {foreign}')
    return n


def mark(session, n):
    """One gesture: a span of a few frames behind the ones before."""
    session.keys('i', 'period', 'period', 'o')
    session.wait(lambda: len(spans(session)) > n, 60, f'span {n + 1}')


def label_until_killed(session, confirmed):
    """Marks and undoes; the kill comes in the middle of a gesture. Returns what was confirmed before."""
    for _ in range(random.randint(2, 5)):
        mark(session, len(confirmed))
        confirmed = spans(session)
        if random.random() < 0.25:
            session.keys('ctrl+z')
            n = len(confirmed) - 1
            session.wait(lambda n=n: len(spans(session)) == n, 60, 'undo')
            confirmed = spans(session)
    # The next gesture is begun, and perhaps ended, when the program goes.
    for key in ('i', 'period', 'period', 'o'):
        xdotool('key', '--window', session.window, key)
    time.sleep(random.choice((0, 0.01, 0.05, 0.2)))
    session.kill()
    return confirmed


def main():
    seed = random.randrange(1 << 30)
    random.seed(seed)
    print(f'1..{N_RUNS}\n# seed {seed}', flush=True)
    shutil.rmtree(data_dir() / 'tpo-studio', ignore_errors=True)
    confirmed = []
    failed = False
    for number in range(1, N_RUNS + 1):
        session = Session(STUDIO, ['--model', '/nonexistent/model.gguf', CLIP], SHOTS)
        try:
            session.need(('image',), contains='Video', seconds=60)
            session.wait(lambda: len(spans(session)) >= len(confirmed), 60, f'the {len(confirmed)} spans of before')
            lost = [span for span in confirmed if span not in spans(session)]
            if lost:
                raise Failure(f'gone after the kill: {lost}')
            confirmed = label_until_killed(session, spans(session))
            n = stored()
            # The gesture under way may have got through.
            if n not in (len(confirmed), len(confirmed) + 1):
                raise Failure(f'{len(confirmed)} spans were confirmed, {n} are stored')
            print(f'ok {number} - {len(confirmed)} confirmed spans outlive the program', flush=True)
        except Failure as problem:
            failed = True
            session.shot(f'killed-{number}')
            print(f'not ok {number} - run\n# {problem}', flush=True)
        finally:
            session.kill()
    sys.exit(failed)


main()
