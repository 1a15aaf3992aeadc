"""Real label files, from format to format and back, and as other programs read them."""

import contextlib
import io
import json
from pathlib import Path

import pytest
from labelformat.formats.coco import COCOObjectDetectionInput
from labelformat.formats.pascalvoc import PascalVOCObjectDetectionInput
from labelformat.formats.yolov8 import YOLOv8ObjectDetectionInput
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from tests.label.formats.files import MemoryFiles, there_and_back

from recension.client.label_files import FolderFiles, FolderTarget
from recension.label.formats import FORMATS, Losses, Reading, Writing
from recension.label.geometry import area, bounds, rasterise
from recension.label.geometry.raster import mask_of_pixels
from recension.label.shape_json import shape_from_json
from recension.label.shapes import Ellipse

SAMPLES = Path(__file__).parents[2] / "samples"
CELLS = SAMPLES / "bccd"


@pytest.fixture(scope="module")
def cells():
    losses = Losses()
    items = list(FORMATS["voc"].read(Reading(FolderFiles(CELLS / "annotations"), None, losses)))
    assert losses.listed() == []
    return items


def boxes(items):
    return {
        item.name.rpartition("/")[2]: [
            (region["labels"][0], *bounds(shape_from_json(region["shape"])))
            for region in item.annotations[0].fields.get("objects", [])
        ]
        for item in items
    }


def test_all_boxes_are_read(cells):
    assert len(cells) == 100
    assert all((item.width, item.height) == (640, 480) for item in cells)
    first = boxes(cells)["BloodImage_00000.jpg"]
    assert first[0] == ("WBC", 260, 177, 231, 199)
    assert sum(map(len, boxes(cells).values())) == 1641


@pytest.mark.parametrize(
    "name",
    ["label-studio", "label-studio-min", "coco", "yolo", "voc", "cvat", "labelme", "csv", "jsonl", "imagefolder"],
)
def test_cells_come_back_from_every_format_with_boxes(name, cells):
    back, _ = there_and_back(FORMATS[name], cells)
    assert boxes(back) == boxes(cells)


@pytest.mark.parametrize("name", ["label-studio", "spacy", "brat", "conll", "csv", "parquet"])
def test_entities_come_back_from_every_format_with_spans(name):
    items = list(FORMATS["conll"].read(Reading(FolderFiles(SAMPLES / "ner"))))
    assert len(items) == 1009
    back, losses = there_and_back(FORMATS[name], items)
    told = [loss.what for loss in losses.listed()]
    assert told in ([], ["empty annotations of nobody in particular"])
    assert spans_of(back) == spans_of(items)
    assert sum(len(spans) - 1 for spans in spans_of(items)) == 836


def spans_of(items):
    """Text and spans of every item that has some, in one order."""
    return sorted(
        [item.data["text"], *((s["start"], s["end"], *r["labels"]) for r in spans for s in [r["shape"]])]
        for item in items
        for labels in item.annotations
        if (spans := labels.fields.get("spans"))
    )


@pytest.fixture
def written(cells, tmp_path):
    def write(name):
        target = FolderTarget(tmp_path / name)
        FORMATS[name].write(iter(cells), Writing(target))
        target.finish()
        return tmp_path / name

    return write


def test_pycocotools_reads_what_is_written_and_finds_the_same_boxes(cells, written):
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(written("coco") / "annotations.json"))
    names = {entry["id"]: entry["name"] for entry in coco.loadCats(coco.getCatIds())}
    found = {
        image["file_name"]: [
            (names[each["category_id"]], *each["bbox"]) for each in coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
        ]
        for image in coco.loadImgs(coco.getImgIds())
    }
    assert found == boxes(cells)


def test_another_reader_finds_the_same_boxes_in_coco_voc_and_yolo(cells, written, tmp_path):
    coco = COCOObjectDetectionInput(input_file=written("coco") / "annotations.json")
    voc_folder = written("voc")
    labels = ["RBC", "WBC", "Platelets"]
    voc = PascalVOCObjectDetectionInput(input_folder=voc_folder, category_names=",".join(labels))
    yolo_folder = written("yolo")
    (yolo_folder / "images").symlink_to(CELLS / "images")
    yolo = YOLOv8ObjectDetectionInput(input_file=yolo_folder / "data.yaml", input_split="train")
    for reader in (coco, voc, yolo):
        found = {
            Path(each.image.filename).name: [
                (entry.category.name, entry.box.xmin, entry.box.ymin, entry.box.xmax, entry.box.ymax)
                for entry in each.objects
            ]
            for each in reader.get_labels()
        }
        assert found.keys() == boxes(cells).keys()
        for name, expected in boxes(cells).items():
            edges = [(label, x, y, x + width, y + height) for label, x, y, width, height in expected]
            assert [box[0] for box in found[name]] == [box[0] for box in edges]
            for one, other in zip(found[name], edges, strict=True):
                assert one[1:] == pytest.approx(other[1:], abs=1e-3)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_masks_are_the_run_lengths_of_pycocotools():
    pixels = rasterise(Ellipse(30, 20, 12, 7, 30), 48, 64)
    mask = mask_of_pixels(pixels)
    theirs = {"size": [48, 64], "counts": mask.counts.encode()}
    assert (coco_mask.decode(theirs).astype(bool) == pixels).all()
    assert coco_mask.encode(pixels.astype("uint8", order="F"))["counts"].decode() == mask.counts
    assert coco_mask.area(theirs) == area(mask)
    assert tuple(coco_mask.toBbox(theirs)) == bounds(mask)


def test_what_label_studio_exports_goes_back_as_it_came():
    results = [
        {
            "id": "tag1",
            "from_name": "label",
            "to_name": "image",
            "type": "rectanglelabels",
            "origin": "manual",
            "original_width": 640,
            "original_height": 480,
            "image_rotation": 0,
            "value": {"x": 25.0, "y": 12.5, "width": 50.0, "height": 25.0, "rotation": 0, "rectanglelabels": ["Car"]},
        },
        {"id": "a1", "from_name": "kind", "to_name": "image", "type": "choices", "value": {"choices": ["street"]}},
        {"type": "relation", "from_id": "tag1", "to_id": "tag1", "direction": "bi", "labels": ["next to"]},
    ]
    annotation = {"id": 7, "completed_by": 3, "lead_time": 2.5, "was_cancelled": False, "ground_truth": True}
    prediction = {"id": 1, "model_version": "yolo", "score": 0.5, "result": results[:1]}
    task = {
        "id": 1,
        "data": {"image": "/data/upload/1/a.jpg", "note": "dawn"},
        "annotations": [{**annotation, "result": results}],
        "predictions": [prediction],
    }
    items = list(FORMATS["label-studio"].read(Reading(MemoryFiles({"tasks.json": json.dumps([task]).encode()}))))
    assert items[0].name == "a.jpg"
    out = MemoryFiles()
    FORMATS["label-studio"].write(items, Writing(out))
    assert json.loads(out.files["tasks.json"]) == [task]
