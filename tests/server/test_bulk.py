"""Bulk transfer over HTTP: what may be referred to by its hash, and by whom."""

import io
import json

import pytest
from blake3 import blake3

from recension.ids import new_commit_id
from recension.store.parcel import Item, Parcel, encode_contents, read_blobs, read_contents

SECRET = b"what the board decided"
CHUNKED = [b"a" * 3_000_000, b"b" * 2_000_000]


def hash_of(body: bytes) -> bytes:
    return blake3(body).digest()


def parcel(*bodies: bytes) -> bytes:
    made = Parcel()
    for body in bodies:
        made.add(hash_of(body), memoryview(body))
    return made.encode()


class Sender:
    """One account, and a repo it means."""

    def __init__(self, http, repo: str) -> None:
        self.http = http
        self.at = f"/api/v1/repos/{repo}/bulk"

    def have(self, *ids: bytes) -> str:
        return self.http.post(f"{self.at}/have/upload", content=b"".join(ids)).raise_for_status().json()["have"]

    def send(self, *bodies: bytes):
        return self.http.post(f"{self.at}/parcel/upload", content=parcel(*bodies))

    def commit(self, rows, *, send: str | None = None, **about):
        head = {"send": send or str(new_commit_id(1)), **about}
        lines = "\n".join(json.dumps(line) for line in [head, *rows])
        return self.http.post(f"{self.at}/commit/upload", content=lines)

    def large(self, *chunks: bytes, recut: bool = False):
        body = {"files": [{"chunks": [chunk.hex() for chunk in chunks], "recut": recut}]}
        return self.http.post(f"{self.at}/large", json=body)

    def read(self, *paths: str, ref: str = "main"):
        return self.http.post(f"{self.at}/read", params={"ref": ref}, json={"paths": paths})


def row(path: str, body: bytes, size: int | None = None):
    return [path, hash_of(body).hex(), len(body) if size is None else size, 0o644, None]


@pytest.fixture(scope="module")
def world(served):
    """Two repos; Ann may write to both, Eve to one; the secret is in the other."""
    for name in ("open", "closed"):
        served.post("/repos", {"name": name})
    ann, eve = served.user("ann", "engineer"), served.user("eve", "annotator")
    served.http.put("/api/v1/users/eve/grants", json={"repo": "open", "level": "write"}).raise_for_status()
    sender = Sender(ann, "closed")
    sender.send(SECRET).raise_for_status()
    sender.commit([row("/secret", SECRET)]).raise_for_status()
    yield served, Sender(ann, "open"), Sender(eve, "open")
    ann.close()
    eve.close()


def code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_stored_hash_and_an_unknown_one_get_the_same_answers(world):
    _, _, eve = world
    unknown = b"nobody has this"
    assert eve.have(hash_of(SECRET), hash_of(unknown)) == "00"
    answers = [eve.commit([row("/mine", body)]) for body in (SECRET, unknown)]
    assert [code(answer) for answer in answers] == [(404, "not-found")] * 2
    assert answers[0].json()["error"]["message"] == answers[1].json()["error"]["message"]
    assert [code(eve.large(hash_of(body))) for body in (SECRET, unknown)] == [(404, "not-found")] * 2


def test_a_wrong_size_tells_nothing_of_a_blob_that_one_may_not_have(world):
    _, _, eve = world
    assert code(eve.commit([row("/mine", SECRET, 1)])) == (404, "not-found")
    eve.send(b"of eve").raise_for_status()
    assert code(eve.commit([row("/mine", b"of eve", 1)])) == (400, "invalid")


def test_whoever_has_the_bytes_may_refer_to_them(world):
    _, _, eve = world
    eve.send(SECRET).raise_for_status()
    assert eve.have(hash_of(SECRET)) == "1"
    eve.commit([row("/guessed", SECRET)]).raise_for_status()


def test_what_a_branch_of_the_repo_holds_need_not_be_sent(world):
    served, ann, eve = world
    ann.send(b"of ann", *CHUNKED).raise_for_status()
    whole = ann.large(*map(hash_of, CHUNKED)).raise_for_status().json()["files"][0]
    assert whole["blob"] == hash_of(b"".join(CHUNKED)).hex()
    assert eve.have(hash_of(b"of ann"), hash_of(CHUNKED[0])) == "00"
    ann.commit([row("/ann", b"of ann"), ["/large", whole["blob"], whole["size"]]], branch="dev").raise_for_status()
    assert eve.have(hash_of(b"of ann"), hash_of(CHUNKED[0]), hash_of(b"".join(CHUNKED))) == "111"
    raw = served.http.get("/api/v1/repos/open/raw", params={"ref": "dev", "path": "/large"})
    assert raw.content == b"".join(CHUNKED)


def test_nodes_of_the_tree_are_no_files(world):
    served, _, _ = world
    content_id = served.get("/repos/closed/log", ref="main")["commits"][0]["content_id"]
    admin = Sender(served.http, "open")
    assert admin.have(bytes.fromhex(content_id), hash_of(SECRET)) == "01"
    assert code(admin.commit([["/tree", content_id, 1]])) == (404, "not-found")


def test_the_same_send_commits_once(world):
    _, ann, _ = world
    ann.send(b"once", b"other").raise_for_status()
    send = str(new_commit_id(2))
    first = ann.commit([row("/once", b"once")], send=send).raise_for_status().json()
    ann.commit([row("/once", b"other")]).raise_for_status()
    again = ann.commit([row("/once", b"once")], send=send).raise_for_status().json()
    assert (again["commit"]["id"], again["new"]) == (first["commit"]["id"], True)
    body = read_all(ann.read("/once"))
    assert body == {hash_of(b"other"): b"other"}
    assert ann.commit([row("/once", b"other")]).json()["new"] is False


def test_delete_removes_what_no_line_names(world):
    served, ann, _ = world
    ann.send(b"1", b"2", b"3").raise_for_status()
    rows = [row("/d/a", b"1"), row("/d/b", b"2"), row("/e", b"3")]
    ann.commit(rows, branch="gone").raise_for_status()
    made = ann.commit([row("/d/a", b"1")], branch="gone", into="/d", delete=True).raise_for_status().json()
    assert made["removed"] == 1
    ann.commit([["/e"]], branch="gone").raise_for_status()
    listed = served.http.get("/api/v1/repos/open/bulk/files", params={"ref": "gone"}).text.splitlines()
    assert [json.loads(line) for line in listed] == [["/d/a", hash_of(b"1").hex(), 1, 0o644, None, 0]]


def read_all(answer) -> dict[bytes, bytes]:
    stream = io.BytesIO(answer.raise_for_status().content)
    return {item.id: bytes(plain) for item, _, plain in read_blobs(read_contents(stream.read), stream.read)}


def test_bytes_are_read_by_path_of_a_commit_one_may_read(world):
    _, ann, eve = world
    ann.send(b"r1", b"r2").raise_for_status()
    ann.commit([row("/r1", b"r1"), row("/r2", b"r2"), row("/twin", b"r1")], branch="read").raise_for_status()
    assert read_all(eve.read("/r1", "/r2", "/twin", ref="read")) == {hash_of(b"r1"): b"r1", hash_of(b"r2"): b"r2"}
    assert code(eve.read("/r1", "/none", ref="read")) == (404, "not-found")
    closed = Sender(eve.http, "closed")
    assert code(closed.read("/secret")) == (403, "forbidden")
    assert closed.http.get(f"{closed.at}/files").status_code == 403
    assert closed.send(b"x").status_code == 403


def test_bytes_that_are_not_what_their_hash_says_are_stored_nowhere(world):
    _, ann, _ = world
    lie = encode_contents([Item(hash_of(b"truth"), 0, 4, 4)]) + b"lies"
    assert code(ann.http.post(f"{ann.at}/parcel/upload", content=lie)) == (400, "invalid")
    assert ann.have(hash_of(b"truth"), hash_of(b"lies")) == "00"
    ann.send(b"truth").raise_for_status()
    assert ann.have(hash_of(b"truth")) == "1"
    assert code(ann.http.post(f"{ann.at}/parcel/upload", content=parcel(b"x") + b"y")) == (400, "invalid")


def test_parts_of_any_size_can_be_cut_anew(world):
    served, ann, _ = world
    whole = ann.large(hash_of(b"s1"), recut=True)
    assert code(whole) == (404, "not-found")
    ann.send(b"s1", b"s2", b"s3").raise_for_status()
    made = ann.large(*map(hash_of, (b"s1", b"s2", b"s3", b"s1")), recut=True).raise_for_status().json()["files"][0]
    assert (made["blob"], made["size"]) == (hash_of(b"s1s2s3s1").hex(), 8)
    change = {"op": "put", "path": "/recut", "receipt": made["receipt"]}
    served_commit = ann.http.post("/api/v1/repos/open/commits", json={"changes": [change]})
    served_commit.raise_for_status()
    assert served.http.get("/api/v1/repos/open/raw", params={"path": "/recut"}).content == b"s1s2s3s1"
    assert code(ann.large(hash_of(b"x" * 9), recut=True)) == (404, "not-found")


@pytest.mark.parametrize(
    "rows",
    [
        [["/../x", "00" * 32, 1]],
        [["/x", "zz", 1]],
        [["/x", "00", 1]],
        [{"path": "/x"}],
        [["/x", "00" * 32, 1, 0o644, None, "more"]],
        ["nonsense"],
    ],
)
def test_lines_that_make_no_sense_are_refused_and_named(world, rows):
    _, ann, _ = world
    answer = ann.commit(rows, branch="bad")
    assert answer.status_code in {400, 404}
    assert ann.http.get("/api/v1/repos/open/log", params={"ref": "bad"}).status_code == 404


def test_a_body_over_its_limit_is_refused(world):
    _, ann, _ = world
    answer = ann.http.post(f"{ann.at}/have/upload", content=bytes(32 * 65_537))
    assert code(answer) == (413, "too-large")
    assert code(ann.http.post(f"{ann.at}/have/upload", content=b"123")) == (400, "invalid")
