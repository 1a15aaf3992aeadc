"""Bytes that the world depends on: what was written once must be readable for ever, and be written alike."""

import hashlib
import random

import pytest

from recension.ids import NodeId
from recension.store.chunks import cut
from recension.store.edits import plain_style
from recension.store.folder_runs import Runs
from recension.store.node import (
    NO_MD5,
    NO_TIME,
    Layout,
    decode,
    encode_index,
    encode_leaf,
    encode_overlay,
    encode_style,
)
from recension.store.nodes import EMPTY_ID
from recension.store.pack import HEADER, Kind, PackIndex, read_index
from recension.store.split import Splitter

ROWS = [
    (b"/a.csv", bytes(range(32)), 3, plain_style(0o644, "text/csv"), NO_TIME, NO_MD5),
    (b"/b/x", bytes(range(1, 33)), 1 << 40, encode_style(0o755, "a/b", {"k": "v", "a": "ü"}), 1_700_000, b"m" * 16),
]
LEAF_ID = "5918c6fd02ff848db490358177fae1460aa84fb2575eb97008957e366cd3c173"
LEAF = (
    "52434c31020000000a000000020000001c000000060000000a0000002f612e6373762f622f78000102030405060708090a0b"
    "0c0d0e0f101112131415161718191a1b1c1d1e1f0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e"
    "1f2003000000000000000000000000010000000001000c0000001c000000a4010000746578742f637376ed010000612f6200"
    "6100c3bc006b0076030000000000000000000080a0f0190000000000000000000000000000000000000000006d6d6d6d6d6d"
    "6d6d6d6d6d6d6d6d6d6d"
)
SEALED_LEAF = f"{LEAF[:316]}07{LEAF[318:]}3dd8768337def763"
INDEX_ID = "b01c26fedf176d4b9c061d9785d30f618386ad236444bcea110a2925a19d8fec"
INDEX = (
    "52434931020000000a00000001000000060000000a0000002f612e6373762f622f7800000000000000000000000000000000"
    "0000000000000000000000000000000001010101010101010101010101010101010101010101010101010101010101010100"
    "000000000000020000000000000003000000000000000000000000010000"
)
FOLDERS = (
    "05000000020000000a00000000010100000002000000060000000a0000000100000002000000030000000000000000000000"
    "000100002f612e6373762f622f62fdfae4b4e7de5582"
)
OVERLAY_ID = "4de09c050e2129d1ffda65330d384040183788e108a1d2ca3b783cb8ede904f4"
OVERLAY = (
    "52434f31000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0102030405060708090a0b0c0d0e"
    "0f101112131415161718191a1b1c1d1e1f2002030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021"
    "07000000000000000000000000010000"
)
PACK = (
    "52435041434b310a68656c6c6f7a7374000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0102"
    "030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2008000000000000000d0000000000000005000000"
    "0000000003000000000000000500000000000000090000000000000000011000000000000000020000000000000068a477e6"
    "df7496cbc3e4df00920d8445fece8a01ceeca896cf0d8f321c2b215952435041434b3145"
)


def test_a_leaf():
    identity, raw = encode_leaf(ROWS)
    assert raw.hex() == SEALED_LEAF
    assert identity.hex() == LEAF_ID
    assert decode(identity, raw).rows() == ROWS
    assert decode(identity, bytes.fromhex(LEAF)).rows() == ROWS, "as it was written before there was a checksum"


def test_an_index():
    rows = [(b"/a.csv", bytes(32), 1, 3, None), (b"/b/x", b"\x01" * 32, 2, 1 << 40, None)]
    identity, raw = encode_index(rows, 1)
    assert raw.hex() == INDEX
    assert identity.hex() == INDEX_ID
    assert decode(identity, bytes.fromhex(INDEX)).rows() == rows


def test_an_index_with_the_folders_below():
    folders = Runs(False, ((b"/a.csv", 1, 3),)), Runs(True, ((b"/b/b", 2, 1 << 40),))
    rows = [(b"/a.csv", bytes(32), 1, 3, folders[0]), (b"/b/x", b"\x01" * 32, 2, 1 << 40, folders[1])]
    identity, raw = encode_index(rows, 1)
    assert raw.hex() == INDEX + FOLDERS
    assert identity.hex() == INDEX_ID, "what stands beside is no part of it"
    assert decode(identity, raw).rows() == rows


def test_an_overlay():
    layout = Layout(*(NodeId(bytes(range(at, at + 32))) for at in range(3)))
    identity, raw = encode_overlay(layout, 7, 1 << 40)
    assert raw.hex() == OVERLAY
    assert identity.hex() == OVERLAY_ID
    overlay = decode(identity, bytes.fromhex(OVERLAY))
    assert (overlay.layout, overlay.files, overlay.size) == (layout, 7, 1 << 40)


def test_the_tree_without_entries():
    assert EMPTY_ID.hex() == "4462d1d33af4bd9869bc8f4075fb92f3166435dafd806ec25d6c782911c1cf61"


def test_a_pack():
    index = PackIndex()
    index.add(bytes(range(32)), Kind.PLAIN, len(HEADER), 5, 5)
    index.add(bytes(range(1, 33)), Kind.ZSTD, len(HEADER) + 5, 3, 9)
    pack = HEADER + b"hello" + b"zst" + index.encode(len(HEADER) + 8)
    assert pack.hex() == PACK
    golden = bytes.fromhex(PACK)
    records = read_index("p", len(golden), lambda start, length: golden[start : start + length])
    assert records == list(index.records("p"))


def test_where_keys_are_cut():
    splitter = Splitter(0)
    splitter.feed([(b"/%06d" % number,) for number in range(20_000)])
    splitter.finish()
    assert [len(run) for run in splitter.runs] == [2169, 3327, 1042, 2314, 5036, 2167, 2059, 1886]


@pytest.mark.slow
def test_where_large_files_are_cut():
    data = memoryview(random.Random(1).randbytes(40 << 20))
    at = 0

    def read_into(buffer):
        nonlocal at
        count = min(len(buffer), 1_000_003, len(data) - at)
        buffer[:count] = data[at : at + count]
        at += count
        return count

    lengths, whole = [], hashlib.sha256()
    for chunk in cut(read_into):
        lengths.append(len(chunk))
        whole.update(chunk)
    assert whole.digest() == hashlib.sha256(data).digest()
    assert lengths == [
        1267775,
        1137393,
        1042551,
        615873,
        737385,
        974501,
        716051,
        885698,
        778570,
        1725440,
        651995,
        727071,
        780127,
        1957335,
        834473,
        674659,
        721949,
        547307,
        1233923,
        1196098,
        1706780,
        1649946,
        1871020,
        679497,
        1522170,
        689155,
        1274187,
        898981,
        685086,
        726456,
        797650,
        599842,
        992636,
        995185,
        779540,
        657324,
        1419239,
        1003994,
        620013,
        1255069,
        867758,
        1045338,
    ]
