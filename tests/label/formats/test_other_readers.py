"""Labels of every kind that COCO, VOC and YOLO have, as pycocotools and labelformat read what is written of them."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelformat.formats.coco import (
    COCOInstanceSegmentationInput,
    COCOObjectDetectionInput,
    COCOObjectDetectionOutput,
)
from labelformat.formats.pascalvoc import PascalVOCObjectDetectionInput, PascalVOCObjectDetectionOutput
from labelformat.formats.yolov8 import (
    YOLOv8InstanceSegmentationInput,
    YOLOv8ObjectDetectionInput,
    YOLOv8ObjectDetectionOutput,
)
from labelformat.model.multipolygon import MultiPolygon
from PIL import Image
from pycocotools.coco import COCO
from tests.label.formats.files import (
    BOXES,
    HEIGHT,
    KEYPOINTS,
    LABELS,
    MASKS,
    POLYGONS,
    SKELETONS,
    WHOLE_BOXES,
    WIDTH,
    MemoryFiles,
    image_items,
    pixels,
)

from recension.client.label_files import FolderFiles, FolderTarget, WithImages
from recension.label.formats import FORMATS, Labelled, Reading, Writing
from recension.label.geometry import bounds, pixels_of_mask
from recension.label.shape_json import shape_from_json
from recension.label.shapes import Box, Keypoint, Mask, Polygon, Shape, Skeleton

NAMES = ["cat", "dog", "red blood cell", "größe"]
CELLS = Path(__file__).parents[2] / "samples" / "bccd"
_IN_CORNER = st.integers(0, 20), st.integers(0, 20)
# A polygon that crosses itself or has no area is none to those who rasterise it.
TRIANGLES = st.builds(
    lambda x, y, wide, high, lean: Polygon(((x, y), (x + wide, y + lean), (x, y + high))),
    *_IN_CORNER,
    *(pixels(20).map(lambda side: side + 4) for _ in range(2)),
    pixels(3),
)
Marked = list[tuple[str, Shape]]


def marked(items: Sequence[Labelled]) -> dict[str, Marked]:
    """Label and shape of every region, by name of the image file."""
    return {
        Path(item.name).name: [
            (region["labels"][0], shape_from_json(region["shape"]))
            for region in (item.annotations[0].fields.get("objects", []) if item.annotations else [])
        ]
        for item in items
    }


def boxes(items: Sequence[Labelled]) -> dict[str, list[tuple[object, ...]]]:
    return {name: [(label, *bounds(shape)) for label, shape in said] for name, said in marked(items).items()}


@contextmanager
def written(name: str, items: Sequence[Labelled]) -> Iterator[Path]:
    """A folder with the files of one format, and the images beside them."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / name
        target = FolderTarget(folder)
        FORMATS[name].write(iter(items), Writing(target))
        target.finish()
        (folder / "images").mkdir(exist_ok=True)
        for item in items:
            Image.new("L", (item.width, item.height)).save(folder / "images" / Path(item.name).name)
        yield folder


def coco_of(items: Sequence[Labelled]) -> COCO:
    """What is written, loaded by pycocotools."""
    files = MemoryFiles()
    FORMATS["coco"].write(iter(items), Writing(files))
    coco = COCO()
    coco.dataset = json.loads(files.files["annotations.json"])
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
    return coco


def annotations(coco: COCO) -> dict[str, list[tuple[str, dict[str, object]]]]:
    names = {entry["id"]: entry["name"] for entry in coco.loadCats(coco.getCatIds())}
    return {
        Path(image["file_name"]).name: [
            (names[each["category_id"]], each) for each in coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
        ]
        for image in coco.loadImgs(coco.getImgIds())
    }


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@settings(max_examples=80, deadline=None)
@given(image_items(BOXES | POLYGONS | KEYPOINTS | MASKS | SKELETONS))
def test_pycocotools_finds_every_label_where_it_is(items: list[Labelled]) -> None:
    coco = coco_of(items)
    found = annotations(coco)
    assert found.keys() == marked(items).keys()
    for name, said in marked(items).items():
        assert [label for label, _ in found[name]] == [label for label, _ in said]
        for (_, theirs), (_, shape) in zip(found[name], said, strict=True):
            check_in_coco(coco, theirs, shape)


def check_in_coco(coco: COCO, theirs: dict[str, object], shape: Shape) -> None:
    assert theirs["bbox"] == pytest.approx(bounds(shape), abs=1e-3)
    match shape:
        case Mask():
            assert (coco.annToMask(theirs).astype(bool) == pixels_of_mask(shape)).all()
        case Polygon():
            assert theirs["segmentation"] == [[number for point in shape.outline for number in point]]
            assert coco.annToMask(theirs).shape == (HEIGHT, WIDTH)
        case Keypoint():
            assert theirs["keypoints"] == [shape.x, shape.y, 2]
        case Skeleton():
            assert theirs["keypoints"] == [number for joint in shape.points for number in joint]
            assert theirs["num_keypoints"] == len(shape.points)
        case Box():
            assert not theirs["iscrowd"]


READERS: dict[str, tuple[st.SearchStrategy[Shape], Callable[[Path], object]]] = {
    "coco": (BOXES, lambda folder: COCOObjectDetectionInput(input_file=folder / "annotations.json")),
    "voc": (
        WHOLE_BOXES,
        lambda folder: PascalVOCObjectDetectionInput(input_folder=folder / "images", category_names=",".join(NAMES)),
    ),
    "yolo": (BOXES, lambda folder: YOLOv8ObjectDetectionInput(input_file=folder / "data.yaml", input_split="train")),
}


@pytest.mark.parametrize("name", READERS)
def test_labelformat_finds_every_box_where_it_is(name: str) -> None:
    shapes, reader = READERS[name]

    @settings(max_examples=40, deadline=None)
    @given(image_items(shapes, LABELS))
    def holds(items: list[Labelled]) -> None:
        with written(name, items) as folder:
            found = {
                Path(each.image.filename).name: [
                    (one.category.name, one.box.xmin, one.box.ymin, one.box.xmax, one.box.ymax) for one in each.objects
                ]
                for each in reader(folder).get_labels()
            }
        for file, said in boxes(items).items():
            assert [label for label, *_ in found.get(file, [])] == [label for label, *_ in said]
            for (_, *edges), (_, x, y, width, height) in zip(found.get(file, []), said, strict=True):
                assert edges == pytest.approx([x, y, x + width, y + height], abs=1e-3)

    holds()


OUTLINES = {
    "coco": lambda folder: COCOInstanceSegmentationInput(input_file=folder / "annotations.json"),
    "yolo-seg": lambda folder: YOLOv8InstanceSegmentationInput(input_file=folder / "data.yaml", input_split="train"),
}


@pytest.mark.parametrize("name", OUTLINES)
def test_labelformat_finds_every_outline_where_it_is(name: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(image_items(TRIANGLES, LABELS))
    def holds(items: list[Labelled]) -> None:
        with written(name, items) as folder:
            found = {Path(each.image.filename).name: each.objects for each in OUTLINES[name](folder).get_labels()}
        for file, said in marked(items).items():
            assert [one.category.name for one in found.get(file, [])] == [label for label, _ in said]
            for one, (_, shape) in zip(found.get(file, []), said, strict=True):
                assert isinstance(one.segmentation, MultiPolygon)
                assert isinstance(shape, Polygon)
                (ring,) = one.segmentation.polygons
                assert np.array(list(ring)) == pytest.approx(np.array(shape.outline), abs=1e-3)

    holds()


def test_what_labelformat_writes_of_the_cells_is_read_as_the_same_boxes(tmp_path: Path) -> None:
    losses = Reading(FolderFiles(CELLS / "annotations")).losses
    items = list(FORMATS["voc"].read(Reading(FolderFiles(CELLS / "annotations"), None, losses)))
    theirs = PascalVOCObjectDetectionInput(input_folder=CELLS / "annotations", category_names="RBC,WBC,Platelets")
    COCOObjectDetectionOutput(output_file=tmp_path / "coco" / "annotations.json").save(label_input=theirs)
    PascalVOCObjectDetectionOutput(output_folder=tmp_path / "voc").save(label_input=theirs)
    YOLOv8ObjectDetectionOutput(output_file=tmp_path / "yolo" / "data.yaml", output_split="train").save(
        label_input=theirs
    )
    for name in READERS:
        source = WithImages(FolderFiles(tmp_path / name), FolderFiles(CELLS / "images"))
        back = boxes(list(FORMATS[name].read(Reading(source))))
        for file, said in boxes(items).items():
            stem = Path(file).stem
            found = next(entries for other, entries in back.items() if Path(other).stem == stem)
            assert [label for label, *_ in found] == [label for label, *_ in said]
            for (_, *edges), (_, *known) in zip(found, said, strict=True):
                assert edges == pytest.approx(known, abs=1e-3)
