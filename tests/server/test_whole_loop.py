"""Data in, people asked, labels out, a pipeline run: on a real server, with nobody telling it to."""

import json

import httpx
import pytest
from tests.server.served import PIPELINE, answer_page, run_cli, until

from recension.store import Put, Store


@pytest.fixture(scope="module")
def loop(served, tmp_path_factory):
    """Three people have answered two lines that the command line put in; a pipeline counts the labels."""
    csv = tmp_path_factory.mktemp("data") / "lines.csv"
    csv.write_text("headline\none\ntwo\n")
    served.post("/repos", {"name": "loop-pool"})
    done = run_cli(served.home, "put", "loop-pool@main", str(csv))
    assert done.returncode == 0, done.stderr
    spec = csv.with_name("loop.yaml")
    spec.write_text(project_document("loop"))
    done = run_cli(served.home, "project", "create", str(spec))
    assert done.returncode == 0, done.stderr
    served.post("/pipelines", {"yaml": PIPELINE.format(name="counted", repo="loop-labels"), "files": {}})
    people = [served.user(f"loop-{name}") for name in ("ann", "bob", "cid")]
    for person in people:
        assert len(answer_page(person, "loop")) == 2
    until(lambda: lines(served) == "3\n", "the pipeline counts the header and two labels")
    yield served
    for person in people:
        person.close()


def project_document(name):
    from tests.server.served import SPEC

    return SPEC.format(name=name, pool=f"{name}-pool", labels=f"{name}-labels", overlap=3)


def lines(served, ref="main"):
    answer = served.http.get("/api/v1/repos/counted/raw", params={"path": "/lines", "ref": ref})
    return answer.text if answer.is_success else None


def test_labels_and_model_carry_the_global_id_of_the_data(loop):
    start = loop.get("/repos/loop-pool/log")["commits"][0]
    labels = loop.get("/repos/loop-labels/log")["commits"][0]
    counted = loop.get("/repos/counted/log")["commits"][0]
    assert labels["kind"] == "people"
    assert counted["kind"] == "job"
    assert {start["id"]} == {start["global_id"], labels["global_id"], counted["global_id"]}
    cascade = loop.get(f"/global/{start['id']}")
    assert {commit["repo"] for commit in cascade["commits"]} >= {"loop-pool", "loop-labels", "counted"}
    assert [job["pipeline"] for job in cascade["jobs"]] == ["counted"]
    assert start["id"] in {source["id"] for source in labels["provenance"]}
    assert labels["id"] in {source["id"] for source in counted["provenance"]}


def test_the_lineage_leads_from_the_result_to_the_data_through_the_steps(loop):
    counted = loop.get("/repos/counted/log")["commits"][0]
    tree = loop.get(f"/commits/{counted['id']}/lineage")
    kinds = {node["id"]: node["kind"] for node in tree["nodes"]}
    sources = {}
    for edge in tree["edges"]:
        sources.setdefault(edge["to"], []).append(edge["from"])
    seen, todo = set(), [counted["id"]]
    while todo:
        node = todo.pop()
        seen.add(node)
        todo += [source for source in sources.get(node, []) if source not in seen]
    assert loop.get("/repos/loop-pool/log")["commits"][0]["id"] in seen
    assert {kinds[node] for node in seen} == {"commit", "project", "pipeline", "guideline"}
    assert tree["truncated"] is False


def test_the_documents_say_who_said_what(loop):
    documents = [json.loads(line) for line in loop.http.get("/api/v1/projects/loop/export?ref=main").text.splitlines()]
    assert [document["item"]["data"]["headline"] for document in documents] != []
    for document in documents:
        assert {each["worker"] for each in document["annotations"]} == {"loop-ann", "loop-bob", "loop-cid"}
        assert document["consensus"]["category"]["value"] == "yes"


def test_the_figures_of_the_project(loop):
    progress = loop.get("/projects/loop/progress")
    assert progress["tasks"] == {"total": 2, "settled": 2, "open": 0, "stale": 0}
    assert progress["judgements"] == 6
    assert progress["workers"]["passed"] == 3
    assert progress["cost"] == {"amount": "0.15", "currency": "USD"}
    assert progress["agreement"]["percent"] == 100
    first = loop.get("/projects/loop/tasks", limit=1)
    rest = loop.get("/projects/loop/tasks", limit=1, after=first["next"])
    assert rest["next"] is None
    for task in first["tasks"] + rest["tasks"]:
        assert [answer["worker"] for answer in task["answers"]] == ["loop-ann", "loop-bob", "loop-cid"]
    assert until(lambda: loop.get("/projects/loop/tasks", status="settled")["tasks"][0]["consensus"], "consensus")
    log = loop.get("/projects/loop/answers", limit=4)
    assert [row["seq"] for row in log["answers"]] == sorted(row["seq"] for row in log["answers"])
    assert len(loop.get("/projects/loop/answers", after=log["next"])["answers"]) == 2


def test_the_graph_joins_data_people_and_code(loop):
    graph = loop.get("/graph")
    edges = {(edge["from"], edge["to"]) for edge in graph["edges"]}
    assert ("repo:loop-pool", "project:loop") in edges
    assert ("project:loop", "repo:loop-labels") in edges
    assert ("repo:loop-labels", "pipeline:counted") in edges
    assert ("pipeline:counted", "repo:counted") in edges
    states = {node["id"]: node["state"] for node in graph["nodes"]}
    assert states["pipeline:counted"] == "success"
    assert all(node["href"].startswith("/") for node in graph["nodes"])


def test_nobody_else_writes_what_people_and_pipelines_write(loop, tmp_path):
    for repo, branch in (("loop-labels", "main"), ("loop-labels", "live"), ("counted", "main"), ("projects", "main")):
        answer = loop.http.post(f"/api/v1/repos/{repo}/upload", params={"path": "/x", "branch": branch}, content=b"x")
        assert answer.status_code == 403, repo
        assert answer.json()["error"]["hint"]
    assert loop.http.delete("/api/v1/repos/loop-labels").status_code == 403
    file = tmp_path / "x"
    file.write_text("x")
    for words in (
        ("put", "loop-labels@main", str(file)),
        ("put", "counted@main", str(file)),
        ("put", "pipelines@main", str(file)),
        ("branch", "move", "loop-labels@main", "--to", "live"),
        ("branch", "promote", "loop-labels@live", "--to", "main"),
        ("branch", "delete", "loop-labels@live"),
        ("repo", "delete", "counted"),
    ):
        done = run_cli(loop.home, *words)
        assert done.returncode == 7, (words, done.stderr)
    aside = loop.http.post("/api/v1/repos/loop-labels/branches", json={"name": "mine", "at": "main"})
    assert aside.status_code == 201
    answer = loop.http.post("/api/v1/repos/loop-labels/upload", params={"path": "/x", "branch": "mine"}, content=b"x")
    assert answer.status_code == 201
    assert run_cli(loop.home, "put", "loop-labels@mine", str(file)).returncode == 0
    assert run_cli(loop.home, "put", "loop-pool@aside", str(file)).returncode == 0


def test_a_commit_of_another_process_is_noticed_without_being_told(served):
    served.post("/repos", {"name": "near-pool"})
    served.post("/projects", {"yaml": project_document("near"), "files": {}})
    with Store.open(served.home) as store, store.upload() as upload:
        text = b"headline\nten\n"
        store.write("near-pool", "main", [Put("/a.csv", upload.add_bytes(text), len(text))], upload=upload)
        until(lambda: served.get("/projects/near/progress")["tasks"]["open"] == 1, "the task is there")


def test_news_reach_an_open_page(served):
    served.post("/repos", {"name": "news"})
    with served.http.stream("GET", "/api/v1/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        arriving = events.iter_lines()
        assert next(arriving).startswith("retry:")
        served.upload("news", "/a", b"1")
        for line in arriving:
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                if event.get("repo") == "news" and event["topic"] == "ref":
                    assert event["branch"] == "main"
                    return


def test_annotators_hear_of_projects_only(served):
    served.post("/repos", {"name": "quiet"})
    with served.user("listener") as listener, listener.stream("GET", "/api/v1/events") as events:
        arriving = events.iter_lines()
        assert next(arriving).startswith("retry:")
        served.upload("quiet", "/a", b"1")
        served.project("loud", ["one"])
        first = next(line for line in arriving if line.startswith("data: "))
        assert json.loads(first.removeprefix("data: ")) == {"topic": "project", "project": "loud"}


def test_the_same_answer_sent_twice_is_one_answer(served):
    served.project("twice", ["one", "two"])
    with served.user("stutterer") as person:
        page = person.post("/api/v1/projects/twice/pages", json={}).json()["page"]
        again = person.post("/api/v1/projects/twice/pages", json={"holding": []}).json()["page"]
        assert again["id"] == page["id"]
        body = {"answer_id": "a1", "task": page["tasks"][0]["id"], "fields": {"category": "yes"}, "spent_ms": 10}
        receipts = [person.post(f"/api/v1/pages/{page['id']}/answers", json=body).json() for _ in range(3)]
        assert receipts[0] == receipts[1] == receipts[2]
        assert len(served.get("/projects/twice/answers")["answers"]) == 1
        other = {**body, "fields": {"category": "no"}}
        assert person.post(f"/api/v1/pages/{page['id']}/answers", json=other).status_code == 409
        undone = person.post("/api/v1/undo", json={"answer_id": "a1"}).json()
        assert undone == {"page": page["id"], "task": body["task"], "fields": {"category": "yes"}}
        assert [row["verb"] for row in served.get("/projects/twice/answers")["answers"]] == ["answer", "withdraw"]


def test_a_page_is_its_workers_own(served):
    served.project("mine", ["one"])
    with served.user("owner") as owner, served.user("thief") as thief:
        page = owner.post("/api/v1/projects/mine/pages", json={}).json()["page"]
        body = {"answer_id": "t1", "task": page["tasks"][0]["id"], "fields": {"category": "yes"}}
        assert thief.post(f"/api/v1/pages/{page['id']}/answers", json=body).status_code == 403
        draft = f"/api/v1/pages/{page['id']}/drafts/{body['task']}"
        assert thief.put(draft, json={"fields": {}}).status_code == 403
        assert thief.post(f"/api/v1/pages/{page['id']}/release", json={}).status_code == 403
        wrong = {**body, "fields": {"category": "perhaps"}}
        refused = owner.post(f"/api/v1/pages/{page['id']}/answers", json=wrong)
        assert refused.status_code == 400
        assert "category" in refused.json()["error"]["where"]


def test_simulated_time_is_for_simulated_workers_alone(served):
    served.project("sim", ["one"])
    (made,) = served.post("/projects/sim/simulated-workers", {"names": ["robot-1"]})
    with served.client(made["token"]) as robot, served.user("human") as human:
        assert robot.get("/api/v1/me").json()["user"]["simulated"] is True
        page = robot.post("/api/v1/projects/sim/pages", json={}).json()["page"]
        body = {"answer_id": "s1", "task": page["tasks"][0]["id"], "fields": {"category": "yes"}}
        address = f"/api/v1/pages/{page['id']}/answers"
        assert robot.post(address, json=body).status_code == 400
        assert human.post(address, json={**body, "sim": {"spent_ms": 5}}).status_code == 400
        assert robot.post(address, json={**body, "sim": {"spent_ms": 5}}).status_code == 200
    (worker,) = served.get("/projects/sim/workers")
    assert worker["simulated"] is True
    taken = served.http.post("/api/v1/projects/sim/simulated-workers", json={"names": ["human"]})
    assert taken.status_code == 400, "a person's name cannot become a simulated worker's"


def test_a_ban_ends_work_and_can_be_taken_back(served):
    served.project("strict", ["one", "two"])
    with served.user("rogue") as rogue:
        assert rogue.post("/api/v1/projects/strict/pages", json={}).json()["page"] is not None
        assert served.post("/projects/strict/workers/rogue", {"state": "banned", "reason": "noise"}) == {"ok": True}
        refused = rogue.post("/api/v1/projects/strict/pages", json={}).json()
        assert (refused["page"], refused["reason"]) == (None, "banned")
        assert refused["membership"] == {"state": "banned", "reason": "noise"}
        served.post("/projects/strict/workers/rogue", {"state": "working"})
        assert rogue.post("/api/v1/projects/strict/pages", json={}).json()["page"] is not None
        served.post("/projects/strict/state", {"state": "closed"})
        rogue.post("/api/v1/projects/strict/pages", json={})
        assert "strict" not in [row["name"] for row in rogue.get("/api/v1/projects").json()]


def test_a_guideline_is_shown_and_cannot_act(served):
    served.project("guided", ["one"])
    shown = served.get("/projects/guided/workbench")["guideline"]
    assert "<em>which</em>" in shown
    assert "<script" not in shown
    assert "<script" not in served.get("/projects/guided")["guideline_html"]


def test_a_project_that_cannot_be_made_leaves_nothing(served):
    served.post("/repos", {"name": "broken-pool"})
    document = project_document("broken").replace("overlap: 3", "overlap: 3\nunknown: 1")
    body = {"yaml": document, "files": {}, "file_name": "mine.yaml"}
    answer = served.http.post("/api/v1/projects", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["where"].startswith("mine.yaml:")
    assert served.http.get("/api/v1/projects/broken").status_code == 404
    assert served.http.get("/api/v1/repos/broken-labels").status_code == 404


def test_one_broken_input_is_reported_and_stops_nobody_else(served):
    served.project("sound", ["one"])
    served.post("/repos", {"name": "sick-pool"})
    served.post("/projects", {"yaml": project_document("sick"), "files": {}})
    served.upload("sick-pool", "/a.csv", "other\n1\n")
    error = until(lambda: served.get("/projects/sick")["input_error"], "the error is shown")
    assert "a.csv" in error
    assert "headline" in error
    assert "sick" in json.dumps([each for each in served.get("/home")["attention"] if each["kind"] == "input"])
    served.upload("sound-pool", "/b.csv", "headline\ntwo\n")
    until(lambda: served.get("/projects/sound/progress")["tasks"]["open"] == 2, "the other project goes on")
    served.upload("sick-pool", "/a.csv", "headline\n1\n")
    until(lambda: served.get("/projects/sick")["input_error"] is None, "and is settled by a good commit")


def test_pages_of_the_app_need_no_sign_in_and_missing_assets_are_missing(served):
    with httpx.Client(base_url=served.url) as browser:
        for address in ("/", "/p/anything/label", "/data/x"):
            page = browser.get(address)
            assert page.status_code == 200
            assert page.headers["content-type"].startswith("text/html")
            assert "script-src 'self'" in page.headers["content-security-policy"]
            assert "unsafe" not in page.headers["content-security-policy"].partition("style-src")[0]
        assert browser.get("/assets/none.js").status_code == 404
        assert browser.get("/assets/%2e%2e/%2e%2e/version.py").status_code == 404
        assert b"VERSION" not in browser.get("/%2e%2e/version.py").content
