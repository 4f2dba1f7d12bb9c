"""The dialog in a real window that a model is downloaded through."""

import pathlib
import time

from preferences import click_row, preferences
from session import TEXTS, button, press


def other_model(path):
    """The bundled model, but for the flag that it takes earlier turns: another file, and another version."""
    model = bytearray(pathlib.Path(path).read_bytes())
    key = b'videochat-tpo.prompt.multi_turn'
    model[model.index(key) + len(key) + 4] = 1
    return bytes(model)


def said(session, text):
    """What is shown anywhere with @text in it: as a name, or as the text of a label."""
    return session.find(None, contains=text)


def wait_for(session, text, seconds=30):
    return session.wait(lambda: said(session, text), seconds, f'“{text}”')


def open_preferences(session):
    session.need(TEXTS, 'Question', seconds=60)
    session.keys('ctrl+comma')
    preferences(session)
    wait_for(session, 'Download a Model…')


def open_dialog(session):
    click_row(session, 'Download a Model')
    session.need(('frame',), 'Download a Model')
    session.wait(lambda: field(session, 'Address'), 20, 'the field for the address')


def field(session, name):
    frame = session.find(('frame',), 'Download a Model')
    return next((node for node in session.walk(frame) if frame and node.getRoleName() in TEXTS and node.name == name),
                None)


def fill(session, name, text):
    field(session, name).queryEditableText().setTextContents(text)
    time.sleep(0.3)


def look(session, address):
    fill(session, 'Address', address)
    press(button(session, 'Look'))
