"""Reads the exported samples as a stranger would: with Python's json and decoders of its own.

Usage: read_exports.py PROGRAM, the program being the export test, which writes the samples.
Speaks TAP.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile


def decode_counts(text):
    """COCO's compressed run lengths, from the description of the format."""
    counts, at = [], 0
    while at < len(text):
        value, shift, more = 0, 0, True
        while more:
            c = ord(text[at]) - 48
            assert 0 <= c < 64, text[at]
            at += 1
            value |= (c & 31) << shift
            shift += 5
            more = bool(c & 32)
        if c & 16:
            value -= 1 << shift
        if len(counts) > 2:
            value += counts[-2]
        assert value >= 0
        counts.append(value)
    return counts


def pixels_of_counts(counts, width, height):
    """The set pixels, as (x, y)."""
    assert sum(counts) == width * height
    pixels, at = set(), 0
    for i, count in enumerate(counts):
        if i % 2:
            pixels.update(divmod(p, height) for p in range(at, at + count))
        at += count
    return pixels


def pixels_of_rings(rings, width, height):
    """Pixels whose centre is inside, row by row."""
    pixels = set()
    for y in range(height):
        crossings = []
        for ring in rings:
            points = list(zip(ring[::2], ring[1::2]))
            for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1]):
                if (y0 > y + 0.5) != (y1 > y + 0.5):
                    assert x0 == x1, "an outline of pixels has no slopes"
                    crossings.append(x0)
        crossings.sort()
        for start, end in zip(crossings[::2], crossings[1::2]):
            pixels.update((x, y) for x in range(start, end))
    return pixels


def pixels_of(annotation, image):
    segmentation = annotation["segmentation"]
    if isinstance(segmentation, list):
        assert all(len(ring) >= 8 and len(ring) % 2 == 0 for ring in segmentation)
        return pixels_of_rings(segmentation, image["width"], image["height"])
    assert segmentation["size"] == [image["height"], image["width"]]
    return pixels_of_counts(decode_counts(segmentation["counts"]), image["width"], image["height"])


def check_coco(data):
    images = {image["id"]: image for image in data["images"]}
    categories = {category["id"] for category in data["categories"]}
    ids = [annotation["id"] for annotation in data["annotations"]]
    masks = {}
    assert len(images) == len(data["images"]) and len(set(ids)) == len(ids) and min(ids) > 0
    for annotation in data["annotations"]:
        image = images[annotation["image_id"]]
        x, y, w, h = annotation["bbox"]
        assert annotation["category_id"] in categories
        assert annotation["video_id"] == image["video_id"]
        assert w > 0 and h > 0 and x >= 0 and y >= 0
        assert x + w <= image["width"] and y + h <= image["height"]
        if "segmentation" not in annotation:
            assert abs(annotation["area"] - w * h) < 0.01
            continue
        pixels = pixels_of(annotation, image)
        xs, ys = [p[0] for p in pixels], [p[1] for p in pixels]
        box = [min(xs), min(ys), max(xs) + 1 - min(xs), max(ys) + 1 - min(ys)]
        assert annotation["area"] == len(pixels), (annotation["area"], len(pixels))
        assert annotation["bbox"] == box, (annotation["bbox"], box)
        masks[annotation["id"]] = pixels
    return masks


def load_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def test_coco(folder):
    masks = check_coco(load(f"{folder}/coco.json"))
    outlines = load(f"{folder}/polygons.json")
    assert len(masks) == 20
    assert check_coco(outlines) == masks
    kinds = {type(a.get("segmentation")) for a in outlines["annotations"]}
    assert kinds == {list, dict, type(None)}, "with holes and without"


def test_frames(folder):
    images = load(f"{folder}/coco.json")["images"]
    frames = load_lines(f"{folder}/coco.frames.jsonl")
    assert [f["image_id"] for f in frames] == [i["id"] for i in images]
    assert [f["frame"] for f in frames] == [i["frame_id"] for i in images]
    assert [f["time"] for f in frames][:5] == [0, 0.04, 0.08, 0.12, 0.4]
    assert {f["video"] for f in frames} == {"clip 7.mp4"}


def test_activitynet(folder):
    data = load(f"{folder}/activitynet.json")
    assert data == {
        "v_clip 7": {"duration": 1.1, "timestamps": [[0.12, 0.8]],
                     "sentences": ["When is the cup lifted?"]}}


def test_qvhighlights(folder):
    (query,) = load_lines(f"{folder}/qvhighlights.jsonl")
    assert query["relevant_windows"] == [[0, 2]] and query["relevant_clip_ids"] == [0]
    assert len(query["saliency_scores"]) == 1 and len(query["saliency_scores"][0]) == 3
    assert query["duration"] == 2 and query["tpo_windows_exact"] == [[0.12, 0.8]]


def test_tpo_instruct(folder):
    samples = load_lines(f"{folder}/tpo-instruct.jsonl")
    tokens = {"moment": ["<time_begin><temp>"], "box": ["<box_begin><boxes>"],
              "mask": ["<track_begin><tracking>"],
              "track": ["<box_begin><boxes>", "<track_begin><tracking>"]}
    assert len({sample["id"] for sample in samples}) == len(samples) == 19
    for sample in samples:
        human, gpt = sample["conversations"]
        assert human["from"] == "human" and human["value"].startswith("<image>\n")
        assert gpt["from"] == "gpt" and gpt["value"] in tokens[sample["task"]]
        assert ".." not in sample["video"] and not sample["video"].startswith("/")
        assert sample["provenance"]["source"] in ("human", "model", "model-corrected")
        mask = sample["targets"].get("mask")
        if mask:
            height, width = mask["size"]
            assert len(mask["frames"]) == len(mask["rle"])
            for rle in mask["rle"]:
                pixels_of_counts(decode_counts(rle), width, height)


def test_descriptions(folder):
    for name in ("coco", "activitynet", "qvhighlights", "tpo-instruct"):
        for entry in load(f"{folder}/{name}.tpo-export.json")["files"]:
            with open(os.path.join(folder, entry["name"]), "rb") as file:
                content = file.read()
            assert len(content) == entry["size"]
            assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def run_tests(names):
    """Runs what is called test_… in @names on fresh samples, and prints TAP."""
    tests = [test for name, test in sorted(names.items()) if name.startswith("test_")]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], "--write", folder], check=True, stdout=subprocess.DEVNULL)
        print(f"1..{len(tests)}")
        for i, test in enumerate(tests, 1):
            try:
                test(folder)
                print(f"ok {i} {test.__name__}")
            except Exception as problem:  # each test's failure is a line of the report
                print(f"not ok {i} {test.__name__}\n# {type(problem).__name__}: {problem}")


if __name__ == "__main__":
    run_tests(globals())
