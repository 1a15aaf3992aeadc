"""Any sequence of changes to a source, imports and materialisations: a link gives the linked bytes, or an error."""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from recension.errors import SourceChanged
from recension.store import Put, Store
from recension.store.link_import import import_links
from recension.store.link_materialise import materialise
from recension.store.link_place import read_place
from recension.store.on_head import Place

MAIN = Place("pool", "main")
NAMES = ("a", "b", "sub/c", "sub/d")
names = st.sampled_from(NAMES)
bodies = st.binary(max_size=3)


class LinkMachine(RuleBasedStateMachine):
    """The model knows of each entry its bytes, and the state of the source that it leads to (None: stored)."""

    commits = Bundle("commits")

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.source = self.folder / "source"
        (self.source / "sub").mkdir(parents=True)
        self.store = Store.create(self.folder / "home")
        self.store.create_repo("pool")
        self.states = {}  # name -> (number of the write, bytes)
        self.writes = 0
        self.entries = {}  # path -> (bytes, number of the write it leads to or None, whether it is hashed)
        self.stored = set()  # bytes that the store has
        self.write("a", b"first")
        self.kept = []
        self.bring(delete=False, hashed=False)

    @rule(name=names, body=bodies)
    def write(self, name, body):
        self.writes += 1
        path = self.source / name
        path.write_bytes(body)
        os.utime(path, ns=(0, self.writes * 1_000_000))
        self.states[name] = (self.writes, body)

    @rule(name=names)
    def delete(self, name):
        (self.source / name).unlink(missing_ok=True)
        self.states.pop(name, None)

    @rule(name=names, body=bodies)
    def put(self, name, body):
        with self.store.upload() as upload:
            change = Put(f"/{name}", upload.add_bytes(body), len(body))
            self.store.write("pool", "main", [change], upload=upload)
        self.entries[f"/{name}"] = (body, None, True)
        self.stored.add(body)

    @rule(delete=st.booleans(), hashed=st.booleans())
    def bring(self, delete, hashed):
        if not self.states and not self.entries:
            return
        import_links(self.store, read_place(f"file://{self.source}"), MAIN, delete=delete, hashed=hashed)
        for name, (number, body) in self.states.items():
            known = self.entries.get(f"/{name}")
            if known is None or known[1] != number or (hashed and not known[2]):
                self.entries[f"/{name}"] = (body, number, hashed)
        if delete:
            gone = [path for path in self.entries if path[1:] not in self.states]
            for path in gone:
                del self.entries[path]

    def reads_as_it_was(self, path):
        body, number, hashed = self.entries[path]
        return number is None or (hashed and body in self.stored) or self.states.get(path[1:], (0,))[0] == number

    @rule()
    def fill(self):
        if not self.entries:
            return
        if not all(map(self.reads_as_it_was, self.entries)):
            try:
                materialise(self.store, MAIN)
            except SourceChanged:
                return
            raise AssertionError("a source has changed")
        materialise(self.store, MAIN)
        for path, (body, number, _) in self.entries.items():
            # it still knows its source, so importing that again changes nothing
            self.entries[path] = (body, number, True)
            self.stored.add(body)

    @rule()
    def collect(self):
        self.store.gc(grace_s=0)
        # What no commit has any more may be gone; all commits are kept here.

    @rule()
    def keep(self):
        head = self.store.head("pool")
        if head is not None:
            self.kept.append((head, dict(self.entries)))

    def check(self, commit, entries):
        assert {entry.path for entry in self.store.walk(commit)} == entries.keys()
        for path, (body, number, hashed) in entries.items():
            fine = number is None or (hashed and body in self.stored) or self.states.get(path[1:], (0,))[0] == number
            try:
                found = self.store.read_bytes(commit, path)
            except SourceChanged:
                assert not fine, path
            else:
                assert found == body, path

    @invariant()
    def every_version_reads_as_it_was_or_not_at_all(self):
        self.check(self.store.head("pool"), self.entries)
        for commit, entries in self.kept[-2:]:
            self.check(commit, entries)

    def teardown(self):
        assert self.store.fsck().clean
        self.store.close()
        shutil.rmtree(self.folder)


LinkMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestLinks = LinkMachine.TestCase
