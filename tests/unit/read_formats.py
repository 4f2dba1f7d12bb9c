"""Reads a sample of every format with programs and libraries that are not ours: Pillow, webvtt-py, ElementTree
and xmllint, tarfile, csv, configparser, ffprobe. What one format says is checked against COCO's masks and boxes.

Usage: read_formats.py PROGRAM, the program being the export test, which writes the samples. Speaks TAP.
"""

import configparser
import csv
import glob
import hashlib
import itertools
import json
import os
import re
import subprocess
import tarfile
import xml.etree.ElementTree as ElementTree

import webvtt
from PIL import Image

from read_exports import decode_counts, load, load_lines, pixels_of, pixels_of_counts, run_tests

WIDTH, HEIGHT, N_FRAMES = 640, 360, 10
PALETTE = [0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0, 0, 0, 128, 128, 0, 128]


def coco_masks(folder):
    """Masks by track: {track: {frame: pixels}}, and boxes the same way."""
    coco = load(f"{folder}/coco.json")
    images = {image["id"]: image for image in coco["images"]}
    masks, boxes = {}, {}
    for annotation in coco["annotations"]:
        image = images[annotation["image_id"]]
        if "segmentation" in annotation:
            pixels = pixels_of(annotation, image)
            masks.setdefault(annotation["instance_id"], {})[image["frame_id"]] = pixels
        else:
            boxes.setdefault(annotation["instance_id"], {})[image["frame_id"]] = annotation["bbox"]
    return masks, boxes


def pixels_of_rle(rle):
    assert rle["size"] == [HEIGHT, WIDTH]
    counts = rle["counts"]
    return pixels_of_counts(decode_counts(counts) if isinstance(counts, str) else counts, WIDTH, HEIGHT)


def same_masks(found, masks):
    """The same sets of pixels by frame, whatever the tracks are called."""
    def key(track):
        return sorted((frame, sorted(pixels)[:50], len(pixels)) for frame, pixels in track.items())
    assert sorted(map(key, found)) == sorted(map(key, masks))


def check_pictures(files, masks):
    """Indexed pictures: the pixels of any object are those of any mask on that frame."""
    assert files
    for path in files:
        frame = int(os.path.basename(path)[:5])
        with Image.open(path) as picture:
            assert picture.mode == "P" and picture.size == (WIDTH, HEIGHT)
            assert picture.getpalette()[:18] == PALETTE
            assert picture.getpalette()[255 * 3:] == [224, 224, 192]
            data = picture.tobytes()
        found = {divmod(i, WIDTH)[::-1] for i, index in enumerate(data) if index}
        wanted = set().union(*(track.get(frame, set()) for track in masks.values()))
        assert found == wanted, path


def test_davis(folder):
    masks, _ = coco_masks(folder)
    files = sorted(glob.glob(f"{folder}/davis/Annotations/Full-Resolution/clip 7/*.png"))
    check_pictures(files, masks)
    with open(f"{folder}/davis/ImageSets/2017/train.txt", encoding="utf-8") as file:
        assert file.read() == "clip 7\n"


def test_ref_youtube_vos(folder):
    masks, _ = coco_masks(folder)
    base = f"{folder}/ref-youtube-vos"
    check_pictures(sorted(glob.glob(f"{base}/train/Annotations/clip 7/*.png")), masks)
    objects = load(f"{base}/train/meta.json")["videos"]["clip 7"]["objects"]
    video = load(f"{base}/meta_expressions/train/meta_expressions.json")["videos"]["clip 7"]
    assert len(objects) == len(masks)
    assert all(e["obj_id"] in objects for e in video["expressions"].values())
    assert video["frames"] == [f"{i:05d}" for i in range(N_FRAMES)]


def test_mevis(folder):
    masks, _ = coco_masks(folder)
    base = f"{folder}/mevis/train"
    dictionary = load(f"{base}/mask_dict.json")
    video = load(f"{base}/meta_expressions.json")["videos"]["clip 7"]
    assert all(len(entries) == N_FRAMES for entries in dictionary.values())
    for expression in video["expressions"].values():
        assert len(expression["obj_id"]) == len(expression["anno_id"])
        assert all(str(i) in dictionary for i in expression["anno_id"])
    found = [{i: pixels_of_rle(rle) for i, rle in enumerate(entries) if rle}
             for entries in dictionary.values()]
    same_masks(found, masks.values())


def test_sa_v(folder):
    masks, _ = coco_masks(folder)
    video = load(f"{folder}/sa-v/clip 7_manual.json")
    assert video["video_id"] == "clip 7" and len(video["masklet"]) == (N_FRAMES + 3) // 4
    for k, frame in enumerate(video["masklet"]):
        found = [pixels_of_rle(rle) for rle in frame]
        assert len(found) == len(video["masklet_id"]) == len(masks)
        wanted = [track[4 * k] for track in masks.values() if 4 * k in track]
        assert sorted(map(len, filter(None, found))) == sorted(map(len, wanted))


def test_sa_v_png(folder):
    masks, _ = coco_masks(folder)
    base = f"{folder}/sa-v-png/Annotations_6fps/clip 7"
    assert sorted(os.listdir(base)) == [f"{i:03d}" for i in range(len(masks))]
    found = []
    for name in sorted(os.listdir(base)):
        assert sorted(os.listdir(f"{base}/{name}")) == [f"{i:05d}.png" for i in range(0, N_FRAMES, 4)]
        track = {}
        for i in range(0, N_FRAMES, 4):
            with Image.open(f"{base}/{name}/{i:05d}.png") as picture:
                assert picture.mode == "P" and picture.size == (WIDTH, HEIGHT)
                data = picture.tobytes()
            assert set(data) <= {0, 1}
            pixels = {divmod(i, WIDTH)[::-1] for i, index in enumerate(data) if index}
            if pixels:
                track[i] = pixels
        found.append(track)
    same_masks([track for track in found if track],
               [{i: track[i] for i in track if i % 4 == 0} for track in masks.values() if any(i % 4 == 0 for i in track)])


def test_youtube_vis(folder):
    masks, boxes = coco_masks(folder)
    data = load(f"{folder}/youtube-vis.json")
    (video,) = data["videos"]
    frames = [int(re.search(r"(\d+)\.jpg$", name)[1]) for name in video["file_names"]]
    assert video["length"] == len(frames)
    for track in data["annotations"]:
        assert {len(track[key]) for key in ("segmentations", "bboxes", "areas")} == {len(frames)}
    found = [{frames[i]: pixels_of_rle(rle) for i, rle in enumerate(track["segmentations"]) if rle}
             for track in data["annotations"]]
    same_masks([track for track in found if track], masks.values())
    flat = [{frames[i]: box for i, box in enumerate(track["bboxes"]) if box}
            for track, masked in zip(data["annotations"], found) if not masked]
    assert flat == list(boxes.values())


def test_motchallenge(folder):
    _, boxes = coco_masks(folder)
    base = f"{folder}/motchallenge/clip 7"
    with open(f"{base}/gt/gt.txt", newline="", encoding="ascii") as file:
        rows = [[float(field) for field in row] for row in csv.reader(file)]
    assert rows and all(len(row) == 9 and row[6] == 1 for row in rows)
    (track,) = boxes.values()
    assert {row[0] - 1: [row[2] - 1, row[3] - 1, row[4], row[5]] for row in rows} == track
    config = configparser.ConfigParser()
    config.read(f"{base}/seqinfo.ini")
    assert config["Sequence"]["seqLength"] == str(N_FRAMES)
    assert config["Sequence"]["imWidth"] == str(WIDTH)


def test_single_object(folder):
    _, boxes = coco_masks(folder)
    (track,) = boxes.values()
    for path, marks in ((f"{folder}/lasot/unlabelled/unlabelled-1", "out_of_view.txt"),
                        (f"{folder}/got-10k/train/GOT-10k_Train_000001", "absence.label")):
        with open(f"{path}/groundtruth.txt", newline="", encoding="ascii") as file:
            rows = [[float(field) for field in row] for row in csv.reader(file)]
        with open(f"{path}/{marks}", encoding="ascii") as file:
            absent = [int(mark) for mark in re.split(r"[,\n]", file.read().strip())]
        assert len(rows) == len(absent) == N_FRAMES
        for frame, row in enumerate(rows):
            assert absent[frame] == (frame not in track)
            assert all(abs(a - b) <= 1 for a, b in zip(row, track.get(frame, [0, 0, 0, 0])))


def xml_of(path):
    subprocess.run(["xmllint", "--noout", "--nonet", path], check=True)
    return ElementTree.parse(path).getroot()


def test_cvat(folder):
    masks, _ = coco_masks(folder)
    root = xml_of(f"{folder}/cvat/clip 7.xml")
    assert root.findtext("version") == "1.1" and root.findtext("meta/task/size") == str(N_FRAMES)
    names = {label.text for label in root.iterfind("meta/task/labels/label/name")}
    found = []
    for track in root.iterfind("track"):
        shapes = list(track)
        frames = [int(shape.get("frame")) for shape in shapes]
        assert track.get("label") in names and frames == sorted(set(frames))
        assert shapes[-1].get("outside") == "1" or max(frames) < N_FRAMES
        found.append({})
        for shape in track.iterfind("mask[@outside='0']"):
            runs = [int(run) for run in shape.get("rle").split(", ")]
            left, top, width = (int(shape.get(k)) for k in ("left", "top", "width"))
            assert sum(runs) == width * int(shape.get("height"))
            bits = itertools.chain.from_iterable([i % 2] * run for i, run in enumerate(runs))
            found[-1][int(shape.get("frame"))] = {
                (left + i % width, top + i // width) for i, bit in enumerate(bits) if bit}
    same_masks([track for track in found if track], masks.values())


def test_label_studio(folder):
    (task,) = load(f"{folder}/label-studio.json")
    regions = [region for kind in ("annotations", "predictions") for result in task[kind]
               for region in result["result"]]
    kinds = {region["type"] for region in regions}
    assert kinds == {"videorectangle", "timelinelabels", "textarea"}
    for region in regions:
        for keyframe in region["value"].get("sequence", []):
            assert 1 <= keyframe["frame"] <= region["value"]["framesCount"] == N_FRAMES
            assert 0 <= keyframe["x"] and keyframe["x"] + keyframe["width"] <= 100
        for span in region["value"].get("ranges", []):
            assert 1 <= span["start"] <= span["end"] <= N_FRAMES


def test_webvtt(folder):
    path = f"{folder}/webvtt/clip 7.vtt"
    cues = webvtt.read(path)
    assert [(cue.start, cue.end) for cue in cues] == [("00:00:00.120", "00:00:00.800")]
    assert json.loads(cues[0].text)["text"] == "When is the cup lifted?"
    probe = subprocess.run(["ffprobe", "-v", "error", "-show_packets", "-of", "json", path],
                           check=True, stdout=subprocess.PIPE)
    packets = json.loads(probe.stdout)["packets"]
    assert [(p["pts_time"], p["duration_time"]) for p in packets] == [("0.120000", "0.680000")]


def test_elan(folder):
    root = xml_of(f"{folder}/elan/clip 7.eaf")
    order = [child.tag for child in root]
    assert order == sorted(order, key=["HEADER", "TIME_ORDER", "TIER", "LINGUISTIC_TYPE"].index)
    slots = {s.get("TIME_SLOT_ID"): int(s.get("TIME_VALUE")) for s in root.iterfind("TIME_ORDER/*")}
    types = {t.get("LINGUISTIC_TYPE_ID") for t in root.iterfind("LINGUISTIC_TYPE")}
    for tier in root.iterfind("TIER"):
        assert tier.get("LINGUISTIC_TYPE_REF") in types
        spans = sorted((slots[a.get("TIME_SLOT_REF1")], slots[a.get("TIME_SLOT_REF2")])
                       for a in tier.iter("ALIGNABLE_ANNOTATION"))
        assert all(start < end for start, end in spans)
        assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:]))
    assert [a.text for a in root.iter("ANNOTATION_VALUE")] == ["When is the cup lifted?"]


def test_charades(folder):
    with open(f"{folder}/charades-sta.txt", encoding="utf-8") as file:
        assert file.read() == "clip_7 0.12 0.8##When is the cup lifted?\n"


def test_refcoco(folder):
    instances = load(f"{folder}/refcoco/instances.json")
    ids = {annotation["id"]: annotation for annotation in instances["annotations"]}
    references = load(f"{folder}/refcoco/refs.json")
    assert references
    for reference in references:
        assert ids[reference["ann_id"]]["image_id"] == reference["image_id"]
        (sentence,) = reference["sentences"]
        assert sentence["tokens"] == sentence["sent"].split() and reference["sent_ids"]


def test_instructions(folder):
    (record, answer) = load(f"{folder}/videochat2.json")
    assert record["QA"] == [{"i": "", "q": "When is the cup lifted?",
                             "a": "From 0.12 to 0.8 seconds."}]
    assert answer["QA"][0]["q"] == 'When\t"now"?'
    for item in load(f"{folder}/llava.json"):
        human, gpt = item["conversations"]
        assert human["from"] == "human" and human["value"].startswith("<image>\n")
        assert gpt["from"] == "gpt" and item["video"] == "clip 7.mp4"


def test_hugging_face(folder):
    (row,) = load_lines(f"{folder}/hugging-face/data/train/metadata.jsonl")
    assert row["file_name"] == "0001.mp4" and len(row["spans"]) == 1 and len(row["tracks"]) == 18
    with open(f"{folder}/hugging-face/README.md", encoding="utf-8") as file:
        assert file.read().startswith("---\nlicense: ")


def test_webdataset(folder):
    shards = load(f"{folder}/webdataset/shards.json")["shards"]
    with tarfile.open(f"{folder}/webdataset/{shards[0]['name']}") as tar:
        members = tar.getmembers()
        keys = [os.path.basename(member.name).split(".", 1)[0] for member in members]
        assert [key for key, _ in itertools.groupby(keys)] == sorted(set(keys))
        assert all(m.isreg() and m.mtime == m.uid == m.gid == 0 for m in members)
        row = json.load(tar.extractfile("000000.json"))
    assert shards[0]["samples"] == 1 and len(row["tracks"]) == 18


def test_descriptions(folder):
    paths = glob.glob(f"{folder}/**/*tpo-export.json", recursive=True)
    assert len(paths) > 20
    for path in paths:
        for entry in load(path)["files"]:
            with open(os.path.join(os.path.dirname(path), entry["name"]), "rb") as file:
                content = file.read()
            assert len(content) == entry["size"]
            assert hashlib.sha256(content).hexdigest() == entry["sha256"]


if __name__ == "__main__":
    run_tests(globals())
