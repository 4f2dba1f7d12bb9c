#!/usr/bin/python3
"""The conversation in a real window: chips and labels follow each other, questions are edited, answers rated, conversations
listed, renamed, deleted and searched, copied and exported; Markdown stays text; templates are filled in.

Usage, under tests/run-headless: chat.py STUDIO CLIP OTHER_CLIP SHOTS
"""

import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time

import pyatspi

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from session import (BUTTONS, TEXTS, Session, Steps, data_dir, database, expect, press, rest, rows,  # noqa: E402
                     save_as, xdotool)

STUDIO, CLIP, OTHER_CLIP, SHOTS = sys.argv[1:]
SPAN = ('list item',)
WHEN, WHERE = 'When does the car move?', 'Where is the house?'
OTHER = 'When does the bird move?'
TRACK = 'Track the car.'


def chips(session):
    return [node for node in session.find_all(BUTTONS, ' – ') if node.name[0].isdigit()]


def spans(session, text):
    return [node for node in session.find_all(SPAN, text) if ' – ' in (node.description or '')]


def typed(session):
    """What is in the question field, whose text is a widget of its own."""
    texts = []
    for node in session.walk(session.need(TEXTS, 'Question')):
        try:
            text = node.queryText()
            texts.append(text.getText(0, text.characterCount))
        except NotImplementedError:
            continue
    return texts


def clear(session):
    session.click(session.need(TEXTS, 'Question'))
    session.keys('ctrl+a', 'Delete')


def n_messages():
    return rows('SELECT count(*) FROM message WHERE NOT is_removed')[0][0]


def write(*statements):
    """What another program does to the project."""
    with sqlite3.connect(database()) as connection:
        for statement in statements:
            connection.execute(*statement)


def chip_in_text(session):
    """An answer's chip stands in its text, and follows its label."""
    session.need(TEXTS, 'Question', seconds=60)
    session.ask(WHEN)
    chip = session.wait(lambda: next(iter(chips(session)), None), 20, 'a chip')
    before = chip.name
    session.shot('chat-01-answer')
    span = session.wait(lambda: next(iter(spans(session, WHEN)), None), 20, 'its label')
    session.click(span)
    session.keys('Right', 'Right')
    session.wait(lambda: chips(session)[0].name != before, 20, f'other words than {before}')
    session.keys('ctrl+z', 'ctrl+z')
    session.wait(lambda: chips(session)[0].name == before, 20, f'{before} again')


def dispute(session):
    """Who deletes a label disputes the claim; undo takes that back."""
    session.click(session.wait(lambda: spans(session, WHEN), 20, 'a label')[0])
    session.keys('Delete')
    session.wait(lambda: not spans(session, WHEN), 20, 'end of the label')
    chip = session.wait(lambda: next(iter(chips(session)), None), 20, 'the chip')
    expect('disputed' in chip.description, f'the chip says “{chip.description}”')
    session.shot('chat-02-disputed')
    session.keys('ctrl+z')
    session.wait(lambda: spans(session, WHEN), 20, 'the label again')
    session.wait(lambda: 'disputed' not in chips(session)[0].description, 20, 'end of the dispute')


def edit(session):
    """A question in other words is a branch; labels go and come with their answers."""
    press(session.need(BUTTONS, 'Edit the Question'))
    session.wait(lambda: WHEN in typed(session), 20, f'“{WHEN}” in the field; it has {typed(session)}')
    session.shot('chat-03-editing')
    session.keys('ctrl+a')
    session.type(OTHER)
    session.keys('Return')
    session.wait(lambda: session.find(('label',), OTHER), 20, 'the other question')
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None, 240, 'end of the answer')
    session.need(('label',), 'Version 2 of 2')
    expect(not spans(session, WHEN), 'the label of the first answer is still there')
    session.shot('chat-04-branch')
    press(session.need(BUTTONS, 'Previous Version'))
    session.need(('label',), WHEN)
    session.need(('label',), 'Version 1 of 2')
    session.wait(lambda: spans(session, WHEN), 20, 'the label of the first answer')
    expect(not session.find(('label',), OTHER), 'both branches are shown')
    expect(n_messages() == 4, f'{n_messages()} messages')


def tracks():
    return rows("SELECT count(*) FROM annotation AS a JOIN revision AS r ON r.id = a.revision_id AND NOT r.is_deleted "
                "WHERE a.kind = 'mask-track'")[0][0]


def undo_answering(session):
    """Undo in the middle of an answer ends it; nothing more comes of it, and redo brings back what there was."""
    def n_shown():
        return len(session.find_all(('label',), TRACK))

    before = n_shown()  # it is an example, too
    session.click(session.need(TEXTS, 'Question'))
    session.type(TRACK)
    session.keys('Return')
    session.wait(lambda: tracks() == 1 and n_shown() > before, 120, 'the beginning of a track')
    session.keys('F6', 'ctrl+z')
    session.wait(lambda: session.find(BUTTONS, 'Stop') is None, 20, 'end of the answer')
    session.wait(lambda: n_shown() == before, 20, 'end of the question')
    expect(rest(session), 'something goes on')
    expect(tracks() == 0, 'the track is there nevertheless')
    session.shot('chat-04-undone')
    session.keys('ctrl+shift+z')
    session.wait(lambda: tracks() == 1 and n_shown() > before, 20, 'the track as far as it was')
    expect(rows('SELECT state, details IS NOT NULL FROM message ORDER BY id DESC LIMIT 1') == [('stopped', 1)],
           'the answer is not called stopped, or not what made it')
    session.shot('chat-04-redone')
    session.keys('ctrl+z')
    session.wait(lambda: tracks() == 0, 20, 'no track')


def rating():
    return rows("SELECT rating FROM message WHERE role = 'assistant' ORDER BY id LIMIT 1")[0][0]


def rate(session):
    """An answer is good, bad or neither, and undo knows it."""
    press(session.need(BUTTONS, 'Good Answer'))
    session.wait(lambda: rating() == 1, 20, 'a good rating')
    press(session.need(BUTTONS, 'Bad Answer'))
    session.wait(lambda: rating() == -1, 20, 'a bad rating')
    press(session.need(BUTTONS, 'Bad Answer'))
    session.wait(lambda: rating() == 0, 20, 'no rating')
    session.keys('ctrl+z')
    session.wait(lambda: rating() == -1, 20, 'the rating before')
    bad = session.need(BUTTONS, 'Bad Answer')
    session.wait(lambda: bad.getState().contains(pyatspi.STATE_PRESSED), 20, 'a pressed thumb')


def open_list(session):
    """Of conversations."""
    session.click(session.need(BUTTONS, 'Conversations'))
    session.need(TEXTS, 'Search All Conversations')
    time.sleep(0.5)


def titles(session):
    frame = session.find(('list',), 'Conversations of This Video')
    return [node.name for node in session.walk(frame) if node.getRoleName() == 'list item'] if frame else []


def several(session):
    """A new conversation starts empty, and the list knows both by their first questions."""
    press(session.need(BUTTONS, 'New Conversation'))
    session.wait(lambda: session.find(('list item',), 'You') is None, 20, 'an empty conversation')
    session.ask(WHERE)
    open_list(session)
    session.wait(lambda: titles(session) == [WHERE, WHEN], 20, f'two titles; there are {titles(session)}')
    session.shot('chat-05-list')
    session.keys('Escape')


def named(title):
    return rows(f"SELECT count(*) FROM conversation WHERE title = '{title}' AND NOT is_removed") == [(1,)]


def rename(session):
    """A conversation gets a name of its own."""
    session.click(session.need(BUTTONS, 'Conversation Menu'))
    session.choose('Rename')
    time.sleep(1)
    session.shot('chat-06-rename')
    session.keys('ctrl+a')
    session.type('Houses')
    session.keys('Return')
    session.wait(lambda: named('Houses'), 20, 'the new name')
    session.keys('Escape')


def delete(session):
    """A conversation is deleted, the other one shown; undo brings it back."""
    session.click(session.need(BUTTONS, 'Conversation Menu'))
    session.choose('Delete')
    session.wait(lambda: session.find(('label',), WHEN), 20, 'the other conversation')
    expect(not named('Houses'), 'it is still there')
    press(session.need(BUTTONS, 'Undo'))
    session.wait(lambda: named('Houses'), 20, 'undo')


def find(session, text):
    open_list(session)
    session.type(text)
    hits = session.need(('list',), 'Messages Found')
    session.wait(lambda: [node for node in session.walk(hits) if node.getRoleName() == 'list item'], 20,
                 f'messages with “{text}”')
    time.sleep(0.5)
    return [node for node in session.walk(hits) if node.getRoleName() == 'list item']


def choose(session, position):
    """A row of the list of messages, by keys: the tree does not know where popovers are."""
    session.keys('Tab', *position * ['Down'], 'Return')


def search(session):
    """A search finds messages of all videos; one of another video opens it."""
    session.shot('chat-07-before-search')
    subprocess.run([STUDIO, OTHER_CLIP], check=True)
    session.need(BUTTONS, contains='rocket move', seconds=60)
    hits = find(session, 'HOUSE')
    expect(any('house' in hit.name for hit in hits), f'{[hit.name for hit in hits]}')
    expect('morning.mp4' in hits[-1].description, f'found in {hits[-1].description}')
    session.shot('chat-08-found')
    choose(session, len(hits) - 1)
    session.wait(lambda: session.find(('label',), WHERE) and not session.find(('list',), 'Messages Found'), 60,
                 f'“{WHERE}”')
    session.need(BUTTONS, contains='Box at')
    session.shot('chat-09-opened')


def choose_in_menu(session, title):
    session.click(session.need(BUTTONS, 'Conversation Menu'))
    session.choose(title)


def export(session):
    """The conversation as Markdown and as data, with what its answers point at."""
    choose_in_menu(session, 'Export as Markdown…')
    target = data_dir() / 'conversation.md'
    save_as(session, target)
    text = target.read_text()
    expect('# Houses' in text and WHERE in text and '[box at 0:0' in text, text)
    choose_in_menu(session, 'Export as JSON…')
    target = data_dir() / 'conversation.json'
    save_as(session, target)
    data = json.loads(target.read_text())
    answer = data['messages'][1]
    expect(answer['role'] == 'assistant' and answer['claims'][0]['kind'] == 'box-track', f'{answer}')
    expect(len(answer['claims'][0]['keyframes'][0]['box']) == 4, f'{answer}')


def copy(session):
    """The conversation is copied as Markdown."""
    choose_in_menu(session, 'Copy as Markdown')
    session.click(session.need(TEXTS, 'Question'))
    session.keys('ctrl+v')
    session.wait(lambda: any('# Houses' in text for text in typed(session)), 20, 'copied text')
    clear(session)


def templates(session):
    """A template goes into the field with a part to type over; one of one's own is kept, used and removed."""
    def open_list():
        session.click(session.need(BUTTONS, 'Question Templates'))
        session.need(('list',), 'Question Templates')
        time.sleep(0.5)

    open_list()
    session.keys('Down', 'Return')
    session.type('tree')
    session.wait(lambda: 'Where is tree?' in typed(session), 20, f'a filled template; there is {typed(session)}')
    open_list()
    press(session.need(BUTTONS, contains='the Question as a Template'))
    session.need(('list item',), 'Where is tree?')
    session.shot('chat-10-templates')
    session.keys('Escape')
    clear(session)
    open_list()
    session.keys(*5 * ['Down'], 'Return')
    session.wait(lambda: 'Where is tree?' in typed(session), 20, 'the template in the field')
    open_list()
    press(session.need(BUTTONS, 'Remove the Template'))
    session.wait(lambda: session.find(('list item',), 'Where is tree?') is None, 20, 'end of the template')
    session.keys('Escape')
    clear(session)


MARKDOWN = """# Heading

Some *text* with **weight**, `code` and a [link](https://example.org/a?b=1&c=2).

- one
- two
  1. inner

```
if (a < b) return;
```

> quoted

<script>alert(1)</script> <b>not bold</b>
![a picture](https://example.org/spy.png)
"""


def say(conversation, role, text):
    """A message that another program adds; returns the statement."""
    return ("INSERT INTO message (conversation_id, role, state, text, created_us, is_removed, parent_id) "
            "SELECT id, ?2, 'complete', ?3, 0, 0, leaf_id FROM conversation WHERE id = ?1", (conversation, role, text))


def move_leaf(conversation):
    return ('UPDATE conversation SET leaf_id = (SELECT max(id) FROM message WHERE conversation_id = ?1) WHERE id = ?1',
            (conversation,))


def shown_conversation():
    return rows("SELECT id FROM conversation WHERE title = 'Houses'")[0][0]


def markdown(session):
    """What another program says shows by itself, as Markdown; HTML is text like any other."""
    conversation = shown_conversation()
    write(say(conversation, 'user', '**Stars** of a question stay.'), move_leaf(conversation),
          say(conversation, 'assistant', MARKDOWN), move_leaf(conversation))
    session.need(('label',), contains='<script>alert(1)</script>', seconds=10)
    session.need(('label',), contains='**Stars** of a question')
    session.need(('label', 'heading'), contains='Heading')
    session.need(('label',), contains='link (https://example.org/a?b=1&c=2)')
    time.sleep(0.5)
    session.shot('chat-11-markdown')


def long_texts(session):
    """A pasted text of 100 kB, and words that fit no line, are shown at once, and do not hold the window up."""
    conversation = shown_conversation()
    write(say(conversation, 'user', 'word ' * 20000 + 'x' * 50000), move_leaf(conversation),
          say(conversation, 'assistant', 'A' * 50000 + ' Z.'), move_leaf(conversation))
    session.need(('label',), contains=' Z.', seconds=20)
    expect(rest(session), 'it is laid out all the time')
    session.shot('chat-11-long-texts')
    session.keys('ctrl+l', 'ctrl+a', 'Delete')


def long(session):
    """Of thousands of messages only those in view, and some around them, are made."""
    conversation = shown_conversation()
    statements = []
    for i in range(1000):
        words = 'word ' * (500 if i % 50 == 48 else i % 10)
        statements += [say(conversation, 'user', f'question {i}'), move_leaf(conversation),
                       say(conversation, 'assistant', f'answer *{i}* {words}'), move_leaf(conversation)]
    write(*statements)
    session.need(('label',), contains='answer 999', seconds=20)
    session.shot('chat-12-long')
    rows_made = [node for node in session.walk() if node.getRoleName() == 'list item' and node.name in ('You', 'Model')]
    expect(len(rows_made) < 500, f'{len(rows_made)} rows for 2,000 messages')
    hits = find(session, 'question 500')
    expect([hit.name for hit in hits] == ['question 500'], f'{[hit.name for hit in hits]}')
    choose(session, 0)
    session.wait(lambda: session.find(('label',), 'question 500') and not session.find(('list',), 'Messages Found'),
                 20, '“question 500”')
    session.shot('chat-13-scrolled')
    expect(rest(session), 'rows come and go all the time')


FIRST_RUN = [chip_in_text, dispute, edit, undo_answering, rate, several, rename, delete, search, export, copy, templates, markdown, long_texts, long]


def main():
    shutil.rmtree(data_dir() / 'tpo-studio', ignore_errors=True)
    steps = Steps(len(FIRST_RUN) + 1)
    session = Session(STUDIO, [CLIP], SHOTS)
    steps.run(session, FIRST_RUN)
    steps.quit(session)
    sys.exit(steps.failed)


main()
