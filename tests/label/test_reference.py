"""The reference names every tag and attribute, and what it shows is right."""

import re
from pathlib import Path

import pytest
import yaml

from recension.label import parse_label_config, schema_from_fields
from recension.label.fields import PLAIN_KINDS
from recension.label.hotkeys import RESERVED
from recension.label.tags import SUPPORTED

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/label-config.md").read_text()


def example(language):
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.mark.parametrize("tag", SUPPORTED)
def test_every_tag_has_a_line_with_its_attributes(tag):
    line = re.search(rf"^\| `{tag}` .*$", PAGE, re.MULTILINE)[0]
    for attribute in SUPPORTED[tag].honoured:
        assert f"`{attribute}`" in line


def test_every_kind_and_every_reserved_key_is_named():
    for kind in PLAIN_KINDS:
        assert re.search(rf"^\| `{kind}` ", PAGE, re.MULTILINE)
    for key in RESERVED:
        assert key.lower() in PAGE.lower()


def test_the_examples_are_read():
    schema = parse_label_config(example("xml"), where="reference")
    assert [field.title for field in schema.fields] == ["What kind of headline is it?", ""]
    assert len(schema_from_fields(yaml.safe_load(example("yaml"))["fields"], where="reference").fields) == 5
