"""Actions on many items over HTTP, on a real server: foreseen, done, watched, undone; and labels of a selection."""

import io
import json
import uuid
import zipfile

import pytest
from tests.server.served import Served, answer_page, until


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    here = Served(tmp_path_factory.mktemp("actions") / "home").start()
    here.project("act", [f"line {n}" for n in range(8)])
    until(lambda: here.post("/projects/act/table")["total"] == 8, "items in the table")
    yield here
    here.stop()


ALL = {"filter": {}}


def begin(served, action, selection, **args):
    body = {"id": str(uuid.uuid4()), "action": action, "args": args, "selection": selection}
    made = served.post("/projects/act/actions", body)
    return over(served, made["id"])


def over(served, name):
    seen = f"/projects/act/actions/{name}"
    return until(lambda: (state := served.get(seen))["state"] != "running" and state, "the action to end")


def items(served):
    return [row["item_id"] for row in served.post("/projects/act/table")["rows"]]


def test_a_filter_is_foreseen_done_told_and_undone(served):
    kept = items(served)[0]
    selection = {**ALL, "without": [kept]}
    asked = {"action": "priority", "args": {"priority": "high"}, "selection": selection}
    plan = served.post("/projects/act/actions/plan", asked)
    assert plan == {"items": 7, "tasks": 7, "looked_at": 7, "changes": 7, "left_alone": {}}
    done = begin(served, "priority", selection, priority="high")
    assert (done["state"], done["changed"], done["by"], done["undoable"]) == ("done", 7, "local", True)
    assert served.post("/projects/act/actions/plan", asked)["left_alone"] == {"priority is high already": 7}
    log = served.get("/projects/act/answers")["answers"]
    assert [(row["verb"], row["reason"], row["by"]) for row in log] == [("priority", "high", "local")] * 7
    made = served.post(f"/projects/act/actions/{done['id']}/undo", {"id": str(uuid.uuid4())})
    assert over(served, made["id"])["changed"] == 7
    assert served.get(f"/projects/act/actions/{done['id']}")["undone"]
    assert [each["action"] for each in served.get("/projects/act/actions")][:2] == ["undo", "priority"]


def test_a_filter_means_what_passed_in_the_version_that_was_seen(served):
    asked = {"filter": {"field": "priority", "op": "empty"}}
    seen = served.post("/projects/act/table", asked)
    assert begin(served, "priority", {"items": items(served)[:3]}, priority="low")["changed"] == 3
    now = begin(served, "priority", asked, priority="normal")
    then = begin(served, "priority", {**asked, "version": seen["version"]}, priority="normal")
    assert (now["items"], now["changed"]) == (5, 0)
    assert (then["items"], then["changed"]) == (8, 3)


def test_excluded_items_are_told_as_such_and_come_back(served):
    chosen = items(served)[:3]
    assert begin(served, "exclude", {"items": chosen})["changed"] == 3
    asked = {"filter": {"field": "status", "op": "eq", "value": "excluded"}}
    until(lambda: served.post("/projects/act/table", asked)["matched"] == 3, "excluded items in the table")
    assert served.get("/projects/act/progress")["tasks"]["total"] == 5
    assert begin(served, "include", {"items": chosen})["changed"] == 3
    until(lambda: served.post("/projects/act/table", asked)["matched"] == 0, "the items to be back")


def test_an_action_goes_on_after_a_kill(served):
    body = {"id": str(uuid.uuid4()), "action": "ask", "args": {}, "selection": ALL}
    served.post("/projects/act/actions", body)
    served.kill()
    served.start()
    done = over(served, body["id"])
    assert (done["done"], done["changed"]) == (8, 8)
    assert served.post("/projects/act/actions", body)["state"] == "done"
    verbs = [row["verb"] for row in served.get("/projects/act/answers")["answers"]]
    assert verbs.count("ask") == 8


def test_who_does_not_lead_may_look_and_export_only(served):
    answer_page(served.http, "act", "yes")
    with served.user("eno", "engineer") as engineer:
        body = {"id": str(uuid.uuid4()), "action": "ask", "selection": ALL}
        assert engineer.post("/api/v1/projects/act/actions", json=body).status_code == 403
        assert engineer.get("/api/v1/projects/act/actions").status_code == 200
        asked = {"selection": ALL, "format": "jsonl", "agreed": True}
        answer = engineer.post("/api/v1/projects/act/table/export", json=asked)
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            lines = [json.loads(line) for line in archive.read("labels.jsonl").splitlines()]
        assert sum("yes" in json.dumps(line) for line in lines) == 4
        chosen = {"selection": {"items": items(served)[:2]}, "format": "recension"}
        raw = engineer.post("/api/v1/projects/act/table/export", json=chosen)
        with zipfile.ZipFile(io.BytesIO(raw.content)) as archive:
            assert len(archive.namelist()) == 2


def test_a_queue_of_the_review_is_agreed_with_and_tasks_are_sent_to_it(served):
    queue = served.get("/projects/act/review", status="unreviewed")["tasks"]
    assert len(queue) == 4
    one = begin(served, "agree", {"tasks": [queue[0]["id"]]})
    assert (one["items"], one["changed"]) == (1, 1)
    rest = begin(served, "agree", {"review": "unreviewed"})
    assert (rest["items"], rest["changed"]) == (3, 3)
    assert served.get("/projects/act/review", status="unreviewed")["tasks"] == []
    begin(served, "review", {"tasks": [queue[1]["id"]]})
    assert [task["id"] for task in served.get("/projects/act/review", status="requested")["tasks"]] == [queue[1]["id"]]
    made = served.post(f"/projects/act/actions/{rest['id']}/undo", {"id": str(uuid.uuid4())})
    assert over(served, made["id"])["changed"] == 3
    assert len(served.get("/projects/act/review", status="unreviewed")["tasks"]) == 3


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"action": "ask", "selection": {}}, "selection"),
        ({"action": "ask", "selection": {"items": [], "filter": {}}}, "selection"),
        ({"action": "assign", "args": {"worker": "nobody-like-that"}, "selection": ALL}, None),
        ({"action": "predict", "args": {"backend": "none"}, "selection": ALL}, "args.backend"),
        ({"action": "priority", "selection": ALL}, "args.priority"),
    ],
)
def test_what_makes_no_sense_is_refused(served, body, where):
    answer = served.http.post("/api/v1/projects/act/actions/plan", json=body)
    assert answer.status_code in {400, 404}, answer.text
    assert answer.json()["error"]["where"] == where or where is None
