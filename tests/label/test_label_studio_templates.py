"""The templates that come with Label Studio are read, or say line by line why they are not.

They are no part of this repository: ``make label-studio`` installs the package.
"""

import pytest
import yaml
from benchmarks.label_studio.running import environment

from recension.label.config import read_label_config

WORKING = 49
OTHER_MEDIA = {"audio-speech-processing", "chat", "time-series-analysis", "videos"}


def templates():
    packages = environment().glob("lib/python3*/site-packages/label_studio")
    return sorted(path for root in packages for path in root.glob("annotation_templates/*/*/config.yml"))


@pytest.mark.skipif(not templates(), reason="make label-studio installs the package")
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
    for name, problems in refused.items():
        assert problems
        assert name.split("/")[0] in OTHER_MEDIA or "pdf" in name, (name, problems)
        assert all(each.line and each.tag and each.message for each in problems)
