"""``recension project`` and ``recension people``."""

import itertools
import json

import httpx
import pytest
from tests.server.served import SPEC, answer_page, run_cli, until


def document(name):
    text = SPEC.format(name=name, pool=f"{name}-pool", labels=f"{name}-labels", overlap=1)
    return text.replace('guideline: "Say *which*. <script>alert(1)</script>"', "guideline: {file: how.md}")


@pytest.fixture(scope="module")
def lines(served, tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    served.post("/repos", {"name": "lines-pool"})
    served.upload("lines-pool", "/a.csv", "headline\none\ntwo\n")
    (folder / "lines.yaml").write_text(document("lines"))
    (folder / "how.md").write_text("Say which.")
    done = run_cli(served.home, "project", "create", str(folder / "lines.yaml"))
    assert done.returncode == 0, done.stderr
    assert "lines is open" in done.stdout
    return folder


def test_the_guideline_beside_the_document_is_sent_along(served, lines):
    assert served.get("/projects/lines")["guideline"] == "Say which."


def test_creating_it_again_changes_it(served, lines):
    (lines / "lines.yaml").write_text(document("lines").replace('per_page: "0.05"', 'per_page: "0.10"'))
    assert run_cli(served.home, "project", "create", str(lines / "lines.yaml")).returncode == 0
    assert served.get("/projects/lines")["spec"]["pay"]["per_page"] == "0.10"


def test_status_list_and_export_for_people_and_programs(served, lines):
    with served.user("teller") as teller:
        answer_page(teller, "lines")
    until(lambda: "main" in [each["name"] for each in served.get("/repos/lines-labels")["branches"]], "labels")
    status = run_cli(served.home, "project", "status", "lines")
    assert "2 of 2 settled" in status.stdout
    assert (
        json.loads(run_cli(served.home, "project", "status", "lines", "--json").stdout)["progress"]["judgements"] == 2
    )
    listed = run_cli(served.home, "project", "list")
    assert listed.stdout.splitlines()[1].split() == ["lines", "open", "2/2", "Which", "one?"]
    assert [row["name"] for row in json.loads(run_cli(served.home, "project", "list", "--json").stdout)] == ["lines"]
    exported = run_cli(served.home, "project", "export", "lines", "--ref", "main")
    documents = [json.loads(line) for line in exported.stdout.splitlines()]
    assert sorted(each["item"]["data"]["headline"] for each in documents) == ["one", "two"]


def test_what_is_wrong_is_one_line_with_place_and_remedy(served, tmp_path):
    broken = tmp_path / "mine.yaml"
    broken.write_text(document("mine") + "colour: red\n")
    (tmp_path / "how.md").write_text("x")
    line_number = broken.read_text().count("\n")
    cases = [
        (("project", "create", str(broken)), 2, f"mine.yaml:{line_number}"),
        (("project", "create", str(tmp_path / "none.yaml")), 4, "none.yaml"),
        (("project", "status", "nothing"), 4, "nothing"),
        (("project", "export", "nothing"), 4, "nothing"),
        (("project", "create", str(tmp_path / "lonely" / "p.yaml")), 4, "how.md"),
        (("people", "add", "x", "--role", "king"), 2, "king"),
        (("people", "link", "nobody"), 4, "nobody"),
    ]
    (tmp_path / "lonely").mkdir()
    (tmp_path / "lonely" / "p.yaml").write_text(document("lonely"))
    for words, code, told in cases:
        done = run_cli(served.home, *words)
        assert done.returncode == code, done.stderr
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert told in line
    assert "mine" not in [row["name"] for row in served.get("/projects")]


def test_without_a_server_the_exit_code_is_3_and_the_remedy_is_named(tmp_path):
    for words in (("project", "list"), ("pipeline", "list"), ("people", "list")):
        done = run_cli(tmp_path / "nothing", *words)
        assert done.returncode == 3
        (line,) = done.stderr.splitlines()
        assert "recension up" in line


def test_a_server_elsewhere_is_reached_by_address_and_token(served, tmp_path):
    remote = {"RECENSION_TOKEN": served.token}
    done = run_cli(tmp_path / "nothing", "people", "list", "--server", served.url, "--json", env=remote)
    assert "local" in [user["name"] for user in json.loads(done.stdout)]
    done = run_cli(tmp_path / "nothing", "people", "list", "--server", served.url)
    assert done.returncode == 7
    done = run_cli(tmp_path / "nothing", "people", "list", env={**remote, "RECENSION_SERVER": served.url})
    assert done.returncode == 0


def test_people_are_added_with_a_link_that_signs_them_in(served):
    added = run_cli(served.home, "people", "add", "eve", "--role", "lead", "--role", "engineer", "--json")
    made = json.loads(added.stdout)
    assert made["user"]["roles"] == ["lead", "engineer"]
    with httpx.Client() as browser:
        assert browser.get(made["link"]).status_code == 303
        assert browser.get(served.url + "/api/v1/me").json()["user"]["name"] == "eve"
    linked = run_cli(served.home, "people", "link", "eve")
    assert "/login?token=" in linked.stdout
    listed = run_cli(served.home, "people", "list").stdout
    assert ["eve", "lead,", "engineer", "person"] in [line.split() for line in listed.splitlines()]
    assert run_cli(served.home, "people", "add", "eve").returncode == 5


def test_all_annotations_of_a_label_studio_task_come_in_and_go_back_as_the_same_persons(served, tmp_path):
    served.post("/repos", {"name": "again-pool"})
    served.upload("again-pool", "/a.csv", "headline\none\n")
    text = SPEC.format(name="again", pool="again-pool", labels="again-labels", overlap=3)
    served.post("/projects", {"yaml": text, "files": {}})
    values = ["yes", "no", "yes"]
    answers = [
        {"completed_by": by, "ground_truth": by == 8, "result": [answer(value)]}
        for by, value in zip([7, 8, 7], values, strict=True)
    ]
    (tmp_path / "export.json").write_text(json.dumps([{"id": 1, "data": {"headline": "one"}, "annotations": answers}]))
    words = ("project", "import", "again", str(tmp_path / "export.json"), "--from", "label-studio", "--json")
    told = json.loads(run_cli(served.home, *words).stdout)
    assert told["annotations"] == {"added": 3, "known": 0, "full": 0, "unknown": []}
    assert [loss["what"] for loss in told["lost"]] == ["marks as ground truth"]
    assert json.loads(run_cli(served.home, *words).stdout)["annotations"]["known"] == 3
    folders = (tmp_path / f"back-{number}" for number in itertools.count())

    def published():
        back = (
            "convert",
            "again-labels@live",
            str(folder := next(folders)),
            "--from",
            "recension",
            "--to",
            "label-studio",
        )
        if run_cli(served.home, *back).returncode:
            return None  # nothing is published yet
        (task,) = json.loads((folder / "tasks.json").read_text())
        return task["annotations"]

    annotations = until(published, "labels")
    given = [(each["completed_by"], each["result"][0]["value"]["choices"]) for each in annotations]
    assert given == [(7, ["yes"]), (7, ["yes"]), (8, ["no"])]


def answer(value):
    return {"from_name": "category", "to_name": "headline", "type": "choices", "value": {"choices": [value]}}
