"""``recension explain``: why a datum ran, in the words of a comparison of its keys."""

import json

from tests.server.served import run_cli, until

SPEC = """\
pipeline: {{name: shout}}
input: {{pfs: {{repo: words, glob: "/*"}}}}
transform: {{cmd: [sh], stdin: ["cat /pfs/words/* > /pfs/out/$(ls /pfs/words); {extra}"]}}
"""


def create(served, extra="true"):
    served.post("/pipelines", {"yaml": SPEC.format(extra=extra), "files": {}})


def ended(served, count):
    jobs = served.get("/pipelines/shout/jobs")
    return jobs[0]["id"] if len(jobs) == count and all(job["finished"] for job in jobs) else None


def test_new_changed_and_skipped_datums_say_so(served):
    served.post("/repos", {"name": "words"})
    served.upload("words", "/a", "1")
    create(served)
    job = until(lambda: ended(served, 1), "the first job ends")
    told = run_cli(served.home, "explain", job).stdout
    assert "words:/a" in told
    assert "its matches were not there before" in told
    assert "0 datums of 1 skipped" in told

    served.upload("words", "/b", "2")
    job = until(lambda: ended(served, 2), "the second job ends")
    shown = json.loads(run_cli(served.home, "explain", job, "--json").stdout)
    assert (shown["total"], shown["skipped"]) == (2, 1)
    assert [(each["kind"], each["label"]) for each in shown["reasons"]] == [("new", "words:/b")]

    served.upload("words", "/a", "changed")
    job = until(lambda: ended(served, 3), "the third job ends")
    (reason,) = served.get(f"/jobs/{job}/reasons")["reasons"]
    assert (reason["kind"], reason["label"], reason["state"]) == ("inputs", "words:/a", "success")
    assert any("/a" in line for line in reason["differences"])

    create(served, extra="echo")
    job = until(lambda: ended(served, 4), "the fourth job ends")
    told = run_cli(served.home, "explain", job).stdout
    assert told.count("its code has changed") == 2
    assert "code: " in told
    (datum, _) = served.get(f"/jobs/{job}/reasons")["reasons"]
    assert (
        len(
            json.loads(run_cli(served.home, "explain", job, "--datum", datum["datum"][:10], "--json").stdout)["reasons"]
        )
        == 1
    )
    assert run_cli(served.home, "explain", job, "--datum", "zzz").returncode == 4
    assert run_cli(served.home, "explain", "0" * 26).returncode == 4
