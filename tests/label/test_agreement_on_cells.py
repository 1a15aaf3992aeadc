"""Two people on a hundred real images: what their boxes come to agrees with counting by matrices of overlaps."""

import random
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from recension.label import Box, Region
from recension.label.agreement import LEAST, match_regions, region_agreement

ANNOTATIONS = sorted((Path(__file__).parent.parent / "samples" / "bccd" / "annotations").glob("*.xml"))


def cells(path):
    found = []
    for number, each in enumerate(ET.parse(path).getroot().iter("object")):
        x0, y0, x1, y1 = (float(each.find(f"bndbox/{name}").text) for name in ("xmin", "ymin", "xmax", "ymax"))
        if x1 > x0 and y1 > y0:
            found.append(Region(f"r{number}", Box(x0, y0, x1 - x0, y1 - y0), (each.find("name").text,)))
    return found


def jittered(regions, rng):
    """Another person: every box a little off, some forgotten, some called otherwise."""
    made = []
    for region in regions:
        box, fate = region.shape, rng.random()
        if fate < 0.1:
            continue
        dx, dy = rng.gauss(0, 6), rng.gauss(0, 6)
        labels = ("WBC",) if fate > 0.95 else region.labels
        made.append(
            Region(region.id, Box(box.x + dx, box.y + dy, box.width * rng.uniform(0.9, 1.1), box.height), labels)
        )
    rng.shuffle(made)
    return made


def by_matrix(first, second):
    """The same figure from the matrix of all overlaps."""
    if not first and not second:
        return 1.0
    a, b = (
        np.array([[r.shape.x, r.shape.y, r.shape.width, r.shape.height] for r in each]).reshape(-1, 4)
        for each in (first, second)
    )
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    both = np.clip(high - low, 0, None).prod(axis=2)
    overlap = both / (a[:, 2:].prod(axis=1)[:, None] + b[:, 2:].prod(axis=1)[None, :] - both)
    for i, one in enumerate(first):
        for j, other in enumerate(second):
            if one.labels != other.labels or overlap[i, j] < LEAST:
                overlap[i, j] = 0
    total = 0.0
    while overlap.size and overlap.max() > 0:
        i, j = np.unravel_index(overlap.argmax(), overlap.shape)
        total += overlap[i, j]
        overlap[i, :] = overlap[:, j] = 0
    return 2 * total / (len(first) + len(second))


@pytest.mark.skipif(not ANNOTATIONS, reason="the sample images are not here")
def test_agreement_on_real_cells_is_what_the_matrix_of_overlaps_gives():
    rng = random.Random(7)
    scores = []
    for path in ANNOTATIONS:
        first = cells(path)
        second = jittered(first, rng)
        found = region_agreement(first, second)
        assert found == pytest.approx(by_matrix(first, second), abs=1e-9)
        assert found == pytest.approx(region_agreement(second, first), abs=1e-9)
        assert all(first[pair.first].labels == second[pair.second].labels for pair in match_regions(first, second))
        scores.append(found)
    assert len(scores) >= 100
    assert 0.5 < sum(scores) / len(scores) < 0.9
