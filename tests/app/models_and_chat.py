#!/usr/bin/python3
"""Models and conversations in a real window: a model is imported, chosen and asked; answers are varied, regenerated and
copied; questions go with their history or with a box; a track grows backwards; a restart remembers the
model, and one that cannot be opened gives way to another.

Usage, under tests/run-headless: models_and_chat.py STUDIO TPO MODEL CLIP SHOTS
Needs GSETTINGS_BACKEND=keyfile, since the choice of a model is a preference.
"""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from preferences import (choices, chosen, click_row, click_there, close_preferences, in_preferences,  # noqa: E402
                         preferences)
from session import BUTTONS, TEXTS, Session, Steps, data_dir, expect, press, rows, xdotool  # noqa: E402

STUDIO, TPO, MODEL, CLIP, SHOTS = sys.argv[1:]
GIVEN = data_dir() / 'second.gguf'
VERSION = '2.0.0-with-many-turns-of-chat'
MODELS = data_dir() / 'tpo-studio' / 'models'


def hash_of(path):
    return json.loads(subprocess.run([TPO, 'inspect', '--json', str(path)], check=True, capture_output=True,
                                     text=True).stdout)['hash']


def last_answer():
    text, details = rows("SELECT text, details FROM message WHERE role = 'assistant' ORDER BY id DESC LIMIT 1")[0]
    return text, json.loads(details)


def import_model(session):
    """A model file is imported from a dialog and stands in the list."""
    session.need(TEXTS, 'Question', seconds=60)
    session.keys('ctrl+comma')
    preferences(session)
    session.wait(lambda: choices(session), 30, 'the bundled model')
    click_row(session, 'Model File')
    session.wait(lambda: session.find(BUTTONS, contains='Open') and session.find(('label',), contains='Model Files'),
                 30, 'file dialog')
    xdotool('mousemove', 300, 150)
    time.sleep(1)
    xdotool('type', '--delay', '15', str(GIVEN))
    time.sleep(0.7)
    xdotool('key', 'Return')
    session.wait(lambda: len(choices(session)) == 2, 60, 'second model')
    expect(chosen(session) == [True, False], f'{chosen(session)} is chosen')
    expect([path.name for path in MODELS.iterdir()] == ['second.gguf'], 'the file is not where models are kept')
    session.shot('models-01-imported')


def switch_model(session):
    """The other model answers after it was chosen."""
    click_there(session, choices(session)[1])
    session.wait(lambda: chosen(session) == [False, True], 60, 'choice of the other model')
    close_preferences(session)
    session.ask('When does the car move?')
    makers = rows('SELECT model_version, model_hash FROM prediction ORDER BY id DESC LIMIT 1')
    expect(makers == [(VERSION, hash_of(MODELS / 'second.gguf'))], f'{makers} made the prediction')
    answer = last_answer()[1]
    expect((answer['version'], answer['hash']) == makers[0], 'the answer does not say so')
    expect(last_answer()[1]['settings']['sampling'] == 'greedy', 'the settings are not stored')


def vary(session):
    """With varied answers, what was drawn and how is stored; the same question is answered anew beside the old answer."""
    n_labels = len(session.find_all(('list item',), 'When does the car'))
    session.keys('ctrl+comma')
    preferences(session)
    click_there(session, session.wait(lambda: in_preferences(session, ('page tab', 'toggle button'), 'Answers'), 20,
                                      'page of answers'))
    time.sleep(1)
    click_row(session, 'Vary Answers')
    session.shot('models-02-answers')
    close_preferences(session)
    session.click(session.need(BUTTONS, 'Regenerate'))
    session.wait(lambda: rows("SELECT count(*) FROM message WHERE role = 'assistant' AND state = 'complete'")
                 == [(2,)], 240, 'another answer')
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None, 240, 'end of the answer')
    settings = last_answer()[1]['settings']
    expect(settings['sampling'] == 'drawn' and settings['seed'] > 0, f'stored settings: {settings}')
    expect(rows("SELECT count(DISTINCT parent_id) FROM message WHERE role = 'assistant'") == [(1,)],
           'the answers do not stand beside each other')
    expect(len(session.find_all(('list item',), 'When does the car')) <= n_labels, 'labels pile up')


def start_conversation(session):
    session.keys('F10')
    session.choose('New Conversation')


def history(session):
    """Earlier turns go with a question to a model that takes them; a new conversation starts afresh."""
    session.ask('What is in the video?')
    expect(last_answer()[1]['settings'].get('turns') == 1, f'{last_answer()} had no history')
    start_conversation(session)
    session.wait(lambda: session.find(('list item',), 'You') is None, 20, 'empty conversation')
    session.ask('What is in the video?')
    expect('turns' not in last_answer()[1]['settings'], f'{last_answer()} had history')


def typed(session):
    """Texts of the question field, whose text is a widget of its own."""
    texts = []
    for node in session.walk(session.need(TEXTS, 'Question')):
        try:
            text = node.queryText()
            texts.append(text.getText(0, text.characterCount).strip())
        except NotImplementedError:
            continue
    return texts


def copy(session):
    """An answer can be copied."""
    text = last_answer()[0]
    session.click(session.need(BUTTONS, 'Copy'))
    session.click(session.need(TEXTS, 'Question'))
    session.keys('ctrl+v')
    session.wait(lambda: text.strip() in typed(session), 20, f'copied text; the field has {typed(session)}')
    session.keys('ctrl+a', 'Delete')


def box(session):
    """A selected box goes with a question, which then tracks what is in it."""
    start_conversation(session)
    session.ask('Where is the house?')
    session.click(session.need(BUTTONS, 'Ask About the Selected Box'))
    session.need(BUTTONS, 'Ask Without the Box')
    session.shot('models-03-box')
    session.click(session.need(BUTTONS, 'Ask Without the Box'))
    session.wait(lambda: session.find(BUTTONS, 'Ask Without the Box') is None, 20, 'end of the pill')
    session.click(session.need(BUTTONS, 'Ask About the Selected Box'))
    session.click(session.need(TEXTS, 'Question'))
    session.type('Track the object.')
    session.keys('Return')
    session.wait(lambda: session.find(('label',), contains='Track the object ▭.'), 20, 'question with its box')
    details = json.loads(rows("SELECT details FROM message WHERE role = 'user' ORDER BY id DESC LIMIT 1")[0][0])
    expect(len(details['box']) == 4, f'the question has {details}')
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None, 400, 'end of the answer')
    session.shot('models-04-box-answer')


def backward(session):
    """A click in the middle makes a mask, and tracking backward follows it to the first frame."""
    last = newest_mask()
    picture = session.need(('image',), contains='Video')
    x, y, width, height = session.box(picture)
    session.click_at(x + width // 2, y + 30)
    session.keys('Home', *6 * ['period'], 'm')
    session.click_at(x + width * 3 // 4, y + height // 2)
    session.wait(lambda: newest_mask() > last, 120, 'mask')
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None, 120, 'end of the click')
    annotation = newest_mask()
    before = frames_of(annotation)
    session.keys('v', 'shift+T')
    session.wait(lambda: len(frames_of(annotation)) > len(before), 400, 'earlier frames')
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None, 400, 'end of tracking')
    frames = frames_of(annotation)
    expect(min(frames) == 0 and max(frames) == max(before), f'the track has frames at {frames}')
    start = rows(f'SELECT r.start_us FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id '
                 f'WHERE a.id = {annotation}')
    expect(start == [(0,)], f'the track starts at {start}')
    session.shot('models-05-backward')


def newest_mask():
    return (rows("SELECT max(id) FROM annotation WHERE kind = 'mask-track'")[0][0] or 0)


def frames_of(annotation):
    return [row[0] for row in rows(f'SELECT DISTINCT k.time_us FROM keyframe AS k JOIN revision AS r '
                                   f'ON r.id = k.revision_id WHERE r.annotation_id = {annotation} ORDER BY 1')]


def remembered(session):
    """After a restart the same model is in use, and only the one that is not can be removed."""
    session.need(TEXTS, 'Question', seconds=60)
    session.keys('ctrl+comma')
    preferences(session)
    session.wait(lambda: len(choices(session)) == 2 and chosen(session) == [False, True], 60, 'the model of before')
    click_there(session, choices(session)[0])
    session.wait(lambda: chosen(session) == [True, False], 60, 'choice of the bundled model')
    remove = session.wait(lambda: in_preferences(session, BUTTONS, 'Remove the Model'), 20, 'Remove')
    session.wait(lambda: remove.getState().contains(pyatspi.STATE_SENSITIVE), 60, 'a Remove that works')
    press(remove)
    session.wait(lambda: session.find(('label',), contains='Remove “TPO nano”?'), 20, 'question before removing')
    session.shot('models-06-remove')
    press(next(node for node in session.find_all(BUTTONS, 'Remove') if node.name != 'Remove the Model'))
    session.wait(lambda: len(choices(session)) == 1, 20, 'shorter list')
    expect(not any(MODELS.iterdir()), 'the file is still there')
    expect(GIVEN.exists(), 'the file that was imported is gone, too')
    close_preferences(session)


def recover(session):
    """A model that cannot be opened is said so, until another one answers."""
    complaint = 'Questions cannot be answered'
    session.wait(lambda: session.find(None, contains=complaint), 60, 'complaint')
    session.shot('models-07-no-model')
    press(session.need(BUTTONS, 'Models…'))
    preferences(session)
    click_there(session, session.wait(lambda: next(iter(choices(session)), None), 30, 'the bundled model'))
    session.wait(lambda: session.find(None, contains=complaint) is None, 60, 'end of the complaint')
    close_preferences(session)


def arrange(session):
    """The list of videos is sorted, the side bar shows what is to be reviewed, and labels stand in a table."""
    session.keys('F8')
    session.click(session.need(BUTTONS, 'Sort Videos'))
    session.keys('Down', 'Return')
    session.keys('ctrl+shift+R', 'F4')
    session.need(('table cell',))
    session.shot('models-08-arranged')


def arranged(session):
    """After a restart the window looks as it did."""
    session.need(TEXTS, 'Question', seconds=60)
    session.need(('table cell',))
    session.shot('models-09-as-before')
    expect(session.find(BUTTONS, 'Sort Videos') is None, 'the side bar shows another page')  # never shown: no size
    settings = pathlib.Path(os.environ['XDG_CONFIG_HOME']) / 'glib-2.0' / 'settings' / 'keyfile'
    expect("video-sort='name'" in settings.read_text(), settings.read_text())
    session.keys('F4')


FIRST_RUN = [import_model, switch_model, vary, copy, history, box, backward, arrange]
SECOND_RUN = [arranged, remembered]
THIRD_RUN = [recover]


def run(steps, functions, arguments):
    session = Session(STUDIO, arguments, SHOTS)
    steps.run(session, functions)
    steps.quit(session)


def main():
    shutil.rmtree(data_dir() / 'tpo-studio', ignore_errors=True)
    data_dir().mkdir(parents=True, exist_ok=True)
    # The bundled model, but for the flag that it takes earlier turns, and a version: another file.
    model = bytearray(pathlib.Path(MODEL).read_bytes())
    key = b'videochat-tpo.prompt.multi_turn'
    model[model.index(key) + len(key) + 4] = 1
    # The first field is a string (8), and all fields take a multiple of the 32 bytes that tensors are aligned to.
    field = struct.pack('<Q15sIQ29s', 15, b'general.version', 8, 29, VERSION.encode())
    model[16:24] = struct.pack('<Q', struct.unpack('<Q', model[16:24])[0] + 1) + field
    GIVEN.write_bytes(model)
    steps = Steps(len(FIRST_RUN) + len(SECOND_RUN) + len(THIRD_RUN) + 3)
    run(steps, FIRST_RUN, [CLIP])
    run(steps, SECOND_RUN, [])
    run(steps, THIRD_RUN, ['--model', '/nonexistent/model.gguf', CLIP])
    sys.exit(steps.failed)


main()
