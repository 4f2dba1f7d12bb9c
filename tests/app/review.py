#!/usr/bin/python3
"""Review in a real window: a question is put to all bundled clips, the program is killed meanwhile and goes on at its next
start; what was found is accepted and discarded by single keys. The bundled model answers.

Usage, under tests/run-headless: review.py STUDIO TPO CLIPS SHOTS
"""

import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import BUTTONS, TEXTS, Session, Steps, database, expect, press, rows  # noqa: E402

STUDIO, TPO, CLIPS, SHOTS = sys.argv[1:]
CLIP = str(pathlib.Path(CLIPS) / 'morning.mp4')
QUESTION = 'When does the car move?'
HEADS = 'FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id AND NOT r.is_deleted '
ANSWERED = "SELECT count(*) FROM question_run WHERE state = 'done'"


def make_project():
    """A project with the clips, through labels that name them."""
    labels = database().parent / 'captions.json'
    labels.parent.mkdir(parents=True, exist_ok=True)
    labels.write_text(json.dumps({name: {'duration': 12.0, 'timestamps': [[1, 3]], 'sentences': [name]}
                                  for name in ('morning', 'night', 'pond')}))
    subprocess.run([TPO, 'import', '--project', str(database()), '--videos', CLIPS, str(labels)],
                   check=True, stdout=subprocess.DEVNULL)


def count(sql):
    return rows(sql)[0][0]


def entries(session):
    """The queue: title, reason, video."""
    return [node.name for node in session.find_all(('list item',), QUESTION) if '.mp4' in node.name]


def ask_many(session):
    """A question is put to all videos of the project."""
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(1)
    session.keys('ctrl+shift+l')
    session.need(('combo box',), 'Videos')
    session.wait(lambda: session.find(('label',), 'All of the project (3)'), 20, 'the videos')
    entry = [node for node in session.find_all(TEXTS, 'Question') if session.box(node)[0] < 460]
    entry[0].queryEditableText().setTextContents(QUESTION)
    session.shot('review-01-ask-many')
    press(next(node for node in session.find_all(BUTTONS, 'Ask') if node.name.split()[-1] == 'Ask'))
    session.wait(lambda: count('SELECT count(*) FROM question_run') == 3, 20, 'the queue')
    session.wait(lambda: session.find(('label',), contains='of 3') or session.find(('progress bar',)), 20, 'progress')
    session.shot('review-02-progress')


def killed(session):
    """Killed in the middle, the project holds whole answers only."""
    session.wait(lambda: count(ANSWERED) >= 1, 240, 'a first answer')
    session.kill()
    n_done = count(ANSWERED)
    expect(n_done < 3, 'the kill came too late to prove anything')
    expect(count("SELECT count(*) FROM message WHERE role = 'assistant'") == n_done, 'an answer without its run')
    expect(count("SELECT count(*) FROM message WHERE state <> 'complete'") == 0, 'a message is cut off')
    expect(rows('PRAGMA integrity_check') == [('ok',)], 'the project is damaged')


def goes_on(session):
    """The next start goes on by itself until every video has answered."""
    session.wait(lambda: count(ANSWERED) == 3, 240, 'answers for all videos')
    expect(count("SELECT count(*) FROM message WHERE role = 'assistant'") == 3, 'a video was asked twice')
    expect(count('SELECT count(DISTINCT video_id) FROM prediction') == 3, 'not every video has a prediction')


def list_queue(session):
    """The queue lists what was found, the most doubtful first, with the reason in words."""
    session.keys('ctrl+shift+r')
    n = count('SELECT count(*) ' + HEADS + "AND r.status = 'predicted'")
    session.wait(lambda: len(entries(session)) == n, 30, f'{n} entries')
    expect(all(name.count(', ') >= 2 for name in entries(session)), 'an entry lacks its reason')
    session.shot('review-03-queue')


def decide(session):
    """N shows the first, A and D decide and go on to the next, whatever video it is of."""
    first, second = entries(session)[0], entries(session)[1]
    video = second.split(', ')[-1]
    session.click(session.need(('list item',), first))
    time.sleep(1)
    session.need(('list item',), contains=QUESTION)
    session.keys('a')
    session.wait(lambda: count('SELECT count(*) ' + HEADS + "AND r.status = 'accepted'") == 1, 20, 'the acceptance')
    session.need(('frame',), contains=video)
    session.wait(lambda: len(entries(session)) == 2, 20, 'the queue without the accepted one')
    session.wait(lambda: session.find(('label',), '0:00.000') is None, 20, 'the time of the label')
    session.shot('review-04-accepted')
    time.sleep(1.5)
    session.keys('d')
    session.wait(lambda: count('SELECT count(*) ' + HEADS + "AND r.status = 'discarded'") == 1, 20, 'the discard')
    session.wait(lambda: len(entries(session)) == 1, 20, 'the queue without the discarded one')


def undo(session):
    """Undo brings the last decision back into the queue."""
    session.keys('ctrl+z')
    session.wait(lambda: len(entries(session)) == 2, 20, 'the entry taken back')


def main():
    steps = Steps(7)
    make_project()
    session = Session(STUDIO, [CLIP], SHOTS)
    steps.run(session, [ask_many, killed])
    session.kill()
    session = Session(STUDIO, [CLIP], SHOTS)
    steps.run(session, [goes_on, list_queue, decide, undo])
    steps.quit(session)
    sys.exit(steps.failed)


main()
