"""The templates that come with Label Studio are read, or say line by line why they are not.

They are no part of this repository: ``make label-studio`` fetches the package.
"""

import importlib.util
from pathlib import Path

import pytest
import yaml

from recension.label.config import read_label_config

FETCHED = Path(__file__).resolve().parents[2] / "build" / "label-studio"
WORKING = 45


def templates():
    found = importlib.util.find_spec("label_studio")
    root = Path(found.origin).parent if found and found.origin else FETCHED / "label_studio"
    return sorted(root.glob("annotation_templates/*/*/config.yml"))


@pytest.mark.skipif(not templates(), reason="make label-studio fetches the package")
def test_every_template_is_read_and_most_work():
    working, refused = [], {}
    for path in templates():
        name = "/".join(path.parts[-3:-1])
        reading = read_label_config(yaml.safe_load(path.read_text())["config"], where=name)
        if reading.schema is None:
            refused[name] = reading.problems
        else:
            working.append(name)
    assert len(working) >= WORKING
    for problems in refused.values():
        assert problems
        assert all(each.line and each.tag and each.message for each in problems)
