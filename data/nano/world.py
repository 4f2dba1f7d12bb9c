"""The nano model's world: seeded scenes of moving sprites, rendered at any size and any time.

A scene holds no pixels.  Positions are fractions of the frame (origin top left), times are seconds, and a sprite's
size is its longer side divided by the geometric mean of frame width and height.  The same scene therefore serves the
language model (8 frames of 96 px), the temporal head (8 frames per second of 48 px), the mask head (128 px with
masks) and the demo clips (640 x 480).  A frame may be squashed: `Scene.aspect` is the width / height of the clip that
the frame stands for, so `render(scene, times, 96, 96)` of a 4:3 scene shows what resizing a 4:3 clip to 96 x 96 gives.

    scene = sample_scene(seed)                      # the same seed gives the same scene
    frames = render(scene, [0.5, 1.0], 128, 128)    # uint8 (T, H, W, 3)
    frames, ids = render(..., masks=True)           # ids uint8 (T, H, W): 0 background, i + 1 = sprite i
    boxes, visible = scene.boxes(times)             # (T, n, 4) x0 y0 x1 y1 in 0..1, (T, n) bool
    scene.visible_span(i), scene.motion_span(i)     # (start, end) seconds, the second None for a still sprite
"""
import functools
import io
import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

COLORS = {
    'red': (222, 44, 44), 'green': (44, 178, 66), 'blue': (44, 84, 228), 'yellow': (245, 218, 44),
    'purple': (150, 56, 192), 'orange': (248, 138, 24), 'cyan': (44, 208, 220), 'white': (246, 246, 246),
}
COLOR_NAMES = list(COLORS)
SHAPES = ['circle', 'square', 'triangle', 'star', 'heart', 'ring']
EMOJI = {
    'dog': '\U0001F436', 'cat': '\U0001F431', 'frog': '\U0001F438', 'pig': '\U0001F437', 'panda': '\U0001F43C',
    'fish': '\U0001F420', 'butterfly': '\U0001F98B', 'car': '\U0001F697', 'rocket': '\U0001F680',
    'apple': '\U0001F34E', 'banana': '\U0001F34C', 'sunflower': '\U0001F33B', 'tree': '\U0001F332',
    'house': '\U0001F3E0', 'ball': '\u26BD', 'crown': '\U0001F451',
}
EMOJI_NAMES = list(EMOJI)
CLASSES = SHAPES + EMOJI_NAMES
DIRECTIONS = ['left', 'right', 'up', 'down']
HELD_OUT = {('red', 'star'), ('green', 'square'), ('blue', 'heart'),
            ('yellow', 'ring'), ('purple', 'triangle'), ('cyan', 'circle')}
EMOJI_FONT = '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf'
EMOJI_SIZE = 109                  # the only bitmap size in the font
MASTER = 256                      # longer side of a shape's master picture
ASPECTS = [1.0, 4 / 3, 16 / 9]


# ---------------------------------------------------------------- sprites

def _shape_alpha(shape):
    """Silhouette of a shape, drawn four times too large and averaged down."""
    s = MASTER * 4
    image = Image.new('L', (s, s), 0)
    draw = ImageDraw.Draw(image)
    if shape == 'circle':
        draw.ellipse((2, 2, s - 3, s - 3), fill=255)
    elif shape == 'square':
        draw.rounded_rectangle((s * .06, s * .06, s * .94, s * .94), s * .05, fill=255)
    elif shape == 'triangle':
        draw.polygon([(s * .5, 0), (s - 1, s * .95), (0, s * .95)], fill=255)
    elif shape == 'star':
        points = []
        for i in range(10):
            radius, angle = s * (.5 if i % 2 == 0 else .21), -np.pi / 2 + i * np.pi / 5
            points.append((s * .5 + radius * np.cos(angle), s * .52 + radius * np.sin(angle)))
        draw.polygon(points, fill=255)
    elif shape == 'heart':
        t = np.linspace(0, 2 * np.pi, 200)
        x = 16 * np.sin(t) ** 3
        y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
        draw.polygon([(s * .5 + a * s * .03, s * .46 - b * s * .03) for a, b in zip(x, y)], fill=255)
    elif shape == 'ring':
        draw.ellipse((2, 2, s - 3, s - 3), fill=255)
        draw.ellipse((s * .27, s * .27, s * .73, s * .73), fill=0)
    return image.resize((MASTER, MASTER), Image.BOX)


def _shaded_shape(shape, color):
    """A coloured shape with a soft light from above and a slightly darker rim."""
    alpha = _shape_alpha(shape)
    inside = alpha.filter(ImageFilter.GaussianBlur(MASTER * .03))
    rim = np.clip((np.asarray(inside, np.float32) / 255 - .55) / .4, 0, 1)[..., None]
    light = np.linspace(1.06, .9, MASTER, dtype=np.float32)[:, None, None]
    rgb = np.array(COLORS[color], np.float32) * light * (.8 + .2 * rim)
    image = Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8), 'RGB').convert('RGBA')
    image.putalpha(alpha)
    return image


@functools.lru_cache(None)
def master(cls, color):
    """RGBA picture of a sprite, cropped to its opaque box.  Emoji have color None."""
    if color is not None:
        image = _shaded_shape(cls, color)
    else:
        font = ImageFont.truetype(EMOJI_FONT, EMOJI_SIZE)
        image = Image.new('RGBA', (160, 160), (0, 0, 0, 0))
        ImageDraw.Draw(image).text((10, 10), EMOJI[cls], font=font, embedded_color=True)
    return image.crop(image.getchannel('A').point(lambda v: 255 if v > 60 else 0).getbbox())


@functools.lru_cache(None)
def _small_master(cls, color):
    """Premultiplied RGBA picture (mode RGBa, which resizes without fringes), at most 72 px, for small sprites."""
    image = master(cls, color).convert('RGBa')
    k = 72 / max(image.size)
    return image.resize((round(image.width * k), round(image.height * k)), Image.BOX)


@functools.lru_cache(30000)
def sprite_pixels(cls, color, width, height):
    """Premultiplied float32 colours (h, w, 3) and alpha (h, w, 1) of a sprite at a size in pixels."""
    small = max(width, height) <= 36
    image = _small_master(cls, color) if small else master(cls, color).convert('RGBa')
    shrinks = width < image.width and height < image.height
    pixels = np.asarray(image.resize((width, height), Image.BOX if shrinks else Image.BICUBIC), np.float32)
    return pixels[..., :3], pixels[..., 3:] / 255


class Sprite:
    """One object: what it is, when it is there (t0..t1), where, and when it moves (m0..m1, direction)."""
    __slots__ = ('cls', 'color', 'size', 'start', 'end', 't0', 't1', 'm0', 'm1', 'direction')

    @property
    def name(self):
        return f'{self.color} {self.cls}' if self.color else self.cls

    def centre(self, times):
        """Centres (T, 2) at times in seconds; motion starts and stops softly."""
        t = np.asarray(times, np.float32)
        start, end = np.asarray(self.start, np.float32), np.asarray(self.end, np.float32)
        if self.direction is None:
            return np.broadcast_to(start, (len(t), 2))
        u = np.clip((t - self.m0) / (self.m1 - self.m0), 0, 1)
        ramp = .1                                     # share of the motion spent on each ramp
        u = np.where(u < ramp, u * u / (2 * ramp), np.where(u > 1 - ramp, 1 - ramp - (1 - u) ** 2 / (2 * ramp), u - ramp / 2))
        u = np.clip(u / (1 - ramp), 0, 1)[:, None]
        return start * (1 - u) + end * u

    def half_extent(self, aspect):
        """Half width and half height as fractions of the frame."""
        w, h = master(self.cls, self.color).size
        k = self.size / max(w, h) / 2
        return w * k / math.sqrt(aspect), h * k * math.sqrt(aspect)


class Scene:
    """Sprites over a backdrop.  Sprites later in the list are drawn on top."""
    __slots__ = ('sprites', 'duration', 'aspect', 'seed')

    def boxes(self, times):
        t = np.asarray(times, np.float32)
        boxes = np.zeros((len(t), len(self.sprites), 4), np.float32)
        visible = np.zeros((len(t), len(self.sprites)), bool)
        for i, s in enumerate(self.sprites):
            centre, half = s.centre(t), np.array(s.half_extent(self.aspect), np.float32)
            boxes[:, i, :2], boxes[:, i, 2:] = centre - half, centre + half
            visible[:, i] = (t >= s.t0) & (t < s.t1)
        return np.clip(boxes, 0, 1), visible

    def visible_span(self, i):
        return self.sprites[i].t0, self.sprites[i].t1

    def motion_span(self, i):
        s = self.sprites[i]
        return (s.m0, s.m1) if s.direction else None


# ---------------------------------------------------------------- sampling

def pick_kind(rng, held_out, emoji_share):
    """Class and colour of a new sprite; held-out pairs appear only on request, then for half of the shapes."""
    if rng.random() < emoji_share:
        return rng.choice(EMOJI_NAMES), None
    if held_out and rng.random() < .5:
        color, shape = rng.choice(sorted(HELD_OUT))
        return shape, color
    while True:
        color, shape = rng.choice(COLOR_NAMES), rng.choice(SHAPES)
        if (color, shape) not in HELD_OUT:
            return shape, color


def _place_in_time(rng, sprite, duration, first):
    """Presence: 45 % all the time, else it appears, disappears, or both (so that most time spans are short)."""
    r = rng.random()
    sprite.t0, sprite.t1 = 0., float(duration)
    if r < .45 or (first and r < .55):
        return
    if r < .68 or r > .86:
        sprite.t0 = rng.uniform(.15, .62) * duration
    if r >= .68:
        low = max(.3, sprite.t0 / duration + .22)
        sprite.t1 = rng.uniform(low, max(low, .88)) * duration


def _place_in_space(rng, sprite, aspect):
    half_w, half_h = sprite.half_extent(aspect)
    x, y = rng.uniform(half_w, 1 - half_w), rng.uniform(half_h, 1 - half_h)
    sprite.start = sprite.end = (x, y)
    sprite.m0, sprite.m1 = sprite.t0, sprite.t1
    sprite.direction = rng.choice(DIRECTIONS) if rng.random() < .6 else None
    if sprite.direction is None:
        return
    horizontal = sprite.direction in ('left', 'right')
    half = half_w if horizontal else half_h
    distance = min(rng.uniform(.3, .6), 1 - 2 * half)
    low = rng.uniform(half, 1 - half - distance)
    near, far = ((low, y), (low + distance, y)) if horizontal else ((x, low), (x, low + distance))
    forward = sprite.direction in ('right', 'down')
    sprite.start, sprite.end = (near, far) if forward else (far, near)
    present = sprite.t1 - sprite.t0
    length = min(present, max(1.5, rng.uniform(.25, .8) * present))
    sprite.m0 = sprite.t0 + rng.uniform(.15, 1.) * (present - length)
    sprite.m1 = sprite.m0 + length


def _overlaps(scene, times):
    """Whether the last sprite covers more than a small part of another one at any of the times."""
    b, v = scene.boxes(times)
    new = b[:, -1]
    area = lambda x: (x[..., 2] - x[..., 0]) * (x[..., 3] - x[..., 1])
    for j in range(len(scene.sprites) - 1):
        wh = np.clip(np.minimum(b[:, j, 2:], new[:, 2:]) - np.maximum(b[:, j, :2], new[:, :2]), 0, 1)
        cover = (v[:, j] & v[:, -1]) * wh[:, 0] * wh[:, 1] / np.minimum(area(b[:, j]), area(new))
        if cover.max() > .2:
            return True
    return False


def sample_scene(seed, held_out=False, emoji_share=.4, max_sprites=4, min_duration=6, max_duration=16, aspect=None):
    rng = random.Random(seed)
    scene = Scene()
    scene.seed, scene.sprites = seed, []
    scene.duration = rng.randint(min_duration, max_duration)
    drawn = rng.choices(ASPECTS, [.3, .45, .25])[0]
    scene.aspect = aspect or drawn
    count = rng.choices(range(1, max_sprites + 1), [1, 1.4, 1.4, 1][:max_sprites])[0]
    times = np.linspace(.05, scene.duration - .05, 13)
    for _ in range(count):
        for _attempt in range(14):
            sprite = Sprite()
            sprite.cls, sprite.color = pick_kind(rng, held_out, emoji_share)
            if any(s.name == sprite.name for s in scene.sprites):
                continue
            sprite.size = rng.uniform(.18, .33)
            _place_in_time(rng, sprite, scene.duration, first=not scene.sprites)
            _place_in_space(rng, sprite, scene.aspect)
            scene.sprites.append(sprite)
            if not _overlaps(scene, times):
                break
            scene.sprites.pop()
    return scene


# ---------------------------------------------------------------- rendering

PALETTES = [                      # two or three quiet colours each; never as bright or saturated as a sprite
    ((46, 68, 110), (150, 120, 130)), ((30, 44, 70), (84, 110, 140)), ((120, 150, 160), (170, 165, 140)),
    ((66, 92, 84), (140, 160, 130)), ((92, 74, 100), (160, 130, 135)), ((40, 40, 56), (92, 84, 112)),
    ((130, 108, 92), (172, 156, 136)), ((62, 98, 116), (130, 160, 164)), ((84, 90, 70), (150, 142, 104)),
    ((54, 60, 66), (120, 126, 132)), ((110, 84, 84), (168, 140, 120)), ((70, 80, 120), (140, 140, 170)),
]


@functools.lru_cache(1500)
def backdrop(seed, width, height, aspect):
    """A quiet background: sky with hills, soft lights, clouds, gradients, stripes or tiles.  float32 (H, W, 3)."""
    r = np.random.RandomState(seed % (2 ** 31))
    dark, light = [np.array(c, np.float32) for c in PALETTES[r.randint(len(PALETTES))]]
    if r.rand() < .25:
        dark, light = r.uniform(25, 110, 3).astype(np.float32), r.uniform(60, 170, 3).astype(np.float32)
    if r.rand() < .35:
        dark, light = light, dark
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x + .5) / width * math.sqrt(aspect), (y + .5) / height / math.sqrt(aspect)
    kind = r.choice(['hills', 'lights', 'clouds', 'gradient', 'stripes', 'tiles'], p=[.24, .18, .2, .18, .1, .1])
    angle = r.uniform(0, 2 * np.pi)
    along = np.clip((x - .5) * np.cos(angle) + (y - .5) * np.sin(angle) + .5, 0, 1)
    if kind == 'hills':
        picture = light + (dark - light) * (y * .55)[..., None]
        for layer in range(3):
            a, f, p = r.uniform(.02, .07), r.uniform(2, 7), r.uniform(0, 6.3)
            ridge = .5 + .16 * layer + a * np.sin(f * x + p) + .4 * a * np.sin(2.3 * f * x + 2 * p)
            soft = np.clip((y - ridge) * min(width, height) * .7, 0, 1)[..., None]
            picture = picture * (1 - soft) + (light + (dark - light) * (.45 + .22 * layer)) * soft
        return np.ascontiguousarray(picture, np.float32)
    if kind == 'lights':
        u = .35 * along
        for _ in range(r.randint(5, 11)):
            cx, cy, radius = r.uniform(0, 1.3), r.uniform(0, 1.1), r.uniform(.04, .16)
            d = np.sqrt((x - cx) ** 2 + (y - cy) ** 2)
            u = u + r.uniform(.08, .25) * np.clip((radius - d) * 40, 0, 1)
    elif kind == 'clouds':
        grid = r.rand(5, 6).astype(np.float32)
        u = .5 * np.asarray(Image.fromarray(grid).resize((width, height), Image.BICUBIC)) + .5 * y
    elif kind == 'gradient':
        u = along
    elif kind == 'stripes':
        wave = np.sin(2 * np.pi * along * r.randint(3, 9))
        u = .3 + .3 * along + r.uniform(.06, .2) * np.clip(wave * 6, -1, 1)
    else:
        k = r.randint(4, 9)
        u = .3 * along + ((np.floor(x * k) + np.floor(y * k)) % 2) * r.uniform(.1, .3)
    return np.ascontiguousarray(dark + (light - dark) * np.clip(u, 0, 1)[..., None], np.float32)


def _fade(frames, seed):
    """Brightness change and a little grain, different for every scene."""
    r = np.random.RandomState((seed * 31 + 7) % (2 ** 31))
    gain, offset, grain = r.uniform(.88, 1.1), r.uniform(-10, 10), r.uniform(0, 4)
    noise = r.randn(*frames.shape[1:3], 1).astype(np.float32) * grain + offset
    return frames * gain + noise


def render(scene, times, width, height, masks=False, noise=True, supersample=1, backdrops=0):
    """Frames uint8 (T, height, width, 3) at the times; with masks also ids uint8 (T, height, width).

    supersample draws larger and averages down (smooth slow motion).  backdrops > 0 limits the number of different
    backgrounds, so that a training process finds most of them in its cache.
    """
    w, h = width * supersample, height * supersample
    seed = scene.seed % backdrops if backdrops else scene.seed
    base = backdrop(seed, w, h, scene.aspect)
    times = np.asarray(times, np.float32)
    _, visible = scene.boxes(times)
    looks, corners = [], []
    for s in scene.sprites:
        half_w, half_h = s.half_extent(scene.aspect)
        pw, ph = max(3, round(2 * half_w * w)), max(3, round(2 * half_h * h))
        looks.append(sprite_pixels(s.cls, s.color, pw, ph))
        corners.append(np.rint(s.centre(times) * [w, h] - [pw / 2, ph / 2]).astype(int))
    frames = np.empty((len(times), height, width, 3), np.float32)
    ids = np.zeros((len(times), height, width), np.uint8) if masks else None
    last = None
    for k in range(len(times)):
        layout = tuple((bool(visible[k, i]), *corners[i][k]) for i in range(len(looks)))
        if layout == last:                          # nothing moved: reuse the previous frame
            frames[k] = frames[k - 1]
            if masks:
                ids[k] = ids[k - 1]
            continue
        last = layout
        canvas = base.copy()
        labels = np.zeros((h, w), np.uint8) if masks else None
        for i, (shown, x0, y0) in enumerate(layout):
            if not shown:
                continue
            rgb, alpha = looks[i]
            ph, pw = alpha.shape[:2]
            left, top, right, bottom = max(x0, 0), max(y0, 0), min(x0 + pw, w), min(y0 + ph, h)
            if right <= left or bottom <= top:
                continue
            part = np.s_[top - y0:bottom - y0, left - x0:right - x0]
            canvas[top:bottom, left:right] *= 1 - alpha[part]
            canvas[top:bottom, left:right] += rgb[part]
            if masks:
                labels[top:bottom, left:right][alpha[part][..., 0] > .5] = i + 1
        if supersample > 1:
            canvas = canvas.reshape(height, supersample, width, supersample, 3).mean((1, 3))
        frames[k] = canvas
        if masks:
            ids[k] = labels[supersample // 2::supersample, supersample // 2::supersample]
    if noise:
        frames = _fade(frames, scene.seed)
    frames = np.clip(frames + .5, 0, 255).astype(np.uint8)
    return (frames, ids) if masks else frames


def through_video(frames, width, height, quality):
    """What the application sees: frames compressed (here one by one as JPEG), then resized with antialiased bicubic."""
    out = np.empty((len(frames), height, width, 3), np.uint8)
    for i, frame in enumerate(frames):
        image = Image.fromarray(frame)
        if quality:
            buffer = io.BytesIO()
            image.save(buffer, 'JPEG', quality=quality)
            image = Image.open(buffer)
        out[i] = np.asarray(image.resize((width, height), Image.BICUBIC))
    return out


def middle_times(duration, count):
    """Times of the `middle` frame selection: the centre of each of `count` equal parts."""
    return (np.arange(count) + .5) / count * duration


if __name__ == '__main__':
    import sys
    rows = []
    for seed in range(10):
        s = sample_scene(seed, aspect=4 / 3)
        rows.append(np.concatenate(list(render(s, middle_times(s.duration, 5), 240, 180, supersample=2)), 1))
    Image.fromarray(np.concatenate(rows, 0)).save(sys.argv[1])
