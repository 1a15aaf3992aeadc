"""Which datums of a job read what: a part of the job's tree, beside its datums.

::

    /reads/<address>/<id>            the address hashed; meta: label of the datum
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from blake3 import blake3

from recension.flow.datums import datum_of
from recension.flow.inputs import Datum, Inputs
from recension.flow.pins import Pins
from recension.flow.reads import Read
from recension.ids import BlobId, NodeId
from recension.store import Delete, Edit, Entry, Put, Store

_NOTHING: Final = BlobId(blake3(b"").digest())
_NAME_BYTES: Final = 16

Addresses = tuple[str, ...]


def addresses_in(record: Entry) -> Addresses:
    """What the datum of a record read."""
    return tuple(json.loads(record.meta.get("reads", "[]")))


def moved(store: Store, inputs: Inputs, tree: NodeId, then: Iterable[Read], pins: Pins) -> list[Datum]:
    """The datums of an earlier job that read something which has other content now."""
    found: dict[str, Datum] = {}
    for read in then:
        if pins.read(read.address).content != read.content:
            for entry in store.tree.walk(tree, prefix=_folder(read.address)):
                datum = datum_of(inputs, entry.meta["label"])
                found[datum.id] = datum
    return list(found.values())


def index_edits(
    before: Mapping[str, Addresses], after: Mapping[str, Addresses], labels: Mapping[str, str]
) -> Iterator[Edit]:
    """The changes to the index; addresses by datum id, as they were and are."""
    for id_ in before.keys() | after.keys():
        was, now = set(before.get(id_, ())), set(after.get(id_, ()))
        for address in sorted(was - now):
            yield Delete(f"{_folder(address)}/{id_}")
        for address in sorted(now - was):
            yield Put(f"{_folder(address)}/{id_}", _NOTHING, 0, content_type="", meta={"label": labels[id_]})


def still_read(store: Store, tree: NodeId, address: str, *, not_by: Mapping[str, object]) -> bool:
    """Whether a datum of an earlier job read an address, apart from some."""
    readers = store.tree.walk(tree, prefix=_folder(address))
    return any(entry.path.rpartition("/")[2] not in not_by for entry in readers)


def _folder(address: str) -> str:
    return f"/reads/{blake3(address.encode()).hexdigest(_NAME_BYTES)}"
