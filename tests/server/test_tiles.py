"""Squares of large images: the pixels of the image at every scale, cut once, within bounds, for who may see them."""

import io
import itertools
import struct
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.server.test_task_media import make, png, take

from recension.errors import Invalid, Unavailable
from recension.label.image_header import ImageSize, image_size
from recension.server.tiles import works
from recension.server.tiles.pyramid import SIDE, Pyramid
from recension.server.tiles.works import TileWorks

BLOB = "ab" * 32


def picture(width, height, noise=6):
    """Soft waves with a little noise: what photographs are to a codec."""
    x, y = np.arange(width), np.arange(height)[:, None]
    waves = [np.sin(x / 97) + np.cos(y / 61), np.sin((x + 2 * y) / 143) + 0 * y, np.cos(x / 211) * np.sin(y / 173)]
    pixels = np.stack([(wave * 50 + 128).astype(np.int16) for wave in waves], axis=-1)
    pixels += np.random.default_rng(7).integers(-noise, noise + 1, pixels.shape, dtype=np.int16)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def encoded(image, kind, **more):
    raw = io.BytesIO()
    image.save(raw, kind, **more)
    return raw.getvalue()


@pytest.fixture
def shelf(tmp_path):
    opened = []

    def make_works(**more):
        opened.append(TileWorks(tmp_path / "tiles", **more))
        return opened[-1]

    yield make_works
    for each in opened:
        each.close()


def cut(tiles, content, blob=BLOB, level=0):
    tiles.cut(blob, level, lambda to: to.write_bytes(content)).result(60)


def assembled(tiles, size, level, blob=BLOB):
    """A level put together from its squares."""
    width, height = Pyramid(size).level_size(level)
    whole = None
    for y in range(-(-height // SIDE)):
        for x in range(-(-width // SIDE)):
            tile = Image.open(io.BytesIO(tiles.look(blob, level, x, y).content))
            whole = whole or Image.new(tile.mode, (width, height))
            assert tile.size == (min(SIDE, width - x * SIDE), min(SIDE, height - y * SIDE))
            whole.paste(tile, (x * SIDE, y * SIDE))
    return whole


def off_by(found, wanted):
    return float(np.abs(np.asarray(found, np.int16) - np.asarray(wanted, np.int16)).mean())


@pytest.mark.parametrize(("width", "height"), [(1, 1), (512, 512), (513, 1), (10_000, 10_000), (1025, 4097)])
def test_levels_halve_the_image_until_one_square_holds_it(width, height):
    pyramid = Pyramid(ImageSize(width, height))
    sizes = [pyramid.level_size(level) for level in range(pyramid.levels)]
    assert sizes[0] == (width, height)
    assert max(sizes[-1]) <= SIDE
    assert all(max(size) > SIDE for size in sizes[:-1])
    for finer, coarser in itertools.pairwise(sizes):
        assert coarser == (-(-finer.width // 2), -(-finer.height // 2))
    last = sizes[0]
    assert pyramid.holds(0, (last.width - 1) // SIDE, (last.height - 1) // SIDE)
    assert not pyramid.holds(0, (last.width - 1) // SIDE + 1, 0)
    assert not pyramid.holds(pyramid.levels, 0, 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_squares_are_the_image_at_every_scale(shelf, kind):
    image = picture(1700, 1301, noise=2)
    content = encoded(
        image,
        kind,
        **({"quality": 95, "subsampling": 0} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}),
    )
    tiles = shelf()
    cut(tiles, content)
    size = image_size(content) or ImageSize(*image.size)
    for level in range(Pyramid(size).levels):
        found = assembled(tiles, size, level)
        wanted = image.resize(found.size, Image.Resampling.BOX)
        assert off_by(found, wanted) < (2.5 if kind == "JPEG" else 1.5)
    exact = assembled(tiles, size, 0)
    if kind != "JPEG":
        assert off_by(exact, image) == 0  # stored without loss, cut without loss


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "I;16", "CMYK", "LA"])
def test_every_kind_of_pixels_is_shown_in_eight_bits(shelf, mode):
    grey = picture(600, 520).convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        image = (picture(600, 520) if mode == "CMYK" else grey).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    tiles = shelf()
    cut(tiles, encoded(image, kind))
    found = assembled(tiles, ImageSize(600, 520), 0)
    wanted = grey if mode == "I;16" else image
    assert off_by(found.convert("L"), wanted.convert("L")) < (
        20 if mode == "CMYK" else 1
    )  # inks have no colours of their own
    assert ("A" in found.getbands()) == (mode in {"RGBA", "LA"})


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_squares_are_upright_as_the_header_says(shelf, kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(picture(900, 640), kind, exif=exif)
    tiles = shelf()
    cut(tiles, content)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert image_size(content) == upright.size
    for level in (0, 1):
        found = assembled(tiles, image_size(content), level)
        assert off_by(found, upright.resize(found.size, Image.Resampling.BOX)) < 2.5


def test_an_image_is_cut_once_for_all_who_ask_at_the_same_time(shelf):
    content, asked = encoded(picture(700, 700), "PNG"), []

    def fetch(to: Path) -> None:
        asked.append(to)
        to.write_bytes(content)

    tiles = shelf()
    futures = [tiles.cut(BLOB, level, fetch) for level in (0, 0, 1, 0)]
    for future in futures:
        future.result(60)
    tiles.cut(BLOB, 0, fetch).result(60)
    assert len(asked) == 1
    assert not asked[0].exists()  # nothing of it is left lying about


def test_what_was_not_looked_at_for_longest_goes_when_there_is_too_much(shelf):
    content = encoded(picture(600, 600), "PNG")
    tiles = shelf()
    cut(tiles, content, "aa" * 32)
    one = sum(path.stat().st_size for path in tiles._shelf.place("aa" * 32).rglob("*.png"))
    tiles = shelf(most_bytes=int(one * 2.5))
    blobs = [digit * 64 for digit in "bcd"]
    works.os.utime(tiles._shelf.place("aa" * 32) / "whole", (0, 0))
    for age, blob in enumerate(blobs, 1):
        cut(tiles, content, blob)
        works.os.utime(tiles._shelf.place(blob) / "whole", (age, age))
    assert tiles.look("aa" * 32, 0, 0, 0) is None  # the oldest went when the third came
    assert tiles.look(blobs[0], 0, 0, 0) is None
    tiles.look(blobs[1], 0, 0, 0)  # which makes it the newest
    cut(tiles, content, "e" * 64)
    assert [tiles.look(each, 0, 0, 0) is not None for each in (*blobs, "e" * 64)] == [False, True, False, True]


def test_half_of_an_image_is_cut_anew_after_the_server_was_killed(shelf):
    content = encoded(picture(1100, 900), "PNG")
    tiles = shelf()
    place = tiles._shelf.place(BLOB)
    (place / "1").mkdir(parents=True)
    (place / "1" / "0_0.png").write_bytes(b"half")
    cut(tiles, content)
    assert assembled(tiles, ImageSize(1100, 900), 1).size == (550, 450)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"not an image at all", "no image that is known"),
        (encoded(picture(600, 600), "JPEG")[:400], "cannot be shown"),
        (png(1, 1)[:16] + struct.pack(">II", 40_000, 40_000) + png(1, 1)[24:], "1,600 million; up to 1,000 are shown"),
    ],
)
def test_what_cannot_be_cut_says_why_and_is_not_tried_again_at_once(shelf, content, why):
    tiles = shelf()
    asked = []

    def fetch(to: Path) -> None:
        asked.append(to)
        to.write_bytes(content)

    for _ in range(2):
        with pytest.raises(Invalid, match=why):
            tiles.cut(BLOB, 0, fetch).result(60)
    assert len(asked) == 1
    assert tiles.look(BLOB, 0, 0, 0) is None


def test_what_takes_too_long_is_ended(shelf):
    tiles = shelf(patience_s=0.01)
    with pytest.raises(Invalid, match="it takes over"):
        cut(tiles, encoded(picture(600, 600), "PNG"))


def test_a_server_that_stops_waits_for_no_image(shelf):
    tiles = shelf()
    content = encoded(picture(1500, 1500), "PNG", compress_level=1)
    waiting: list[Future] = [tiles.cut(digit * 64, 0, lambda to: to.write_bytes(content)) for digit in "abcdef"]
    tiles.close()
    for each in waiting:
        with pytest.raises((Invalid, Unavailable)):
            each.result(0)
    with pytest.raises(Unavailable):
        tiles.cut(BLOB, 0, lambda to: None)


# --- over the network


def test_large_images_are_announced_and_served_in_squares(served):
    large = encoded(picture(5000, 4000, noise=0), "JPEG", quality=80)
    bomb = png(1, 1)[:16] + struct.pack(">II", 50_000, 50_000) + png(1, 1)[24:]
    files = {"/images/a.png": png(30, 30), "/images/b.jpg": large, "/images/c.png": bomb}
    make(served, "large", files, glob="/images/*")
    ada, eve = served.user("ada-tiles"), served.user("eve-tiles")
    with ada, eve:
        found = {}
        for number in range(3):
            page, task = take(ada, "large")
            found[task["media"]["image"]["width"]] = task["media"]["image"]
            box = {"type": "box", "x": 1, "y": 2, "width": 10, "height": 10}
            region = {"id": "r1", "shape": box, "labels": ["round"], "attributes": {"sharp": "yes"}}
            body = {"answer_id": f"ada-{number}", "task": task["id"], "fields": {"cells": [region]}, "spent_ms": 1}
            ada.post(f"/api/v1/pages/{page['id']}/answers", json=body).raise_for_status()
        assert found[30]["tiles"] is None
        media = found[5000]
        assert media["tiles"]["size"] == SIDE
        assert media["tiles"]["levels"] == 5
        address = media["tiles"]["url"].format
        answer = ada.get(address(level=0, x=9, y=7))
        assert answer.is_success, answer.text
        with Image.open(io.BytesIO(answer.content)) as tile:
            assert tile.size == (5000 - 9 * SIDE, 4000 - 7 * SIDE)
            with Image.open(io.BytesIO(large)) as whole:
                assert off_by(tile, whole.crop((9 * SIDE, 7 * SIDE, 5000, 4000))) < 2
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert answer.headers["x-content-type-options"] == "nosniff"
        for level, x, y in ((0, 10, 0), (5, 0, 0), (-1, 0, 0)):
            assert ada.get(address(level=level, x=x, y=y)).status_code == 404
        # Neither somebody who never had the task, nor squares of what has none.
        assert eve.get(address(level=4, x=0, y=0)).status_code == 404
        assert ada.get(f"{found[30]['url']}/tiles/0/0_0").status_code == 404
        # A small file that says it is enormous is not loaded by anybody.
        assert found[50_000]["tiles"] is None
        assert "2,500 million" in found[50_000]["refused"]
        refused = ada.get(f"{found[50_000]['url']}/tiles/0/0_0")
        assert refused.status_code == 413
        assert "2,500 million" in refused.text


PEAK = """
import pathlib, sys
from recension.server.tiles import cutting
code = cutting.main()
print(next(line for line in pathlib.Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line))
sys.exit(code)
"""


@pytest.mark.long
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_hundred_megapixels_take_little_memory(kind, tmp_path):
    image = picture(10_000, 10_000)
    source, out = tmp_path / "image", tmp_path / "out"
    source.write_bytes(encoded(image, kind, **({"compress_level": 1} if kind == "PNG" else {"quality": 90})))
    out.mkdir()
    command = [sys.executable, "-c", PEAK, source, out]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert int(said[-2]) < 300_000  # kB; the pixels alone are 300 MB
    assert len(list((out / "0").iterdir())) == 400
    tile = Image.open(next((out / "0").glob("7_11.*")))
    assert off_by(tile, image.crop((7 * SIDE, 11 * SIDE, 8 * SIDE, 12 * SIDE))) < (5 if kind == "JPEG" else 1e-9)
