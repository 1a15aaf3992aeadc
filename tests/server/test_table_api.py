"""The table of a project over HTTP: what was published, filtered and sorted, and views of it."""

import pytest
from tests.server.served import Served, answer_page, until


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    here = Served(tmp_path_factory.mktemp("table") / "home").start()
    here.project("tab", [f"line {n}" for n in range(6)])
    answer_page(here.http, "tab", "yes")
    asked = {"filter": {"field": "status", "op": "eq", "value": "settled"}}
    until(lambda: here.post("/projects/tab/table", asked)["matched"] == 4, "answers in the table")
    yield here
    here.stop()


def ask(served, **question):
    return served.post("/projects/tab/table", question)


def test_rows_are_filtered_sorted_and_counted(served):
    page = ask(
        served,
        filter={"or": [{"field": "label.category", "op": "eq", "value": "yes"}]},
        sort=[{"field": "data.headline", "direction": "desc"}],
        columns=["data.headline", "workers"],
        counts=["status"],
        limit=3,
    )
    assert (page["total"], page["matched"], page["next"]) == (6, 4, 3)
    headlines = [row["values"]["data.headline"] for row in page["rows"]]
    assert headlines == sorted(headlines, reverse=True)
    assert page["counts"] == {"status": [{"value": "settled", "count": 4}]}
    history = served.get(f"/projects/tab/tasks/{page['rows'][0]['task']}")["task"]
    assert history["data"]["headline"] == headlines[0]
    assert [each["worker"] for each in history["answers"]] == page["rows"][0]["values"]["workers"]
    rest = ask(served, commit=page["commit"], offset=3, filter={"field": "label.category", "op": "filled"})
    assert (len(rest["rows"]), rest["next"]) == (1, None)


def test_an_answer_is_in_the_table_when_it_is_acknowledged_and_pages_of_a_version_stay(served):
    before = ask(served, columns=["answers"])
    page = served.post("/projects/tab/pages")["page"]
    held = ask(served, filter={"field": "lease", "op": "eq", "value": "held"}, columns=["held_by"])
    assert [row["values"]["held_by"] for row in held["rows"]] == [["local"]] * len(page["tasks"])
    for task in page["tasks"]:
        body = {"answer_id": f"now-{task['id']}", "task": task["id"], "fields": {"category": "no"}, "spent_ms": 9000}
        served.post(f"/pages/{page['id']}/answers", body)
        said = ask(served, filter={"field": "label.category", "op": "eq", "value": "no"})
        assert task["id"] in {row["task"] for row in said["rows"]}
    now = ask(served, version=said["version"], columns=["answers"])
    assert sum(row["values"]["answers"] for row in now["rows"]) == 6
    then = ask(served, commit=before["commit"], columns=["answers"])
    assert (then["version"], sum(row["values"]["answers"] for row in then["rows"])) == (None, 4)


def test_a_wrong_question_says_where_it_is_wrong(served):
    answer = served.http.post("/api/v1/projects/tab/table", json={"filter": {"and": [{"field": "x", "op": "eq"}]}})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["where"], error["message"]) == ("filter.and[0]", "there is no column 'x'")
    assert "label.category" in error["hint"]


def test_views_are_shared_replaced_and_deleted(served):
    body = {"filter": {"field": "answers", "op": "lt", "value": 1}, "sort": [{"field": "path"}], "columns": ["key"]}
    saved = served.http.put("/api/v1/projects/tab/views/To do", json=body).json()
    assert {column["name"]: column["kind"] for column in saved["columns"]}["workers"] == "list"
    with served.user("otto", "lead") as other:
        expected = {**body, "name": "To do", "sort": [{"field": "path", "direction": "asc"}]}
        assert other.get("/api/v1/projects/tab/views").json()["views"] == [expected]
        other.put("/api/v1/projects/tab/views/To do", json={}).raise_for_status()
        assert served.get("/projects/tab/views")["views"] == [
            {"name": "To do", "filter": None, "sort": [], "columns": []}
        ]
        wrong = other.put("/api/v1/projects/tab/views/Wrong", json={"columns": ["nope"]})
        assert (wrong.status_code, wrong.json()["error"]["where"]) == (400, "columns")
        assert other.put("/api/v1/projects/tab/views/%20", json={}).status_code == 400
        other.delete("/api/v1/projects/tab/views/To do").raise_for_status()
        assert served.get("/projects/tab/views")["views"] == []
        assert other.delete("/api/v1/projects/tab/views/To do").status_code == 404
