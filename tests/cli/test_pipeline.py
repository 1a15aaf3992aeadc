"""``recension pipeline``."""

import base64
import json

import pytest
from tests.server.served import run_cli, until

YAML = """\
pipeline: {name: upper}
input: {pfs: {repo: texts, glob: /*}}
transform: {cmd: [sh, loud.sh], files: [loud.sh]}
"""
SCRIPT = 'for f in /pfs/texts/*; do echo "at work"; tr a-z A-Z < "$f" > "/pfs/out/$(basename "$f")"; done\n'
MODULE = '''
"""Counts."""
from recension import pipeline

@pipeline(name="lengths", input={"pfs": {"repo": "texts", "glob": "/*"}})
def lengths(inputs, out):
    for file in inputs["texts"].iterdir():
        (out / file.name).write_text(str(len(file.read_text())))
'''


@pytest.fixture(scope="module")
def upper(served, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pipeline")
    served.post("/repos", {"name": "texts"})
    served.upload("texts", "/a.txt", "abc")
    (folder / "upper.yaml").write_text(YAML)
    (folder / "loud.sh").write_text(SCRIPT)
    done = run_cli(served.home, "pipeline", "create", str(folder / "upper.yaml"))
    assert done.returncode == 0, done.stderr
    until(lambda: result(served, "upper") == "ABC", "the pipeline runs by itself")
    return folder


def result(served, repo):
    answer = served.http.get(f"/api/v1/repos/{repo}/raw", params={"path": "/a.txt"})
    return answer.text if answer.is_success else None


def finished(served, name, count):
    jobs = served.get(f"/pipelines/{name}/jobs")
    return jobs if len(jobs) == count and all(job["finished"] for job in jobs) else None


def test_jobs_and_logs_for_people_and_programs(served, upper):
    (job,) = until(lambda: finished(served, "upper", 1), "the job ends")
    listed = run_cli(served.home, "pipeline", "jobs", "upper")
    assert listed.stdout.splitlines()[1].split()[:6] == [job["id"], "main", "success", "1", "0", "0"]
    (told,) = json.loads(run_cli(served.home, "pipeline", "jobs", "upper", "--json").stdout)
    assert told == job
    logs = run_cli(served.home, "pipeline", "logs", job["id"])
    assert "at work" in logs.stdout
    (datum,) = served.get(f"/jobs/{job['id']}")["datums"]
    assert "at work" in run_cli(served.home, "pipeline", "logs", job["id"], "--datum", datum["id"][:8]).stdout
    assert any(
        "at work" in line
        for line in json.loads(run_cli(served.home, "pipeline", "logs", job["id"], "--json").stdout)["lines"]
    )
    rows = run_cli(served.home, "pipeline", "list").stdout.splitlines()
    assert ["upper", "success", "main"] in [row.split()[:3] for row in rows]


def test_an_edited_file_makes_it_run_again_and_a_run_by_hand_finds_nothing_to_do(served, upper):
    before = len(served.get("/pipelines/upper/jobs"))
    assert run_cli(served.home, "pipeline", "create", str(upper / "upper.yaml")).returncode == 0
    (upper / "loud.sh").write_text(SCRIPT.replace("A-Z", "B-ZA"))
    assert run_cli(served.home, "pipeline", "create", str(upper / "upper.yaml")).returncode == 0
    until(lambda: result(served, "upper") == "BCD", "the new script's output")
    assert len(served.get("/pipelines/upper/jobs")) == before + 1, "creating it unchanged runs nothing"
    served.post("/pipelines/upper/run", {"branch": "main"})
    jobs = until(lambda: finished(served, "upper", before + 2), "the run by hand ends")
    assert (jobs[0]["datums_run"], jobs[0]["datums_skipped"]) == (0, 1)


def test_a_decorated_function_is_a_pipeline(served, upper, tmp_path):
    (tmp_path / "steps.py").write_text(MODULE)
    done = run_cli(served.home, "pipeline", "create", str(tmp_path / "steps.py"), "--json")
    assert done.returncode == 0, done.stderr
    assert [made["name"] for made in json.loads(done.stdout)] == ["lengths"]
    until(lambda: result(served, "lengths") == "3", "the function ran")


def test_what_is_wrong_is_one_line_with_place(served, upper, tmp_path):
    (tmp_path / "wrong.yaml").write_text(
        "pipeline: {name: p}\ninput: {pfs: {repo: texts, glob: /, blob: 1}}\ntransform: {cmd: [ls]}\n"
    )
    (tmp_path / "missing.yaml").write_text(YAML.replace("loud.sh", "gone.sh"))
    (tmp_path / "nowhere.yaml").write_text(
        "pipeline: {name: p}\ninput: {pfs: {repo: none, glob: /}}\ntransform: {cmd: [ls]}\n"
    )
    cases = [
        (("pipeline", "create", str(tmp_path / "wrong.yaml")), 2, "wrong.yaml:2"),
        (("pipeline", "create", str(tmp_path / "missing.yaml")), 4, "gone.sh"),
        (("pipeline", "create", str(tmp_path / "nowhere.yaml")), 4, "none"),
        (("pipeline", "create", str(tmp_path / "absent.yaml")), 4, "absent.yaml"),
        (("pipeline", "jobs", "nothing"), 4, "nothing"),
        (("pipeline", "logs", "nothing"), 4, "nothing"),
    ]
    for words, code, told in cases:
        done = run_cli(served.home, *words)
        assert done.returncode == code, done.stderr
        (line,) = done.stderr.splitlines()
        assert told in line
    assert {row["name"] for row in served.get("/pipelines")} <= {"upper", "lengths"}


def test_a_job_that_runs_can_be_cancelled(served, upper, tmp_path):
    (tmp_path / "slow.yaml").write_text(
        "pipeline: {name: slow}\ninput: {pfs: {repo: texts, glob: /*}}\ntransform: {cmd: [sleep, '60']}\n"
    )
    assert run_cli(served.home, "pipeline", "create", str(tmp_path / "slow.yaml")).returncode == 0
    jobs = until(lambda: [job for job in served.get("/pipelines/slow/jobs") if job["state"] == "running"], "it runs")
    assert served.post(f"/jobs/{jobs[0]['id']}/cancel") == {"ok": True}
    until(lambda: served.get(f"/jobs/{jobs[0]['id']}")["state"] == "killed", "it ends")


def test_pause_resume_and_delete(served, upper):
    served.post("/repos", {"name": "held-texts"})
    served.upload("held-texts", "/a.txt", "abc")
    yaml = YAML.replace("upper", "held").replace("texts", "held-texts")
    script = base64.b64encode(SCRIPT.replace("texts", "held-texts").encode()).decode()
    served.post("/pipelines", {"yaml": yaml, "files": {"loud.sh": script}})
    until(lambda: finished(served, "held", 1), "the pipeline runs by itself")
    assert run_cli(served.home, "pipeline", "pause", "held").stdout == "Pipeline held is paused\n"
    listed = run_cli(served.home, "pipeline", "list").stdout
    assert ["held", "paused"] in [line.split()[:2] for line in listed.splitlines()]
    served.upload("held-texts", "/a.txt", "def")
    until(lambda: len(served.get("/pipelines/held/jobs")) == 2, "the run is called for")
    assert json.loads(run_cli(served.home, "pipeline", "resume", "held", "--json").stdout)["paused"] is False
    until(lambda: result(served, "held") == "DEF", "what was called for runs")
    assert "is deleted" in run_cli(served.home, "pipeline", "delete", "held").stdout
    gone = run_cli(served.home, "pipeline", "delete", "held")
    assert (gone.returncode, "there is no pipeline 'held'" in gone.stderr) == (4, True)
    assert result(served, "held") == "DEF"


def test_a_step_is_heard_while_it_runs_and_logs_come_in_pages(served, upper):
    yaml = "pipeline: {name: talker}\ninput: {pfs: {repo: texts, glob: /a.txt}}\ntransform: {cmd: [sh], stdin: [%s]}\n"
    served.post("/pipelines", {"yaml": yaml % "'echo one; echo two; echo three; sleep 60'", "files": {}})
    (job,) = until(lambda: served.get("/pipelines/talker/jobs"), "the job is there")
    where = f"/api/v1/jobs/{job['id']}/logs"
    until(lambda: "three" in served.http.get(where).text, "the running step is heard")
    served.post(f"/jobs/{job['id']}/cancel", {})
    until(lambda: finished(served, "talker", 1), "the job ends")
    lines, mark = [], ""
    while mark is not None:
        page = served.http.get(where, params={"limit": 2, "after": mark})
        assert len(page.text.splitlines()) <= 2
        lines += page.text.splitlines()
        mark = page.headers.get("Next")
    assert lines == served.http.get(where).text.splitlines()
    assert served.http.get(where, params={"after": "x"}).status_code == 400
    served.http.delete("/api/v1/pipelines/talker")
