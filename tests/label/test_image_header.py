"""Sizes read from headers are those that a decoder finds."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from recension.label.image_header import image_orientation, image_size


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (640, 480), (7, 300)])
def test_the_size_is_the_one_a_decoder_finds(kind: str, width: int, height: int) -> None:
    for options in ({}, {"lossless": True}) if kind == "WEBP" else ({},):
        raw = io.BytesIO()
        Image.new("RGB", (width, height), (200, 30, 30)).save(raw, kind, **options)
        assert image_size(raw.getvalue()) == (width, height)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_exif_orientation_turns_the_size(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    raw = io.BytesIO()
    Image.new("RGB", (40, 20)).save(raw, kind, exif=exif)
    raw.seek(0)
    assert image_size(raw.getvalue()) == ImageOps.exif_transpose(Image.open(raw)).size
    assert image_orientation(raw.getvalue()) == orientation


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1", b"RIFF....WEBPVP8 ", b"II*\0", b"BM", b""]), st.binary()
)
def test_broken_heads_have_no_size_and_raise_nothing(magic: bytes, rest: bytes) -> None:
    size = image_size(magic + rest)
    assert size is None or min(size) > 0
