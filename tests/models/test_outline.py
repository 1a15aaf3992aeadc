"""Outlines from four points: found where something stands out, refused where nothing can."""

import io

import numpy as np
import pytest
from PIL import Image

from recension.errors import Invalid
from recension.label.geometry import rasterise
from recension.label.shapes import Ellipse
from recension.models.outline import outline_between


def picture(marked, *, exif=None):
    rng = np.random.default_rng(5)
    pixels = np.where(marked[..., None], (200, 60, 60), (40, 90, 60)) + rng.integers(-12, 12, (*marked.shape, 3))
    raw = io.BytesIO()
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    image.save(raw, "PNG") if exif is None else image.save(raw, "JPEG", quality=95, exif=exif)
    return raw.getvalue()


@pytest.mark.parametrize("scale", [1, 4])
def test_what_stands_out_is_outlined(scale):
    ellipse = Ellipse(100 * scale, 70 * scale, 50 * scale, 25 * scale, 0)
    marked = rasterise(ellipse, 160 * scale, 220 * scale)
    points = [(50, 70), (150, 70), (100, 45), (100, 95)]
    found = outline_between(picture(marked), [(x * scale, y * scale) for x, y in points])
    drawn = rasterise(found, *marked.shape)
    assert (drawn & marked).sum() / (drawn | marked).sum() > 0.93
    assert len(found.outline) < 200


def test_points_are_those_of_the_image_as_it_is_shown():
    marked = rasterise(Ellipse(60, 100, 25, 50, 0), 200, 120)
    turned = np.rot90(marked)  # stored lying on its side, shown upright
    exif = Image.Exif()
    exif[0x0112] = 6
    found = outline_between(picture(turned, exif=exif), [(35, 100), (85, 100), (60, 50), (60, 150)])
    drawn = rasterise(found, *marked.shape)
    assert (drawn & marked).sum() / (drawn | marked).sum() > 0.9


@pytest.mark.parametrize(
    ("image", "points"),
    [
        (b"no image", [(0, 0), (5, 0), (5, 5), (0, 5)]),
        (None, [(0, 0), (0, 0), (0, 0), (0, 0)]),
        (None, [(0, 0), (5, 0), (5, 5)]),
        (None, [(900, 900), (950, 900), (950, 950), (900, 950)]),
    ],
)
def test_what_encloses_nothing_is_refused(image, points):
    with pytest.raises(Invalid):
        outline_between(image or picture(np.zeros((40, 40), dtype=bool)), points)
