"""Writes a home to keep: scripts/make-golden.py NUMBER makes tests/golden/home-NUMBER and what is to be read from it.

A home is made once for each format and then never again: it stands for those that people have.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from recension.store import Put, Store, delta
from recension.store.merging import merge
from recension.store.naming import branch_protect
from recension.store.on_head import Place
from recension.store.opening import add_changes, open_commit, open_commits
from recension.store.staging import stage_put
from recension.store.tags import tag_create, tags
from recension.store.undoing import revert

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
KEPT = ("format", "recension.db", "objects")
PROJECT = """\
project: headlines
title: Is this clickbait?
guideline: "Does the headline say what happened? Then it is **not** clickbait."
input: {repo: pool, glob: /*.csv, rows: {format: csv, key: id}, columns: {headline: headline}}
label_config: |
  <View><Text name="headline" value="$headline"/>
  <Choices name="category" toName="headline" required="true">
  <Choice value="clickbait"/><Choice value="notclickbait"/></Choices></View>
overlap: 2
page: {real: 2, control: 1, time_limit_s: 600}
pay: {per_page: "0.05", currency: USD}
training:
  tasks: {repo: quality, path: /training.csv, columns: {headline: headline}, expected: {category: category}}
  page: 2
  pass_percent: 50
control:
  tasks: {repo: quality, path: /control.csv, columns: {headline: headline}, expected: {category: category}}
rules:
  - {if: control_rate, last: 10, at_least: 3, at_most_percent: 40, then: ban}
on_ban: exclude_and_reoffer
consensus: {method: dawid_skene, smoothing: 1.0}
output: {repo: labels, branch: main, release: complete}
"""
PIPELINE = """\
pipeline: {name: counts}
input: {pfs: {repo: labels, glob: /labels.csv}}
transform:
  cmd: [sh]
  stdin: ['wc -l < /pfs/labels/labels.csv > /pfs/out/lines']
"""
FILES = {
    "pool.csv": "id,headline\n1,Norway slides into recession\n2,Which cookie are you\n3,Police evict protesters\n4,13 cocktails\n",
    "more.csv": "id,headline\n5,Ten climbers killed\n6,Are you more Elsa or Jack\n",
    "training.csv": "headline,category\nGunman on the loose,notclickbait\n12 confessions,clickbait\n",
    "control.csv": "headline,category\nEurozone in recession,notclickbait\nWe know your zodiac sign,clickbait\n"
    "Senator says he had an affair,notclickbait\n",
    "project.yaml": PROJECT,
    "counts.yaml": PIPELINE,
}


def main(number):
    """Make the home with real commands and a real server, then note down what it says."""
    folder = Path(tempfile.mkdtemp())
    home = folder / "home"
    for name, text in FILES.items():
        (folder / name).write_text(text)
    server = subprocess.Popen([*command(home, "up"), "--port", "0"], stdout=subprocess.DEVNULL)
    try:
        http = signed_in(home)
        fill(home, folder, http)
        seen = notes(http)
    finally:
        server.terminate()
        server.wait()
    with Store.open(home) as store:
        seen["history"] = make_history(store)
    target = GOLDEN / f"home-{number}"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in KEPT:
        (shutil.copytree if (home / name).is_dir() else shutil.copy)(home / name, target / name)
    (GOLDEN / f"home-{number}.json").write_text(json.dumps(seen, indent=2, sort_keys=True) + "\n")
    shutil.rmtree(folder)


def fill(home, folder, http):
    """Data, people's answers with an undone one, a pipeline, a second branch, an edited row."""
    for repo, names in (("pool", ["pool.csv"]), ("quality", ["training.csv", "control.csv"])):
        run(home, "repo", "create", repo)
        run(home, "put", f"{repo}@main", *(folder / name for name in names), "-m", f"First {repo}")
    run(home, "project", "create", folder / "project.yaml")
    run(home, "pipeline", "create", folder / "counts.yaml")
    answer_and_undo(http)
    run(home, "simulate", "headlines", "--workers", "6", "--seed", "1", "--accuracy", "1")
    wait(lambda: text(http, "counts", "/lines") == "5\n")
    run(home, "branch", "create", "pool@dev", "--at", "main")
    run(home, "put", "pool@dev", folder / "more.csv", "-m", "More on a branch")
    wait(lambda: progress(http)["tasks"]["open"] == 2)
    run(home, "simulate", "headlines", "--workers", "6", "--seed", "2", "--accuracy", "1")
    wait(lambda: text(http, "counts", "/lines", "dev") == "7\n")
    edited = folder / "pool.csv"
    edited.write_text(edited.read_text().replace("slides into", "climbs out of"))
    run(home, "put", "pool@main", edited, "-m", "A correction")
    wait(lambda: progress(http)["tasks"]["stale"] == 1)
    wait(lambda: '"status":"stale"' in http.get("/api/v1/projects/headlines/export").text)


def make_history(store):
    """A repo that has met everything a store does, and what is to be read from it: files by commit, names, what waits."""
    store.create_repo("wide")
    files = {f"/{number % 9}/{number:03}": b"%d" % number for number in range(120)}
    base = write(store, "main", files)
    delta.RULE = delta.Rule(leaves=0, one_in=1, rows=1000)
    scattered = dict.fromkeys(sorted(files)[::11], b"scattered")
    beside = write(store, "main", scattered)
    folded = store.fold(write(store, "folded", files | scattered))
    store.fold(write(store, "folded", dict.fromkeys(sorted(files)[3::11], b"again")))
    store.branch_create("wide", "dev", at=base.id)
    write(store, "dev", {"/new": b"1", "/large": bytes(range(256)) * 6000})
    made = merge(store, Place("wide", "main"), store.resolve("wide@dev"), message="Both").commit
    revert(store, Place("wide", "main"), beside)
    tag_create(store, "wide", "v1", made.id, message="as printed")
    branch_protect(store, "wide", "folded")
    begun = open_commit(store, Place("wide", "dev"), message="not yet")
    with store.upload() as upload:
        add_changes(store, begun.id, [Put("/open", upload.add_bytes(b"open"), 4)], upload)
    stage_put(store, Place("wide", "main"), "/staged", b"staged")
    return {
        "content_ids": {beside.id: folded.content_id, base.id: base.content_id, made.id: store.content_id(made)},
        "files": {commit.id: files_of(store, commit) for name in ("main", "dev") for commit in store.log("wide", name)},
        "now": {branch.name: files_of(store, store.view(f"wide@{branch.name}")) for branch in store.branches("wide")},
        "open": [[each.id, each.branch, each.changes] for each in open_commits(store, "wide")],
        "protected": [branch.name for branch in store.branches("wide") if branch.protected],
        "tags": {tag.name: tag.commit for tag in tags(store, "wide")},
    }


def write(store, branch, files):
    """Commit files."""
    with store.upload() as upload:
        puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
        return store.write("wide", branch, puts, upload=upload, message=f"{len(files)} files")


def files_of(store, commit):
    """A hash of every path with its blob."""
    lines = (f"{entry.path} {entry.blob.hex()}\n" for entry in store.walk(commit))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def answer_and_undo(http):
    """A person passes the training, answers a page, takes one answer back and gives another."""
    http.post("/api/v1/users", json={"name": "ann", "roles": ["annotator"]}).raise_for_status()
    token = http.post("/api/v1/tokens", json={"name": "golden", "user": "ann"}).json()["token"]
    ann = httpx.Client(base_url=http.base_url, headers={"Authorization": f"Bearer {token}"})
    right = dict(line.rsplit(",", 1) for line in FILES["training.csv"].splitlines()[1:])
    for number in range(2):
        page = ann.post("/api/v1/projects/headlines/pages", json={}).raise_for_status().json()["page"]
        for task in page["tasks"]:
            headline = task["data"]["headline"]
            body = {
                "answer_id": f"golden-{number}-{task['id']}",
                "task": task["id"],
                "fields": {"category": right.get(headline, "notclickbait")},
                "spent_ms": 9000,
            }
            ann.post(f"/api/v1/pages/{page['id']}/answers", json=body).raise_for_status()
    ann.post("/api/v1/undo", json={"answer_id": body["answer_id"]}).raise_for_status()
    again = body | {"answer_id": "golden-again", "fields": {"category": "clickbait"}}
    ann.post(f"/api/v1/pages/{page['id']}/answers", json=again).raise_for_status()


def notes(http):
    """What any later version must read from the home."""
    repos = http.get("/api/v1/repos").json()
    heads = {}
    for repo in repos:
        for branch in repo["branches"]:
            log = http.get(f"/api/v1/repos/{repo['name']}/log", params={"ref": branch["name"]}).json()["commits"]
            heads[f"{repo['name']}@{branch['name']}"] = [
                [one["id"], one["content_id"], one["global_id"]] for one in log
            ]
    answers = http.get("/api/v1/projects/headlines/answers", params={"limit": 500}).json()["answers"]
    documents = [json.loads(line) for line in http.get("/api/v1/projects/headlines/export").text.splitlines()]
    return {
        "commits": heads,
        "answers": [[one["seq"], one["verb"], one["worker"], one["fields"]] for one in answers],
        "progress": {name: value for name, value in progress(http).items() if name != "eta"},
        "workers": http.get("/api/v1/projects/headlines/workers").json(),
        "labels": {one["item"]["id"]: [one["status"], one["consensus"], one["previous"]] for one in documents},
        "jobs": [[job["id"], job["branch"], job["state"]] for job in http.get("/api/v1/pipelines/counts/jobs").json()],
    }


def progress(http):
    """The project's figures."""
    return http.get("/api/v1/projects/headlines/progress").raise_for_status().json()


def text(http, repo, path, ref="main"):
    """A stored file, or nothing."""
    answer = http.get(f"/api/v1/repos/{repo}/raw", params={"path": path, "ref": ref})
    return answer.text if answer.is_success else ""


def command(home, *words):
    """A line of the command line on a home."""
    return [sys.executable, "-m", "recension.cli.main", "--home", str(home), *map(str, words)]


def run(home, *words):
    """Run a command that must succeed."""
    subprocess.run(command(home, *words), check=True, stdout=subprocess.DEVNULL)


def wait(look):
    """Return when something has become true."""
    deadline = time.monotonic() + 90
    while not look():
        if time.monotonic() > deadline:
            sys.exit("it did not come about")
        time.sleep(0.1)


def signed_in(home):
    """A connection to the server of the home."""
    file = home / "server.json"
    wait(file.exists)
    found = json.loads(file.read_text())
    http = httpx.Client(base_url=found["url"], headers={"Authorization": f"Bearer {found['token']}"}, timeout=60)

    def answers():
        try:
            return http.get("/healthz").is_success
        except httpx.TransportError:
            return False

    wait(answers)
    return http


if __name__ == "__main__":
    os.environ.pop("RECENSION_HOME", None)
    main(int(sys.argv[1]))
