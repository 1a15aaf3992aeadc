"""The reference says who may call what; a real server is asked whether that is so."""

import json
import re
from pathlib import Path

import pytest

from recension.server.openapi import describe
from recension.server.routes import ROUTERS

DOCS = Path(__file__).parents[2] / "docs" / "reference"
ROW = re.compile(r"^\| (GET|POST|PUT|DELETE) \| `([^`]+)` \| ([^|]+) \|", re.MULTILINE)
DOCUMENTED = {(method, path): who.strip() for method, path, who in ROW.findall((DOCS / "http-api.md").read_text())}
ROLES = ("annotator", "lead", "engineer", "admin")
# Values for what stands in braces: nothing of these names exists, so a caller who may gets past the check to a 4xx.
FILL = {
    "repo": "nowhere",
    "branch": "main",
    "tag": "v1",
    "open_id": "0" * 26,
    "workspace": "nowhere",
    "commit_id": "0" * 26,
    "global_id": "0" * 26,
    "project": "nowhere",
    "name": "nobody",
    "page": "1",
    "task": "1",
    "action": "0" * 8,
    "blob": "0" * 64,
    "level": "0",
    "x": "0",
    "y": "0",
    "job_id": "0" * 26,
    "picture_name": "nothing.png",
}
BODIES = {
    "/api/v1/me/settings": {"keys": {}},
    "/api/v1/projects/{project}/table": {},
    "/api/v1/projects/{project}/table/export": {"selection": {"items": []}, "format": "coco"},
    "/api/v1/projects/{project}/actions": {"id": "0" * 8, "action": "ask", "selection": {"items": []}},
    "/api/v1/projects/{project}/actions/plan": {"action": "ask", "selection": {"items": []}},
    "/api/v1/projects/{project}/actions/{action}/undo": {"id": "0" * 8},
    "/api/v1/projects/{project}/views/{name}": {},
    "/api/v1/users": {"name": "Not A Name"},
    "/api/v1/users/{name}/roles": {"roles": ["lead"]},
    "/api/v1/users/{name}/grants": {"repo": "nowhere", "level": "read"},
    "/api/v1/tokens": {"name": "Not A Name"},
    "/api/v1/repos": {"name": "Not A Name"},
    "/api/v1/repos/{repo}/branches": {"name": "x"},
    "/api/v1/repos/{repo}/branches/{branch}": {"to": "main"},
    "/api/v1/repos/{repo}/branches/{branch}/promote": {"to": "x"},
    "/api/v1/repos/{repo}": {"description": "x"},
    "/api/v1/repos/{repo}/rename": {"name": "x"},
    "/api/v1/repos/{repo}/branches/{branch}/protection": {"protected": True},
    "/api/v1/repos/{repo}/tags": {"name": "x"},
    "/api/v1/repos/{repo}/bulk/large": {"files": [{"chunks": ["00" * 32]}]},
    "/api/v1/repos/{repo}/bulk/read": {"paths": ["/x"]},
    "/api/v1/repos/{repo}/copy": {"source": "nowhere@main:/x", "to": "/y"},
    "/api/v1/repos/{repo}/move": {"path": "/x", "to": "/y"},
    "/api/v1/repos/{repo}/remove": {"paths": ["/x"]},
    "/api/v1/repos/{repo}/import": {"url": "s3://bucket"},
    "/api/v1/repos/{repo}/materialise": {},
    "/api/v1/repos/{repo}/merge": {"source": "main"},
    "/api/v1/repos/{repo}/revert": {"commit": "main"},
    "/api/v1/repos/{repo}/squash": {"commit": "main"},
    "/api/v1/repos/{repo}/drop": {"commit": "main"},
    "/api/v1/repos/{repo}/open-commits": {"branch": "main"},
    "/api/v1/repos/{repo}/staged/delete": {"path": "/x"},
    "/api/v1/repos/{repo}/staged/commit": {"branch": "main"},
    "/api/v1/repos/{repo}/branches/{branch}/staging": {"alone": True},
    "/api/v1/repos/{repo}/branches/{branch}/trigger": {"source": "x", "commits": 1},
    "/api/v1/open-commits/{open_id}/removals": {"paths": ["/x"]},
    "/api/v1/open-commits/finish": {"ids": ["0" * 26]},
    "/api/v1/workspaces": {"name": "Not A Name"},
    "/api/v1/repos/{repo}/commits": {"changes": [{"op": "delete", "path": "/x"}]},
    "/api/v1/projects": {"yaml": "", "files": {}},
    "/api/v1/project-drafts/data": {"repo": "nowhere"},
    "/api/v1/project-drafts/config": {"config": ""},
    "/api/v1/project-drafts/options": {"config": "", "field": "x", "options": [{"label": "x"}]},
    "/api/v1/project-drafts/check": {"yaml": ""},
    "/api/v1/projects/{project}/state": {"state": "paused"},
    "/api/v1/projects/{project}/workers/{name}": {"state": "banned"},
    "/api/v1/projects/{project}/simulated-workers": {"names": ["x"]},
    "/api/v1/projects/{project}/verdicts": {"id": "x", "task": 1, "verdict": "clear"},
    "/api/v1/projects/{project}/annotations": {"worker": "x", "annotations": []},
    "/api/v1/projects/{project}/tasks/{task}/interactive": {"backend": "x", "fields": {}},
    "/api/v1/projects/{project}/tasks/{task}/outline": {"object": "x", "points": [[0, 0], [1, 0], [1, 1], [0, 1]]},
    "/api/v1/projects/{project}/predictions": {"predictions": []},
    "/api/v1/pages/{page}/answers": {"answer_id": "x", "task": 1, "fields": {}},
    "/api/v1/pages/{page}/skip": {"answer_id": "x", "task": 1},
    "/api/v1/undo": {"answer_id": "x"},
    "/api/v1/pages/{page}/drafts/{task}": {"fields": {}},
    "/api/v1/pipelines": {"yaml": "", "files": {}},
}


def routes():
    return {
        (method, route.path) for router in ROUTERS for route in router.routes for method in route.methods - {"HEAD"}
    }


def test_every_route_is_documented_and_nothing_else():
    assert set(DOCUMENTED) == routes()


def test_the_description_for_machines_is_current():
    stored = (DOCS / "openapi.json").read_text()
    assert json.loads(stored) == json.loads(describe()), (
        "python -m recension.server.openapi docs/reference/openapi.json"
    )


@pytest.fixture(scope="module")
def callers(served):
    clients = {role: served.user(f"the-{role}", role) for role in ROLES}
    clients[None] = served.client(None)
    yield clients
    for client in clients.values():
        client.close()


def status(client, method, path):
    address = re.sub(r"\{(\w+)\}", lambda name: FILL[name[1]], path)
    query = (
        {"path": "/x"}
        if path.endswith(("/raw", "/preview", "/upload"))
        else {"source": "x"}
        if path.endswith("/merge")
        else {"from": "a", "to": "b"}
        if path.endswith("/compare")
        else {"token": "x"}
        if "login" in path
        else {}
    )
    if path.endswith("/events"):
        with client.stream(method, address) as answer:
            return answer.status_code
    return client.request(method, address, params=query, json=BODIES.get(path)).status_code


@pytest.mark.parametrize(("method", "path"), sorted(DOCUMENTED))
def test_exactly_the_roles_that_are_named_get_past_the_check(callers, method, path):
    who = DOCUMENTED[method, path]
    named = {"everyone": {None, *ROLES}, "signed in": set(ROLES)}
    allowed = named.get(who) or set(who.split(", "))
    for role, client in callers.items():
        seen = status(client, method, path)
        if path == "/login":
            assert seen == 401, "the link is not known"
        elif role not in allowed:
            assert seen == (401 if role is None else 403), f"{role} got {seen}"
        else:
            assert seen not in {401, 403, 500}, f"{role} got {seen}"
