#!/usr/bin/python3
"""Checks what a compiler does not: which folder may include which, where SQL and GTK may appear,
that every translatable file is listed for translators, that files stay small, and that names of icons have no blanks.

Prints TAP. Usage: layers.py SOURCE_ROOT
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
MAX_LINES = 800

# A folder of compute/ sees itself and these.
COMPUTE = {
    'base': set(),
    'vk': {'base'},
    'nn': {'base', 'vk'},
    'io': {'base'},
    'models': {'base', 'nn', 'io'},
}
# Folders of app/ that never see GTK.
NO_GTK = {'store', 'review', 'formats', 'cli', 'files', 'download', 'engine', 'library', 'media', 'settings', 'document', 'tasks'}
# A folder of app/ that sees itself and these.
APP = {
    'store': set(),
    'widgets': set(),
    'review': {'store'},
    'media': {'formats', 'store'},
    'download': {'files'},
    'tasks': {'document', 'engine', 'store'},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.M)
GTK = re.compile(r'^(gtk|gdk|adwaita|graphene)\b')


def sources(folder):
    return sorted(p for p in (ROOT / folder).rglob('*') if p.suffix in ('.c', '.h'))


def includes(path):
    return INCLUDE.findall(path.read_text())


def layer_problems():
    for path in sources('compute'):
        parts = path.relative_to(ROOT / 'compute').parts
        for name in includes(path):
            folder = name.split('/')[0]
            if GTK.match(name):
                yield f'{path}: {name} under compute/'
            if parts[0] in COMPUTE and folder in COMPUTE and folder != parts[0] \
                    and folder not in COMPUTE[parts[0]]:
                yield f'{path}: {parts[0]} must not include {name}'
            if parts[0] == 'include' and not name.startswith('tpo/') and '/' in name \
                    and folder in COMPUTE:
                yield f'{path}: a public header includes {name}'
    for path in sources('app'):
        folder = path.relative_to(ROOT / 'app').parts[0]
        for name in includes(path):
            if folder in NO_GTK and GTK.match(name):
                yield f'{path}: {name} where no GTK is'
            if folder in APP and '/' in name and (ROOT / 'app' / name).exists() \
                    and name.split('/')[0] not in APP[folder] | {folder}:
                yield f'{path}: {folder} must not include {name}'
            if name == 'sqlite3.h' and folder != 'store':
                yield f'{path}: SQL outside app/store/'
            if folder not in ('cli',) and name.split('/')[0] in COMPUTE and name.count('/') \
                    and (ROOT / 'compute' / name).exists():
                yield f'{path}: {name} is no public header'


def icon_problems():
    """A name in a list of icons begins with the blanks that its line begins with."""
    for path in sorted((ROOT / 'app').rglob('*.ui')):
        for names in re.findall(r'<property name="icons">(.*?)</property>', path.read_text(), re.S):
            if any(name != name.strip() for name in names.split('\n')):
                yield f'{path}: blanks around names of icons'


def length_problems():
    for folder in ('app', 'compute', 'tests'):
        for path in sources(folder):
            n = len(path.read_text().splitlines())
            if n > MAX_LINES:
                yield f'{path}: {n} lines'


def translation_problems():
    listed = set((ROOT / 'po' / 'POTFILES.in').read_text().split())
    found = set()
    for path in [*(ROOT / 'app').rglob('*'), *(ROOT / 'compute').rglob('*')]:
        if path.suffix in ('.c', '.h') and re.search(r'\b(_|N_|C_|ngettext) \(', path.read_text()):
            found.add(str(path.relative_to(ROOT)))
        if path.suffix == '.ui' and 'translatable="yes"' in path.read_text():
            found.add(str(path.relative_to(ROOT)))
    for name in sorted(found - listed):
        yield f'po/POTFILES.in lacks {name}'
    for name in sorted(n for n in listed - found if n.startswith('app/')):
        yield f'po/POTFILES.in lists {name}, which has nothing to translate'


CHECKS = [
    ('icons have their names', icon_problems),
    ('includes follow the layers', layer_problems),
    ('files stay small', length_problems),
    ('translatable files are listed', translation_problems),
]

print(f'1..{len(CHECKS)}')
failed = False
for number, (title, check) in enumerate(CHECKS, 1):
    problems = list(check())
    print(f"{'not ok' if problems else 'ok'} {number} - {title}")
    for problem in problems:
        print(f'# {problem}')
    failed |= bool(problems)
sys.exit(failed)
