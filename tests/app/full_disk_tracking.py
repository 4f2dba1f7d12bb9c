#!/usr/bin/python3
"""A disk that becomes full while the bundled model follows an object, in a real window: in a person's own question, and in one
to many videos. It is said in words, what was found is kept, and once there is room it goes on from there.

Usage, under tests/run-headless: full_disk_tracking.py STUDIO TPO CLIP SHOTS
"""

import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from mounts import enter, fill_disk, mount_small  # noqa: E402
from picture import FRAME_US, at, keyframes, newest  # noqa: E402
from questions import ask_all, count, make_project  # noqa: E402
from session import BUTTONS, TEXTS, Session, Steps, button, data_dir, database, expect, press, rows  # noqa: E402

STUDIO, TPO, CLIP, SHOTS = sys.argv[1:]
VIDEOS, PROJECT = data_dir() / 'videos', data_dir() / 'tpo-studio'
QUESTION = 'Track the car.'
N_FRAMES = 300  # of the clip
MANY = 8  # frames after which it is enough
FULL = 'the disk is full'


def found(track):
    """{frame: mask} of a track that the model alone has made, without a gap."""
    masks = {frame: keyframe[3] for frame, keyframe in keyframes(track).items()}
    expect(sorted(masks) == list(range(min(masks), min(masks) + len(masks))), f'frames {sorted(masks)}')
    return masks


def predicted(track):
    """The same of what the model said."""
    return {time_us // FRAME_US: mask for time_us, mask in rows(
        'SELECT k.time_us, k.mask FROM prediction_keyframe AS k JOIN annotation AS a ON a.prediction_id = k.prediction_id '
        f'WHERE a.id = {track}')}


def wait_for_track(session, before):
    session.wait(lambda: newest('mask-track') != before, 240, 'the track')
    track = newest('mask-track')
    session.wait(lambda: len(keyframes(track)) > MANY, 240, 'saved frames')
    return track


def keeps(track, masks):
    """What was found before is there, as the model said and as a label, and the project is whole."""
    expect(rows('PRAGMA integrity_check') == [('ok',)], 'the project is damaged')
    now = found(track)
    expect({frame: now.get(frame) for frame in masks} == masks, 'what was found is gone')
    expect(predicted(track) == now, 'prediction and label differ')
    return now


def own(session):
    """A person's own track ends with a sentence and stays; it is followed further once there is room."""
    session.need(('image',), contains='Video', seconds=60)
    session.click(session.need(TEXTS, 'Question'))
    session.type(QUESTION)
    session.keys('Return')
    track = wait_for_track(session, None)
    filler = fill_disk(PROJECT)
    masks = found(track)
    session.need(('label',), contains=FULL, seconds=60)
    session.shot('full-disk-tracking-01-own')
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None, 60, 'end of the work')
    masks = keeps(track, masks)
    expect(len(masks) < N_FRAMES, 'too late to prove anything')
    filler.unlink()
    session.leave_message()
    session.give_keyboard()
    session.click_at(*at(session, 320, 40))
    session.keys('Home', 'ctrl+Down', 't')
    session.wait(lambda: max(keyframes(track)) > max(masks) + MANY, 240, 'more frames')
    session.click(session.need(BUTTONS, 'Stop Tracking'))
    session.wait(lambda: session.find(BUTTONS, 'Stop Tracking') is None, 120, 'end of tracking')
    expect(set(found(track)) >= set(masks), 'frames are missing')


def many(session):
    """That of a question to many videos waits, with a sentence, and goes on as the same answer once there is room."""
    before = newest('mask-track')
    ask_all(session, QUESTION, 1, 'full-disk-tracking-02-ask')
    track = wait_for_track(session, before)
    filler = fill_disk(PROJECT)
    masks = found(track)
    n_messages = count('SELECT count(*) FROM message')
    # The window may have met the full disk before the queue did.
    button(session, 'Try Again')
    session.need(('label', 'alert', 'notification'), contains=FULL, seconds=60)
    session.shot('full-disk-tracking-03-many')
    masks = keeps(track, masks)
    expect(len(masks) < N_FRAMES, 'too late to prove anything')
    filler.unlink()
    press(button(session, 'Try Again'))
    session.wait(lambda: rows('SELECT state FROM question_run') == [('done',)], 400, 'the end')
    time.sleep(1)
    session.shot('full-disk-tracking-04-done')
    expect(len(keeps(track, masks)) == N_FRAMES, f'{len(found(track))} frames')
    expect(count('SELECT count(*) FROM message') == n_messages, 'it was asked again')
    expect(session.find((), contains=FULL) is None, 'the sentence stays')
    session.give_keyboard()


STEPS = [own, many]


def main():
    enter()
    VIDEOS.mkdir(parents=True)
    shutil.copy(CLIP, VIDEOS)
    mount_small(PROJECT, 8 << 20)
    make_project(TPO, database(), VIDEOS, 1, 3)
    steps = Steps(len(STEPS) + 1)
    session = Session(STUDIO, [str(VIDEOS / pathlib.Path(CLIP).name)], SHOTS)
    steps.run(session, STEPS)
    steps.quit(session)
    sys.exit(steps.failed)


main()
