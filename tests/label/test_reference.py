"""The reference names every tag and attribute, and what it shows is right."""

import re
from pathlib import Path

import pytest
import yaml

from recension.label import build, parse_label_config, schema_from_fields
from recension.label.fields import FIELD_KINDS
from recension.label.hotkeys import RESERVED
from recension.label.screen import OBJECT_KINDS
from recension.label.shape_json import SHAPE_TYPES
from recension.label.tags import LATER, SUPPORTED

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/label-config.md").read_text()


def examples(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("tag", SUPPORTED)
def test_every_tag_has_a_line_with_its_attributes(tag):
    spec = SUPPORTED[tag]
    _, _, does, counts, looks, _ = re.search(rf"^\| `{tag}` .*$", PAGE, re.MULTILINE)[0].split("|")
    assert does.strip() == spec.does
    assert set(re.findall(r"`(\w+)`", counts.partition(" (")[0])) == spec.counts
    assert set(looks.split()) == spec.decorates
    for attribute in spec.only:
        assert f"`{attribute}`" in counts


def test_every_tag_that_does_not_work_yet_is_named():
    for tag, what in LATER.items():
        assert f"| `{tag}` | {what} |" in PAGE


def test_every_kind_shape_and_reserved_key_is_named():
    for kind in (*FIELD_KINDS, *SHAPE_TYPES):
        assert re.search(rf"^\| `{kind}` ", PAGE, re.MULTILINE)
    for kind in set(OBJECT_KINDS) - {"header"}:
        assert f"`{kind}`" in PAGE
    for key in RESERVED:
        assert key.lower() in PAGE.lower()


def test_the_examples_are_read():
    schema = parse_label_config(examples("xml")[0], where="reference")
    assert [field.title for field in schema.fields] == ["What kind of headline is it?", ""]
    short, long = (schema_from_fields(yaml.safe_load(text)["fields"], where="r") for text in examples("yaml"))
    assert (len(short.fields), len(long.fields)) == (5, 7)
    made = {}
    exec(examples("python")[0], made)
    assert made["schema"] == build.schema(
        show=[build.image("photo")],
        ask=[
            build.regions("cells", ["round", "long"], of="photo", shapes=["box", "polygon"]),
            build.choice("sharp", ["yes", "no"], of="photo", per_region=True),
            build.taxonomy("kind", {"animal": ["cat", "dog"], "plant": []}),
        ],
    )
