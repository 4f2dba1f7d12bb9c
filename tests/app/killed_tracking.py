#!/usr/bin/python3
"""Kills the program while the bundled model follows an object: what was found so far is in the project, is shown by the next
run, and can be gone on with. Stopped and undone, a track is one step. That of a question to many videos goes on by itself.

Usage, under tests/run-headless: killed_tracking.py STUDIO CLIP SHOTS
"""

import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from picture import FRAME_US, at, count_steps, go_to, keyframes, newest  # noqa: E402
from questions import ask_all, count  # noqa: E402
from session import BUTTONS, TEXTS, Session, Steps, data_dir, expect, rows  # noqa: E402

STUDIO, CLIP, SHOTS = sys.argv[1:]
SPAN = ('list item',)
QUESTION = 'Track the car.'
N_FRAMES = 300  # of the clip
MANY = 8  # frames after which it is enough
GROWING = 'SELECT id, is_growing FROM prediction ORDER BY id DESC LIMIT 1'


def masks(annotation):
    """{frame: mask} of a track, which the model alone has made."""
    found = keyframes(annotation)
    expect(sorted(found) == list(range(min(found), min(found) + len(found))), f'frames {sorted(found)}')
    expect(all(k[0] == 'model' for k in found.values()), 'not all is by the model')
    return {frame: k[3] for frame, k in found.items()}


def predicted(prediction):
    """The same of what the model said, which no label changes."""
    return {time_us // FRAME_US: mask for time_us, mask in rows(
        f'SELECT time_us, mask FROM prediction_keyframe WHERE prediction_id = {prediction} ORDER BY time_us')}


def ask_and_wait(session):
    """Asks, and waits until some frames are saved. Returns: the id of the track"""
    before = newest('mask-track') or 0
    session.need(('image',), contains='Video', seconds=60)
    session.click(session.need(TEXTS, 'Question'))
    session.type(QUESTION)
    session.keys('Return')
    session.wait(lambda: (newest('mask-track') or 0) > before, 240, 'the track')
    track = newest('mask-track')
    session.wait(lambda: len(keyframes(track)) > MANY, 240, 'saved frames')
    return track


def kill(session):
    """What was found is there, as the model said and as a label; the prediction says that its end was not seen."""
    track = ask_and_wait(session)
    session.need(SPAN, contains=QUESTION.rstrip('.'))
    session.shot('killed-tracking-01-grows')
    session.kill()
    found = masks(track)
    (prediction, is_growing), = rows(GROWING)
    expect(rows('PRAGMA integrity_check') == [('ok',)], 'the project is damaged')
    expect(len(found) > MANY, f'{len(found)} frames')
    expect(is_growing == 1, 'the prediction is sealed')
    expect(predicted(prediction) == found, 'prediction and label differ')
    expect(count_steps() == 1, f'{count_steps()} steps of undo')
    (text,), = rows("SELECT text FROM message WHERE role = 'assistant'")
    expect('car' in text, f'the answer says “{text}”')


def go_on(session):
    """The next run shows the track; from its last frame on it is followed further."""
    track = newest('mask-track')
    found = masks(track)
    last = max(found)
    session.need(SPAN, contains=QUESTION.rstrip('.'), seconds=60)
    time.sleep(2)
    session.click_at(*at(session, 320, 40))
    go_to(session, last)
    session.keys('ctrl+Down')
    session.shot('killed-tracking-02-again')
    session.keys('t')
    session.wait(lambda: max(keyframes(track)) > last + MANY, 240, 'more frames')
    session.click(session.need(BUTTONS, 'Stop Tracking'))
    session.wait(lambda: session.find(BUTTONS, 'Stop Tracking') is None, 120, 'end of tracking')
    longer = masks(track)
    expect({frame: longer[frame] for frame in found} == found, 'what was found before has changed')
    expect(count_steps() == 2, f'{count_steps()} steps of undo')
    session.keys('ctrl+z')
    session.wait(lambda: masks(track) == found, 60, 'the track as it was found first')


def stop(session):
    """A track that is stopped is sealed; undo takes all of it away at once, with the question."""
    track = ask_and_wait(session)
    session.click(session.need(BUTTONS, 'Stop'))
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None, 120, 'end of tracking')
    (prediction, is_growing), = rows(GROWING)
    expect(is_growing == 0, 'the prediction is not sealed')
    expect(predicted(prediction) == masks(track), 'prediction and label differ')
    expect(count_steps() == 2, f'{count_steps()} steps of undo')
    session.shot('killed-tracking-03-stopped')
    session.click_at(*at(session, 320, 40))
    session.keys('ctrl+z')
    session.wait(lambda: newest('mask-track') != track, 60, 'undo')
    expect(len(predicted(prediction)) > MANY, 'the prediction is gone')


def kill_many(session):
    """The same while the question is put to many videos."""
    before = newest('mask-track')
    n_messages = count('SELECT count(*) FROM message')
    session.give_keyboard()
    ask_all(session, QUESTION, 1, 'killed-tracking-04-many')
    session.wait(lambda: newest('mask-track') != before, 240, 'the track')
    track = newest('mask-track')
    session.wait(lambda: len(keyframes(track)) > MANY, 240, 'saved frames')
    session.kill()
    (prediction, is_growing), = rows(GROWING)
    expect(is_growing == 1, 'the prediction is sealed')
    expect(predicted(prediction) == masks(track), 'prediction and label differ')
    expect(count('SELECT count(*) FROM message') == n_messages + 2, 'no question with its answer')
    expect(rows('SELECT state FROM question_run') == [('running',)], 'the run has ended')


def many_go_on(session):
    """The next run of the program follows the object to the end, by itself, as the same answer."""
    track = newest('mask-track')
    found = masks(track)
    n_messages = count('SELECT count(*) FROM message')
    session.wait(lambda: rows('SELECT state FROM question_run') == [('done',)], 400, 'the end')
    longer = masks(track)
    expect({frame: longer[frame] for frame in found} == found, 'what was found before has changed')
    expect(len(longer) == N_FRAMES, f'{len(longer)} frames')
    (prediction, is_growing), = rows(GROWING)
    expect(is_growing == 0, 'the prediction is not sealed')
    expect(predicted(prediction) == longer, 'prediction and label differ')
    expect(count('SELECT count(*) FROM message') == n_messages, 'it was asked again')
    session.shot('killed-tracking-05-many-again')


def main():
    shutil.rmtree(data_dir() / 'tpo-studio', ignore_errors=True)
    steps = Steps(5)
    for runs in ([kill], [go_on, stop, kill_many], [many_go_on]):
        session = Session(STUDIO, [CLIP], SHOTS)
        steps.run(session, runs, needs_all=True)
        session.kill()
    sys.exit(steps.failed)


main()
