"""Links to real servers of buckets: their ETags say what has changed, and requests name the state they want."""

import obstore
import pytest

from recension.errors import SourceChanged
from recension.store.link_import import import_links
from recension.store.link_materialise import materialise
from recension.store.link_place import open_place, read_place
from recension.store.on_head import Place

pytestmark = pytest.mark.backends
MAIN = Place("pool", "main")
BODIES = {
    "a.txt": b"first",
    "odd name #%+~=&.txt": b"odd",
    "deep/er/\u00e9\u4e2d.bin": bytes(range(256)) * 40_000,
    "empty": b"",
    "deep.txt": b"sorts before the folder",
}


class Bucket:
    """A prefix of the server's bucket, to be filled."""

    def __init__(self, server):
        url = server.new_bucket()
        place, _, options = url.partition("?")
        self.url = url
        self.objects = open_place(read_place(f"{place}?{options}"))._store

    def put(self, name, body):
        obstore.put(self.objects, name, body, use_multipart=False)

    def delete(self, name):
        obstore.delete(self.objects, name)


@pytest.fixture(params=["s3", "azure"])
def bucket(request):
    made = Bucket(request.getfixturevalue(f"{request.param}_server"))
    for name, body in BODIES.items():
        made.put(name, body)
    return made


def content(store, commit):
    return {entry.path: store.read_bytes(commit, entry.path) for entry in store.walk(commit)}


@pytest.mark.parametrize("hashed", [False, True])
def test_objects_read_as_they_are_until_they_change(store, bucket, tmp_path, hashed):
    place = read_place(bucket.url)
    done = import_links(store, place, MAIN, "/in", hashed=hashed)
    assert (done.listed, done.hashed) == (len(BODIES), len(BODIES) * hashed)
    assert content(store, done.commit) == {f"/in/{name}": body for name, body in BODIES.items()}
    large = "/in/deep/er/\u00e9\u4e2d.bin"
    whole = BODIES["deep/er/\u00e9\u4e2d.bin"]
    assert store.read_bytes(done.commit, large, start=5_000_001, end=5_000_100) == whole[5_000_001:5_000_100]
    assert store.read_bytes(done.commit, large, start=len(whole) - 3) == whole[-3:]
    assert store.checkout(done.commit, tmp_path / "out").written == len(BODIES)
    assert not import_links(store, place, MAIN, "/in", hashed=hashed).new
    bucket.put("a.txt", b"FIRST")
    bucket.delete("deep.txt")
    for path in ("/in/a.txt", "/in/deep.txt"):
        with pytest.raises(SourceChanged) as caught:
            store.read_bytes(done.commit, path)
        assert f"{done.commit.address}:{path}" in str(caught.value)
        assert "secret" not in str(caught.value)
        with pytest.raises(SourceChanged):
            store.read_bytes(done.commit, path, start=1, end=2)
    assert {problem.paths[0][2] for problem in store.fsck(sources=True).problems} == {"/in/a.txt", "/in/deep.txt"}
    again = import_links(store, place, MAIN, "/in", delete=True, hashed=hashed).commit
    assert (again.added, again.changed, again.removed) == (0, 1, 1)
    assert store.read_bytes(again, "/in/a.txt") == b"FIRST"


def test_materialised_objects_need_no_bucket(store, bucket):
    place = read_place(bucket.url)
    import_links(store, place, MAIN)
    done = materialise(store, MAIN)
    assert done.files == len(BODIES)
    assert not import_links(store, place, MAIN).new
    for name in BODIES:
        bucket.delete(name)
    assert content(store, done.commit) == {f"/{name}": body for name, body in BODIES.items()}


def test_the_same_bytes_put_again_are_another_state_only_if_the_service_says_so(store, bucket):
    commit = import_links(store, read_place(bucket.url), MAIN).commit
    bucket.put("a.txt", b"first")
    if bucket.url.startswith("s3:"):
        assert store.read_bytes(commit, "/a.txt") == b"first"
        return
    with pytest.raises(SourceChanged, match=r"a\.txt"):  # Azure counts writes; S3 looks at the bytes
        store.read_bytes(commit, "/a.txt")
    again = import_links(store, read_place(bucket.url), MAIN).commit
    assert store.read_bytes(again, "/a.txt") == b"first"
