"""Parcels: what goes in comes out, and nothing else is taken."""

import io
import struct

import pytest
import zstandard
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from recension.errors import Invalid, TooLarge
from recension.store.pack import Kind
from recension.store.parcel import MOST_BLOBS, Item, Parcel, encode_contents, read_blobs, read_contents

texts = st.integers(0, 9000).map(lambda count: b"text " * count)
bodies = st.lists(st.one_of(st.binary(max_size=200), texts), max_size=8)


def filled(blobs):
    parcel = Parcel()
    for body in blobs:
        parcel.add(blake3(body).digest(), memoryview(body))
    return parcel.encode()


def opened(data):
    stream = io.BytesIO(data)
    return [bytes(plain) for _, _, plain in read_blobs(read_contents(stream.read), stream.read)]


@given(bodies)
def test_what_goes_in_comes_out(blobs):
    assert opened(filled(blobs)) == blobs


@given(bodies.filter(any), st.data())
def test_a_changed_or_missing_byte_is_found(blobs, data):
    whole = filled(blobs)
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[:at] + bytes([whole[at] ^ 1 << data.draw(st.integers(0, 7))]) + whole[at + 1 :]
    with pytest.raises(Invalid):
        _same_or_raise(opened(flipped), blobs)
    with pytest.raises(Invalid):
        opened(whole[:at])


def _same_or_raise(found, blobs):
    """A flipped bit may cut what is behind it off, or be one that zstd does not look at; never give other bytes."""
    assert found == blobs[: len(found)], "other bytes were taken for those that were sent"
    raise Invalid("as good as found")


def frame(body, size=None):
    packed = zstandard.ZstdCompressor(write_content_size=size is None).compress(body)
    return encode_contents([Item(blake3(body).digest(), Kind.ZSTD, len(packed), size or len(body))]) + packed


def test_a_frame_that_opens_to_more_than_it_says_is_not_opened():
    assert opened(frame(b"x" * 9000)) == [b"x" * 9000]
    with pytest.raises(Invalid):
        opened(frame(b"x" * 9000, size=100))
    packed = zstandard.ZstdCompressor().compress(bytes(1 << 20))
    lie = encode_contents([Item(blake3(bytes(1 << 20)).digest(), Kind.ZSTD, len(packed), 10)]) + packed
    with pytest.raises(Invalid):
        opened(lie)


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        (Item(bytes(32), Kind.CHUNKS, 72, 72), Invalid),
        (Item(bytes(32), Kind.NODE, 5, 9), Invalid),
        (Item(bytes(32), Kind.PLAIN, 5, 6), Invalid),
        (Item(bytes(32), Kind.PLAIN, 17 << 20, 17 << 20), TooLarge),
        (Item(bytes(32), Kind.ZSTD, 5, 2 << 30), TooLarge),
    ],
)
def test_what_is_no_blob_of_a_parcel_is_refused_before_its_bytes(item, fault):
    with pytest.raises(fault):
        read_contents(io.BytesIO(encode_contents([item])).read)


def test_too_many_and_too_much_are_refused_before_they_come():
    with pytest.raises(TooLarge):
        read_contents(io.BytesIO(b"RCPARC1\n" + struct.pack("<I", MOST_BLOBS + 1)).read)
    with pytest.raises(TooLarge):
        read_contents(io.BytesIO(encode_contents([Item(bytes(32), Kind.PLAIN, 1 << 24, 1 << 24)] * 5)).read)
    for none in (b"", b"RCPARC1\n", b"RCPACK1\n" + bytes(100)):
        with pytest.raises(Invalid):
            read_contents(io.BytesIO(none).read)
