"""Questions that run over all videos of a project; for the tests of how they run and of what they find."""

import json
import subprocess
import time

from session import BUTTONS, TEXTS, data_dir, press, rows


def make_project(tpo, project, videos, start, end):
    """A project with the videos of a folder and a span on each, through captions of them."""
    labels = data_dir() / 'tpo-studio' / 'captions.json'
    labels.parent.mkdir(parents=True, exist_ok=True)
    labels.write_text(json.dumps({path.stem: {'duration': 12.0, 'timestamps': [[start, end]], 'sentences': [path.stem]}
                                  for path in sorted(videos.glob('*.mp4'))}))
    subprocess.run([tpo, 'import', '--project', str(project), '--videos', str(videos), str(labels)],
                   check=True, stdout=subprocess.DEVNULL)


def count(sql):
    return rows(sql)[0][0]


def ask_all(session, question, n_videos, shot):
    """Puts @question to all videos of the project."""
    n_before = count('SELECT count(*) FROM question_run')
    session.need(('image',), contains='Video', seconds=60)
    time.sleep(1)
    session.keys('ctrl+shift+l')
    session.need(('combo box',), 'Videos')
    session.wait(lambda: session.find(('label',), f'All of the project ({n_videos})'), 20, 'the videos')
    entry = [node for node in session.find_all(TEXTS, 'Question') if session.box(node)[0] < 460]
    entry[0].queryEditableText().setTextContents(question)
    session.shot(shot)
    press(next(node for node in session.find_all(BUTTONS, 'Ask') if node.name.split()[-1] == 'Ask'))
    session.wait(lambda: count('SELECT count(*) FROM question_run') == n_before + n_videos, 20, 'the queue')

