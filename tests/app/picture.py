"""The picture of the window in pixels of the clip, and tracks as the project has them; for the tests that work on both."""

import re

from session import rows

WIDTH, HEIGHT, FRAME_US = 640, 480, 40000  # of the clip

KEYFRAMES = """
WITH RECURSIVE chain (id, depth) AS (
  SELECT revision_id, 0 FROM annotation WHERE id = {}
  UNION ALL SELECT r.parent_id, depth + 1 FROM chain JOIN revision AS r ON r.id = chain.id WHERE r.parent_id < r.id)
SELECT time_us, provenance, score, state, mask, x0, y0, x1, y1 FROM (
  SELECT k.*, min(depth) FROM chain JOIN keyframe AS k ON k.revision_id = chain.id GROUP BY k.time_us)
WHERE state <> 'removed' ORDER BY time_us
"""


def keyframes(annotation):
    """{frame: (provenance, score, state, mask, box)} of an annotation as it is now."""
    return {row[0] // FRAME_US: (row[1], row[2], row[3], row[4], row[5:]) for row in rows(KEYFRAMES.format(annotation))}


def newest(kind):
    return rows(f"SELECT max(id) FROM annotation WHERE kind = '{kind}' AND revision_id IS NOT NULL")[0][0]


def count_steps():
    return rows('SELECT count(*) FROM undo_step WHERE NOT is_undone')[0][0]


def at(session, x, y):
    """Where a pixel of the video is in the window."""
    left, top, width, height = session.box(session.need(('image',), contains='Video'))
    scale = min(width / WIDTH, height / HEIGHT)
    return (round(left + (width - scale * WIDTH) / 2 + x * scale),
            round(top + (height - scale * HEIGHT) / 2 + y * scale))


def drag(session, x0, y0, x1, y1):
    session.drag(*at(session, x0, y0), *at(session, x1, y1))


def shown_frame(session):
    name = session.need(('image',), contains='Video').name
    minutes, seconds = re.search(r'(\d+):(\d+\.\d+)$', name).groups()
    return round((int(minutes) * 60 + float(seconds)) * 1e6 / FRAME_US)


def go_to(session, frame):
    session.keys('Home', *frame * ['period'])
    session.wait(lambda: shown_frame(session) == frame, 30, f'frame {frame}')
