"""Render the demo clips: python3 clips.py OUT     (needs the ffmpeg program)

Three short scenes with sound, 640 x 480 at 25 frames a second, H.264 and AAC, and clips.json with three example
questions for each (a time, a place, something to track).  They are put together by hand from the sprites, sizes,
movements and backgrounds that the model was trained on.  A soft bell rings when a sprite appears, a lower one when it
starts to move.
"""
import json
import os
import subprocess
import sys
import tempfile
import wave

import numpy as np

from world import Scene, Sprite, render

WIDTH, HEIGHT, FPS, RATE = 640, 480, 25, 44100
NOTES = [523.25, 587.33, 659.25, 783.99, 880.0, 1046.5]        # a pentatonic scale


def still(cls, color, size, at, there):
    s = Sprite()
    s.cls, s.color, s.size, s.start, s.end, s.direction = cls, color, size, at, at, None
    (s.t0, s.t1), (s.m0, s.m1) = there, there
    return s


def moving(cls, color, size, start, end, there, moves, direction):
    s = still(cls, color, size, start, there)
    s.end, s.direction = end, direction
    s.m0, s.m1 = moves
    return s


def scene(backdrop, duration, *sprites):
    out = Scene()
    out.seed, out.duration, out.aspect, out.sprites = backdrop, float(duration), WIDTH / HEIGHT, list(sprites)
    return out


CLIPS = [
    dict(name='morning', title='Morning hills', scene=scene(
        12, 12, still('house', None, .29, (.2, .5), (0, 12)),
        moving('car', None, .25, (.2, .83), (.76, .83), (0, 12), (3, 8), 'right'),
        still('tree', None, .28, (.84, .49), (0, 12)),
        still('butterfly', None, .2, (.53, .24), (5, 12))),
        questions=['When does the car move?', 'Where is the house?', 'Track the car.']),
    dict(name='night', title='Night flight', scene=scene(
        17, 12, still('dog', None, .26, (.25, .74), (0, 12)),
        moving('rocket', None, .26, (.76, .8), (.76, .26), (0, 12), (4, 9), 'up'),
        still('star', 'yellow', .22, (.28, .24), (2, 12))),
        questions=['When does the rocket move up?', 'Where is the dog?', 'Track the rocket.']),
    dict(name='pond', title='Little pond', scene=scene(
        14, 11, moving('fish', None, .26, (.8, .72), (.3, .72), (0, 11), (2, 7), 'left'),
        still('frog', None, .25, (.22, .3), (0, 11)),
        still('heart', 'red', .22, (.68, .27), (4, 8.5))),
        questions=['When is the red heart visible?', 'Where is the frog?', 'Track the fish.']),
]


def bell(frequency, seconds=2.2, volume=.16):
    """A struck bell: a few partials that die away at their own pace."""
    t = np.arange(int(seconds * RATE)) / RATE
    partials = ((1, 1, 2.2), (2.0, .45, 3.4), (3.01, .2, 5.5), (4.2, .08, 8))
    tone = sum(a * np.sin(2 * np.pi * frequency * k * t) * np.exp(-d * t) for k, a, d in partials)
    return volume * tone * np.minimum(1, t * 200)


def sound(scene):
    """Mono samples in -1..1: a quiet chord below, bells on top."""
    t = np.arange(int(scene.duration * RATE)) / RATE
    swell = np.minimum(1, np.minimum(t, scene.duration - t) / 1.5)
    out = sum(.018 * np.sin(2 * np.pi * f * t + p) for f, p in ((130.81, 0), (196.0, 1), (261.63, 2))) * swell * (.8 + .2 * np.sin(t * .7))
    for i, s in enumerate(scene.sprites):
        events = [(s.t0 + .15 + .3 * i if s.t0 == 0 else s.t0, NOTES[(2 * i + 1) % 6])]
        if s.direction:
            events.append((s.m0, NOTES[i % 6] / 2))
        for at, note in events:
            start = int(at * RATE)
            tone = bell(note)[:len(out) - start]
            out[start:start + len(tone)] += tone
    return np.clip(out, -1, 1)


def write_clip(path, scene):
    with tempfile.TemporaryDirectory() as folder:
        audio = os.path.join(folder, 'sound.wav')
        with wave.open(audio, 'wb') as f:
            f.setnchannels(1)
            f.setsampwidth(2)
            f.setframerate(RATE)
            f.writeframes((sound(scene) * 32767).astype('<i2').tobytes())
        encoder = subprocess.Popen(
            ['ffmpeg', '-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', f'{WIDTH}x{HEIGHT}', '-r', str(FPS),
             '-i', '-', '-i', audio, '-c:v', 'libx264', '-preset', 'slow', '-crf', '20', '-pix_fmt', 'yuv420p', '-threads', '1',
             '-c:a', 'aac', '-b:a', '96k', '-movflags', '+faststart', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-shortest', path],
            stdin=subprocess.PIPE)
        for k in range(int(scene.duration * FPS)):
            encoder.stdin.write(render(scene, [k / FPS], WIDTH, HEIGHT, noise=False, supersample=2)[0].tobytes())
        encoder.stdin.close()
        if encoder.wait() != 0:
            raise SystemExit(f'ffmpeg could not write {path}')


def main(folder):
    os.makedirs(folder, exist_ok=True)
    listing = []
    for clip in CLIPS:
        name = clip['name'] + '.mp4'
        write_clip(os.path.join(folder, name), clip['scene'])
        listing.append(dict(file=name, title=clip['title'], questions=clip['questions']))
    with open(os.path.join(folder, 'clips.json'), 'w') as f:
        json.dump({'clips': listing}, f, indent=2)
        f.write('\n')


if __name__ == '__main__':
    main(sys.argv[1])
