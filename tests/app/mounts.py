"""File systems of a test's own: read-only ones, and small ones that are soon full. Only root may mount; who is not, skips."""

import errno
import os
import subprocess
import sys


def enter():
    """Runs the script anew where what it mounts is seen by nobody else, and goes with it; at its start."""
    if 'OWN_MOUNTS' in os.environ:
        return
    own = ['unshare', '--mount', '--propagation', 'private']
    if subprocess.run([*own, 'true'], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        print('1..0 # SKIP mounting is not permitted')
        sys.exit(0)
    os.environ['OWN_MOUNTS'] = '1'
    os.execvp(own[0], [*own, sys.executable, *sys.argv])


def mount_small(folder, size):
    """A file system of @size bytes, empty."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'none', str(folder)], check=True)


def set_read_only(folder):
    """What was mounted there can only be read from now on."""
    subprocess.run(['mount', '-o', 'remount,ro', str(folder)], check=True)


def fill_disk(folder):
    """Takes all the room there is in a small file system. Returns: the file that has it"""
    filler = folder / 'filler'
    with filler.open('wb', buffering=0) as file:
        for size in (1 << 16, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError as problem:
                if problem.errno != errno.ENOSPC:
                    raise
    return filler
