"""Two projects of Label Studio with two hundred tasks: blood cells with marks of every kind, and tweets with spans."""

from __future__ import annotations

import json
import math
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.label_studio.running import environment

SAMPLES = Path(__file__).parents[1] / "samples"
CELLS = SAMPLES / "bccd"
TWEETS = SAMPLES / "ner" / "emerging.dev.conll"
EACH = 100
WIDTH, HEIGHT = 640, 480
_EVERY = 5  # regions of every fifth box are marked by hand of each kind
_ENTITIES = ("person", "location", "group", "corporation", "product", "creative-work")


def _labels(tag: str, name: str, of: str, values: tuple[str, ...]) -> str:
    inner = "".join(f'<Label value="{value}"/>' for value in values)
    return f'<{tag} name="{name}" toName="{of}">{inner}</{tag}>'


_KINDS = ("RBC", "WBC", "Platelets")
CELL_CONFIG = f"""<View>
<Image name="image" value="$image"/>
{_labels("RectangleLabels", "box", "image", _KINDS)}
{_labels("PolygonLabels", "outline", "image", _KINDS)}
{_labels("EllipseLabels", "round", "image", _KINDS)}
{_labels("KeyPointLabels", "point", "image", _KINDS)}
{_labels("BrushLabels", "area", "image", _KINDS)}
<Relations><Relation value="touches"/><Relation value="covers"/></Relations>
<Choices name="stain" toName="image" choice="single"><Choice value="good"/><Choice value="pale"/></Choices>
<Choices name="seen" toName="image" choice="multiple"><Choice value="clumps"/><Choice value="dirt"/></Choices>
<TextArea name="remark" toName="image"/>
<Choices name="whole" toName="image" perRegion="true"><Choice value="yes"/><Choice value="cut"/></Choices>
<TextArea name="note" toName="image" perRegion="true"/>
</View>"""
TWEET_CONFIG = f"""<View>
{_labels("Labels", "names", "text", _ENTITIES)}
<Text name="text" value="$text"/>
<Relations><Relation value="same as"/></Relations>
<Choices name="tone" toName="text" choice="single"><Choice value="friendly"/><Choice value="angry"/></Choices>
<Rating name="worth" toName="text" maxRating="5"/>
<Number name="age" toName="text"/>
<DateTime name="when" toName="text" only="date" format="%Y-%m-%d"/>
<Taxonomy name="topic" toName="text">
<Choice value="sport"><Choice value="ball"/></Choice><Choice value="news"/></Taxonomy>
<TextArea name="links" toName="text" maxSubmissions="3"/>
<Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/><Choice value="no"/></Choices>
<TextArea name="why" toName="text" perRegion="true"/>
</View>"""


def image_names() -> list[str]:
    """The photographs, in order."""
    return sorted(path.name for path in (CELLS / "images").iterdir())


def _drawn_boxes(image: str) -> list[tuple[str, float, float, float, float]]:
    root = ET.parse(CELLS / "annotations" / f"{Path(image).stem}.xml").getroot()
    found = []
    for each in root.iter("object"):
        left, top, right, bottom = (float(each.findtext(f"bndbox/{side}")) for side in ("xmin", "ymin", "xmax", "ymax"))
        if right > left and bottom > top:
            found.append((each.findtext("name"), left, top, right - left, bottom - top))
    return found


def _share(x: float, y: float) -> tuple[float, float]:
    return x * 100 / WIDTH, y * 100 / HEIGHT


def _image_result(identity: str, name: str, kind: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    head = {"id": identity, "from_name": name, "to_name": "image", "type": kind, "origin": "manual"}
    size = {"original_width": WIDTH, "original_height": HEIGHT, "image_rotation": 0}
    return {**head, **size, "value": value, **more}


def cell_results(image: str, masks: dict[str, list[int]]) -> list[dict[str, Any]]:
    """Every drawn box, and of some of them an outline, an ellipse, a point, a brush stroke, answers and relations."""
    results = []
    for at, (label, left, top, width, height) in enumerate(_drawn_boxes(image)):
        x, y = _share(left, top)
        sides = dict(zip(("width", "height"), _share(width, height), strict=True))
        box = {"x": x, "y": y, **sides, "rotation": 0 if at % 3 else (17.5 * at) % 360}
        more: dict[str, Any] = {}
        if at % 4 == 1:
            more["meta"] = {"text": [f"cell {at}, größer"]}
        if at % 7 == 2:
            more["score"] = 0.25
        if at % 6 == 4:
            more["readonly"] = True
        results.append(
            _image_result(f"b{at}_{label}", "box", "rectanglelabels", {**box, "rectanglelabels": [label]}, **more)
        )
        if at % 2:
            results.append(_image_result(f"b{at}_{label}", "whole", "choices", {**box, "choices": ["cut"]}))
        if at % 3 == 1:
            results.append(_image_result(f"b{at}_{label}", "note", "textarea", {**box, "text": ["cut at the border"]}))
        if at % _EVERY == 0:
            results += _drawn_by_hand(at, label, (left, top, width, height))
    first, *others = [each["id"] for each in results if each["type"] == "rectanglelabels"]
    for number, other in enumerate(others[:3]):
        relation = {"type": "relation", "from_id": first, "to_id": other}
        results.append(
            {**relation, "direction": ("right", "left", "bi")[number], "labels": [["touches"], ["covers"], []][number]}
        )
    packed = masks.get(image)
    if packed:
        value = {"format": "rle", "rle": packed, "brushlabels": ["WBC"]}
        results.append(_image_result("stroke", "area", "brushlabels", value))
    results.append(_whole("stain", "image", "choices", {"choices": ["pale"]}))
    results.append(_whole("seen", "image", "choices", {"choices": ["clumps", "dirt"]}))
    results.append(_whole("remark", "image", "textarea", {"text": ["a line\nand another"]}))
    return results


def _drawn_by_hand(at: int, label: str, box: tuple[float, float, float, float]) -> Iterator[dict[str, Any]]:
    left, top, width, height = box
    middle = (left + width / 2, top + height / 2)
    turns = [math.tau * step / 9 for step in range(9)]
    ring = [
        list(_share(middle[0] + math.cos(turn) * width / 2, middle[1] + math.sin(turn) * height / 2)) for turn in turns
    ]
    x, y = _share(*middle)
    radii = dict(zip(("radiusX", "radiusY"), _share(width / 2, height / 2), strict=True))
    yield _image_result(
        f"p{at}", "outline", "polygonlabels", {"points": ring, "closed": True, "polygonlabels": [label]}
    )
    ellipse = {"x": x, "y": y, **radii, "rotation": 30.25, "ellipselabels": [label]}
    yield _image_result(f"e{at}", "round", "ellipselabels", ellipse, parentID=f"b{at}_{label}")
    yield _image_result(f"k{at}", "point", "keypointlabels", {"x": x, "y": y, "width": 0.5, "keypointlabels": [label]})


def _whole(name: str, of: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"w_{name}", "from_name": name, "to_name": of, "type": kind, "origin": "manual", "value": value}


def tweets() -> list[tuple[str, list[tuple[int, int, str]]]]:
    """Texts with their entities in UTF-16 units; some begin with a character that takes two of them."""
    found = []
    for block in TWEETS.read_text(encoding="utf-8").split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if "\t" in line]
        text, spans = ("🐦 " if len(found) % 5 == 0 else ""), []
        for word, tag in rows:
            start = _units(text)
            text += f"{word} "
            if tag.strip().startswith("B-"):
                spans.append([start, _units(text) - 1, tag.strip()[2:]])
            elif tag.strip().startswith("I-") and spans:
                spans[-1][1] = _units(text) - 1
        if spans and text.strip() not in [known for known, _ in found]:
            found.append((text.strip(), [tuple(span) for span in spans]))
        if len(found) == EACH:
            break
    return found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def tweet_results(text: str, spans: list[tuple[int, int, str]]) -> list[dict[str, Any]]:
    """Every entity, with answers about some of them, and answers about the whole."""
    raw = text.encode("utf-16-le")
    results = []
    for at, (start, end, label) in enumerate(spans):
        value = {"start": start, "end": end, "text": raw[2 * start : 2 * end].decode("utf-16-le")}
        head = {"id": f"s{at}", "to_name": "text", "origin": "manual"}
        results.append({**head, "from_name": "names", "type": "labels", "value": {**value, "labels": [label]}})
        if at % 2 == 0:
            results.append({**head, "from_name": "sure", "type": "choices", "value": {**value, "choices": ["yes"]}})
            results.append({**head, "from_name": "why", "type": "textarea", "value": {**value, "text": ["known"]}})
    if len(spans) > 1:
        results.append(
            {"type": "relation", "from_id": "s0", "to_id": "s1", "direction": "right", "labels": ["same as"]}
        )
    results.append(_whole("tone", "text", "choices", {"choices": ["angry"]}))
    results.append(_whole("worth", "text", "rating", {"rating": 4}))
    results.append(_whole("age", "text", "number", {"number": 2.5}))
    results.append(_whole("when", "text", "datetime", {"datetime": "2024-02-29"}))
    results.append(_whole("topic", "text", "taxonomy", {"taxonomy": [["sport", "ball"], ["news"]]}))
    results.append(_whole("links", "text", "textarea", {"text": ["one", "two"]}))
    return results


_PACK = """
import hashlib, json, sys
import numpy as np
from label_studio_sdk.converter.brush import encode_rle, decode_rle
asked = json.load(sys.stdin)
if asked["do"] == "pack":
    made = {}
    for name, (width, height, x, y, radius) in asked["discs"].items():
        rows, columns = np.ogrid[:height, :width]
        disc = ((columns - x) ** 2 + (rows - y) ** 2 <= radius**2).astype(np.uint8) * 255
        made[name] = encode_rle(np.repeat(disc.ravel(), 4))
else:
    masks = [decode_rle(each).reshape(-1, 4)[:, 3] > 0 for each in asked["strokes"]]
    made = [f"{mask.size} {mask.sum()} {hashlib.sha256(np.packbits(mask)).hexdigest()}" for mask in masks]
json.dump(made, sys.stdout)
"""


def _ask_label_studio(asked: dict[str, Any]) -> Any:
    """What Label Studio's own code for brush strokes makes of it."""
    done = subprocess.run(
        [str(environment() / "bin" / "python"), "-W", "ignore", "-c", _PACK],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def strokes() -> dict[str, list[int]]:
    """A brush stroke for every fifth photograph: the disc in its first box, as Label Studio packs it."""
    discs = {}
    for image in image_names()[::_EVERY]:
        _, left, top, width, height = _drawn_boxes(image)[0]
        discs[image] = (WIDTH, HEIGHT, left + width / 2, top + height / 2, min(width, height) / 2)
    packed: dict[str, list[int]] = _ask_label_studio({"do": "pack", "discs": discs})
    return packed


def marked_pixels(packed: list[list[int]]) -> list[str]:
    """Which pixels brush strokes mark, as Label Studio unpacks them: how many, and a hash of all."""
    pixels: list[str] = _ask_label_studio({"do": "unpack", "strokes": packed})
    return pixels
