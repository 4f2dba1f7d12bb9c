"""The preferences in a real window: their rows, and the models to choose from."""

import time

import pyatspi

from session import BUTTONS, press, xdotool


def preferences(session):
    return session.need(('frame',), 'Preferences')


def in_preferences(session, roles, name):
    """The first showing object of one of @roles there whose name has @name in it."""
    frame = session.find(('frame',), 'Preferences')
    for node in session.walk(frame) if frame is not None else ():
        if node.getRoleName() in roles and name in (node.name or '') and session.is_shown(node):
            return node
    return None


def click_row(session, name):
    click_there(session, session.wait(lambda: in_preferences(session, ('list item',), name), 20, f'row “{name}”'))


def click_there(session, node):
    """With the pointer: rows and checks have no action. The dialog lies at the top left corner of the screen."""
    extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    xdotool('mousemove', extents.x + session.margin + extents.width // 2,
            extents.y + session.margin + extents.height // 2)
    time.sleep(0.3)
    xdotool('click', 1)
    time.sleep(0.4)


def choices(session):
    frame = session.find(('frame',), 'Preferences')
    return [node for node in session.walk(frame)
            if node.getRoleName() in ('check box', 'radio button') and 'TPO nano' in node.name]


def chosen(session):
    return [node.getState().contains(pyatspi.STATE_CHECKED) for node in choices(session)]


def close_preferences(session):
    press(session.wait(lambda: in_preferences(session, BUTTONS, 'Close'), 20, 'Close'))
    session.wait(lambda: session.find(('frame',), 'Preferences') is None, 20, 'end of the preferences')
    xdotool('windowfocus', session.window)  # as a window manager would
    time.sleep(0.5)
